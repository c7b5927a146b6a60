"""The journal: every input of a sandbox, in the order and the grouping in which the World took them.

Theory of operation
-------------------
The World is a function of its inputs, so a base and the journal since *are* the sandbox: opened again,
the inputs are replayed. It is written before any byte that depends on an input leaves the process,
with one system call an instant (pen.py): killing the process loses nothing that anybody was told. It is
synced to the disk once a second, in a thread: a power cut may cost that second.

It is a folder of *segments*, each a file of blocks (blocks.py) named by the step at which it begins. A
new one begins at each checkpoint (``roll``), so that what is older than a checkpoint can be deleted by
the file. The header names the format, the behaviour the inputs were made under, the base, and the
segment before with its size, so that a missing one is noticed. Each further block is a *group*: the
inputs of one instant. A group without inputs is a *mark*: "up to this step the engine had gone of
itself (timers, its own clients) when something left the process".

A ``Position`` is a place between two groups. What a crash can leave half done at the very end is cut
off when the journal is opened (segments.py says how that is told from damage), kept aside, and said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from engine.live.blocks import read_block
from engine.live.groups import Group, pack_group, sealed, unpack_group
from engine.live.pen import Pen
from engine.live.sealing import Seal, Unsealable
from engine.live.segments import (
    BEHAVIOUR,
    Header,
    JournalError,
    Segment,
    contiguous,
    cut_tail,
    found_in,
    make_segment,
    unusable,
)

__all__ = ["BEHAVIOUR", "Group", "Header", "Journal", "JournalError", "JournalFull", "Position"]


class Position(NamedTuple):
    """Between two groups. segment: the step its file begins at. offset: bytes into that file, 0 for its beginning.

    They are ordered.
    """

    segment: int
    offset: int


class JournalFull(Exception):
    """Nothing more can be written down: code JOURNAL_FULL (our own limit) or DISK_FULL (or broken); with the reason."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class Journal:
    """An open journal, positioned at its end. Made by ``create`` or ``open``.

    header: of the segment that is written now. size: bytes of all segments. cut: bytes of a torn tail
    that were cut off when it was opened, and are in ``aside``. limit: of size; None for none. seal: see sealing.py.
    """

    def __init__(self, folder: Path, segments: list[Segment], limit: int | None) -> None:
        self.folder, self.limit = folder, limit
        self.segments = segments
        self.size = sum(segment.size for segment in segments)
        self.cut = 0
        self.aside: Path | None = None
        self.broken: JournalFull | None = None
        self.seal = Seal(folder.parent)
        self._pen = Pen(self.path)

    # --- opening ------------------------------------------------------------------------------------

    @classmethod
    def create(cls, folder: Path, header: Header, limit: int | None) -> Journal:
        """A new journal: its first segment is whole and durable before it has its name."""
        folder.mkdir(parents=True, exist_ok=True)
        segment = make_segment(folder, header, durable=True)
        return cls(folder, [segment], limit)

    @classmethod
    def open(cls, folder: Path, limit: int | None, behaviour: int = BEHAVIOUR) -> Journal:
        """An existing journal, its torn tail cut off. Raises JournalError when it cannot be carried on.

        It begins where its segments hang together: what lies before a gap, or was made under another
        behaviour, is no part of it.
        """
        if folder.is_file():
            raise unusable("DIFFERENT_BEHAVIOUR", folder, "was written by an older version of Riacho")
        segments = contiguous(found_in(folder), behaviour)
        cut, aside = cut_tail(segments[-1])
        journal = cls(folder, segments, limit)
        journal.cut, journal.aside = cut, aside
        return journal

    # --- places -------------------------------------------------------------------------------------

    @property
    def path(self) -> Path:
        """The file that is written now."""
        return self.segments[-1].path

    @property
    def header(self) -> Header:
        return self.segments[-1].header

    @property
    def start(self) -> Position:
        """Before the first group that is kept."""
        first = self.segments[0]
        return Position(first.step, first.start)

    def tell(self) -> Position:
        """Behind all that was appended so far."""
        last = self.segments[-1]
        return Position(last.step, last.size + self._pen.waiting)

    def distance(self, position: Position) -> int:
        """Bytes from ``position`` to the end."""
        later = sum(segment.size - segment.start for segment in self.segments if segment.step > position.segment)
        here = next((s for s in self.segments if s.step == position.segment), None)
        return later + (here.size - max(position.offset, here.start) if here is not None else 0)

    def holds(self, position: Position) -> bool:
        """It can be read from there on."""
        return any(s.step == position.segment and position.offset <= s.size for s in self.segments)

    def read(self, position: Position | None = None) -> Iterator[tuple[Group, Position]]:
        """The groups from ``position`` on (None: all), each with the position behind it.

        What was appended meanwhile is read too. Raises JournalError: HISTORY_GONE if the segment is no
        longer there, JOURNAL_DAMAGED at a group that is not what was written.
        """
        if self.broken is None:
            self.flush()
        step, offset = position if position is not None else self.start
        while True:
            segment = next((s for s in self.segments if s.step == step), None)
            if segment is None:
                raise JournalError("HISTORY_GONE", f"The journal {self.folder} no longer holds step {step}.")
            offset = max(offset, segment.start)
            with open(segment.path, "rb") as file:
                file.seek(offset)
                while offset < segment.size:
                    body = read_block(file, segment.size)
                    if body is None:
                        raise unusable("JOURNAL_DAMAGED", segment.path, f"is damaged at byte {offset:,}")
                    offset = file.tell()
                    try:
                        group = unpack_group(body, self.seal)
                    except Unsealable as problem:
                        raise unusable("JOURNAL_SEALED", segment.path, str(problem)) from None
                    yield group, Position(step, offset)
            following = next((s for s in self.segments if s.step > step), None)
            if following is None:
                return
            step, offset = following.step, following.start

    # --- writing ------------------------------------------------------------------------------------

    def append(self, step: int, at: int, held: bool, inputs: Sequence[Any]) -> None:
        """Take one group; it is written by the next ``flush``."""
        parts = pack_group(step, at, held, inputs)
        if self.seal.on and inputs:
            parts = [sealed(parts, self.seal)]
        self._pen.take(parts)

    def seal_from_now_on(self) -> None:
        """What is appended from here on is sealed. Without room for the key nothing more is taken."""
        if not self.seal.on and self.broken is None:
            try:
                self.seal.begin()
            except OSError as error:
                self.broken = self._failed(error)

    def flush(self) -> None:
        """Hand all that was appended to the operating system.

        Raises JournalFull; then nothing of it is kept, and nothing more is taken: whoever depends on what
        was lost is told so too.
        """
        if self.broken is not None:
            raise self.broken
        size = self._pen.waiting
        if not size:
            return
        if self.limit is not None and self.size + size > self.limit:
            self._pen.drop()
            self.broken = JournalFull(
                "JOURNAL_FULL", f"The journal {self.path} has reached its limit of {self.limit:,} bytes."
            )
            raise self.broken
        last = self.segments[-1]
        try:
            self._pen.write(last.size)
        except OSError as error:
            self.broken = self._failed(error)
            raise self.broken from None
        last.size += size
        self.size += size

    def roll(self, step: int, at: int) -> Position:
        """Begin a new segment at ``step`` and ``at``, the World's. Returns where it begins.

        A segment that has no group yet, or begins at this very step, is gone on with. Raises
        JournalFull if there is no room for a new file; then the old one is gone on with.
        """
        self.flush()
        last = self.segments[-1]
        if step > last.step and last.size > last.start:
            header = Header(last.header.base, step, at, last.header.behaviour, (last.step, last.size))
            try:
                segment = make_segment(self.folder, header, durable=False)
                self._pen.turn(segment.path)
            except OSError as error:
                raise self._failed(error) from None
            self.segments.append(segment)
            self.size += segment.size
        return self.tell()

    def forget(self, step: int) -> list[Path]:
        """What was before the segment of ``step`` is no part of it any more; returns the files, to be deleted."""
        gone = [segment for segment in self.segments[:-1] if segment.step < step]
        del self.segments[: len(gone)]
        self.size -= sum(segment.size for segment in gone)
        return [segment.path for segment in gone]

    def sync(self) -> None:
        """Make durable what was flushed; does nothing if there is nothing new. Called in a thread."""
        try:
            self._pen.sync(self.folder)
        except OSError as error:
            raise self._failed(error) from None

    def close(self) -> None:
        """Raises JournalFull if what was appended last cannot be written."""
        try:
            if self.broken is None:
                self.flush()
            self.sync()
        finally:
            self._pen.close()

    def _failed(self, error: OSError) -> JournalFull:
        return JournalFull("DISK_FULL", f"The journal {self.path} could not be written: {error.strerror}.")
