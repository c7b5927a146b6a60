"""AlterConfigs (33) and IncrementalAlterConfigs (44, KIP-339): a topic's settings changed while it lives."""

from __future__ import annotations

from dataclasses import dataclass, field

SET, DELETE, APPEND, SUBTRACT = range(4)  # AlterConfigOp.OpType


@dataclass(slots=True)
class ConfigChange:
    """op: one of the four above; AlterConfigs knows SET only, value None there means the default."""

    name: str
    value: str | None
    op: int = SET


@dataclass(slots=True)
class AlteredResource:
    """kind: 2 topic, 4 broker."""

    kind: int
    name: str
    changes: list[ConfigChange] = field(default_factory=list)


@dataclass(slots=True)
class AlterConfigsRequest:
    """What is not named gets its default again."""

    resources: list[AlteredResource]
    validate_only: bool = False


@dataclass(slots=True)
class IncrementalAlterConfigsRequest:
    """What is not named stays."""

    resources: list[AlteredResource]
    validate_only: bool = False


@dataclass(slots=True)
class AlteredConfigs:
    kind: int
    name: str
    error: int = 0
    message: str | None = None


@dataclass(slots=True)
class AlterConfigsResponse:
    results: list[AlteredConfigs]
    throttle_ms: int = 0


@dataclass(slots=True)
class IncrementalAlterConfigsResponse:
    results: list[AlteredConfigs]
    throttle_ms: int = 0
