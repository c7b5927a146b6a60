"""What a measure is held against: a value, or a comparison such as "> 3"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

Value: TypeAlias = "int | float | str | bool | None"

COMPARISONS = (">=", "<=", "!=", ">", "<")  # the longer ones first
TEXT_MAX = 200


class NoCondition(ValueError):
    """What was written is none; the text says why."""


@dataclass(slots=True)
class Condition:
    """how: "=" or one of COMPARISONS. wanted: the value on its right."""

    how: str
    wanted: Any

    def holds(self, value: Value) -> bool:
        """Nothing is true of a value that is not known (None)."""
        if value is None:
            return False
        wanted = self.wanted
        if type(wanted) is bool and type(value) is not bool:
            value = bool(value)  # "record_lost: true"
        if self.how == "=":
            return bool(value == wanted)
        if self.how == "!=":
            return bool(value != wanted)
        if isinstance(value, str) or type(value) is bool:
            return False
        if self.how == ">":
            return bool(value > wanted)
        if self.how == "<":
            return bool(value < wanted)
        return bool(value >= wanted) if self.how == ">=" else bool(value <= wanted)

    @property
    def text(self) -> str:
        """As people read it: "4", "> 3", "true"."""
        wanted = str(self.wanted).lower() if type(self.wanted) is bool else f"{self.wanted}"
        return wanted if self.how == "=" else f"{self.how} {wanted}"


def condition(given: Any) -> Condition:
    """From a document. Raises NoCondition."""
    if type(given) in (int, float, bool):
        return Condition("=", given)
    if not isinstance(given, str) or not 0 < len(given) <= TEXT_MAX:
        raise NoCondition('a condition is a number, a text, true or false, or a comparison such as "> 3"')
    text = given.strip()
    for how in COMPARISONS:
        if text.startswith(how):
            right = text[len(how) :].strip()
            number = _number(right)
            if number is None and (how != "!=" or not right):
                raise NoCondition(f"{given!r} compares with no number")
            return Condition(how, right if number is None else number)
    return Condition("=", text)


def _number(text: str) -> int | float | None:
    for kind in (int, float):
        try:
            number: int | float = kind(text)
        except ValueError:
            continue
        return number if abs(number) < 1 << 53 else None
    return None


def possible(wanted: Condition, kind: type, least: int = 0) -> bool:
    """Whether some value of that kind, a number not below ``least``, could ever satisfy it."""
    value = wanted.wanted
    if kind is bool:
        return type(value) is bool
    if kind is str:
        return isinstance(value, str)
    if type(value) is bool:
        return True
    if isinstance(value, str):
        return False
    if wanted.how in ("=", "<=", "!="):
        return bool(value >= least) or wanted.how == "!="
    return wanted.how != "<" or bool(value > least)
