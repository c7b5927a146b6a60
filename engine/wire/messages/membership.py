"""FindCoordinator (10), JoinGroup (11), Heartbeat (12), LeaveGroup (13), SyncGroup (14)."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class FindCoordinatorRequest:
    """kind: 0 group, 1 transaction, 2 share. keys: one before v4."""

    keys: list[str]
    kind: int = 0


@dataclass(slots=True)
class Coordinator:
    key: str
    broker: int = -1
    host: str = ""
    port: int = -1
    error: int = 0
    message: str | None = None


@dataclass(slots=True)
class FindCoordinatorResponse:
    coordinators: list[Coordinator]
    throttle_ms: int = 0


@dataclass(slots=True)
class JoinGroupRequest:
    """protocols: (assignor name, metadata bytes) in the member's order of preference."""

    group: str
    session_timeout_ms: int
    rebalance_timeout_ms: int
    member: str
    protocol_type: str
    protocols: list[tuple[str, bytes]]
    instance: str | None = None
    reason: str | None = None
    requires_known_member: bool = False  # set by the codec: v4 and up (KIP-394)


@dataclass(slots=True)
class JoinedMember:
    member: str
    metadata: bytes
    instance: str | None = None


@dataclass(slots=True)
class JoinGroupResponse:
    error: int = 0
    generation: int = -1
    protocol_type: str | None = None
    protocol: str | None = None
    leader: str = ""
    member: str = ""
    members: list[JoinedMember] = field(default_factory=list)
    skip_assignment: bool = False
    throttle_ms: int = 0


@dataclass(slots=True)
class SyncGroupRequest:
    """assignments: {member id: bytes}, from the leader only."""

    group: str
    generation: int
    member: str
    assignments: dict[str, bytes] = field(default_factory=dict)
    instance: str | None = None
    protocol_type: str | None = None
    protocol: str | None = None


@dataclass(slots=True)
class SyncGroupResponse:
    error: int = 0
    assignment: bytes = b""
    protocol_type: str | None = None
    protocol: str | None = None
    throttle_ms: int = 0


@dataclass(slots=True)
class HeartbeatRequest:
    group: str
    generation: int
    member: str
    instance: str | None = None


@dataclass(slots=True)
class HeartbeatResponse:
    error: int = 0
    throttle_ms: int = 0


@dataclass(slots=True)
class Leaver:
    member: str
    instance: str | None = None
    reason: str | None = None


@dataclass(slots=True)
class LeaveGroupRequest:
    group: str
    members: list[Leaver]


@dataclass(slots=True)
class LeftMember:
    member: str
    instance: str | None = None
    error: int = 0


@dataclass(slots=True)
class LeaveGroupResponse:
    error: int = 0
    members: list[LeftMember] = field(default_factory=list)
    throttle_ms: int = 0
