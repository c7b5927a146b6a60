"""CreateTopics (19), DeleteTopics (20), DescribeConfigs (32)."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.wire.messages.ids import NO_ID


@dataclass(slots=True)
class NewTopic:
    """partitions and replication -1: the broker's default. assignments: {partition: broker ids}."""

    name: str
    partitions: int = -1
    replication: int = -1
    assignments: dict[int, list[int]] = field(default_factory=dict)
    configs: dict[str, str | None] = field(default_factory=dict)


@dataclass(slots=True)
class CreateTopicsRequest:
    topics: list[NewTopic]
    timeout_ms: int = 60_000
    validate_only: bool = False


@dataclass(slots=True)
class CreatedTopic:
    name: str
    error: int = 0
    message: str | None = None
    topic_id: bytes = NO_ID
    partitions: int = -1
    replication: int = -1
    configs: dict[str, str | None] = field(default_factory=dict)


@dataclass(slots=True)
class CreateTopicsResponse:
    topics: list[CreatedTopic]
    throttle_ms: int = 0


@dataclass(slots=True)
class DeleteTopicsRequest:
    """names, or (v6) ids."""

    names: list[str]
    topic_ids: list[bytes] = field(default_factory=list)
    timeout_ms: int = 60_000


@dataclass(slots=True)
class DeletedTopic:
    name: str | None
    topic_id: bytes = NO_ID
    error: int = 0
    message: str | None = None


@dataclass(slots=True)
class DeleteTopicsResponse:
    topics: list[DeletedTopic]
    throttle_ms: int = 0


@dataclass(slots=True)
class ConfigResource:
    """kind: 2 topic, 4 broker. keys: None for all."""

    kind: int
    name: str
    keys: list[str] | None = None


@dataclass(slots=True)
class DescribeConfigsRequest:
    resources: list[ConfigResource]
    include_synonyms: bool = False
    include_documentation: bool = False


@dataclass(slots=True)
class ConfigEntry:
    """source: 1 topic, 5 default (kafka's DescribeConfigsResponse)."""

    name: str
    value: str | None
    read_only: bool = False
    source: int = 5
    sensitive: bool = False
    kind: int = 0


@dataclass(slots=True)
class DescribedConfigs:
    kind: int
    name: str
    error: int = 0
    message: str | None = None
    entries: list[ConfigEntry] = field(default_factory=list)


@dataclass(slots=True)
class DescribeConfigsResponse:
    results: list[DescribedConfigs]
    throttle_ms: int = 0
