"""One step of a paused sandbox: to the next meaningful event, and no further.

Time stands still, but real clients have gone on sending, and what they sent waits (parking.py). A
step lets the oldest of it in and runs to what it leads to at once. Every other step goes on with
what the World has to do by itself, so that neither starves. As long as somebody is parked, that
moves time by ``CROWDED_NS`` at most: a heartbeat that has arrived must not come too late because we
did not look at it.

What is not meaningful (a heartbeat between brokers) is passed over, for ``QUIET_NS`` at most.
"""

from __future__ import annotations

from engine.live.reception import Reception
from engine.world.world import World

QUIET_NS = 60_000_000_000
CROWDED_NS = 10_000_000
STEPS_MAX = 100_000


class Stepper:
    """Remembers whose turn it is."""

    def __init__(self, world: World, reception: Reception) -> None:
        self._world, self._reception = world, reception
        self._clients_turn = True

    def step(self) -> bool:
        """Make one step. False: nothing meaningful happens within a minute."""
        world, reception = self._world, self._reception
        world.traced = True
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
        until, before = world.now + most_ns, world.meaningful
        for _ in range(STEPS_MAX):
            if not world.run(1, until):
                return world.meaningful != before
            if world.meaningful != before:
                return True
        return False
