"""What is kept of one sandbox: its journal and its checkpoints, in a folder of its own.

    journal/<step>.journal           the inputs since the step in its name (journal.py)
    checkpoints/<step>.checkpoint    the whole state at that step (checkpoints.py)
    chunks/<step>.pack               record bytes that checkpoints refer to (packs.py)

Theory of operation
-------------------
History is a *base* and the inputs since. The first base is a scenario and a seed, or the state of
another sandbox (a branch, an import), which is then the first checkpoint. ``restore`` brings a World to
where the journal ends, from the newest checkpoint there is (restoring.py); the result is the same from
wherever it starts.

    store = Store.create(folder, base)      or Store.open(folder)
    for progress in store.restore(): ...    then store.cluster, store.journal; store.notes for the log

While the sandbox lives, the host asks ``due`` now and then, and if so lets ``checkpoint`` do its work in
slices (slices.py). A clean end makes one too, so that the next start replays nothing. The journal is cut
at a checkpoint once it is too long or too old: there history begins then.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from engine.cluster import Cluster
from engine.limits import CHECKPOINT_BYTES, CHECKPOINT_STEPS, JOURNAL_AGE_KEPT_S, JOURNAL_BYTES_KEPT
from engine.live.checkpoints import Checkpoint
from engine.live.journal import JournalError, JournalFull, Position
from engine.live.past import dismantle
from engine.live.restoring import Base, Progress, Restored
from engine.live.slices import Work, at_once, in_passing
from engine.world.canonical import Damaged, NotCanonical
from engine.world.snapshots import freeze

__all__ = ["Base", "CheckpointFailed", "Progress", "Store"]

class CheckpointFailed(Exception):
    """The state could not be written down; the sandbox is none the worse for it, and its journal is whole."""


_AGAIN = 16  # a checkpoint that could not be made is tried again after this part of the usual distance


class Store(Restored):
    """folder: of the sandbox. cluster, journal: there once ``restore`` has run to its end.

    notes: sentences for the log on how it was opened. restarted: what the ``restart`` input says after a
    replay; None for a sandbox that is new. cut: the journal is cut when it is too long.
    """

    def __init__(self, folder: Path, base: Base | None, cut: bool) -> None:
        super().__init__(folder, base, cut)
        self.checkpoint_bytes, self.checkpoint_steps = CHECKPOINT_BYTES, CHECKPOINT_STEPS
        self._busy = False

    @classmethod
    def exists(cls, folder: Path) -> bool:
        """Something of a sandbox is kept there."""
        if (folder / "journal").is_file():  # of the first version
            return True
        return any(any((folder / part).glob(f"*.{part.rstrip('s')}")) for part in ("journal", "checkpoints"))

    @classmethod
    def create(cls, folder: Path, base: Base, *, cut: bool = True) -> Store:
        """A new sandbox.

        base: {"scenario", "seed"}; or {"cluster"}: one that nobody else has; or {"checkpoint"}: bytes that
        ``to_bytes`` (checkpoint_file.py) has made, here or elsewhere.
        """
        return cls(folder, base, cut)

    @classmethod
    def open(cls, folder: Path, *, cut: bool = True) -> Store:
        """One that is there."""
        return cls(folder, None, cut)

    # --- checkpoints --------------------------------------------------------------------------------

    def due(self) -> bool:
        """It is time for a checkpoint: replaying what came since the last would take too long."""
        if self._busy:
            return False
        steps, size = self._last
        return (
            self.journal.size - size >= self.checkpoint_bytes
            or self.cluster.world.steps - steps >= self.checkpoint_steps
        )

    def checkpoint(self) -> Work[Checkpoint | None]:
        """Write the state of this very instant down, in slices. Returns None if one is being made already.

        Raises CheckpointFailed, mostly for want of room: the sandbox goes on, and it is tried again later.
        """
        if self._busy:
            return None
        self._busy = True
        copy: Cluster | None = None
        world, journal = self.cluster.world, self.journal
        try:
            position = journal.roll(world.steps, world.now)
            self._last = (world.steps, journal.size)
            if (known := self._made_at(position)) is not None:
                return known
            frozen = freeze(self.cluster)
            yield None
            copy = frozen.thaw()
            yield None
            yield journal.sync
            made = yield from self.checkpoints.write(copy, position)
            yield from self._tidy()
            return made
        except (OSError, JournalFull, NotCanonical) as problem:
            self._last = (
                world.steps - self.checkpoint_steps + self.checkpoint_steps // _AGAIN,
                journal.size - self.checkpoint_bytes + self.checkpoint_bytes // _AGAIN,
            )
            raise CheckpointFailed(str(problem)) from problem
        finally:
            self._busy = False
            if copy is not None:
                dismantle(copy)

    def _made_at(self, position: Position) -> Checkpoint | None:
        """The newest checkpoint, if nothing has happened since."""
        newest = self.checkpoints.newest
        if newest is None or newest.step != self.cluster.world.steps or self.journal.distance(newest.position):
            return None
        return newest

    def _tidy(self) -> Work[None]:
        """Keep no more than is wanted: checkpoints, journal, packs. The files are deleted in a thread."""
        gone = self.checkpoints.forget(self.checkpoints.superfluous())
        if self.cut and (first := self._cut_at()) is not None:
            gone += self.journal.forget(first.position.segment)
            gone += self.checkpoints.forget([c for c in self.checkpoints.kept if c.step < first.step])
        yield partial(_delete, gone)
        yield self.checkpoints.sweep()

    def _cut_at(self) -> Checkpoint | None:
        """The checkpoint at which history is to begin from now on, if it is too long or too old. Two of them stay."""
        journal = self.journal
        oldest = time.time() - JOURNAL_AGE_KEPT_S
        begin, first = journal.start, None
        for checkpoint in self.checkpoints.kept[:-1]:
            segment = next(s for s in journal.segments if s.step == begin.segment)
            if journal.distance(begin) <= JOURNAL_BYTES_KEPT and segment.path.stat().st_mtime >= oldest:
                break
            if checkpoint.position.segment > begin.segment:
                begin, first = checkpoint.position, checkpoint
        return first

    # --- looking back -------------------------------------------------------------------------------

    def begins(self) -> tuple[int, int]:
        """(step, time) of the first moment that can be restored."""
        if self._first_base() is not None:
            header = self.journal.segments[0].header
            return header.step, header.at
        for checkpoint in self.checkpoints.kept:
            if self.journal.holds(checkpoint.position):
                return checkpoint.step, checkpoint.head.at
        return self.cluster.world.steps, self.cluster.world.now

    def restore_at(self, step: int, at: int) -> Iterator[tuple[Cluster, Position] | None]:
        """The last state kept of that moment or before, with its place in the journal, made in pieces.

        Yields None until it is there. Raises JournalError (HISTORY_GONE).
        """
        for checkpoint in reversed(self.checkpoints.kept):
            if checkpoint.step > step or checkpoint.head.at > at or not self.journal.holds(checkpoint.position):
                continue
            with contextlib.suppress(Damaged):
                cluster = yield from in_passing(self.checkpoints.read(checkpoint), None)
                yield cluster, checkpoint.position
                return
        base = self._first_base()
        first_step, first_at = self.begins()
        if base is None or first_step > step or first_at > at:
            raise JournalError("HISTORY_GONE", f"History begins at step {first_step:,}, {first_at / 1e9:,.3f} s.")
        yield Cluster(base["scenario"], base["seed"]), self.journal.start

    # --- the end ------------------------------------------------------------------------------------

    def close(self, *, checkpoint: bool = True) -> None:
        """Leave everything on disk. The journal may be closed already. Raises JournalFull, CheckpointFailed.

        checkpoint: the World is as it should be, and is written down, so that the next start is quick.
        """
        try:
            self.journal.close()
            if checkpoint and not self._busy:
                at_once(self._last_checkpoint())
        except (OSError, NotCanonical) as problem:
            raise CheckpointFailed(str(problem)) from problem
        finally:
            self.checkpoints.packs.closed = True

    def _last_checkpoint(self) -> Work[None]:
        position = self.journal.tell()
        if self._made_at(position) is None:
            yield from self.checkpoints.write(self.cluster, position)
            yield from self._tidy()

    def size(self) -> int:
        """Bytes on disk."""
        return self.journal.size + self.checkpoints.size()


def _delete(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
