"""Whether anybody is there: a sandbox that nobody looks at, and no real client is connected to, costs nothing.

Results do not depend on when they are computed. So nobody there: no alarm; every ``ROUND_S`` it is let
catch up, in slices between those of others, so that whoever comes finds little left to do. Nobody
there for ``FREEZE_S``: time stands still (the input ``freeze``), and goes on when somebody comes.
Somebody is whoever watches, asks or commands, and each real client.
"""

from __future__ import annotations

import asyncio

from engine.live import calendar
from engine.live.sandbox import Sandbox
from engine.world.inputs import FREEZE, THAW

LINGER_S = 10.0  # for so long after the last question somebody still counts as being there
ROUND_S = 20.0
FREEZE_S = 300.0
WAIT_S = 0.25


class Attendance:
    """Of one sandbox. watchers: how many look at it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, sandbox: Sandbox) -> None:
        self._loop, self._sandbox = loop, sandbox
        self.watchers = 0
        self._seen = self._caught_up = loop.time()
        sandbox.attended = self.attended
        sandbox.reception.arrived = self.touch

    def attended(self) -> bool:
        return bool(self._present()) or self._loop.time() - self._seen < LINGER_S

    def touch(self) -> None:
        """Somebody is here."""
        self._seen = self._loop.time()
        sandbox = self._sandbox
        if sandbox.cluster.pace.frozen and not sandbox.problem:
            sandbox.touch(THAW, {"away_ms": max(0, calendar.behind(sandbox.world)) // 1_000_000})

    async def catch_up(self) -> None:
        """Somebody wants to know how it is now. In slices, for ``WAIT_S`` at most: a busy World is never done."""
        until = self._loop.time() + WAIT_S
        while not self._sandbox.catch_up() and self._loop.time() < until:
            await asyncio.sleep(0)

    def tend(self) -> bool:
        """Called about once a second. Returns whether the sandbox has to catch up: then do it, in slices."""
        now = self._loop.time()
        sandbox = self._sandbox
        if self._present():
            self._seen = now
        if sandbox.cluster.pace.still or sandbox.problem or self.attended():
            self._caught_up = now
            return False
        if now - self._seen > FREEZE_S:
            if not sandbox.catch_up():
                return True
            sandbox.touch(FREEZE, {})
        elif now - self._caught_up > ROUND_S:
            self._caught_up = now
            return True
        return False

    def _present(self) -> int:
        return self.watchers + len(self._sandbox.reception.sockets())
