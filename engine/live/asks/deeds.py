"""What people did to a sandbox, out of its journal: one half of the report of a run (the events are the other).

=============  =========================================  ==================================================
ask            takes, besides "sandbox"                   result
=============  =========================================  ==================================================
"deeds"                                                   {"deeds": [{"step", "at_ms", "actor", "command", "done"}],
                                                          "from_step", "from_ms", "step", "at_ms"}
=============  =========================================  ==================================================

A deed is a command, in the order in which they were given; one that came twice (the same id from the same sender)
is told once. done: true, or false when it was refused; null for what lies so far back that nobody knows any more.
from_step, from_ms: of the first moment from which all are known; step, at_ms: the present. Nothing is brought back
for it, and looking changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.limits import COMMAND_IDS_MAX, DEEDS_JOURNAL_BYTES_MAX, DEEDS_MAX
from engine.live.asks.asking import Handler, Question, Refused
from engine.live.journal import Journal, JournalError, Position
from engine.live.slices import Work, at_leisure
from engine.machine import MILLISECOND
from engine.world.inputs import COMMAND

if TYPE_CHECKING:
    from engine.live.control import Facade

Deed = dict[str, Any]
Told = tuple[str, str]  # who, and the command's id


async def deeds(facade: Facade, question: Question) -> dict[str, Any]:
    sandbox = (await facade.current(question)).sandbox
    journal, history = sandbox.journal, sandbox.history
    if journal is None or history is None:
        raise Refused(409, "NO_HISTORY", "This sandbox keeps no history.")
    sandbox.look()
    start, from_step = _start(journal)
    try:
        found = await at_leisure(_commands(journal, start))
    except JournalError as problem:
        raise Refused(410, problem.code, problem.reason) from None
    # Those that were carried out are remembered, the last of them at least: whoever is not among them was refused.
    known = dict(sandbox.cluster.done)
    all_known = len(known) < COMMAND_IDS_MAX
    oldest = 0 if all_known else min(result["step"] for _, result in known.values())
    for deed in found:
        told = deed.pop("told")
        if told in known:
            deed["done"] = True
        elif told is not None and deed["step"] > oldest:
            deed["done"] = False
    first_step, first_at = history.horizon()
    world = sandbox.world
    cut = len(found) > DEEDS_MAX
    shown = found[-DEEDS_MAX:]
    begins = {"from_step": max(first_step, from_step), "from_ms": first_at / MILLISECOND}
    if cut or from_step > first_step:
        begins = {"from_step": shown[0]["step"], "from_ms": shown[0]["at_ms"]} if shown else begins
    return {"deeds": shown, **begins, "step": world.steps, "at_ms": world.now / MILLISECOND}


def _start(journal: Journal) -> tuple[Position, int]:
    """From where on it is read: from its beginning, or from a segment, so that it is not too much."""
    size = 0
    chosen = journal.segments[-1]
    for segment in reversed(journal.segments):
        size += segment.size
        if size > DEEDS_JOURNAL_BYTES_MAX:
            break
        chosen = segment
    return Position(chosen.step, chosen.start), chosen.step


def _commands(journal: Journal, start: Position) -> Work[list[Deed]]:
    found: list[Deed] = []
    seen: set[Told] = set()
    for group, _ in journal.read(start):
        for given in group.inputs:
            if given.source != COMMAND or not isinstance(given.payload, dict):
                continue
            name = given.payload.get("id")
            told = (given.actor, name) if isinstance(name, str) and name else None
            if told is not None:
                if told in seen:
                    continue
                seen.add(told)
            command = {key: value for key, value in given.payload.items() if key != "id"}
            found.append(
                {"step": given.step, "at_ms": given.at / MILLISECOND, "actor": given.actor, "command": command,
                 "done": None, "told": told}
            )  # fmt: skip
        yield None
    return found


ASKS: dict[str, Handler] = {"deeds": deeds}
