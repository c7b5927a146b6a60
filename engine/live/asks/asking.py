"""What all handlers of questions have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.live.control import Facade

Question = dict[str, Any]
Handler = Callable[["Facade", Question], Any]  # returns the result (JSON or Binary), or a coroutine of it


@dataclass(slots=True)
class Binary:
    """A result of bytes, at most BINARY_BYTES_MAX. about: JSON beside them.

    More goes in pieces: then about has "next", what to ask for as "from" the next time, null at the end.
    (A question may bring bytes too: they are its "data".)
    """

    about: dict[str, Any]
    data: bytes


class Refused(Exception):
    """A question that has no answer: status as in HTTP, code, reason."""

    def __init__(self, status: int, code: str, reason: str, takes: dict[str, str] | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.error: dict[str, Any] = {"code": code, "reason": reason}
        if takes is not None:
            self.error["takes"] = takes


def invalid(reason: str) -> Refused:
    """Fields that do not fit."""
    return Refused(422, "INVALID_REQUEST", reason)
