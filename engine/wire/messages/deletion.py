"""DeleteRecords (21, KIP-107): a partition's log begins later from now on."""

from __future__ import annotations

from dataclasses import dataclass

HIGH_WATERMARK = -1  # as an offset: all that is committed


@dataclass(slots=True)
class DeleteRecordsPart:
    """offset: what lies before it goes; HIGH_WATERMARK for all that is committed."""

    topic: str
    partition: int
    offset: int


@dataclass(slots=True)
class DeleteRecordsRequest:
    parts: list[DeleteRecordsPart]
    timeout_ms: int = 60_000


@dataclass(slots=True)
class DeletedRecords:
    """low_watermark: the first offset that every living replica still has, -1 after an error."""

    topic: str
    partition: int
    low_watermark: int = -1
    error: int = 0


@dataclass(slots=True)
class DeleteRecordsResponse:
    parts: list[DeletedRecords]
    throttle_ms: int = 0
