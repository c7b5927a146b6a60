"""Metadata (3), ApiVersions (18), DescribeCluster (60)."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.wire.messages.ids import NO_ID


@dataclass(slots=True)
class MetadataRequest:
    """topics: None for all; names otherwise. topic_ids: those asked for by id (v10 and up)."""

    topics: list[str] | None = None
    topic_ids: list[bytes] = field(default_factory=list)
    allow_auto_creation: bool = True
    include_cluster_operations: bool = False
    include_topic_operations: bool = False


@dataclass(slots=True)
class BrokerAddress:
    broker: int
    host: str
    port: int
    rack: str | None = None


@dataclass(slots=True)
class PartitionMetadata:
    partition: int
    error: int = 0
    leader: int = -1
    leader_epoch: int = -1
    replicas: list[int] = field(default_factory=list)
    isr: list[int] = field(default_factory=list)
    offline: list[int] = field(default_factory=list)


@dataclass(slots=True)
class TopicMetadata:
    name: str | None
    topic_id: bytes = NO_ID
    error: int = 0
    internal: bool = False
    partitions: list[PartitionMetadata] = field(default_factory=list)
    operations: int = -0x80000000


@dataclass(slots=True)
class MetadataResponse:
    brokers: list[BrokerAddress]
    cluster_id: str | None
    controller: int
    topics: list[TopicMetadata]
    cluster_operations: int = -0x80000000
    throttle_ms: int = 0
    error: int = 0  # v13


@dataclass(slots=True)
class ApiVersionsRequest:
    software_name: str = ""
    software_version: str = ""


@dataclass(slots=True)
class ApiVersionsResponse:
    """ranges: (api key, lowest version, highest version)."""

    error: int = 0
    ranges: list[tuple[int, int, int]] = field(default_factory=list)
    throttle_ms: int = 0


@dataclass(slots=True)
class DescribeClusterRequest:
    include_operations: bool = False
    endpoint_type: int = 1


@dataclass(slots=True)
class DescribeClusterResponse:
    brokers: list[BrokerAddress]
    cluster_id: str
    controller: int
    error: int = 0
    message: str | None = None
    endpoint_type: int = 1
    operations: int = -0x80000000
    throttle_ms: int = 0
