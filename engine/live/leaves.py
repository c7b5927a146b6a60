"""Batches and chunks as record bytes: how a checkpoint keeps them (see Leaf in engine/world/canonical.py).

A chunk's batches are found again by their places, which are kept with the bytes: looking through a
gigabyte of small batches would take half a minute. A batch below ``SMALL_BELOW`` is no leaf: it will be
sealed into a chunk, and is kept then.
"""

from __future__ import annotations

import sys
from array import array
from struct import Struct
from typing import Any

from engine.storage.chunk import Chunk, copy_of
from engine.wire.batch import HEADER_BYTES, SMALL_BELOW, Batch, batch_of
from engine.world.canonical import Damaged, Leaf, little_endian

# bytes of records, base offset, last offset, maximum timestamp, plain epoch, batches
_CHUNK = Struct(">Iqqqii")
_PLACES = "I"
assert array(_PLACES).itemsize == 4


def _chunk_key(chunk: Chunk) -> Any:
    return chunk.data


def _dump_chunk(chunk: Chunk) -> list[bytes | memoryview]:
    head = _CHUNK.pack(
        chunk.size, chunk.base_offset, chunk.last_offset, chunk.max_timestamp, chunk.plain_epoch, len(chunk)
    )
    places = [little_endian(array(_PLACES, numbers)).tobytes() for numbers in (chunk.positions, chunk.ends)]
    return [head, *places, chunk.data]


def _load_chunk(kept: bytes) -> Chunk:
    if len(kept) < _CHUNK.size:
        raise Damaged("a chunk is shorter than its head")
    size, base, last, timestamp, epoch, count = _CHUNK.unpack_from(kept)
    end = _CHUNK.size + 8 * count
    if count < 1 or len(kept) != end + size:
        raise Damaged("a chunk is not as long as it says")
    positions, ends = (array(_PLACES, kept[start : start + 4 * count]) for start in (_CHUNK.size, end - 4 * count))
    if sys.byteorder == "big":
        positions.byteswap()
        ends.byteswap()
    _check(positions, ends, size, last - base)
    return Chunk(kept[end:], base, last, timestamp, epoch, positions, ends)


def _check(positions: array[int], ends: array[int], size: int, last: int) -> None:
    """Batches lie one behind the other, and each has room for its header."""
    rising = all(map(lambda one, other: other - one >= HEADER_BYTES, positions, [*positions[1:], size]))
    if positions[0] != 0 or not rising or ends[-1] != last or any(map(int.__gt__, ends, ends[1:])):
        raise Damaged("the batches of a chunk do not lie where it says")


def _batch_key(batch: Batch) -> Any:
    return batch if batch.size >= SMALL_BELOW else None


def _dump_batch(batch: Batch) -> list[bytes | memoryview]:
    return [batch.header, batch.records]


def _load_batch(kept: bytes) -> Batch:
    if len(kept) < HEADER_BYTES:
        raise Damaged("a batch is shorter than its header")
    return batch_of(kept[:HEADER_BYTES], memoryview(kept)[HEADER_BYTES:])


def _again(batch: Batch) -> Batch:
    return batch_of(batch.header, batch.records)


LEAVES = (
    Leaf("chunk", Chunk, _chunk_key, _dump_chunk, _load_chunk, copy_of),
    Leaf("batch", Batch, _batch_key, _dump_batch, _load_batch, _again),
)
