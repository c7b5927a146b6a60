"""Opening a sandbox: its World brought back, its ports found, everything around it made.

Restoring goes in slices, between turns of the others. What a sandbox cannot be opened for is its problem:
it is said in the list, and nobody else notices.
"""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from engine.commands import CommandRefused
from engine.limits import PORTS_PER_SANDBOX
from engine.live.entry import Entry
from engine.live.history import History
from engine.live.instants import Given
from engine.live.journal import JournalError
from engine.live.kept import MAKING, Kept, has_failed_often
from engine.live.log import log
from engine.live.ports import PortTaken, free_range, is_free, next_range, resolve
from engine.live.room import Room
from engine.live.sandbox import Sandbox
from engine.live.snapshots import Budget
from engine.live.stage import Stage
from engine.live.store import Store
from engine.world.inputs import RESTART

if TYPE_CHECKING:
    from engine.live.hosting import HostConfig, Outlet

SLICE_S = 0.002


class Opener:
    """kept: all sandboxes, by id. stages: those that are open."""

    def __init__(self, config: HostConfig, outlet: Outlet, kept: dict[str, Kept], stages: dict[str, Stage]) -> None:
        self._config, self._outlet, self._kept, self._stages = config, outlet, kept, stages
        self._loop = asyncio.get_running_loop()
        self._budget = Budget()  # of snapshots, for all of them together

    async def open_kept(self, kept: Kept, told: Callable[[float], None] = lambda done: None) -> None:
        """Open one that is there; if that fails, it has a problem."""
        first = kept.entry.id == self._config.name
        if reason := has_failed_often(kept.folder):
            kept.problem = {"code": "ENGINE_FAILED", "reason": f"The engine broke in it again and again: {reason}."}
        if kept.problem is not None:
            log(f"The sandbox {kept.entry.id} is not opened: {kept.problem['reason']}")
            return
        try:
            await self.bring_up(kept, Store.open(kept.folder), (), told)
        except (JournalError, CommandRefused) as problem:
            kept.problem = {"code": problem.code, "reason": problem.reason}
        except PortTaken as problem:
            if first:
                raise
            kept.problem = {"code": "NO_PORTS", "reason": str(problem)}
        except Exception as problem:
            log("".join(traceback.format_exception(problem)))
            kept.problem = {"code": "CANNOT_OPEN", "reason": f"It cannot be opened: {problem!r}."}
        if kept.problem is not None:
            log(f"The sandbox {kept.entry.id} cannot be opened: {kept.problem['reason']}")
            kept.close()
        self._outlet.notice(kept.notice("opened"))

    async def bring_up(
        self, kept: Kept, store: Store, given: Sequence[Given], told: Callable[[float], None] = lambda done: None
    ) -> None:
        """Restore, listen, run. Raises JournalError, CommandRefused, PortTaken, OSError."""
        config, entry = self._config, kept.entry
        store.cut, store.checkpoint_steps = not config.keep_journal, config.checkpoint_steps
        try:
            await self._restore(kept, store, told)
            for note in store.notes:
                log(note)
            if store.restarted is not None:
                given = [("host", RESTART, store.restarted), *given]
            sandbox = Sandbox(
                self._loop, entry.id, store.cluster, store.journal,
                host=config.kafka_host, first_port=self._first_port(entry), advertise=config.advertise,
            )  # fmt: skip
        except BaseException:
            if (journal := getattr(store, "journal", None)) is not None:
                journal.close()
            raise
        kept.store = store
        kept.history = History(store.cluster, store.journal, store, budget=self._budget)
        kept.history.volume.load(kept.folder)
        sandbox.history = kept.history
        kept.room = Room(sandbox)
        kept.stage = Stage(self._loop, sandbox, self._outlet)
        sandbox.open(given)
        port = sandbox.listeners.first_port
        if entry.first_port != port:
            entry.first_port = port
            if not (kept.folder / MAKING).exists():
                entry.save(kept.folder)
        self._stages[entry.id] = kept.stage

    async def _restore(self, kept: Kept, store: Store, told: Callable[[float], None]) -> None:
        last = time.monotonic()
        for progress in store.restore():
            if time.monotonic() - last > SLICE_S:
                kept.progress = progress.read / max(1, progress.of)
                told(kept.progress)
                await asyncio.sleep(0)
                last = time.monotonic()

    def _first_port(self, entry: Entry) -> int:
        """Where its brokers listen: where they did before, if nobody else does now. Raises PortTaken."""
        config = self._config
        if entry.id == config.name and config.kafka_port:
            return config.kafka_port
        others = [kept.entry.first_port for kept in self._kept.values() if kept.entry is not entry]
        first = self._stages.get(config.name)
        if first is not None and entry.id != config.name:
            others.append(first.sandbox.listeners.first_port)
        families = resolve(config.kafka_host)
        before = entry.first_port
        if before and _clear(before, others) and is_free(families, before):
            return before
        base = config.kafka_port
        port = next_range(families, base, [other for other in others if other]) if base else free_range(families)
        if before:
            log(f"Somebody else listens near port {before}: the sandbox {entry.id} has moved to {port} and on.")
        return port


def _clear(first: int, others: list[int]) -> bool:
    return all(abs(first - other) >= PORTS_PER_SANDBOX for other in others if other)
