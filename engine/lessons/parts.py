"""Parts of a document that are read in several places: numbers, lists of commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.commands import CommandRefused, parse
from engine.commands.vocabulary import COMMANDS
from engine.lessons.findings import Findings
from engine.limits import LESSON_DEPTH_MAX, LESSON_MS_MAX, SCRIPT_MAX


@dataclass(slots=True)
class Timed:
    """A command as JSON, and when: milliseconds since the lesson began."""

    at_ms: int
    command: dict[str, Any]


def commands(given: Any, path: str, found: Findings, allows: Callable[[str], bool] = bool) -> list[Timed]:
    """allows: says whether a command may be among them; left out: any may."""
    if not isinstance(given, list) or len(given) > SCRIPT_MAX:
        found.add(path, "NOT_A_LIST", f"this is a list of at most {SCRIPT_MAX} commands, each with at_ms")
        return []
    read = []
    for number, one in enumerate(given):
        where = f"{path}[{number}]"
        if not isinstance(one, dict):
            found.add(where, "NO_COMMAND", "a command is an object such as {at_ms: 0, do: add_consumer, group: g}")
            continue
        at_ms = whole(one, "at_ms", f"{where}.", 0, LESSON_MS_MAX, found, default=0) or 0
        command = {key: value for key, value in one.items() if key not in ("at_ms", "say")}
        try:
            do = parse(command).do
        except CommandRefused as refused:
            code = "BAD_COMMAND" if is_command(command.get("do")) else "UNKNOWN_COMMAND"
            found.add(where, code, refused.reason.rstrip("."))
            continue
        if not allows(do):
            found.add(where, "NOT_ALLOWED", f"{do} is not among what the lesson allows")
        read.append(Timed(at_ms, command))
    return read


def is_command(do: Any) -> bool:
    return isinstance(do, str) and do in COMMANDS


def too_deep(document: Any) -> bool:
    """Looked at level by level: nothing that walks down itself must see it before."""
    level = [document]
    for _ in range(LESSON_DEPTH_MAX):
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
        ]
        if not level:
            return False
    return True


def whole(
    given: dict[str, Any], key: str, path: str, least: int, most: int, found: Findings, default: int | None = None
) -> int | None:
    value = given.get(key, default)
    if value is None or (type(value) is int and least <= value <= most):
        return value if value is None else int(value)
    found.add(f"{path}{key}", "NOT_A_NUMBER", f"{key} is a whole number from {least} to {most:,}, not {value!r:.40}")
    return default
