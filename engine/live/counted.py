"""What has gone in and out of each shard, a sample a second: who opens a graph late sees the last five minutes.

A sample has the shard's own totals, which only grow: between two of them the rate is their difference over their
distance, as for whoever watches the frames. As in volume.py nothing is counted for our sake, and they are no state of
the World: they begin when a sandbox is opened. Of more than ``SHARDS_EACH`` shards samples lie further apart.
"""

from __future__ import annotations

from array import array
from collections import deque
from typing import TYPE_CHECKING, Any

from engine.machine import MILLISECOND, SECOND

if TYPE_CHECKING:
    from engine.cluster import Cluster
    from engine.kinesis.service.account import Account
    from engine.kinesis.service.stream import Stream

KEPT_NS = 300 * SECOND  # as many as static/js/kinesis/series.js keeps
SHARDS_EACH = 100
FIELDS = ("number", "records", "bytes", "read", "read_bytes", "throttled_in", "throttled_out", "behind_ms")

Streams = dict[str, tuple[int, "array[int]"]]  # by name: when it was made, on the calendar; its shards' fields in a row


class Counted:
    """Of one cluster's streams."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._samples: deque[tuple[int, Streams]] = deque()
        self._due = 0

    def follow(self) -> None:
        """To be called whenever an instant is over, now and then."""
        gateway, now = self._cluster.gateway, self._cluster.world.now
        if gateway is None or now < self._due:
            return
        account = gateway.account
        shards = sum(len(stream.shards) for stream in account.streams.values())
        self._due = now + max(1, shards // SHARDS_EACH) * SECOND
        if shards:
            behind = _behind(account)
            self._samples.append((now, {s.name: (s.calendar_ms, _row(s, behind)) for s in account.streams.values()}))
        while self._samples and self._samples[0][0] < now - KEPT_NS:
            self._samples.popleft()

    def told(self) -> dict[str, Any]:
        """{"fields", "samples": [[at_ms, {stream: [created, [a shard's fields, ...]]}], ...]}, oldest first."""
        return {"fields": FIELDS, "samples": [[at / MILLISECOND, _shown(streams)] for at, streams in self._samples]}


def _behind(account: Account) -> dict[tuple[str, str], int]:
    """By stream and shard: how far the reader that is furthest behind is, as it was told last."""
    found: dict[tuple[str, str], int] = {}
    for (_, stream, shard), position in account.positions.items():
        found[stream, shard] = max(found.get((stream, shard), 0), position.behind_ms)
    return found


def _row(stream: Stream, behind: dict[tuple[str, str], int]) -> array[int]:
    row = array("q")
    for shard in stream.shards:
        if shard.opened_ms >= 0:
            row.extend((
                shard.number, shard.records, shard.bytes, shard.read, shard.read_bytes, shard.throttled_in,
                shard.throttled_out, behind.get((stream.name, shard.id), 0),
            ))  # fmt: skip
    return row


def _shown(streams: Streams) -> dict[str, Any]:
    width = len(FIELDS)
    return {
        name: [created, [row[i : i + width].tolist() for i in range(0, len(row), width)]]
        for name, (created, row) in streams.items()
    }
