"""The HTTP API: JSON in, JSON out, whatever happens.

    GET  /api/sandboxes
    POST /api/sandboxes/demo/commands          {"id": "c1", "do": "crash_broker", "broker": 3}
    GET  /api/sandboxes/demo/state
    GET  /api/sandboxes/demo/events?since=120
    GET  /api/sandboxes/demo/records/FIAP/0/41
    GET  /healthz                              200 when the Kafka ports answer, else 503

An error is {"ok": false, "error": {"code", "reason", "takes"?}} with a status that fits.
"""

from __future__ import annotations

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


def endpoint(method: str) -> Callable[[View[P]], Callable[..., Coroutine[Any, Any, HttpResponse]]]:
    """A view of one method (GET takes HEAD too) whose refusals become JSON."""

    def decorate(view: View[P]) -> Callable[..., Coroutine[Any, Any, HttpResponse]]:
        @wraps(view)
        async def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method != method and (method, request.method) != ("GET", "HEAD"):
                response = refused(Refused(405, "METHOD_NOT_ALLOWED", f"This address takes {method}."))
                response["Allow"] = method
                return response
            try:
                return await view(request, *args, **kwargs)
            except Refused as error:
                return refused(error)

        return guarded

    return decorate


@endpoint("POST")
async def commands(request: HttpRequest, sandbox: str) -> HttpResponse:
    result = await services.carry_out(sandbox=sandbox, actor="api", command=_json_body(request))
    return json_reply({"ok": True, **result})


@endpoint("GET")
async def sandboxes(request: HttpRequest) -> HttpResponse:
    return json_reply({"sandboxes": await selectors.sandboxes()})


@endpoint("GET")
async def state(request: HttpRequest, sandbox: str) -> HttpResponse:
    return json_reply(await selectors.state(sandbox=sandbox))


@endpoint("GET")
async def events(request: HttpRequest, sandbox: str) -> HttpResponse:
    since = request.GET.get("since", "0")
    if not since.isascii() or not since.isdigit() or len(since) > 18:
        raise Refused(422, "INVALID_REQUEST", "since is the number of the last event known, 0 for none.")
    listed = await selectors.events_after(sandbox=sandbox, since=int(since))
    return json_reply({"events": listed, "last": listed[-1]["n"] if listed else int(since)})


@endpoint("GET")
async def record(request: HttpRequest, sandbox: str, topic: str, partition: int, offset: int) -> HttpResponse:
    return json_reply(await selectors.record(sandbox=sandbox, topic=topic, partition=partition, offset=offset))


@endpoint("GET")
async def health(request: HttpRequest) -> HttpResponse:
    return json_reply({"ok": True, "kafka": await selectors.kafka_addresses()})


def _json_body(request: HttpRequest) -> Any:
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
