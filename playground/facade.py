"""The messages between the web process and an engine host, as bytes on a local socket.

Both ways: four bytes of length (big-endian, of all that follows), one byte of kind, the payload.

    J  a JSON message: a request {"id", "ask", ...}, its response {"id", "ok", ...}, a notice {"notice", ...}
    B  a J message with bytes beside it: length of the JSON (4 bytes), the JSON, the bytes
    K  a key frame: length of the sandbox's name (1 byte), the name, the frame's number (8 bytes), JSON
    F  a delta, D  a detail: likewise; a detail has its channel's name (like the sandbox's) before the JSON
    E  numbered events: likewise, with the number of the last one, a JSON list

The JSON of K, F, D and E is passed on to viewers as it is: nobody here decodes it.
"""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import orjson

# A state of the largest sandbox is well under 1 MB; whoever sends more than this is not a host of ours.
MESSAGE_BYTES_MAX = 64 * 1024 * 1024

_LENGTH = struct.Struct(">I")
_NUMBER = struct.Struct(">q")

Kind: TypeAlias = Literal["key", "delta", "detail"]
_KINDS: dict[bytes, Kind] = {b"K": "key", b"F": "delta", b"D": "detail"}


class NotAHost(Exception):
    """What came in follows no rule of this file."""


@dataclass(slots=True)
class Binary:
    """A message and the bytes beside it."""

    message: dict[str, Any]
    data: bytes


@dataclass(slots=True)
class FramePart:
    """A piece of frame ``number`` (engine/live/framing.py). channel: of a detail, else ""."""

    kind: Kind
    sandbox: str
    number: int
    channel: str
    json: bytes


@dataclass(slots=True)
class EventBatch:
    """last: the number of the last event in json, a JSON list in rising order of numbers."""

    sandbox: str
    last: int
    json: bytes


Incoming: TypeAlias = dict[str, Any] | Binary | FramePart | EventBatch


def encode(message: dict[str, Any]) -> bytes:
    """A J message in its envelope."""
    payload = orjson.dumps(message)
    return _LENGTH.pack(len(payload) + 1) + b"J" + payload


def encode_binary(message: dict[str, Any], data: bytes) -> bytes:
    """A B message in its envelope."""
    json = orjson.dumps(message)
    payload = b"B" + _LENGTH.pack(len(json)) + json + data
    return _LENGTH.pack(len(payload)) + payload


def encode_part(part: FramePart) -> bytes:
    """A K, F or D message in its envelope (hosts write these)."""
    kind = next(letter for letter, kind in _KINDS.items() if kind == part.kind)
    channel = _name(part.channel) if kind == b"D" else b""
    payload = kind + _name(part.sandbox) + _NUMBER.pack(part.number) + channel + part.json
    return _LENGTH.pack(len(payload)) + payload


def encode_events(sandbox: str, last: int, json: bytes) -> bytes:
    """An E message in its envelope (hosts write these)."""
    payload = b"E" + _name(sandbox) + _NUMBER.pack(last) + json
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
        elif kind == b"E" or kind in _KINDS:
            name, start = _read_name(data, 1)
            (number,) = _NUMBER.unpack_from(data, start)
            start += _NUMBER.size
            if kind == b"E":
                return EventBatch(name, number, data[start:])
            channel = ""
            if kind == b"D":
                channel, start = _read_name(data, start)
            return FramePart(_KINDS[kind], name, number, channel, data[start:])
    except (ValueError, IndexError, struct.error) as problem:
        raise NotAHost(f"a broken message of kind {kind!r}: {problem}") from None
    raise NotAHost(f"a message of kind {kind!r}")


def _name(text: str) -> bytes:
    data = text.encode()
    return bytes([len(data)]) + data


def _read_name(data: bytes, start: int) -> tuple[str, int]:
    """The name that stands there, and where it ends."""
    end = start + 1 + data[start]
    return data[start + 1 : end].decode(), end
