"""What an append, a cut or a full disk means for the upkeep of a log: who has to look at it, and when.

``grown`` is on the path of every append, so it is called only when a log has another number of segments
than when somebody looked last, or when nobody was to look at it again (``Partition.quiet``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import events
from engine.broker import cleaning, flushing, retention
from engine.replication.partition import Partition

if TYPE_CHECKING:
    from engine.broker.broker import Broker

ROOM_BYTES = 64 * 1024  # with less, a full disk is still called full: small records would fit, larger ones not


def grown(broker: Broker, now: int, partition: Partition) -> None:
    """Records were appended: it has rolled, or was quiet until now."""
    log = partition.log
    if len(log.segments) > partition.segments:
        if broker.traced:
            base = log.segments[-1].base_offset
            broker.tell(
                events.SegmentRolled(partition.topic, partition.partition, broker.broker, base, len(log.segments))
            )
        flushing.flush(broker, partition)
        cleaning.look(broker, now, partition)
    logs, disk = broker.logs, broker.disk
    if logs.full and disk.quota - disk.used - disk.others >= ROOM_BYTES:
        logs.full = False
        broker.tell(events.DiskHasRoom(broker.broker, disk.used, disk.quota))
    partition.segments, partition.quiet = len(log.segments), logs.full
    retention.look(broker, now, partition)


def opened(broker: Broker, now: int, partition: Partition) -> None:
    """A replica is there, or has other configs than before."""
    retention.look(broker, now, partition)
    cleaning.look(broker, now, partition)


def log_start_moved(broker: Broker, now: int, partition: Partition) -> None:
    """By DeleteRecords or because the leader's did: waiting followers are to hear of it, segments may go."""
    broker.deletes.touch(partition.start_key)
    broker.polls.touch(partition.end_key)
    retention.look(broker, now, partition)
    flushing.log_start_moved(broker, now)


def cut(broker: Broker, now: int, partition: Partition) -> None:
    """The log was truncated."""
    cleaning.cut(broker, partition)
    partition.segments, partition.quiet = len(partition.log.segments), True
    flushing.log_start_moved(broker, now)
    flushing.write_recovery_points(broker)  # the file must not promise what was cut (LogManager.truncateTo)


def segments_went(broker: Broker, now: int, partition: Partition) -> None:
    """By retention."""
    partition.segments = len(partition.log.segments)
    broker.deletes.touch(partition.start_key)
    broker.polls.touch(partition.end_key)
    flushing.log_start_moved(broker, now)


def dropped(broker: Broker, key: tuple[str, int]) -> None:
    """The replica is no longer here."""
    logs = broker.logs
    logs.retentions.forget(key)
    cleaning.forget(broker, key)
    for offsets in (broker.checkpointed, logs.recovery_points, logs.log_starts):
        offsets.pop(key, None)


def disk_full(broker: Broker) -> None:
    """A write did not fit. When one does, and there is room for more, that is told too (``grown``)."""
    if not broker.logs.full:
        broker.logs.full = True
        for partition in broker.partitions.values():
            partition.quiet = True
        broker.tell(events.DiskFull(broker.broker, broker.disk.used, broker.disk.quota))
