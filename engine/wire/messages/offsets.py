"""ListOffsets (2) and OffsetForLeaderEpoch (23)."""

from __future__ import annotations

from dataclasses import dataclass

LATEST, EARLIEST, MAX_TIMESTAMP = -1, -2, -3


@dataclass(slots=True)
class ListOffsetsPart:
    """timestamp: milliseconds since 1970, or LATEST, EARLIEST, MAX_TIMESTAMP."""

    topic: str
    partition: int
    timestamp: int
    leader_epoch: int = -1


@dataclass(slots=True)
class ListOffsetsRequest:
    parts: list[ListOffsetsPart]
    replica: int = -1
    isolation: int = 0


@dataclass(slots=True)
class ListedOffset:
    topic: str
    partition: int
    error: int = 0
    timestamp: int = -1
    offset: int = -1
    leader_epoch: int = -1


@dataclass(slots=True)
class ListOffsetsResponse:
    parts: list[ListedOffset]
    throttle_ms: int = 0


@dataclass(slots=True)
class EpochPart:
    topic: str
    partition: int
    leader_epoch: int  # the epoch asked about
    current_epoch: int = -1


@dataclass(slots=True)
class OffsetForLeaderEpochRequest:
    parts: list[EpochPart]
    replica: int = -2


@dataclass(slots=True)
class EpochEnd:
    topic: str
    partition: int
    error: int = 0
    leader_epoch: int = -1
    end_offset: int = -1


@dataclass(slots=True)
class OffsetForLeaderEpochResponse:
    parts: list[EpochEnd]
    throttle_ms: int = 0
