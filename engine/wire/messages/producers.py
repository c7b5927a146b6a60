"""InitProducerId (22)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class InitProducerIdRequest:
    transactional_id: str | None = None
    transaction_timeout_ms: int = 60_000
    producer_id: int = -1
    producer_epoch: int = -1


@dataclass(slots=True)
class InitProducerIdResponse:
    error: int = 0
    producer_id: int = -1
    producer_epoch: int = -1
    throttle_ms: int = 0
