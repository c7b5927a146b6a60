"""The messages between a host and the web process, as bytes on a local socket.

Both ways: four bytes of length (big-endian, of all that follows), one byte of kind, the payload.

    J  a JSON message: a request {"id", "ask", ...}, its response {"id", "ok", ...}, a notice {"notice", ...}
    F  a state frame:  length of the sandbox's name (1 byte), the name, JSON
    E  numbered events: the name as in F, the number of the last one (8 bytes), a JSON list

Nothing but bytes and JSON passes here: no object of the engine ever leaves its process.
"""

from __future__ import annotations

from struct import Struct
from typing import Any

import orjson

MESSAGE_BYTES_MAX = 16 << 20  # of what the web process sends: a command is far smaller

_LENGTH = Struct(">I")
_LAST = Struct(">Q")


def pack_json(message: dict[str, Any]) -> bytes:
    return _pack(b"J" + orjson.dumps(message))


def pack_frame(sandbox: str, state: bytes) -> bytes:
    """state: JSON."""
    return _pack(b"F" + _name(sandbox) + state)


def pack_events(sandbox: str, last: int, events: bytes) -> bytes:
    """events: a JSON list in rising order, ``last`` the number of its last."""
    return _pack(b"E" + _name(sandbox) + _LAST.pack(last) + events)


def unpack_json(frame: bytes) -> dict[str, Any]:
    """The message in a J envelope (without its length). Raises ValueError for anything else."""
    if frame[:1] != b"J":
        raise ValueError(f"a message of kind {frame[:1]!r}")
    message = orjson.loads(frame[1:])
    if not isinstance(message, dict):
        raise ValueError("a message that is no object")
    return message


def _pack(payload: bytes) -> bytes:
    return _LENGTH.pack(len(payload)) + payload


def _name(sandbox: str) -> bytes:
    name = sandbox.encode()
    return bytes((len(name),)) + name
