"""A segment: one stretch of a partition's log, in files named by the offset it begins at.

The ``.log`` file's parts are batches and sealed chunks of batches; how they are read is in
engine/storage/stretch.py. Beside it lie ``.index``, ``.timeindex`` and, if transactions were aborted,
``.txnindex``. While a segment is being replaced or taken away all its files bear a suffix
(engine/storage/swapping.py).

``LogSegment.java`` is the model: when to begin another segment, and what goes into the indexes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import cast

from engine.storage.chunk import CHUNK_BITS, Chunk, Extent, Run, batches_of, copy_of, seal
from engine.storage.config import FOREVER, LogConfig
from engine.storage.disk import MemoryDisk
from engine.storage.index import OffsetIndex
from engine.storage.stretch import Stretch
from engine.storage.timeindex import TimeIndex
from engine.storage.txnindex import TransactionIndex
from engine.wire.batch import SMALL_BELOW, Batch

RELATIVE_OFFSET_MAX = 0x7FFFFFFF  # an index entry has 31 bits for an offset
KINDS = ("log", "index", "timeindex", "txnindex")  # of files, in the order in which Kafka renames them

_max_timestamp_at = struct.Struct(">35xq").unpack_from  # of the batch that begins there


class Segment(Stretch):
    """file: the ``.log``. loose: how many batches at its end wait to be sealed. suffix: as ".cleaned", mostly "".

    first_timestamp: its first batch's. max_timestamp: the largest of its batches, -1 while empty;
    max_timestamp_offset: the last offset of the first batch that has it. created_ms, written_ms: by the
    calendar, for segments whose records bear no time.
    """

    __slots__ = (
        "disk", "stem", "suffix", "index", "times", "aborted", "index_interval",
        "first_timestamp", "max_timestamp", "max_timestamp_offset", "created_ms", "written_ms", "loose",
    )  # fmt: skip

    def __init__(
        self, disk: MemoryDisk, folder: str, base_offset: int, config: LogConfig, now_ms: int = 0, suffix: str = ""
    ) -> None:
        self.disk = disk
        self.stem = f"{folder}/{base_offset:020d}"
        self.suffix = suffix
        super().__init__(disk.open(self.path), base_offset)
        self.index = OffsetIndex(disk, disk.open(self.index_path), base_offset, config.segment_index_bytes)
        self.times = TimeIndex(disk, disk.open(self.times_path), base_offset, config.segment_index_bytes)
        self.aborted = TransactionIndex(disk, self.path_of("txnindex"), base_offset)
        self.index_interval = config.index_interval_bytes
        self.first_timestamp = self.max_timestamp = -1
        self.max_timestamp_offset = base_offset
        self.created_ms = self.written_ms = now_ms
        self.loose = 0

    def path_of(self, kind: str) -> str:
        return f"{self.stem}.{kind}{self.suffix}"

    @property
    def path(self) -> str:
        return self.path_of("log")

    @property
    def index_path(self) -> str:
        return self.path_of("index")

    @property
    def times_path(self) -> str:
        return self.path_of("timeindex")

    @property
    def largest_timestamp(self) -> int:
        """What retention goes by: of its records, or of the file if they bear none."""
        return self.max_timestamp if self.max_timestamp >= 0 else self.written_ms

    def append(self, batches: Sequence[Batch], config: LogConfig, now_ms: int = 0) -> int:
        """``batches`` follow what is here; the disk has been asked for room. Returns how many of them went in.

        The next one needs a new segment then: this one is too large, or too old by the timestamps of its
        records, or its indexes are full (``LogSegment.shouldRoll``).
        """
        file, index, times, parts = self.file, self.index, self.times, self.file.parts
        size, segment_bytes = file.size, config.segment_bytes
        latest = self._latest_timestamp(config, now_ms)
        done = 0
        for batch in batches:
            position = size
            size += batch.size
            timestamp, last_offset = batch.max_timestamp, batch.last_offset
            if (
                (position and (size > segment_bytes or timestamp > latest))
                or index.full
                or times.full
                or last_offset - self.base_offset > RELATIVE_OFFSET_MAX
            ):
                size = position
                break
            done += 1
            if not position:
                self.first_timestamp = timestamp
                latest = self._latest_timestamp(config, now_ms)
            small = batch.size < SMALL_BELOW
            if not small and self.loose:
                self.seal()
            parts.append(batch)
            if timestamp > self.max_timestamp:
                self.max_timestamp = timestamp
                self.max_timestamp_offset = last_offset
            if position - index.indexed_at > self.index_interval:
                index.append(last_offset, position)
                times.maybe_append(self.max_timestamp, self.max_timestamp_offset)
            if small:
                self.loose += 1
                if position >> CHUNK_BITS != size >> CHUNK_BITS:
                    self.seal()
        self.disk.used += size - file.size
        file.size = size
        if done:
            self.written_ms = now_ms
        return done

    def _latest_timestamp(self, config: LogConfig, now_ms: int) -> int:
        """Of a batch that may still go into this segment."""
        if self.first_timestamp >= 0:
            return self.first_timestamp + config.segment_ms
        return FOREVER if now_ms - self.created_ms <= config.segment_ms else -2

    def take(self, run: Run, config: LogConfig, now_ms: int = 0) -> bool:
        """Append the rest of another replica's chunk by taking the chunk over, where we would have sealed alike.

        That is: our loose batches are its beginning, and none but its last batch crosses a boundary.
        False: it is not so, and nothing was done. The disk has been asked for room.
        """
        chunk, first, parts, index = run.chunk, run.first, self.extents, self.index
        size = self.file.size
        start, end = size - chunk.position(first), size + run.size
        last = start + chunk.positions[-1]
        stamp = _max_timestamp_at(chunk.data)[0]
        entries = chunk.size // self.index_interval + 1 if self.index_interval else len(chunk)
        if (
            first != self.loose
            or run.stop != len(chunk)
            or not start >> CHUNK_BITS == last >> CHUNK_BITS != end >> CHUNK_BITS
            or end > config.segment_bytes
            or chunk.max_timestamp > (self._latest_timestamp(config, now_ms) if size else stamp + config.segment_ms)
            or chunk.last_offset > self.base_offset + RELATIVE_OFFSET_MAX
            or len(index) + entries >= index.entries_max
            or len(self.times) + entries + 1 >= self.times.entries_max
            or b"".join([batch.to_bytes() for batch in parts[len(parts) - first :]]) != chunk.data[: size - start]
        ):
            return False
        parts[len(parts) - first :] = [copy_of(chunk)]
        if not size:
            self.first_timestamp = stamp
        self.index_chunk(chunk, first, start)
        self.loose = 0
        self.file.size = end
        self.disk.used += run.size
        self.written_ms = now_ms
        return True

    def index_batch(self, batch: Batch, position: int) -> None:
        """Enter a batch that begins at ``position`` into the indexes, as ``append`` does."""
        if batch.max_timestamp > self.max_timestamp:
            self.max_timestamp, self.max_timestamp_offset = batch.max_timestamp, batch.last_offset
        if position - self.index.indexed_at > self.index_interval:
            self.index.append(batch.last_offset, position)
            self.times.maybe_append(self.max_timestamp, self.max_timestamp_offset)

    def index_chunk(self, chunk: Chunk, first: int, start: int) -> None:
        """Enter the batches of a chunk from ``first`` on into the indexes, as if appended one by one."""
        index, positions, ends, base, data = self.index, chunk.positions, chunk.ends, chunk.base_offset, chunk.data
        grows = chunk.max_timestamp > self.max_timestamp
        for number in range(first, len(positions)):
            position = positions[number]
            if grows:
                (timestamp,) = _max_timestamp_at(data, position)
                if timestamp > self.max_timestamp:
                    self.max_timestamp, self.max_timestamp_offset = timestamp, base + ends[number]
            if start + position - index.indexed_at > self.index_interval:
                index.append(base + ends[number], start + position)
                self.times.maybe_append(self.max_timestamp, self.max_timestamp_offset)

    def seal(self) -> None:
        """Join the batches at the end into one chunk."""
        self.loose = _join(self.extents, self.loose)

    def close(self) -> None:
        """Nothing more is coming (``onBecomeInactiveSegment``)."""
        self.seal()
        self.complete()

    def complete(self) -> None:
        """The time index learns the largest timestamp."""
        self.times.maybe_append(self.max_timestamp, self.max_timestamp_offset)

    def truncate_to(self, offset: int) -> list[Batch]:
        """Cut the batch that contains ``offset`` and all that follow. Returns them, oldest first."""
        parts = self.extents
        number = self.find(offset)
        if number == len(parts):
            return []
        removed = list(self.batches(offset))
        keep = parts[:number]
        if isinstance(head := parts[number], Chunk):
            keep += head.batches(0, head.find(offset))
        self.replace(keep)
        first = removed[0].base_offset
        self.index.truncate_to(first)
        self.times.truncate_to(first)
        self.aborted.truncate_to(first)
        return removed

    def replace(self, parts: list[Extent]) -> None:
        """The file consists of ``parts`` from now on, sealed as ``append`` would have; the indexes stay as they are."""
        kept: list[Extent] = []
        size = loose = 0
        for part in parts:
            before, size = size, size + part.size
            small = isinstance(part, Batch) and part.size < SMALL_BELOW
            if not small:
                loose = _join(kept, loose)
            kept.append(part)
            if small:
                loose += 1
                if before >> CHUNK_BITS != size >> CHUNK_BITS:
                    loose = _join(kept, loose)
        self.disk.replace(self.file, list(kept), size)
        self.look()

    def look(self) -> None:
        """Learn from the file's parts what is kept beside them."""
        parts = self.extents
        self.first_timestamp = next(batches_of(parts[0])).max_timestamp if parts else -1
        self.max_timestamp, self.max_timestamp_offset = -1, self.base_offset
        latest: Extent | None = None
        for part in parts:
            if part.max_timestamp > self.max_timestamp:
                latest, self.max_timestamp = part, part.max_timestamp
        if latest is not None:
            batch = next(batch for batch in batches_of(latest) if batch.max_timestamp == self.max_timestamp)
            self.max_timestamp_offset = batch.last_offset
        self.loose, end = 0, self.file.size
        for part in reversed(parts):
            begin = end - part.size
            if isinstance(part, Chunk) or part.size >= SMALL_BELOW or begin >> CHUNK_BITS != end >> CHUNK_BITS:
                break
            self.loose, end = self.loose + 1, begin

    def paths(self) -> list[str]:
        """Its files, those that are there."""
        return [path for path in map(self.path_of, KINDS) if self.disk.exists(path)]

    def change_suffix(self, suffix: str) -> Iterator[None]:
        """Rename its files, one a step."""
        old = [self.path_of(kind) for kind in KINDS]
        self.suffix = suffix
        for path, kind in zip(old, KINDS, strict=True):
            if self.disk.exists(path):
                self.disk.rename(path, self.path_of(kind))
                yield
        self.aborted.path = self.path_of("txnindex")

    def delete(self) -> None:
        for path in self.paths():
            self.disk.delete(path)


def _join(extents: list[Extent], count: int) -> int:
    """Seal the last ``count``, all of them batches. Returns 0: how many are loose then."""
    if count > 1:
        extents[-count:] = [seal(cast("list[Batch]", extents[-count:]))]
    return 0
