"""A broker's folder over HTTP: its listing, a file a page at a time, and all of it as a zip.

    GET /api/sandboxes/demo/folders              all brokers' folders at a glance
    GET /api/sandboxes/demo/files/1
    GET /api/sandboxes/demo/files/1/FIAP-0/00000000000000000000.log?from=4096
    GET /api/sandboxes/demo/files/1.zip          other tools read it: kafka-dump-log.sh --files ...

With step= or ms= all of it is as it was at that moment.

The zip is written while it is sent, a piece at a time: however much a broker holds, this process
holds a megabyte of it. It shows one instant: the host keeps the files as they were when it was asked.
"""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from playground.api import endpoint, moment_asked, whole_number
from playground.replies import json_reply
from playground.runtime import current
from playground.selectors import LOOK_SECONDS

FIRST_ZIP_YEAR = 1980  # the format's calendar begins there


@endpoint("GET")
async def folder(request: HttpRequest, sandbox: str, broker: int) -> HttpResponse:
    return json_reply(await _ask("files", sandbox=sandbox, broker=broker, **moment_asked(request)))


@endpoint("GET")
async def folders(request: HttpRequest, sandbox: str) -> HttpResponse:
    return json_reply(await _ask("folders", sandbox=sandbox, **moment_asked(request)))


@endpoint("GET")
async def page(request: HttpRequest, sandbox: str, broker: int, path: str) -> HttpResponse:
    start = whole_number(request, "from", "from is the number of a byte, 0 for the first.") or 0
    asked = {"sandbox": sandbox, "broker": broker, "path": path, "from": start}
    return json_reply(await _ask("file", **asked, **moment_asked(request)))


@endpoint("GET")
async def archive(request: HttpRequest, sandbox: str, broker: int) -> HttpResponse:
    taken = await _ask("folder_take", sandbox=sandbox, broker=broker, **moment_asked(request))
    response = StreamingHttpResponse(zipped(sandbox, f"broker-{broker}", taken), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{sandbox}-broker-{broker}.zip"'
    response["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]  # it is sent like any other


async def _ask(ask: str, **fields: Any) -> dict[str, Any]:
    return dict(await current().client.ask(ask, timeout=LOOK_SECONDS, **fields))


class Sink:
    """What the zip has written and nobody has sent yet. It cannot be sought in, and says so."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        taken, self.parts = b"".join(self.parts), []
        return taken


async def zipped(sandbox: str, root: str, taken: dict[str, Any]) -> AsyncIterator[bytes]:
    """The taken folder as a zip, in pieces. taken: what "folder_take" answered."""
    when = datetime.fromtimestamp(taken["calendar_ms"] / 1000, UTC)
    stamp = (max(when.year, FIRST_ZIP_YEAR), when.month, when.day, when.hour, when.minute, when.second)
    sink = Sink()
    packed = zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED)  # type: ignore[call-overload]
    for number, file in enumerate(taken["files"]):
        info = zipfile.ZipInfo(f"{root}/{file['path']}", stamp)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        with packed.open(info, "w", force_zip64=file["bytes"] >= zipfile.ZIP64_LIMIT) as out:
            at = 0
            while True:
                asked = {"sandbox": sandbox, "token": taken["token"], "number": number, "from": at}
                piece = (await current().client.ask("folder_read", **asked))["data"]
                await asyncio.to_thread(out.write, piece)
                at += len(piece)
                yield sink.take()
                if at >= file["bytes"]:
                    break
    packed.close()
    yield sink.take()
