"""Opening a sandbox again: its World is made anew and fed the journal."""

from __future__ import annotations

from collections.abc import Iterator

from engine.live.groups import Group
from engine.live.journal import Journal
from engine.world.replay import replay_group, run_to_step
from engine.world.world import World


def replay(world: World, journal: Journal) -> Iterator[tuple[int, int]]:
    """Bring ``world`` to where the journal ends; yields (inputs so far, bytes read) after each group.

    The last instant is left as it is written: unfinished. Raises ReplayDiverged.
    """
    inputs = 0
    for group, read in journal.groups():
        replay_one(world, group)
        world.drain()  # those who were told are gone
        inputs += len(group.inputs)
        yield inputs, read


def replay_one(world: World, group: Group) -> None:
    if group.inputs:
        replay_group(world, group.inputs)
        return
    run_to_step(world, group.step, before=group.at)
    if not group.held:
        world.advance(group.at)
