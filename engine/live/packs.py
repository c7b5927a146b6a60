"""Packs: the record bytes that checkpoints refer to, each written once.

A pack is a file of blocks (blocks.py): the bytes that one checkpoint was the first to need. Later ones
refer to them. A pack that no kept checkpoint refers to is deleted; of one that is mostly garbage (records
that retention has deleted) the rest is written again with the next checkpoint, and so it becomes one.

What was written is known by the identity of the object that holds the bytes, which is held on to for as
long: record bytes never change, and are shared by replicas, snapshots and branches. Where the sandbox is sealed
(sealing.py), each block is.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

from crc32c import crc32c

from engine.live.blocks import (
    BLOCK_HEAD_BYTES,
    NotOurs,
    opening,
    pack_block,
    pack_head,
    read_block,
    read_opening,
    sync_folder,
)
from engine.live.sealing import OVERHEAD, Seal, Unsealable
from engine.world.canonical import Damaged, Place

MAGIC = b"RIACHO-P"
FORMAT = 1
SUFFIX = ".pack"
GARBAGE_TIMES_MAX = 2  # a pack so many times larger than what is needed of it is written anew


class Packs:
    """The packs in ``folder``. One checkpoint at a time is written, between ``begin`` and ``end``.

    used: by pack, the bytes that the checkpoint being written refers to. closed: nothing more is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.used: dict[int, int] = {}
        self.closed = False
        self._known: dict[int, tuple[Any, Place]] = {}  # by id of the key
        self._before: dict[int, tuple[Any, Place]] = {}
        self._number = 0
        self._writing: BinaryIO | None = None
        self._written = 0
        self._reading: dict[int, BinaryIO] = {}
        self._sealed: dict[int, bool] = {}  # of those in _reading
        self.seal = Seal(folder.parent)

    # --- writing ------------------------------------------------------------------------------------

    def begin(self, step: int) -> None:
        """A checkpoint of ``step`` begins."""
        for number, used in self.used.items():
            if self.size(number) > GARBAGE_TIMES_MAX * used + 65_536:
                self._known = {k: entry for k, entry in self._known.items() if entry[1][0] != number}
        self.seal.look()
        self._number = max([step, *[number + 1 for number in self.numbers()]])
        self._before, self._known, self.used = self._known, {}, {}

    def find(self, key: Any) -> Place | None:
        entry = self._known.get(id(key))
        if entry is None:
            entry = self._before.get(id(key))
            if entry is None:
                return None
            self._known[id(key)] = entry
            self._count(entry[1])
        return entry[1]

    def put(self, key: Any, data: Iterable[bytes | memoryview]) -> Place:
        if self._writing is None:
            self.check_open()
            self.folder.mkdir(exist_ok=True)
            self._writing = open(self._making, "wb")  # noqa: SIM115
            self._written = self._writing.write(opening(MAGIC, self._header()))
        parts = list(data)
        plain = sum(map(len, parts))
        if self.seal.on:
            parts = [self.seal.shut(b"".join(parts), _about(self._number, self._written))]
        size = crc = 0
        for part in parts:
            size += len(part)
            crc = crc32c(part, crc)
        self._writing.write(pack_head(size, crc))
        for part in parts:
            self._writing.write(part)
        place = (self._number, self._written, plain)
        self._written += BLOCK_HEAD_BYTES + size
        self._known[id(key)] = (key, place)
        self._count(place)
        return place

    def _header(self) -> dict[str, Any]:
        return {"format": FORMAT, "pack": self._number, **({"sealed": True} if self.seal.on else {})}

    def _count(self, place: Place) -> None:
        self.used[place[0]] = self.used.get(place[0], 0) + place[2]

    def check_open(self) -> None:
        """Raises OSError once ``closed`` is set: the folder may be another sandbox's by now."""
        if self.closed:
            raise OSError(errno.ESHUTDOWN, "the sandbox was closed meanwhile")

    def end(self) -> None:
        """What was put is durable, and has its name. Waits for the disk: called in a thread."""
        self.check_open()
        if self._writing is not None:
            file, self._writing = self._writing, None
            file.flush()
            os.fsync(file.fileno())
            file.close()
            os.replace(self._making, self.path(self._number))
            sync_folder(self.folder)
        self._before = {}

    def abandon(self) -> None:
        """The checkpoint was not made."""
        if self._writing is not None:
            self._writing.close()
            self._writing = None
        with contextlib.suppress(OSError):
            self._making.unlink()
        self._known = {k: entry for k, entry in self._known.items() if entry[1][0] != self._number} | self._before
        self._before = {}

    @property
    def _making(self) -> Path:
        return self.folder / f"{self._number:020d}{SUFFIX}.new"

    # --- reading ------------------------------------------------------------------------------------

    def get(self, place: Place) -> bytes:
        """Raises Damaged."""
        number, offset, size = place
        file = self._reading.get(number)
        try:
            if file is None:
                file = self._reading[number] = open(self.path(number), "rb")  # noqa: SIM115
                self._sealed[number] = bool(read_opening(file, MAGIC, "a pack of Riacho").get("sealed"))
            file.seek(offset)
            more = OVERHEAD if self._sealed[number] else 0
            body = read_block(file, offset + BLOCK_HEAD_BYTES + size + more)
            if body is not None and more:
                body = self.seal.opened(body, _about(number, offset))
        except (OSError, NotOurs, OverflowError, Unsealable) as problem:
            raise Damaged(f"{self.path(number)} {problem}") from None
        if body is None or len(body) != size:
            raise Damaged(f"{self.path(number)} is damaged at byte {offset:,}")
        return body

    def know(self, key: Any, place: Place) -> None:
        if id(key) not in self._known:
            self._known[id(key)] = (key, place)
            self._count(place)

    def forget_all(self) -> None:
        """Nothing is held on to any more, and no file is open."""
        self._known, self.used = {}, {}
        self.close()

    def close(self) -> None:
        for file in self._reading.values():
            file.close()
        self._reading = {}

    # --- files --------------------------------------------------------------------------------------

    def path(self, number: int) -> Path:
        return self.folder / f"{number:020d}{SUFFIX}"

    def numbers(self) -> list[int]:
        return sorted(int(path.stem) for path in self.folder.glob(f"*{SUFFIX}") if path.stem.isdigit())

    def size(self, number: int) -> int:
        try:
            return self.path(number).stat().st_size
        except OSError:
            return 0

    def sweep(self, needed: Iterable[int]) -> None:
        """Delete the packs that are not ``needed``."""
        keep = frozenset(needed)
        for number in self.numbers():
            if number not in keep:
                with contextlib.suppress(OSError):
                    self.path(number).unlink()


def _about(number: int, offset: int) -> bytes:
    """So that no sealed block can stand in another's place."""
    return b"%d/%d" % (number, offset)


class Inline:
    """Record bytes in memory, for a checkpoint that holds everything: a link, an export."""

    def __init__(self, data: bytes = b"") -> None:
        self.data = io.BytesIO(data)
        self.data.seek(0, io.SEEK_END)
        self._known: dict[int, tuple[Any, Place]] = {}

    def find(self, key: Any) -> Place | None:
        entry = self._known.get(id(key))
        return entry[1] if entry is not None else None

    def put(self, key: Any, data: Iterable[bytes | memoryview]) -> Place:
        offset = self.data.tell()
        body = b"".join(data)
        self.data.write(pack_block(body))
        place = (0, offset, len(body))
        self._known[id(key)] = (key, place)
        return place

    def get(self, place: Place) -> bytes:
        number, offset, size = place
        end = self.data.getbuffer().nbytes
        if number != 0 or offset >= end:
            raise Damaged("lacks record bytes")
        self.data.seek(offset)
        body = read_block(self.data, end)
        if body is None or len(body) != size:
            raise Damaged("has damaged record bytes")
        return body

    def know(self, key: Any, place: Place) -> None:
        """Nothing is written after it was read."""
