"""Produce (key 0): append to the leader's log, and answer when the acks the producer asked for are there.

acks=0: no answer at all; after an error the connection is closed. acks=1: as soon as the leader has it.
acks=all: once the high watermark has passed it, that is once every in-sync replica has it.
``min.insync.replicas`` is checked before the append (NOT_ENOUGH_REPLICAS: nothing was written) and once
more at the answer (NOT_ENOUGH_REPLICAS_AFTER_APPEND: it was written, and may survive or not).

The batches are neither decoded nor copied: sizes, CRC and sequence numbers are all that is looked
at, but for topics that ask for more (special.py). An idempotent producer's batch that is there already
is answered with the offsets it got the first time (KIP-98).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import events
from engine.broker import accounting, special, upkeep
from engine.machine import MILLISECOND, Answered, Origin
from engine.replication.leader import Leader
from engine.replication.partition import Partition
from engine.replication.purgatory import Operation
from engine.storage.disk import DiskFull
from engine.storage.errors import StorageError
from engine.wire import errors
from engine.wire.batch import Batch, CorruptRecord, split_batches
from engine.wire.messages import ProducedPart, ProducePart, ProduceRequest, ProduceResponse

if TYPE_CHECKING:
    from engine.broker.broker import Broker

AHEAD_MAX_MS = 3_600_000  # message.timestamp.after.max.ms (KIP-937)


@dataclass(slots=True)
class Producing:
    """A produce request under way. left: parts that wait for the high watermark.

    answered: instead, a coordinator's answer that waits for records in the same way. failed: some were lost.
    """

    origin: Origin
    response: ProduceResponse
    left: int
    answered: Answered | None = None
    failed: bool = False


@dataclass(slots=True, eq=False)
class PartWait(Operation):
    """One part of it. required: the high watermark that makes it safe. epoch: of the leader that appended it."""

    partition: Partition
    required: int
    epoch: int
    part: ProducedPart
    producing: Producing


def produce(broker: Broker, now: int, origin: Origin, request: ProduceRequest) -> None:
    acks = request.acks
    response = ProduceResponse([])
    producing: Producing | None = None
    for asked in request.parts:
        part = ProducedPart(asked.topic, asked.partition)
        response.parts.append(part)
        appended = _append(broker, now, origin, asked, part, acks, request.transactional_id)
        waits = appended is not None and acks == -1
        if appended is not None and waits and (appended[0].high_watermark >= appended[1] or broker.acks.full):
            waits = False
            part.error = errors.NONE if appended[0].high_watermark >= appended[1] else errors.REQUEST_TIMED_OUT
        if appended is None or not waits:
            if broker.ledger is not None:
                accounting.produced(broker, origin, asked, part, appended, acks)
            continue
        partition, required = appended
        if producing is None:
            producing = Producing(origin, response, 0)
        producing.left += 1
        epoch = partition.role.epoch  # type: ignore[union-attr]
        wait = PartWait((partition.key,), partition, required, epoch, part, producing)
        wake = broker.acks.wait(now, wait, max(0, request.timeout_ms) * MILLISECOND)
        if wake is not None:
            broker.out.append(wake)
    if acks == 0 and any(part.error for part in response.parts):
        broker.hang_up(origin.connection)  # no answer can say it: so the producer looks for the leader again
    elif producing is None:
        broker.answer(origin, None if acks == 0 else response)


def _append(
    broker: Broker, now: int, origin: Origin, asked: ProducePart, part: ProducedPart, acks: int, transaction: str | None
) -> tuple[Partition, int] | None:
    """Append one part.

    Returns its partition and the high watermark that makes it safe; None: ``part.error`` says why not.
    """
    partition = broker.partitions.get((asked.topic, asked.partition))
    if partition is None or partition.role.__class__ is not Leader:
        known = broker.image.partition(asked.topic, asked.partition) is not None
        part.error = errors.NOT_LEADER_OR_FOLLOWER if known else errors.UNKNOWN_TOPIC_OR_PARTITION
        return None
    role: Leader = partition.role
    if acks == -1:
        if len(role.isr) < partition.min_insync:
            part.error = errors.NOT_ENOUGH_REPLICAS
            return None
    elif acks != 1 and acks != 0:
        part.error = errors.INVALID_REQUIRED_ACKS
        return None
    if partition.topic.startswith("__") and origin.connection in broker.outside.connections:
        part.error = errors.INVALID_TOPIC_EXCEPTION  # the brokers' own
        return None
    log = partition.log
    try:
        batches: list[Batch] = (
            asked.records if asked.records.__class__ is list else split_batches(asked.records)
        )
        stamp = (now + broker.calendar_offset) // MILLISECOND
        error = _check(partition, stamp, batches, transaction)
        if error:
            part.error = error
            return None
        if partition.special:
            batches = special.prepared(partition, stamp, batches, part)
        again = None
        if batches[0].producer_id >= 0:
            again = log.check_producer(batches[0])
        if again is not None:
            first, last = again
        else:
            first, last = log.append_as_leader(batches, role.epoch, stamp)
            appended(broker, now, partition, role, first, last, origin.client)
            connection = broker.outside.connections.get(origin.connection)
            if connection is not None:
                produced = connection.produced
                produced[asked.topic] = produced.get(asked.topic, 0) + last - first + 1
    except (CorruptRecord, StorageError) as refused:
        part.error, part.message, part.append_time_ms = refused.error, str(refused), -1
        if refused.__class__ is DiskFull:
            upkeep.disk_full(broker)
        return None
    part.base_offset, part.log_start = first, log.log_start
    return partition, last + 1


def _check(partition: Partition, stamp: int, batches: list[Batch], transaction: str | None) -> int:
    """What is wrong with the batches of one part, as an error code. stamp: the calendar's milliseconds."""
    if len(batches) != 1:
        return errors.INVALID_RECORD  # since message format 2 a produce holds one batch a partition
    batch = batches[0]
    if batch.size > partition.message_max:
        return errors.MESSAGE_TOO_LARGE
    if (
        batch.max_timestamp - AHEAD_MAX_MS > stamp
        and partition.log.config.message_timestamp_type == "CreateTime"
    ):
        return errors.INVALID_TIMESTAMP
    if batch.attributes & 0x30 or transaction is not None:  # transactional or control: not spoken yet
        return errors.INVALID_RECORD
    if batch.base_offset != 0 or (batch.producer_id >= 0 and batch.base_sequence < 0):
        return errors.INVALID_RECORD  # as LogValidator: offsets are ours to give, numbers are the producer's
    return 0


def appended(
    broker: Broker, now: int, partition: Partition, role: Leader, first: int, last: int, client: str
) -> None:
    """The leader's log has grown: followers that wait can go on, consumers see it once it is safe."""
    broker.appended += last - first + 1
    if partition.quiet or len(partition.log.segments) != partition.segments:
        upkeep.grown(broker, now, partition)
    broker.polls.touch(partition.end_key)
    if broker.traced:
        broker.tell(
            events.Appended(partition.topic, partition.partition, broker.broker, first, last, client, role.epoch)
        )
    if len(role.isr) == 1:  # otherwise it moves by a follower's fetch
        was = partition.high_watermark
        if role.move_high_watermark(partition):
            high_watermark_moved(broker, partition, was)


def high_watermark_moved(broker: Broker, partition: Partition, was: int) -> None:
    """Wake who waits for it."""
    broker.acks.touch(partition.key)
    broker.polls.touch(partition.key)
    if broker.traced:
        broker.tell(
            events.HighWatermarkMoved(
                partition.topic, partition.partition, broker.broker, was, partition.high_watermark
            )
        )


def settle(broker: Broker) -> None:
    """Answer those whose records are safe now, and those whose leader is gone."""
    for wait in broker.acks.settle(_ready):
        _ended(broker, wait, late=False)


def _ready(wait: PartWait) -> bool:
    partition = wait.partition
    return partition.high_watermark >= wait.required or _deposed(wait)


def _deposed(wait: PartWait) -> bool:
    """The leader that appended it leads no more."""
    role = wait.partition.role
    return role.__class__ is not Leader or role.epoch != wait.epoch


def expire(broker: Broker, now: int, patience: int) -> None:
    expired, wake = broker.acks.ring(now, patience)
    if wake is not None:
        broker.out.append(wake)
    for wait in expired:
        _ended(broker, wait, late=True)


def _ended(broker: Broker, wait: PartWait, *, late: bool) -> None:
    part, producing, partition = wait.part, wait.producing, wait.partition
    if late:
        part.error = errors.REQUEST_TIMED_OUT
    elif _deposed(wait):
        part.error = errors.NOT_LEADER_OR_FOLLOWER
    elif len(partition.role.isr) < partition.min_insync:  # type: ignore[union-attr]
        part.error = errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND
    if part.error:
        if broker.ledger is not None:
            accounting.failed(broker, wait)
        part.base_offset = part.log_start = -1
    elif broker.ledger is not None:
        accounting.safe(broker, wait)
    producing.left -= 1
    producing.failed = producing.failed or part.error != 0
    if producing.left:
        return
    if producing.answered is not None:
        answered = producing.answered
        broker.answer(answered.origin, answered.failure if producing.failed else answered.response)
    else:
        if broker.ledger is not None:
            accounting.ended(broker, producing)
        broker.answer(producing.origin, producing.response)
