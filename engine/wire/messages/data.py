"""Produce (0) and Fetch (1): the hot path. Flat: a list of partitions that name their topic."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class ProducePart:
    """records: the batches' bytes as received (a view), or a list of ``Batch`` inside the World."""

    topic: str
    partition: int
    records: Any


@dataclass(slots=True)
class ProduceRequest:
    acks: int
    timeout_ms: int
    parts: list[ProducePart]
    transactional_id: str | None = None


@dataclass(slots=True)
class ProducedPart:
    topic: str
    partition: int
    error: int = 0
    base_offset: int = -1
    append_time_ms: int = -1
    log_start: int = -1
    message: str | None = None


@dataclass(slots=True)
class ProduceResponse:
    parts: list[ProducedPart]
    throttle_ms: int = 0


@dataclass(slots=True)
class FetchPart:
    topic: str
    partition: int
    offset: int
    max_bytes: int = 1_048_576
    leader_epoch: int = -1
    last_epoch: int = -1  # epoch of the last record the follower has (KIP-595: divergence by fetch)
    log_start: int = -1  # the follower's


@dataclass(slots=True)
class FetchRequest:
    """replica: broker id of a follower, -1 for a consumer. replica_epoch: its broker epoch (KIP-903)."""

    max_wait_ms: int
    min_bytes: int
    parts: list[FetchPart]
    replica: int = -1
    replica_epoch: int = -1
    max_bytes: int = 0x7FFFFFFF
    isolation: int = 0
    session_id: int = 0
    session_epoch: int = -1
    forgotten: list[tuple[str, int]] = field(default_factory=list)
    rack: str = ""


@dataclass(slots=True)
class FetchedPart:
    """records: a list of ``Batch`` and sealed views, in order; together the bytes of the answer.

    diverging: (epoch, end offset) when the fetcher's log has left the leader's (KIP-595), else None.
    aborted: (producer id, first offset) of the aborted transactions within, for who reads committed.
    """

    topic: str
    partition: int
    error: int = 0
    high_watermark: int = -1
    last_stable: int = -1
    log_start: int = -1
    records: list[Any] = field(default_factory=list)
    diverging: tuple[int, int] | None = None
    preferred_replica: int = -1
    aborted: list[tuple[int, int]] | None = None


@dataclass(slots=True)
class FetchResponse:
    parts: list[FetchedPart]
    error: int = 0
    session_id: int = 0
    throttle_ms: int = 0
