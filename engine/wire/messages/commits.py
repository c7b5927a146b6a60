"""OffsetCommit (8), OffsetFetch (9)."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class CommitPart:
    topic: str
    partition: int
    offset: int
    leader_epoch: int = -1
    metadata: str | None = ""


@dataclass(slots=True)
class OffsetCommitRequest:
    group: str
    generation: int
    member: str
    parts: list[CommitPart]
    instance: str | None = None


@dataclass(slots=True)
class CommittedPart:
    topic: str
    partition: int
    error: int = 0


@dataclass(slots=True)
class OffsetCommitResponse:
    parts: list[CommittedPart]
    throttle_ms: int = 0


@dataclass(slots=True)
class OffsetFetchGroup:
    """parts: None for all the group has. member, epoch: v9, -1 and None for the classic protocol."""

    group: str
    parts: list[tuple[str, int]] | None = None
    member: str | None = None
    epoch: int = -1


@dataclass(slots=True)
class OffsetFetchRequest:
    """groups: one before v8."""

    groups: list[OffsetFetchGroup]
    require_stable: bool = False


@dataclass(slots=True)
class FetchedOffset:
    topic: str
    partition: int
    offset: int = -1
    leader_epoch: int = -1
    metadata: str | None = ""
    error: int = 0


@dataclass(slots=True)
class FetchedOffsets:
    group: str
    parts: list[FetchedOffset] = field(default_factory=list)
    error: int = 0


@dataclass(slots=True)
class OffsetFetchResponse:
    groups: list[FetchedOffsets]
    throttle_ms: int = 0
