"""Wall time and virtual time: how far the World may go, and when it has to be looked at again.

Theory of operation
-------------------
Virtual time is a straight line through an *anchor* (a moment on both clocks) with the slope
``speed``; paused, it stands at the anchor. The World is behind that line by as much as it has not
computed yet, which nobody notices as long as nobody waits: *results do not depend on when they are
computed*. So while real clients are at work we wake for each entry of the World's agenda, otherwise
once a second, however much virtual time that is. Who looks in between makes the World catch up.

When the machine is too busy to keep up, catching up never ends and everything that follows is late.
So a World that has been computing for ``PATIENCE_NS`` without pause and is still that far behind is
*rebased*: the anchor moves to where it is, virtual time is let fall behind, and that is an input.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic_ns

PATIENCE_NS = 250_000_000
SLICE_NS = 2_000_000  # of wall time; then clients, commands and other sandboxes get their turn
IDLE_NS = 1_000_000_000
SOON_NS = 2_000_000  # so little virtual time is computed without looking at the clock in between


class Pacer:
    """The line. Only ``virtual`` and ``wall`` convert; times are integer nanoseconds.

    clock: monotonic wall time; tests hand in their own.
    """

    __slots__ = ("_busy_since", "_virtual", "_wall", "clock", "paused", "speed")

    def __init__(self, virtual: int = 0, clock: Callable[[], int] = monotonic_ns) -> None:
        self.clock = clock
        self.speed = 1.0
        self.paused = False
        self._virtual, self._wall = virtual, clock()
        self._busy_since = -1

    def virtual(self) -> int:
        """Now, on the line."""
        if self.paused:
            return self._virtual
        return self._virtual + int((self.clock() - self._wall) * self.speed)

    def wall(self, virtual: int) -> int:
        """When the line has reached ``virtual``, on the wall clock."""
        return self._wall + int((virtual - self._virtual) / self.speed) + 1

    def anchor(self, virtual: int) -> None:
        """The line goes through (now, ``virtual``) from here on."""
        self._virtual, self._wall = virtual, self.clock()
        self._busy_since = -1

    def pause(self, virtual: int) -> None:
        """Time stands still at ``virtual``."""
        self.anchor(virtual)
        self.paused = True

    def resume(self, virtual: int) -> None:
        self.paused = False
        self.anchor(virtual)

    def set_speed(self, speed: float) -> None:
        """The line bends here."""
        self.anchor(self.virtual())
        self.speed = speed

    def behind(self, done: int) -> int:
        """Called while a World that has got to ``done`` has more to do: how many virtual nanoseconds to give up.

        0 until it has been busy too long and is still too far behind; ``caught_up`` ends being busy.
        """
        wall = self.clock()
        if self._busy_since < 0:
            self._busy_since = wall
        late = self.virtual() - done
        if wall - self._busy_since > PATIENCE_NS and late > PATIENCE_NS * self.speed:
            return late
        return 0

    def caught_up(self) -> None:
        self._busy_since = -1

    def wake_at(self, next_time: int | None, exact: bool) -> int | None:
        """When to look at the World again, on the wall clock; None: not before somebody touches it.

        next_time: of its agenda's next entry. exact: somebody waits.
        """
        if self.paused or next_time is None:
            return None
        due = self.wall(next_time)
        return due if exact else max(due, self.clock() + IDLE_NS)
