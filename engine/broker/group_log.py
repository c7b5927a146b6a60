"""From a coordinator's decision to its answer: records in ``__consumer_offsets``.

The coordinator decides in memory and returns records; they are appended like an acks=all produce, and
the answers leave once the high watermark has passed them: what a group was told survives a failover.
Answers without records wait too, for what was appended before them: they may speak of it. If the
records cannot be kept, the answers say so and the coordinator is rebuilt from the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.broker import upkeep
from engine.broker.produce import PartWait, Producing, appended
from engine.machine import MILLISECOND, Answered, Result, Wake
from engine.quorum.topics import OFFSETS_TOPIC
from engine.replication.partition import Partition
from engine.storage.disk import DiskFull
from engine.wire.messages import ProducedPart, ProduceResponse
from engine.wire.records import Record, decode_records, encode_batch

if TYPE_CHECKING:
    from engine.broker.broker import Broker

COMMIT_PATIENCE_MS = 5_000  # offsets.commit.timeout.ms


def carry_out(broker: Broker, now: int, result: Result) -> bool:
    """Append what was decided, and let the answers go when it is safe. Returns whether the records were kept."""
    for event in result.events:
        if event.milestone or broker.traced:
            broker.tell(event)
    kept = not result.records or _append(broker, now, result)
    if kept:
        for answered in result.answers:
            release(broker, now, [result.partition], answered)
    else:
        _refuse(broker, now, result)
    _set_alarm(broker)
    return kept


def _append(broker: Broker, now: int, result: Result) -> bool:
    partition = broker.partitions.get((OFFSETS_TOPIC, result.partition))
    role = partition.leader if partition is not None else None
    if partition is None or role is None or len(role.isr) < partition.min_insync:
        return False
    stamp = broker.calendar_ms(now)
    records = [Record(i, stamp, key, value, []) for i, (key, value) in enumerate(result.records)]
    try:
        first, last = partition.log.append_as_leader([encode_batch(records)], role.epoch, stamp)
    except DiskFull:
        upkeep.disk_full(broker)
        return False
    appended(broker, now, partition, role, first, last, broker.name)
    return True


def release(broker: Broker, now: int, partitions: list[int], answered: Answered) -> None:
    """Let an answer go once all that was appended to these partitions before it is safe: it may speak of it."""
    unsafe = []
    for number in dict.fromkeys(partitions):
        partition = broker.partitions.get((OFFSETS_TOPIC, number))
        if partition is not None and partition.leader is not None and partition.high_watermark < partition.log.log_end:
            unsafe.append(partition)
    if not unsafe:
        broker.answer(answered.origin, answered.response)
    elif len(broker.acks) + len(unsafe) > broker.acks.limit:
        broker.answer(answered.origin, answered.failure)
    else:
        producing = Producing(answered.origin, ProduceResponse([]), len(unsafe), answered)
        for partition in unsafe:
            _wait(broker, now, partition, producing)


def _wait(broker: Broker, now: int, partition: Partition, producing: Producing) -> None:
    assert partition.leader is not None
    part = ProducedPart(OFFSETS_TOPIC, partition.partition)
    required, epoch = partition.log.log_end, partition.leader.epoch
    wait = PartWait((partition.key,), partition, required, epoch, part, producing)
    wake = broker.acks.wait(now, wait, COMMIT_PATIENCE_MS * MILLISECOND)
    if wake is not None:
        broker.out.append(wake)


def _refuse(broker: Broker, now: int, result: Result) -> None:
    """The records were not kept: say so, and forget what was decided."""
    partition = broker.partitions.get((OFFSETS_TOPIC, result.partition))
    for answered in result.answers:
        broker.answer(answered.origin, answered.failure or answered.response)
    if partition is not None and partition.leader is not None and broker.groups.leads(result.partition):
        load(broker, now, partition)


# --- coming and going


def load(broker: Broker, now: int, partition: Partition) -> None:
    """This broker leads a partition of __consumer_offsets: rebuild its groups from the log."""
    carry_out(broker, now, broker.groups.load(now, partition.partition, _records(partition)))


def _records(partition: Partition) -> Iterator[tuple[bytes | None, bytes | None]]:
    log = partition.log
    for batch in log.batches(log.log_start, log.log_end):
        for record in decode_records(batch):
            yield record.key, record.value


def unload(broker: Broker, now: int, partition: int) -> None:
    if broker.groups.leads(partition):
        for answered in broker.groups.unload(now, partition).answers:
            broker.answer(answered.origin, answered.response)  # at once: they are sent elsewhere


def topic_deleted(broker: Broker, now: int, topic: str) -> None:
    for result in broker.groups.topic_deleted(now, topic):
        carry_out(broker, now, result)


def end_sessions(broker: Broker, now: int, connection: int) -> None:
    """A real client has given up while time stood still."""
    for result in broker.groups.end_sessions(now, connection):
        carry_out(broker, now, result)


def ring(broker: Broker, now: int, token: int) -> None:
    if token != broker.groups_alarm_at:
        return  # an earlier alarm has been set since
    broker.groups_alarm_at = -1
    for result in broker.groups.ring(now):
        carry_out(broker, now, result)
    _set_alarm(broker)


def _set_alarm(broker: Broker) -> None:
    """One alarm for the soonest of all deadlines; one that is set later than needed is overtaken."""
    deadline = broker.groups.next_deadline()
    if deadline is not None and (broker.groups_alarm_at < 0 or deadline < broker.groups_alarm_at):
        broker.groups_alarm_at = deadline
        broker.out.append(Wake(deadline, "groups", deadline))
