"""Two branches side by side, and what the timeline is drawn from.

GET  /compare/<a>/<b>/                         the page
GET  /api/sandboxes/demo/timeline?from_ms=0&to_ms=60000&columns=240
GET  /api/sandboxes/demo/lost                  acknowledged, and not there any more
POST /api/sandboxes/demo/comparisons           {"step", "ms", "changes": [{"do": "set_producer", ...}], "names"}
GET  /api/compare/<a>/<b>                      where they parted, and which settings differ
POST /api/compare/<a>/<b>/commands             one command for both, at the same virtual moment
"""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from playground.api import endpoint, json_body, whole_number
from playground.engine_client import Refused
from playground.owners import asker
from playground.replies import json_reply
from playground.runtime import current
from playground.sandboxes import fields, milliseconds
from playground.selectors import LOOK_SECONDS
from playground.services import PATIENCE_SECONDS


async def page(request: HttpRequest, a: str, b: str) -> HttpResponse:
    """Whether there are such sandboxes the page finds out, and says."""
    return render(request, "compare.html", {"a": a, "b": b})


@endpoint("GET")
async def timeline(request: HttpRequest, sandbox: str) -> HttpResponse:
    asked = {name: milliseconds(request.GET.get(name)) for name in ("from_ms", "to_ms")}
    columns = whole_number(request, "columns", "columns is a whole number: in how many parts.")
    return json_reply(await _ask("timeline", sandbox=sandbox, columns=columns, **asked))


@endpoint("GET")
async def lost(request: HttpRequest, sandbox: str) -> HttpResponse:
    return json_reply(await _ask("lost", timeout=LOOK_SECONDS, sandbox=sandbox))


@endpoint("POST")
async def comparisons(request: HttpRequest, sandbox: str) -> HttpResponse:
    body = fields(request, "step", "ms", "changes", "names")
    made = await _ask("compare", timeout=2 * PATIENCE_SECONDS, sandbox=sandbox, owner=asker(request)["owner"], **body)
    address = f"/compare/{made['a']['id']}/{made['b']['id']}/"
    return json_reply({"ok": True, **made, "address": address}, status=201)


@endpoint("GET")
async def compared(request: HttpRequest, a: str, b: str) -> HttpResponse:
    return json_reply(await _ask("compared", sandboxes=[a, b], owner=asker(request)["owner"]))


@endpoint("POST")
async def commands(request: HttpRequest, a: str, b: str) -> HttpResponse:
    command = json_body(request)
    if not isinstance(command, dict):
        raise Refused(422, "INVALID_REQUEST", 'A command is a JSON object such as {"do": "crash_broker", "broker": 3}.')
    if command.get("id") is None and command.get("do") != "advance":
        command = {**command, "id": uuid.uuid4().hex}
    done = await _ask("both", timeout=LOOK_SECONDS, sandboxes=[a, b], actor="compare", command=command)
    return json_reply({"ok": True, **done})


async def _ask(ask: str, **asked: Any) -> dict[str, Any]:
    return dict(await current().client.ask(ask, **asked))
