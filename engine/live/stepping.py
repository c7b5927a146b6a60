"""One step of a paused sandbox: to the next meaningful event, and no further.

Time stands still, but real clients have gone on sending, and what they sent waits (parking.py). A
step lets the oldest of it in and runs to what it leads to at once. Every other step goes on with
what the World has to do by itself, so that neither starves. As long as somebody is parked, that
moves time by ``CROWDED_NS`` at most: a heartbeat that has arrived must not come too late because we
did not look at it.

What is not meaningful (a heartbeat between brokers) is passed over, for ``QUIET_NS`` at most, and never
beyond the end of a real member's session: it sends its heartbeats by its own clock, and cannot know
that ours is being pushed. It is waited for instead; ``waits_for`` says so.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.live.reception import Reception
from engine.world.world import World

QUIET_NS = 60_000_000_000
CROWDED_NS = 10_000_000
STEPS_MAX = 100_000


class Stepper:
    """Remembers whose turn it is.

    bound: (virtual time that no step may reach, the real client for whose sake).
    waits_for: the client whose next sign of life must come before time goes on, after a step that was none.
    """

    def __init__(self, world: World, reception: Reception, bound: Callable[[], tuple[int, str]]) -> None:
        self._world, self._reception, self._bound = world, reception, bound
        self._clients_turn = True
        self.waits_for = ""

    def step(self) -> bool:
        """Make one step. False: nothing meaningful happens within a minute, or before ``waits_for`` is heard."""
        world, reception = self._world, self._reception
        world.traced = True
        world.halt = False  # this goes on; where it is set anew (a lesson asks), a step ends
        self.waits_for = ""
        if reception.parking.waiting and self._clients_turn and reception.admit_one():
            self._clients_turn = False
            self._run(0)
            return True
        self._clients_turn = True
        crowded = reception.parking.waiting > 0
        if self._run(CROWDED_NS if crowded else QUIET_NS):
            return True
        if crowded and reception.admit_one():
            self._run(0)
            return True
        return False

    def _run(self, most_ns: int) -> bool:
        """Run until something meaningful was told; False if nothing was in ``most_ns``."""
        world = self._world
        end, client = self._bound()
        until, before = world.now + most_ns, world.meaningful
        if until >= end:
            until, self.waits_for = max(world.now, end - 1), client
        for _ in range(STEPS_MAX):
            if not world.run(1, until, heed=True):
                return world.meaningful != before
            if world.meaningful != before:
                self.waits_for = ""
                return True
        return False
