"""What both WebSockets have in common (consumers.py, shell/consumers.py): how a browser comes in, and how it goes.

One task writes to the browser; each thing that is done for it may have a task of its own. However it goes, with a
goodbye, without one, or because the server shuts down, all of them end, and ``leave`` gives back what it held.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from autobahn.exception import Disconnected
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer

from playground import gate
from playground.runtime import Runtime, current

log = logging.getLogger(__name__)

CLOSED_BROKEN = 1011


class NoSuchSocket(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Any other address: a refused handshake."""

    async def connect(self) -> None:
        await self.close()


class Socket(AsyncWebsocketConsumer, ABC):  # type: ignore[misc]
    """One browser with one sandbox. tasks: what is being done for it. WHO: it, in the log."""

    WHO = "A browser"
    sandbox: str
    runtime: Runtime
    tasks: set[asyncio.Task[None]]
    writer: asyncio.Task[None] | None = None

    # --- what each does in its own way

    @abstractmethod
    async def enter(self, query: Mapping[str, list[str]], headers: Mapping[str, str]) -> None:
        """It was let in. headers: names in lower case. Ends with ``begin_to_write`` or after it."""

    @abstractmethod
    async def write(self) -> None:
        """Send what there is to send, for ever."""

    @abstractmethod
    def leave(self) -> None:
        """It has gone; may be called more than once."""

    # --- coming and going

    async def connect(self) -> None:
        query = parse_qs(self.scope["query_string"].decode("latin-1"))
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in self.scope["headers"]}
        if gate.websocket_refusal(headers, query.get("key", [None])[0]):
            await self.close()
            return
        self.sandbox = self.scope["url_route"]["kwargs"]["sandbox"]
        self.runtime = current()
        self.tasks = set()
        await self.accept()
        await self.enter(query, headers)

    async def disconnect(self, code: int) -> None:
        self._end()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            with suppress(StopConsumer):
                await super().__call__(scope, receive, send)
        finally:
            self._end()  # a server that shuts down cancels us without a goodbye

    def _end(self) -> None:
        if self.writer is not None:
            self.writer.cancel()
            self.writer = None
            for task in self.tasks:
                task.cancel()
        self.leave()

    # --- tasks

    def task(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def begin_to_write(self) -> None:
        self.writer = asyncio.create_task(self._write())

    async def _write(self) -> None:
        try:
            await self.write()
        except Disconnected:
            pass  # the browser has just left; ``disconnect`` follows
        except Exception:
            log.exception("%s's messages could not be written; it is asked to come back.", self.WHO)
            await self.close(CLOSED_BROKEN)
