"""One checkpoint as a file: the whole state of a sandbox at one step. The format is told in docs/checkpoints.md.

Magic, then blocks (blocks.py): the header; the state in pieces, in the canonical format (engine/world/
canonical.py); at the end how much of it there was. Record bytes stand in packs, or, in a file that must
hold everything, behind the end.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import BinaryIO

from engine.cluster import Cluster
from engine.live.blocks import NotOurs, opening, pack_block, read_block, read_opening
from engine.live.journal import BEHAVIOUR, Position
from engine.live.layout import layout
from engine.live.packs import Inline
from engine.live.sealing import Seal, Unsealable
from engine.live.slices import Work
from engine.world.canonical import Damaged, Keep
from engine.world.canonical_read import OBJECTS_MAX, Reader
from engine.world.canonical_write import Writer

MAGIC = b"RIACHO-C"
FORMAT = 1
_PIECE_BYTES = 1 << 16


@dataclass(slots=True)
class Head:
    """step, at, digest: the World's. position: in the journal; None if there is none. packs: bytes used by number.

    layout: version of the listing it was written with. made: wall time, seconds since 1970.
    """

    step: int
    at: int
    digest: str
    position: Position | None = None
    packs: dict[int, int] = field(default_factory=dict)
    made: float = 0.0
    behaviour: int = BEHAVIOUR
    layout: int = 0
    sealed: bool = False


def write(cluster: Cluster, keep: Keep, seal: Seal | None = None) -> Work[bytes]:
    """The state as blocks, its end included. Nobody may change ``cluster`` meanwhile. Raises NotCanonical.

    seal: with which it is sealed, piece by piece.
    """
    blocks: list[bytes] = []
    piece = bytearray()
    total = 0
    for data in Writer(layout(), keep).write(cluster):
        piece += data
        if len(piece) >= _PIECE_BYTES:
            blocks.append(pack_block(_shut(bytes(piece), total, seal)))
            total += len(piece)
            piece.clear()
        yield None
    if piece:
        blocks.append(pack_block(_shut(bytes(piece), total, seal)))
        total += len(piece)
    blocks.append(pack_block(_end(total)))
    return b"".join(blocks)


def _shut(piece: bytes, at: int, seal: Seal | None) -> bytes:
    return piece if seal is None else seal.shut(piece, b"state/%d" % at)


def _end(total: int) -> bytes:
    return json.dumps({"bytes": total}).encode()


def head_bytes(head: Head) -> bytes:
    return opening(
        MAGIC,
        {
            "format": FORMAT, "behaviour": head.behaviour, "layout": head.layout, "step": head.step,
            "at": head.at, "digest": head.digest, "position": head.position, "packs": head.packs, "made": head.made,
            **({"sealed": True} if head.sealed else {}),
        },
    )  # fmt: skip


def read_head(file: BinaryIO) -> Head:
    """Raises Damaged."""
    try:
        data = read_opening(file, MAGIC, "a checkpoint of Riacho")
        if data["format"] != FORMAT:
            raise Damaged(f"has format {data['format']}; this Riacho reads {FORMAT}")
        position = Position(*map(int, data["position"])) if data["position"] is not None else None
        packs = {int(number): int(used) for number, used in data["packs"].items()}
        return Head(
            int(data["step"]), int(data["at"]), str(data["digest"]), position, packs, float(data["made"]),
            int(data["behaviour"]), int(data["layout"]), bool(data.get("sealed")),
        )  # fmt: skip
    except NotOurs as problem:
        raise Damaged(str(problem)) from None
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise Damaged("has a header that says too little") from None


def read(file: BinaryIO, end: int, seal: Seal | None = None) -> Work[bytes]:
    """The state's bytes, from the blocks behind the header. seal: of one that is sealed. Raises Damaged."""
    pieces: list[bytes] = []
    total = 0
    while (body := read_block(file, end)) is not None:
        if body == _end(total):
            return b"".join(pieces)
        if seal is not None:
            try:
                body = seal.opened(body, b"state/%d" % total)
            except Unsealable as problem:
                raise Damaged(str(problem)) from None
        pieces.append(body)
        total += len(body)
        yield None
    raise Damaged("ends before its end")


def decode(data: bytes, head: Head, keep: Keep, objects_max: int = OBJECTS_MAX) -> Work[Cluster]:
    """The state, and it is what the header says. Raises Damaged."""
    reader = Reader(layout(), keep, data, objects_max)
    for _ in reader.read():
        yield None
    cluster = reader.root
    if not isinstance(cluster, Cluster):
        raise Damaged("does not hold a sandbox")
    try:
        world = cluster.world
        found = (world.steps, world.now, world.digest())
    except (AttributeError, TypeError, ValueError) as error:
        raise Damaged(f"holds a state that makes no sense: {error}") from None
    if found != (head.step, head.at, head.digest):
        raise Damaged("holds another state than its header says")
    return cluster


# --- all in one ----------------------------------------------------------------------------------------


def to_bytes(cluster: Cluster) -> Work[bytes]:
    """A checkpoint that needs no other file. Nobody may change ``cluster`` meanwhile: give a copy."""
    keep = Inline()
    blocks = yield from write(cluster, keep)
    return head_bytes(head_of(cluster)) + blocks + keep.data.getvalue()


def from_bytes(data: bytes, objects_max: int = OBJECTS_MAX) -> Work[Cluster]:
    """The inverse. ``data`` may come from anybody. Raises Damaged."""
    file = io.BytesIO(data)
    head = read_head(file)
    if head.sealed:
        raise Damaged("is sealed, and its key is elsewhere")
    state = yield from read(file, len(data))
    cluster = yield from decode(state, head, Inline(data[file.tell() :]), objects_max)
    return cluster


def head_of(cluster: Cluster) -> Head:
    world = cluster.world
    return Head(world.steps, world.now, world.digest(), behaviour=BEHAVIOUR, layout=layout().version)
