"""What brokers and the controller say to each other. It never leaves the World, so it has no bytes.

Kafka's own: BrokerRegistration, BrokerHeartbeat (KIP-631), AlterPartition (KIP-497, 903),
AllocateProducerIds (KIP-730); MetadataFetch stands for the Fetch of ``__cluster_metadata`` (KIP-595).
CreateTopics, DeleteTopics and changes of configs reach the controller as the client sent them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.quorum.image import MetadataImage
from engine.quorum.records import MetadataRecord


@dataclass(slots=True)
class RegisterRequest:
    """life: the broker's incarnation: the same request sent twice is one registration. rack: Kafka's broker.rack."""

    broker: int
    life: int
    rack: str = ""


@dataclass(slots=True)
class RegisterResponse:
    epoch: int


@dataclass(slots=True)
class HeartbeatRequest:
    """metadata_offset: how far the broker's image is. wants_stop: a controlled shutdown."""

    broker: int
    epoch: int
    metadata_offset: int
    wants_stop: bool = False


@dataclass(slots=True)
class HeartbeatResponse:
    """fenced: it may not serve. may_stop: its leaderships have moved, it can go."""

    error: int = 0
    fenced: bool = True
    may_stop: bool = False


@dataclass(slots=True)
class MetadataFetchRequest:
    """Records from ``offset`` on; answered when there are any, or empty after ``max_wait_ms``."""

    broker: int
    offset: int
    max_wait_ms: int


@dataclass(slots=True)
class MetadataFetchResponse:
    """base: what to start from instead, when the records asked for are not kept any more."""

    records: list[MetadataRecord]
    base: MetadataImage | None = None


@dataclass(slots=True)
class IsrChange:
    """isr: (broker, broker epoch as its follower's fetch carried it; -1 for the leader itself)."""

    topic: str
    partition: int
    leader_epoch: int
    partition_epoch: int
    isr: list[tuple[int, int]]
    why: str = "lag"


@dataclass(slots=True)
class AlterPartitionRequest:
    broker: int
    epoch: int
    changes: list[IsrChange] = field(default_factory=list)


@dataclass(slots=True)
class AlterPartitionResponse:
    """errors: one per change, in order."""

    error: int = 0
    errors: list[int] = field(default_factory=list)


@dataclass(slots=True)
class ProducerIdsRequest:
    broker: int
    epoch: int


@dataclass(slots=True)
class ProducerIdsResponse:
    error: int = 0
    first: int = -1
    count: int = 0
