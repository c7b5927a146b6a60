"""Names of topics, which come again and again: what was decoded or encoded once is remembered.

The dicts are emptied when they grow too large. They hold nothing but what can be worked out anew,
so they are no state of any machine and change no outcome.
"""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from struct import Struct
from typing import Any

from engine.wire.errors import MalformedRequest
from engine.wire.primitives import uvarint

NAMES_MAX = 2_000
_INT16, _INT32 = Struct(">h"), Struct(">i")

names: dict[bytes, str] = {}  # bytes of a name -> name; never the empty one
plain_names: dict[str, bytes] = {}  # name -> as it is written, with its length
compact_names: dict[str, bytes] = {}


def remember(known: dict[Any, Any], key: Any, value: Any) -> None:
    if len(known) >= NAMES_MAX:
        known.clear()
    known[key] = value


def new_name(raw: bytes, size: int) -> str:
    """A name not met before: decoded and remembered."""
    if len(raw) != size:
        raise MalformedRequest("a name that is cut off")
    try:
        name = raw.decode()
    except UnicodeDecodeError as bad:
        raise MalformedRequest(f"a name that is not UTF-8: {raw!r}") from bad
    if raw:
        remember(names, raw, name)
    return name


def plain_name(name: str) -> bytes:
    raw = name.encode()
    written = _INT16.pack(len(raw)) + raw
    remember(plain_names, name, written)
    return written


def compact_name(name: str) -> bytes:
    raw = name.encode()
    written = uvarint(len(raw) + 1) + raw
    remember(compact_names, name, written)
    return written


def start_of_topic(topic: str, partitions: int, compact: bool) -> bytes:
    """What is written before a topic's partitions: its name and how many they are."""
    if compact:
        return (compact_names.get(topic) or compact_name(topic)) + uvarint(partitions + 1)
    return (plain_names.get(topic) or plain_name(topic)) + _INT32.pack(partitions)


def by_topic(parts: list[Any]) -> list[tuple[str, list[Any]]]:
    """Neighbours of one topic together; the order is kept."""
    if len(parts) == 1:
        return [(parts[0].topic, parts)]
    return [(topic, list(group)) for topic, group in groupby(parts, attrgetter("topic"))]


def null(what: str) -> MalformedRequest:
    return MalformedRequest(f"{what}: null, or a negative length")
