"""A lesson's document as the engine needs it: levels and scenes are data (docs/api.md, "Lessons").

``read`` makes a plan of it. What it does not understand it says, each with its place; of texts it knows
nothing (texts.py looks after those). A plan holds no state: it is made anew from the document whenever it is
needed, and the document travels with the scenario.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from engine.commands.vocabulary import COMMANDS
from engine.lessons.clauses import Clause, clauses
from engine.lessons.findings import Findings
from engine.lessons.parts import Timed, commands, is_command, too_deep, whole
from engine.limits import (
    BEGIN_MS_MAX,
    CLAUSES_MAX,
    CLAUSES_TOTAL_MAX,
    LESSON_BYTES_MAX,
    LESSON_DEPTH_MAX,
    LESSON_MS_MAX,
    PREDICTIONS_MAX,
    SCRIPT_MAX,
)

FORMAT = 1
LEVEL, SCENE = "level", "scene"
FREE = ("pause", "resume", "step", "speed", "predict", "show_solution")  # allowed always, and no moves
WHILE_ASKED = ("predict", "show_solution", "speed")
OPTIONS = (2, 4)
ID = re.compile(r"[a-z0-9-]{3,40}\Z")


@dataclass(slots=True)
class Question:
    """options: what has to hold for each to be right. after_ms: judged so long after the answer; None: at the goal."""

    at_ms: int
    options: list[list[Clause]]
    after_ms: int | None = None


@dataclass(slots=True)
class Wrong:
    """A path that leads astray. meets: which misconception; fails: which clause of ``never``; the other is None."""

    name: str
    do: list[Timed]
    meets: int | None = None
    fails: int | None = None


@dataclass(slots=True)
class Plan:
    """allow: commands besides the free ones; None: all. counted: all clauses that count events, in one order."""

    id: str = ""
    kind: str = LEVEL
    seed: int = 0
    begin_ms: int = 0
    allow: tuple[str, ...] | None = None
    script: list[Timed] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    now: list[Clause] = field(default_factory=list)
    for_ms: int = 0
    ever: list[Clause] = field(default_factory=list)
    never: list[Clause] = field(default_factory=list)
    within_ms: int | None = None
    misconceptions: list[list[Clause]] = field(default_factory=list)
    solution: list[Timed] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    par: int | None = None
    counted: list[Clause] = field(default_factory=list)

    @property
    def has_goal(self) -> bool:
        return bool(self.now or self.ever)

    def allows(self, do: str) -> bool:
        return self.allow is None or do in self.allow or do in FREE


class LessonRefused(Exception):
    """It cannot be played; ``findings`` say why."""

    def __init__(self, findings: Findings) -> None:
        first = findings.all[0]
        super().__init__(f"lesson.{first.path}: {first.reason}.")
        self.findings = findings


def read(document: Any) -> Plan:
    """Raises LessonRefused."""
    found = Findings()
    plan = plan_of(document, found)
    if found.all:
        raise LessonRefused(found)
    return plan


def scenario_of(document: dict[str, Any]) -> dict[str, Any]:
    """The scenario of a sandbox in which it is played."""
    start: dict[str, Any] = document.get("start") or {}
    return {"name": document["id"], **start, "lesson": document}


def plan_of(document: Any, found: Findings) -> Plan:
    plan = Plan()
    if not isinstance(document, dict):
        found.add("", "NOT_A_LESSON", "a lesson is an object with an id, a start and a goal")
        return plan
    if too_deep(document):
        found.add("", "TOO_DEEP", f"a lesson has at most {LESSON_DEPTH_MAX} lists and objects one inside the other")
        return plan
    if len(json.dumps(document, ensure_ascii=False)) > LESSON_BYTES_MAX:
        found.add("", "TOO_LARGE", f"a lesson has at most {LESSON_BYTES_MAX:,} characters as JSON")
        return plan
    if document.get("format") != FORMAT:
        found.add("format", "FORMAT", f"this Riacho reads format {FORMAT}, not {document.get('format')!r:.20}")
    _head(document, plan, found)
    _goal(document, plan, found)
    plan.script = commands(document.get("script", []), "script", found)
    plan.questions = _questions(document.get("predict", []), plan, found)
    plan.misconceptions = _misconceptions(document.get("misconceptions", []), found)
    plan.solution = commands(document.get("solution", []), "solution", found, plan.allows)
    plan.wrong = _wrong(document.get("wrong", []), plan, found)
    _count(plan, found)
    return plan


# --- its parts ----------------------------------------------------------------------------------------


def _head(document: dict[str, Any], plan: Plan, found: Findings) -> None:
    name, kind = document.get("id"), document.get("kind", LEVEL)
    if not isinstance(name, str) or not ID.match(name):
        found.add("id", "BAD_ID", "id is 3 to 40 of the characters a-z, 0-9 and -")
    if kind not in (LEVEL, SCENE):
        found.add("kind", "BAD_KIND", f"kind is {LEVEL} or {SCENE}, not {kind!r:.40}")
    if not isinstance(document.get("start", {}), dict):
        found.add("start", "NOT_A_SCENARIO", "start is a scenario: an object with brokers, topics, producers, groups")
    plan.id, plan.kind = str(name), str(kind)
    plan.seed = whole(document, "seed", "", 0, (1 << 63) - 1, found, default=0) or 0
    plan.begin_ms = whole(document, "begin_ms", "", 0, BEGIN_MS_MAX, found, default=0) or 0
    plan.par = whole(document, "par", "", 0, SCRIPT_MAX, found)
    allow = document.get("allow")
    if allow is None:
        return
    if not isinstance(allow, list):
        found.add("allow", "NOT_A_LIST", "allow is a list of commands' names")
        return
    for number, do in enumerate(allow):
        if not is_command(do):
            known = ", ".join(sorted(COMMANDS))
            found.add(f"allow[{number}]", "UNKNOWN_COMMAND", f"there is no command {do!r:.40}; there are: {known}")
    plan.allow = tuple(str(do) for do in allow)


def _goal(document: dict[str, Any], plan: Plan, found: Findings) -> None:
    goal = document.get("goal", {})
    if not isinstance(goal, dict):
        found.add("goal", "NO_GOAL", "goal is an object with now, ever, never, for_ms, within_ms")
        return
    for key in goal:
        if key not in ("now", "ever", "never", "for_ms", "within_ms"):
            known = "now, ever, never, for_ms, within_ms"
            found.add(f"goal.{key}", "UNKNOWN_KEY", f"a goal has no {key!r:.40}; it has {known}")
    for part in ("now", "ever", "never"):
        if part in goal:
            setattr(plan, part, clauses(goal[part], f"goal.{part}", found))
    plan.for_ms = whole(goal, "for_ms", "goal.", 0, LESSON_MS_MAX, found, default=0) or 0
    plan.within_ms = whole(goal, "within_ms", "goal.", 1, LESSON_MS_MAX, found)
    if plan.kind == LEVEL and "now" not in goal and "ever" not in goal:
        found.add("goal", "NO_GOAL", "a level needs something to reach: clauses under now or ever")


def _questions(given: Any, plan: Plan, found: Findings) -> list[Question]:
    listed = given if isinstance(given, list) else [given]
    if len(listed) > PREDICTIONS_MAX:
        found.add("predict", "TOO_MANY", f"a lesson asks at most {PREDICTIONS_MAX} times")
        return []
    read = []
    for number, one in enumerate(listed):
        path = f"predict[{number}]" if isinstance(given, list) else "predict"
        if not isinstance(one, dict):
            found.add(path, "NO_QUESTION", "a prediction is an object with ask and options")
            continue
        at_ms = whole(one, "at_ms", f"{path}.", 0, LESSON_MS_MAX, found, default=0) or 0
        after_ms = whole(one, "after_ms", f"{path}.", 0, LESSON_MS_MAX, found)
        if one.get("judge", "goal") != "goal":
            found.add(f"{path}.judge", "BAD_JUDGE", "judge is goal; or say after_ms, so long after the answer")
        if after_ms is None and not plan.has_goal:
            found.add(path, "NEVER_JUDGED", "without a goal, after_ms says when the answer is compared")
        options = one.get("options")
        least, most = OPTIONS
        if not isinstance(options, list) or not least <= len(options) <= most:
            found.add(f"{path}.options", "OPTIONS", f"there are {least} to {most} options to choose from")
            continue
        wanted = []
        for place, option in enumerate(options):
            where = f"{path}.options[{place}]"
            if not isinstance(option, dict) or "holds" not in option:
                found.add(where, "NO_CLAUSE", "an option has say and holds: what must be true for it to be right")
                continue
            wanted.append(clauses(option["holds"], f"{where}.holds", found))
        read.append(Question(at_ms, wanted, after_ms))
    return read


def _misconceptions(given: Any, found: Findings) -> list[list[Clause]]:
    if not isinstance(given, list) or len(given) > CLAUSES_MAX:
        found.add("misconceptions", "NOT_A_LIST", f"misconceptions are a list of at most {CLAUSES_MAX}")
        return []
    read = []
    for number, one in enumerate(given):
        if not isinstance(one, dict) or "when" not in one:
            found.add(f"misconceptions[{number}]", "NO_CLAUSE", "a misconception has when and say")
            continue
        read.append(clauses(one["when"], f"misconceptions[{number}].when", found))
    return read


def _wrong(given: Any, plan: Plan, found: Findings) -> list[Wrong]:
    if not isinstance(given, list) or len(given) > CLAUSES_MAX:
        found.add("wrong", "NOT_A_LIST", f"wrong is a list of at most {CLAUSES_MAX} paths")
        return []
    read = []
    for number, one in enumerate(given):
        path = f"wrong[{number}]"
        if not isinstance(one, dict):
            found.add(path, "NO_PATH", "a wrong path has a name, do, and meets or fails")
            continue
        meets = whole(one, "meets", f"{path}.", 0, CLAUSES_MAX, found)
        fails = whole(one, "fails", f"{path}.", 0, CLAUSES_MAX, found)
        if (meets is None) == (fails is None):
            found.add(path, "NO_MESSAGE", "a wrong path says either meets or fails: which message it gets")
        elif meets is not None and meets >= len(plan.misconceptions):
            found.add(f"{path}.meets", "NO_SUCH", f"there is no misconception {meets}; they are counted from 0")
        elif fails is not None and fails >= len(plan.never):
            found.add(f"{path}.fails", "NO_SUCH", f"there is no clause {fails} in goal.never; they are counted from 0")
        do = commands(one.get("do", []), f"{path}.do", found, plan.allows)
        read.append(Wrong(str(one.get("name", number)), do, meets, fails))
    return read


def _count(plan: Plan, found: Findings) -> None:
    """Give each clause that counts events its counter."""
    listed = [
        *plan.now, *plan.ever, *plan.never, *(c for q in plan.questions for option in q.options for c in option),
        *(c for when in plan.misconceptions for c in when),
    ]  # fmt: skip
    if len(listed) > CLAUSES_TOTAL_MAX:
        found.add("", "TOO_MANY", f"it has {len(listed)} clauses; at most {CLAUSES_TOTAL_MAX} are watched in all")
    for one in listed:
        if one.event:
            one.counter = len(plan.counted)
            plan.counted.append(one)
