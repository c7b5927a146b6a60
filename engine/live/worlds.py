"""Worlds that somebody keeps under a name, to begin from again: a shelf in the data folder.

    worlds/<id>.riacho      the moment, as an exported file (moments.py)
    worlds/<id>.json        "format": 1, "id", "name", "owner", "created_ms", "of", "at_ms", "step", "brokers", "bytes"

The second is written last and taken away first: what has none is no world, and is swept up. ``of``: the sandbox it was
taken from, as that was called then; it may be gone, nothing of it is needed.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from engine.limits import WORLDS_BYTES_MAX, WORLDS_MAX
from engine.live.asks.asking import Refused
from engine.live.blocks import sync_folder
from engine.live.entry import is_id, new_id, now_ms
from engine.live.log import log
from engine.live.moments import SUFFIX

FORMAT = 1


@dataclass(slots=True)
class World:
    """As in its file. at_ms: virtual, since the sandbox began. bytes: of the moment's file."""

    id: str
    name: str
    owner: str = ""
    created_ms: int = 0
    of: str = ""
    at_ms: float = 0.0
    step: int = 0
    brokers: int = 0
    bytes: int = 0

    def listed(self, owner: str) -> dict[str, Any]:
        """As a row of the list. owner: who asks."""
        return {**asdict(self), "owner": "you" if owner and owner == self.owner else ""}


class Shelf:
    """All worlds that are kept in ``folder``, which is made when the first is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.worlds: dict[str, World] = {}
        if folder.is_dir():
            self._load()

    def get(self, name: Any) -> World:
        """Raises Refused."""
        found = self.worlds.get(name) if isinstance(name, str) else None
        if found is None:
            raise Refused(404, "UNKNOWN_WORLD", f"There is no saved world {name!r:.60}: it may have been deleted.")
        return found

    def room_for(self, size: int) -> None:
        """Raises Refused when there is none for one more of so many bytes."""
        if len(self.worlds) >= WORLDS_MAX:
            raise Refused(
                409, "TOO_MANY_WORLDS", f"{WORLDS_MAX} worlds are kept, which is the limit: delete one first."
            )
        left = WORLDS_BYTES_MAX - sum(world.bytes for world in self.worlds.values())
        if size > left:
            raise Refused(
                409,
                "TOO_MANY_WORLDS",
                f"This one has {size:,} bytes, and all saved worlds together may have {WORLDS_BYTES_MAX:,}, of which "
                f"{left:,} are left: delete one first.",
            )

    def put(self, data: bytes, world: World) -> World:
        """Whole and durable, or not at all; it gets an id of its own. Raises Refused, OSError."""
        self.room_for(len(data))
        self.folder.mkdir(parents=True, exist_ok=True)
        world.id = new_id(world.name, list(self.worlds))
        world.created_ms, world.bytes = now_ms(), len(data)
        self._write(self._file(world.id), data)
        self._write(self._about(world.id), json.dumps({"format": FORMAT, **asdict(world)}, indent=1).encode())
        sync_folder(self.folder)
        self.worlds[world.id] = world
        return world

    def data(self, world: World) -> bytes:
        """Raises Refused."""
        try:
            return self._file(world.id).read_bytes()
        except OSError as problem:
            raise Refused(
                410, "WORLD_DAMAGED", f"{self._file(world.id)} cannot be read: {problem.strerror}. Delete this world."
            ) from None

    def delete(self, world: World) -> None:
        del self.worlds[world.id]
        for path in (self._about(world.id), self._file(world.id)):
            with contextlib.suppress(OSError):
                path.unlink()

    # --- how

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}{SUFFIX}"

    def _about(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _write(self, path: Path, data: bytes) -> None:
        making = path.with_name(f".new-{path.name}")
        try:
            with open(making, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(making, path)
        except OSError:
            making.unlink(missing_ok=True)
            raise

    def _load(self) -> None:
        for path in sorted(self.folder.glob("*.json")):
            try:
                given = json.loads(path.read_text(encoding="utf-8"))
                if not is_id(path.stem) or given.get("format") != FORMAT or not self._file(path.stem).is_file():
                    raise ValueError("it is not of this format, or its moment is missing")
                known = {field.name: given[field.name] for field in fields(World)}
            except (OSError, ValueError, KeyError, AttributeError) as problem:
                log(f"The saved world {path} is left out: {problem!r}.")
                continue
            self.worlds[path.stem] = World(**{**known, "id": path.stem})
        self._sweep()

    def _sweep(self) -> None:
        """What a saving that was broken off has left."""
        for path in self.folder.glob(f"*{SUFFIX}"):
            if path.name.startswith(".new-") or not self._about(path.stem).exists():
                path.unlink(missing_ok=True)
        for path in self.folder.glob(".new-*"):
            path.unlink(missing_ok=True)
