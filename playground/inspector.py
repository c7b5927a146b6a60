"""What is asked of one thing, over HTTP. All take step= or ms= too: then it is answered as of that moment.

GET /api/sandboxes/demo/why/event?n=120                          the chain of its causes
GET /api/sandboxes/demo/whynot/idle?group=A&member=c3            why it gets nothing
GET /api/sandboxes/demo/inspect/partition?topic=FIAP&partition=0
GET /api/sandboxes/demo/ghost/FIAP/0?start=earliest              where a reader would begin, touching nothing
GET /api/sandboxes/demo/records/FIAP/0/41/path                   a record's path in time
"""

from __future__ import annotations

import math
from typing import Any

from django.http import HttpRequest, HttpResponse

from playground.api import endpoint, moment_asked, whole_number
from playground.engine_client import Refused
from playground.replies import json_reply
from playground.runtime import current
from playground.selectors import LOOK_SECONDS

NUMBERS = ("partition", "offset", "broker", "base", "n")
TEXTS = ("topic", "group", "member", "acks", "producer", "start", "stream", "shard", "client")
TEXT_MAX = 300  # characters: names have at most 249 bytes


@endpoint("GET")
async def why(request: HttpRequest, sandbox: str, about: str) -> HttpResponse:
    return await _answer("why", request, sandbox, about=about)


@endpoint("GET")
async def whynot(request: HttpRequest, sandbox: str, about: str) -> HttpResponse:
    return await _answer("whynot", request, sandbox, about=about)


@endpoint("GET")
async def inspect(request: HttpRequest, sandbox: str, kind: str) -> HttpResponse:
    return await _answer("inspect", request, sandbox, kind=kind)


@endpoint("GET")
async def ghost(request: HttpRequest, sandbox: str, topic: str, partition: int) -> HttpResponse:
    text = request.GET.get("ms_of_record")
    try:
        ms = None if text is None else float(text[:30])
    except ValueError:
        ms = math.nan
    if ms is not None and not (math.isfinite(ms) and ms >= 0):
        raise Refused(422, "INVALID_REQUEST", "ms_of_record is a number of milliseconds since 1970.")
    return await _answer("ghost", request, sandbox, topic=topic, partition=partition, ms_of_record=ms)


@endpoint("GET")
async def journey(request: HttpRequest, sandbox: str, topic: str, partition: int, offset: int) -> HttpResponse:
    return await _answer("journey", request, sandbox, topic=topic, partition=partition, offset=offset)


async def _answer(ask: str, request: HttpRequest, sandbox: str, **named: Any) -> HttpResponse:
    names: dict[str, Any] = {
        name: whole_number(request, name, f"{name} is a whole number, 0 or more.") for name in NUMBERS
    }
    names |= {name: request.GET.get(name, "")[:TEXT_MAX] or None for name in TEXTS}
    asked = {**names, **moment_asked(request), **named}
    return json_reply(dict(await current().client.ask(ask, sandbox=sandbox, timeout=LOOK_SECONDS, **asked)))
