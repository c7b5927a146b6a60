"""A visitor's sandbox for a level: the one they have, or a new one."""

from __future__ import annotations

from typing import Any

from playground import selectors, services
from playground.engine_client import Refused
from playground.lessons import library
from playground.lessons.library import Lesson
from playground.owners import Asker
from playground.runtime import current

NAME_MAX = 60  # engine/limits.py, SANDBOX_NAME_MAX
NO_ROOM = "TOO_MANY_SANDBOXES"


async def take(lesson: Lesson, *, language: str, who: Asker) -> str:
    """The id of the sandbox to go to. Raises Refused.

    It goes on where it was; one of an older text of the same lesson gives way to a new one. Where there is no room
    for one more, this visitor's oldest sandboxes of levels are deleted first.
    """
    rows = await _own(who)
    for row in [row for row in rows if row["lesson"] == lesson["id"]]:
        if row["state"] != "broken" and await _is_current(row["id"], lesson):
            return str(row["id"])
        await services.delete_sandbox(sandbox=row["id"], **who)
        rows.remove(row)
    name = lesson["title"][language][:NAME_MAX].strip()
    while True:
        try:
            made = await services.create_sandbox(
                scenario=scenario(lesson), name=name, seed=lesson.get("seed", 0), **who
            )
            return str(made["id"])
        except Refused as refusal:
            if refusal.code != NO_ROOM or not rows:
                raise
        await services.delete_sandbox(sandbox=rows.pop(0)["id"], **who)


def scenario(lesson: Lesson) -> dict[str, Any]:
    """As the engine takes it: the whole document travels with it."""
    return {"name": lesson["id"], **lesson["start"], "lesson": lesson}


async def _own(who: Asker) -> list[dict[str, Any]]:
    """This visitor's sandboxes of levels, the oldest first. (Branches are kept: somebody wanted them.)"""
    rows = await selectors.sandboxes(owner=who["owner"])
    mine = [row for row in rows if row["owner"] == "you" and row.get("lesson") and not row["parent"]]
    mine = [row for row in mine if library.scene(row["lesson"]) is None]
    return sorted(mine, key=lambda row: int(row["created_ms"]))


async def _is_current(sandbox: str, lesson: Lesson) -> bool:
    """Whether it is played from this very document."""
    try:
        found = await current().client.ask("lesson", sandbox=sandbox)
    except Refused:
        return False
    return dict(found or {}).get("lesson") == lesson
