"""Waiting for the next request without falling asleep, while a lone client asks and asks.

Theory of operation
-------------------
A process that waits for its sockets is put to sleep, and mostly the processor core with it. Both take their time to
come back, and find their caches cold: the same work takes twice as long. A lone client that waits for each answer
before it asks again pays that with every request. So while its requests follow each other within ``CLOSE_NS``, the loop
goes on looking for the next one for as long, before it sleeps. Kernels call that busy polling.

What it costs is bounded: nothing unless one client alone asks more than three hundred times a second, and then a
core until ``CLOSE_NS`` after its last request. Whoever else wants that core gets it: if we were pushed off it while we
looked, we sleep as others do for ``GIVE_WAY_NS``. With one core there is nothing to gain. No World depends on it.
"""

from __future__ import annotations

import asyncio
import os
import selectors
from time import monotonic_ns

CLOSE_NS = 3_000_000  # from one request to the next
PUSHED_NS = 1_000_000  # between two looks: somebody else had the core meanwhile
GIVE_WAY_NS = 200_000_000

_Ready = list[tuple[selectors.SelectorKey, int]]


class Lookout(selectors.DefaultSelector):
    """The selector of a host's loop. cores: how many there are to run on."""

    def __init__(self, cores: int) -> None:
        super().__init__()
        self._awake = cores > 1
        self._heard = -CLOSE_NS
        self._until = 0  # on the monotonic clock; 0: nobody is expected
        self._not_before = 0

    def heard(self, now: int) -> None:
        """A lone client has been answered."""
        if now - self._heard < CLOSE_NS and now >= self._not_before and self._awake:
            self._until = now + CLOSE_NS
        self._heard = now

    def select(self, timeout: float | None = None) -> _Ready:
        """As any selector's."""
        if self._until:
            ready = self._look(timeout)
            if ready:
                return ready
        return super().select(timeout)

    def _look(self, timeout: float | None) -> _Ready:
        """What is ready while somebody is expected; nothing when that, or ``timeout``, is over."""
        look, before = super().select, monotonic_ns()
        until = self._until if timeout is None else min(self._until, before + int(timeout * 1_000_000_000))
        while not (ready := look(0)):
            now = monotonic_ns()
            if now - before > PUSHED_NS:
                self._until, self._not_before = 0, now + GIVE_WAY_NS
                break
            if now >= until:
                if now >= self._until:
                    self._until = 0
                break
            before = now
        return ready


class HostLoop(asyncio.SelectorEventLoop):
    """An event loop with a ``lookout``."""

    def __init__(self) -> None:
        affinity = getattr(os, "sched_getaffinity", None)
        self.lookout = Lookout(len(affinity(0)) if affinity else os.cpu_count() or 1)
        super().__init__(self.lookout)


def lookout_of(loop: asyncio.AbstractEventLoop) -> Lookout | None:
    """Its lookout, if it has one."""
    return loop.lookout if isinstance(loop, HostLoop) else None
