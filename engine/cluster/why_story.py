"""The milestones of a sandbox, to be looked back through: what the rules of why_rules.py and why_groups.py share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.config import Config
from engine.events import Told

BACK_MAX = 20_000  # milestones looked back through for one cause: what lies before is not found, and the chain ends


@dataclass(slots=True)
class Because:
    cause: int
    via: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Story:
    """The milestones that are kept, oldest first, and the cluster's settings."""

    told: Sequence[Told]
    config: Config

    def event(self, at: int) -> Any:
        return self.told[at].event

    def last(self, before: int, *codes: str, of: Callable[[Any], bool] | None = None, **match: Any) -> int | None:
        """The number of the last event of these codes before ``before`` that fits."""
        for at in range(before - 1, max(-1, before - 1 - BACK_MAX), -1):
            event: Any = self.told[at].event
            if event.code not in codes or any(getattr(event, k, v) != v for k, v in match.items()):
                continue
            if of is None or of(event):
                return at
        return None


Rule = Callable[[Story, int, Any], "Because | None"]


def so(cause: int | None, via: str, **params: Any) -> Because | None:
    return None if cause is None else Because(cause, via, params)


def touches(event: Any, name: str) -> bool:
    """A broken or healed link concerns that node."""
    return name in (getattr(event, "source", ""), getattr(event, "target", ""))
