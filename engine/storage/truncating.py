"""Taking back the end of a log: what a follower has, and its new leader has not.

All that follows from the content goes back with it: leader epochs, producers, the recovery point. A batch goes whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.storage.log import Log
    from engine.wire.batch import Batch


def truncate_to(log: Log, offset: int) -> int:
    """Remove ``offset`` and all after it (the whole batch, if it is inside one). Returns how many offsets went."""
    if log.epochs.truncate_from_end(min(offset, log.log_end)):
        log.write_epochs()
    if offset >= log.log_end:
        return 0
    if offset < log.log_start:  # what lies before is nobody's any more, and must not come back after a crash
        return truncate_fully_and_start_at(log, offset)
    was = log.log_end
    removed: list[Batch] = []
    while len(log.segments) > 1 and log.segments[-1].base_offset > offset:
        segment = log.segments.pop()
        removed += segment.batches(segment.base_offset)
        segment.delete()
    cut = log.segments[-1].truncate_to(offset)
    removed = cut + removed
    # Not simply the end of what is left: the offsets before ``offset`` may have been compacted away.
    log.log_end = min(offset, removed[0].base_offset) if removed else offset
    log.log_start = min(log.log_start, log.log_end)
    if log.epochs.truncate_from_end(log.log_end):
        log.write_epochs()
    log.recovery_point = min(log.recovery_point, log.log_end)
    log.snapshots.delete_after(log.log_end)
    if gone := log.producers.truncate(removed, log.log_end, log.batches_backwards()):
        known = log.snapshots.newest(log.segments[0].base_offset, log.log_end)[1]
        log.producers.entries.update({producer: known[producer] for producer in gone if producer in known})
    return was - log.log_end


def truncate_fully_and_start_at(log: Log, offset: int) -> int:
    """Begin again, empty, at ``offset``: the leader has nothing older. Returns how many offsets went."""
    went = log.log_end - log.log_start
    for segment in log.segments:
        segment.delete()
    log.epochs.clear()
    log.producers.clear()
    log.snapshots.delete_after(-1)
    log.write_epochs()
    log.segments = [log.segment(offset)]
    log.log_start = log.log_end = log.recovery_point = offset
    return went
