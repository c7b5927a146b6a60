"""What goes between the web process and a worker, over the worker's standard input and output.

A frame: two lengths (4 bytes each, big-endian), a JSON object, bytes (the shell's state, or none).
To the worker: {"run": line, "language", "access": {endpoint, region, access_key, secret_key}, "label", "history",
"seconds", "cpu", "bytes"} + state (b"": a new shell); {"stop": true}.
From it: {"ready": {...}} once, {"out": text, "err": bool} any number, {"done": {...}} + state.
"""

from __future__ import annotations

import json
import struct
from typing import IO, Any

_LENGTHS = struct.Struct(">II")
FRAME_BYTES_MAX = 64 * 1024 * 1024


def write(pipe: IO[bytes], message: dict[str, Any], data: bytes = b"") -> None:
    text = json.dumps(message).encode()
    pipe.write(_LENGTHS.pack(len(text), len(data)) + text + data)
    pipe.flush()


def read(pipe: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    """The next frame. Raises EOFError at the pipe's end, and where what comes is no frame."""
    text_size, data_size = _LENGTHS.unpack(_exactly(pipe, _LENGTHS.size))
    if text_size + data_size > FRAME_BYTES_MAX:
        raise EOFError
    message = json.loads(_exactly(pipe, text_size))
    return message, _exactly(pipe, data_size)


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size) if size else b""
    if len(data) < size:
        raise EOFError
    return data
