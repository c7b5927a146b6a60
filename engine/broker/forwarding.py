"""What is not a broker's to decide goes on to the controller (KIP-590), and its answer back to the client.

CreateTopics (19), DeleteTopics (20), AlterConfigs (33, 44), CreatePartitions (37), AlterPartitionReassignments (45),
ListPartitionReassignments (46). If the controller does not answer, each part of the request has timed out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.machine import Origin
from engine.quorum.controller import CONTROLLER
from engine.wire import messages as m
from engine.wire.errors import REQUEST_TIMED_OUT

if TYPE_CHECKING:
    from engine.broker.broker import Broker


def forward(broker: Broker, now: int, origin: Origin, request: Any) -> None:
    failure = FAILURES[request.__class__](request)
    broker.out += broker.control.ask(now, CONTROLLER, request, ("forward", origin, failure))


def _configs(request: Any) -> list[m.AlteredConfigs]:
    return [m.AlteredConfigs(r.kind, r.name, REQUEST_TIMED_OUT) for r in request.resources]


def _deleted(request: m.DeleteTopicsRequest) -> m.DeleteTopicsResponse:
    gone = [m.DeletedTopic(name, error=REQUEST_TIMED_OUT) for name in request.names]
    gone += [m.DeletedTopic(None, topic_id, REQUEST_TIMED_OUT) for topic_id in request.topic_ids]
    return m.DeleteTopicsResponse(gone)


def _reassigned(request: m.AlterPartitionReassignmentsRequest) -> m.AlterPartitionReassignmentsResponse:
    parts = [m.Reassigned(part.topic, part.partition, REQUEST_TIMED_OUT) for part in request.parts]
    return m.AlterPartitionReassignmentsResponse(parts)


FAILURES: dict[type, Callable[[Any], Any]] = {
    m.CreateTopicsRequest: lambda request: m.CreateTopicsResponse(
        [m.CreatedTopic(topic.name, REQUEST_TIMED_OUT) for topic in request.topics]
    ),
    m.DeleteTopicsRequest: _deleted,
    m.AlterConfigsRequest: lambda request: m.AlterConfigsResponse(_configs(request)),
    m.IncrementalAlterConfigsRequest: lambda request: m.IncrementalAlterConfigsResponse(_configs(request)),
    m.CreatePartitionsRequest: lambda request: m.CreatePartitionsResponse(
        [m.MadePartitions(topic.name, REQUEST_TIMED_OUT) for topic in request.topics]
    ),
    m.AlterPartitionReassignmentsRequest: _reassigned,
    m.ListPartitionReassignmentsRequest: lambda request: m.ListPartitionReassignmentsResponse([], REQUEST_TIMED_OUT),
}
