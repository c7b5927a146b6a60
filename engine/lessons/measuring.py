"""What a measure is, and how one gets into the table (measures.py)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.lessons.conditions import Value
from engine.lessons.looking import Look

Fields = dict[str, Any]  # what names the subject: {"group": "g", "topic": "t", "partition": 0}
Function = Callable[[Look, Fields, Any], Value]


@dataclass(frozen=True, slots=True)
class Measure:
    """subject, name: in a document. kind: of its value. needs: fields of the subject that must be given, too.

    takes: {argument: what stands for it}, for one that is written as an object. least: no value is below it.
    """

    subject: str
    name: str
    kind: type
    function: Function
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    least: int = 0

    @property
    def about(self) -> str:
        return " ".join((self.function.__doc__ or "").split())


# Of each subject: the fields that may narrow it down.
SUBJECTS: dict[str, tuple[str, ...]] = {
    "group": ("topic", "partition", "consumer"),
    "topic": ("partition",),
    "broker": (),
    "producer": (),
    "client": (),
    "stream": ("shard", "reader"),
}
MEASURES: dict[tuple[str, str], Measure] = {}


def measure(
    subject: str, name: str, kind: type = int, *, needs: tuple[str, ...] = (), takes: tuple[str, ...] = (),
    least: int = 0,
) -> Callable[[Function], Function]:  # fmt: skip
    def enter(function: Function) -> Function:
        MEASURES[subject, name] = Measure(subject, name, kind, function, needs, takes, least)
        return function

    return enter


def names(subject: str) -> list[str]:
    return [name for of, name in MEASURES if of == subject]
