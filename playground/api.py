"""The HTTP API: JSON in, JSON out, whatever happens.

    POST /api/sandboxes/demo/commands          {"id": "c1", "do": "crash_broker", "broker": 3}
    GET  /api/sandboxes/demo/state
    GET  /api/sandboxes/demo/events?since=120
    GET  /api/sandboxes/demo/records/FIAP/0/41
    GET  /healthz                              200 when the Kafka ports answer, else 503

(sandboxes.py: which there are, and what becomes of them; files.py: brokers' folders.)

An error is {"ok": false, "error": {"code", "reason", "takes"?}} with a status that fits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse

from playground import selectors, services
from playground.engine_client import Refused
from playground.errors import refused
from playground.replies import json_reply

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], Coroutine[Any, Any, HttpResponse]]


def endpoint(*methods: str) -> Callable[[View[P]], Callable[..., Coroutine[Any, Any, HttpResponse]]]:
    """A view of some methods (GET takes HEAD too) whose refusals become JSON."""

    def decorate(view: View[P]) -> Callable[..., Coroutine[Any, Any, HttpResponse]]:
        @wraps(view)
        async def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if ("GET" if request.method == "HEAD" else request.method) not in methods:
                known = ", ".join(methods)
                response = refused(Refused(405, "METHOD_NOT_ALLOWED", f"This address takes {known}."))
                response["Allow"] = known
                return response
            try:
                return await view(request, *args, **kwargs)
            except Refused as error:
                return refused(error)

        return guarded

    return decorate


@endpoint("POST")
async def commands(request: HttpRequest, sandbox: str) -> HttpResponse:
    result = await services.carry_out(sandbox=sandbox, actor="api", command=json_body(request))
    return json_reply({"ok": True, **result})


@endpoint("GET")
async def state(request: HttpRequest, sandbox: str) -> HttpResponse:
    return json_reply(await selectors.state(sandbox=sandbox))


@endpoint("GET")
async def events(request: HttpRequest, sandbox: str) -> HttpResponse:
    since = whole_number(request, "since", "since is the number of the last event known, 0 for none.") or 0
    listed = await selectors.events_after(sandbox=sandbox, since=since)
    return json_reply({"events": listed, "last": listed[-1]["n"] if listed else since})


@endpoint("GET")
async def record(request: HttpRequest, sandbox: str, topic: str, partition: int, offset: int) -> HttpResponse:
    where = {"topic": topic, "partition": partition, "offset": offset}
    return json_reply(await selectors.record(sandbox=sandbox, **where, **moment_asked(request)))


@endpoint("GET")
async def health(request: HttpRequest) -> HttpResponse:
    return json_reply({"ok": True, **await selectors.health()})


def moment_asked(request: HttpRequest) -> dict[str, Any]:
    """{"step", "ms"} of the query, each None if it is not there: a moment of the past. Raises Refused."""
    step = whole_number(request, "step", "step is a whole number: how many steps had been taken.")
    text = request.GET.get("ms")
    try:
        ms = None if text is None else float(text[:30])
    except ValueError:
        ms = math.nan
    if ms is not None and not (math.isfinite(ms) and ms >= 0):
        raise Refused(422, "INVALID_REQUEST", "ms is a number of virtual milliseconds since the sandbox began.")
    return {"step": step, "ms": ms}


def whole_number(request: HttpRequest, name: str, what: str) -> int | None:
    """A number in the query, None if it is not there. what: it is; for a refusal."""
    text = request.GET.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Refused(422, "INVALID_REQUEST", what)
    return int(text)


def json_body(request: HttpRequest) -> Any:
    """The request's JSON. Only as application/json: a web form, which any site may send, cannot claim that."""
    if request.content_type != "application/json":
        raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", "Send JSON, with Content-Type: application/json.")
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    too_large = Refused(413, "TOO_LARGE", f"A request may have {limit:,} bytes.")
    try:
        body = request.body
    except RequestDataTooBig:
        raise too_large from None
    if len(body) > limit:  # sent in chunks, without a length
        raise too_large
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as problem:
        raise Refused(400, "BAD_JSON", f"This is not JSON: {problem}.") from None
