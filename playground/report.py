"""The report of a run: what was done to a sandbox, what came of it, and a link to each moment. Made to be handed in.

    GET /s/<id>/report/

What was done is read from the journal, what happened from the numbered events; both are only put into sentences
here (narration.py) and into order: each deed begins a chapter, and what was told until the next is in it. The page
works without a script and on paper.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from playground import narration, selectors
from playground.engine_client import Refused
from playground.foreseen import foreseen

TIME = ("pause", "resume", "step", "speed")  # what was done to time is counted, not told
SHOWN = 8  # events of a chapter that stand open; the rest can be unfolded
EVENTS_MAX = 20_000  # of more, the newest
SHOWN_BEFORE = 3  # of what was before anybody did anything
TOGETHER = ("produce",)  # the same again and again, with nothing in between, is one deed
SPOT_APART = 2.6  # percent of the line of time between two numbers on it
STATUS = {404: 404, 410: 410}


@dataclass(slots=True)
class Line:
    """One sentence with its moment. share: where on the line of time, "0.00" to "100.00"; spot: of its number there."""

    at: str
    step: int
    text: str
    mark: str = ""
    share: str = "0"
    spot: str = "0"


@dataclass(slots=True)
class Chapter:
    """deed: None in the one before the first deed. more: events behind the fold; shown: how many are before it."""

    number: int
    deed: Line | None
    who: str = ""
    times: int = 1
    refused: bool = False
    shown: int = SHOWN
    events: list[Line] = field(default_factory=list)
    more: list[Line] = field(default_factory=list)


async def report(request: HttpRequest, sandbox: str) -> HttpResponse:
    language = "pt-BR" if (get_language() or "pt").startswith("pt") else "en"
    try:
        found = await selectors.run_of(sandbox=sandbox, events_max=EVENTS_MAX)
        rows = await selectors.sandboxes()
        lesson = await selectors.lesson_of(sandbox=sandbox) if found["state"].get("lesson") else None
    except Refused as refusal:
        told = narration.catalogue(language)["errors"].get(refusal.code, "")
        context = {"sandbox": sandbox, "problem": told[:1].upper() + told[1:], "reason": str(refusal)}
        return render(request, "report.html", context, status=STATUS.get(refusal.status, 503))
    row = next((row for row in rows if row["id"] == sandbox), {})
    return render(request, "report.html", {"sandbox": sandbox, "row": row, **told_of(found, language, lesson)})


def told_of(found: dict[str, Any], language: str, lesson: dict[str, Any] | None = None) -> dict[str, Any]:
    """All that the page shows. found: {"deeds", "from_step", "from_ms", "step", "at_ms", "events", "state"}.

    lesson: the document that is played there.
    """
    begin, end = found["from_ms"], max(found["at_ms"], found["from_ms"] + 1)

    def line(at: float, step: int, text: str, mark: str = "") -> Line:
        share = f"{100 * min(1.0, max(0.0, (at - begin) / (end - begin))):.2f}"
        return Line(clock(at), step, text, mark, share)

    told = [deed for deed in found["deeds"] if deed["command"]["do"] not in TIME]
    actors = {deed["actor"] for deed in told}
    chapters = _chapters(told, found["events"], line, language, names=actor_names(actors) if len(actors) > 1 else {})
    marks = [one for chapter in chapters for one in (*chapter.events, *chapter.more) if one.mark not in ("", "time")]
    state = found["state"]
    own = [topic for topic in state["topics"] if not topic["internal"]]
    predictions = foreseen(lesson, found["events"], language)
    return {
        "chapters": chapters,
        "lesson": lesson["title"][language] if lesson else "",
        "predictions": [(one, clock(one.at_ms)) for one in predictions],
        "foreseen": sum(1 for one in predictions if one.right),
        "judged": sum(1 for one in predictions if one.right is not None),
        "deeds": sum(chapter.times for chapter in chapters if chapter.deed),
        "people": len(actors),
        "marks": marks,
        "counts": _counts(marks),
        "records": _number(sum(p["end"] for topic in own for p in topic["partitions"]), language),
        "brokers": len(state["brokers"]),
        "topics": [
            {"name": topic["name"], "partitions": len(topic["partitions"]), "replication": topic["replication"],
             "records": sum(p["end"] - p["start"] for p in topic["partitions"])}
            for topic in own
        ],
        "groups": [
            {"id": group["id"], "members": len(group["members"]), "lag": group["lag"]} for group in state["groups"]
        ],
        "paused": sum(1 for deed in found["deeds"] if deed["command"]["do"] == "pause"),
        "steps": sum(1 for deed in found["deeds"] if deed["command"]["do"] == "step"),
        "begin": clock(begin), "end": clock(found["at_ms"]),
        "lasted": narration.fill("{ms:ms}", {"ms": end - begin}, language),
        "last_step": found["step"],
    }  # fmt: skip


def _chapters(
    deeds: list[dict[str, Any]], events: list[dict[str, Any]], line: Any, language: str, names: dict[str, str]
) -> list[Chapter]:
    chapters = [Chapter(0, None, shown=SHOWN_BEFORE)]
    waiting = sorted(events, key=lambda event: event["n"])
    for deed in deeds:
        while waiting and (waiting[0]["at_ms"], waiting[0]["step"]) < (deed["at_ms"], deed["step"]):
            _tell(chapters[-1], waiting.pop(0), line, language)
        last = chapters[-1]
        who = names.get(deed["actor"], "")
        said = line(deed["at_ms"], deed["step"], deed_told(deed["command"], language))
        same = last.deed is not None and last.who == who and not last.events and last.refused == (deed["done"] is False)
        if same and deed["command"]["do"] in TOGETHER and last.deed is not None and said.text == last.deed.text:
            last.times += 1
        else:
            chapters.append(Chapter(len(chapters), said, who, refused=deed["done"] is False))
    for event in waiting:
        _tell(chapters[-1], event, line, language)
    _spread([chapter.deed for chapter in chapters if chapter.deed])
    return chapters if chapters[0].events else chapters[1:]


def _spread(deeds: list[Line]) -> None:
    """Numbers that would stand on each other are moved apart, as little as that takes; of too many each stays."""
    apart = min(SPOT_APART, 100 / max(1, len(deeds)))
    at = -apart
    for deed in deeds:
        at = max(float(deed.share), at + apart)
        deed.spot = f"{at:.2f}"
    at = 100 + apart
    for deed in reversed(deeds):
        at = min(float(deed.spot), at - apart)
        deed.spot = f"{at:.2f}"


def _tell(chapter: Chapter, event: dict[str, Any], line: Any, language: str) -> None:
    if event["mark"] == "time" and event["code"] in ("paused", "resumed", "speed_set", "thawed"):
        return
    place = chapter.events if len(chapter.events) < chapter.shown else chapter.more
    place.append(line(event["at_ms"], event["step"], narration.render(event, language), event["mark"]))


def _counts(marks: list[Line]) -> list[tuple[str, int]]:
    kinds = ("fault", "election", "rebalance", "error", "topic")
    return [(kind, n) for kind in kinds if (n := sum(1 for mark in marks if mark.mark == kind))]


def deed_told(command: dict[str, Any], language: str) -> str:
    """A command as a sentence about whoever gave it. Of one nobody has a sentence for: the command."""
    pattern = deeds_catalogue(language).get(command["do"])
    if pattern is None:
        return json.dumps(command, ensure_ascii=False)
    return narration.fill(pattern, command, language)


@cache
def deeds_catalogue(language: str) -> dict[str, str]:
    """{"crash_broker": "Crashed broker {broker}.", ...} for every command there is."""
    texts = (narration.CATALOGUES / f"deeds.{language}.json").read_text(encoding="utf-8")
    loaded: dict[str, str] = json.loads(texts)
    return loaded


def actor_names(actors: set[str]) -> dict[str, str]:
    """Short names for who gave commands, when there is more than one: browsers by number."""
    browsers = sorted(actor for actor in actors if actor.startswith("web:"))
    return {actor: f"#{browsers.index(actor) + 1}" if actor in browsers else actor for actor in sorted(actors)}


def _number(value: int, language: str) -> str:
    return narration.fill("{n:number}", {"n": value}, language)


def clock(ms: float) -> str:
    """As on the stage."""
    return narration.fill("{ms:clock}", {"ms": ms}, "en")
