"""Files of the page, in front of Django: WhiteNoise's rules, as an ASGI application.

A page is some 120 small modules, and Django's way of an asynchronous request (middleware that hops through threads,
signals, a response object) takes four times what a file needs: so what lies under /static/ is answered before it.
Everything else goes on, a request with a foreign Host too: the gate (middleware.py) refuses it. Files say the
same about themselves as every page does.

WhiteNoise serves compressed files that lie beside the others; there is no build step to make them, so each is
compressed when it is first asked for, and kept as long as it does not change.
"""

from __future__ import annotations

import gzip
from collections.abc import Awaitable, Callable
from typing import Any

from csp.utils import build_policy
from django.conf import settings
from whitenoise.middleware import WhiteNoiseMiddleware

from playground import gate

COMPRESSED = ("text/", "application/json", "image/svg")  # fonts are compressed as they are
WORTH_IT = 600  # bytes
KEPT_MAX = 1_000  # files kept compressed; then all are made anew

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Serves /static/ from STATICFILES_DIRS and the apps; everything else goes on to ``inner``.

    Of WhiteNoise's middleware it takes how files are found and described, not how they are sent.
    """

    def __init__(self, inner: Application) -> None:
        super().__init__(inner)
        self.inner = inner
        self.compressed: dict[bytes, bytes] = {}

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        path = scope["path"]
        found = self.find_file(path) if self.autorefresh else self.files.get(path)
        if found is not None:
            # As WhiteNoise wants them. A name that came twice counts as its last: none here is a list.
            asked = {cgi_name(name): value.decode("latin1") for name, value in scope["headers"]}
            if gate.host_allowed(asked.get("HTTP_HOST", "")):
                status, headers, body = self.answer(found, scope["method"], asked)
                named = [(name.encode(), value.encode()) for name, value in headers.items()]
                await send({"type": "http.response.start", "status": status, "headers": named})
                await send({"type": "http.response.body", "body": body})
                return
        await self.inner(scope, receive, send)

    def answer(self, file: Any, method: str, asked: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """asked: the request's headers, as CGI names them. Returns status, headers, body."""
        found = file.get_response(method, asked)
        headers = dict(found.headers)
        body = b""
        if found.file is not None:
            with found.file:
                body = found.file.read()
            kind = headers.get("Content-Type", "")
            if kind.startswith(COMPRESSED):
                headers["Vary"] = "Accept-Encoding"
                if len(body) >= WORTH_IT and found.status == 200 and "gzip" in asked.get("HTTP_ACCEPT_ENCODING", ""):
                    body = self.small(body)
                    headers["Content-Encoding"] = "gzip"
            headers["Content-Length"] = str(len(body))  # of the file as it is now: it may have been edited since
        headers["Content-Security-Policy"] = build_policy()
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = settings.SECURE_REFERRER_POLICY
        return int(found.status), headers, body

    def small(self, body: bytes) -> bytes:
        """The same, compressed: half a millisecond the first time, nothing after that."""
        found = self.compressed.get(body)
        if found is None:
            if len(self.compressed) >= KEPT_MAX:
                self.compressed.clear()
            found = self.compressed[body] = gzip.compress(body, 6, mtime=0)
        return found


def cgi_name(header: bytes) -> str:
    return f"HTTP_{header.decode('latin1').upper().replace('-', '_')}"
