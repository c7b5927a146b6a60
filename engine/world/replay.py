"""History: a World made from the same base and fed the same inputs goes through the same steps.

Timers, messages between nodes and random numbers are never recorded; they are executed again. So a
recording is short, and whoever lays it beside the original finds the same digest.

A *position* is (step, at, held): after exactly ``step`` agenda entries, at time ``at``, and, if held,
in the middle of the instant. Inputs have one; a recording may keep others ("at least up to here").
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.world.inputs import Input, groups
from engine.world.world import World


class ReplayDiverged(Exception):
    """The World did not get to a recorded position: another scenario, seed, or behaviour."""


def replay(world: World, inputs: Iterable[Input]) -> list[Any]:
    """Apply recorded inputs, each where it was applied. Returns their results.

    The instant of the last input is left as it was left then: go on with ``finish_instant``,
    ``advance``, ``step`` or ``run_to_step``.
    """
    results: list[Any] = []
    for group in groups(inputs):
        results += replay_group(world, group)
    return results


def replay_group(world: World, group: list[Input]) -> list[Any]:
    """Apply one group of a recording where it was applied; raises ReplayDiverged."""
    first = group[0]
    reach(world, first.step, first.at, first.held)
    return world.apply(group)


def reach(world: World, step: int, at: int, held: bool) -> None:
    """Let the World run to a recorded position; raises ReplayDiverged if it never comes by there."""
    run_to_step(world, step, before=at)
    if not held and at >= world.now:
        world.advance(at)
    if (world.steps, world.now) != (step, at):
        raise ReplayDiverged(
            f"the recording says step {step} at {at} ns; the World has taken {world.steps} and it is {world.now} ns"
        )


def run_to_step(world: World, step: int, before: int | None = None) -> None:
    """Let the World run until exactly ``step`` entries have been taken, in the middle of an instant if need be.

    before: the time by which it must be there; None: whenever.
    """
    if world.steps > step:
        raise ReplayDiverged(f"the World has taken {world.steps} steps already, the recording says {step}")
    world.run(step - world.steps, before)
    if world.steps < step:
        raise ReplayDiverged(f"nothing more to do after {world.steps} steps, the recording says {step}")
