"""What all commands share, and how the limits and choices of a field are written down."""

from __future__ import annotations

from dataclasses import field
from typing import Any, ClassVar


class CommandRefused(Exception):
    """A command that cannot be carried out: code (the field's own where there is one), reason, way out."""

    def __init__(self, code: str, reason: str, takes: dict[str, str] | None = None) -> None:
        super().__init__(reason)
        self.code, self.reason, self.takes = code, reason, takes


class Command:
    """Base of all commands. ``do``: the name in JSON."""

    do: ClassVar[str] = ""
    __slots__ = ()


def ranged(least: float, most: float, **more: Any) -> Any:
    return field(metadata={"least": least, "most": most}, **more)


def one_of(*choices: str, **more: Any) -> Any:
    return field(metadata={"choices": choices}, **more)
