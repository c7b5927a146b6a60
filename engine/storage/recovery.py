"""Opening a log that is on the disk already (``LogLoader.java``, ``LogSegment.recover``).

Nothing but the ``.log`` files is believed. Their batches are gone through in order, and indexes, leader
epochs and producer state come out of that. At the first batch that is damaged or out of order the log
ends: the rest of that file and all later files are cut, as replication can bring them back.

Batches that are still objects were checked when they came and cannot have changed; plain bytes (what a
torn write or a flipped bit left behind) are parsed and their CRCs checked.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.storage.chunk import Chunk, Extent, batches_of
from engine.storage.segment import Segment
from engine.wire.batch import HEADER_BYTES, LENGTH_OVERHEAD, Batch, CorruptRecord, split_batches


def recover(segments: list[Segment], note: Callable[[Batch], None]) -> list[Segment]:
    """Tell ``note`` of every sound batch of ``segments`` in order; returns the segments that remain."""
    good: list[Segment] = []
    broken = False
    for segment in segments:
        if broken or (good and segment.base_offset < good[-1].next_offset):
            broken = True
            segment.delete()
            continue
        if good:
            good[-1].seal()
        broken = recover_segment(segment, note) > 0
        good.append(segment)
    return good


def recover_segment(segment: Segment, note: Callable[[Batch], None]) -> int:
    """Keep the sound beginning of one segment and rebuild its index. Returns the bytes cut."""
    before = segment.size
    segment.replace(_sound_extents(segment))
    entries = []
    position = indexed_at = 0
    for extent in segment.extents:
        for batch in batches_of(extent):
            if position - indexed_at > segment.index_interval:
                entries.append((batch.last_offset, position))
                indexed_at = position
            position += batch.size
            note(batch)
    segment.index.reset(entries)
    return before - segment.size


def _sound_extents(segment: Segment) -> list[Extent]:
    sound: list[Extent] = []
    raw: list[bytes] = []
    for part in segment.file.parts:
        if isinstance(part, Batch | Chunk):
            if raw:
                whole = _sound_batches(b"".join(raw), sound)
                raw.clear()
                if not whole:
                    return _in_order(sound, segment.base_offset)
            sound.append(part)
        else:
            raw.append(part)
    _sound_batches(b"".join(raw), sound)
    return _in_order(sound, segment.base_offset)


def _sound_batches(data: bytes, into: list[Extent]) -> bool:
    """Append the batches at the beginning of ``data``. Returns whether it consists of nothing else."""
    view = memoryview(data)
    start = 0
    while len(view) - start >= HEADER_BYTES:
        end = start + LENGTH_OVERHEAD + int.from_bytes(view[start + 8 : start + LENGTH_OVERHEAD], "big", signed=True)
        if not start + HEADER_BYTES <= end <= len(view):
            return False
        try:
            into += split_batches(view[start:end])
        except CorruptRecord:
            return False
        start = end
    return start == len(view)


def _in_order(extents: list[Extent], base_offset: int) -> list[Extent]:
    """Up to the first that does not continue the offsets."""
    expected = base_offset
    for number, extent in enumerate(extents):
        if extent.base_offset < expected or extent.last_offset < extent.base_offset:
            return extents[:number]
        expected = extent.last_offset + 1
    return extents
