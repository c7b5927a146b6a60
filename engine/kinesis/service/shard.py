"""A shard: a range of hash keys, a partition of the log, and its place in the family."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.kinesis.service import sequence
from engine.kinesis.service.gauge import Gauge

# WAITING: a parent of it is not closed yet. OPEN takes records. SEALING takes none, while what is on its way to the log
# arrives. SEALED: all has arrived, and the other parent of a merge is waited for. CLOSED: its children are open.
WAITING, OPEN, SEALING, SEALED, CLOSED = "waiting", "open", "sealing", "sealed", "closed"


@dataclass(slots=True)
class Shard:
    """number: of its partition too. opened_ms, closed_ms: calendar; -1 before. end: the offset after the last record
    known of (exact once it is closed). throttled_ms: virtual.
    """

    number: int
    low: int
    high: int
    parents: list[int] = field(default_factory=list)  # of a merge: first the one that was named first
    children: list[int] = field(default_factory=list)
    state: str = WAITING
    created: int = 0  # seconds since 1970: part of its sequence numbers
    opened_ms: int = -1
    closed_ms: int = -1
    end: int = 0
    records: int = 0
    bytes: int = 0
    read: int = 0
    read_bytes: int = 0
    inward: Gauge = field(default_factory=Gauge)
    outward: Gauge = field(default_factory=Gauge)
    asked: Gauge = field(default_factory=Gauge)  # GetShardIterator
    busy_s: int = 0  # seconds in a row (demand.py)
    throttled_in: int = 0  # records
    throttled_out: int = 0  # calls
    throttled_ms: int = -1

    @property
    def id(self) -> str:
        return f"shardId-{self.number:012d}"

    @property
    def taking(self) -> bool:
        """Records of its range are its own: they are written, or wait for what becomes of it."""
        return self.state in (OPEN, SEALING, SEALED)

    @property
    def starting(self) -> str:
        return sequence.starting(self.created, self.number)

    @property
    def ending(self) -> str | None:
        if self.state != CLOSED:
            return None
        return sequence.ending(self.created, self.number, self.closed_ms // 1000)

    def stem(self, arrival_ms: int) -> int:
        return sequence.stem(self.created, self.number, arrival_ms // 1000)

    def number_at(self, index: int, arrival_ms: int) -> int:
        """The sequence number of that index: of the record before offset ``index``."""
        return self.stem(arrival_ms) + index * sequence.STEP

    def hash_range(self) -> dict[str, str]:
        return {"StartingHashKey": str(self.low), "EndingHashKey": str(self.high)}


def number_of(shard_id: str) -> int:
    """-1 for what names no shard. AWS takes ``shardId-3`` and ``3`` for shardId-000000000003 too."""
    digits = shard_id.split("-")[1] if "-" in shard_id else shard_id
    if not digits.isascii() or not digits.isdigit() or len(digits) > 19:
        return -1
    number = int(digits)
    return number if number < 1 << 31 else -1
