"""Looking back.

=============  =========================================  ==================================================
ask            takes, besides "sandbox"                   result
=============  =========================================  ==================================================
"look"         step and/or ms; move: "back", "forward",   {"state", "events", "traffic"} of that moment
               "back_second" or "forward_second"
=============  =========================================  ==================================================

A moment is a step, a time (virtual milliseconds), or both (engine/live/past.py). move: from there to the
meaningful event before or after it, or by a second; where there is none, to the beginning of history or
to the present. "state" is as in a frame, with "past": {"step", "at_ms", "live_step", "live_ms"}.
"events": the last milestones up to there; "traffic": as in the state of a paused sandbox, so what a step to
there was is in it. Looking changes nothing.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from engine.cluster import Cluster
from engine.cluster.snapshot import traffic
from engine.limits import EVENTS_OF_THE_PAST
from engine.live.asks.asking import Handler, Question, Refused, invalid
from engine.live.history import Gone, History, Unreachable
from engine.live.past import Past
from engine.machine import MILLISECOND, SECOND

if TYPE_CHECKING:
    from engine.live.control import Facade

MOVES = ("back", "forward", "back_second", "forward_second")


async def look(facade: Facade, question: Question) -> dict[str, Any]:
    sandbox = facade.stage(question).sandbox
    step, at, move = moment_of(question)
    if move not in (None, *MOVES) or (step is None and at is None):
        raise invalid(f"A moment has a step or ms; move is one of {', '.join(MOVES)}.")
    if sandbox.history is None:
        raise Refused(409, "NO_HISTORY", "This sandbox keeps no history.")
    sandbox.look()
    past = await brought_back(sandbox.history, step, at, move)
    state = sandbox.addressed(past.state())
    state["problem"] = None
    state["past"] = {
        "step": past.step,
        "at_ms": past.now / MILLISECOND,
        "live_step": sandbox.world.steps,
        "live_ms": sandbox.world.now / MILLISECOND,
    }
    return {"state": state, "events": past.events(EVENTS_OF_THE_PAST), "traffic": traffic(past.cluster)}


async def cluster_at(facade: Facade, question: Question) -> Cluster:
    """The cluster as it is now or, when the question has step or ms, as it was then. To be read only, and at once."""
    stage = await facade.current(question)
    step, at, _ = moment_of(question)
    if step is None and at is None:
        return stage.sandbox.cluster
    if stage.sandbox.history is None:
        raise Refused(409, "NO_HISTORY", "This sandbox keeps no history.")
    return (await brought_back(stage.sandbox.history, step, at)).cluster


def moment_of(question: Question) -> tuple[int | None, int | None, str | None]:
    """(step, time in nanoseconds, move) of a question, each maybe None. Raises Refused."""
    step, ms, move = question.get("step"), question.get("ms"), question.get("move")
    if step is not None and (type(step) is not int or step < 0):
        raise invalid("step is a whole number, 0 or more.")
    if ms is not None and (type(ms) not in (int, float) or not math.isfinite(ms) or ms < 0):
        raise invalid("ms is a number, 0 or more: virtual milliseconds.")
    if move is not None and not isinstance(move, str):
        raise invalid(f"move is one of {', '.join(MOVES)}.")
    return step, None if ms is None else round(ms * MILLISECOND), move


async def brought_back(history: History, step: int | None, at: int | None, move: str | None = None) -> Past:
    """The moment, or where ``move`` leads from it. Raises Refused; the reason says what to do."""
    try:
        if move in ("back", "forward"):
            here = step if step is not None else (await history.past(at=at)).step
            there = await history.meaningful(move, here, at)
            if there is not None:
                return await history.past(*there)
            return await history.past(step=history.horizon()[0] if move == "back" else history.step)
        if move is not None:
            now = at if at is not None else (await history.past(step=step)).now
            by = SECOND if move == "forward_second" else -SECOND
            return await history.past(at=max(now + by, history.horizon()[1]))
        return await history.past(step, at)
    except (Gone, Unreachable) as problem:
        raise out_of_reach(problem) from None


def out_of_reach(problem: Gone | Unreachable) -> Refused:
    """What to say instead of a moment."""
    if isinstance(problem, Gone):
        return Refused(410, "HISTORY_GONE", f"This moment is no longer remembered. {problem}")
    reason = f"This moment cannot be brought back: {problem} Look at another, or go on with the present."
    return Refused(500, "PAST_UNREACHABLE", reason)


ASKS: dict[str, Handler] = {"look": look}
