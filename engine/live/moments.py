"""A moment of a sandbox as bytes: in a link, in a file, on another machine.

    base64url in an address     /open#m=...     what few inputs lead to, at most ``LINK_CHARACTERS_MAX`` characters
    a file, NAME.riacho                         anything else

Both hold the same bytes: an eight-byte magic, then, compressed with zlib, blocks (blocks.py): the header, JSON;
the groups of inputs as the journal has them, without marks; and, behind the last block, the checkpoint
(checkpoint_file.py) if there is one.

    format, behaviour     of this file; of the engine under which the inputs were given
    base                  {"scenario", "seed"}, or {"checkpoint": its bytes}: what the first input was applied to
    step, at, digest      the moment: where the World stands, and that it is the same World (world/digest.py)
    groups, name          how many; what people call it

To *bring it back* is to begin from the base and do again what was done, up to the step; then the digest must
be the one that is written there. That is the same everywhere: other machines, other Pythons. Of another
``behaviour`` it is refused, unless nothing has to be done again.

The bytes may come from anybody. They are taken apart within limits (engine/limits.py), and brought back in a
process of its own (replayer.py); what does not fit is refused: NOT_A_MOMENT, DAMAGED, TOO_LARGE,
DIFFERENT_BEHAVIOUR, DIVERGED.
"""

from __future__ import annotations

import binascii
import io
import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from struct import error as StructError
from typing import Any

from engine.cluster import Cluster
from engine.commands import CommandRefused
from engine.limits import (
    LINK_CHARACTERS_MAX,
    MOMENT_BYTES_MAX,
    MOMENT_INPUTS_MAX,
    MOMENT_STEPS_MAX,
    MOMENT_UNPACKED_MAX,
)
from engine.live import checkpoint_file
from engine.live.blocks import MAGIC_BYTES, pack_block, read_block
from engine.live.groups import Group, pack_group, unpack_group
from engine.live.journal import BEHAVIOUR, Position
from engine.live.past import Past
from engine.live.slices import Work
from engine.world.canonical import Damaged
from engine.world.inputs import Input
from engine.world.inputs import groups as grouped
from engine.world.loop import FOREVER
from engine.world.replay import ReplayDiverged

MAGIC = b"RIACHO-M"
FORMAT = 1
SUFFIX = ".riacho"
ADDRESS = "/open#m="


class CannotOpen(Exception):
    """These bytes cannot be brought back here. code, reason: for people, with the way out."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


@dataclass(slots=True)
class Moment:
    """base: {"scenario", "seed"}; or {}, and then checkpoint is there. groups: of inputs; no marks."""

    step: int
    at: int
    digest: str
    base: dict[str, Any] = field(default_factory=dict)
    checkpoint: bytes = b""
    groups: list[Group] = field(default_factory=list)
    name: str = ""
    behaviour: int = BEHAVIOUR


def groups_of(inputs: Iterable[Input]) -> list[Group]:
    """Inputs with their positions, as a moment has them."""
    return [Group(few[0].step, few[0].at, few[0].held, few) for few in grouped(inputs)]


# --- there ----------------------------------------------------------------------------------------------


def pack(moment: Moment) -> bytes:
    base = {"checkpoint": len(moment.checkpoint)} if moment.checkpoint else moment.base
    header = {
        "format": FORMAT, "behaviour": moment.behaviour, "base": base, "step": moment.step, "at": moment.at,
        "digest": moment.digest, "groups": len(moment.groups), "name": moment.name,
    }  # fmt: skip
    squeeze = zlib.compressobj(9)
    out = [MAGIC, squeeze.compress(pack_block(json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()))]
    for group in moment.groups:
        out.append(squeeze.compress(pack_block(b"".join(pack_group(group.step, group.at, group.held, group.inputs)))))
    out += (squeeze.compress(moment.checkpoint), squeeze.flush())
    return b"".join(out)


def link_of(data: bytes) -> str | None:
    """The address that holds a packed moment, without a host; None if it would be too long."""
    link = ADDRESS + urlsafe_b64encode(data).decode().rstrip("=")
    return link if len(link) <= LINK_CHARACTERS_MAX else None


# --- and back -------------------------------------------------------------------------------------------


def from_link(link: str) -> bytes:
    """What an address holds; anything before the moment in it is left out. Raises CannotOpen."""
    text = link.rpartition(ADDRESS[-3:])[2]
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise _damaged("The link is not whole") from None


def unpack(data: bytes) -> Moment:
    """The inverse of ``pack``; ``data`` may come from anybody. Raises CannotOpen."""
    if len(data) > MOMENT_BYTES_MAX:
        raise _too_large(f"It has {len(data):,} bytes; {MOMENT_BYTES_MAX:,} are the limit")
    if data[:MAGIC_BYTES] != MAGIC:
        raise CannotOpen("NOT_A_MOMENT", "This is no moment of Riacho: open a link or a .riacho file made by it.")
    loose = zlib.decompressobj()
    try:
        content = loose.decompress(data[MAGIC_BYTES:], MOMENT_UNPACKED_MAX)
    except zlib.error:
        raise _damaged("It cannot be unpacked") from None
    if loose.unconsumed_tail:
        raise _too_large(f"Unpacked it has more than {MOMENT_UNPACKED_MAX:,} bytes, which is the limit")
    if not loose.eof:
        raise _damaged("Its end is missing")
    file = io.BytesIO(content)
    body = read_block(file, len(content))
    try:
        header = json.loads(body or b"null")
        if header["format"] != FORMAT:
            wanted, had = FORMAT, header["format"]
            raise CannotOpen(
                "DIFFERENT_BEHAVIOUR",
                f"It has format {had!r}, this Riacho reads {wanted}: open it with the version it was made with.",
            )
        moment, size, count = _moment_of(header)
        if count > MOMENT_INPUTS_MAX or moment.step > 1 << 62:
            raise _too_large(f"It has more than {MOMENT_INPUTS_MAX:,} inputs")
        moment.groups = [unpack_group(_block(file, len(content))) for _ in range(count)]
    except (StructError, ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError):
        raise _damaged("What is in it makes no sense") from None
    if sum(len(group.inputs) for group in moment.groups) > MOMENT_INPUTS_MAX:
        raise _too_large(f"It has more than {MOMENT_INPUTS_MAX:,} inputs")
    moment.checkpoint = content[file.tell() :]
    if len(moment.checkpoint) != size:
        raise _damaged("Its end is missing")
    return moment


def _moment_of(header: dict[str, Any]) -> tuple[Moment, int, int]:
    """(the moment without what follows the header, bytes of its checkpoint, number of its groups)"""
    base = header["base"]
    size = base.get("checkpoint", 0)
    numbers = (header["step"], header["at"], header["groups"], header["behaviour"], size)
    if not all(type(number) is int and number >= 0 for number in numbers):
        raise ValueError
    if not size and not (isinstance(base["scenario"], dict) and type(base["seed"]) is int):
        raise ValueError
    if not isinstance(header["digest"], str) or not isinstance(header["name"], str):
        raise ValueError
    moment = Moment(
        header["step"], header["at"], header["digest"], {} if size else base, name=header["name"],
        behaviour=header["behaviour"],
    )  # fmt: skip
    return moment, size, header["groups"]


def _block(file: io.BytesIO, end: int) -> bytes:
    body = read_block(file, end)
    if body is None:
        raise ValueError
    return body


class _Recording:
    """The groups of a moment, as a past reads them."""

    def __init__(self, groups: list[Group]) -> None:
        self._groups = groups

    def read(self, position: Position | None = None) -> Iterator[tuple[Group, Position]]:
        return ((group, Position(0, number)) for number, group in enumerate(self._groups))


def bring_back(moment: Moment) -> Work[Cluster]:
    """The World of that moment. Raises CannotOpen."""
    done_again = bool(moment.groups) or not moment.checkpoint
    if done_again and moment.behaviour != BEHAVIOUR:
        raise CannotOpen(
            "DIFFERENT_BEHAVIOUR",
            f"It was made by another version of Riacho (behaviour {moment.behaviour}; this one has {BEHAVIOUR}), and "
            "would not come to the same again: open it with the version it was made with.",
        )
    try:
        if moment.checkpoint:
            cluster = yield from checkpoint_file.from_bytes(moment.checkpoint)
        else:
            cluster = Cluster(moment.base["scenario"], moment.base["seed"])
    except Damaged as problem:
        raise _damaged(f"Its checkpoint {problem}") from None
    except CommandRefused as refused:
        raise _damaged(f"Its scenario cannot be used: {refused.reason}") from None
    if moment.step - cluster.world.steps > MOMENT_STEPS_MAX:
        raise _too_large(f"More than {MOMENT_STEPS_MAX:,} steps would have to be done again")
    past = Past(cluster, _Recording(moment.groups), Position(0, 0))
    if done_again or moment.step != cluster.world.steps:
        try:
            for _ in past.go(moment.step, FOREVER):
                yield None
        except (ReplayDiverged, AssertionError, LookupError, TypeError, ValueError) as problem:
            raise _diverged(f"What was done cannot be done again ({problem})") from None
    world = cluster.world
    world.traced = False
    world.traffic.clear()
    if (world.steps, world.digest()) != (moment.step, moment.digest):
        raise _diverged(f"Done again, step {moment.step:,} is another moment than it was there")
    return cluster


def _damaged(what: str) -> CannotOpen:
    return CannotOpen("DAMAGED", f"{what}: get the link or the file once more from where it was made.")


def _too_large(what: str) -> CannotOpen:
    return CannotOpen("TOO_LARGE", f"{what}. Export a moment with less behind it.")


def _diverged(what: str) -> CannotOpen:
    return CannotOpen("DIVERGED", f"{what}. It is not opened: what you saw would not be what happened.")
