"""A segment: one stretch of a partition's log, in a file named by the offset it begins at.

The file's parts are batches and sealed chunks of batches (engine/storage/chunk.py), in offset order. A
batch is found by bisection over the parts, then inside the chunk: two searches, no scan.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import cast

from engine.storage.chunk import CHUNK_BITS, Chunk, Extent, Piece, Run, batches_of, copy_of, seal
from engine.storage.disk import MemoryDisk
from engine.storage.index import OffsetIndex
from engine.wire.batch import SMALL_BELOW, Batch

RELATIVE_OFFSET_MAX = 0x7FFFFFFF  # an index entry has 31 bits for an offset

_last_offset = attrgetter("last_offset")


class Segment:
    """file: the ``.log``. loose: how many batches at its end wait to be sealed.

    max_timestamp: the largest of its batches, -1 while empty.
    """

    __slots__ = ("disk", "path", "file", "index", "base_offset", "index_interval", "max_timestamp", "loose")

    def __init__(self, disk: MemoryDisk, folder: str, base_offset: int, index_interval: int, index_bytes: int) -> None:
        self.disk = disk
        self.path = f"{folder}/{base_offset:020d}.log"
        self.file = disk.open(self.path)
        self.index = OffsetIndex(disk, disk.open(self.index_path), base_offset, index_bytes)
        self.base_offset = base_offset
        self.index_interval = index_interval
        self.max_timestamp = -1
        self.loose = 0

    @property
    def index_path(self) -> str:
        return self.path[: -len("log")] + "index"

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

    def append(self, batches: Sequence[Batch], segment_bytes: int) -> int:
        """``batches`` follow what is here; the disk has been asked for room. Returns how many of them went in.

        The next one needs a new segment then (``LogSegment.shouldRoll``).
        """
        file, index, parts = self.file, self.index, self.file.parts
        size = file.size
        done = 0
        for batch in batches:
            position = size
            size += batch.size
            far = batch.last_offset - self.base_offset > RELATIVE_OFFSET_MAX
            if (size > segment_bytes and position) or index.full or far:
                size = position
                break
            done += 1
            small = batch.size < SMALL_BELOW
            if not small and self.loose:
                self.seal()
            parts.append(batch)
            if position - index.indexed_at > self.index_interval:
                index.append(batch.last_offset, position)
            if batch.max_timestamp > self.max_timestamp:
                self.max_timestamp = batch.max_timestamp
            if small:
                self.loose += 1
                if position >> CHUNK_BITS != size >> CHUNK_BITS:
                    self.seal()
        self.disk.used += size - file.size
        file.size = size
        return done

    def take(self, run: Run, segment_bytes: int) -> bool:
        """Append the rest of another replica's chunk by taking the chunk over, where we would have sealed alike.

        That is: our loose batches are its beginning, and none but its last batch crosses a boundary.
        False: it is not so, and nothing was done. The disk has been asked for room.
        """
        chunk, first, parts, index = run.chunk, run.first, self.extents, self.index
        size = self.file.size
        start, end = size - chunk.position(first), size + run.size
        last = start + chunk.positions[-1]
        if (
            first != self.loose
            or run.stop != len(chunk)
            or not start >> CHUNK_BITS == last >> CHUNK_BITS != end >> CHUNK_BITS
            or end > segment_bytes
            or chunk.last_offset > self.base_offset + RELATIVE_OFFSET_MAX
            or len(index) + chunk.size // self.index_interval + 1 >= index.entries_max
            or b"".join([batch.to_bytes() for batch in parts[len(parts) - first :]]) != chunk.data[: size - start]
        ):
            return False
        parts[len(parts) - first :] = [copy_of(chunk)]
        for number in range(first, len(chunk)):
            position = start + chunk.positions[number]
            if position - index.indexed_at > self.index_interval:
                index.append(chunk.base_offset + chunk.ends[number], position)
        self.max_timestamp = max(self.max_timestamp, chunk.max_timestamp)
        self.loose = 0
        self.file.size = end
        self.disk.used += run.size
        return True

    def seal(self) -> None:
        """Join the batches at the end into one chunk."""
        self.loose = _join(self.extents, self.loose)

    def read(self, offset: int, max_bytes: int, limit: int, into: list[Piece]) -> int:
        """Append to ``into`` the batches from ``offset`` on that end before ``limit``.

        Stops before ``max_bytes`` would be exceeded, except by the very first batch. Returns the bytes
        left, or -1 when it stopped before the segment's end.
        """
        parts = self.extents
        left = max_bytes
        number = self._find(offset)
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
        number = self._find(from_offset)
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

    def truncate_to(self, offset: int) -> list[Batch]:
        """Cut the batch that contains ``offset`` and all that follow. Returns them, oldest first."""
        parts = self.extents
        number = self._find(offset)
        if number == len(parts):
            return []
        removed = list(self.batches(offset))
        keep = parts[:number]
        if isinstance(head := parts[number], Chunk):
            keep += head.batches(0, head.find(offset))
        self.replace(keep)
        self.index.truncate_to(removed[0].base_offset)
        return removed

    def replace(self, parts: list[Extent]) -> None:
        """The file consists of ``parts`` from now on, sealed as ``append`` would have; the index stays as it is."""
        kept: list[Extent] = []
        size = loose = 0
        timestamp = -1
        for part in parts:
            before, size = size, size + part.size
            timestamp = max(timestamp, part.max_timestamp)
            small = isinstance(part, Batch) and part.size < SMALL_BELOW
            if not small:
                loose = _join(kept, loose)
            kept.append(part)
            if small:
                loose += 1
                if before >> CHUNK_BITS != size >> CHUNK_BITS:
                    loose = _join(kept, loose)
        self.disk.replace(self.file, list(kept), size)
        self.loose = loose
        self.max_timestamp = timestamp

    def delete(self) -> None:
        self.disk.delete(self.path)
        self.disk.delete(self.index_path)

    def _find(self, offset: int) -> int:
        """The number of the first part that ends at ``offset`` or after it."""
        parts = self.extents
        if not parts or parts[-1].last_offset < offset:
            return len(parts)
        if parts[-1].base_offset <= offset:  # who reads at the end is asked for most
            return len(parts) - 1
        return bisect_left(parts, offset, key=_last_offset)


def _join(extents: list[Extent], count: int) -> int:
    """Seal the last ``count``, all of them batches. Returns 0: how many are loose then."""
    if count > 1:
        extents[-count:] = [seal(cast("list[Batch]", extents[-count:]))]
    return 0


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
