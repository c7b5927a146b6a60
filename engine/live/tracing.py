"""Requests: who asked whom what, in the present while somebody asks for it, and in the past by doing it again.

The present (``Tracing``)
-------------------------
Asking is what turns it on: each question gives out what was traced since the last one and lets the World's trace
take ``STRETCH`` more entries; then the trace lets go by itself, and the World is as fast as ever. So nothing is on the
hot path when nobody asks, a busy sandbox is seen in samples, and a slow, stepped or idle one without a gap. All who
ask share one trace; what came between two stretches is told as a gap.

The past (``done_again``)
-------------------------
A stretch of it is executed again, from the snapshot before it, with a trace as its observer.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from engine.cluster import requests
from engine.limits import REQUESTS_AT_ONCE_MAX
from engine.live.past import Past
from engine.world.loop import FOREVER
from engine.world.trace import Trace

if TYPE_CHECKING:
    from engine.live.history import History
    from engine.live.sandbox import Sandbox

STRETCH = 600  # entries taken after each question; while time stands still, they last
KEPT = 2_000  # entries of the present
KEPT_OF_THE_PAST = 50_000
FORGET_S = 60.0  # after the last question: it holds on to messages


class Stretch(Trace):
    """It stops looking once it has taken what it was asked for."""

    def __init__(self) -> None:
        super().__init__(KEPT)
        self.until = 0
        self.gap_after = -1  # entries before the last gap

    def took(self, world: Any, entry: Any, message: Any, effects: Any) -> None:
        super().took(world, entry, message, effects)
        if self.taken >= self.until and world.observer is self:
            world.observer = None


class Tracing:
    """Of one sandbox."""

    def __init__(self, loop: asyncio.AbstractEventLoop, sandbox: Sandbox) -> None:
        self._loop, self._sandbox = loop, sandbox
        self._trace: Stretch | None = None
        self._forgetting: asyncio.TimerHandle | None = None

    @property
    def trace(self) -> Trace | None:
        return self._trace

    def since(self, taken: int) -> dict[str, Any]:
        """What was traced after the first ``taken`` entries (an earlier answer's "last"); goes on tracing."""
        cluster = self._sandbox.cluster
        trace = self._go_on()
        entries = trace.since(taken)
        gap = len(entries) < trace.taken - taken or taken <= trace.gap_after < trace.taken or taken > trace.taken
        shown = requests.rows(cluster, trace, entries)[-REQUESTS_AT_ONCE_MAX:]
        return {
            "requests": shown,
            "under_way": requests.under_way(cluster, trace)[:REQUESTS_AT_ONCE_MAX],
            "last": trace.taken,
            "gap": gap,
        }

    def forget(self) -> None:
        if self._forgetting is not None:
            self._forgetting.cancel()
            self._forgetting = None
        if self._trace is not None and self._sandbox.world.observer is self._trace:
            self._sandbox.world.observer = None
        self._trace = None

    def _go_on(self) -> Stretch:
        world = self._sandbox.world
        if self._trace is None:
            self._trace = Stretch()
        trace = self._trace
        trace.until = trace.taken + STRETCH
        if world.observer is None:
            if trace.entries and trace.entries[-1].step != world.steps:
                trace.gap_after = trace.taken
            world.observer = trace
        if self._forgetting is not None:
            self._forgetting.cancel()
        self._forgetting = self._loop.call_later(FORGET_S, self.forget)
        return trace


async def done_again(
    history: History, step: int | None, at: int | None, since_step: int = FOREVER, since_at: int = FOREVER
) -> tuple[Past, Trace]:
    """The moment (past.py) and a trace of how it came about, from a step or a time before it on, or from earlier.

    The caller closes the past. Raises Gone, Unreachable.
    """
    until, end = history.within(step, at)
    trace = Trace(KEPT_OF_THE_PAST)
    since_step, since_at = min(since_step, until), min(since_at, end)
    async with history.room:
        past = await history.begin(history.shelf.before(since_step, since_at), since_step, since_at)
        try:
            await history.drive(past, past.go(until, end, trace))
        except BaseException:
            past.close()
            raise
    return past, trace
