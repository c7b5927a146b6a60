"""The pages of lessons: the list of levels, the way into one, and the author's page.

GET /levels/           all levels by chapter; what of it is solved, the browser knows (static/js/lesson/list.js)
GET /levels/<id>/      to this visitor's sandbox of it, made if need be
GET /author/           write a lesson, check it, try it, give it to others
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from playground import narration
from playground.engine_client import Refused
from playground.lessons import library, reference
from playground.lessons.sentences import readers_language
from playground.lessons.taking import take
from playground.owners import known, remember

EXAMPLES = {
    "clause": '{group: g, members: 4, lag: "< 10"}',
    "command": "{at_ms: 0, do: crash_broker, broker: 1}",
    "schema": "levels/schema.json",
}


async def levels(request: HttpRequest) -> HttpResponse:
    return render(request, "lessons/levels.html", {"chapters": _chapters(readers_language())})


async def level(request: HttpRequest, name: str) -> HttpResponse:
    found = library.level(name)
    if found is None:
        raise Http404
    if not _comes_by_itself(request):
        return HttpResponse(status=204)
    who, fresh = known(request)
    language = readers_language()
    try:
        sandbox = await take(found, language=language, who=who)
    except Refused as refusal:
        words = narration.catalogue(language)["errors"].get(refusal.code) or _("This was refused")
        context = {"status": refusal.status, "code": refusal.code, "reason": f"{words[:1].upper()}{words[1:]}."}
        return render(request, "lessons/refused.html", {**context, "said": str(refusal)}, status=refusal.status)
    response = HttpResponseRedirect(f"/s/{sandbox}/")
    response["Cache-Control"] = "no-store"
    if fresh:
        remember(response, who["owner"])
    return response


async def author(request: HttpRequest) -> HttpResponse:
    language = readers_language()
    context = {
        "chapters": _chapters(language),
        "scenes": [{"id": one["id"], "title": one["title"][language]} for one in library.scenes().values()],
        "subjects": reference.measures(language),
        "event": reference.event(language),
        "examples": EXAMPLES,
        "commands": reference.commands(language),
        "keys": reference.keys(language),
    }
    return render(request, "lessons/author.html", context)


def _comes_by_itself(request: HttpRequest) -> bool:
    """Somebody opens a page: no picture on another website, nothing fetched in advance. (Programs say nothing.)"""
    kind = request.headers.get("sec-fetch-dest", "document")
    early = request.headers.get("sec-purpose", "") + request.headers.get("purpose", "")
    return request.method == "GET" and kind in ("document", "iframe", "empty") and "prefetch" not in early


def _chapters(language: str) -> list[dict[str, Any]]:
    """{"id", "title", "about", "levels"}: those that have any."""
    texts = narration.catalogue(language)["chapters"]
    chapters: list[dict[str, Any]] = []
    for number, one in enumerate(library.levels(), 1):
        if not chapters or chapters[-1]["id"] != one["chapter"]:
            told = {"title": texts[one["chapter"]], "about": texts[f"{one['chapter']}.about"]}
            chapters.append({"id": one["chapter"], **told, "levels": []})
        shown = {"number": number, "id": one["id"], "title": one["title"][language], "par": one["par"]}
        chapters[-1]["levels"].append({**shown, "line": _first_sentence(one["text"][language])})
    return chapters


def _first_sentence(text: str) -> str:
    end = min((at for mark in (". ", "? ", "! ") if (at := text.find(mark)) > 0), default=len(text))
    return text[: end + 1]
