"""What of a segment is sound, and its indexes made anew (``LogSegment.recover``).

Nothing but the ``.log`` file is believed. Its batches are gone through in order: each must be whole, its
CRC must fit, its offsets must follow those before it and lie within what an index can say, and leader
epochs never decrease. At the first that fails the log ends: replication can bring back what follows.

Batches that are still objects were checked when they came and cannot have changed; plain bytes (what a
torn write or a flipped bit left behind, or a file from elsewhere) are parsed and their CRCs checked.
"""

from __future__ import annotations

from engine.storage.chunk import Chunk, Extent, batches_of
from engine.storage.segment import RELATIVE_OFFSET_MAX, Segment
from engine.wire.batch import HEADER_BYTES, LENGTH_OVERHEAD, Batch, CorruptRecord, split_batches


def recover_segment(segment: Segment) -> int:
    """Keep the sound beginning of one segment and rebuild its indexes. Returns the bytes cut."""
    before = segment.size
    segment.replace(sound_extents(segment))
    rebuild_indexes(segment)
    return before - segment.size


def believe(segment: Segment) -> bool:
    """Take a segment as it is: it was closed in good order. False if it has to be recovered after all.

    That is, if its indexes cannot be right, or somebody has changed bytes since they were checked: Kafka
    would not notice the latter before a client complained about the CRC.
    """
    if any(isinstance(part, bytes) for part in segment.file.parts):
        sound = sound_extents(segment)
        if sum(extent.size for extent in sound) != segment.size:
            return False
        segment.replace(sound)
    else:
        segment.look()
    return segment.index.open(segment.size) and segment.times.open(segment.max_timestamp) and segment.aborted.open()


def rebuild_indexes(segment: Segment) -> None:
    """As ``append`` would have made them; from empty files, so nothing of them counts as durable."""
    segment.index.reset([])
    segment.times.reset([])
    segment.max_timestamp = -1
    position = 0
    for extent in segment.extents:
        if isinstance(extent, Chunk):
            segment.index_chunk(extent, 0, position)
        else:
            segment.index_batch(extent, position)
        position += extent.size
    segment.times.maybe_append(segment.max_timestamp, segment.max_timestamp_offset)


def sound_extents(segment: Segment) -> list[Extent]:
    """The longest beginning of the file that consists of sound batches."""
    sound: list[Extent] = []
    raw: list[bytes] = []
    for part in segment.file.parts:
        if isinstance(part, bytes):
            raw.append(part)
            continue
        if raw:
            whole = _sound_batches(b"".join(raw), sound)
            raw.clear()
            if not whole:
                return _in_order(sound, segment.base_offset)
        sound.append(part)
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
            into += split_batches(view[start:end], compacted=True)
        except CorruptRecord:
            return False
        start = end
    return start == len(view)


def _in_order(extents: list[Extent], base_offset: int) -> list[Extent]:
    """Up to the first that does not continue the offsets and epochs."""
    expected, epoch = base_offset, -1
    for number, extent in enumerate(extents):
        first = extent if isinstance(extent, Batch) else extent.batch(0)
        if (
            first.base_offset < expected
            or extent.last_offset > base_offset + RELATIVE_OFFSET_MAX
            or first.leader_epoch < epoch
        ):
            return extents[:number]
        expected, epoch = extent.last_offset + 1, last_epoch(extent)
    return extents


def last_epoch(extent: Extent) -> int:
    """The leader epoch of its last batch."""
    return extent.leader_epoch if isinstance(extent, Batch) else extent.batch(len(extent) - 1).leader_epoch


def epochs_in(extents: list[Extent]) -> list[tuple[int, int]]:
    """(epoch, offset) of the batches that may begin one: a chunk of one epoch counts as one batch."""
    found = []
    for extent in extents:
        if isinstance(extent, Chunk) and extent.plain_epoch >= 0:
            found.append((extent.plain_epoch, extent.base_offset))
        else:
            found += [(batch.leader_epoch, batch.base_offset) for batch in batches_of(extent)]
    return found
