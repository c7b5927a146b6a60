"""Sandboxes over HTTP: which there are, and what becomes of them.

    GET    /api/sandboxes                         POST /api/sandboxes      {"scenario": "demo", "name": "Sala 3"}
    GET    /api/scenarios                         POST /api/sandboxes/import            a moment, as bytes
    PATCH  /api/sandboxes/sala-3                  {"name": "Sala 4"}
    DELETE /api/sandboxes/sala-3
    POST   /api/sandboxes/demo/reset              it begins anew
    POST   /api/sandboxes/sala-3/retry            one that could not be opened is tried again
    POST   /api/sandboxes/demo/branches           {"step": 4711, "name": "e se"}
    GET    /api/sandboxes/demo/moment?step=4711   (or ms=, with move=back, forward, ...)
    GET    /api/sandboxes/demo/link?step=4711     the moment as an address
    GET    /api/sandboxes/demo/export?step=4711   the moment as a file
    GET    /api/sandboxes/demo/folder.zip         all that is kept of it, even if it cannot be opened
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import AsyncIterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from playground import selectors, services
from playground.api import endpoint, json_body, whole_number
from playground.engine_client import Refused
from playground.files import Sink
from playground.owners import asker, owner_of
from playground.replies import json_reply

STEP = "step is a whole number: how many steps had been taken."
MEDIA_TYPE = "application/octet-stream"


@endpoint("GET", "POST")
async def every(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return json_reply({"sandboxes": await selectors.sandboxes(owner=owner_of(request))})
    body = fields(request, "scenario", "name", "seed")
    row = await services.create_sandbox(**{"scenario": "demo", **body}, **asker(request))
    return json_reply({"ok": True, **row}, status=201)


@endpoint("PATCH", "DELETE")
async def one(request: HttpRequest, sandbox: str) -> HttpResponse:
    who = asker(request)
    if request.method == "DELETE":
        await services.delete_sandbox(sandbox=sandbox, **who)
        return json_reply({"ok": True})
    body = fields(request, "name")
    return json_reply({"ok": True, **await services.rename_sandbox(sandbox=sandbox, name=body.get("name"), **who)})


@endpoint("POST")
async def reset(request: HttpRequest, sandbox: str) -> HttpResponse:
    fields(request)
    who = asker(request)
    return json_reply({"ok": True, **await services.reset_sandbox(sandbox=sandbox, **who)})


@endpoint("POST")
async def retry(request: HttpRequest, sandbox: str) -> HttpResponse:
    fields(request)
    return json_reply({"ok": True, **await services.retry_sandbox(sandbox=sandbox, owner=owner_of(request))})


@endpoint("POST")
async def branches(request: HttpRequest, sandbox: str) -> HttpResponse:
    body = fields(request, "step", "ms", "name")
    row = await services.branch_sandbox(sandbox=sandbox, **body, **asker(request))
    return json_reply({"ok": True, **row}, status=201)


@endpoint("GET")
async def scenarios(request: HttpRequest) -> HttpResponse:
    return json_reply({"scenarios": await selectors.scenarios()})


# --- moments -----------------------------------------------------------------------------------------


@endpoint("GET")
async def moment(request: HttpRequest, sandbox: str) -> HttpResponse:
    step, ms = whole_number(request, "step", STEP), milliseconds(request.GET.get("ms"))
    return json_reply(await selectors.moment(sandbox=sandbox, step=step, ms=ms, move=request.GET.get("move")))


@endpoint("GET")
async def link(request: HttpRequest, sandbox: str) -> HttpResponse:
    return json_reply(await selectors.link(sandbox=sandbox, step=whole_number(request, "step", STEP)))


@endpoint("GET")
async def export(request: HttpRequest, sandbox: str) -> HttpResponse:
    step = whole_number(request, "step", STEP)
    pieces = [piece async for piece in selectors.pieces("export", sandbox=sandbox, step=step)]
    name = pieces[0].get("name") or f"{sandbox}.riacho"
    response = HttpResponse(b"".join(piece["data"] for piece in pieces), content_type=MEDIA_TYPE)
    return download(response, name)


@endpoint("POST")
async def import_(request: HttpRequest) -> HttpResponse:
    if request.content_type != MEDIA_TYPE:
        raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", f"Send the file's bytes, with Content-Type: {MEDIA_TYPE}.")
    limit = settings.IMPORT_BYTES_MAX
    data = request.read(limit + 1)
    if len(data) > limit:
        raise Refused(413, "TOO_LARGE", f"What is imported may have {limit:,} bytes.")
    name = request.GET.get("name", "")
    row = await services.import_sandbox(data=data, name=name, **asker(request))
    return json_reply({"ok": True, **row}, status=201)


@endpoint("GET")
async def folder(request: HttpRequest, sandbox: str) -> HttpResponse:
    files = await selectors.kept_files(sandbox=sandbox)
    response = StreamingHttpResponse(zipped(sandbox, files), content_type="application/zip")
    return download(response, f"{sandbox}.zip")  # type: ignore[arg-type]  # it is sent like any other


async def zipped(sandbox: str, files: list[dict[str, Any]]) -> AsyncIterator[bytes]:
    """A zip, written while it is sent, unpacked: what is in it is packed already, or does not pack."""
    sink = Sink()
    packed = zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED)  # type: ignore[call-overload]
    for file in files:
        info = zipfile.ZipInfo(f"{sandbox}/{file['path']}")
        info.external_attr = 0o644 << 16
        with packed.open(info, "w", force_zip64=file["bytes"] >= zipfile.ZIP64_LIMIT // 2) as out:
            async for piece in selectors.pieces("kept_piece", sandbox=sandbox, path=file["path"]):
                out.write(piece["data"])
                yield sink.take()
    packed.close()
    yield sink.take()


# --- what fits ---------------------------------------------------------------------------------------


def download(response: HttpResponse, name: str) -> HttpResponse:
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "-" for c in name)
    response["Content-Disposition"] = f'attachment; filename="{plain}"'
    response["Cache-Control"] = "no-store"
    return response


def fields(request: HttpRequest, *known: str) -> dict[str, Any]:
    """The JSON object sent, with these fields and no others; nothing sent is an empty one."""
    if not known and request.headers.get("content-length", "0") in ("", "0") and not request.content_type:
        return {}
    body = json_body(request)
    if not isinstance(body, dict):
        raise Refused(422, "INVALID_REQUEST", f"Send a JSON object with {', '.join(known) or 'nothing in it'}.")
    if unknown := [key for key in body if key not in known]:
        raise Refused(422, "INVALID_REQUEST", f"There is no field {unknown[0]!r} here; there are: {', '.join(known)}.")
    return body


def milliseconds(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number < 0 or len(text) > 30:
        raise Refused(422, "INVALID_REQUEST", "ms is a number of virtual milliseconds since the sandbox began.")
    return number
