"""WhiteNoise, read to the end, and compressed.

Django under ASGI consumes WhiteNoise's file iterators in one go anyway, and warns about it each
time; our files are small, so they become plain responses. And it lets asynchronous requests pass
without a hop through a thread.

WhiteNoise serves compressed files that lie beside the others; there is no build step to make them, so each is
compressed when it is first asked for, and kept as long as it does not change.
"""

from __future__ import annotations

import gzip
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import markcoroutinefunction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware

COMPRESSED = ("text/", "application/json", "image/svg")  # fonts are compressed as they are
WORTH_IT = 600  # bytes
KEPT_MAX = 1_000  # files kept compressed; then all are made anew


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Serves /static/ from STATICFILES_DIRS and the apps; everything else goes on."""

    async_capable = True
    sync_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]) -> None:
        super().__init__(get_response)
        markcoroutinefunction(self)
        self.compressed: dict[bytes, bytes] = {}

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        found = self.find_file(request.path_info) if self.autorefresh else self.files.get(request.path_info)
        if found is None:
            answer: HttpResponseBase = await self.get_response(request)
            return answer
        return self.serve(found, request)

    def serve(self, static_file: Any, request: HttpRequest) -> HttpResponse:
        found = static_file.get_response(request.method, request.META)
        body = b""
        if found.file is not None:
            with found.file:
                body = found.file.read()
        kind = dict(found.headers).get("Content-Type", "")
        fits = kind.startswith(COMPRESSED) and len(body) >= WORTH_IT and found.status == 200
        if fits and "gzip" in request.headers.get("Accept-Encoding", ""):
            body = self.small(body)
            encoding = "gzip"
        else:
            encoding = ""
        response = HttpResponse(body, status=int(found.status))
        del response["Content-Type"]
        for name, value in found.headers:
            response[name] = value
        if found.file is not None:
            if encoding:
                response["Content-Encoding"] = encoding
            if kind.startswith(COMPRESSED):
                response["Vary"] = "Accept-Encoding"
            response["Content-Length"] = str(len(body))  # of the file as it is now: it may have been edited since
        return response

    def small(self, body: bytes) -> bytes:
        """The same, compressed: half a millisecond the first time, nothing after that."""
        found = self.compressed.get(body)
        if found is None:
            if len(self.compressed) >= KEPT_MAX:
                self.compressed.clear()
            found = self.compressed[body] = gzip.compress(body, 6, mtime=0)
        return found
