"""The page of all sandboxes: the list as a tree, and what may be done to each. htmx exchanges parts of it.

    GET  /sandboxes/                       the page
    POST /sandboxes/                       one more, from a scenario; then to its stage
    GET  /sandboxes/<id>/row?do=rename     one row, with the form to do that
    POST /sandboxes/<id>/rename|delete|reset|retry     answered with the list, or with the whole page

Without a script every form does the same; whatever is refused is said above the list.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from playground import narration, ready_worlds, selectors, services
from playground.engine_client import Refused
from playground.owners import Asker, asker

DEPTH_SHOWN = 5  # branches of branches are set in so far; deeper ones stand below them
FIRST = "demo"
DONE = ("rename", "delete", "reset", "retry")


async def sandboxes(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return await page(request)
    form = {name: request.POST.get(name, "").strip() for name in ("scenario", "name", "json")}
    try:
        made = await services.create_sandbox(scenario=_scenario(form), name=form["name"] or None, **asker(request))
    except Refused as refusal:
        return await page(request, notice=refused(refusal), form=form, status=refusal.status)
    return HttpResponseRedirect(f"/s/{made['id']}/")


async def row(request: HttpRequest, sandbox: str) -> HttpResponse:
    """One row as it is now; gone, when the sandbox is."""
    rows = await _rows(request, do=request.GET.get("do", ""), which=sandbox)
    found = next((row for row in rows if row["id"] == sandbox), None)
    return render(request, "sandboxes/row.html", {"row": found}) if found else HttpResponse()


async def change(request: HttpRequest, sandbox: str, do: str) -> HttpResponse:
    if do not in DONE:
        raise Http404
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    who = asker(request)
    notice: dict[str, str]
    try:
        if do == "rename":
            name = request.POST.get("name", "")
            await services.rename_sandbox(sandbox=sandbox, name=name, **who)
            notice = {"text": _("It is called %(name)s now.") % {"name": name.strip()}}
        elif do == "delete":
            await services.delete_sandbox(sandbox=sandbox, **who)
            notice = {"text": _("It is deleted.")}
        elif do == "reset":
            await services.reset_sandbox(sandbox=sandbox, **who)
            notice = {"text": _("It has begun anew.")}
        else:
            await services.retry_sandbox(sandbox=sandbox)
            notice = {"text": _("It was tried to open it again.")}
    except Refused as refusal:
        return await page(request, notice=refused(refusal), status=refusal.status)
    return await page(request, notice=notice)


async def page(
    request: HttpRequest,
    *,
    notice: dict[str, str] | None = None,
    form: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page; to htmx only the list, and always as success: it shows nothing else."""
    part = bool(getattr(request, "htmx", False))
    try:
        rows = await _rows(request, do=request.GET.get("do", ""), which=request.GET.get("id", ""))
        scenarios = ready_worlds.ready(await selectors.scenarios())
        who = asker(request)
        saved = ready_worlds.saved(await selectors.worlds(owner=who["owner"]), all=who["all"])
    except Refused as refusal:  # no engine just now
        rows, scenarios, saved, notice = [], [], [], refused(refusal)
    context = {"rows": rows, "notice": notice, "scenarios": scenarios, "worlds": saved, "form": form or {}}
    return render(request, "sandboxes/list.html" if part else "sandboxes.html", context, status=200 if part else status)


async def _rows(request: HttpRequest, *, do: str, which: str) -> list[dict[str, Any]]:
    """The tree, parents first; each row with what the template shows of it."""
    who = asker(request)
    rows = await selectors.sandboxes(owner=who["owner"])
    ids = {row["id"] for row in rows}
    children: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        children.setdefault(row["parent"] if row["parent"] in ids else "", []).append(row)

    def walk(parent: str, depth: int) -> list[dict[str, Any]]:
        found = []
        for row in children.get(parent, []):
            found += [_shown(row, depth, ids, who, do if row["id"] == which else ""), *walk(row["id"], depth + 1)]
        return found

    return walk("", 0)


def _shown(row: dict[str, Any], depth: int, ids: set[str], who: Asker, do: str) -> dict[str, Any]:
    problem = row["problem"]
    changeable = row["owner"] == "you" or who["all"]
    return {
        **row,
        "depth": min(depth, DEPTH_SHOWN),
        "address": "/" if row["id"] == FIRST else f"/s/{row['id']}/",
        "percent": round(100 * row["progress"]),
        "created": datetime.fromtimestamp(row["created_ms"] / 1000, UTC) if row["created_ms"] else None,
        "parted": ready_worlds.clock(row["parent_ms"]),
        "orphan": bool(row["parent"]) and row["parent"] not in ids,
        "problem_told": _explained(problem["code"]) if problem else "",
        "changeable": changeable,
        "fixed": row["id"] == FIRST,
        "do": do if do in DONE and changeable else "",
    }


def _scenario(form: dict[str, str]) -> Any:
    """A scenario's name, or the JSON that was written. Raises Refused."""
    if not form["json"]:
        return form["scenario"] or FIRST
    try:
        return orjson.loads(form["json"])
    except orjson.JSONDecodeError as problem:
        raise Refused(422, "BAD_JSON", f"This is not JSON: {problem}.") from None


def refused(refusal: Refused) -> dict[str, str]:
    return {"code": refusal.code, "text": _explained(refusal.code), "reason": str(refusal)}


def _explained(code: str) -> str:
    """What a code means, in the reader's language; the reason beside it says what to do."""
    words: dict[str, str] = narration.catalogue("pt-BR" if (get_language() or "").startswith("pt") else "en")["errors"]
    told = words.get(code) or _("This was refused")
    return told[:1].upper() + told[1:]
