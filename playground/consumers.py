"""The WebSocket of a sandbox: /ws/sandboxes/<name>?since=<number of the last event seen>.

To the browser, as JSON text:
    {"t": "host", "state", "progress"}             how the engine host is; first, and at each change
    {"t": "hello", "sandbox", "kafka", "events", "last", "resync"}   before the first frame, and after a restart
    {"t": "frame", "p": [part, ...]}               what leads to the sandbox's newest state (engine/live/framing.py)
    {"t": "events", "last", "events": [...]}       numbered events, each once, none left out
    {"t": "done", "id", "ok", ...}, {"t": "record", "id", ...}, {"t": "pong", "id"}   answers
From the browser:
    {"t": "command", "id", "command": {"do", ...}}
    {"t": "record", "id", "topic", "partition", "offset"}
    {"t": "look", "tails": [["FIAP", from, to], ...]}   the details it looks at, instead of those before
    {"t": "resync"}                                a frame is missing: it needs a whole one
    {"t": "ping", "id"}                            is anybody there?
Whatever else comes is answered with {"t": "error", ...}. One task a viewer writes; each request has a
task of its own, at most ``REQUESTS_AT_ONCE``, so that one slow answer does not hold up the others.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any

import orjson

from playground import selectors, services
from playground.engine_client import Refused
from playground.hub import Viewer
from playground.room import Range
from playground.sockets import Socket

MESSAGE_CHARACTERS_MAX = 1024 * 1024
REQUESTS_AT_ONCE = 16
RANGES_MAX = 64  # of partitions looked at
PARTITIONS_MAX, TOPIC_MAX = 100, 249  # of a topic, in its name (engine/limits.py)
KINDS = '"command", "record", "look", "resync" or "ping"'
RETRY_SECONDS = 1.0
CLOSED_UNKNOWN_SANDBOX = 4404
CLOSED_BROKEN_SANDBOX = 4409
CLOSED_TOO_LARGE = 1009


class SandboxConsumer(Socket):
    """One viewer of one sandbox."""

    WHO = "A viewer"
    viewer: Viewer | None = None

    async def enter(self, query: Mapping[str, list[str]], headers: Mapping[str, str]) -> None:
        since = query.get("since", [""])[0]
        self.actor = f"web:{secrets.token_hex(3)}"
        known = int(since) if since.isascii() and since.isdigit() and len(since) <= 18 else 0
        self.viewer = self.runtime.hub.join(self.sandbox, since=known)
        self.begin_to_write()

    def leave(self) -> None:
        if self.viewer is not None:
            self.runtime.hub.leave(self.viewer)
            self.viewer = None

    # --- to the browser -----------------------------------------------------------------------------

    async def write(self) -> None:
        """``send`` returns when the socket has taken the message (server.py): a slow viewer waits here, alone."""
        while (viewer := self.viewer) is not None:
            await viewer.waiting.wait()
            viewer.waiting.clear()
            if status := viewer.take_status():
                await self.send(text_data=status)
            if self.runtime.client.state != "ready" or (viewer.resume and not await self._hello(viewer)):
                continue
            for text in viewer.take_events():
                await self.send(text_data=text)
            if frame := self.runtime.hub.take_frame(viewer):
                await self.send(text_data=frame)

    async def _hello(self, viewer: Viewer) -> bool:
        """Where we stand and what was missed. False: not now."""
        viewer.resume = False
        try:
            place = await selectors.place(sandbox=self.sandbox)
            past = await selectors.past(sandbox=self.sandbox, since=viewer.last, newest=place["event"])
        except Refused as refusal:
            if refusal.status in (404, 409):
                await self._answer({"t": "error", "error": refusal.to_json()})
                await self.close(CLOSED_UNKNOWN_SANDBOX if refusal.status == 404 else CLOSED_BROKEN_SANDBOX)
                return False
            viewer.resume = True
            if self.runtime.client.state == "ready":  # only busy; otherwise its return wakes us
                await asyncio.sleep(RETRY_SECONDS)
                viewer.waiting.set()
            return False
        viewer.last = past.last
        await self._answer(
            {
                "t": "hello",
                "sandbox": self.sandbox,
                "kafka": place["kafka"],
                "events": past.events,
                "last": past.last,
                "resync": past.resync,
            }
        )
        return True

    async def _answer(self, message: dict[str, Any]) -> None:
        await self.send(text_data=orjson.dumps(message, option=orjson.OPT_NON_STR_KEYS).decode())

    # --- from the browser ---------------------------------------------------------------------------

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.viewer is None:
            return
        if len(text_data or "") > MESSAGE_CHARACTERS_MAX:
            await self.close(CLOSED_TOO_LARGE)
            return
        try:
            message = orjson.loads(text_data or b"")
        except orjson.JSONDecodeError:
            await self._refuse(None, Refused(400, "BAD_JSON", "A message is a JSON text."))
            return
        kind = message.get("t") if isinstance(message, dict) else None
        if kind in ("look", "resync", "ping"):
            await self._at_once(self.viewer, message)
            return
        if kind not in ("command", "record"):
            identity = message.get("id") if isinstance(message, dict) else None
            await self._refuse(identity, Refused(422, "INVALID_REQUEST", f'A message has "t": {KINDS}.'))
            return
        if len(self.tasks) >= REQUESTS_AT_ONCE:
            await self._refuse(message.get("id"), Refused(429, "TOO_MANY_REQUESTS", "Too much at once."))
            return
        self.task(self._serve(message))

    async def _at_once(self, viewer: Viewer, message: dict[str, Any]) -> None:
        """What the host need not be asked for."""
        if message["t"] == "look":
            ranges = _ranges(message.get("tails"))
            if ranges is None:
                reason = f'"tails" is a list of at most {RANGES_MAX} ranges of partitions: ["FIAP", 0, 7].'
                await self._refuse(message.get("id"), Refused(422, "INVALID_REQUEST", reason))
            else:
                self.runtime.hub.look(viewer, ranges)
        elif message["t"] == "resync":
            self.runtime.hub.resync(viewer)
        else:
            await self._answer({"t": "pong", "id": message.get("id")})

    async def _serve(self, message: dict[str, Any]) -> None:
        kind, identity = message["t"], message.get("id")
        try:
            if kind == "command":
                command = message.get("command")
                if isinstance(command, dict) and identity is not None:
                    command = {"id": identity, **command}
                result = await services.carry_out(sandbox=self.sandbox, actor=self.actor, command=command)
                await self._answer({**result, "t": "done", "id": identity, "ok": True})
            else:
                record = await selectors.record(
                    sandbox=self.sandbox,
                    topic=message.get("topic"),
                    partition=message.get("partition"),
                    offset=message.get("offset"),
                )
                await self._answer({"t": "record", "id": identity, "record": record})
        except Refused as refusal:
            if kind == "command":
                await self._answer({"t": "done", "id": identity, "ok": False, "error": refusal.to_json()})
            else:
                await self._answer({"t": "record", "id": identity, "record": None, "error": refusal.to_json()})

    async def _refuse(self, identity: Any, refusal: Refused) -> None:
        await self._answer({"t": "error", "id": identity, "error": refusal.to_json()})


def _ranges(tails: Any) -> list[Range] | None:
    """What a browser says it looks at; None: that makes no sense."""
    if not isinstance(tails, list) or len(tails) > RANGES_MAX:
        return None
    found: list[Range] = []
    for one in tails:
        if not isinstance(one, list) or [type(part) for part in one] != [str, int, int]:
            return None
        topic, first, last = one
        if len(topic) > TOPIC_MAX or not 0 <= first <= last < PARTITIONS_MAX:
            return None
        found.append((topic, first, last))
    return found
