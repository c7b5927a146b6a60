"""One sandbox as the keeper has it: known by its entry, and, unless that failed, open."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.live.entry import Entry
from engine.live.history import History
from engine.live.journal import JournalFull
from engine.live.log import log
from engine.live.room import Room
from engine.live.sandbox import Sandbox
from engine.live.stage import Stage
from engine.live.store import CheckpointFailed, Store
from engine.machine import MILLISECOND

MAKING = "making"  # a file in the folder of a sandbox that is not whole yet
FAILED = "failed.json"
FAILED_MAX = 3  # so often in ``FAILED_S`` a sandbox may break its host; then it is not opened by itself any more
FAILED_S = 600.0


@dataclass(slots=True)
class Kept:
    """stage, store, room, history: while it is open. problem: why it is not. progress: of opening it, 0 to 1.

    opening: the task that opens it.
    """

    entry: Entry
    folder: Path
    stage: Stage | None = None
    store: Store | None = None
    room: Room | None = None
    history: History | None = None
    problem: dict[str, str] | None = None
    progress: float = 0.0
    opening: asyncio.Task[None] | None = None

    @property
    def sandbox(self) -> Sandbox | None:
        return self.stage.sandbox if self.stage is not None else None

    def close(self, *, checkpoint: bool = True) -> None:
        """Leave everything written and every socket closed. checkpoint: so that it is opened again quickly."""
        if self.history is not None and checkpoint:
            self.history.volume.sample()
            with contextlib.suppress(OSError):  # a graph is no reason for anything to fail
                self.history.volume.save(self.folder)
        if self.stage is not None:
            whole = self.stage.sandbox.problem is None
            self.stage.close()
            self.stage.sandbox.close()
            if self.store is not None:
                try:
                    self.store.close(checkpoint=whole and checkpoint)
                except (CheckpointFailed, JournalFull) as problem:
                    log(f"The state of {self.entry.id} could not be written down ({problem}); its journal is whole.")
        if self.history is not None:
            self.history.close()
        self.stage = self.store = self.room = self.history = None

    def notice(self, what: str) -> dict[str, Any]:
        """For the web process. what: opened, created, renamed, anew, deleted."""
        kafka = self.stage.sandbox.listeners.addresses() if self.stage is not None else []
        return {"notice": "sandbox", "id": self.entry.id, "what": what, "kafka": kafka, "problem": self.problem}

    def listed(self, owner: str) -> dict[str, Any]:
        """As a row of the list. owner: who asks."""
        entry, sandbox = self.entry, self.sandbox
        problem = sandbox.problem if sandbox is not None else self.problem
        row: dict[str, Any] = {
            "id": entry.id,
            "name": entry.name,
            "state": "broken" if self.problem else "open" if sandbox is not None else "opening",
            "progress": round(1.0 if sandbox is not None else self.progress, 3),
            "kafka": sandbox.listeners.addresses() if sandbox is not None else [],
            "paused": sandbox is not None and sandbox.cluster.pace.paused,
            "frozen": sandbox is not None and sandbox.cluster.pace.frozen,
            "problem": problem,
            "owner": "you" if owner and owner == entry.owner else "",
            "lesson": ((entry.scenario or {}).get("lesson") or {}).get("id", ""),
            "parent": entry.parent,
            "parent_name": entry.parent_name,
            "parent_step": entry.parent_step,
            "parent_ms": entry.parent_ms,
            "created_ms": entry.created_ms,
            "brokers": len(sandbox.cluster.places) if sandbox is not None else 0,
            "step": sandbox.world.steps if sandbox is not None else 0,
            "at_ms": sandbox.world.now / MILLISECOND if sandbox is not None else 0,
            "bytes": self.room.bytes() if self.room is not None else 0,
            "disk_bytes": folder_bytes(self.folder),
        }
        return row


def folder_bytes(folder: Path) -> int:
    """What it takes on the machine's disk."""
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):  # files come and go
            total += path.stat().st_size if path.is_file() else 0
    return total


def sweep(folder: Path) -> None:
    """What a deletion or a creation that was broken off has left among the sandboxes' folders."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and (path.name.startswith(".gone-") or (path / MAKING).exists()):
            log(f"{path} was left half made or half deleted: it is taken away.")
            shutil.rmtree(path, ignore_errors=True)


def put_away(folder: Path) -> Path:
    """Give a folder another name, at once: it is no sandbox's any more. Delete it when there is time."""
    away = folder.with_name(f".gone-{folder.name}-{time.time_ns()}")
    os.replace(folder, away)
    return away


# --- sandboxes that break their host ----------------------------------------------------------------


def note_failure(folder: Path, reason: str) -> None:
    """This sandbox has just broken the host."""
    with contextlib.suppress(OSError):
        (folder / FAILED).write_text(json.dumps({"times": [*_failures(folder)[0], time.time()], "reason": reason}))


def has_failed_often(folder: Path) -> str:
    """The last reason if it is better not to try again; else ""."""
    times, reason = _failures(folder)
    recent = [at for at in times if time.time() - at < FAILED_S]
    return reason if len(recent) >= FAILED_MAX else ""


def forget_failures(folder: Path) -> None:
    with contextlib.suppress(OSError):
        (folder / FAILED).unlink()


def _failures(folder: Path) -> tuple[list[float], str]:
    try:
        data = json.loads((folder / FAILED).read_text())
        return [float(at) for at in data["times"]], str(data["reason"])
    except (OSError, ValueError, KeyError, TypeError):
        return [], ""
