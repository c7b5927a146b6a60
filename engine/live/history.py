"""What a sandbox remembers of its past, and how any moment of it is brought back.

Theory of operation
-------------------
``after_instant`` is called by the live sandbox whenever an instant is over, and now and then takes a
snapshot: each ``DISTANCE_STEPS`` steps, because steps are what bringing a moment back costs; but never so
often that it takes more than two hundredths of the time. So under load the distance grows, and an idle
sandbox takes next to none.

``past`` brings back a moment: from the last snapshot before it, or from a past that is still there from
the last time somebody looked, or, from before all snapshots, from the base of the journal; then by doing again
what was done (past.py). That is work for the event loop which also serves the live sandbox, so it is done
in slices of two milliseconds, and a loop that has other things to do gets at least as much time for those.

Nothing here changes the live World: it is read while it is frozen, and its journal is read.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from time import perf_counter_ns, thread_time_ns
from typing import Any, Protocol, TypeVar

from engine.cluster import Cluster
from engine.live.counted import Counted
from engine.live.journal import JournalError, Position
from engine.live.landmarks import Landmarks
from engine.live.log import log
from engine.live.losses import Ledger
from engine.live.marking import Marking
from engine.live.past import Groups, Past
from engine.live.snapshots import Budget, Shelf, Snapshot
from engine.live.volume import Volume
from engine.machine import MILLISECOND
from engine.world.inputs import Input
from engine.world.loop import FOREVER
from engine.world.snapshots import Freezer, freeze

DISTANCE_STEPS = 500
SHARE = 50  # a snapshot may take one part in so many of the time
NOTICED_NS = 10_000_000  # a pause as long as this is made so many times as rarely: that of a very large cluster
LATER_STEPS = 50  # when it is too early for one, how soon to ask the clock again
SLICE_NS = 2_000_000
PASTS = 3  # kept, for those who go on looking from where they looked
WAYSTATION_STEPS = 20_000  # from a base, a snapshot is left behind each so many steps
BUSY_NS = 20_000_000
FORGET_S = 60.0  # after the last look
GROUPS_READ_MAX = 20_000  # of the journal, to see what was given at one time

T = TypeVar("T")


class Kept(Groups, Protocol):
    """A journal, as far as it is needed here."""

    def tell(self) -> Position: ...


class Base(Protocol):
    """What lies before the snapshots (engine/live/store.py)."""

    def begins(self) -> tuple[int, int]:
        """(step, time) of the first moment that can be reached."""

    def restore_at(self, step: int, at: int) -> Iterator[tuple[Cluster, Position] | None]:
        """The last state that is kept of before that moment, with its place in the journal; made in pieces."""


class Gone(Exception):
    """The moment lies before all that is remembered."""


class Unreachable(Exception):
    """What was done cannot be done again: the journal is damaged, or there is a bug (then the log says more)."""


class History:
    """cluster: the live one. base: None if there are only the snapshots. clock, work: wall and processor time."""

    def __init__(
        self,
        cluster: Cluster,
        journal: Kept,
        base: Base | None = None,
        *,
        budget: Budget | None = None,
        clock: Callable[[], int] = perf_counter_ns,
        work: Callable[[], int] = thread_time_ns,
    ) -> None:
        self._cluster, self._world = cluster, cluster.world
        self._journal, self._base = journal, base
        self.shelf = Shelf(budget or Budget())
        self.taken = self.spent_ns = self.longest_ns = 0  # snapshots, what they took, and what one took at most
        self._freezer = Freezer()
        self._clock, self._work = clock, work
        self._due = self._world.steps  # at this step the next one may be taken
        self._not_before = 0  # on the clock
        self._untidy = False
        self._pasts: list[Past] = []  # the one used last is at the end
        self._marks = Landmarks(self)
        self.marking, self.volume, self.counted = Marking(self._world), Volume(cluster, clock), Counted(cluster)
        self.ledger = Ledger(self)
        self._forgetting: asyncio.TimerHandle | None = None
        self._closed = False
        self.room = asyncio.Semaphore(PASTS)  # for so many at work

    # --- taking snapshots ---------------------------------------------------------------------------

    def after_instant(self) -> None:
        """Take a snapshot if it is time. To be called whenever the World has come to rest."""
        if self._world.now >= self.volume.due:
            self.volume.follow()
            self.counted.follow()
        if self._world.steps < self._due:
            return
        began, worked = self._clock(), self._work()
        if self._untidy:  # in an instant of its own, so that neither takes long
            self.shelf.tidy()
            self._untidy = False
            self._due = self._world.steps + DISTANCE_STEPS
        elif began < self._not_before:
            self._due = self._world.steps + LATER_STEPS
            return
        else:
            self.shelf.add(Snapshot(self._freezer.freeze(self._cluster), self._journal.tell()))
            self.taken += 1
            self._untidy = True
            self._not_before = 0
        took = self._work() - worked
        self.spent_ns += took
        self.longest_ns = max(self.longest_ns, took)
        self._not_before = max(self._not_before, began) + took * SHARE * max(1, took // NOTICED_NS)

    # --- bringing back ------------------------------------------------------------------------------

    @property
    def step(self) -> int:
        """The present."""
        return self._world.steps

    @property
    def now(self) -> int:
        """The present, as a time."""
        return self._world.now

    def horizon(self) -> tuple[int, int]:
        """(step, time) of the first moment that can be brought back."""
        if self._base is not None:
            return self._base.begins()
        first = self.shelf.snapshots[0] if self.shelf.snapshots else None
        return (first.step, first.at) if first is not None else (self._world.steps, self._world.now)

    def shown(self) -> dict[str, Any]:
        """The horizon, and how many records were appended since it is known, as the live state tells it."""
        step, at = self.horizon()
        return {"from_step": step, "from_ms": at / MILLISECOND, "appended": self.volume.count()}

    async def past(self, step: int | None = None, at: int | None = None) -> Past:
        """The moment (past.py), or the present if it has not come yet. Raises Gone, Unreachable.

        It is the caller's until it next waits for anything.
        """
        past = await self._reach(*self.within(step, at))
        self._pasts.append(past)
        if len(self._pasts) > PASTS:
            self._pasts.pop(0).close()
        if self._forgetting is not None:
            self._forgetting.cancel()
        self._forgetting = asyncio.get_running_loop().call_later(FORGET_S, self._forget)
        return past

    async def branch(self, step: int | None = None, at: int | None = None) -> Cluster:
        """The same as a cluster that nobody else has. Raises the same."""
        cluster = (await self._reach(*self.within(step, at))).cluster
        cluster.world.traced = False
        cluster.world.traffic.clear()
        return cluster

    async def meaningful(self, direction: str, step: int, at: int | None = None) -> tuple[int, int] | None:
        """(step, time) of the last meaningful event before a moment, or of the first after it; None: there is none.

        direction: "back" or "forward". Without ``at``: of another step. Raises as ``past``.
        """
        if direction == "back":
            return await self._marks.last_before((step, -1 if at is None else at))
        return await self._marks.first_after((step, FOREVER if at is None else at))

    def given_at(self, step: int, at: int) -> list[Input]:
        """What was given at that very time, as the journal has it; nothing if that is too far from any snapshot."""
        snapshot = self.shelf.before(step, at - 1)
        found: list[Input] = []
        for number, (group, _) in enumerate(self._journal.read(snapshot.position if snapshot is not None else None)):
            if group.at > at or number > GROUPS_READ_MAX:
                break
            if group.at == at:
                found += group.inputs
        return found

    def close(self) -> None:
        self._closed = True
        self._forget()
        self.shelf.close()

    # --- inside -------------------------------------------------------------------------------------

    def within(self, step: int | None, at: int | None) -> tuple[int, int]:
        """The moment as (step, time), the present if it has not come yet. Raises Gone."""
        first_step, first_at = self.horizon()
        if (step is not None and step < first_step) or (at is not None and at < first_at):
            raise Gone(f"History begins at step {first_step:,}, {first_at / 1e9:,.3f} s.")
        world = self._world
        now = FOREVER if at is None else min(at, world.now)
        return world.steps if step is None else min(step, world.steps), now

    async def _reach(self, step: int, at: int) -> Past:
        async with self.room:
            past = self._going_on(step, at) or await self.begin(self.shelf.before(step, at), step, at)
            try:
                await self.drive(past, past.go(step, at))
            except BaseException:
                past.close()
                raise
            return past

    def _going_on(self, step: int, at: int) -> Past | None:
        """A past that is still there and nearer than any snapshot: nobody else goes on from it."""
        near = max((p for p in self._pasts if p.comes_before(step, at)), key=lambda past: past.step, default=None)
        snapshot = self.shelf.before(step, at)
        if near is None or (snapshot is not None and snapshot.step > near.step):
            return None
        self._pasts.remove(near)
        return near

    @contextmanager
    def _told_apart(self) -> Iterator[None]:
        """Whatever goes wrong in the past is no reason to end the present."""
        try:
            yield
        except (Gone, Unreachable):
            raise
        except JournalError as problem:
            if problem.code == "HISTORY_GONE":
                raise Gone(problem.reason) from None
            raise Unreachable(problem.reason) from problem
        except Exception as bug:
            log("".join(traceback.format_exception(bug)))
            raise Unreachable(f"{type(bug).__name__}: {bug}") from bug

    async def begin(self, snapshot: Snapshot | None, step: int, at: int) -> Past:
        """A past that stands at ``snapshot``, or, without one, before that moment."""
        with self._told_apart():
            if snapshot is not None:
                return Past(snapshot.frozen.thaw(), self._journal, snapshot.position)
            if self._base is not None:
                async for restored in self._sliced(self._base.restore_at(step, at)):
                    if restored is not None:
                        return Past(restored[0], self._journal, restored[1])
            raise Gone("History begins later by now.")

    async def drive(
        self, past: Past, work: Iterator[None], enough: Callable[[], bool] | None = None, *, leave: bool = True
    ) -> bool:
        """Let ``past`` go on. enough: says when to stop before the end. Returns whether it got to the end.

        leave: snapshots are left on the way, for others (not of a past in which something is noted down).
        """
        waystation = past.step + WAYSTATION_STEPS
        with self._told_apart():
            async for _ in self._sliced(work):
                if enough is not None and enough():
                    return False
                if leave and past.step >= waystation:
                    waystation = past.step + WAYSTATION_STEPS
                    self.shelf.put_back(Snapshot(freeze(past.cluster), past.position))
        return True

    async def _sliced(self, work: Iterator[T]) -> AsyncIterator[T]:
        """Work done a little at a time, with the loop's other business in between."""
        began = self._clock()
        for piece in work:
            yield piece
            now = self._clock()
            if now - began > SLICE_NS:
                worked = self._work()
                await asyncio.sleep(0)
                if self._closed:
                    raise Gone("This sandbox is closed.")
                busy = self._work() - worked
                if busy > SLICE_NS // 2:  # those who serve the present come first
                    await asyncio.sleep(min(busy, BUSY_NS) / 1e9)
                began = self._clock()

    def _forget(self) -> None:
        while self._pasts:
            self._pasts.pop().close()
        self._marks.clear()
        self.ledger.close()
