"""The messages between a host and the web process, as bytes on a local socket.

Both ways: four bytes of length (big-endian, of all that follows), one byte of kind, the payload.

    J  a JSON message: a request {"id", "ask", ...}, its response {"id", "ok", ...}, a notice {"notice", ...}
    B  a J message with bytes beside it: length of the JSON (4 bytes), the JSON, the bytes
    K  a key frame: length of the sandbox's name (1 byte), the name, the frame's number (8 bytes), JSON
    F  a delta, D  a detail: likewise; a detail has its channel's name (like the sandbox's) before the JSON
    E  numbered events: likewise, with the number of the last one, a JSON list

Nothing but bytes and JSON passes here: no object of the engine ever leaves its process.
"""

from __future__ import annotations

from struct import Struct
from typing import Any

import orjson

from engine.limits import BINARY_BYTES_MAX
from engine.live.framing import Part

MESSAGE_BYTES_MAX = BINARY_BYTES_MAX + (2 << 20)  # of what the web process sends: an import, or far less

_LENGTH = Struct(">I")
_LAST = Struct(">Q")
_KINDS = {"key": b"K", "delta": b"F", "detail": b"D"}


def pack_json(message: dict[str, Any]) -> bytes:
    return _pack(b"J" + orjson.dumps(message))


def pack_binary(message: dict[str, Any], data: bytes) -> bytes:
    json = orjson.dumps(message)
    return _pack(b"B" + _LENGTH.pack(len(json)) + json + data)


def pack_part(sandbox: str, part: Part) -> bytes:
    """A piece of a frame."""
    channel = _name(part.channel) if part.kind == "detail" else b""
    return _pack(_KINDS[part.kind] + _name(sandbox) + _LAST.pack(part.number) + channel + part.json)


def pack_events(sandbox: str, last: int, events: bytes) -> bytes:
    """events: a JSON list in rising order, ``last`` the number of its last."""
    return _pack(b"E" + _name(sandbox) + _LAST.pack(last) + events)


def unpack_json(frame: bytes) -> dict[str, Any]:
    """The message in a J or B envelope (without its length), the bytes as its "data". Raises ValueError."""
    kind, rest = frame[:1], frame[1:]
    data = None
    if kind == b"B" and len(rest) >= _LENGTH.size:
        end = _LENGTH.size + _LENGTH.unpack_from(rest)[0]
        if end > len(rest):
            raise ValueError("a message that is cut")
        rest, data = rest[_LENGTH.size : end], rest[end:]
    elif kind != b"J":
        raise ValueError(f"a message of kind {kind!r}")
    message = orjson.loads(rest)
    if not isinstance(message, dict):
        raise ValueError("a message that is no object")
    return message if data is None else {**message, "data": data}


def _pack(payload: bytes) -> bytes:
    return _LENGTH.pack(len(payload)) + payload


def _name(sandbox: str) -> bytes:
    name = sandbox.encode()
    return bytes((len(name),)) + name
