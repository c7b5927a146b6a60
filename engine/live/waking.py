"""When the World is looked at again: the alarm of one sandbox.

Results do not depend on when they are computed, so nothing has to ring while nobody waits (pacer.py says
how exactly it must). An alarm that is too early does no harm: it rings, and is set again. When one slice
was not enough, clients and commands get their turn before the next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from engine.live.alarm import make_alarm
from engine.live.pacer import Pacer
from engine.world.loop import FOREVER
from engine.world.world import World


class Waking:
    """go_on: lets the World follow the clock for one slice; False: that was not enough.

    attended: somebody is there to see time pass. exact: a client may be waiting for an answer to the microsecond.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        world: World,
        pacer: Pacer,
        go_on: Callable[[], bool],
        attended: Callable[[], bool],
    ) -> None:
        self._loop, self._world, self._pacer, self._go_on, self._attended = loop, world, pacer, go_on, attended
        self.exact = False
        self._alarm = make_alarm(loop, self._ring)
        self._armed_for = FOREVER  # virtual time for which the alarm is set
        self._catching_up = False

    def arm(self) -> None:
        """See to it that we wake when there is something to do next. Called after every instant: mostly, we shall."""
        due = self._world.next_time()
        if due is None or due >= self._armed_for or not self._attended():
            return
        self._armed_for = due
        self._alarm.set(self._pacer.wake_at(due, self.exact))

    def disarm(self) -> None:
        """What it is set for does not count any more: the next ``arm`` sets it anew."""
        self._armed_for = FOREVER

    def silence(self) -> None:
        """It does not ring until it is armed again."""
        self.disarm()
        self._alarm.set(None)

    def close(self) -> None:
        self._alarm.close()

    def _ring(self) -> None:
        if not self._go_on() and not self._catching_up:
            self._catching_up = True
            self._loop.call_soon(self._catch_up)

    def _catch_up(self) -> None:
        self._catching_up = False
        self._ring()
