"""The checkpoints of one sandbox: states from which its journal can be replayed.

Each is a file named by its step (checkpoint_file.py); the record bytes of all of them are in packs
(packs.py). A checkpoint has its name only once it and all it refers to are durable, so what is there is
whole, unless the disk has damaged it: that is noticed on reading, and the one before it is taken.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from engine.cluster import Cluster
from engine.limits import CHECKPOINTS_MAX
from engine.live import checkpoint_file
from engine.live.blocks import written_whole
from engine.live.checkpoint_file import Head
from engine.live.journal import Position
from engine.live.packs import Packs
from engine.live.slices import Work
from engine.world.canonical import Damaged

SUFFIX = ".checkpoint"


@dataclass(slots=True)
class Checkpoint:
    path: Path
    head: Head

    @property
    def step(self) -> int:
        return self.head.step

    @property
    def position(self) -> Position:
        assert self.head.position is not None
        return self.head.position


class Checkpoints:
    """kept: those there are, oldest first. damaged: files that are none any more, with what is wrong."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "checkpoints"
        self.packs = Packs(folder / "chunks")
        self.kept: list[Checkpoint] = []
        self.damaged: list[tuple[Path, str]] = []
        for path in sorted(self.folder.glob(f"*{SUFFIX}")):
            try:
                with open(path, "rb") as file:
                    head = checkpoint_file.read_head(file)
            except (Damaged, OSError) as problem:
                self.damaged.append((path, str(problem)))
                continue
            if head.position is not None:
                self.kept.append(Checkpoint(path, head))

    @property
    def newest(self) -> Checkpoint | None:
        return self.kept[-1] if self.kept else None

    def write(self, cluster: Cluster, position: Position) -> Work[Checkpoint]:
        """A new one of ``cluster``, which nobody may change meanwhile; the journal goes on at ``position``.

        Raises OSError (no room), NotCanonical (a bug); then nothing has changed.
        """
        head = checkpoint_file.head_of(cluster)
        found = Checkpoint(self.folder / f"{head.step:020d}{SUFFIX}", head)
        self.packs.begin(head.step)
        head.sealed = self.packs.seal.on
        try:
            blocks = yield from checkpoint_file.write(cluster, self.packs, self.packs.seal if head.sealed else None)
            head.position, head.packs, head.made = position, dict(self.packs.used), time.time()
            yield self.packs.end
            yield lambda: self._save(found, blocks)
        except BaseException:
            self.packs.abandon()
            if all(checkpoint.path != found.path for checkpoint in self.kept):
                found.path.unlink(missing_ok=True)
            raise
        self.kept = [c for c in self.kept if c.path != found.path]
        self.kept.append(found)
        self.kept.sort(key=lambda c: c.step)
        return found

    def _save(self, checkpoint: Checkpoint, blocks: bytes) -> None:
        self.packs.check_open()
        self.folder.mkdir(exist_ok=True)
        with written_whole(checkpoint.path) as file:
            file.write(checkpoint_file.head_bytes(checkpoint.head))
            file.write(blocks)

    def read(self, checkpoint: Checkpoint, *, to_go_on: bool = False) -> Work[Cluster]:
        """The state. Raises Damaged.

        to_go_on: the sandbox goes on from here, so what its record bytes are is remembered, and the
        next checkpoint need not write them again.
        """
        packs = self.packs if to_go_on else Packs(self.packs.folder)
        packs.forget_all()
        try:
            with open(checkpoint.path, "rb") as file:
                head = checkpoint_file.read_head(file)
                seal = packs.seal if head.sealed else None
                state = yield from checkpoint_file.read(file, os.fstat(file.fileno()).st_size, seal)
            cluster = yield from checkpoint_file.decode(state, head, packs)
        except OSError as problem:
            raise Damaged(str(problem)) from None
        except Damaged:
            packs.forget_all()
            raise
        finally:
            packs.close()
        return cluster

    def forget(self, gone: Iterable[Checkpoint]) -> list[Path]:
        """They are none any more; returns their files, to be deleted."""
        paths = [checkpoint.path for checkpoint in gone]
        self.kept = [checkpoint for checkpoint in self.kept if checkpoint.path not in paths]
        return paths

    def set_aside(self, checkpoint: Checkpoint) -> None:
        """It cannot be read: it keeps its content under another name."""
        self.forget([checkpoint])
        with contextlib.suppress(OSError):
            checkpoint.path.rename(checkpoint.path.with_suffix(".damaged"))

    def superfluous(self) -> list[Checkpoint]:
        """Those beyond CHECKPOINTS_MAX that leave the smallest gaps. The oldest and the newest two stay."""
        kept, gone = list(self.kept), []
        while len(kept) > CHECKPOINTS_MAX:
            _, number = min((kept[i + 1].step - kept[i - 1].step, i) for i in range(1, len(kept) - 2))
            gone.append(kept.pop(number))
        return gone

    def sweep(self) -> Callable[[], None]:
        """A job that deletes packs which nothing refers to, and what a killed process has left half done."""
        needed = [number for checkpoint in self.kept for number in checkpoint.head.packs]
        return partial(self._sweep, needed)

    def _sweep(self, needed: list[int]) -> None:
        self.packs.sweep(needed)
        for folder in (self.folder, self.packs.folder):
            for path in folder.glob("*.new"):
                with contextlib.suppress(OSError):
                    path.unlink()

    def size(self) -> int:
        """Bytes on disk."""
        total = 0
        for folder in (self.folder, self.packs.folder):
            for path in folder.glob("*"):
                with contextlib.suppress(OSError):
                    total += path.stat().st_size
        return total
