"""The World, driven: what comes in gets a time and a place, is carried out, and is written down.

Theory of operation
-------------------
*The instant is the unit.* All that one turn of the event loop brought gets the same time, later than
anything before; the World runs until nothing is left to do at that time; then the journal is handed
the group of inputs, and only then may anything leave (``written``). One system call and one settling
serve however many requests came.

Between inputs the World goes on by itself, along the pacer's line (``go_on``), in slices of a few
milliseconds. If something leaves without an input of its own (a parked fetch is answered), a *mark*
is written first: a restart has to get at least as far.

No sockets and no event loop here: tests drive this with a clock of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from engine.live.journal import Journal
from engine.live.pacer import SLICE_NS, SOON_NS, Pacer
from engine.world.inputs import REBASE, Input
from engine.world.world import World

_STEPS = 25  # taken between two looks at the clock; some take a tenth of a millisecond

Given = tuple[str, str, Any]  # actor, source, payload


class Instants:
    """world: is never touched by anybody else. journal: None in tests, where nothing is kept.

    secret: says whether what comes in is to be sealed from now on (sealing.py).
    """

    def __init__(
        self, world: World, pacer: Pacer, journal: Journal | None, secret: Callable[[], bool] | None = None
    ) -> None:
        self.world, self.pacer, self.journal, self.secret = world, pacer, journal, secret
        self._marked = world.steps  # up to here a restart gets

    def take(self, given: list[Given]) -> list[Any]:
        """Apply inputs now, and carry out all they lead to without delay. Returns their results."""
        world = self.world
        line = self.pacer.virtual()
        now = world.now
        # Far behind, what is due still is left for the next slices; the inputs do not wait for it.
        soon = line - now <= SOON_NS and world.last is None  # (a referee may want time to stop on the way there)
        at = line if line > now and (soon or self._run(line)) else world.now + 1
        inputs, results = world.admit(at, given)
        world.finish_instant()
        self._note(inputs)
        return results

    def hold(self, given: list[Given]) -> list[Any]:
        """Apply inputs to a World that stands still; what they lead to waits until it goes on."""
        inputs, results = self.world.admit(self.world.now, given)
        self._note(inputs)
        return results

    def go_on(self) -> bool:
        """Follow the line for at most one slice. False: there is more to do at once."""
        world, pacer = self.world, self.pacer
        line = pacer.virtual()
        if line <= world.now or self._run(line):
            pacer.caught_up()
            return True
        late = pacer.behind(world.now)
        if late:
            pacer.anchor(world.now)
            self.take([("host", REBASE, {"behind_ms": late // 1_000_000})])
            return True
        return False

    def mark(self, *, moment: bool = False) -> None:
        """What leaves next shows the World as it is now: a restart must get here.

        moment: to the very moment, even if nothing has happened since the last mark but time that went by.
        """
        world = self.world
        if self.journal is not None and (moment or world.steps != self._marked):
            self.journal.append(world.steps, world.now, world.in_instant, ())
            self._marked = world.steps

    def written(self) -> None:
        """Hand to the operating system what must be there before anything leaves. Raises JournalFull."""
        if self.journal is not None:
            self.journal.flush()

    def _note(self, inputs: Sequence[Input]) -> None:
        if self.journal is not None:
            if self.secret is not None and self.secret():
                self.journal.seal_from_now_on()
            first = inputs[0]
            self.journal.append(first.step, first.at, first.held, inputs)
            # Steps of the same instant follow from its inputs: they need no mark.
            self._marked = self.world.steps

    def _run(self, until: int) -> bool:
        """Let the World get to ``until``; False if a slice was not enough."""
        world = self.world
        if until - world.now <= SOON_NS:
            return world.advance(until, heed=True)
        clock = self.pacer.clock
        deadline = clock() + SLICE_NS
        while not world.advance(until, _STEPS, heed=True):
            if clock() > deadline or world.halt:
                return False
        return True
