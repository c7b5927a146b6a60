"""How much longer real clients bear that time stands still; at zero one connection is closed, and only that.

What each of them bears the World knows (engine/cluster/patience.py); here runs the wall clock, the only
one that the client goes by:

- a member's session began with its last heartbeat that was answered, so a part of it is used up when the
  pause begins; a heartbeat that a step lets in begins it anew;
- any other connection's patience is that of its oldest request without an answer, whether that was
  asked before the pause or during it. Who is owed nothing waits for nothing, and is never closed;
- a connection that came during the pause has been greeted, and waits since then.

A client may give up earlier than we count: then its socket closes, and it is no longer counted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic_ns
from typing import Any

from engine.cluster import Cluster, patience
from engine.cluster.patience import OTHER, SESSION
from engine.limits import PATIENCE_MS
from engine.live.guest import Guest
from engine.live.reception import Reception
from engine.machine import MILLISECOND

LOOK_NS = 1_000_000_000  # so often it is looked who has come, gone, or begun to wait

Left = tuple[patience.Patience, Guest, int]  # whose it is, and the nanoseconds of it that are left


class PatienceClock:
    """Runs from ``begin`` to ``end`` of a pause.

    gave_up: called with the patience and the connection of one who has none left. changed: called when
    others wait than before; ``revision`` counts those changes.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        cluster: Cluster,
        reception: Reception,
        gave_up: Callable[[patience.Patience, Guest], None],
        changed: Callable[[], None],
        clock: Callable[[], int] = monotonic_ns,
    ) -> None:
        self._loop, self._cluster, self._reception = loop, cluster, reception
        self._gave_up, self._changed, self.clock = gave_up, changed, clock
        self.revision = 0
        self._shown: list[tuple[str, str, int]] = []
        self._since: dict[int, tuple[int, int]] = {}  # of members: by connection (last heard of, counted from)
        self._begun = 0
        self._handle: asyncio.TimerHandle | None = None

    def begin(self, speed: float) -> None:
        """Time stands still from now on; until now it ran at ``speed``."""
        self._begun = self.clock()
        now = self._cluster.world.now
        self._since = {
            its.connection: (its.heard_at, self._begun - int((now - its.heard_at) / speed))
            for its in patience.attached(self._cluster)
            if its.heard_at >= 0
        }
        self._handle = self._loop.call_later(0, self._ring)

    def end(self) -> None:
        """Time runs again, or never again."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        self._since.clear()

    def rows(self) -> list[dict[str, Any]]:
        """For people (engine/cluster/patience.py): who waits now, and what they have left."""
        return patience.rows([(its, max(0, left) // MILLISECOND) for its, _, left in self.left()])

    def left(self) -> list[Left]:
        """All who wait now."""
        now, found = self.clock(), []
        known = {its.connection: its for its in patience.attached(self._cluster)}
        for connection in self._reception.sockets():
            its = known.get(connection.number)
            if connection.number < 0:
                name = connection.client or connection.peer.removeprefix("tcp:")
                its = patience.Patience(-1, name, PATIENCE_MS, OTHER, -1, 0)
                since = connection.came_at
            elif its is None:
                continue
            elif its.why == SESSION:
                since = self._session_since(its, now)
            else:
                owed, arrivals = its.asked + connection.parked, connection.arrivals
                del arrivals[: max(0, len(arrivals) - owed)]  # those have been answered
                if not owed:
                    continue
                since = arrivals[0] if len(arrivals) == owed else self._begun
            found.append((its, connection, its.patience_ms * MILLISECOND - (now - since)))
        return found

    def _session_since(self, its: patience.Patience, now: int) -> int:
        heard_at, since = self._since.get(its.connection, (-2, 0))
        if heard_at != its.heard_at:  # it was heard of while time stood still: a step let it in
            since = now if self._since or its.heard_at >= 0 else self._begun
            self._since[its.connection] = (its.heard_at, since)
        return since

    def _ring(self) -> None:
        left = self.left()
        for its, connection, rest in left:
            if rest <= 0:
                self._gave_up(its, connection)
                if self._handle is None:
                    return  # that was the end of it all: it could not be written down
        waiting = [(its, connection, rest) for its, connection, rest in left if rest > 0]
        shown = sorted((its.client, its.why, its.patience_ms) for its, _, _ in waiting)
        if shown != self._shown:
            self._shown = shown
            self.revision += 1
            self._changed()
        soon = min((rest for _, _, rest in waiting), default=LOOK_NS)
        self._handle = self._loop.call_later(min(LOOK_NS, soon + MILLISECOND) / 1e9, self._ring)
