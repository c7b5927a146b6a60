"""What of a log is on the platter (``UnifiedLog.flush``, ``LogSegment.flush``).

Kafka does not fsync when a producer writes: replication is what makes a record safe. Only when a segment is
closed are its files, and the snapshot of the producers taken then, handed to the disk; and all of it when
the broker stops in good order. The recovery point follows: what lies before it need not be gone through
after a crash.

The engine never waits for a disk: the broker is told which files to sync (``unflushed``), asks for it
with ``Sync`` effects, and says so when some of them are done (``flushed``). How far a file is durable the
disk itself knows, so it does no harm if the log was cut or has grown in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.storage.log import Log
    from engine.storage.segment import Segment


def unflushed(log: Log, active: bool) -> list[str]:
    """Paths, older segments first; a snapshot comes with the segment it ends."""
    paths = []
    for segment, end in _beyond_recovery_point(log):
        if end >= 0 or active:
            paths += [path for path in _files(log, segment, end) if _waits(log, path)]
    return paths


def flushed(log: Log) -> bool:
    point = log.recovery_point
    for segment, end in _beyond_recovery_point(log):
        if any(_waits(log, path) for path in _files(log, segment, end)):
            break
        point = log.log_end if end < 0 else end
    moved, log.recovery_point = point > log.recovery_point, max(point, log.recovery_point)
    return moved


def _beyond_recovery_point(log: Log) -> Iterator[tuple[Segment, int]]:
    """(segment, the offset at which the next begins: -1 for the active one)."""
    segments = log.segments
    for number, segment in enumerate(segments):
        end = segments[number + 1].base_offset if number + 1 < len(segments) else -1
        if end < 0 or end > log.recovery_point:
            yield segment, end


def _files(log: Log, segment: Segment, end: int) -> list[str]:
    paths = segment.paths()
    snapshot = log.snapshots.path(end if end >= 0 else log.log_end)
    return [*paths, snapshot] if log.disk.exists(snapshot) else paths


def _waits(log: Log, path: str) -> bool:
    file = log.disk.files[path]
    return file.synced < file.size
