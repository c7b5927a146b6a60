"""The proof of a lesson: it is played through in every way that is listed, before anybody learns from it.

- its solution reaches the goal, with commands that it allows, and of each prediction exactly one option holds;
- doing nothing for ten virtual minutes does not;
- each wrong path gets the message it is said to get;
- every text is there in every language.

(That chance does not get there, and cannot break it, is in luck.py.) Nothing here reads a clock: who wants to
know how long it took measures between two steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.commands import CommandRefused
from engine.lessons import texts
from engine.lessons.attempt import Attempt, Make
from engine.lessons.document import SCENE, Plan, plan_of
from engine.lessons.findings import Finding, Findings
from engine.lessons.referee import FAILED, REACHED

NOTHING_MS = 600_000
PATIENCE_MS = 600_000  # for a solution to come to its end
WRONG_MS = 180_000  # for a wrong path to get its message


@dataclass(slots=True)
class Step:
    """what: "document", "texts", "begin", "solution", "predictions", "nothing", "wrong[0]". note: for people."""

    what: str
    note: str = ""
    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.findings


def prove(document: Any, make: Make, *, nothing_ms: int = NOTHING_MS) -> Iterator[Step]:
    """Step by step. If it cannot be read or begun, that is all that can be said."""
    found = Findings()
    plan = plan_of(document, found)
    yield Step("document", "", found.all)
    spoken = Findings()
    texts.check(document, spoken)
    yield Step("texts", "", spoken.all)
    if found.all:
        return
    try:
        attempt = Attempt(make, document)
    except CommandRefused as refused:
        yield Step("begin", "", [Finding("start", "CANNOT_BEGIN", refused.reason, {"error": refused.code})])
        return
    yield Step("begin")
    yield from _solution(document, plan, make, attempt)
    if plan.has_goal:
        yield _nothing(document, make, nothing_ms)
    for number in range(len(plan.wrong)):
        yield _wrong(document, plan, make, number)


def _solution(document: Any, plan: Plan, make: Make, attempt: Attempt) -> Iterator[Step]:
    """attempt: one that has just begun."""
    step = Step("solution")
    attempt.play(plan.solution)
    last = max((move.at_ms for move in plan.solution), default=0)
    ends = [question.at_ms + (question.after_ms or 0) for question in plan.questions if question.after_ms is not None]
    end = max([last, *ends, *(move.at_ms for move in plan.script)])
    if plan.has_goal:
        attempt.go(last + PATIENCE_MS, lambda: attempt.over)
        if attempt.phase == REACHED:
            step.note = f"after {attempt.ms / 1000:g} s, {attempt.referee.moves} moves"
        attempt.go(max(attempt.ms, end) + 1)
    else:
        attempt.go(end + 1_000)
    for command, refused in attempt.refused:
        if command.get("do") != "resume":
            step.findings.append(
                Finding(
                    "solution",
                    "SOLUTION_REFUSED",
                    f"{command['do']} was refused: {refused.reason.rstrip('.')}",
                    {"do": command["do"], "error": refused.code},
                )
            )
    if plan.has_goal and attempt.phase != REACHED:
        step.findings += unreached(attempt)
    elif plan.par is not None and attempt.referee.moves != plan.par and plan.kind != SCENE:
        step.findings.append(
            Finding(
                "par",
                "PAR_DIFFERS",
                f"par is {plan.par}, but the solution takes {attempt.referee.moves} moves",
                {"par": plan.par, "moves": attempt.referee.moves},
            )
        )
    yield step
    if plan.questions:
        yield _predictions(plan, attempt)


def unreached(attempt: Attempt) -> list[Finding]:
    """Why the goal was not reached: the clauses that do not hold."""
    state = attempt.referee.shown_state()
    if attempt.phase == FAILED:
        failed = state["failed"]
        path = f"goal.{failed['part']}[{failed['index']}]" if failed["part"] == "never" else "goal.within_ms"
        reason = f"the solution fails the attempt: it is {failed['value']} by then"
        return [Finding(path, "SOLUTION_FAILS", reason, dict(failed))]
    found = [
        Finding(
            f"goal.{row['part']}[{row['index']}]", "SOLUTION_FAILS",
            f"with the solution, {row['measure']} is {row['value']} in the end, and should be {row['wants']}",
            {key: row[key] for key in ("measure", "value", "wants")},
        )
        for row in state["clauses"] if row["part"] in ("now", "ever") and not row["holds"]
    ]  # fmt: skip
    return found or [Finding("goal.for_ms", "SOLUTION_FAILS", "with the solution, it never holds for so long")]


def _predictions(plan: Plan, attempt: Attempt) -> Step:
    step = Step("predictions")
    for number, prediction in enumerate(attempt.referee.predictions):
        path = f"predict[{number}]"
        if prediction.judged_at < 0:
            why = "asked" if prediction.locked_at < 0 else "judged"
            step.findings.append(Finding(path, "NEVER_JUDGED", f"with the solution it is never {why}"))
        elif not prediction.held:
            step.findings.append(Finding(path, "NO_OPTION_HOLDS", "with the solution no option holds"))
        elif len(prediction.held) > 1:
            held = " and ".join(str(option) for option in prediction.held)
            reason = f"options {held} hold at the same time"
            step.findings.append(Finding(path, "TWO_OPTIONS_HOLD", reason, {"held": list(prediction.held)}))
        else:
            step.note += f"{', ' if step.note else ''}{prediction.held[0]}"
    return step


def _nothing(document: Any, make: Make, nothing_ms: int) -> Step:
    attempt = Attempt(make, document)
    attempt.go(nothing_ms, lambda: attempt.over)
    if attempt.phase == REACHED:
        after = f"who does nothing has reached it after {attempt.ms / 1000:g} s"
        return Step("nothing", "", [Finding("goal", "NOTHING_PASSES", after, {"ms": attempt.ms})])
    return Step("nothing", attempt.phase)


def _wrong(document: Any, plan: Plan, make: Make, number: int) -> Step:
    wrong = plan.wrong[number]
    step, attempt, path = Step(f"wrong[{number}]", wrong.name), Attempt(make, document), f"wrong[{number}]"

    def heard() -> bool:
        if wrong.meets is not None:
            return wrong.meets in attempt.referee.met
        return attempt.phase == FAILED

    attempt.play(wrong.do)
    attempt.go(attempt.ms + WRONG_MS, lambda: heard() or attempt.phase == REACHED)
    for command, refused in attempt.refused:
        if command.get("do") != "resume":
            reason = f"{command['do']} was refused: {refused.reason.rstrip('.')}"
            step.findings.append(Finding(path, "PATH_REFUSED", reason, {"do": command["do"], "error": refused.code}))
    if not heard():
        what = f"goal.never[{wrong.fails}]" if wrong.meets is None else f"misconception {wrong.meets}"
        reason = f"this path never meets {what}; it ends {attempt.phase}"
        step.findings.append(Finding(path, "NOT_MET", reason, {"ends": attempt.phase}))
    elif wrong.fails is not None and attempt.referee.failed is not None:
        part, index, _ = attempt.referee.failed
        if (part, index) != ("never", wrong.fails):
            reason = f"it fails by goal.{part}[{index}] instead"
            step.findings.append(Finding(path, "OTHER_FAILURE", reason, {"part": part, "index": index}))
    return step
