"""Flaws that more than one test needs, as they are put in."""

from __future__ import annotations

import pytest

from engine.kinesis.gateway import batches, jobs
from engine.replication.leader import Leader


def forgets_whom_it_lets_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """A leader that moves the high watermark without those who are being let in."""
    right = Leader.move_high_watermark

    def forget(self, partition):
        pending, self.pending = self.pending, None
        moved = right(self, partition)
        self.pending = pending
        return moved

    monkeypatch.setattr(Leader, "move_high_watermark", forget)


def passes_over_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader of streams that passes over the last record of many."""
    right = batches.decode

    def hasty(pieces, start, limit, bytes_max, horizon_ms):
        records, after = right(pieces, start, limit, bytes_max, horizon_ms)
        return (records, after) if len(records) < 30 else (records[:-1], after)

    monkeypatch.setattr(jobs, "decode", hasty)
