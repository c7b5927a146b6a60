"""Worlds to start from: those that come with Riacho, and those that somebody has saved.

GET    /api/worlds                   {"worlds": [row]}: the newest first
POST   /api/worlds                   {"sandbox", "name", "step"?}: 201, the row of the world that is kept
POST   /api/worlds/<id>/begin        {"name"?}: 201, the row of a new sandbox, which stands still at that moment
DELETE /api/worlds/<id>
POST   /worlds/, /worlds/<id>/begin, /worlds/<id>/delete      the same by the forms of /sandboxes/
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from playground import sandbox_pages, selectors, services
from playground.api import endpoint
from playground.engine_client import Refused
from playground.owners import asker, owner_of
from playground.replies import json_reply
from playground.sandboxes import fields


@endpoint("GET", "POST")
async def every(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return json_reply({"worlds": await selectors.worlds(owner=owner_of(request))})
    body = fields(request, "sandbox", "name", "step")
    row = await services.save_world(**{"sandbox": "", "name": None, **body}, **asker(request))
    return json_reply({"ok": True, **row}, status=201)


@endpoint("DELETE")
async def one(request: HttpRequest, world: str) -> HttpResponse:
    await services.delete_world(world=world, **asker(request))
    return json_reply({"ok": True})


@endpoint("POST")
async def begin(request: HttpRequest, world: str) -> HttpResponse:
    row = await services.begin_world(world=world, **fields(request, "name"), **asker(request))
    return json_reply({"ok": True, **row}, status=201)


# --- the forms of /sandboxes/ ------------------------------------------------------------------------


async def save(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    name = request.POST.get("name", "").strip()
    try:
        made = await services.save_world(sandbox=request.POST.get("sandbox", ""), name=name, **asker(request))
    except Refused as refusal:
        return await sandbox_pages.page(request, notice=sandbox_pages.refused(refusal), status=refusal.status)
    notice = {"text": _("%(name)s is kept as a world of yours.") % {"name": made["name"]}}
    return await sandbox_pages.page(request, notice=notice)


async def change(request: HttpRequest, world: str, do: str) -> HttpResponse:
    if do not in ("begin", "delete"):
        raise Http404
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    try:
        if do == "begin":
            made = await services.begin_world(world=world, **asker(request))
            return HttpResponseRedirect(f"/s/{made['id']}/")
        await services.delete_world(world=world, **asker(request))
    except Refused as refusal:
        return await sandbox_pages.page(request, notice=sandbox_pages.refused(refusal), status=refusal.status)
    return await sandbox_pages.page(request, notice={"text": _("The world is deleted.")})
