"""Side by side: two branches of one moment in which one thing differs, and what is done to both at once.

=============  =========================================  ==================================================
ask            takes                                      result
=============  =========================================  ==================================================
"compare"      sandbox, step, ms (neither: now), changes  {"a", "b"}: the rows of the two new branches, which
               (commands), names ([a, b]), owner          stand still at that moment; the changes were made in b
"both"         sandboxes ([a, b]), actor, command         {"at_ms", "answers": [a's, b's]}: each as of "command", or
                                                          {"ok": false, "error"}; for "step" and "advance" also
                                                          "nothing" and "waits_for"
"compared"     sandboxes ([a, b]), owner                  {"a", "b": their rows, "since_ms", "differences":
                                                          [{"what", "of", "a", "b"}]}: where they parted, and
                                                          which settings are not the same
"lost"         sandbox                                    {"known", "since_ms", "acknowledged", "lost", "listed"}
=============  =========================================  ==================================================

"both" knows one command more: {"do": "advance", "ms": 1000}, of two that stand still. "lost": records a producer was
told are safe, and are not there (engine/live/losses.py); known: false if there is too much history to go through.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from engine.commands import Step, parse
from engine.limits import ADVANCE_MS_MAX, COMPARED_CHANGES_MAX, SANDBOX_NAME_MAX
from engine.live.asks.asking import Handler, Question, Refused, invalid
from engine.live.asks.looking import ACTOR_MAX
from engine.live.asks.sandboxes import name_of, owner_of
from engine.live.asks.time import moment_of, out_of_reach
from engine.live.differing import differences, parted_at
from engine.live.history import Gone, Unreachable
from engine.live.losses import TooMuch
from engine.live.pairs import Pair, command_at, move
from engine.machine import MILLISECOND
from engine.world.inputs import COMMAND

if TYPE_CHECKING:
    from engine.live.control import Facade

ACTOR = "compare"
PAUSED = (ACTOR, COMMAND, {"do": "pause"})  # refused, and no harm done, where time stood still anyway


async def compare(facade: Facade, question: Question) -> Any:
    parent, owner = facade.kept(question), owner_of(question)
    stage = await facade.current(question)
    step, at, _ = moment_of(question)
    if step is None and at is None:
        step, at = stage.sandbox.world.steps, stage.sandbox.world.now
    changes, names = _changes(question), _names(question, parent.entry.name)
    keeper = facade.the_keeper()
    made = []
    try:
        for name in names:
            made.append(await keeper.branch(parent, step, at, name=name, owner=owner, first=[PAUSED]))
        pair = Pair([kept.sandbox for kept in made if kept.sandbox is not None])
        moment = pair.align()
        for change in changes:
            command_at(pair.sandboxes[1], moment, ACTOR, change)
        for one in pair.sandboxes:  # what was ordered has been heard: the picture shows the difference at once
            one.world.finish_instant()
            move(one, moment)
    except BaseException:
        for kept in made:
            with contextlib.suppress(Refused):
                await keeper.delete(kept)
        raise
    return {"a": made[0].listed(owner), "b": made[1].listed(owner)}


async def compared(facade: Facade, question: Question) -> Any:
    names, owner = _two(question), owner_of(question)
    kept = [facade.kept({"sandbox": name}) for name in names]
    clusters = [(await facade.current({"sandbox": name})).sandbox.cluster for name in names]
    return {
        "a": kept[0].listed(owner), "b": kept[1].listed(owner),
        "since_ms": parted_at(facade.the_keeper().kept, kept[0].entry, kept[1].entry),
        "differences": differences(clusters[0], clusters[1]),
    }  # fmt: skip


async def both(facade: Facade, question: Question) -> Any:
    names, data, actor = _two(question), question.get("command"), question.get("actor", "")
    if not isinstance(actor, str) or len(actor) > ACTOR_MAX:
        raise invalid(f"An actor is a text of at most {ACTOR_MAX} characters.")
    pair = Pair([(await facade.current({"sandbox": name})).sandbox for name in names])
    do = data.get("do") if isinstance(data, dict) else None
    if do in ("advance", Step.do):
        return await _moved(pair, data)
    parse(data)
    assert isinstance(data, dict)
    answers = pair.command(actor, data)
    if all(answer.get("ok") is False for answer in answers):
        error = answers[0]["error"]
        raise Refused(422, error["code"], error["reason"])
    return {"at_ms": pair.sandboxes[0].world.now / MILLISECOND, "answers": answers}


async def lost(facade: Facade, question: Question) -> Any:
    sandbox = facade.stage(question).sandbox
    if sandbox.history is None:
        raise Refused(409, "NO_HISTORY", "This sandbox keeps no history.")
    sandbox.look()
    sandbox.instants.written()
    try:
        found = await sandbox.history.ledger.ask()
    except TooMuch:
        return {"known": False, "since_ms": 0, "acknowledged": 0, "lost": 0, "listed": []}
    except (Gone, Unreachable) as problem:
        raise out_of_reach(problem) from None
    return {
        "known": True, "since_ms": found.since / MILLISECOND, "acknowledged": found.acknowledged, "lost": found.lost,
        "listed": found.listed,
    }  # fmt: skip


async def _moved(pair: Pair, data: Any) -> Any:
    if not pair.paused:
        raise invalid("Pause both first: then they can be moved on together.")
    if data["do"] == Step.do:
        something, waits_for = await pair.step()
    else:
        ms = data.get("ms")
        if type(ms) not in (int, float) or not 0 < ms <= ADVANCE_MS_MAX:
            raise invalid(f"ms is a number up to {ADVANCE_MS_MAX:,}: so many virtual milliseconds.")
        something, waits_for = await pair.advance(ms)
    answers = [{"ok": True, "step": one.world.steps, "at_ms": one.world.now / MILLISECOND} for one in pair.sandboxes]
    return {"at_ms": answers[0]["at_ms"], "nothing": not something, "waits_for": waits_for, "answers": answers}


# --- what fits


def _two(question: Question) -> list[Any]:
    names = question.get("sandboxes")
    if not isinstance(names, list) or len(names) != 2 or names[0] == names[1]:
        raise invalid("sandboxes are the ids of two different ones.")
    return names


def _changes(question: Question) -> list[dict[str, Any]]:
    changes = question.get("changes") or []
    if not isinstance(changes, list) or len(changes) > COMPARED_CHANGES_MAX:
        raise invalid(f"changes are at most {COMPARED_CHANGES_MAX} commands: what is different in the second branch.")
    for change in changes:
        parse(change)
    return changes


def _names(question: Question, parent: str) -> list[str]:
    names = question.get("names")
    if names is None:
        names = [f"{parent[: SANDBOX_NAME_MAX - 4]} (A)", f"{parent[: SANDBOX_NAME_MAX - 4]} (B)"]
    if not isinstance(names, list) or len(names) != 2:
        raise invalid("names are two texts, of the two branches.")
    return [name_of(name) for name in names]


ASKS: dict[str, Handler] = {"compare": compare, "compared": compared, "both": both, "lost": lost}
