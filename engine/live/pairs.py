"""Two sandboxes side by side: what is done, is done to both, at the same virtual moment.

Theory of operation
-------------------
Two branches of the same moment go through the same steps until something differs: that is what makes a comparison
one. So nobody may come a millisecond later to the one than to the other. A command for both first lets the one
that lags behind catch up with the other's time, then is an input of both at that very time; they go on from there
along lines through the same point with the same slope. A step of the pair leads to the next meaningful moment
of either, and the other follows to the same time.

Each keeps its own journal, in which nothing tells of a pair: they can be parted at any time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from time import monotonic_ns
from typing import Any

from engine.cluster.patience import sessions_until
from engine.commands import CommandRefused
from engine.live.sandbox import Sandbox
from engine.machine import MILLISECOND, SECOND
from engine.world.inputs import COMMAND
from engine.world.loop import FOREVER

QUIET_NS = 60 * SECOND  # so long a step looks for something meaningful
PIECE_NS = 20 * MILLISECOND  # of virtual time, between two looks at the clock
SLICE_NS = 4_000_000  # of wall time; then everybody else gets a turn
STEPS_MAX = 200_000  # instants passed over by one step


class Pair:
    """sandboxes: the two; both must be open."""

    def __init__(self, sandboxes: Sequence[Sandbox]) -> None:
        self.sandboxes = list(sandboxes)

    @property
    def paused(self) -> bool:
        return all(one.pacer.paused for one in self.sandboxes)

    def now(self) -> int:
        """The later of the two times."""
        times = []
        for one in self.sandboxes:
            one.look()
            times.append(one.world.now if one.pacer.paused else max(one.world.now, one.pacer.virtual()))
        return max(times)

    def align(self) -> int:
        """Both stand still: let them do so at the same time. Returns it."""
        at = self.now()
        for one in self.sandboxes:
            if one.world.now < at:
                move(one, at)
        return at

    def command(self, actor: str, data: dict[str, Any]) -> list[dict[str, Any]]:
        """Carry it out in both. Returns both answers, a refusal as {"ok": False, "error"}: one may refuse alone."""
        at = self.now()
        answers = []
        for one in self.sandboxes:
            try:
                answers.append(dict(command_at(one, at, actor, data)))
            except CommandRefused as refused:
                answers.append({"ok": False, "error": {"code": refused.code, "reason": refused.reason}})
        return answers

    async def step(self) -> tuple[bool, str]:
        """To the next moment at which something meaningful happens in either.

        (whether there was one within a minute; for which real client time waits, or "")
        """
        worlds = [one.world for one in self.sandboxes]
        start = self.align()
        until, waits_for = self._bound(start + QUIET_NS)
        for world in worlds:
            world.traced = True
        before = [world.meaningful for world in worlds]
        at, began = start, monotonic_ns()
        for _ in range(STEPS_MAX):
            due = min((FOREVER if (time := world.next_time()) is None else time) for world in worlds)
            if due > until:
                break
            at = due
            for world in worlds:
                world.advance(at)
            if [world.meaningful for world in worlds] != before:
                self._stand(at)
                return True, ""
            if monotonic_ns() - began > SLICE_NS:
                await asyncio.sleep(0)
                if not self.paused or any(world.now > at for world in worlds):
                    return True, ""  # somebody else has let time go on
                began = monotonic_ns()
        self._stand(at if waits_for else max(at, until))
        return False, waits_for

    async def advance(self, ms: float) -> tuple[bool, str]:
        """So much further, both. (whether they got there; for which real client time waits, or "")"""
        start = self.align()
        end = start + round(ms * MILLISECOND)
        until, waits_for = self._bound(end)
        for one in self.sandboxes:
            one.trace(True)
        at, began = start, monotonic_ns()
        while at < until:
            at = min(until, at + PIECE_NS)
            for one in self.sandboxes:
                one.world.advance(at)
                if one.history is not None and at >= one.history.volume.due:
                    one.history.volume.follow()
            if monotonic_ns() - began > SLICE_NS:
                self._stand(at)
                await asyncio.sleep(0)
                if not self.paused or any(one.world.now > at for one in self.sandboxes):
                    return True, ""
                began = monotonic_ns()
        self._stand(at)
        return until == end, waits_for

    def _stand(self, at: int) -> None:
        for one in self.sandboxes:
            move(one, max(at, one.world.now))

    def _bound(self, until: int) -> tuple[int, str]:
        """Time must not be pushed beyond the end of a real member's session: it lives by its own clock."""
        who = ""
        for one in self.sandboxes:
            end, client = sessions_until(one.cluster)
            if end <= until:
                until, who = max(one.world.now, end - 1), client
        return until, who


def command_at(sandbox: Sandbox, at: int, actor: str, data: dict[str, Any]) -> Any:
    """Carry out a command at this very moment, which must not be over. As ``Sandbox.command``."""
    if sandbox.problem:
        raise CommandRefused(sandbox.problem["code"], sandbox.problem["reason"])
    sandbox.reception.turn()
    sandbox.world.advance(at)
    result = sandbox.instants.hold([(actor, COMMAND, data)])[0]
    if not sandbox.pacer.paused:
        sandbox.world.finish_instant()
        sandbox.pacer.anchor(at)
    sandbox.settle()
    if isinstance(result, CommandRefused):
        raise result
    return result


def move(sandbox: Sandbox, at: int) -> None:
    """Let a World that stands still get to ``at``, and stand still there."""
    sandbox.world.advance(at)
    sandbox.instants.mark(moment=True)
    sandbox.settle()
