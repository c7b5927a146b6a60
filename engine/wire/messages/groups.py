"""DescribeGroups (15), ListGroups (16), DeleteGroups (42)."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class DescribeGroupsRequest:
    groups: list[str]
    include_operations: bool = False


@dataclass(slots=True)
class DescribedMember:
    member: str
    client_id: str
    host: str
    metadata: bytes = b""
    assignment: bytes = b""
    instance: str | None = None


@dataclass(slots=True)
class DescribedGroup:
    group: str
    error: int = 0
    state: str = ""
    protocol_type: str = ""
    protocol: str = ""
    members: list[DescribedMember] = field(default_factory=list)
    operations: int = -0x80000000


@dataclass(slots=True)
class DescribeGroupsResponse:
    groups: list[DescribedGroup]
    throttle_ms: int = 0


@dataclass(slots=True)
class ListGroupsRequest:
    states: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ListedGroup:
    group: str
    protocol_type: str = "consumer"
    state: str = ""
    kind: str = "classic"


@dataclass(slots=True)
class ListGroupsResponse:
    groups: list[ListedGroup]
    error: int = 0
    throttle_ms: int = 0


@dataclass(slots=True)
class DeleteGroupsRequest:
    groups: list[str]


@dataclass(slots=True)
class DeleteGroupsResponse:
    """results: (group, error)."""

    results: list[tuple[str, int]]
    throttle_ms: int = 0
