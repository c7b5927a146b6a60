"""The log cleaner on a broker: which log is cleaned next, and a piece of it at a time.

As in Kafka the filthiest log goes first, the one with the largest share of dirty bytes, if that share is more
than ``min.cleanable.dirty.ratio`` or the dirt is older than ``max.compaction.lag.ms``. One log is cleaned
at a time, at ``log.cleaner.io.max.bytes.per.second``.

A log is looked at when it has rolled (only then more of it may be cleaned), and when time alone makes a
difference; nobody looks at logs into which nothing is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import events
from engine.broker import flushing, retention, upkeep
from engine.machine import MILLISECOND, SECOND, Wake
from engine.replication.partition import Partition
from engine.storage import checkpoints, cleaner
from engine.storage.cleaner import COPY, DONE, MAP, SYNC, Dirt, Round
from engine.storage.config import FOREVER
from engine.storage.disk import DiskFull

if TYPE_CHECKING:
    from engine.broker.broker import Broker
    from engine.broker.timetable import Key

SLICE_BYTES = 64 * 1024  # of reading in one step
ALARM = "clean"


def look(broker: Broker, now: int, partition: Partition, at: int = 0) -> None:
    """Something may be there to clean in ``partition``, from the moment ``at`` on."""
    if partition.log.config.compacts and broker.config.log_cleaner_enable:
        broker.out += broker.logs.cleanings.note(now, partition.key, at)


def ring(broker: Broker, now: int, token: int) -> None:
    broker.logs.dirty |= dict.fromkeys(broker.logs.cleanings.ring(now, token))
    _begin(broker, now)
    broker.out += broker.logs.cleanings.again()


def _begin(broker: Broker, now: int) -> None:
    """Start with the filthiest log, unless one is being cleaned already."""
    if broker.logs.round is not None:
        return
    best: tuple[float, Key, Dirt] | None = None
    for key in list(broker.logs.dirty):
        partition = broker.partitions.get(key)
        if partition is None or not partition.log.config.compacts:
            del broker.logs.dirty[key]
            continue
        found = _dirt(broker, now, partition)
        if found.end <= found.start or not (found.due or found.ratio > partition.log.config.min_cleanable_dirty_ratio):
            del broker.logs.dirty[key]
            _later(broker, now, partition, found)
        elif best is None or found.ratio > best[0]:
            best = (found.ratio, key, found)
    if best is not None:
        del broker.logs.dirty[best[1]]
        broker.logs.round = (best[1], cleaner.begin(best[2], broker.calendar_ms(now)))
        broker.logs.rounds_begun += 1
        _go_on(broker, now)


def _dirt(broker: Broker, now: int, partition: Partition) -> Dirt:
    clean_to = broker.logs.cleaned.get(partition.key, 0)
    return cleaner.dirt(
        partition.log, clean_to, partition.high_watermark, broker.calendar_ms(now), broker.logs.jumps
    )


def _later(broker: Broker, now: int, partition: Partition, found: Dirt) -> None:
    """Look again when time alone may have made a difference."""
    log, config = partition.log, partition.log.config
    waits = []  # milliseconds
    if partition.high_watermark < log.segments[-1].base_offset:
        waits.append(0)  # what is not committed yet will be soon
    for segment in log.segments[:-1]:
        if segment.base_offset >= max(found.start, found.end) and config.min_compaction_lag_ms:
            waits.append(config.min_compaction_lag_ms - broker.logs.age_ms(now, segment.largest_timestamp))
            break
    if config.max_compaction_lag_ms < FOREVER and found.end > found.start and found.earliest >= 0:
        waits.append(config.max_compaction_lag_ms + 1 - broker.logs.age_ms(now, found.earliest))
    if waits:
        look(broker, now, partition, now + max(min(waits), 0) * MILLISECOND)


# --- a round


def _go_on(broker: Broker, now: int) -> None:
    wait = SLICE_BYTES * SECOND // broker.config.log_cleaner_io_max_bytes_per_second
    broker.out.append(Wake(now + max(wait, 1), ALARM, broker.logs.rounds_begun))


def work(broker: Broker, now: int, token: int) -> None:
    """The alarm of a round: the next piece of it."""
    if token != broker.logs.rounds_begun:
        return
    if broker.logs.round is None:  # it was given up
        _begin(broker, now)
        return
    key, this = broker.logs.round
    partition = broker.partitions[key]
    try:
        cleaner.work(partition.log, this, SLICE_BYTES)
    except DiskFull:  # the copy did not fit: the log is as it was
        upkeep.disk_full(broker)
        cleaner.give_up(this)
    _went_on(broker, now, partition, this)


def synced(broker: Broker, now: int, key: Key, number: int) -> None:
    """The files of a copy are durable. number: of the round it belongs to."""
    if broker.logs.round is None or number != broker.logs.rounds_begun:
        return
    this, partition = broker.logs.round[1], broker.partitions[key]
    cleaner.swap(partition.log, this, broker.calendar_ms(now))
    partition.segments = len(partition.log.segments)
    retention.later(broker, now, partition)
    _went_on(broker, now, partition, this)


def _went_on(broker: Broker, now: int, partition: Partition, this: Round) -> None:
    if this.state in (MAP, COPY):
        _go_on(broker, now)
    elif this.state == SYNC and this.copy is not None:
        flushing.copy(broker, partition, this.copy, broker.logs.rounds_begun)
    else:
        broker.logs.round = None
        if this.state == DONE:
            _done(broker, partition, this)
        look(broker, now, partition)
        _begin(broker, now)


def _done(broker: Broker, partition: Partition, this: Round) -> None:
    broker.logs.cleaned[partition.key] = this.end
    write_checkpoint(broker)
    if partition.leader is not None:
        stats = this.stats
        broker.tell(
            events.LogCompacted(
                partition.topic, partition.partition, broker.broker, this.end, stats.kept, stats.removed,
                stats.was_bytes, stats.bytes,
            )
        )  # fmt: skip


def write_checkpoint(broker: Broker) -> None:
    try:
        checkpoints.write_offsets(broker.disk, checkpoints.CLEANED_UP_TO, broker.logs.cleaned)
    except DiskFull:
        return  # what was cleaned is cleaned once more in the next life


def forget(broker: Broker, key: Key) -> None:
    """The replica is gone, or its log was begun again."""
    broker.logs.cleanings.forget(key)
    broker.logs.dirty.pop(key, None)
    if broker.logs.cleaned.pop(key, None) is not None:
        write_checkpoint(broker)
    give_up(broker, key)


def cut(broker: Broker, partition: Partition) -> None:
    """The log was truncated: what was cleaned beyond its end will be other records."""
    give_up(broker, partition.key)
    if broker.logs.cleaned.get(partition.key, 0) > partition.log.log_end:
        broker.logs.cleaned[partition.key] = partition.log.log_end
        write_checkpoint(broker)


def give_up(broker: Broker, key: Key) -> None:
    if broker.logs.round is not None and broker.logs.round[0] == key:
        cleaner.give_up(broker.logs.round[1])
        broker.logs.round = None
        broker.logs.dirty[key] = None  # its alarm finds no round, and begins another
