"""Batches in the order of their offsets in one file: how they are found and read.

The file's parts are batches and sealed chunks of batches (engine/storage/chunk.py). A batch is found by
bisection over the parts, then inside the chunk: two searches, no scan.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from operator import attrgetter

from engine.storage.chunk import Chunk, Extent, Piece, Run, batches_of
from engine.storage.disk import File
from engine.wire.batch import Batch

_last_offset = attrgetter("last_offset")


class Stretch:
    """file: of batches from ``base_offset`` on."""

    __slots__ = ("file", "base_offset")

    def __init__(self, file: File, base_offset: int) -> None:
        self.file = file
        self.base_offset = base_offset

    @property
    def extents(self) -> list[Extent]:
        """The file's parts: after recovery no plain bytes are among them."""
        return self.file.parts  # type: ignore[return-value]

    @property
    def size(self) -> int:
        return self.file.size

    @property
    def next_offset(self) -> int:
        parts = self.extents
        return parts[-1].last_offset + 1 if parts else self.base_offset

    def read(self, offset: int, max_bytes: int, limit: int, into: list[Piece]) -> int:
        """Append to ``into`` the batches from ``offset`` on that end before ``limit``.

        Stops before ``max_bytes`` would be exceeded, except by the very first batch. Returns the bytes
        left, or -1 when it stopped before the segment's end.
        """
        parts = self.extents
        left = max_bytes
        number = self.find(offset)
        if number < len(parts) and (head := parts[number]).base_offset < offset and isinstance(head, Chunk):
            left = _read_chunk(head, head.find(offset), left, limit, into)
            number += 1
            if left < 0:
                return -1
        for i in range(number, len(parts)):
            part = parts[i]
            if part.last_offset >= limit or part.size > left:
                if isinstance(part, Chunk):
                    _read_chunk(part, 0, left, limit, into)
                elif part.last_offset < limit and not into:
                    into.append(part)
                return -1
            into.append(part if isinstance(part, Batch) else Run(part, 0, len(part)))
            left -= part.size
        return left

    def batches(self, from_offset: int) -> Iterator[Batch]:
        """Batches in order, beginning with the one that contains ``from_offset`` or follows it."""
        parts = self.extents
        number = self.find(from_offset)
        if number < len(parts) and isinstance(head := parts[number], Chunk):
            yield from head.batches(head.find(from_offset))
            number += 1
        for i in range(number, len(parts)):
            yield from batches_of(parts[i])

    def batches_since(self, timestamp: int) -> Iterator[Batch]:
        """Batches of which at least one record is stamped ``timestamp`` (ms) or later."""
        for part in self.extents:
            if part.max_timestamp >= timestamp:
                for batch in batches_of(part):
                    if batch.max_timestamp >= timestamp:
                        yield batch

    def batches_backwards(self) -> Iterator[Batch]:
        for part in reversed(self.extents):
            if isinstance(part, Batch):
                yield part
            else:
                for number in reversed(range(len(part))):
                    yield part.batch(number)

    def find(self, offset: int) -> int:
        """The number of the first part that ends at ``offset`` or after it."""
        parts = self.extents
        if not parts or parts[-1].last_offset < offset:
            return len(parts)
        if parts[-1].base_offset <= offset:  # who reads at the end is asked for most
            return len(parts) - 1
        return bisect_left(parts, offset, key=_last_offset)


def _read_chunk(chunk: Chunk, first: int, left: int, limit: int, into: list[Piece]) -> int:
    """As ``Segment.read``, from batch ``first`` of a chunk."""
    start = chunk.position(first)
    stop = chunk.find(limit)  # the first batch that ends at the limit or after it
    end = chunk.position(stop)
    if end - start > left:
        # the last batch that begins no later than the room allows, then the end of its predecessor
        stop = bisect_left(chunk.positions, start + left + 1) - 1
        if stop <= first and not into and first < chunk.find(limit):
            stop = first + 1
        end = chunk.position(stop)
    if end <= start:
        return -1
    into.append(Run(chunk, first, stop))
    return left - (end - start) if stop == len(chunk) else -1
