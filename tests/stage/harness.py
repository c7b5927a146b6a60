"""The stage without an engine: serves the page, its files and a WebSocket that plays a fake cluster.

In tests ``StageServer`` runs in a thread and sends what it is told to. By hand, to look at a scene as it lives:
``python -m tests.stage.harness demo --port 8123`` and open the printed address.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import mimetypes
import os
import threading
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from tests.stage.fake.cluster import TICK_MS, FakeCluster
from tests.stage.fake.logs import Refused
from tests.stage.scenes import SCENES

KAFKA = ["127.0.0.1:19092", "127.0.0.1:19093", "127.0.0.1:19094"]
SANDBOX = {
    "id": "demo", "name": "demo", "kafka": KAFKA, "paused": False, "problem": None, "owner": "", "parent": "",
    "parent_step": 0, "parent_ms": 0, "created_ms": 0, "bytes": 0,
}  # fmt: skip
POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'"


def page(language: str) -> bytes:
    """The stage's template, rendered as the site does it."""
    from django.template.loader import render_to_string
    from django.utils import translation

    with translation.override(language.lower()):
        return render_to_string("stage.html", {"sandbox": "demo", "language": language, "path": "/"}).encode()


def static_file(path: str) -> bytes | None:
    from django.contrib.staticfiles import finders

    found = finders.find(path)
    if not isinstance(found, str):
        return None
    with open(found, "rb") as file:
        return file.read()


class StageServer:
    """One sandbox for all who connect. received: every message a browser sent. live: time passes by itself.

    state: a snapshot to send as it is, instead of the cluster's own.
    """

    def __init__(
        self, cluster: FakeCluster, *, live: bool = False, port: int = 0, state: dict[str, Any] | None = None
    ) -> None:
        self.cluster, self.live, self.port, self.fixed = cluster, live, port, state
        self.received: list[dict[str, Any]] = []
        self.asked: list[tuple[str, dict[str, str]]] = []  # questions to the HTTP API
        self.answers: dict[str, dict[str, Any]] = {}  # what it says to some of them, by path
        self.sandboxes: list[dict[str, Any]] = [dict(SANDBOX)]
        self.viewers: dict[ServerConnection, int] = {}
        self.refuse_connections = False
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._run(),), daemon=True)

    def start(self) -> StageServer:
        self._thread.start()
        self._ready.wait(10)
        return self

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def push(self, **changes: Any) -> None:
        """A new frame now; changes are laid over it."""
        self._within(self._push(changes))

    def drop(self) -> None:
        """Cut every viewer off, as a network does."""
        for viewer in [*self.viewers]:
            self._within(viewer.close(1001))

    def say(self, message: dict[str, Any]) -> None:
        for viewer in [*self.viewers]:
            self._within(viewer.send(json.dumps(message)))

    def _within(self, coroutine: Any) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    # --- serving ------------------------------------------------------------------------------------

    async def _run(self) -> None:
        self._done = asyncio.Event()
        settings = {"process_request": self._http, "origins": None, "close_timeout": 1}
        async with serve(self._viewer, "127.0.0.1", self.port, **settings) as server:
            self.port = self._port_of(server)
            self._ready.set()
            clock = asyncio.create_task(self._clock())
            await self._done.wait()
            clock.cancel()

    @staticmethod
    def _port_of(server: Server) -> int:
        return int(next(iter(server.sockets)).getsockname()[1])

    def _http(self, connection: ServerConnection, request: Request) -> Response | None:
        parts = urlsplit(request.path)
        if parts.path.startswith("/ws/"):
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "") if self.refuse_connections else None
        if parts.path == "/":
            language = "en" if "riacho_language=en" in request.headers.get("cookie", "") else "pt-BR"
            return self._file(page(parse_qs(parts.query).get("language", [language])[0]), "text/html; charset=utf-8")
        if parts.path == "/blank":
            return self._file(b"<!doctype html><title>blank</title>", "text/html; charset=utf-8")
        if parts.path.startswith("/api/"):
            return self._api(parts.path, {k: v[0] for k, v in parse_qs(parts.query).items()})
        body = static_file(parts.path.removeprefix("/static/"))
        if body is None:
            return connection.respond(HTTPStatus.NOT_FOUND, "")
        return self._file(body, mimetypes.guess_type(parts.path)[0] or "font/woff2")

    def _api(self, path: str, query: dict[str, str]) -> Response:
        self.asked.append((path, query))
        try:
            found = self._answer(path, query)
        except Refused as refusal:
            found = {"ok": False, "error": {"code": refusal.code, "reason": refusal.reason}}
        response = self._file(json.dumps(found).encode(), "application/json")
        if not found.get("ok", True):
            response.status_code = 422
        return response

    def _answer(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        if path in self.answers:
            return self.answers[path]
        if path == "/api/sandboxes":
            return {"sandboxes": self.sandboxes}
        if path == "/api/sandboxes/demo/moment":
            step, ms = query.get("step"), query.get("ms")
            return self.cluster.moment(
                step=int(step) if step else None, ms=float(ms) if ms else None, move=query.get("move", "")
            )
        if path == "/api/sandboxes/demo/link":
            return {"link": f"/open#m=moment-{query['step']}"}
        raise Refused("NOT_FOUND", f"There is nothing at {path}.")

    @staticmethod
    def _file(body: bytes, kind: str) -> Response:
        headers = Headers(
            [
                ("Content-Type", kind),
                ("Content-Length", str(len(body))),
                ("Content-Security-Policy", POLICY),
                ("Connection", "close"),
            ]
        )
        return Response(200, "OK", headers, body)

    async def _viewer(self, viewer: ServerConnection) -> None:
        assert viewer.request is not None
        since = int(parse_qs(urlsplit(viewer.request.path).query).get("since", ["0"])[0])
        events = self.cluster.events[since:][-200:]
        await viewer.send(json.dumps({"t": "host", "state": "ready", "progress": 1.0}))
        await viewer.send(
            json.dumps(
                {
                    "t": "hello",
                    "sandbox": "demo",
                    "kafka": KAFKA,
                    "events": events,
                    "last": len(self.cluster.events),
                    "resync": None,
                }
            )
        )
        self.viewers[viewer] = len(self.cluster.events)
        await self._frame_to(viewer, {})
        try:
            async for text in viewer:
                await self._heard(viewer, json.loads(text))
        except ConnectionClosed:
            pass
        finally:
            self.viewers.pop(viewer, None)

    async def _heard(self, viewer: ServerConnection, message: dict[str, Any]) -> None:
        self.received.append(message)
        if message["t"] not in ("command", "record"):
            return  # what it looks at, whether we are there: here all is in every frame
        try:
            if message["t"] == "record":
                record = self.cluster.record(message["topic"], message["partition"], message["offset"])
                answer = {"t": "record", "id": message["id"], "record": record}
            else:
                result = self.cluster.command(message["command"])
                answer = {**result, "t": "done", "id": message["id"], "ok": True}
        except Refused as refusal:
            answer = {
                "t": "done" if message["t"] == "command" else "record",
                "id": message["id"],
                "ok": False,
                "record": None,
                "error": {"code": refusal.code, "reason": refusal.reason},
            }
        await viewer.send(json.dumps(answer))
        await self._push({})

    async def _push(self, changes: dict[str, Any]) -> None:
        for viewer in [*self.viewers]:
            await self._frame_to(viewer, changes)

    async def _frame_to(self, viewer: ServerConnection, changes: dict[str, Any]) -> None:
        seen = self.viewers[viewer]
        fresh = self.cluster.events[seen:]
        self.viewers[viewer] = seen + len(fresh)
        if fresh:
            await viewer.send(json.dumps({"t": "events", "last": seen + len(fresh), "events": fresh}))
        frame = {**(self.fixed or self.cluster.state()), **changes}
        await viewer.send(json.dumps({"t": "frame", "s": frame}))

    async def _clock(self) -> None:
        while True:
            await asyncio.sleep(TICK_MS / 1000)
            if self.live and not self.cluster.paused:
                self.cluster.tick(TICK_MS * self.cluster.speed)
                await self._push({})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scene", choices=sorted(SCENES), nargs="?", default="demo")
    parser.add_argument("--port", type=int, default=8123)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")
    import django

    django.setup()
    server = StageServer(SCENES[options.scene](), live=True, port=options.port).start()
    print(server.url)
    threading.Event().wait()


if __name__ == "__main__":
    main()
