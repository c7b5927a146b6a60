"""Opening a log that is on the disk (``LogLoader.java``).

1. Half-done replacements of segments are finished, deleted files removed (engine/storage/swapping.py).
2. Segments are taken as they are if the last life ended in good order, or if they lie under the recovery
   point: they were synced when they were closed. All others are gone through, as are those whose indexes
   are missing or cannot be right (engine/storage/recovery.py).
3. At the first bad batch the log ends. The rest of that file is cut, later segments are deleted. The same
   holds where a segment above the recovery point does not reach up to the next one: its end was lost in a
   power cut, at the edge of a batch. (Kafka does not look for this, and would go on with a hole.)
   What is left may be older than where the log began: of that the leader epochs know sooner than the checkpoint,
   and it begins there, empty. (Kafka would give offsets again that have had a meaning.)
4. The leader epochs come from their file, and from the segments that were gone through; the producers'
   state from the newest snapshot that can be believed, and from all batches after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.storage.chunk import Chunk, batches_of
from engine.storage.config import FOREVER
from engine.storage.recovery import believe, epochs_in, recover_segment
from engine.storage.segment import Segment
from engine.storage.swapping import SUFFIXES, finish
from engine.wire.batch import Batch

if TYPE_CHECKING:
    from engine.storage.log import Log

EPOCHS = "leader-epoch-checkpoint"


def load(log: Log, recovery_point: int, log_start: int, clean: bool) -> None:
    """Fill ``log`` from its folder. recovery_point, log_start: from the checkpoints, 0 if they say nothing."""
    paths = log.disk.paths(log.folder)
    for path in paths:
        log.disk.reread(path)
    if any(path.endswith(SUFFIXES) for path in paths):
        finish(log)
        paths = log.disk.paths(log.folder)
    log.recovery_point = FOREVER if clean else recovery_point
    believed = _read_epochs(log)
    log.snapshots.take_up(paths)
    log.segments = _segments(log, paths, recovery_point, clean, believed)
    end = log.segments[-1].next_offset if log.segments else 0
    log_start = max(log_start, log.epochs.start_after(end))
    if log.segments and end < log_start:
        for segment in log.segments:  # files have gone that were there: what is left is older than the log's start
            segment.delete()
        log.segments = []
        log.snapshots.delete_after(-1)
    if not log.segments:
        log.segments = [log.segment(log_start)]
    log.log_end = log.segments[-1].next_offset
    log.log_start = max(log_start, log.segments[0].base_offset)
    log.recovery_point = min(log.recovery_point, log.log_end)
    _fit_epochs(log)
    if not log.disk.exists(_epochs_path(log)) or log.disk.read_all(_epochs_path(log)) != log.epochs.checkpoint():
        log.write_epochs()
    _load_producers(log)


def _segments(log: Log, paths: list[str], recovery_point: int, clean: bool, believed: bool) -> list[Segment]:
    paths = [path for path in paths if path.rpartition("/")[2].partition(".")[0].isdecimal()]
    bases = sorted(_base_of(path) for path in paths if path.endswith(".log"))
    good: list[Segment] = []
    broken = known_whole = False
    for path in paths:  # indexes without their log
        if path.endswith("index") and _base_of(path) not in bases:
            log.disk.delete(path)
    for number, base in enumerate(bases):
        next_base = bases[number + 1] if number + 1 < len(bases) else -1
        known = all(f"{log.folder}/{base:020d}.{kind}" in paths for kind in ("index", "timeindex"))
        segment = log.segment(base)
        if good and not known_whole:
            broken = broken or base != good[-1].next_offset
        if broken or (good and base < good[-1].next_offset):
            broken = True
            segment.delete()
            continue
        if good:
            good[-1].close()
        known_whole = clean or 0 <= next_base <= recovery_point
        if not (known and known_whole and believe(segment)):
            broken = recover_segment(segment) > 0
            log.recovery_point = min(log.recovery_point, base)  # its new indexes are not on the platter
            _note_epochs(log, segment)
        elif not believed:
            _note_epochs(log, segment)
        good.append(segment)
    return good


def _base_of(path: str) -> int:
    return int(path.rpartition("/")[2].partition(".")[0])


# --- epochs


def _epochs_path(log: Log) -> str:
    return f"{log.folder}/{EPOCHS}"


def _read_epochs(log: Log) -> bool:
    """Whether the file could be read."""
    if not log.disk.exists(_epochs_path(log)):
        return False
    try:
        log.epochs.restore(log.disk.read_all(_epochs_path(log)))
    except ValueError:
        return False
    return True


def _fit_epochs(log: Log) -> None:
    """To the log as it was found.

    An epoch that begins at its end says nothing of a record there is, and goes, as in Kafka. But of a log that
    was emptied it is all that tells what it once followed: without it, any leader with such offsets would let it go on.

    The log may begin earlier than when the file was written, for where it begins is written down later. In Kafka such
    records are of no known epoch, and nobody notices when they have left the leader's log.
    """
    epochs = log.epochs
    epochs.truncate_from_end(log.log_end + (0 < log.log_start == log.log_end))
    first = next(log.batches(log.log_start, log.log_end), None)
    if first is not None and epochs.at(max(first.base_offset, log.log_start)) < 0:
        epochs.clear()
        for segment in log.segments:
            _note_epochs(log, segment)
    epochs.truncate_from_start(log.log_start)


def _note_epochs(log: Log, segment: Segment) -> None:
    for epoch, offset in epochs_in(segment.extents):
        if epoch > log.epochs.latest:
            log.epochs.assign(epoch, offset)


# --- producers


def _load_producers(log: Log) -> None:
    snapshots = log.snapshots
    snapshots.delete_after(log.log_end)
    offset, log.producers.entries = snapshots.newest(log.segments[0].base_offset, log.log_end)
    for batch in numbered_batches(log, offset):
        log.producers.note(batch)
    snapshots.delete_strays([segment.base_offset for segment in log.segments])
    snapshots.take(log.log_end, log.segments[0].base_offset, log.producers.entries)


def numbered_batches(log: Log, from_offset: int) -> Iterator[Batch]:
    """Batches of idempotent producers that begin at ``from_offset`` or later; chunks without any are skipped."""
    for segment in log.segments:
        if segment.next_offset <= from_offset:
            continue
        for extent in segment.extents:
            if extent.last_offset >= from_offset and not (isinstance(extent, Chunk) and extent.plain_epoch >= 0):
                for batch in batches_of(extent):
                    if batch.producer_id >= 0 and batch.base_offset >= from_offset:
                        yield batch
