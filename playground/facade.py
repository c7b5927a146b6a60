"""The messages between the web process and an engine host, as bytes on a local socket.

Both ways: four bytes of length (big-endian, of all that follows), one byte of kind, the payload.

    J  a JSON message: a request {"id", "ask", ...}, its response {"id", "ok", ...}, a notice {"notice", ...}
    B  a J message with bytes beside it: length of the JSON (4 bytes), the JSON, the bytes
    F  a state frame:  length of the sandbox's name (1 byte), the name, JSON
    E  numbered events: the name as in F, the number of the last one (8 bytes), a JSON list

The JSON of F and E is passed on to viewers as it is: nobody here decodes it.
"""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson

# A state of the largest sandbox is well under 1 MB; whoever sends more than this is not a host of ours.
MESSAGE_BYTES_MAX = 64 * 1024 * 1024

_LENGTH = struct.Struct(">I")
_NUMBER = struct.Struct(">q")


class NotAHost(Exception):
    """What came in follows no rule of this file."""


@dataclass(slots=True)
class Binary:
    """A message and the bytes beside it."""

    message: dict[str, Any]
    data: bytes


@dataclass(slots=True)
class StateFrame:
    """json: the sandbox's state as JSON bytes."""

    sandbox: str
    json: bytes


@dataclass(slots=True)
class EventBatch:
    """last: the number of the last event in json, a JSON list in rising order of numbers."""

    sandbox: str
    last: int
    json: bytes


Incoming: TypeAlias = dict[str, Any] | Binary | StateFrame | EventBatch


def encode(message: dict[str, Any]) -> bytes:
    """A J message in its envelope."""
    payload = orjson.dumps(message)
    return _LENGTH.pack(len(payload) + 1) + b"J" + payload


def encode_binary(message: dict[str, Any], data: bytes) -> bytes:
    """A B message in its envelope."""
    json = orjson.dumps(message)
    payload = b"B" + _LENGTH.pack(len(json)) + json + data
    return _LENGTH.pack(len(payload)) + payload


def encode_frame(sandbox: str, json: bytes) -> bytes:
    """An F message in its envelope (hosts write these)."""
    name = sandbox.encode()
    payload = b"F" + bytes([len(name)]) + name + json
    return _LENGTH.pack(len(payload)) + payload


def encode_events(sandbox: str, last: int, json: bytes) -> bytes:
    """An E message in its envelope (hosts write these)."""
    name = sandbox.encode()
    payload = b"E" + bytes([len(name)]) + name + _NUMBER.pack(last) + json
    return _LENGTH.pack(len(payload)) + payload


async def receive(reader: asyncio.StreamReader) -> Incoming:
    """The next message. Raises asyncio.IncompleteReadError at the end, NotAHost for nonsense."""
    (size,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
    if not 1 <= size <= MESSAGE_BYTES_MAX:
        raise NotAHost(f"a message of {size:,} bytes")
    return decode(await reader.readexactly(size))


def decode(data: bytes) -> Incoming:
    """A message without its length."""
    kind = data[:1]
    try:
        if kind == b"J":
            message = orjson.loads(data[1:])
            if isinstance(message, dict):
                return message
        elif kind == b"B":
            end = 5 + _LENGTH.unpack_from(data, 1)[0]
            message = orjson.loads(data[5:end])
            if isinstance(message, dict):
                return Binary(message, data[end:])
        elif kind in (b"F", b"E"):
            start = 2 + data[1]
            name = data[2:start].decode()
            if kind == b"F":
                return StateFrame(name, data[start:])
            (last,) = _NUMBER.unpack_from(data, start)
            return EventBatch(name, last, data[start + _NUMBER.size :])
    except (ValueError, IndexError, struct.error) as problem:
        raise NotAHost(f"a broken message of kind {kind!r}: {problem}") from None
    raise NotAHost(f"a message of kind {kind!r}")
