"""CreatePartitions (37, KIP-195), AlterPartitionReassignments (45) and ListPartitionReassignments (46, KIP-455)."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class MorePartitions:
    """count: how many there shall be in all. assignments: brokers of each new one, None: whoever is next."""

    name: str
    count: int
    assignments: list[list[int]] | None = None


@dataclass(slots=True)
class CreatePartitionsRequest:
    topics: list[MorePartitions]
    timeout_ms: int = 60_000
    validate_only: bool = False


@dataclass(slots=True)
class MadePartitions:
    name: str
    error: int = 0
    message: str | None = None


@dataclass(slots=True)
class CreatePartitionsResponse:
    results: list[MadePartitions]
    throttle_ms: int = 0


@dataclass(slots=True)
class Reassign:
    """replicas: where they shall be, the preferred leader first. None: what is under way is called off."""

    topic: str
    partition: int
    replicas: list[int] | None = None


@dataclass(slots=True)
class AlterPartitionReassignmentsRequest:
    parts: list[Reassign]
    timeout_ms: int = 60_000


@dataclass(slots=True)
class Reassigned:
    topic: str
    partition: int
    error: int = 0
    message: str | None = None


@dataclass(slots=True)
class AlterPartitionReassignmentsResponse:
    parts: list[Reassigned]
    error: int = 0
    message: str | None = None
    throttle_ms: int = 0


@dataclass(slots=True)
class ListPartitionReassignmentsRequest:
    """parts: (topic, partition); None: all that are under way."""

    parts: list[tuple[str, int]] | None = None
    timeout_ms: int = 60_000


@dataclass(slots=True)
class Reassigning:
    """replicas: all, the coming (``adding``) and the going (``removing``) among them."""

    topic: str
    partition: int
    replicas: list[int] = field(default_factory=list)
    adding: list[int] = field(default_factory=list)
    removing: list[int] = field(default_factory=list)


@dataclass(slots=True)
class ListPartitionReassignmentsResponse:
    parts: list[Reassigning]
    error: int = 0
    message: str | None = None
    throttle_ms: int = 0
