"""Copying from leaders: one fetch at a time to each broker that leads something we follow.

An answer is appended and the next fetch leaves at once, so that a follower is never more than one
exchange behind. With nothing new the leader keeps the fetch: half a second while we know less than
everything to be committed, ten seconds once we know it all. When the set of partitions to ask for
changes, a new fetch leaves beside the waiting one and takes its turn (``rounds``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import events
from engine.machine import MILLISECOND, Wake
from engine.peers import Answer
from engine.replication.follower import Follower, cut_to
from engine.replication.partition import Partition
from engine.storage.disk import DiskFull
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


def fetch_from(broker: Broker, now: int, leader: int) -> None:
    parts = []
    behind = False
    size = broker.config.replica_fetch_max_bytes
    for partition in broker.partitions.values():
        follower = partition.role
        if follower.__class__ is not Follower or follower.leader != leader or follower.retry_at > now:
            continue
        log = partition.log
        parts.append(
            FetchPart(
                partition.topic, partition.partition, log.log_end, size,
                follower.epoch, log.latest_epoch(), log.log_start,
            )
        )  # fmt: skip
        behind = behind or partition.high_watermark < log.log_end
    if not parts:
        return
    turn = broker.rounds[leader] = broker.rounds.get(leader, 0) + 1
    wait = broker.config.replica_fetch_wait_max_ms if behind else IDLE_WAIT_MS
    request = FetchRequest(
        wait, 1, parts, broker.broker, broker.epoch, broker.config.replica_fetch_response_max_bytes
    )
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
        _back_off(broker, now, asked)
    elif asked.offset != log.log_end:
        return  # an older fetch than the one that was answered already
    elif got.diverging is not None:
        _cut(broker, partition, got.diverging)
    else:
        if got.records:
            try:
                log.append_as_follower(got.records)
            except DiskFull:  # it falls behind, and out of the ISR
                _back_off(broker, now, asked)
                return
            if broker.traced:
                broker.tell(
                    events.Replicated(
                        partition.topic, partition.partition, broker.broker, leader, asked.offset, log.log_end - 1
                    )
                )
        mark = min(got.high_watermark, log.log_end)
        if mark > partition.high_watermark:
            partition.high_watermark = mark


def _cut(broker: Broker, partition: Partition, diverging: tuple[int, int]) -> None:
    was, to = partition.log.log_end, cut_to(partition.log, diverging)
    partition.log.truncate_to(to)
    partition.high_watermark = min(partition.high_watermark, to)
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
    if not broker.refetch_alarm:
        broker.refetch_alarm = True
        broker.out.append(Wake(follower.retry_at, "refetch"))
