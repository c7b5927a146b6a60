"""Retention: whole segments go, by age, by size, and where the log begins later now.

Kafka looks at every log each ``log.retention.check.interval.ms``. Here a log is looked at when its oldest
segment may be too old, at the next multiple of that interval; and, where ``retention.bytes`` counts, while it
is being written to. Age is time lived (lived.py). The files of a segment that went are renamed, and removed
``file.delete.delay.ms`` later, as in Kafka: who reads them may finish.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import events
from engine.broker import upkeep
from engine.machine import MILLISECOND
from engine.replication.partition import Partition

if TYPE_CHECKING:
    from engine.broker.broker import Broker


def look(broker: Broker, now: int, partition: Partition, at: int = 0) -> None:
    """There may be something to delete in ``partition``, from the moment ``at`` on."""
    broker.out += broker.logs.retentions.note(now, partition.key, at)


def ring(broker: Broker, now: int, token: int) -> None:
    for key in broker.logs.retentions.ring(now, token):
        partition = broker.partitions.get(key)
        if partition is not None:
            _check(broker, now, partition)
            later(broker, now, partition)
    broker.out += broker.logs.retentions.again()


def _check(broker: Broker, now: int, partition: Partition) -> None:
    log = partition.log
    was = log.log_start
    gone = log.delete_old_segments(broker.calendar_ms(now), partition.high_watermark, broker.logs.jumps)
    if not gone:
        return
    upkeep.segments_went(broker, now, partition)
    if partition.leader is not None:
        size = sum(segment.size for segment in gone)
        broker.tell(
            events.SegmentsDeleted(
                partition.topic, partition.partition, broker.broker, len(gone), was, log.log_start, size,
                gone[-1].reason,
            )
        )  # fmt: skip


def later(broker: Broker, now: int, partition: Partition) -> None:
    """Say when there is something to do next, if time alone can make a difference; or else when it has grown."""
    log, config = partition.log, partition.log.config
    waits = [at - broker.calendar_ms(now) for at, _ in log.deleted]  # milliseconds
    oldest = log.segments[0]
    if config.deletes and config.retention_ms >= 0:
        if oldest.size or len(log.segments) > 1:
            waits.append(config.retention_ms + 1 - broker.logs.age_ms(now, oldest.largest_timestamp))
        else:
            partition.quiet = True
    if config.deletes and config.retention_bytes >= 0:
        partition.quiet = True
    if len(log.segments) > 1 and log.segments[1].base_offset <= log.log_start:
        waits.append(0)  # it lies before the log's start, but is not committed yet
    if waits:
        look(broker, now, partition, now + max(min(waits), 0) * MILLISECOND)
