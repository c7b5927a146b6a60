"""A cluster under test: what was planned for it, what was done to it, and when.

All that is done goes through the World's door, as an input of its own position: so a run is its scenario,
its seed and its inputs, and can be opened in the playground (engine/live/moments.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from engine import commands as c
from engine.cluster import Cluster
from engine.commands import CommandRefused
from engine.machine import MILLISECOND
from engine.simulation import checks, faults, growth
from engine.simulation.invariants import Invariant
from engine.simulation.plan import plan
from engine.simulation.watch import Watch
from engine.simulation.wired import Wired
from engine.world.dice import Dice
from engine.world.inputs import COMMAND, Input
from engine.world.world import World

ACTOR = "simulation"


@dataclass(slots=True)
class Done:
    """A command that was given at ``at``. fault: of the safety phase; what heals is made anew each time."""

    at: int
    command: c.Command


@dataclass(slots=True)
class Due:
    """The end of a fault: a command for later. number: those of one moment in the order in which they were noted."""

    at: int
    number: int
    command: c.Command


class Rig:
    """scenario, seed, inputs: the run. script: the faults among them, by time. faults: how many there were.

    healed_at: when all that was wrong was put right, -1 before. least_alive: brokers that must run, whatever happens.
    delivered: what consumers that are gone had received. grows: see growth.py; None: as the seed says.
    """

    def __init__(self, seed: int, *, wired: bool = False, grows: bool | None = None) -> None:
        dice = Dice(seed, "plan")
        brokers = 3 if dice.chance(0.7) else 4
        self.least_alive = 1 if dice.chance(0.3) else 2
        self.seed = seed
        self.scenario = self.plan(dice, brokers)
        self.growth = Dice(seed, "growth")
        said = self.growth.chance(growth.SHARE)
        self.grows = said if grows is None else grows
        if self.grows:
            self.scenario = growth.prepared(self.scenario, self.growth)
        self.cluster = Cluster(self.scenario, seed, keep_record=True, world=Wired if wired else World)
        self.world = self.cluster.world
        self.dice = Dice(seed, "faults")
        self.inputs: list[Input] = []
        self.script: list[Done] = []
        self.later: list[Due] = []
        self.healed_at = -1
        self.faults = 0
        self._number = 0
        self.delivered: list[tuple[str, int, int, int]] = []
        self.watch = self.world.observer = Watch(self.cluster, self.invariants())

    # --- what another kind of run does otherwise

    FAULTS: ClassVar[dict[str, faults.Fault]] = faults.FAULTS
    USUAL: ClassVar[tuple[str, ...]] = tuple(FAULTS)  # what the dice choose from; the more often named, the likelier

    def plan(self, dice: Dice, brokers: int) -> dict[str, Any]:
        """The scenario."""
        return plan(dice, brokers)

    def invariants(self) -> list[Invariant]:
        """Those that hold beside the usual."""
        return []

    def quiet(self) -> None:
        """Nothing new is written from now on."""
        for producer in self.cluster.producers():
            self.do(c.StopProducer(producer.name))

    def unrest(self) -> str:
        """What has not come to rest, or ""."""
        return checks.unrest(self)

    def patience(self) -> int:
        """How long after the last fault it may take until there is no unrest."""
        return checks.patience(self)

    def close(self) -> None:
        """The end: does the ledger agree? Raises Violated."""
        checks.Ledger(self).close()

    def acknowledged(self) -> int:
        return sum(len(p.acknowledged) for p in self.cluster.producers())

    # --- doing

    def do(self, command: c.Command) -> None:
        """Give a command, as an input. Raises CommandRefused: then nothing has changed."""
        if self.healed_at < 0:
            self.script.append(Done(self.world.now, command))
        if command.__class__ in (c.CrashConsumer, c.RemoveConsumer):
            self._keep_what_it_got(command.consumer)
        elif command.__class__ is c.PowerOffBroker and self.cluster.alive(command.broker):
            self.watch.power_goes(command.broker)
        elif command.__class__ is c.FlipBit:
            self._note_flip(command)
        inputs, results = self.world.admit(self.world.now, [(ACTOR, COMMAND, c.to_json(command))])
        self.inputs += inputs
        if isinstance(results[0], CommandRefused):
            raise results[0]

    def attempt(self, command: c.Command) -> bool:
        """As ``do``. Whether it was possible."""
        try:
            self.do(command)
        except CommandRefused:
            return False
        return True

    def after(self, ms: int, command: c.Command) -> None:
        """Note the end of a fault, ``ms`` from now."""
        self._number += 1
        self.later.append(Due(self.world.now + ms * MILLISECOND, self._number, command))
        self.later.sort(key=lambda due: (due.at, due.number))

    # --- time

    def run_until(self, until: int) -> None:
        """Let time pass, ending faults when they are due."""
        world = self.world
        while self.later and self.later[0].at <= until:
            due = self.later.pop(0)
            world.advance(max(due.at, world.now))
            if isinstance(due.command, c.StartBroker) and not self.stopped(due.command.broker):
                self.after(500, due.command)  # still on its way down
            else:
                self.attempt(due.command)
        world.advance(max(until, world.now))

    # --- what faults want to know

    def alive(self) -> list[int]:
        return [b for b in self.cluster.places if self.cluster.alive(b)]

    def stopped(self, broker: int) -> bool:
        return not self.cluster.alive(broker)

    def consumers(self) -> list[str]:
        return [n for n, hand in self.cluster.hands.items() if hand.kind == "consumer" and not hand.removing]

    def group(self, consumer: str) -> str:
        return self.cluster.hands[consumer].group

    def _keep_what_it_got(self, consumer: str) -> None:
        if consumer in self.cluster.hands:
            machine: Any = self.world.nodes[self.cluster.hands[consumer].node].machine
            self.delivered += machine.delivered_log
            machine.delivered_log = []

    def _note_flip(self, command: c.FlipBit) -> None:
        """What lies in the file from that byte on may be gone when it is opened again."""
        folder, _, name = command.path.rpartition("/")
        for key, partition in self.cluster.broker(command.broker).partitions.items():
            if partition.log.folder == folder and name.endswith(".log"):
                for segment in partition.log.segments:
                    if segment.path == command.path:
                        offset = offset_at(segment, command.byte)
                        self.watch.bit_flips(command.broker, key, offset)


def offset_at(segment: Any, byte: int) -> int:
    """Where the log ends if it is cut at the batch in which a byte of a segment lies."""
    position, end = 0, int(segment.base_offset)
    for batch in segment.batches(segment.base_offset):
        position += batch.size
        if byte < position:
            break
        end = batch.next_offset
    return end
