"""A log for those who only read it: batches by offset and by time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from operator import attrgetter

from engine.storage.chunk import Piece
from engine.storage.errors import OffsetOutOfRange
from engine.storage.segment import Segment
from engine.wire.batch import Batch
from engine.wire.records import decode_records

_base_offset = attrgetter("base_offset")


class Reading:
    """segments: oldest first, the last is the active one. log_start, log_end: first offset, and one after the last."""

    __slots__ = ("folder", "segments", "log_start", "log_end")

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.segments: list[Segment] = []
        self.log_start = self.log_end = 0

    def read(self, offset: int, max_bytes: int, limit: int) -> list[Piece]:
        """Whole batches from the one that contains ``offset`` on, all of whose offsets are below ``limit``.

        About ``max_bytes`` at most, but always one batch if there is any. Small batches that were written
        a while ago come as views of many at once. Raises OffsetOutOfRange.
        """
        if offset < self.log_start or offset > self.log_end:
            raise OffsetOutOfRange(f"{self.folder} holds {self.log_start} up to {self.log_end}, not {offset}")
        found: list[Piece] = []
        if offset >= limit or offset == self.log_end:
            return found
        left = max_bytes
        for segment in self.segments[self._number_of(offset) :] if len(self.segments) > 1 else self.segments:
            left = segment.read(offset, left, limit, found)
            if left < 0:
                break
        return found

    def batches(self, from_offset: int, to_offset: int) -> Iterator[Batch]:
        """Batches with any offset in ``from_offset`` up to, not including, ``to_offset``."""
        for segment in self.segments[self._number_of(from_offset) :]:
            for batch in segment.batches(from_offset):
                if batch.base_offset >= to_offset:
                    return
                yield batch

    def batch_at(self, offset: int) -> Batch | None:
        """The batch that contains ``offset``, if there is one."""
        if not self.log_start <= offset < self.log_end:
            return None
        return next(self.batches(offset, offset + 1), None)

    def offset_for_time(self, timestamp: int) -> tuple[int, int, int] | None:
        """(offset, timestamp, epoch) of the first record stamped ``timestamp`` (ms) or later.

        Raises CorruptRecord if a batch on the way does not hold what its header says.
        """
        for segment in self.segments:
            if segment.max_timestamp < timestamp:
                continue
            for batch in segment.batches_since(timestamp):
                for record in decode_records(batch):
                    if record.timestamp >= timestamp and record.offset >= self.log_start:
                        return record.offset, record.timestamp, batch.leader_epoch
        return None

    def offset_of_max_time(self) -> tuple[int, int, int] | None:
        """(offset, timestamp, epoch) of the first record with the largest timestamp (KIP-734)."""
        return self.offset_for_time(max(segment.max_timestamp for segment in self.segments))

    @property
    def size(self) -> int:
        """Bytes of all batches."""
        return sum(segment.size for segment in self.segments)

    def batches_backwards(self) -> Iterator[Batch]:
        for segment in reversed(self.segments):
            yield from segment.batches_backwards()

    def _number_of(self, offset: int) -> int:
        """The number of the segment in which ``offset`` is or would be."""
        if offset >= self.segments[-1].base_offset:
            return len(self.segments) - 1
        return max(bisect_right(self.segments, offset, key=_base_offset) - 1, 0)
