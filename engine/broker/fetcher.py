"""Copying from leaders: one fetch at a time to each broker that leads something we follow.

An answer is appended and the next fetch leaves at once, so that a follower is never more than one
exchange behind. With nothing new the leader keeps the fetch: half a second while we know less than
everything to be committed, ten seconds once we know it all. When the set of partitions to ask for
changes, a new fetch leaves beside the waiting one and takes its turn (``rounds``). A follower's log begins where
its leader's begins, as soon as it hears of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import events
from engine.broker import upkeep
from engine.machine import MILLISECOND, Wake
from engine.peers import Answer
from engine.replication.follower import Follower, cut_to
from engine.replication.partition import Partition
from engine.storage.disk import DiskFull
from engine.wire import errors
from engine.wire.messages import FetchedPart, FetchPart, FetchRequest

if TYPE_CHECKING:
    from engine.broker.broker import Broker

IDLE_WAIT_MS = 10_000
BACKOFF_MS = 500  # replica.fetch.backoff.ms is 1000 in Kafka; a lost leader is replaced after 1500 here


def fetch_all(broker: Broker, now: int) -> None:
    """(Re)start a fetch to every leader we follow."""
    leaders = {}
    for partition in broker.partitions.values():
        follower = partition.follower
        if follower is not None:
            leaders[follower.leader] = True
    for leader in leaders:
        fetch_from(broker, now, leader)
    for leader in [leader for leader in broker.rounds if leader not in leaders]:
        del broker.rounds[leader]
        broker.out += broker.fetching.hang_up(f"B{leader}")


def fetch_again(broker: Broker, now: int) -> None:
    """The alarm of those who rest: ask the leaders of which somebody has rested long enough."""
    broker.refetch_alarm = False
    followers = [partition.role for partition in broker.partitions.values() if partition.role.__class__ is Follower]
    due = {follower.leader: True for follower in followers if 0 < follower.retry_at <= now}
    for leader in due:
        fetch_from(broker, now, leader)
    later = [follower.retry_at for follower in followers if follower.retry_at > now]
    if later:  # one alarm serves all: it may have rung for another, or before its time if the clock was set back
        _wake_at(broker, min(later))


def fetch_from(broker: Broker, now: int, leader: int) -> None:
    config, parts, behind = broker.config, [], False
    size = config.replica_fetch_max_bytes
    for partition in broker.partitions.values():
        follower = partition.role
        if follower.__class__ is not Follower or follower.leader != leader or follower.retry_at > now:
            continue
        follower.retry_at = 0
        log = partition.log
        end = log.log_end
        parts.append(
            FetchPart(
                partition.topic, partition.partition, end, size, follower.epoch, log.epochs.latest, log.log_start
            )
        )
        if partition.high_watermark < end:
            behind = True
    if not parts:
        return
    turn = broker.rounds[leader] = broker.rounds.get(leader, 0) + 1
    wait = config.replica_fetch_wait_max_ms if behind else IDLE_WAIT_MS
    request = FetchRequest(wait, 1, parts, broker.broker, broker.epoch, config.replica_fetch_response_max_bytes)
    broker.out += broker.fetching.ask(now, f"B{leader}", request, (leader, turn, parts))


def answered(broker: Broker, now: int, answer: Answer) -> None:
    leader, turn, asked = answer.tag
    if answer.body is None or answer.body.error:
        for part in asked:
            _back_off(broker, now, part)
    else:
        for part, got in zip(asked, answer.body.parts, strict=True):
            _take(broker, now, leader, part, got)
    if broker.rounds.get(leader) == turn:
        fetch_from(broker, now, leader)


def _take(broker: Broker, now: int, leader: int, asked: FetchPart, got: FetchedPart) -> None:
    partition = broker.partitions.get((asked.topic, asked.partition))
    role = partition.role if partition is not None else None
    if partition is None or role.__class__ is not Follower or role.epoch != asked.leader_epoch:
        return  # the answer is to a role we no longer have
    log = partition.log
    if got.error:
        if got.error == errors.OFFSET_OUT_OF_RANGE and asked.offset == log.log_end:
            _out_of_range(broker, now, partition, asked, got)
        else:
            _back_off(broker, now, asked)
    elif asked.offset != log.log_end:
        return  # an older fetch than the one that was answered already
    elif got.diverging is not None:
        _cut(broker, now, partition, got.diverging, got.log_start)
    else:
        if got.records:
            try:
                log.append_as_follower(got.records, broker.calendar_ms(now))
            except DiskFull:  # it falls behind, and out of the ISR
                upkeep.disk_full(broker)
                _back_off(broker, now, asked)
                return
            if partition.quiet or len(log.segments) != partition.segments:
                upkeep.grown(broker, now, partition)
            if broker.traced:
                broker.tell(
                    events.Replicated(
                        partition.topic, partition.partition, broker.broker, leader, asked.offset, log.log_end - 1
                    )
                )
        if got.high_watermark > partition.high_watermark:
            partition.high_watermark = max(partition.high_watermark, min(got.high_watermark, log.log_end))
        if got.log_start > log.log_start:
            _begin_with(broker, now, partition, got.log_start)


def _begin_with(broker: Broker, now: int, partition: Partition, leader_start: int) -> None:
    """The leader's log begins later than ours."""
    partition.log.increment_log_start(min(leader_start, partition.high_watermark), partition.high_watermark)
    upkeep.log_start_moved(broker, now, partition)


def _out_of_range(broker: Broker, now: int, partition: Partition, asked: FetchPart, got: FetchedPart) -> None:
    """The leader has nothing at our end: it deleted that long ago, so we begin again where it begins."""
    log = partition.log
    if got.log_start > log.log_end or (log.log_start == log.log_end and got.log_start >= 0):
        log.truncate_fully_and_start_at(got.log_start)
        partition.high_watermark = got.log_start
        upkeep.cut(broker, now, partition)
    else:
        _back_off(broker, now, asked)


def _cut(broker: Broker, now: int, partition: Partition, diverging: tuple[int, int], leader_start: int) -> None:
    """Our log has left the leader's.

    If what would stay of it lies before the leader's log begins, only what we know to be committed is the same there
    as it was here: the leader's word goes no further back. Kafka keeps it all, hidden below the log's start as soon as
    that has moved; a crash before it is written down would bring back records that never were the partition's.
    """
    log = partition.log
    was, to = log.log_end, cut_to(log, diverging)
    if to <= leader_start and partition.high_watermark < leader_start:
        log.truncate_fully_and_start_at(leader_start)
        partition.high_watermark = leader_start
    else:
        log.truncate_to(to)
        to = log.log_end  # or earlier, if that was inside a batch
        partition.high_watermark = min(partition.high_watermark, to)
    upkeep.cut(broker, now, partition)
    if leader_start > log.log_start:
        _begin_with(broker, now, partition, leader_start)
    if to < was:
        broker.tell(
            events.LogTruncated(partition.topic, partition.partition, broker.broker, to, was, diverging[0])
        )


def _back_off(broker: Broker, now: int, asked: FetchPart) -> None:
    partition = broker.partitions.get((asked.topic, asked.partition))
    follower = partition.follower if partition is not None else None
    if follower is None or follower.epoch != asked.leader_epoch:
        return
    follower.retry_at = now + BACKOFF_MS * MILLISECOND
    _wake_at(broker, follower.retry_at)


def _wake_at(broker: Broker, at: int) -> None:
    if not broker.refetch_alarm:
        broker.refetch_alarm = True
        broker.out.append(Wake(at, "refetch"))
