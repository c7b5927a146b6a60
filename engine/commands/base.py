"""What all commands share, and how the limits and choices of a field are written down."""

from __future__ import annotations

import dataclasses
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


def later(**metadata: Any) -> dict[str, Any]:
    """The metadata of a field that came later than its command: at its default it is as if it were not there."""
    return {**metadata, "later": True}


def signature(command: Command) -> str:
    """A command as text: two are the same if their texts are.

    Fields that came later show only where they say something, so that a command that was carried out
    before they were there is known again.
    """
    said = []
    for one in dataclasses.fields(command):  # type: ignore[arg-type]  # each command is a dataclass
        value = getattr(command, one.name)
        if not one.metadata.get("later") or value != default_of(one):
            said.append(f"{one.name}={value!r}")
    return f"{type(command).__qualname__}({', '.join(said)})"


def default_of(one: dataclasses.Field[Any]) -> Any:
    return one.default if one.default_factory is dataclasses.MISSING else one.default_factory()


def ranged(least: float, most: float, *, added: bool = False, **more: Any) -> Any:
    """added: see ``later``."""
    metadata = {"least": least, "most": most}
    return field(metadata=later(**metadata) if added else metadata, **more)


def one_of(*choices: str, added: bool = False, **more: Any) -> Any:
    metadata = {"choices": choices}
    return field(metadata=later(**metadata) if added else metadata, **more)
