"""Many small batches in one piece of memory.

Theory of operation
-------------------
A batch of one small record weighs 170 bytes on disk and 540 as an object. So batches below 8 KiB are
kept as objects only at the tail of a file, where they are read and replicated. Once the tail crosses a
64 KiB boundary of the file it is *sealed*: joined into one ``Chunk``, which knows the end of each
batch. From then on a batch is an object again only for as long as somebody looks at it.

Where a chunk ends depends on nothing but the file's content, so the replicas of a partition seal alike,
and share the bytes. The first to seal leaves its chunk on its first batch object, where the other
replicas, snapshots and branches find it; a replica that was sent the chunk itself finds the bytes
behind its batches. Either is taken only if the bytes are equal: sharing changes memory, never content.
Each file has a ``Chunk`` of its own all the same, so who sealed first leaves no trace in the state.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any, ClassVar, TypeAlias

from engine.wire.batch import HEADER_BYTES, Batch, batch_of
from engine.world.snapshots import shared

CHUNK_BITS = 16  # a tail is sealed where it crosses a multiple of 2**16 bytes


@shared
class Chunk:
    """Whole batches in a row. Immutable by rule: a copy is the same one.

    positions: where each batch begins in ``data``. ends: its last offset minus ``base_offset``.
    plain_epoch: the leader epoch of all its batches, if none has a producer id; -1 otherwise.
    """

    __slots__ = ("data", "size", "base_offset", "last_offset", "max_timestamp", "plain_epoch", "positions", "ends")
    DERIVED: ClassVar[tuple[str, ...]] = ("positions", "ends")  # they follow from the data, and are shared

    def __init__(
        self,
        data: bytes,
        base_offset: int,
        last_offset: int,
        max_timestamp: int,
        plain_epoch: int,
        positions: array[int],
        ends: array[int],
    ) -> None:
        self.data = data
        self.size = len(data)
        self.base_offset = base_offset
        self.last_offset = last_offset
        self.max_timestamp = max_timestamp
        self.plain_epoch = plain_epoch
        self.positions = positions
        self.ends = ends

    def __len__(self) -> int:
        return len(self.positions)

    def find(self, offset: int) -> int:
        """The number of the first batch that ends at ``offset`` or after it."""
        return bisect_left(self.ends, max(offset - self.base_offset, 0))

    def position(self, number: int) -> int:
        """Where batch ``number`` begins; the chunk's size if there are no more."""
        return self.positions[number] if number < len(self.positions) else self.size

    def batch(self, number: int) -> Batch:
        start, end = self.positions[number], self.position(number + 1)
        data = self.data
        return batch_of(data[start : start + HEADER_BYTES], memoryview(data)[start + HEADER_BYTES : end])

    def batches(self, first: int = 0, stop: int | None = None) -> Iterator[Batch]:
        for number in range(first, len(self.positions) if stop is None else stop):
            yield self.batch(number)

    def begins_with(self, batches: Sequence[Batch]) -> bool:
        """Whether these, and no others, were joined to its beginning."""
        data = b"".join([piece for batch in batches for piece in (batch.header, batch.records)])
        return data == self.data[: len(data)]

    def to_bytes(self) -> bytes:
        return self.data

    def __copy__(self) -> Chunk:
        return self

    def __deepcopy__(self, memo: object) -> Chunk:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return Chunk, _parts_of(self)

    def __repr__(self) -> str:
        return f"Chunk({len(self)} batches, {self.base_offset}..{self.last_offset}, {self.size} bytes)"


@shared
class Run:
    """Batches ``first`` up to, not including, ``stop`` of a chunk, as a read returns them: a view, never a copy."""

    __slots__ = ("chunk", "first", "stop", "size")

    def __init__(self, chunk: Chunk, first: int, stop: int) -> None:
        self.chunk, self.first, self.stop = chunk, first, stop
        self.size = chunk.position(stop) - chunk.position(first)

    def __len__(self) -> int:
        return self.stop - self.first

    @property
    def base_offset(self) -> int:
        return self.chunk.batch(self.first).base_offset

    @property
    def last_offset(self) -> int:
        return self.chunk.base_offset + self.chunk.ends[self.stop - 1]

    def batches(self) -> Iterator[Batch]:
        return self.chunk.batches(self.first, self.stop)

    def chunks(self) -> tuple[memoryview]:
        """Its bytes in pieces, as ``Batch.chunks``: there is one."""
        chunk = self.chunk
        return (memoryview(chunk.data)[chunk.position(self.first) : chunk.position(self.stop)],)

    def to_bytes(self) -> bytes:
        return bytes(self.chunks()[0])

    def __copy__(self) -> Run:
        return self

    def __deepcopy__(self, memo: object) -> Run:
        return self


Extent: TypeAlias = Batch | Chunk  # what a segment's file consists of
Piece: TypeAlias = Batch | Run  # what a read returns


def seal(batches: list[Batch]) -> Chunk:
    """One chunk for ``batches``, in the memory of the one another replica has made of them, if there is one."""
    first = batches[0]
    data = b"".join([piece for batch in batches for piece in (batch.header, batch.records)])
    known: Chunk | None = first.sealed
    if known is not None and known.data == data:
        return copy_of(known)
    behind = first.records.obj if isinstance(first.records, memoryview) else None
    if type(behind) is bytes and len(behind) == len(data) and behind == data:
        data = behind
    base = first.base_offset
    chunk = Chunk(
        data,
        base,
        batches[-1].last_offset,
        max([batch.max_timestamp for batch in batches]),
        first.leader_epoch if all(b.producer_id < 0 and b.leader_epoch == first.leader_epoch for b in batches) else -1,
        array("I", accumulate([batch.size for batch in batches[:-1]], initial=0)),
        array("I", [batch.last_offset - base for batch in batches]),
    )
    first.sealed = chunk
    return chunk


def copy_of(chunk: Chunk) -> Chunk:
    """Another chunk in the same memory."""
    return Chunk(*_parts_of(chunk))


def _parts_of(chunk: Chunk) -> tuple[Any, ...]:
    return (
        chunk.data, chunk.base_offset, chunk.last_offset, chunk.max_timestamp, chunk.plain_epoch, chunk.positions,
        chunk.ends,
    )  # fmt: skip


def batches_of(extent: Extent) -> Iterator[Batch]:
    return iter((extent,)) if isinstance(extent, Batch) else extent.batches()
