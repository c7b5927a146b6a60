"""How a sandbox is opened: from the newest state that is whole, and the journal since.

What can be wrong, and what is done then; each is said in ``notes`` or in the refusal:

=============================================  ==================================================================
the journal ends in the middle of a group      cut off, kept aside: nobody was told of it
the newest checkpoint is damaged               the one before it and the journal since, or the very first base
the journal is damaged before the checkpoint   nothing: it is only needed to look back so far
the journal is damaged after it                refused: what follows was acknowledged
the journal, or its end, is not there          the newest checkpoint is all there is: history begins there
it was made under another BEHAVIOUR            the same, if nothing follows the checkpoint; or else refused
=============================================  ==================================================================
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from engine.cluster import Cluster
from engine.limits import JOURNAL_BYTES_MAX
from engine.live import checkpoint_file, sealing
from engine.live.checkpoints import Checkpoint, Checkpoints
from engine.live.journal import BEHAVIOUR, Header, Journal, JournalError, Position
from engine.live.layout import layout
from engine.live.replaying import replay
from engine.live.slices import in_passing
from engine.world.canonical import Damaged

T = TypeVar("T")
Base: TypeAlias = "dict[str, Any]"
Told: TypeAlias = "Generator[Progress, None, T]"


@dataclass(slots=True)
class Progress:
    """Of opening a sandbox. read, of: bytes of the journal. inputs: so far."""

    read: int = 0
    of: int = 0
    inputs: int = 0


class Restored:
    """See Store (store.py), which is one that lives on."""

    cluster: Cluster
    journal: Journal

    def __init__(self, folder: Path, base: Base | None, cut: bool) -> None:
        self.folder, self.cut = folder, cut
        self.checkpoints = Checkpoints(folder)
        self.notes: list[str] = []
        self.restarted: dict[str, int] | None = None
        self._base = base
        self._last = (0, 0)  # steps, and bytes of the journal, at the last checkpoint

    def restore(self) -> Iterator[Progress]:
        """Bring ``cluster`` to where ``journal`` ends. Raises JournalError, and CommandRefused by a scenario."""
        layout()  # read once a process, now rather than beside everything else
        try:
            if self._base is not None:
                yield from self._begin(self._base)
                self._base = None
            else:
                yield from self._restore()
        except OSError as error:
            raise JournalError(
                "DATA_FOLDER",
                f"{self.folder} cannot be used: {error.strerror}. Make room there, or give another folder with --data.",
            ) from None

    # --- a new one ----------------------------------------------------------------------------------

    def _begin(self, base: Base) -> Told[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        if "scenario" in base:
            self.cluster = Cluster(base["scenario"], base["seed"])
            self._new_journal({"scenario": base["scenario"], "seed": base["seed"]})
        else:
            if "cluster" in base:
                self.cluster = base["cluster"]
            else:
                try:
                    self.cluster = yield from in_passing(checkpoint_file.from_bytes(base["checkpoint"]), Progress())
                except Damaged as problem:
                    raise JournalError("DAMAGED", f"What the sandbox is to begin with {problem}.") from None
            yield from self._begin_with_checkpoint()
        self._last = (self.cluster.world.steps, self.journal.size)

    def _begin_with_checkpoint(self) -> Told[None]:
        """History begins with the state as it is now: first the checkpoint, then the journal after it."""
        if sealing.wanted(self.cluster):
            self.checkpoints.packs.seal.begin()
        step = self.cluster.world.steps
        yield from in_passing(self.checkpoints.write(self.cluster, Position(step, 0)), Progress())
        self._new_journal({"checkpoint": step})

    def _new_journal(self, base: dict[str, Any]) -> None:
        world = self.cluster.world
        header = Header(base, world.steps, world.now, BEHAVIOUR)
        self.journal = Journal.create(self.folder / "journal", header, self._limit)

    @property
    def _limit(self) -> int | None:
        return JOURNAL_BYTES_MAX if self.cut else None

    # --- one that was there -------------------------------------------------------------------------

    def _restore(self) -> Told[None]:
        for path, problem in self.checkpoints.damaged:
            self.notes.append(f"{path} {problem}; it is left alone.")
        try:
            self.journal = Journal.open(self.folder / "journal", self._limit, BEHAVIOUR)
        except JournalError as error:
            if error.code not in ("NO_JOURNAL", "DIFFERENT_BEHAVIOUR"):
                raise
            yield from self._restore_without(error)
            return
        if self.journal.cut:
            self.notes.append(
                f"The last {self.journal.cut:,} bytes of {self.journal.path} were not whole and are cut off (kept in "
                f"{self.journal.aside}): Riacho was ended while writing them, and nobody had been told of what "
                "they say."
            )
        try:
            newest = self.checkpoints.newest
            if newest is not None and newest.head.behaviour == BEHAVIOUR and newest.position > self.journal.tell():
                self.journal.close()
                yield from self._restore_without(JournalError("NO_JOURNAL", "The end of the journal is not there."))
                return
            position = yield from self._stand_on_base()
            yield from self._replay(position)
        except BaseException:
            self.journal.close()
            raise
        self.checkpoints.sweep()()

    def _stand_on_base(self) -> Told[Position]:
        """Takes the newest state that is whole; returns its place in the journal."""
        for checkpoint in reversed(self.checkpoints.kept):
            if checkpoint.head.behaviour != BEHAVIOUR or not self.journal.holds(checkpoint.position):
                continue
            try:
                self.cluster = yield from in_passing(self.checkpoints.read(checkpoint, to_go_on=True), Progress())
            except Damaged as problem:
                self.notes.append(f"{checkpoint.path} {problem}: it is set aside, and the state before it is taken.")
                self.checkpoints.set_aside(checkpoint)
                continue
            self._last = (checkpoint.step, self.journal.size - self.journal.distance(checkpoint.position))
            return checkpoint.position
        base = self._first_base()
        if base is None:
            raise JournalError(
                "NO_BASE",
                f"No checkpoint in {self.checkpoints.folder} can be read, and the journal does not reach back to the "
                f"beginning. Put back what was there, start with another --data folder, or move {self.folder} away: "
                "the sandbox then begins anew.",
            )
        self.cluster = Cluster(base["scenario"], base["seed"])
        self._last = (self.cluster.world.steps, 0)
        return self.journal.start

    def _first_base(self) -> dict[str, Any] | None:
        """The scenario and seed, if the journal still reaches back to them."""
        header = self.journal.segments[0].header
        return header.base if header.previous is None and "scenario" in header.base else None

    def _replay(self, position: Position) -> Told[None]:
        journal = self.journal
        of = journal.distance(position)
        inputs = 0
        try:
            for inputs, reached in replay(self.cluster.world, journal, position):
                yield Progress(of - journal.distance(reached), of, inputs)
        except JournalError:
            raise
        except Exception as error:
            raise JournalError(
                "REPLAY_FAILED",
                f"{journal.folder} cannot be replayed beyond its first {inputs:,} inputs: {error}. Move that folder "
                "away (the sandbox then goes on from its newest checkpoint, or begins anew if it has none), or start "
                "with another --data folder.",
            ) from error
        self._tell_restarted(inputs)

    def _tell_restarted(self, inputs: int) -> None:
        world = self.cluster.world
        left_at = world.now + world.calendar_offset
        self.restarted = {"inputs": inputs, "away_ms": max(0, time.time_ns() - left_at) // 1_000_000}

    # --- without its journal ------------------------------------------------------------------------

    def _restore_without(self, why: JournalError) -> Told[None]:
        """What the newest checkpoint holds is all there is; what cannot be replayed is set aside."""
        checkpoint = self.checkpoints.newest
        other = why.code == "DIFFERENT_BEHAVIOUR"
        if checkpoint is None or (other and not self._is_the_end(checkpoint)):
            raise why
        try:
            self.cluster = yield from in_passing(self.checkpoints.read(checkpoint), Progress())
        except Damaged as problem:
            raise JournalError(why.code, f"{checkpoint.path} {problem}. {why.reason}") from None
        what = "was made by another version of Riacho" if other else "is not there, or its end is not"
        self.notes.append(
            f"The journal of {self.folder} {what}: the sandbox goes on from its checkpoint of step "
            f"{checkpoint.step:,}, and what lies before that cannot be looked at any more."
        )
        old = self.folder / "journal"
        if old.exists():
            old.rename(_free(self.folder / f"journal-until-{checkpoint.step}"))
        gone = self.checkpoints.forget(self.checkpoints.kept)
        yield from self._begin_with_checkpoint()
        for path in gone:
            if path != self.checkpoints.kept[0].path:
                path.unlink(missing_ok=True)
        self.checkpoints.sweep()()
        self._last = (checkpoint.step, self.journal.size)
        self._tell_restarted(0)

    def _is_the_end(self, checkpoint: Checkpoint) -> bool:
        """Nothing was written down after it: its sandbox was ended in good order."""
        try:
            journal = Journal.open(self.folder / "journal", self._limit, checkpoint.head.behaviour)
        except JournalError:
            return False
        end = journal.tell()
        journal.close()
        return checkpoint.position == end


def _free(path: Path) -> Path:
    """A name that nobody has yet."""
    number = 1
    while path.exists():
        number += 1
        path = path.with_name(f"{path.name.split('~')[0]}~{number}")
    return path
