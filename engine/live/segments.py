"""The files of a journal: what stands in each one's header, which belong together, and where the last one ends.

A process that is killed, or a machine without power, leaves at the end of the last file a block that is
not whole: that much is cut off, for nobody was told of what it says. A block in the middle that is not
what was written is something else: what follows it *was* acknowledged. So before anything is cut off,
what comes after is looked at: if a whole group follows, and no page was lost as a power cut loses it (a
run of zeros up to a page's end), the file is damaged, and is refused instead of shortened.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crc32c import crc32c

from engine.live.blocks import BLOCK_HEAD_BYTES, NotOurs, opening, read_block, read_opening, written_whole
from engine.live.groups import HEAD_BYTES, head_of

MAGIC = b"RIACHO-J"
FORMAT = 2
# Raised when the engine does something else with the same inputs: then older journals would not replay as they were.
BEHAVIOUR = 4
SUFFIX = ".journal"

_PAGE = 4096
_HOLE_MIN = 64  # zeros at the end of a page that were never written
_AHEAD_MAX = 1 << 20  # bytes searched for a group behind a block that is not whole
_STEPS_AHEAD_MAX = 1 << 32


class JournalError(Exception):
    """code: DATA_FOLDER, DATA_IN_USE, NOT_A_JOURNAL, NO_JOURNAL, DIFFERENT_BEHAVIOUR, JOURNAL_DAMAGED, JOURNAL_SEALED
    or HISTORY_GONE.

    The text names the way out.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


def unusable(code: str, path: Path, why: str) -> JournalError:
    return JournalError(
        code,
        f"{path} {why}. Move that file away (the sandbox then goes on from its newest checkpoint, or begins anew if "
        "it has none), or start with another --data folder.",
    )


@dataclass(slots=True)
class Header:
    """base: {"scenario", "seed"}, or {"checkpoint": its step}: what the very first input was applied to.

    step, at: the World's when the segment began. previous: (step, bytes) of the segment before it.
    """

    base: dict[str, Any]
    step: int = 0
    at: int = 0
    behaviour: int = BEHAVIOUR
    previous: tuple[int, int] | None = None


@dataclass(slots=True)
class Segment:
    """start: where its first group begins. size: bytes that are written, the header included."""

    path: Path
    header: Header
    start: int
    size: int

    @property
    def step(self) -> int:
        return self.header.step


def make_segment(folder: Path, header: Header, *, durable: bool) -> Segment:
    """A new file with its header. Without ``durable``, that is left to the journal's next sync."""
    path = folder / f"{header.step:020d}{SUFFIX}"
    start = opening(
        MAGIC,
        {
            "format": FORMAT,
            "behaviour": header.behaviour,
            "base": header.base,
            "step": header.step,
            "at": header.at,
            "previous": header.previous,
        },
    )
    if durable:
        with written_whole(path) as file:
            file.write(start)
    else:
        making = path.with_name(path.name + ".new")
        making.write_bytes(start)
        making.replace(path)  # a process that is killed leaves no file without a header
    return Segment(path, header, len(start), len(start))


def found_in(folder: Path) -> list[Path]:
    """The segments' files, oldest first."""
    return sorted(folder.glob(f"*{SUFFIX}"))


def read_segment(path: Path) -> Segment:
    """Raises JournalError (NOT_A_JOURNAL)."""
    try:
        with open(path, "rb") as file:
            data = read_opening(file, MAGIC, "a journal of Riacho")
            start = file.tell()
            size = file.seek(0, 2)
        if data["format"] != FORMAT:
            raise unusable("DIFFERENT_BEHAVIOUR", path, f"has format {data['format']}, and this Riacho reads {FORMAT}")
        previous = tuple(data["previous"]) if data["previous"] is not None else None
        header = Header(data["base"], data["step"], data["at"], data["behaviour"], previous)
    except NotOurs as problem:
        raise unusable("NOT_A_JOURNAL", path, str(problem)) from None
    except (KeyError, TypeError):
        raise unusable("NOT_A_JOURNAL", path, "has a header that says too little") from None
    return Segment(path, header, start, size)


def contiguous(paths: list[Path], behaviour: int) -> list[Segment]:
    """The segments that can be replayed one after the other up to the last. Raises JournalError.

    After a power cut the last one may be a name without content: it is taken away, nothing was in it.
    """
    kept: list[Segment] = []
    for path in reversed(paths):
        try:
            segment = read_segment(path)
        except JournalError:
            if not kept and path is not paths[0] and _never_written(path):
                path.unlink()
                continue
            if not kept:
                raise
            break
        if segment.header.behaviour != behaviour:
            if not kept:
                why = (
                    f"was written by another version of Riacho (behaviour {segment.header.behaviour}; this one has "
                    f"{behaviour}) and would not replay as it was"
                )
                raise unusable("DIFFERENT_BEHAVIOUR", path, why)
            break
        if kept and kept[0].header.previous != (segment.step, segment.size):
            break
        kept.insert(0, segment)
        if segment.header.previous is None:
            break
    if not kept:
        raise JournalError("NO_JOURNAL", "There is no journal.")
    return kept


def _never_written(path: Path) -> bool:
    """Only zeros, or nothing: what a power cut leaves of a file that was not synced yet."""
    return not path.read_bytes()[:65_536].strip(b"\0")


def find_end(segment: Segment) -> int:
    """Where the last whole group ends. Raises JournalError (JOURNAL_DAMAGED) if whole groups follow what is broken."""
    step, at = segment.header.step, 0
    with open(segment.path, "rb") as file:
        file.seek(segment.start)
        whole = segment.start
        while (body := read_block(file, segment.size)) is not None:
            whole = file.tell()
            step, at = head_of(body)
        if whole == segment.size:
            return whole
        file.seek(whole)
        rest = file.read(_AHEAD_MAX)
    follows = _next_group(rest, step, at)
    if follows < 0 or _has_hole(rest[:follows], whole):
        return whole
    raise unusable("JOURNAL_DAMAGED", segment.path, f"is damaged at byte {whole:,}, and whole inputs follow")


def cut_tail(segment: Segment) -> tuple[int, Path | None]:
    """Cut off what follows the last whole group: how many bytes that was, and the file in which they are kept.

    Raises JournalError as ``find_end`` does.
    """
    whole = find_end(segment)
    if whole == segment.size:
        return 0, None
    aside = segment.path.with_suffix(".cut")
    with open(segment.path, "r+b") as file:
        file.seek(whole)
        with open(aside, "wb") as kept:
            shutil.copyfileobj(file, kept, 1 << 20)
        file.truncate(whole)
        os.fsync(file.fileno())
    cut, segment.size = segment.size - whole, whole
    return cut, aside


def _next_group(data: bytes, step: int, at: int) -> int:
    """Where, behind the beginning of ``data``, a whole group begins that may follow ``step`` and ``at``; or -1."""
    for start in range(1, len(data) - BLOCK_HEAD_BYTES - HEAD_BYTES):
        size = int.from_bytes(data[start : start + 4], "big")
        body = start + BLOCK_HEAD_BYTES
        if not HEAD_BYTES <= size <= len(data) - body:
            continue
        its_step, its_at = head_of(data[body : body + HEAD_BYTES])
        if not (step <= its_step <= step + _STEPS_AHEAD_MAX and its_at >= at):
            continue
        if crc32c(data[body : body + size]) == int.from_bytes(data[start + 4 : body], "big"):
            return start
    return -1


def _has_hole(data: bytes, offset: int) -> bool:
    """Somewhere in ``data``, which lies at ``offset``, a page ends in zeros."""
    first = -offset % _PAGE
    ends = [*range(first, len(data) + 1, _PAGE)]
    return any(end >= _HOLE_MIN and not data[end - _HOLE_MIN : end].strip(b"\0") for end in ends)
