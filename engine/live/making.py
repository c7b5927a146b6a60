"""Making a sandbox's folder with all that is in it, and taking it away: whole, or it did not happen.

One in the making has a marker in its folder, one that is taken away is first renamed; whatever a crash leaves of
either is swept up at the next start (``kept.sweep``).
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.live.asks.asking import Refused
from engine.live.entry import Entry
from engine.live.folder import DataFolder
from engine.live.instants import Given
from engine.live.journal import JournalError
from engine.live.kept import MAKING, Kept, put_away
from engine.live.opening import Opener
from engine.live.ports import PortTaken
from engine.live.stage import Stage
from engine.live.store import Base, Store

if TYPE_CHECKING:
    from engine.live.hosting import Outlet


class Maker:
    """kept: all sandboxes by id. stages: those that are open. first: that one cannot be without its ports."""

    def __init__(
        self, data: DataFolder, outlet: Outlet, opener: Opener, kept: dict[str, Kept], stages: dict[str, Stage],
        first: str,
    ) -> None:  # fmt: skip
        self._data, self._outlet, self._opener, self._kept, self._stages = data, outlet, opener, kept, stages
        self._first = first

    async def make(self, entry: Entry, base: Base, given: Sequence[Given] = ()) -> Kept:
        folder = self._data.sandbox(entry.id)
        kept = self._kept[entry.id] = Kept(entry, folder)
        try:
            (folder / MAKING).touch()
            await self._opener.bring_up(kept, Store.create(folder, base), given)
            if entry.scenario is None and kept.store is not None:
                entry.scenario = kept.store.cluster.given
            await asyncio.to_thread(entry.save, folder)
            (folder / MAKING).unlink()
        except BaseException as problem:
            self._stages.pop(entry.id, None)
            kept.close(checkpoint=False)
            del self._kept[entry.id]
            with contextlib.suppress(OSError):
                shutil.rmtree(put_away(folder), ignore_errors=True)
            if isinstance(problem, OSError):
                raise self.no_room(problem) from None
            if isinstance(problem, JournalError):
                raise Refused(507, problem.code, problem.reason) from None
            if isinstance(problem, PortTaken) and entry.id != self._first:
                raise Refused(409, "NO_PORTS", str(problem)) from None
            raise
        self.tell(kept, "created")
        return kept

    async def take_away(self, kept: Kept, then: Kept | None = None) -> None:
        """Close it and delete its folder. then: stands in its place at once, so that nobody finds it gone meanwhile."""
        if kept.opening is not None:
            kept.opening.cancel()
            await asyncio.wait((kept.opening,))
        self._stages.pop(kept.entry.id, None)
        kept.close(checkpoint=False)
        del self._kept[kept.entry.id]
        if then is not None:
            self._kept[kept.entry.id] = then
        with contextlib.suppress(FileNotFoundError):
            await asyncio.to_thread(shutil.rmtree, put_away(kept.folder), True)

    def no_room(self, problem: OSError) -> Refused:
        where = f"{self._data.path} cannot be written: {problem.strerror}."
        return Refused(507, "DISK_FULL", f"{where} Make room on this machine's disk, or delete a sandbox.")

    def tell(self, kept: Kept, what: str) -> None:
        self._outlet.notice(kept.notice(what))
