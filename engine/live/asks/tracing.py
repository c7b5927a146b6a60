"""Requests: who asked whom what (engine/live/tracing.py, engine/cluster/requests.py).

=============  =========================================  ==================================================
ask            takes, besides "sandbox"                   result
=============  =========================================  ==================================================
"requests"     since: an earlier answer's "last" (0)      {"requests", "under_way", "last", "gap"} of the present
"requests"     step and/or ms; since_step or back_ms      {"requests", "under_way", "step", "at_ms"} of a moment
               (100)
"request"      n, at_step; step and/or ms                 {"request", "answer", "answer_causes", "causes",
                                                           "whole", "led_to", "events"}
=============  =========================================  ==================================================

Of the present: asking once begins it, what happens from then on is in the next answer; "gap": something happened
in between that nobody can tell. Of a moment: what arrived in the "back_ms" before it, or after the step "since_step".
"under_way": sent and not arrived. n, at_step: as in the row; the moment: how much of what followed is known (the
present). Looking changes nothing.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from engine.cluster import requests as described
from engine.cluster.one_request import detail
from engine.limits import REQUESTS_AT_ONCE_MAX, REQUESTS_BACK_MS_MAX
from engine.live.asks.asking import Handler, Question, Refused, invalid
from engine.live.asks.time import moment_of, out_of_reach
from engine.live.history import Gone, Unreachable
from engine.live.tracing import done_again
from engine.machine import MILLISECOND

if TYPE_CHECKING:
    from engine.live.control import Facade
    from engine.live.history import History

BACK_MS = 100
BEFORE_STEPS, AFTER_STEPS = 200, 3_000  # around a request: where its causes and its answer are looked for


async def requests(facade: Facade, question: Question) -> dict[str, Any]:
    step, at, _ = moment_of(question)
    if step is None and at is None:
        stage = await facade.current(question)
        return stage.sandbox.tracing.since(_number(question, "since", 0))
    history = _history(facade, question)
    back = question.get("back_ms", BACK_MS)
    if type(back) not in (int, float) or not math.isfinite(back) or not 0 <= back <= REQUESTS_BACK_MS_MAX:
        raise invalid(f"back_ms is a number from 0 to {REQUESTS_BACK_MS_MAX:,}.")
    since = _number(question, "since_step", -1)
    try:
        if since >= 0:
            past, trace = await done_again(history, step, at, since_step=since)
            kept = [entry for entry in trace.entries if entry.step > since]
        else:
            end = history.within(step, at)[1]
            if at is None:
                end = (await history.past(step)).now
            start = end - round(back * MILLISECOND)
            past, trace = await done_again(history, step, at, since_at=max(start, history.horizon()[1]))
            kept = [entry for entry in trace.entries if entry.at >= start]
    except (Gone, Unreachable) as problem:
        raise out_of_reach(problem) from None
    rows = described.rows(past.cluster, trace, kept)[-REQUESTS_AT_ONCE_MAX:]
    under_way = described.under_way(past.cluster, trace)[:REQUESTS_AT_ONCE_MAX]
    answer = {"requests": rows, "under_way": under_way, "step": past.step, "at_ms": past.now / MILLISECOND}
    past.close()
    return answer


async def request(facade: Facade, question: Question) -> dict[str, Any]:
    number, at_step = _number(question, "n", 0), _number(question, "at_step", 0)
    step, at, _ = moment_of(question)
    sandbox = facade.stage(question).sandbox
    if step is None and at is None and sandbox.tracing.trace is not None:
        found = detail(sandbox.cluster, sandbox.tracing.trace, number)
        fresh = at_step + AFTER_STEPS > sandbox.world.steps
        if found is not None and found["whole"] and (found["answer"] is not None or fresh):
            return found
    history = _history(facade, question)
    until = min(history.step if step is None else step, at_step + AFTER_STEPS)
    try:
        past, trace = await done_again(history, until, at, since_step=max(at_step - BEFORE_STEPS, history.horizon()[0]))
    except (Gone, Unreachable) as problem:
        raise out_of_reach(problem) from None
    found = detail(past.cluster, trace, number)
    past.close()
    if found is None:
        raise Refused(404, "NOT_FOUND", f"At step {at_step:,} there is no request {number:,}.")
    return found


def _history(facade: Facade, question: Question) -> History:
    sandbox = facade.stage(question).sandbox
    if sandbox.history is None:
        raise Refused(409, "NO_HISTORY", "This sandbox keeps no history.")
    sandbox.look()
    return sandbox.history


def _number(question: Question, name: str, otherwise: int) -> int:
    value = question.get(name)
    if value is None:
        return otherwise
    if type(value) is not int or value < 0:
        raise invalid(f"{name} is a whole number, 0 or more.")
    return value


ASKS: dict[str, Handler] = {"requests": requests, "request": request}
