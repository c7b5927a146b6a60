"""A seed that fails, as a moment that can be opened: its scenario, its seed, its inputs, up to the step before.

There the playground shows a cluster like any other, paused: one more step, and what the invariant found is there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from engine.cluster import Cluster
from engine.live.moments import Moment, groups_of, pack
from engine.simulation.harness import Report, simulate
from engine.simulation.rig import Rig
from engine.world.replay import replay, run_to_step


def moment_before(found: Report) -> Moment:
    """The step before the violation; of one that shows itself at rest (10, 16, 20, 22 to 24): the end of the run."""
    step = found.steps - 1
    inputs = [given for given in found.inputs if given.step <= step]
    cluster = Cluster(found.scenario, found.seed)
    world = cluster.world
    replay(world, inputs)
    run_to_step(world, step)
    name = f"seed {found.seed}"
    base = {"scenario": found.scenario, "seed": found.seed}
    return Moment(step, world.now, world.digest(), base, groups=groups_of(inputs), name=name)


def before_failure(
    seed: int, seconds: float, kinds: Sequence[str], kind: type[Rig], to: Path, say: Callable[..., Any]
) -> int:
    """Write the moment before ``seed`` fails to a file. Exit code 1 if it does not fail."""
    found = simulate(seed, seconds, kinds, kind=kind)
    if found.violation is None:
        say(t="refused", reason=f"Seed {seed} holds for {seconds:g} s: nothing fails, so there is no moment before it.")
        return 1
    moment = moment_before(found)
    to.write_bytes(pack(moment))
    say(t="exported", seed=seed, violation=str(found.violation), step=moment.step, at_ms=moment.at / 1e6)
    return 0
