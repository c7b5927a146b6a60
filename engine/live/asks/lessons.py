"""Lessons: the document of one, checking one that somebody wrote, beginning one where another was.

==============  ==========================================  ====================================================
ask             takes                                       result
==============  ==========================================  ====================================================
"lesson"        sandbox                                     {"lesson": its document}, null where there is none
"check_lesson"  lesson: a document; prove: false for only   {"ok", "findings": [{"path", "code", "reason",
                what can be said without playing it         "params"}], "steps": [{"what", "ok", "note", "ms"}]}
"begin"         sandbox, scenario, name?, seed?, owner,     its row: the same sandbox begins anew from that
                all                                         scenario, at the same ports
"measures"                                                  [{"subject", "name", "kind", "needs", "takes",
                                                            "about"}]: what a clause can ask for
==============  ==========================================  ====================================================

A lesson is checked in a process of its own (engine/live/proving.py), a few at a time; who comes when all are taken
is told so (BUSY).
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from engine.cluster import scenario as scenarios
from engine.commands import CommandRefused
from engine.lessons import texts
from engine.lessons.document import plan_of, scenario_of
from engine.lessons.findings import Finding, Findings
from engine.lessons.measures import MEASURES
from engine.limits import LESSON_BYTES_MAX, PROOFS_AT_ONCE
from engine.live import proving
from engine.live.asks.asking import Handler, Question, Refused, invalid
from engine.live.asks.sandboxes import name_of, own, owner_of, seed_of

if TYPE_CHECKING:
    from engine.live.control import Facade

_KINDS = {int: "number", str: "text", bool: "true or false"}
_under_way: dict[int, None] = {}  # proofs, by a number of their own
_numbers = iter(range(1 << 62))


def lesson(facade: Facade, question: Question) -> Any:
    sandbox = facade.stage(question).sandbox
    return {"lesson": sandbox.cluster.given.get("lesson")}


async def check_lesson(facade: Facade, question: Question) -> Any:
    document = question.get("lesson")
    if not isinstance(document, dict):
        raise invalid(f"lesson is a document: a JSON object of at most {LESSON_BYTES_MAX:,} characters.")
    if question.get("prove") is False:  # only what can be said without playing it: for an editor, at each rest
        return _read_only(document)
    if len(_under_way) >= PROOFS_AT_ONCE:
        raise Refused(429, "BUSY", f"{PROOFS_AT_ONCE} lessons are being checked already: ask again in a moment.")
    number = next(_numbers)
    _under_way[number] = None
    try:
        return await proving.check(document)
    finally:
        del _under_way[number]


def _read_only(document: dict[str, Any]) -> dict[str, Any]:
    found = Findings()
    plan_of(document, found)
    texts.check(document, found)
    if not found.all:
        try:
            scenarios.read(scenario_of(document))
        except CommandRefused as refused:
            found.all.append(Finding("start", "CANNOT_BEGIN", refused.reason, {"error": refused.code}))
    return {"ok": not found.all, "findings": [asdict(one) for one in found.all], "steps": []}


async def begin(facade: Facade, question: Question) -> Any:
    kept = own(facade, question, "begin something else in it")
    scenario = question.get("scenario")
    if not isinstance(scenario, dict):
        raise invalid("scenario is a JSON object.")
    scenarios.read(scenario)  # before what is there is given up; refuses what does not fit
    name, seed = question.get("name"), seed_of(question)
    keeper = facade.the_keeper()
    await keeper.begin_anew(kept, scenario, seed=seed, name=None if name is None else name_of(name))
    return facade.kept(question).listed(owner_of(question))


def measures(facade: Facade, question: Question) -> Any:
    return [
        {"subject": one.subject, "name": one.name, "kind": _KINDS[one.kind], "needs": list(one.needs),
         "takes": list(one.takes), "about": one.about}
        for one in MEASURES.values()
    ]  # fmt: skip


ASKS: dict[str, Handler] = {
    "lesson": lesson,
    "check_lesson": check_lesson,
    "begin": begin,
    "measures": measures,
}
