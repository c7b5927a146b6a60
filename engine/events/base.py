"""What all events share, and how one leaves the engine."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar, dataclass_transform


class Event:
    """Base of all events. code: its name in JSON and in the catalogues. mark: its kind on the timeline."""

    __slots__ = ()
    code: ClassVar[str] = ""
    milestone: ClassVar[bool] = True
    meaningful: ClassVar[bool] = True
    mark: ClassVar[str] = ""  # fault | election | rebalance | topic | people | time | lesson | error, or none


@dataclass(slots=True)
class Told:
    """An event as the World has put it on record.

    number: running number of a milestone, 0 for traffic. step, at: when. node: who told it.
    cause: the sequence number of the agenda entry during which it was told.
    """

    number: int
    step: int
    at: int
    node: str
    cause: int
    event: Event


def to_json(told: Told) -> dict[str, Any]:
    """{"n", "step", "at_ms", "node", "cause", "code", "mark", "params"}: the form in which events leave the engine."""
    event = told.event
    return {
        "n": told.number,
        "step": told.step,
        "at_ms": told.at / 1_000_000,
        "node": told.node,
        "cause": told.cause,
        "code": event.code,
        "mark": event.mark,
        "params": dataclasses.asdict(event),  # type: ignore[call-overload]
    }


@dataclass_transform()
def event(code: str, *, mark: str = "", milestone: bool = True, meaningful: bool = True) -> Any:
    def declare(cls: type) -> Any:
        made: Any = dataclass(slots=True)(cls)
        made.code, made.mark, made.milestone, made.meaningful = code, mark, milestone, meaningful
        EVENTS[code] = made
        return made

    return declare


EVENTS: dict[str, type[Event]] = {}
