"""A hash over everything that happened, in order: two runs with the same digest are the same run.

Each delivered message leaves a few whole numbers: when, to whom, what kind, on which connection,
which correlation or token, and the ``mark`` of its body. A body marks itself by a method
``mark() -> int`` (for record batches: their CRCs); bodies without one are told apart by their type
only, which is enough in practice: a difference in content becomes a difference in what follows.
Each milestone leaves its number and code.

Numbers are gathered in a list and hashed in large pieces, because a hash a message would cost as
much as the message. The pieces end between instants and by size alone, so where the World was
paused, stepped or asked for its digest does not show.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from struct import error as StructError
from struct import pack
from typing import Any
from zlib import crc32

from engine.machine import (
    Accepted,
    CalendarSet,
    Closed,
    Frame,
    Opened,
    Order,
    Refused,
    Synced,
)

REQUEST, RESPONSE, ALARM, MILESTONE, FRAME = 1, 2, 3, 4, 9
_KINDS = {Opened: 5, Refused: 6, Accepted: 7, Closed: 8, Frame: FRAME, Synced: 10, CalendarSet: 11, Order: 12}
OTHER = 13

PIECE = 4096  # numbers
FRAME_HEAD = 256  # bytes of a frame that are looked at: its batches are marked when they are appended
_MASK = (1 << 63) - 1

Mark = Callable[[Any], int]

# A pure function of class and text each, remembered: no state.
kinds_of_bodies: dict[type, tuple[int, Mark | None]] = {}
_numbers_of_names: dict[str, int] = {}


def kind_of_body(body: type) -> tuple[int, Mark | None]:
    """A number for the type of a request or response, and its method ``mark``, if it has one."""
    known = kinds_of_bodies.get(body)
    if known is None:
        known = kinds_of_bodies[body] = (crc32(body.__name__.encode()), getattr(body, "mark", None))
    return known


def number_of(name: str) -> int:
    """A number for a name, the same in every process (``hash`` is not)."""
    number = _numbers_of_names.get(name)
    if number is None:
        number = crc32(name.encode())
        if len(_numbers_of_names) < 10_000:
            _numbers_of_names[name] = number
    return number


class Digest:
    """pending: numbers not hashed yet; the loop appends to it directly. chain: the hash so far."""

    __slots__ = ("chain", "pending")

    def __init__(self, seed: int) -> None:
        self.chain = blake2b(f"{seed}".encode(), digest_size=16).digest()
        self.pending: list[int] = []

    def fold(self) -> None:
        """Hash what is pending. To be called between instants only, once there is a PIECE of it."""
        self.chain = self._chained()
        self.pending.clear()

    def value(self) -> str:
        """The digest so far, as 32 hexadecimal digits. Asking changes nothing."""
        return self._chained().hex()

    def _chained(self) -> bytes:
        if not self.pending:
            return self.chain
        form = f"<{len(self.pending)}q"
        try:
            packed = pack(form, *self.pending)
        except StructError:  # a token of more than 64 bits
            packed = pack(form, *[number & _MASK for number in self.pending])
        return blake2b(self.chain + packed, digest_size=16).digest()


def describe(message: Any) -> tuple[int, int, int, int]:
    """(kind, connection, correlation or token, mark) of a message; those of every day are inlined in the loop."""
    kind = message.__class__
    code = _KINDS.get(kind, OTHER)
    if kind is Frame:
        data = message.data
        return code, message.connection, len(data), crc32(data[:FRAME_HEAD])
    if kind is Closed:
        return code, message.connection, 0, 0
    if kind is Accepted:
        return code, message.connection, 0, number_of(message.peer)
    if kind is Opened:
        return code, message.connection, message.token, number_of(message.peer)
    if kind is Refused:
        return code, 0, message.token, number_of(message.peer)
    if kind is Synced:
        return code, number_of(message.file), message.token, number_of(message.error)
    if kind is CalendarSet:
        return code, 0, message.offset, 0
    if kind is Order:
        return code, 0, 0, number_of(message.command.__class__.__name__)
    return code, 0, 0, number_of(kind.__name__)


__all__ = [
    "ALARM", "FRAME", "FRAME_HEAD", "MILESTONE", "PIECE", "REQUEST", "RESPONSE", "Digest", "describe", "kind_of_body",
    "number_of",
]  # fmt: skip
