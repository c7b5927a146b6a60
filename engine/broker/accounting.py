"""Where a lesson is going on: what real clients did and were told is written into the referee's book.

A broker knows what it *sent*: an acknowledgement counts when it leaves, a record when it is in an answer to a
member of a group. What the application behind the client makes of it, it keeps to itself. (Simulated clients
write into the same book what they received.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.clients.ledger import Sent
from engine.machine import Origin
from engine.replication.partition import Partition
from engine.storage.chunk import batches_of
from engine.wire import messages as m
from engine.wire.batch import CorruptRecord, split_batches
from engine.wire.errors import error_name
from engine.wire.messages import FetchedPart, FetchPart, ProducedPart, ProducePart
from engine.wire.records import decode_records

if TYPE_CHECKING:
    from engine.broker.broker import Broker
    from engine.broker.produce import PartWait, Producing

# What a client does of its own accord, once. Heartbeats, commits and fetches go on by themselves.
ACTS: frozenset[type] = frozenset((
    m.ApiVersionsRequest, m.ProduceRequest, m.LeaveGroupRequest, m.CreateTopicsRequest, m.DeleteTopicsRequest,
    m.CreatePartitionsRequest, m.AlterPartitionReassignmentsRequest, m.AlterConfigsRequest,
    m.IncrementalAlterConfigsRequest, m.DeleteRecordsRequest, m.DeleteGroupsRequest,
))  # fmt: skip


def asked(broker: Broker, now: int, request: Any) -> None:
    """A real client sent this request. A member that joins anew after a rebalance only follows it."""
    assert broker.ledger is not None
    if request.__class__ in ACTS or (request.__class__ is m.JoinGroupRequest and not request.member):
        broker.ledger.client_at = now


def produced(broker: Broker, origin: Origin, asked: ProducePart, part: ProducedPart, done: tuple[Any, int] | None,
             acks: int) -> None:  # fmt: skip
    """One part of a produce is answered at once. done: its partition and what follows its last record."""
    assert broker.ledger is not None
    if origin.connection not in broker.outside.connections:
        return
    if part.error:
        broker.ledger.refuse(error_name(part.error), _count(asked))
    elif done is not None and acks != 0:
        _acknowledge(broker, done[0], part, done[1] - 1)


def _of_a_client(broker: Broker, producing: Producing) -> bool:
    return producing.answered is None and producing.origin.connection in broker.outside.connections


def safe(broker: Broker, wait: PartWait) -> None:
    """A part has passed the high watermark; its answer may have to wait for others."""
    assert broker.ledger is not None
    if _of_a_client(broker, wait.producing):
        broker.ledger.ended.append(wait)


def failed(broker: Broker, wait: PartWait) -> None:
    """A part that was appended is answered with an error all the same."""
    assert broker.ledger is not None
    if _of_a_client(broker, wait.producing):
        broker.ledger.refuse(error_name(wait.part.error), wait.required - wait.part.base_offset)


def ended(broker: Broker, producing: Producing) -> None:
    """All parts that waited for the high watermark have their outcome: the answer leaves."""
    assert broker.ledger is not None
    mine = [wait for wait in broker.ledger.ended if wait.producing is producing]
    broker.ledger.ended = [wait for wait in broker.ledger.ended if wait.producing is not producing]
    if producing.origin.connection in broker.outside.connections:
        for wait in mine:
            _acknowledge(broker, wait.partition, wait.part, wait.required - 1)


def _acknowledge(broker: Broker, partition: Partition, part: ProducedPart, last: int) -> None:
    assert broker.ledger is not None
    epoch = partition.log.epochs.at(part.base_offset)
    broker.ledger.acknowledge(part.topic, part.partition, epoch, part.base_offset, last)


def _count(asked: ProducePart) -> int:
    """Records in a part that was refused; 1 if it cannot even be read."""
    try:
        batches = asked.records if asked.records.__class__ is list else split_batches(asked.records)
    except CorruptRecord:
        return 1
    return sum(batch.count for batch in batches) or 1


def fetched(broker: Broker, origin: Origin, asked: FetchPart, part: FetchedPart) -> None:
    """Records of a partition are in an answer to a real client."""
    assert broker.ledger is not None
    for batch in (batch for piece in part.records for batch in batches_of(piece)):
        if batch.next_offset <= asked.offset or batch.is_control:
            continue
        first, last = max(asked.offset, batch.base_offset), batch.last_offset
        count = last - first + 1
        if batch.count != batch.next_offset - batch.base_offset:  # compaction left holes
            count = sum(record.offset >= first for record in decode_records(batch))
        broker.ledger.sent.append(
            Sent(origin.client, origin.host, part.topic, part.partition, first, last, batch.leader_epoch, count)
        )
