"""The lecture: scenes (scenes/*.yaml) in their order (scenes/lecture.yaml), each shown on the stage.

    GET  /lecture/                        what there is, part by part
    GET  /lecture/<scene>/                this visitor's lecture begins at that scene, and opens on the stage
    GET  /s/<id>/notes/                   the presenter's window of a sandbox
    GET  /api/lecture                     {"parts": [{"title", "scenes": [{"id", "title", "text", ...}]}]}
    POST /api/sandboxes/<id>/scene        {"scene": "offsets"}: the sandbox begins anew as that scene

A scene is a document like a level: its ``start`` is a scenario, and the whole of it travels with that. Going to the
next scene or back gives the same sandbox another beginning; its id and its ports stay.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from playground import narration, owners, selectors, services
from playground.api import endpoint
from playground.engine_client import Refused
from playground.lessons import library, reading
from playground.lessons.sentences import readers_language
from playground.lessons.taking import scenario
from playground.owners import Asker
from playground.replies import json_reply
from playground.sandboxes import fields

ORDER = settings.ROOT / "scenes" / "lecture.yaml"
Document = dict[str, Any]


def parts() -> list[dict[str, Any]]:
    """[{"title": {...}, "scenes": [document, ...]}], numbered through from 1 ("number" of each scene)."""
    scenes = library.scenes()
    found, number = [], 0
    for part in reading.read(ORDER.read_bytes()).data["parts"]:
        listed = []
        for name in part["scenes"]:
            if name not in scenes:
                continue  # the log says why (library.py)
            number += 1
            listed.append({**scenes[name], "number": number})
        found.append({"title": part["title"], "scenes": listed})
    return found


def scene_of(name: Any) -> Document:
    """Raises Refused."""
    scenes = library.scenes()
    if not isinstance(name, str) or name not in scenes:
        raise Refused(404, "NOT_FOUND", f"There is no scene {name!r:.60}; there are: {', '.join(scenes)}.")
    return scenes[name]


async def listing(request: HttpRequest) -> HttpResponse:
    language = readers_language()
    shown = [
        {"title": part["title"][language], "scenes": [_told(scene, language) for scene in part["scenes"]]}
        for part in parts()
    ]
    count = sum(len(part["scenes"]) for part in shown)
    return render(request, "lecture.html", {"parts": shown, "count": count, "mine": await _mine(request)})


async def enter(request: HttpRequest, scene: str) -> HttpResponse:
    """Begins even where the same scene is shown already: who follows the link wants to see it from its beginning."""
    try:
        document = scene_of(scene)
    except Refused:
        raise Http404 from None
    if request.method != "GET" or not opened_by_somebody(request):
        return HttpResponse(status=204)
    who, fresh = owners.known(request)
    try:
        found = await _mine(request)
        made = await (begin(sandbox=found["id"], scene=document, who=who) if found else create(document, who))
    except Refused as refusal:
        return _refused(request, refusal)
    response = HttpResponseRedirect(f"/s/{made['id']}/")
    response["Cache-Control"] = "no-store"
    if fresh:
        owners.remember(response, who["owner"])
    return response


async def notes(request: HttpRequest, sandbox: str) -> HttpResponse:
    """The presenter's window; what is in it comes with the sandbox's frames."""
    return render(request, "notes.html", {"sandbox": sandbox})


@endpoint("GET")
async def every(request: HttpRequest) -> HttpResponse:
    said = ("id", "title", "text", "sentence", "notes", "page", "number")
    listed = [
        {**part, "scenes": [{key: scene[key] for key in said if key in scene} for scene in part["scenes"]]}
        for part in parts()
    ]
    return json_reply({"parts": listed})


@endpoint("POST")
async def change(request: HttpRequest, sandbox: str) -> HttpResponse:
    document = scene_of(fields(request, "scene").get("scene"))
    return json_reply({"ok": True, **await begin(sandbox=sandbox, scene=document, who=owners.asker(request))})


# --- what is done --------------------------------------------------------------------------------------


async def create(document: Document, who: Asker) -> dict[str, Any]:
    made = await services.create_sandbox(
        scenario=scenario(document), name=_("Lecture"), seed=document.get("seed", 0), **who
    )
    return await _at_its_speed(made, document)


async def begin(*, sandbox: str, scene: Document, who: Asker) -> dict[str, Any]:
    """The sandbox begins anew as this scene: the same world each time, whatever was done to it. Raises Refused."""
    made = await services.begin_sandbox(sandbox=sandbox, scenario=scenario(scene), seed=scene.get("seed", 0), **who)
    return await _at_its_speed(made, scene)


async def _at_its_speed(made: dict[str, Any], document: Document) -> dict[str, Any]:
    """A scene may be told in slow motion; that is a command like anybody's."""
    speed = document.get("show", {}).get("speed", 1)
    if speed != 1:
        command = {"do": "speed", "speed": speed}
        await services.carry_out(sandbox=made["id"], actor="lecture", command=command)
    return made


async def _mine(request: HttpRequest) -> dict[str, Any] | None:
    """The row of this visitor's lecture, the newest if there are several. (A branch of one is something else.)"""
    try:
        rows = await selectors.sandboxes(owner=owners.asker(request)["owner"])
    except Refused:
        return None
    scenes = library.scenes()
    mine = [row for row in rows if row["owner"] == "you" and row["lesson"] in scenes and not row["parent"]]
    return max(mine, key=lambda row: int(row["created_ms"]), default=None)


def opened_by_somebody(request: HttpRequest) -> bool:
    """No picture of another website's, nothing fetched in advance. (Programs say nothing of it.)"""
    kind = request.headers.get("sec-fetch-dest", "document")
    early = request.headers.get("sec-purpose", "") + request.headers.get("purpose", "")
    return kind in ("document", "iframe", "empty") and "prefetch" not in early


def _told(scene: Document, language: str) -> dict[str, Any]:
    return {
        "id": scene["id"],
        "number": scene["number"],
        "title": scene["title"][language],
        "text": plain(scene["text"][language]),
        "asks": len(predictions(scene)),
        "page": scene.get("page", ""),
    }


def predictions(document: Document) -> list[Any]:
    given = document.get("predict", [])
    return given if isinstance(given, list) else [given]


def plain(text: str) -> str:
    """A text without its marks (`code`, *emphasis*)."""
    return text.replace("`", "").replace("*", "")


def _refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    language = readers_language()
    told = narration.catalogue(language)["errors"].get(refusal.code) or _("This was refused")
    context = {"problem": told[:1].upper() + told[1:], "code": refusal.code, "reason": str(refusal)}
    return render(request, "lecture.html", {"notice": context, "parts": [], "count": 0}, status=refusal.status)
