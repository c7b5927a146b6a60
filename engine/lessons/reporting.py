"""How a lesson stands, as JSON for stage and API (``state["lesson"]``, docs/api.md). Made by looking only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.machine import MILLISECOND

if TYPE_CHECKING:
    from engine.lessons.clauses import Clause
    from engine.lessons.looking import Look
    from engine.lessons.referee import Prediction, Referee


def report(it: Referee) -> dict[str, Any]:
    plan, now, look = it.plan, it.cluster.world.now, it.look()
    rows = [_clause(it, look, "now", n, clause) for n, clause in enumerate(plan.now)]
    rows += [_clause(it, look, "ever", n, clause) for n, clause in enumerate(plan.ever)]
    rows += [_clause(it, look, "never", n, clause) for n, clause in enumerate(plan.never)]
    left = None
    if it.deadline >= 0:
        end = it.reached_at if it.reached_at >= 0 else now
        left = max(0, it.deadline - end) // MILLISECOND
        rows.append(
            {"part": "within", "index": 0, "holds": left > 0 or it.reached_at >= 0, "measure": "ms",
             "value": (end - it.began) // MILLISECOND, "wants": f"<= {(it.deadline - it.began) // MILLISECOND}",
             "since_ms": None}
        )  # fmt: skip
    held = 0
    if it.since >= 0:
        held = min(plan.for_ms, ((it.reached_at if it.reached_at >= 0 else now) - it.since) // MILLISECOND)
    return {
        "id": plan.id,
        "kind": plan.kind,
        "phase": it.phase,
        "asks": it.asks if it.asks >= 0 else None,
        "predictions": [_prediction(it, one) for one in it.predictions],
        "clauses": rows,
        "held_ms": held,
        "for_ms": plan.for_ms,
        "left_ms": left,
        "moves": it.moves,
        "par": plan.par,
        "met": list(it.met),
        "begin_ms": it.began / MILLISECOND,
        "reached_ms": _ms(it, it.reached_at),
        "reached_step": it.reached_step if it.reached_step >= 0 else None,
        "failed": {"part": it.failed[0], "index": it.failed[1], "value": it.failed[2]} if it.failed else None,
        "shown": it.shown,
        "by": it.by or None,
    }


def _ms(it: Referee, at: int) -> float | None:
    """Milliseconds since it began."""
    return (at - it.began) / MILLISECOND if at >= 0 else None


def _prediction(it: Referee, one: Prediction) -> dict[str, Any]:
    return {
        "chosen": one.chosen if one.chosen >= 0 else None,
        "locked_ms": _ms(it, one.locked_at),
        "judged_ms": _ms(it, one.judged_at),
        "held": list(one.held),
    }


def _clause(it: Referee, look: Look, part: str, number: int, clause: Clause) -> dict[str, Any]:
    """As it is now; of one that held once (``ever``) or failed the attempt (``never``), as it was then."""
    found = clause.look(look, it.counters)
    holds, value = found.holds, found.value
    if part == "ever":
        holds = holds or (part, number) in it.once
    elif part == "never" and it.failed is not None and it.failed[:2] == (part, number):
        holds, value = True, it.failed[2]
    return {
        "part": part, "index": number, "holds": holds, "measure": found.measure, "value": value,
        "wants": found.wants, "since_ms": _ms(it, it.once.get((part, number), -1)),
    }  # fmt: skip
