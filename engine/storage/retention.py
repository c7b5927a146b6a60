"""Which old segments go: by age, by size, and those that lie before the log's start (``UnifiedLog.deleteOldSegments``).

Only whole segments go, oldest first, and none that holds anything at or above the high watermark, for the
log's start may never pass that. If even the active segment is to go, an empty one is begun first. A log
that is only compacted loses nothing but what lies before its start.

Age is by the largest timestamp of a segment's records. Timestamps follow the calendar, but retention
counts time *lived*: an engine that was paused or switched off over a weekend must not lose all its
records at once. ``Jumps`` says where the calendar was moved; what lies in such a gap is not counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from engine.storage import swapping
from engine.storage.errors import OffsetOutOfRange

if TYPE_CHECKING:
    from engine.storage.log import Log
    from engine.storage.segment import Segment

Jumps: TypeAlias = "Sequence[tuple[int, int]]"  # (calendar ms when it was moved, by how many ms), oldest first


@dataclass(slots=True)
class DeletedSegment:
    """reason: "log start", "size" or "time"."""

    base_offset: int
    next_offset: int
    size: int
    reason: str


def age_ms(now_ms: int, stamp_ms: int, jumps: Jumps = ()) -> int:
    """How much time was lived since ``stamp_ms``; negative if that lies ahead."""
    age = now_ms - stamp_ms
    for at, by in jumps:
        if by >= 0:
            age -= max(0, min(now_ms, at + by) - max(stamp_ms, at))
        elif stamp_ms <= at + by:
            age -= by  # that stretch of the calendar was lived twice
    return age


def delete_old_segments(log: Log, now_ms: int, high_watermark: int, jumps: Jumps = ()) -> list[DeletedSegment]:
    config = log.config
    gone = _delete(log, now_ms, high_watermark, "log start", lambda segment, end: end <= log.log_start)
    if not config.deletes:
        return gone
    if config.retention_bytes >= 0:
        over = log.size - config.retention_bytes

        def breaches_size(segment: Segment, end: int) -> bool:
            nonlocal over
            if over < segment.size:
                return False
            over -= segment.size
            return True

        gone += _delete(log, now_ms, high_watermark, "size", breaches_size)
    if config.retention_ms >= 0:

        def breaches_time(segment: Segment, end: int) -> bool:
            return age_ms(now_ms, segment.largest_timestamp, jumps) > config.retention_ms

        gone += _delete(log, now_ms, high_watermark, "time", breaches_time)
    return gone


def _delete(
    log: Log, now_ms: int, high_watermark: int, reason: str, breaches: Callable[[Segment, int], bool]
) -> list[DeletedSegment]:
    """``breaches`` is asked of each segment and the offset it ends before, oldest first, up to the first it denies."""
    segments = log.segments
    count = 0
    for number, segment in enumerate(segments):
        last = number == len(segments) - 1
        end = log.log_end if last else segments[number + 1].base_offset
        if high_watermark < end or (last and not segment.size) or not breaches(segment, end):
            break
        count += 1
    if not count:
        return []
    if count == len(segments):
        log.roll(now_ms)
    old = log.segments[:count]
    ends = [segment.base_offset for segment in log.segments[1 : count + 1]]
    gone = [
        DeletedSegment(segment.base_offset, end, segment.size, reason) for segment, end in zip(old, ends, strict=True)
    ]
    del log.segments[:count]
    swapping.retire(log, old, now_ms)
    if ends[-1] > log.log_start:
        move_log_start(log, ends[-1])
    return gone


def increment_log_start(log: Log, offset: int, high_watermark: int) -> bool:
    """Nothing before ``offset`` can be read any more (DeleteRecords, or the leader said so). Whether it moved.

    The segments go with the next check of retention. Raises OffsetOutOfRange beyond the high watermark.
    """
    if offset > high_watermark:
        raise OffsetOutOfRange(f"{log.folder} is replicated up to {high_watermark}: it cannot begin at {offset}")
    if offset <= log.log_start:
        return False
    move_log_start(log, offset)
    return True


def move_log_start(log: Log, offset: int) -> None:
    log.log_start = offset
    if log.epochs.truncate_from_start(offset):
        log.write_epochs()
