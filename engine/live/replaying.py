"""Opening a sandbox again: its World stands at a base, and is fed the journal from there on."""

from __future__ import annotations

from collections.abc import Iterator

from engine.live.groups import Group
from engine.live.journal import Journal, Position
from engine.world.replay import replay_group, run_to_step
from engine.world.world import World


def replay(world: World, journal: Journal, position: Position | None = None) -> Iterator[tuple[int, Position]]:
    """Bring ``world``, which stands at ``position`` (None: the journal's start), to where the journal ends.

    Yields (inputs so far, the position behind them) after each group. The last instant is left as it
    is written: unfinished. Raises ReplayDiverged, JournalError.
    """
    inputs = 0
    for group, reached in journal.read(position):
        replay_one(world, group)
        world.drain()  # those who were told are gone
        inputs += len(group.inputs)
        yield inputs, reached


def replay_one(world: World, group: Group) -> None:
    if group.inputs:
        replay_group(world, group.inputs)
        return
    run_to_step(world, group.step, before=group.at)
    if not group.held:
        world.advance(group.at)
