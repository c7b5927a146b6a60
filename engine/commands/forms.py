"""Commands as JSON: made from it with every field checked, written to it, and told what they take."""

from __future__ import annotations

import dataclasses
import types
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

import orjson

from engine.commands.base import Command, CommandRefused
from engine.commands.vocabulary import COMMANDS
from engine.limits import (
    BURST_KEYS_MAX,
    HEADERS_MAX,
    JSON_BYTES_MAX,
    KEY_BYTES_MAX,
    NAME_MAX,
    REPLICATION_MAX,
    ROWS_BYTES_MAX,
    VALUE_BYTES_MAX,
)


@cache  # a pure function of a name
def _hints(do: str) -> dict[str, Any]:
    return get_type_hints(COMMANDS[do])


def to_json(command: Command) -> dict[str, Any]:
    """The JSON form of a command, as ``parse`` takes it."""
    return {"do": command.do, **dataclasses.asdict(command)}  # type: ignore[call-overload]


def takes(kind: type[Command]) -> dict[str, str]:
    """What a command takes, for people: {field: "number from 1 to 12, 3 if left out"}."""
    hints = get_type_hints(kind)
    return {f.name: _describe(f, hints[f.name]) for f in dataclasses.fields(kind)}  # type: ignore[arg-type]


def parse(data: object) -> Command:
    """Make a command from decoded JSON: ``{"do": "crash_broker", "broker": 3}``.

    Raises CommandRefused with code INVALID_REQUEST, the reason, and what the command takes.
    """
    if not isinstance(data, dict):
        raise CommandRefused("INVALID_REQUEST", 'A command is an object such as {"do": "pause"}.')
    name = data.get("do")
    kind = COMMANDS.get(name) if isinstance(name, str) else None
    if kind is None:
        known = ", ".join(sorted(COMMANDS))
        reason = f"There is no command {_shown(name)}. There are: {known}."
        raise CommandRefused("INVALID_REQUEST", reason, {"do": known})
    hints = _hints(kind.do)
    fields = {f.name: f for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
    given = {k: v for k, v in data.items() if k not in ("do", "id")}
    for unknown in (name for name in given if name not in fields):
        raise CommandRefused("INVALID_REQUEST", f"{kind.do} takes no {_shown(unknown)}.", takes(kind))
    values = {}
    for name, f in fields.items():
        if name in given:
            values[name] = _check(kind, f, hints[name], given[name])
        elif f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING:
            raise CommandRefused("INVALID_REQUEST", f"{kind.do} needs {name!r}.", takes(kind))
    return kind(**values)


NUMBERS = list[int]
WORDS: dict[Any, str] = {
    str: "text", int: "whole number", float: "number", bool: "true or false", list: "list of texts",
    NUMBERS: "list of whole numbers",
}  # fmt: skip


def _describe(f: dataclasses.Field[Any], hint: Any) -> str:
    plain, optional = _unwrap(hint)
    words = "object" if "json" in f.metadata else WORDS.get(plain, "object of texts")
    if "least" in f.metadata:
        words += f" from {_number(f.metadata['least'])} to {_number(f.metadata['most'])}"
    if "choices" in f.metadata:
        words = "one of " + ", ".join(f.metadata["choices"])
    if f.default is not dataclasses.MISSING:
        words += ", may be left out" if f.default is None else f", {f.default} if left out"
    elif f.default_factory is not dataclasses.MISSING:
        words += ", may be left out"
    return words + (" or null" if optional and f.default is dataclasses.MISSING else "")


def _unwrap(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) is types.UnionType:
        return _unwrap(next(a for a in get_args(hint) if a is not type(None)))[0], True
    return (hint if hint == NUMBERS else get_origin(hint) or hint), False


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:g}"


def _shown(value: Any) -> str:
    """A value for people, however long or deep it is."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    return f"{value!r:.60}"


NUMBERS_MAX, INT32 = 2 * REPLICATION_MAX, range(-(2**31), 2**31)
TEXT_MAX = {"value": VALUE_BYTES_MAX, "key": KEY_BYTES_MAX, "rows": ROWS_BYTES_MAX}


def _check(kind: type[Command], f: dataclasses.Field[Any], hint: Any, given: Any) -> Any:
    plain, optional = _unwrap(hint)
    value: Any = given
    wanted: Any = list if plain == NUMBERS else plain

    def refuse(why: str) -> CommandRefused:
        return CommandRefused("INVALID_REQUEST", f"{kind.do}: {f.name} {why}.", takes(kind))

    if value is None:
        if optional:
            return None
        raise refuse("must not be null")
    if type(value) is int and plain in (int, float) and value not in INT32:
        raise refuse("is too large")
    if plain is float and type(value) is int:
        value = float(value)
    if type(value) is not wanted:
        raise refuse(f"must be {_describe(f, hint)}, not {_shown(value)}")
    if "least" in f.metadata and not f.metadata["least"] <= value <= f.metadata["most"]:
        least, most = _number(f.metadata["least"]), _number(f.metadata["most"])
        raise refuse(f"must be from {least} to {most}, not {value:g}")
    if "choices" in f.metadata and value not in f.metadata["choices"]:
        raise refuse(f"must be one of {', '.join(f.metadata['choices'])}, not {_shown(value)}")
    if plain is str:
        limit = TEXT_MAX.get(f.name, NAME_MAX)
        try:
            size = len(value.encode())
        except UnicodeEncodeError:
            raise refuse("is not valid Unicode text") from None
        if size > limit:
            raise refuse(f"has {size:,} bytes; the limit is {limit:,}")
        if f.name not in TEXT_MAX and not value:
            raise refuse("must not be empty")
    if plain == NUMBERS and not (len(value) <= NUMBERS_MAX and all(type(n) is int and n in INT32 for n in value)):
        raise refuse(f"must be at most {NUMBERS_MAX} whole numbers")
    if plain is list:
        if len(value) > BURST_KEYS_MAX or not all(isinstance(one, str) for one in value):
            raise refuse(f"must be at most {BURST_KEYS_MAX} texts")
        try:
            longest = max((len(one.encode()) for one in value), default=0)
        except UnicodeEncodeError:
            raise refuse("is not valid Unicode text") from None
        if longest > KEY_BYTES_MAX:
            raise refuse(f"holds a text of {longest:,} bytes; the limit is {KEY_BYTES_MAX:,}")
    if "json" in f.metadata:
        why = _too_much(value)
        if why:
            raise refuse(why)
    elif plain is dict:
        if len(value) > HEADERS_MAX or not all(isinstance(v, str) for v in value.values()):
            raise refuse(f"must be at most {HEADERS_MAX} texts by name")
        try:
            size = sum(len(k.encode()) + len(v.encode()) for k, v in value.items())
        except UnicodeEncodeError:
            raise refuse("is not valid Unicode text") from None
        if size > VALUE_BYTES_MAX:
            raise refuse(f"has {size:,} bytes; the limit is {VALUE_BYTES_MAX:,}")
    return value


def _too_much(value: Any) -> str:
    """Why an object of whatever JSON holds cannot be taken. "": it can."""
    try:
        size = len(orjson.dumps(value))
    except (TypeError, ValueError):
        return "is not valid JSON"
    return f"has {size:,} bytes; the limit is {JSON_BYTES_MAX:,}" if size > JSON_BYTES_MAX else ""
