"""A moment of the past: a World of its own, brought there by doing again what was done.

Theory of operation
-------------------
A past begins as a snapshot, or as the base of the journal, and is fed the journal's groups from there
on; timers, messages and chance are executed again. It only ever goes forward. Whatever it does stays
in it: the live World does not know that it exists.

A *moment* is a step, a time, or both:

- step N: N entries of the agenda were taken, and all that follows without taking another is done: the
  inputs that were given at that point, and the settling of the instant if it was over. So an event
  told at step N has happened in the moment N, whoever told it.
- time T: all that was due until T is done, and no input later than T was given.
- both: N entries were taken, of the inputs only those given until T. Of a span in which nothing moved
  but people, this tells the times before and after an input apart.

Work is done in pieces: ``go`` is a generator, so whoever drives it decides how long it may take.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from engine.cluster import Cluster
from engine.events import to_json
from engine.live.groups import Group
from engine.live.journal import Position
from engine.world.loop import FOREVER
from engine.world.replay import replay_group
from engine.world.trace import Trace
from engine.world.world import World

PIECE_STEPS = 50  # done without asking whether the time is up


class Groups(Protocol):
    """A journal, as far as it is read here."""

    def read(self, position: Position | None = None) -> Iterator[tuple[Group, Position]]: ...


class Past:
    """cluster: as it was at the moment reached last. position: in the journal, behind the groups it was fed.

    done: it was settled where the live World might not have been: it may be looked at, but not go on.
    """

    def __init__(self, cluster: Cluster, journal: Groups, position: Position) -> None:
        self.cluster, self.position = cluster, position
        self.world: World = cluster.world
        self.world.traced = True
        self.done = False
        self._journal = journal

    @property
    def step(self) -> int:
        return self.world.steps

    @property
    def now(self) -> int:
        return self.world.now

    def state(self) -> dict[str, Any]:
        """As of the live cluster; its shape is told in docs/api.md."""
        return self.cluster.state()

    def events(self, most: int) -> list[dict[str, Any]]:
        """The last milestones up to there, oldest first."""
        told = self.world.told
        return [to_json(told[i]) for i in range(max(0, len(told) - most), len(told))]

    def comes_before(self, step: int, at: int) -> bool:
        """Whether it can get to that moment."""
        return not self.done and self.step <= step and self.now <= at

    def go(self, step: int, at: int, marks: Marks | Trace | None = None) -> Iterator[None]:
        """Go on to a moment (FOREVER for what is not given), in pieces. Raises ReplayDiverged.

        marks: notes what is meaningful, or all there is, on the way.
        """
        world = self.world
        world.observer = marks
        for group, behind in self._journal.read(self.position):
            if group.step > step or group.at > at:
                break
            if group.inputs:
                yield from self._run(group.step, group.at)
                replay_group(world, group.inputs)
                world.drain()
                if marks is not None:
                    marks.note(world)
            self.position = behind
            yield
        yield from self._run(step, at)
        if world.has_to_settle:
            world.settle()
            self.done = True
        due = world.next_time()
        if world.now < at < FOREVER and (due is None or due > at):
            world.advance(at)
        world.observer = None

    def _run(self, step: int, at: int) -> Iterator[None]:
        world = self.world
        while world.steps < step and world.run(min(PIECE_STEPS, step - world.steps), at):
            world.drain()
            yield

    def close(self) -> None:
        """Take it apart: it is full of cycles, and the host collects garbage rarely."""
        dismantle(self.cluster)


class Marks:
    """An observer (engine/world/performing.py) that notes when something meaningful was told.

    found: (step, time) of each moment, in order.
    """

    def __init__(self, world: World) -> None:
        self.found: list[tuple[int, int]] = []
        self._seen = world.meaningful

    def after(self, world: Any, node: Any, message: Any, effects: Any) -> None:
        if world.meaningful != self._seen:
            self.note(world)

    def note(self, world: World) -> None:
        if world.meaningful != self._seen:
            self._seen = world.meaningful
            here = world.steps, world.now
            if not self.found or self.found[-1] != here:
                self.found.append(here)


def dismantle(cluster: Cluster) -> None:
    """Break what holds itself: a cluster that is thrown away goes at once, not when garbage is collected."""
    world = cluster.world
    for node in world.nodes.values():
        vars(node.machine).clear()
    for end in world.connections.by_id.values():
        del end.peer.peer, end.peer
    vars(world).clear()
    vars(cluster).clear()
