"""Worlds that somebody keeps under a name (engine/live/worlds.py), to begin from again.

=================  ===================================================  ========================================
ask                takes                                                result
=================  ===================================================  ========================================
"worlds"           owner ("")                                           a list of rows, the newest first
"save_world"       sandbox, step (none: now), name, owner               the world's row
"begin_world"      world, name?, owner                                  the row of a new sandbox: it stands still
"delete_world"     world, owner, all                                    {}
=================  ===================================================  ========================================

A world is a moment like any that is exported, so it is saved and opened as those are (moments.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.live import worlds as shelves
from engine.live.asks import moments
from engine.live.asks.asking import Handler, Question, Refused
from engine.live.asks.sandboxes import name_of, owner_of

if TYPE_CHECKING:
    from engine.live.control import Facade


def worlds(facade: Facade, question: Question) -> Any:
    owner = owner_of(question)
    kept = sorted(facade.the_keeper().shelf.worlds.values(), key=lambda world: -world.created_ms)
    return [world.listed(owner) for world in kept]


async def save(facade: Facade, question: Question) -> Any:
    keeper, owner, name = facade.the_keeper(), owner_of(question), name_of(question.get("name"))
    keeper.shelf.room_for(0)  # before the work is done
    kept, sandbox = facade.kept(question), facade.stage(question).sandbox
    sandbox.look()
    exported = await moments.export(facade, question)
    step, at_ms = exported.about["step"], exported.about["at_ms"]
    world = shelves.World(
        "", name, owner, of=kept.entry.name, at_ms=at_ms, step=step, brokers=len(sandbox.cluster.places)
    )
    try:
        return keeper.shelf.put(exported.data, world).listed(owner)
    except OSError as problem:
        raise Refused(
            507, "DISK_FULL", f"{keeper.shelf.folder} cannot be written: {problem.strerror}. Make room on this disk."
        ) from None


async def begin(facade: Facade, question: Question) -> Any:
    shelf = facade.the_keeper().shelf
    world = shelf.get(question.get("world"))
    name = question.get("name") or world.name
    return await moments.import_(facade, {**question, "name": name, "data": shelf.data(world)})


def delete(facade: Facade, question: Question) -> Any:
    shelf, owner = facade.the_keeper().shelf, owner_of(question)
    world = shelf.get(question.get("world"))
    if question.get("all") is not True and (not owner or owner != world.owner):
        raise Refused(403, "NOT_YOURS", f"Only who saved {world.name!r} may delete it.")
    shelf.delete(world)
    return {}


ASKS: dict[str, Handler] = {
    "worlds": worlds,
    "save_world": save,
    "begin_world": begin,
    "delete_world": delete,
}
