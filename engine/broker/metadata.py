"""Metadata (key 3), ApiVersions (18), DescribeCluster (60), DescribeConfigs (32).

A client is told the address by which it came in, with the other brokers' ports beside: broker n
listens n - 1 ports above broker 1. So a client in a container, on the same machine or across a
room's network each gets addresses that work for it, without any setting.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from engine.config import Config
from engine.machine import Origin
from engine.quorum import configs, topics
from engine.quorum.controller import CONTROLLER
from engine.quorum.image import NO_LEADER, TopicState
from engine.quorum.records import PartitionRecord
from engine.wire import codec, errors
from engine.wire.messages import (
    ApiVersionsRequest,
    ApiVersionsResponse,
    BrokerAddress,
    ConfigEntry,
    CreateTopicsRequest,
    DescribeClusterRequest,
    DescribeClusterResponse,
    DescribeConfigsRequest,
    DescribeConfigsResponse,
    DescribedConfigs,
    MetadataRequest,
    MetadataResponse,
    NewTopic,
    PartitionMetadata,
    TopicMetadata,
)

if TYPE_CHECKING:
    from engine.broker.broker import Broker

INSIDE_PORT = 9092
RANGES = [(key, least, most) for key, (least, most) in sorted(codec.SUPPORTED.items())]
TOPIC, BROKER = 2, 4  # kinds of config resources
FROM_TOPIC, FROM_DEFAULT, FROM_STATIC = 1, 5, 4


def addresses(broker: Broker, origin: Origin) -> list[BrokerAddress]:
    """The brokers that serve, as the asker can reach them."""
    connection = broker.outside.connections.get(origin.connection)
    able = [(b.broker, b.rack or None) for b in broker.image.brokers.values() if not b.fenced]
    if connection is None:
        return [BrokerAddress(b, f"B{b}", INSIDE_PORT, rack) for b, rack in able]
    host, _, port = connection.address.rpartition(":")
    first = int(port) - (broker.broker - 1)
    return [BrokerAddress(b, host, first + b - 1, rack) for b, rack in able]


def metadata(broker: Broker, now: int, origin: Origin, request: MetadataRequest) -> None:
    found = []
    if request.topics is None and not request.topic_ids:
        found = [_topic(broker, state) for state in broker.image.topics.values()]
    for name in dict.fromkeys(request.topics or ()):
        state = broker.image.topics.get(name)
        found.append(_topic(broker, state) if state else _missing(broker, now, name, request.allow_auto_creation))
    for topic_id in request.topic_ids:
        state = broker.image.topics.get(broker.image.names.get(topic_id, ""))
        found.append(_topic(broker, state) if state else TopicMetadata(None, topic_id, errors.UNKNOWN_TOPIC_ID))
    able = addresses(broker, origin)
    # Clients send CreateTopics to "the controller"; any broker forwards them, so any will do (KIP-590).
    controller = broker.broker if any(a.broker == broker.broker for a in able) else (able[0].broker if able else -1)
    broker.answer(origin, MetadataResponse(able, broker.cluster_id, controller, found))


def _topic(broker: Broker, state: TopicState) -> TopicMetadata:
    partitions = [_partition(broker, p) for p in state.partitions.values()]
    return TopicMetadata(state.name, state.topic_id, 0, state.internal, partitions)


def _partition(broker: Broker, p: PartitionRecord) -> PartitionMetadata:
    brokers = broker.image.brokers
    offline = [b for b in p.replicas if b not in brokers or brokers[b].fenced]
    error = errors.LEADER_NOT_AVAILABLE if p.leader == NO_LEADER else 0
    return PartitionMetadata(p.partition, error, p.leader, p.leader_epoch, list(p.replicas), list(p.isr), offline)


def _missing(broker: Broker, now: int, name: str, create: bool) -> TopicMetadata:
    try:
        topics.check_name(name)
    except configs.Refusal as refusal:
        return TopicMetadata(name, error=refusal.error)
    if create and broker.config.auto_create_topics_enable and not name.startswith("__"):
        auto_create(broker, now, NewTopic(name))
        return TopicMetadata(name, error=errors.LEADER_NOT_AVAILABLE)
    return TopicMetadata(name, error=errors.UNKNOWN_TOPIC_OR_PARTITION)


def auto_create(broker: Broker, now: int, new: NewTopic) -> None:
    """Ask the controller for a topic nobody created; whoever wants it asks again."""
    if broker.control.busy(CONTROLLER) < 100:
        broker.out += broker.control.ask(now, CONTROLLER, CreateTopicsRequest([new]), ("auto-create",))


def api_versions(broker: Broker, now: int, origin: Origin, request: ApiVersionsRequest) -> None:
    broker.answer(origin, ApiVersionsResponse(0, RANGES))


def describe_cluster(broker: Broker, now: int, origin: Origin, request: DescribeClusterRequest) -> None:
    able = addresses(broker, origin)
    broker.answer(origin, DescribeClusterResponse(able, broker.cluster_id, broker.broker))


def describe_configs(broker: Broker, now: int, origin: Origin, request: DescribeConfigsRequest) -> None:
    results = []
    for asked in request.resources:
        result = DescribedConfigs(asked.kind, asked.name)
        results.append(result)
        if asked.kind == TOPIC:
            state = broker.image.topics.get(asked.name)
            if state is None:
                result.error = errors.UNKNOWN_TOPIC_OR_PARTITION
                continue
            for name, default in configs.TOPIC_CONFIGS.items():
                value = state.configs.get(name)
                source = FROM_DEFAULT if value is None else FROM_TOPIC
                result.entries.append(ConfigEntry(name, value if value is not None else default, False, source))
        elif asked.kind == BROKER:
            result.entries = [
                ConfigEntry(name.replace("_", "."), _text(value), True, FROM_STATIC)
                for name, value in dataclasses.asdict(_settings(broker)).items()
            ]
        else:
            result.error, result.message = errors.INVALID_REQUEST, "Topics (2) and brokers (4) have configs here."
        if asked.keys is not None:
            result.entries = [e for e in result.entries if e.name in asked.keys]
    broker.answer(origin, DescribeConfigsResponse(results))


def _settings(broker: Broker) -> Config:
    return broker.config


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
