"""One run: a seed becomes a cluster, a load, and a sequence of faults; then it must come to rest.

    safety phase (faults on): the invariants hold after every step
    liveness phase (faults off): one leader each, full ISR, all clients done, no lag (invariant 20)
    the end: nothing acknowledged with acks=all is missing, nothing is there twice

Everything follows from the seed: the same seed is the same run, on any machine. The garbage collector
is not needed while it runs (machines make no cycles on their way): who runs many turns it off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.events import Told
from engine.machine import MILLISECOND, SECOND
from engine.simulation import faults
from engine.simulation.growth import grow
from engine.simulation.invariants import Violated
from engine.simulation.rig import Done, Rig
from engine.world.inputs import Input

PAUSE_MS = 2_500  # at most, between two faults
STORY = 30  # events told of a run that failed
SAFETY_SHARE = 0.6  # of a run's time


@dataclass(slots=True)
class Report:
    """steps: agenda entries of the World. faults: how many happened. coverage: events told, by code.

    Of a run that failed: violation, the last events before it (story), and what it takes to get there again:
    scenario, seed and inputs; script: the faults among them; healed_at: when they were over; failed_at: when.
    kind: what was simulated.
    """

    seed: int
    seconds: float
    steps: int
    digest: str
    faults: int
    acknowledged: int
    coverage: dict[str, int]
    scenario: dict[str, Any] = field(default_factory=dict)
    violation: Violated | None = None
    story: list[Told] = field(default_factory=list)
    inputs: list[Input] = field(default_factory=list)
    script: list[Done] = field(default_factory=list)
    healed_at: int = -1
    failed_at: int = -1
    kind: type[Rig] = Rig

    def lines(self) -> list[str]:
        """The story, an event a line, and what was violated."""
        told = [f"{t.at / SECOND:10.6f} {t.node:12} {t.event}" for t in self.story]
        return [*told, str(self.violation)] if self.violation is not None else told


def simulate(
    seed: int, seconds: float = 30.0, kinds: Sequence[str] = (), least: int = 3, *,
    wired: bool = False, script: Sequence[Done] | None = None, heal_at: int = 0, grows: bool | None = None,
    kind: type[Rig] = Rig,
) -> Report:  # fmt: skip
    """Run one seed. seconds: virtual, of both phases together. kinds: of faults, by name; none: all there are.

    least: faults that must have happened.
    wired: a share of the messages goes through Kafka's bytes; the run is the same. script: do exactly this
    until ``heal_at``, instead of what the dice say. grows: whether administrators are at work (growth.py).
    kind: what is simulated: Kafka's clients, or Kinesis streams too (streams.py).
    """
    rig = kind(seed, wired=wired, grows=grows)
    violated: Violated | None = None
    try:
        if script is None:
            _safety(rig, seconds * SAFETY_SHARE, kinds or kind.USUAL, least)
        else:
            _scripted(rig, script, heal_at)
        _liveness(rig, seconds * (1 - SAFETY_SHARE))
        rig.close()
    except Violated as found:
        violated = found
    except Exception as failure:
        violated = Violated(0, "NothingFails", f"{type(failure).__name__}: {failure}")
        violated.__cause__ = failure
    return _report(rig, seconds, violated)


def _report(rig: Rig, seconds: float, violated: Violated | None) -> Report:
    world = rig.world
    report = Report(
        rig.seed, seconds, world.steps, world.digest(), rig.faults, rig.acknowledged(), rig.watch.coverage,
        rig.scenario, kind=type(rig),
    )  # fmt: skip
    if violated is not None:
        report.violation, report.failed_at = violated, world.now
        report.story = list(world.told)[-STORY:]
        report.inputs, report.script = rig.inputs, rig.script
        report.healed_at = rig.healed_at if rig.healed_at >= 0 else world.now
    return report


def _safety(rig: Rig, seconds: float, kinds: Sequence[str], least: int) -> None:
    world = rig.world
    end = world.now + int(seconds * SECOND)
    rig.run_until(world.now + 500 * MILLISECOND)
    while world.now < end:
        fault = rig.FAULTS[rig.dice.choice(kinds)]
        rig.faults += fault(rig, rig.dice)
        grow(rig)
        rig.run_until(world.now + rig.dice.between(50, PAUSE_MS) * MILLISECOND)
    while rig.faults < least or not rig.watch.coverage.get("leader_elected"):
        rig.faults += faults.crash_leader(rig, rig.dice)
        rig.run_until(world.now + 2 * SECOND)


def _scripted(rig: Rig, script: Sequence[Done], until: int) -> None:
    for done in script:
        rig.run_until(max(done.at, rig.world.now))
        rig.faults += rig.attempt(done.command)
    rig.run_until(max(until, rig.world.now))


def _liveness(rig: Rig, seconds: float) -> None:
    """Faults off: it must come to rest, and stay there."""
    world = rig.world
    faults.heal(rig)
    rig.run_until(world.now + int(seconds * SECOND))
    rig.quiet()
    began = world.now
    patience = rig.patience()
    while (missing := rig.unrest()) and world.now < began + patience:
        rig.run_until(world.now + 250 * MILLISECOND)
        patience = max(patience, rig.patience())
    if missing:
        waited = (world.now - began) // SECOND
        raise Violated(20, "WhenFaultsStopAllIsWell", f"after {waited} s without faults: {missing}")
