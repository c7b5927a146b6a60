"""Groups on a broker: which requests its coordinator gets.

The coordinator of a group is the leader of the ``__consumer_offsets`` partition the group's name
hashes to. What becomes of its decisions stands in group_log.py.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from engine.broker import group_log, metadata
from engine.groups.partition import partition_for
from engine.machine import Answered, Origin
from engine.quorum.topics import OFFSETS_TOPIC
from engine.wire import errors
from engine.wire.messages import (
    CommittedPart,
    Coordinator,
    DeleteGroupsRequest,
    DeleteGroupsResponse,
    DescribeGroupsRequest,
    DescribeGroupsResponse,
    FindCoordinatorRequest,
    FindCoordinatorResponse,
    HeartbeatRequest,
    ListGroupsRequest,
    ListGroupsResponse,
    NewTopic,
    OffsetCommitRequest,
    OffsetCommitResponse,
    OffsetFetchRequest,
    OffsetFetchResponse,
)

if TYPE_CHECKING:
    from engine.broker.broker import Broker

GROUP = 0


# --- who coordinates what


def find_coordinator(broker: Broker, now: int, origin: Origin, request: FindCoordinatorRequest) -> None:
    found = [_coordinator(broker, now, origin, key, request.kind) for key in request.keys]
    broker.answer(origin, FindCoordinatorResponse(found))


def _coordinator(broker: Broker, now: int, origin: Origin, key: str, kind: int) -> Coordinator:
    if kind != GROUP:
        return Coordinator(key, error=errors.INVALID_REQUEST, message="There are no transactions here yet.")
    topic = broker.image.topics.get(OFFSETS_TOPIC)
    if topic is None:
        _create_offsets_topic(broker, now)
        return Coordinator(key, error=errors.COORDINATOR_NOT_AVAILABLE)
    leader = topic.partitions[partition_for(key, len(topic.partitions))].leader
    for address in metadata.addresses(broker, origin):
        if address.broker == leader:
            return Coordinator(key, leader, address.host, address.port)
    return Coordinator(key, error=errors.COORDINATOR_NOT_AVAILABLE)


def _create_offsets_topic(broker: Broker, now: int) -> None:
    config = broker.config
    running = sum(b.active for b in broker.image.brokers.values())
    replication = min(config.offsets_topic_replication_factor, max(1, running))
    configs: dict[str, str | None] = {
        "cleanup.policy": "compact",
        "min.insync.replicas": str(config.offsets_topic_min_insync),
        "segment.bytes": str(config.offsets_topic_segment_bytes),
    }
    new = NewTopic(OFFSETS_TOPIC, config.offsets_topic_num_partitions, replication, {}, configs)
    metadata.auto_create(broker, now, new)


def _partition_for(broker: Broker, group: str) -> int:
    """The partition of __consumer_offsets that holds ``group``, if this broker leads it; else -1."""
    topic = broker.image.topics.get(OFFSETS_TOPIC)
    if topic is None:
        return -1
    partition = partition_for(group, len(topic.partitions))
    return partition if broker.groups.leads(partition) else -1


# --- requests


def one_group(broker: Broker, now: int, origin: Origin, request: Any) -> None:
    """JoinGroup, SyncGroup, Heartbeat, LeaveGroup, OffsetCommit."""
    partition = _partition_for(broker, request.group)
    if partition < 0:
        broker.answer(origin, broker.groups.refusal(request, errors.NOT_COORDINATOR))
        return
    if request.__class__ is not HeartbeatRequest and not _can_write(broker, partition):
        broker.answer(origin, broker.groups.refusal(request, errors.COORDINATOR_NOT_AVAILABLE))
        return
    unknown: list[CommittedPart] = []
    if request.__class__ is OffsetCommitRequest:
        request, unknown = _known_parts(broker, request)
    broker.groups.traced = broker.traced
    result = broker.groups.handle(now, partition, origin, request)
    for answered in result.answers if unknown else ():
        if isinstance(answered.response, OffsetCommitResponse):
            answered.response.parts += unknown
            answered.failure.parts += unknown
    group_log.carry_out(broker, now, result)


def _can_write(broker: Broker, partition: int) -> bool:
    """Asked before a decision is made: one that cannot be written down would have to be taken back."""
    held = broker.partitions.get((OFFSETS_TOPIC, partition))
    role = held.leader if held is not None else None
    return held is not None and role is not None and len(role.isr) >= held.min_insync


def _known_parts(broker: Broker, request: OffsetCommitRequest) -> tuple[OffsetCommitRequest, list[CommittedPart]]:
    """The request without partitions that do not exist, and the answers for those."""
    known, unknown = [], []
    for part in request.parts:
        if broker.image.partition(part.topic, part.partition) is not None:
            known.append(part)
        else:
            unknown.append(CommittedPart(part.topic, part.partition, errors.UNKNOWN_TOPIC_OR_PARTITION))
    return (dataclasses.replace(request, parts=known), unknown) if unknown else (request, [])


def offset_fetch(broker: Broker, now: int, origin: Origin, request: OffsetFetchRequest) -> None:
    ones = [(group.group, OffsetFetchRequest([group], request.require_stable)) for group in request.groups]
    _each(broker, now, origin, ones, OffsetFetchResponse)


def describe_groups(broker: Broker, now: int, origin: Origin, request: DescribeGroupsRequest) -> None:
    ones = [(group, DescribeGroupsRequest([group], request.include_operations)) for group in request.groups]
    _each(broker, now, origin, ones, DescribeGroupsResponse)


def _each(
    broker: Broker,
    now: int,
    origin: Origin,
    ones: list[tuple[str, Any]],
    response: type[OffsetFetchResponse] | type[DescribeGroupsResponse],
) -> None:
    """A question about several groups: of each its name and the question about it alone. One answer for all."""
    found, failed, partitions = response([]), response([]), []
    for group, one in ones:
        partition = _partition_for(broker, group)
        if partition < 0:
            found.groups += broker.groups.refusal(one, errors.NOT_COORDINATOR).groups
        else:
            found.groups += _asked(broker, now, partition, origin, one).groups
            partitions.append(partition)
        failed.groups += broker.groups.refusal(one, errors.COORDINATOR_NOT_AVAILABLE).groups
    group_log.release(broker, now, partitions, Answered(origin, found, failed))


def _asked(broker: Broker, now: int, partition: int, origin: Origin, request: Any) -> Any:
    """A question that writes nothing: its answer is there at once."""
    result = broker.groups.handle(now, partition, origin, request)
    assert not result.records and len(result.answers) == 1
    return result.answers[0].response


def delete_groups(broker: Broker, now: int, origin: Origin, request: DeleteGroupsRequest) -> None:
    """Groups may live on several partitions: the answer waits for all their records."""
    done: list[tuple[str, int]] = []
    partitions = []
    kept = True
    for group in request.groups:
        partition = _partition_for(broker, group)
        if partition < 0:
            done.append((group, errors.NOT_COORDINATOR))
            continue
        result = broker.groups.handle(now, partition, origin, DeleteGroupsRequest([group]))
        done += result.answers.pop().response.results
        kept = group_log.carry_out(broker, now, result) and kept
        partitions.append(partition)
    failure = DeleteGroupsResponse([(g, e or errors.COORDINATOR_NOT_AVAILABLE) for g, e in done])
    answered = Answered(origin, DeleteGroupsResponse(done) if kept else failure, failure)
    group_log.release(broker, now, partitions, answered)


def list_groups(broker: Broker, now: int, origin: Origin, request: ListGroupsRequest) -> None:
    response = ListGroupsResponse(broker.groups.list_groups(request.states, request.kinds))
    led = [p for topic, p in broker.partitions if topic == OFFSETS_TOPIC and broker.groups.leads(p)]
    failure = ListGroupsResponse([], errors.COORDINATOR_NOT_AVAILABLE)
    group_log.release(broker, now, led, Answered(origin, response, failure))
