"""DeleteRecords (key 21): the leader lets its log begin later, and answers once all living replicas have followed.

What lies before goes from view at once; its bytes go with the segment that ends before it, at the next retention
check. Followers learn of the new start with their next fetch. Only topics that delete may be asked for it, and
never the brokers' own (KIP-107; ``ReplicaManager.deleteRecords``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import events
from engine.broker import upkeep
from engine.machine import MILLISECOND, Origin
from engine.replication.partition import Partition
from engine.replication.purgatory import Operation
from engine.storage.errors import StorageError
from engine.wire import errors
from engine.wire.messages import (
    HIGH_WATERMARK,
    DeletedRecords,
    DeleteRecordsPart,
    DeleteRecordsRequest,
    DeleteRecordsResponse,
)

if TYPE_CHECKING:
    from engine.broker.broker import Broker


@dataclass(slots=True)
class Deleting:
    """A request under way. left: parts whose followers lag behind."""

    origin: Origin
    response: DeleteRecordsResponse
    left: int = 0


@dataclass(slots=True, eq=False)
class DeleteWait(Operation):
    """One part of it. required: where every living replica must begin. epoch: of the leader that was asked."""

    partition: Partition
    required: int
    epoch: int
    part: DeletedRecords
    deleting: Deleting


def delete_records(broker: Broker, now: int, origin: Origin, request: DeleteRecordsRequest) -> None:
    deleting = Deleting(origin, DeleteRecordsResponse([]))
    for asked in request.parts:
        part = DeletedRecords(asked.topic, asked.partition)
        deleting.response.parts.append(part)
        partition = _delete(broker, now, asked, part)
        if partition is None:
            continue
        required = part.low_watermark
        part.low_watermark = _low(broker, partition)
        if part.low_watermark >= required:
            continue
        if broker.deletes.full:
            part.error = errors.REQUEST_TIMED_OUT
            continue
        deleting.left += 1
        epoch = partition.role.epoch  # type: ignore[union-attr]
        wait = DeleteWait((partition.start_key,), partition, required, epoch, part, deleting)
        wake = broker.deletes.wait(now, wait, max(0, request.timeout_ms) * MILLISECOND)
        if wake is not None:
            broker.out.append(wake)
    if not deleting.left:
        broker.answer(origin, deleting.response)


def _delete(broker: Broker, now: int, asked: DeleteRecordsPart, part: DeletedRecords) -> Partition | None:
    """Move the log's start; ``part.low_watermark`` is then where. None: ``part.error`` says why not."""
    partition = broker.partitions.get((asked.topic, asked.partition))
    if asked.topic.startswith("__"):
        part.error = errors.INVALID_TOPIC_EXCEPTION
    elif partition is None or partition.leader is None:
        known = broker.image.partition(asked.topic, asked.partition) is not None
        part.error = errors.NOT_LEADER_OR_FOLLOWER if known else errors.UNKNOWN_TOPIC_OR_PARTITION
    elif not partition.log.config.deletes:
        part.error = errors.POLICY_VIOLATION
    else:
        mark = partition.high_watermark
        to = mark if asked.offset == HIGH_WATERMARK else asked.offset
        if not 0 <= to <= mark:
            part.error = errors.OFFSET_OUT_OF_RANGE
            return None
        was = partition.log.log_start
        try:
            partition.log.increment_log_start(to, mark)
        except StorageError as refused:
            part.error = refused.error
            return None
        part.low_watermark = to
        if to > was:
            broker.tell(events.RecordsDeleted(asked.topic, asked.partition, broker.broker, was, to))
            upkeep.log_start_moved(broker, now, partition)
        return partition
    return None


def _low(broker: Broker, partition: Partition) -> int:
    alive = [b.broker for b in broker.image.brokers.values() if not b.fenced]
    return partition.leader.low_watermark(partition, alive) if partition.leader is not None else -1


def settle(broker: Broker) -> None:
    """Answer those whose followers have followed, and those whose leader is gone."""
    alive = [b.broker for b in broker.image.brokers.values() if not b.fenced]

    def ready(wait: DeleteWait) -> bool:
        role = wait.partition.leader
        deposed = role is None or role.epoch != wait.epoch
        return deposed or role.low_watermark(wait.partition, alive) >= wait.required  # type: ignore[union-attr]

    for wait in broker.deletes.settle(ready):
        role = wait.partition.leader
        _ended(broker, wait, 0 if role is not None and role.epoch == wait.epoch else errors.NOT_LEADER_OR_FOLLOWER)


def expire(broker: Broker, now: int, patience: int) -> None:
    expired, wake = broker.deletes.ring(now, patience)
    if wake is not None:
        broker.out.append(wake)
    for wait in expired:
        _ended(broker, wait, errors.REQUEST_TIMED_OUT)


def _ended(broker: Broker, wait: DeleteWait, error: int) -> None:
    wait.part.error = error
    wait.part.low_watermark = -1 if error else _low(broker, wait.partition)
    wait.deleting.left -= 1
    if not wait.deleting.left:
        broker.answer(wait.deleting.origin, wait.deleting.response)
