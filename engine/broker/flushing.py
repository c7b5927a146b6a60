"""What of the logs is on the platter, and the small files that say so (``LogManager``'s checkpoints).

Kafka does not fsync when a producer writes. When a segment is closed its files are handed to the disk (a ``Sync``
each); when all have come back, the recovery point moves past them. Checkpoints are written some time after
there is something new to write, never otherwise. A stop in good order makes everything durable and leaves
a marker; the next life then believes what it finds.

A broker whose disk fails to make a file durable ends its process: nobody knows what is on the platter then, and
Kafka 4.0 does the same when its only log directory has failed (``LogManager.handleLogDirFailure``).
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from engine import events
from engine.broker import cleaning
from engine.broker.log_manager import Flush
from engine.machine import MILLISECOND, Halt, Sync, Synced, Wake
from engine.replication.partition import Partition
from engine.storage import checkpoints
from engine.storage.checkpoints import CLEANED_UP_TO, HIGH_WATERMARKS, LOG_STARTS, META, RECOVERY_POINTS, Offsets
from engine.storage.disk import DiskFull
from engine.storage.errors import StorageError
from engine.storage.segment import Segment

if TYPE_CHECKING:
    from engine.broker.broker import Broker


# --- segments


def flush(broker: Broker, partition: Partition) -> None:
    """Segments were closed: make them durable, after those that are on their way to the disk already."""
    under_way = broker.logs.flushing.get(partition.key)
    if under_way is not None:
        broker.logs.flushes[under_way].again = True
        return
    paths = partition.log.unflushed()
    if paths:
        broker.logs.flushing[partition.key] = _sync(broker, Flush(partition.key, len(paths)), paths)


def copy(broker: Broker, partition: Partition, segment: Segment, number: int) -> None:
    """The cleaner's copy, of its round ``number``, is to be durable before it is swapped in."""
    paths = segment.paths()
    _sync(broker, Flush(partition.key, len(paths), number), paths)


def _sync(broker: Broker, under_way: Flush, paths: list[str]) -> int:
    logs = broker.logs
    logs.flushes_begun += 1
    logs.flushes[logs.flushes_begun] = under_way
    broker.out += [Sync(path, logs.flushes_begun) for path in paths]
    return logs.flushes_begun


def synced(broker: Broker, now: int, message: Synced) -> None:
    under_way = broker.logs.flushes.get(message.token)
    if under_way is None:
        return
    error = message.error
    if not error:
        try:
            broker.disk.sync(message.file)
        except StorageError as failed:
            error = str(failed)
    if error:
        broker.tell(events.LogDirFailed(broker.broker, message.file, error))
        broker.out.append(Halt())
        return
    under_way.waiting -= 1
    if under_way.waiting:
        return
    del broker.logs.flushes[message.token]
    if under_way.copy:
        cleaning.synced(broker, now, under_way.key, under_way.copy)
        return
    del broker.logs.flushing[under_way.key]
    partition = broker.partitions.get(under_way.key)
    if partition is None:
        return
    if partition.log.flushed():
        _write_later(broker, now, "recovery-points", broker.config.log_flush_offset_checkpoint_interval_ms)
    if under_way.again:
        flush(broker, partition)


# --- checkpoints


def log_start_moved(broker: Broker, now: int) -> None:
    _write_later(broker, now, "log-starts", broker.config.log_flush_start_offset_checkpoint_interval_ms)


def _write_later(broker: Broker, now: int, alarm: str, interval_ms: int) -> None:
    """At the next multiple of the interval, if that is not so already."""
    if alarm not in broker.logs.alarms:
        broker.logs.alarms[alarm] = None
        interval = interval_ms * MILLISECOND
        broker.out.append(Wake((now // interval + 1) * interval, alarm))


def write_recovery_points(broker: Broker) -> None:
    broker.logs.alarms.pop("recovery-points", None)
    if not _write(broker, RECOVERY_POINTS, {key: p.log.recovery_point for key, p in broker.partitions.items()}):
        broker.disk.delete(RECOVERY_POINTS)  # unlike the others an old one may promise what was cut since


def write_log_starts(broker: Broker) -> None:
    """Of logs that begin later than their first segment: of the others the files' names say it."""
    broker.logs.alarms.pop("log-starts", None)
    logs = {key: p.log for key, p in broker.partitions.items()}
    late = {key: log.log_start for key, log in logs.items() if log.log_start > log.segments[0].base_offset}
    _write(broker, LOG_STARTS, late)


def write_high_watermarks(broker: Broker, now: int) -> None:
    """Those that changed or not: the alarm for the next time is set here."""
    marks = {key: p.high_watermark for key, p in broker.partitions.items()}
    if marks != broker.checkpointed and _write(broker, HIGH_WATERMARKS, marks):
        broker.checkpointed = marks
    interval = broker.config.replica_high_watermark_checkpoint_interval_ms * MILLISECOND
    broker.out.append(Wake(now + interval, "checkpoint"))


def _write(broker: Broker, name: str, offsets: Offsets) -> bool:
    try:
        checkpoints.write_offsets(broker.disk, name, offsets)
    except DiskFull:
        return False  # the old file stays: what it says is older, but still true
    return True


# --- from life to life


def read(broker: Broker) -> None:
    """What the last life left behind: a marker if it ended in good order, and its checkpoints."""
    disk, logs = broker.disk, broker.logs
    if not disk.exists(META):
        directory = blake2b(f"{broker.cluster_id}/{broker.broker}".encode(), digest_size=16).digest()
        disk.write_file(META, checkpoints.meta_properties(broker.cluster_id, broker.broker, directory))
    logs.clean = checkpoints.take_clean_shutdown(disk)
    broker.checkpointed = checkpoints.read_offsets(disk, HIGH_WATERMARKS)
    logs.recovery_points = checkpoints.read_offsets(disk, RECOVERY_POINTS)
    if not logs.clean:
        disk.delete(RECOVERY_POINTS)  # recovery may cut below them; they are written again as soon as one moves
    logs.log_starts = checkpoints.read_offsets(disk, LOG_STARTS)
    logs.cleaned = checkpoints.read_offsets(disk, CLEANED_UP_TO)


def stop(broker: Broker, now: int) -> None:
    """The broker stops in good order: all is durable, and the marker says so. A failing disk gets no marker."""
    write_high_watermarks(broker, now)
    try:
        for partition in broker.partitions.values():
            for path in partition.log.close():
                broker.disk.sync(path)
            partition.log.flushed()
        write_recovery_points(broker)
        write_log_starts(broker)
        checkpoints.write_clean_shutdown(broker.disk, broker.epoch)
    except StorageError as failed:
        broker.tell(events.LogDirFailed(broker.broker, "", str(failed)))
