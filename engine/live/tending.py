"""What a host does for its sandboxes besides serving them: journals to the disk, limits, clocks, garbage.

All of it goes round from one sandbox to the next, with a turn of the event loop in between, in slices of
two milliseconds: many of them cost each other latency, never their turn.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Coroutine
from typing import Any

from engine.live.journal import JournalFull
from engine.live.keeper import Keeper
from engine.live.log import log
from engine.live.sandbox import Sandbox
from engine.live.slices import at_leisure
from engine.live.store import CheckpointFailed

TEND_S = 1.0
IDLE_S = 2.0  # without clients for so long, garbage is collected
GARBAGE_MIN = 10_000  # new objects worth it


class Tending:
    """Of all that a keeper has open."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    def chores(self) -> list[Coroutine[Any, Any, None]]:
        """To be run as tasks, for as long as the host lives."""
        return [self._sync(), self._tend(), self._checkpoint(), self._tidy()]

    async def _sync(self) -> None:
        """Once a second what is written is made durable, in a thread: it may take its time."""
        while True:
            await asyncio.sleep(TEND_S)
            for kept in self._keeper.open_ones():
                sandbox = kept.sandbox
                if sandbox is None or sandbox.journal is None or sandbox.problem is not None:
                    continue
                try:
                    await asyncio.to_thread(sandbox.journal.sync)
                except JournalFull as full:
                    sandbox.stop({"code": full.code, "reason": full.reason})

    async def _checkpoint(self) -> None:
        """So that no restart takes long; one at a time, beside everything else."""
        while True:
            await asyncio.sleep(TEND_S)
            for kept in self._keeper.open_ones():
                sandbox, store = kept.sandbox, kept.store
                if sandbox is None or store is None or sandbox.problem is not None or not store.due():
                    continue
                try:
                    await at_leisure(store.checkpoint())
                except CheckpointFailed as problem:
                    log(f"The state of {sandbox.name} could not be written down ({problem}); tried again later.")

    async def _tend(self) -> None:
        """Nobody there: catch up now and then, freeze at last. Too full: full disks."""
        while True:
            await asyncio.sleep(TEND_S)
            behind: list[Sandbox] = []
            for kept in self._keeper.open_ones():
                if kept.stage is None or kept.room is None:
                    continue
                kept.room.tend()
                if kept.stage.attendance.tend():
                    behind.append(kept.stage.sandbox)
                await asyncio.sleep(0)
            while behind:
                behind = [sandbox for sandbox in behind if not sandbox.catch_up()]
                await asyncio.sleep(0)

    async def _tidy(self) -> None:
        """Calendars are kept, and garbage collected.

        With the collector off (host.py), what is new since the last time is looked through while nobody
        waits. The hot path makes no cycles, so nothing piles up under load. A World that was taken away
        is old, and full of cycles: after that, everything is looked through once.
        """
        while True:
            await asyncio.sleep(IDLE_S)
            quiet = True
            for kept in self._keeper.open_ones():
                if (sandbox := kept.sandbox) is not None:
                    if not sandbox.pacer.paused:
                        sandbox.keep_calendar()
                    quiet = quiet and time.monotonic_ns() - sandbox.reception.last_turn > IDLE_S * 1e9
            if not quiet or gc.isenabled():
                continue
            if self._keeper.taken_away:
                self._keeper.taken_away = 0
                gc.collect()
            elif gc.get_count()[0] > GARBAGE_MIN:
                gc.collect(1)
