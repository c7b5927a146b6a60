"""A log as a list, and retention as Kafka's three passes over a list: what the real ones are compared with."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from engine.storage.config import LogConfig
from engine.wire.batch import Batch

Known: TypeAlias = "dict[int, tuple[int, list[tuple[int, int, int, int]]]]"


class Model:
    """batches: what is there. history: that, and what retention and cleaning have taken.

    start, end: of the log. begun: leader epochs. unsure: so much of the history a power cut may have wiped out.
    """

    def __init__(self, start: int = 0) -> None:
        self.batches: list[Batch] = []
        self.history: list[Batch] = []
        self.begun: list[tuple[int, int]] = []
        self.start = self.end = start
        self.unsure = -1

    @property
    def whole_start(self) -> int:
        """The end of the batch the start lies in."""
        inside = [b.next_offset for b in self.history if b.base_offset < self.start <= b.last_offset]
        return inside[0] if inside else self.start

    def append(self, batch: Batch) -> None:
        self.batches.append(batch)
        self.history.append(batch)
        self.end = batch.next_offset
        if not self.begun or batch.leader_epoch != self.begun[-1][0]:
            earlier = [(epoch, begun) for epoch, begun in self.begun if begun < batch.base_offset]
            self.begun = [*earlier, (batch.leader_epoch, batch.base_offset)]

    def read(self, offset: int, max_bytes: int, limit: int) -> bytes:
        found: list[Batch] = []
        for batch in self.batches:
            if batch.last_offset >= offset:
                if batch.last_offset >= limit or (found and sum(b.size for b in found) + batch.size > max_bytes):
                    break
                found.append(batch)
        return b"".join(batch.to_bytes() for batch in found) if offset < limit else b""

    # --- cutting

    def truncate(self, offset: int) -> None:
        if offset < self.end:
            cut = [batch.base_offset for batch in self.batches if batch.last_offset >= offset]
            self.end = min([offset, *cut])
        self.history = [batch for batch in self.history if batch.last_offset < offset]
        self.batches = [batch for batch in self.batches if batch.last_offset < offset]
        self.begun = [(epoch, begun) for epoch, begun in self.begun if begun < min(offset, self.end)]

    def start_at(self, offset: int) -> None:
        self.start = max(offset, self.start)
        before = [epoch for epoch, begun in self.begun if begun <= self.start]
        if before:
            self.begun = [(before[-1], self.start), *self.begun[len(before) :]]

    def delete_before(self, offset: int) -> None:
        self.batches = [batch for batch in self.batches if batch.base_offset >= offset]

    def keep(self, first: int, end: int, kept: list[Batch]) -> None:
        """Of the batches from ``first`` up to ``end`` only these are left."""
        self.batches = [b for b in self.batches if not first <= b.base_offset < end or b in kept]

    # --- restarts

    def reopen(self, end: int) -> bool:
        """The last segment ends there. False if that is before the log's start: then it begins anew.

        Of an emptied log the epoch stays that begins at its end.
        """
        anew = end < self.start
        self.end = max(end, self.start)
        last = self.end if 0 < self.start == self.end else self.end - 1
        self.begun = [(epoch, begun) for epoch, begun in self.begun if begun <= last]
        return not anew

    def forget(self) -> None:
        """Unsynced snapshots of producers may be gone."""
        self.unsure = len(self.history)

    # --- what follows

    def epochs(self) -> list[tuple[int, int]]:
        return self.begun

    def producers(self) -> tuple[Known, Known]:
        """(who must be known, who may be), each with its epoch and last five batches."""
        possible = _known(self.history)
        must = {b.producer_id for b in self.history[max(self.unsure, 0) :]} | {b.producer_id for b in self.batches}
        return {producer: entry for producer, entry in possible.items() if producer in must}, possible


def _known(batches: list[Batch]) -> Known:
    known: Known = {}
    for batch in batches:
        if batch.producer_id >= 0:
            epoch, marks = known.get(batch.producer_id, (batch.producer_epoch, []))
            if epoch != batch.producer_epoch:
                marks = []
            mark = (batch.base_sequence, batch.last_sequence, batch.base_offset, batch.last_offset)
            known[batch.producer_id] = (batch.producer_epoch, [*marks, mark][-5:])
    return known


class Old(NamedTuple):
    """One segment: where it begins, where the next does, its bytes, its largest timestamp."""

    base: int
    end: int
    size: int
    timestamp: int


def expected_deletions(
    old: list[Old], config: LogConfig, now: int, mark: int, start: int
) -> list[tuple[int, int, str]]:
    """(base, end, reason) of what goes, as ``UnifiedLog.deleteOldSegments`` goes about it."""
    left = old[:]
    gone: list[tuple[int, int, str]] = []

    def take(reason: str, number: int) -> None:
        gone.extend((one.base, one.end, reason) for one in left[:number])
        del left[:number]

    def deletable(one: Old) -> bool:
        return one.end <= mark and not (one is old[-1] and one.size == 0)

    number = 0
    while number < len(left) and deletable(left[number]) and left[number].end <= start:
        number += 1
    take("log start", number)
    if "delete" in config.cleanup_policy:
        if config.retention_bytes >= 0:
            number, over = 0, sum(one.size for one in left) - config.retention_bytes
            while number < len(left) and deletable(left[number]) and over >= left[number].size:
                over -= left[number].size
                number += 1
            take("size", number)
        if config.retention_ms >= 0:
            number = 0
            while number < len(left) and deletable(left[number]) and now - left[number].timestamp > config.retention_ms:
                number += 1
            take("time", number)
    return gone
