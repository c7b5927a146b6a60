"""Kinesis over the page's own address, without AWS's signature: what the console is made of.

    POST /api/sandboxes/<id>/aws           {"operation": "CreateStream", "parameters": {...}, "client"?: "console"}
    GET  /api/sandboxes/<id>/aws/access    {"endpoint", "region", "access_key", "secret_key"}: for one's own terminal
    GET  /api/sandboxes/<id>/aws/model     {"region", "account", "operations"}: what each takes
    GET  /api/sandboxes/<id>/aws/counted   {"fields", "samples"}: each shard's totals in the last minutes

A call is answered {"ok": true, "status", "error", "message", "body"}: AWS's own status, error code ("" if it was
done), text and output. An error of AWS's is an answer, so it comes with HTTP 200; what is no call at all is refused as
everywhere. Its keys a sandbox shows to whoever made it (the first one's: to all).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port

from playground import selectors, services
from playground.api import endpoint
from playground.network import is_loopback
from playground.owners import asker
from playground.replies import json_reply
from playground.sandboxes import fields


@endpoint("POST")
async def call(request: HttpRequest, sandbox: str) -> HttpResponse:
    asked = {"operation": None, **fields(request, "operation", "parameters", "client")}
    return json_reply({"ok": True, **await services.aws_call(sandbox=sandbox, **asked)})


@endpoint("GET")
async def access(request: HttpRequest, sandbox: str) -> HttpResponse:
    found = await services.aws_access(sandbox=sandbox, **asker(request))
    endpoint = seen_from(request.get_host(), str(found["endpoint"]))
    return json_reply({"ok": True, **found, "endpoint": endpoint})


def seen_from(host: str, endpoint: str) -> str:
    """An endpoint on all of this machine's addresses, by the name under which its page was asked for."""
    parts, (name, _) = urlsplit(endpoint), split_domain_port(host)
    if not name or is_loopback(name.strip("[]")) or not is_loopback(parts.hostname or ""):
        return endpoint
    return f"{parts.scheme}://{name}:{parts.port}"


@endpoint("GET")
async def model(request: HttpRequest, sandbox: str) -> HttpResponse:
    return json_reply({"ok": True, **await selectors.aws_model(sandbox=sandbox)})


@endpoint("GET")
async def counted(request: HttpRequest, sandbox: str) -> HttpResponse:
    return json_reply({"ok": True, **await selectors.aws_counted(sandbox=sandbox)})
