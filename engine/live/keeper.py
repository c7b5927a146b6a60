"""The keeper of a host's sandboxes: makes, opens, branches, renames, resets and deletes them.

Theory of operation
-------------------
A sandbox is a folder (store.py) with an entry (entry.py). The first, ``demo``, is there always: it is made
if it is missing, begun anew rather than deleted, and opened before the host says that it is ready. All
others are opened one after the other behind its back, in slices, so that whoever waits is served. One
that cannot be opened stays on the list with the reason; the others do not notice.

What changes the list goes one at a time (``_changing``), and each change is whole or did not happen
(making.py).
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cluster.scenario import DEMO
from engine.limits import SANDBOXES_MAX
from engine.live.asks.asking import Refused, invalid
from engine.live.asks.time import out_of_reach
from engine.live.aws.credentials import Keys
from engine.live.entry import Entry, is_id, load, new_id, now_ms
from engine.live.folder import DataFolder
from engine.live.history import Gone, Unreachable
from engine.live.instants import Given
from engine.live.journal import JournalError
from engine.live.kept import Kept, forget_failures, sweep
from engine.live.log import log
from engine.live.making import Maker
from engine.live.opening import Opener
from engine.live.seeds import beginning, new_cluster_id, new_seed, seed_for
from engine.live.stage import Stage
from engine.live.store import Base, Store
from engine.live.worlds import Shelf
from engine.machine import MILLISECOND
from engine.world.inputs import BRANCH

if TYPE_CHECKING:
    from engine.live.hosting import HostConfig, Outlet


class Keeper:
    """kept: all sandboxes by id. stages: those that are open (shared with the facade). shelf: saved worlds.

    taken_away: how many have left garbage since it was last collected.
    """

    def __init__(self, config: HostConfig, outlet: Outlet, stages: dict[str, Stage]) -> None:
        self._config, self._outlet, self.stages = config, outlet, stages
        self.first = config.name
        self._loop = asyncio.get_running_loop()
        self.kept: dict[str, Kept] = {}
        self.taken_away = 0
        self._opener = Opener(config, outlet, self.kept, stages)
        self._changing = asyncio.Lock()
        self._temporary = Path(tempfile.mkdtemp(prefix="riacho-")) if config.data is None else None
        try:
            self._data = DataFolder(config.data or self._temporary)  # type: ignore[arg-type]
        except JournalError:
            self._forget_temporary()
            raise
        self._maker = Maker(self._data, outlet, self._opener, self.kept, stages, self.first)
        self.shelf = Shelf(self._data.path / "worlds")
        self.keys = Keys(lambda: {name: kept.folder for name, kept in self.kept.items()})

    # --- the life of the host -----------------------------------------------------------------------

    def load(self) -> None:
        """Learn which sandboxes there are, without opening any."""
        folder = self._data.path / "sandboxes"
        folder.mkdir(exist_ok=True)
        sweep(folder)
        for path in sorted(folder.iterdir()):
            if not path.is_dir() or not is_id(path.name):
                continue
            try:
                self.kept[path.name] = Kept(load(path), path)
            except ValueError as problem:
                entry = Entry(path.name, path.name)
                self.kept[path.name] = Kept(entry, path, problem={"code": "ENTRY_DAMAGED", "reason": str(problem)})

    async def begin(self, told: Callable[[float], None]) -> None:
        """Open the first sandbox; told: how far that is, 0 to 1. Raises CommandRefused, PortTaken.

        If what is kept of it cannot be opened, that is its problem, and the host's no more.
        """
        name = self.first
        kept = self.kept.get(name)
        scenario = self._config.scenario
        if kept is None or not (Store.exists(kept.folder) or kept.problem):
            scenario = scenario or {**DEMO, "name": name}
            entry = Entry(name, name, created_ms=now_ms(), scenario=scenario)
            seed = self._config.seed if self._config.seed is not None else new_seed()
            await self._maker.make(entry, beginning(scenario, seed))
            return
        if scenario is not None and kept.entry.scenario not in (None, scenario):
            log(f"The sandbox goes on from {kept.folder}; another scenario is for a new one: choose another --data.")
        await self._opener.open_kept(kept, told)

    async def open_others(self) -> None:
        """Open all that were there already, one after the other."""
        for name in list(self.kept):
            kept = self.kept.get(name)
            if kept is not None and kept.stage is None and kept.problem is None:
                kept.opening = self._loop.create_task(self._opener.open_kept(kept))
                await asyncio.wait((kept.opening,))
                kept.opening = None

    def close(self, *, well: bool) -> None:
        """The end of the host. well: nothing broke. What breaks here keeps no other sandbox from its end."""
        broken: list[Exception] = []
        for kept in self.kept.values():
            if kept.opening is not None:
                kept.opening.cancel()
            self.stages.pop(kept.entry.id, None)
            try:
                kept.close(checkpoint=well)
            except Exception as problem:
                broken.append(problem)
            if well and kept.problem is None:
                forget_failures(kept.folder)
        self._data.close()
        self._forget_temporary()
        if broken:
            raise broken[0]

    def _forget_temporary(self) -> None:
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)

    # --- looking ------------------------------------------------------------------------------------

    def get(self, name: Any) -> Kept:
        """Raises Refused."""
        kept = self.kept.get(name) if isinstance(name, str) else None
        if kept is None:
            raise Refused(404, "NOT_FOUND", f"There is no sandbox {name!r}; there are: {', '.join(self.kept)}.")
        return kept

    def stage(self, name: Any) -> Stage:
        """An open sandbox. Raises Refused; the reason says what to do."""
        kept = self.get(name)
        if kept.stage is not None:
            return kept.stage
        if kept.problem is not None:
            raise Refused(409, kept.problem["code"], kept.problem["reason"])
        done = f"{kept.progress:.0%}"
        raise Refused(503, "SANDBOX_OPENING", f"The sandbox {name} is being opened ({done}); ask again in a moment.")

    # --- changing the list --------------------------------------------------------------------------

    async def create(self, scenario: dict[str, Any], *, name: str, owner: str = "", seed: int | None = None) -> Kept:
        """A new sandbox that begins with a scenario. Raises Refused, CommandRefused."""
        async with self._changing:
            entry = self._entry(name, owner, scenario=scenario)
            return await self._maker.make(entry, beginning(scenario, seed_for(scenario) if seed is None else seed))

    async def branch(
        self, parent: Kept, step: int | None = None, at: int | None = None, *, name: str, owner: str = "",
        first: Sequence[Given] = (),
    ) -> Kept:  # fmt: skip
        """One that begins as ``parent`` was then (past.py; none: now). first: done in it at once. Raises Refused."""
        async with self._changing:
            sandbox, history = parent.sandbox, parent.history
            if sandbox is None or history is None:
                raise Refused(409, "NOT_OPEN", f"The sandbox {parent.entry.id} is not open: it cannot be branched.")
            sandbox.look()
            if step is not None and step > sandbox.world.steps:
                raise invalid(f"It has taken {sandbox.world.steps:,} steps so far: there is no step {step:,} yet.")
            try:
                cluster = await history.branch(step, at)
            except (Gone, Unreachable) as problem:
                raise out_of_reach(problem) from None
            entry = self._entry(
                name or parent.entry.name, owner, scenario=parent.entry.scenario, parent=parent.entry.id,
                parent_name=parent.entry.name, parent_step=cluster.world.steps,
                parent_ms=cluster.world.now // MILLISECOND,
            )  # fmt: skip
            told = {"of": entry.parent, "step": entry.parent_step, "name": entry.parent_name}
            told["cluster_id"] = new_cluster_id()
            kept = await self._maker.make(entry, {"cluster": cluster}, [("host", BRANCH, told), *first])
            if kept.history is not None:
                kept.history.volume.inherit(history.volume)
            return kept

    async def adopt(self, base: Base, given: Sequence[Given] = (), *, name: str, owner: str = "") -> Kept:
        """A sandbox from elsewhere (an import): base, as Store.create takes it; given: its first inputs here."""
        async with self._changing:
            return await self._maker.make(self._entry(name, owner), base, given)

    async def rename(self, kept: Kept, name: str) -> None:
        async with self._changing:
            before, kept.entry.name = kept.entry.name, name
            try:
                await asyncio.to_thread(kept.entry.save, kept.folder)
            except OSError as problem:
                kept.entry.name = before
                raise self._maker.no_room(problem) from None
        self._maker.tell(kept, "renamed")

    async def reset(self, kept: Kept) -> None:
        """Begin anew from the scenario, with the same id, name, owner and ports; what was there is gone."""
        async with self._changing:
            scenario = kept.entry.scenario or (DEMO if kept.entry.id == self.first else None)
            if scenario is None:
                raise Refused(409, "NO_SCENARIO", "It is not known from what it began: delete it and make another.")
            await self._anew(kept, scenario, seed_for(scenario))

    async def begin_anew(
        self, kept: Kept, scenario: dict[str, Any], *, seed: int | None = None, name: str | None = None
    ) -> None:
        """The same from another scenario (which must be one that can be read): whoever looks goes on looking."""
        async with self._changing:
            kept.entry.name = name or kept.entry.name
            await self._anew(kept, scenario, seed_for(scenario) if seed is None else seed)

    async def _anew(self, kept: Kept, scenario: dict[str, Any], seed: int) -> None:
        entry = kept.entry
        self.keys.look()
        await self._maker.take_away(kept, Kept(entry, kept.folder))
        self.taken_away += 1
        entry.scenario, entry.parent, entry.parent_name, entry.parent_step, entry.parent_ms = scenario, "", "", 0, 0
        self._maker.tell(await self._maker.make(entry, beginning(scenario, seed)), "anew")
        self.keys.keep(entry.id)

    async def retry(self, kept: Kept) -> None:
        """Try once more to open one that could not be."""
        async with self._changing:
            if kept.problem is not None and kept.problem["code"] != "ENTRY_DAMAGED":
                kept.problem = None
                forget_failures(kept.folder)
                await self._opener.open_kept(kept)

    async def delete(self, kept: Kept) -> None:
        """For good. Its branches keep all they need: nothing of theirs lies here."""
        async with self._changing:
            if kept.entry.id == self.first:
                raise Refused(409, "CANNOT_DELETE", f"{kept.entry.id} stays; it can be begun anew (reset).")
            await self._maker.take_away(kept)
            self.taken_away += 1
            self.keys.forget(kept.entry.id)
            self._maker.tell(kept, "deleted")

    def _entry(self, name: str, owner: str, **more: Any) -> Entry:
        """Room for one more. Raises Refused."""
        if len(self.kept) >= SANDBOXES_MAX:
            raise Refused(
                409, "TOO_MANY_SANDBOXES", f"There are {SANDBOXES_MAX} sandboxes, which is the limit: delete one first."
            )
        parents = [kept.entry.parent for kept in self.kept.values()]
        return Entry(new_id(name, [*self.kept, *parents]), name, owner, now_ms(), **more)

    def open_ones(self) -> Iterator[Kept]:
        return (kept for kept in list(self.kept.values()) if kept.stage is not None)
