"""What time does to streams and consumers. All transitions are here:

    CREATING --(topic made, time over)--> ACTIVE
    ACTIVE --(a change)--> UPDATING --(done, time over)--> ACTIVE
    ACTIVE --(DeleteStream)--> DELETING --(time over: topic dropped; topic gone)--> no more

A resharding has a middle: when its time is over and the partitions are there, parents are sealed: what is on its way
to them arrives, nothing new is sent, who writes there waits. Then parents close and children open in one instant, and
if the plan goes on from there, the next parents are sealed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.kinesis.service import reshaping
from engine.kinesis.service.outcomes import Announce, DropTopic, GrowTopic, MakeTopic, SealShard, SetTopic
from engine.kinesis.service.quotas import LASTS_MS, RECORD_KIB_MAX
from engine.kinesis.service.shard import CLOSED, SEALED, SEALING, Shard
from engine.kinesis.service.stream import ACTIVE, CREATING, DELETING, UPDATING, Change, Consumer, Stream
from engine.machine import MILLISECOND

if TYPE_CHECKING:
    from engine.kinesis.service.account import Account

_ROOM = 1 << 20  # of a batch around the largest record


def make(account: Account, now: int, stream: Stream) -> None:
    """Its topic is asked for. (A stream of a scenario is ACTIVE already.)"""
    if stream.status == CREATING:
        stream.due = now + LASTS_MS["create"] * MILLISECOND
    replication = max(1, min(3, account.brokers))
    configs = {
        "min.insync.replicas": "2" if replication >= 3 else "1",
        "retention.ms": str(stream.retention_ms),
        "max.message.bytes": str((RECORD_KIB_MAX << 10) + _ROOM),
        "message.timestamp.type": "CreateTime",
    }
    account.pending.append(MakeTopic(stream.topic, len(stream.shards), replication, configs))
    tell(account, "stream_created", stream, shards=len(stream.shards), mode=stream.mode)


def update(account: Account, now: int, stream: Stream, what: str) -> None:
    """It is UPDATING for as long as that takes."""
    stream.status = UPDATING
    stream.due = now + LASTS_MS[what] * MILLISECOND
    tell(account, "stream_updating", stream)


def reshard(account: Account, now: int, stream: Stream, changes: list[Change]) -> None:
    reshaping.prepare(stream, changes)
    stream.ready = False
    account.pending.append(GrowTopic(stream.topic, len(stream.shards)))
    update(account, now, stream, "reshard")


def delete(account: Account, now: int, stream: Stream) -> None:
    stream.status = DELETING
    stream.ready = True
    stream.due = now + LASTS_MS["delete"] * MILLISECOND
    for name in list(stream.consumers):
        forget_consumer(account, stream, name)
    tell(account, "stream_deleting", stream)


def retain(account: Account, stream: Stream) -> None:
    account.pending.append(SetTopic(stream.topic, {"retention.ms": str(stream.retention_ms)}))


def forget_consumer(account: Account, stream: Stream, name: str) -> None:
    del stream.consumers[name]
    tell(account, "consumer_deregistered", stream, consumer=name)


def tell(account: Account, event: str, stream: Stream, **fields: object) -> None:
    account.pending.append(Announce(event, {"stream": stream.name, **fields}))


# --- time ------------------------------------------------------------------------------------------


def due(stream: Stream) -> int:
    """When something happens to it by itself; 0: nothing does, or it waits for its topic first."""
    times = [consumer.due for consumer in stream.consumers.values() if consumer.due]
    if stream.due and stream.ready:
        times.append(stream.due)
    return min(times, default=0)


def pass_time(account: Account, now: int, stream: Stream) -> None:
    for consumer in list(stream.consumers.values()):
        _age(account, now, stream, consumer)
    if not stream.due or stream.due > now or not stream.ready:
        return
    stream.due = 0
    if stream.status == DELETING:
        account.pending.append(DropTopic(stream.topic))
    elif stream.changes:
        _seal(account, stream)
    else:
        _activate(account, stream)


def _age(account: Account, now: int, stream: Stream, consumer: Consumer) -> None:
    if not consumer.due or consumer.due > now:
        return
    consumer.due = 0
    if consumer.status == DELETING:
        forget_consumer(account, stream, consumer.name)
    else:
        consumer.status = ACTIVE


def _activate(account: Account, stream: Stream) -> None:
    stream.status = ACTIVE
    tell(account, "stream_active", stream)


# --- resharding --------------------------------------------------------------------------------------


def _seal(account: Account, stream: Stream) -> None:
    for change in stream.changes:
        if reshaping.possible(stream, change):
            for number in change.parents:
                shard = stream.shards[number]
                shard.state = SEALING
                account.pending.append(SealShard(stream.name, stream.topic, shard.id, number))


def sealed(account: Account, calendar_ms: int, stream: Stream, shard: Shard, end: int) -> None:
    """All that was sent to it has arrived or failed; its log ends at ``end``."""
    if shard.state != SEALING:
        return
    shard.state, shard.end = SEALED, end
    change = next(change for change in stream.changes if shard.number in change.parents)
    parents = [stream.shards[number] for number in change.parents]
    if any(parent.state != SEALED for parent in parents):
        return
    stream.changes.remove(change)
    for parent in parents:
        parent.state, parent.closed_ms = CLOSED, calendar_ms
    children = [stream.shards[number] for number in change.children]
    for child in children:
        reshaping.open_child(parents, child, calendar_ms)
    stream.rearrange()
    for parent in parents:
        tell(account, "shard_closed", stream, shard=parent.id, end=parent.end)
    if len(children) > 1:
        tell(account, "shards_split", stream, parent=parents[0].id, children=[child.id for child in children])
    else:
        tell(account, "shards_merged", stream, parents=[parent.id for parent in parents], child=children[0].id)
    if stream.changes:
        _seal(account, stream)
    else:
        _activate(account, stream)
