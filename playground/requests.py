"""Requests over HTTP: who asked whom what, now or at a moment of the past.

GET /api/sandboxes/demo/requests?since=120           what happened since an earlier answer's "last"
GET /api/sandboxes/demo/requests?step=4711&back_ms=100
GET /api/sandboxes/demo/requests/8123?at_step=4700   one, with its answer and its causes
"""

from __future__ import annotations

import math

from django.http import HttpRequest, HttpResponse

from playground.api import endpoint, moment_asked, whole_number
from playground.engine_client import Refused
from playground.replies import json_reply
from playground.runtime import current
from playground.selectors import LOOK_SECONDS


@endpoint("GET")
async def requests(request: HttpRequest, sandbox: str) -> HttpResponse:
    since = whole_number(request, "since", 'since is the "last" of an earlier answer.')
    since_step = whole_number(request, "since_step", "since_step is a whole number of steps.")
    asked = {"since": since, "since_step": since_step, **moment_asked(request)}
    if (back := request.GET.get("back_ms")) is not None:
        try:
            asked["back_ms"] = float(back[:30])
        except ValueError:
            asked["back_ms"] = math.nan
        if not math.isfinite(asked["back_ms"]):
            raise Refused(422, "INVALID_REQUEST", "back_ms is a number of virtual milliseconds.")
    return json_reply(dict(await current().client.ask("requests", sandbox=sandbox, timeout=LOOK_SECONDS, **asked)))


@endpoint("GET")
async def one(request: HttpRequest, sandbox: str, number: int) -> HttpResponse:
    at_step = whole_number(request, "at_step", "at_step is the step of the request, as its row says it.")
    asked = {"n": number, "at_step": at_step, **moment_asked(request)}
    return json_reply(dict(await current().client.ask("request", sandbox=sandbox, timeout=LOOK_SECONDS, **asked)))
