"""One instant's inputs as bytes: the content of a journal's block.

Head: step (8 bytes), at (8), flags (1: held, 2: sealed), number of inputs (4). Then, sealed as one where the flag
says so (sealing.py), each input:
source (1), for a frame: connection (8), size (4) and the frame as it was received;
for any other: sizes of actor (2) and payload (4), the actor, the payload as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct

from engine.live.sealing import Seal, Unsealable
from engine.world.inputs import Input

_HEAD = Struct(">QQBI")
_FRAME = Struct(">BQI")
_OTHER = Struct(">BHI")
FRAME = 0
# A source's number in the file is its place here: only ever add to the end.
SOURCES = (
    "frame", "accept", "close", "command", "calendar", "restart", "rebase", "branch", "freeze", "thaw", "quota",
    "gave_up", "kinesis",
)  # fmt: skip
_CODE = {source: code for code, source in enumerate(SOURCES)}
HEAD_BYTES = _HEAD.size
_HELD, _SEALED = 1, 2
_SMALL = 16_384  # a larger frame is not copied into the group but written as it is


@dataclass(slots=True)
class Group:
    """inputs: none in a mark. held: applied in the middle of an instant (while stepping)."""

    step: int
    at: int
    held: bool
    inputs: list[Input]


def pack_group(step: int, at: int, held: bool, inputs: Sequence[Input]) -> list[bytes | memoryview]:
    """The group in pieces, large frames among them uncopied."""
    small = [_HEAD.pack(step, at, held, len(inputs))]
    done: list[bytes | memoryview] = []
    for one in inputs:
        if one.source == "frame":
            connection, data = one.payload
            small.append(_FRAME.pack(FRAME, connection, len(data)))
            if len(data) <= _SMALL:
                small.append(data)
            else:
                done.append(b"".join(small))
                done.append(data)
                small.clear()
        else:
            actor, payload = one.actor.encode(), json.dumps(one.payload).encode()
            small += (_OTHER.pack(_CODE[one.source], len(actor), len(payload)), actor, payload)
    if small:
        done.append(b"".join(small))
    return done


def sealed(parts: list[bytes | memoryview], seal: Seal) -> bytes:
    """The same group, its inputs sealed."""
    body = b"".join(parts)
    step, at, flags, count = _HEAD.unpack_from(body)
    head = _HEAD.pack(step, at, flags | _SEALED, count)
    return head + seal.shut(body[_HEAD.size :], head)


def head_of(body: bytes) -> tuple[int, int]:
    """(step, at) of a packed group."""
    step, at, _, _ = _HEAD.unpack_from(body)
    return step, at


def unpack_group(body: bytes, seal: Seal | None = None) -> Group:
    """The inverse of ``pack_group``; ``body`` has passed its CRC. seal: for one that is sealed. Raises Unsealable."""
    step, at, flags, count = _HEAD.unpack_from(body)
    held = bool(flags & _HELD)
    if flags & _SEALED:
        if seal is None:
            raise Unsealable("is sealed")
        head = body[: _HEAD.size]
        body = head + seal.opened(bytes(body[_HEAD.size :]), head)
    position = _HEAD.size
    inputs: list[Input] = []
    for _ in range(count):
        code = body[position]
        if code == FRAME:
            _, connection, size = _FRAME.unpack_from(body, position)
            position += _FRAME.size + size
            inputs.append(Input(step, at, "", "frame", (connection, body[position - size : position]), held))
        else:
            _, actor_size, size = _OTHER.unpack_from(body, position)
            position += _OTHER.size
            actor = body[position : position + actor_size].decode()
            position += actor_size + size
            payload = json.loads(body[position - size : position])
            inputs.append(Input(step, at, actor, SOURCES[code], payload, held))
    return Group(step, at, held, inputs)
