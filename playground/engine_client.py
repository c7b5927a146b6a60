"""The web process's end of the facade: it listens on the loopback, one host connects to it.

Whoever connects must send the one-time token first, as a line; the host got it in its environment.
Requests are matched with responses by id; a request that stays without an answer ends in an error,
never in waiting for ever. Frames and events go to the hub undecoded. What becomes of a sandbox (opened,
created, renamed, anew, deleted) is told to its viewers and to ``sandbox_told``.

States: ``starting`` (no host yet, or it replays its journal), ``ready`` (the Kafka ports answer),
``lost`` (it was there and has gone), ``failed`` (given up: ``problem`` says why).
"""

from __future__ import annotations

import asyncio
import hmac
import itertools
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal

from playground.facade import Binary, EventBatch, FramePart, Incoming, NotAHost, encode, encode_binary, receive
from playground.hub import Hub

log = logging.getLogger(__name__)

State = Literal["starting", "ready", "lost", "failed"]

ANSWER_SECONDS = 15.0
TOKEN_SECONDS = 5.0
PENDING_MAX = 1_000


class Refused(Exception):
    """A request that was not carried out. status: as in HTTP. takes: what a command takes, for people."""

    def __init__(self, status: int, code: str, reason: str, takes: dict[str, str] | None = None) -> None:
        super().__init__(reason)
        self.status, self.code, self.reason, self.takes = status, code, reason, takes

    def to_json(self) -> dict[str, Any]:
        """{"code", "reason", "takes"?}"""
        error: dict[str, Any] = {"code": self.code, "reason": self.reason}
        return error if self.takes is None else {**error, "takes": self.takes}


class EngineClient:
    """All methods belong to the event loop in which ``listen`` was awaited."""

    def __init__(self, *, hub: Hub, token: str) -> None:
        self.hub = hub
        self.token = token
        self.port = 0
        self.state: State = "starting"
        self.progress = 0.0
        self.kafka: list[str] = []
        self.aws = ""  # the URL of the AWS endpoint
        self.problem: dict[str, Any] = {}
        self.sandbox_told: Callable[[dict[str, Any]], None] = lambda notice: None
        self._door: socket.socket
        self._server: asyncio.Server | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._pending: dict[int, asyncio.Future[Any]] = {}
        self._ids = itertools.count(1)
        self._changed = asyncio.Event()
        self._gone = asyncio.Event()
        hub.source = self

    # --- from outside -------------------------------------------------------------------------------

    def open(self) -> None:
        """Make the door: a host that is started now will find it, and wait until ``listen``."""
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]

    async def listen(self) -> None:
        """Let in."""
        self._server = await asyncio.start_server(self._connected, sock=self._door)

    async def close(self) -> None:
        """Shut the door; a host that sees its socket close ends."""
        if self._server is not None:
            self._server.close()
        if self._writer is not None:
            self._writer.close()
            async with asyncio.timeout(1):
                await self._gone.wait()

    async def ask(self, ask: str, *, timeout: float = ANSWER_SECONDS, **fields: Any) -> Any:
        """The result of a request; bytes are "data", both ways. Raises Refused."""
        if self._writer is None or (self.state != "ready" and ask != "health"):
            raise self._absent()
        if len(self._pending) >= PENDING_MAX:
            raise Refused(503, "BUSY", "The engine has too much to do; ask again in a moment.")
        number = next(self._ids)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._pending[number] = answer
        try:
            data = fields.pop("data", None)
            question = {"id": number, "ask": ask, **fields}
            self._writer.write(encode(question) if data is None else encode_binary(question, data))
            async with asyncio.timeout(timeout):
                return await answer
        except TimeoutError:
            raise Refused(504, "TIMEOUT", f"The engine did not answer within {timeout:g} seconds.") from None
        finally:
            self._pending.pop(number, None)

    def notify(self, ask: str, **fields: Any) -> None:
        """Ask a ready host without waiting; the answer is dropped."""
        if self._writer is not None and self.state == "ready":
            self._writer.write(encode({"id": next(self._ids), "ask": ask, **fields}))

    async def wait_until(self, *states: State) -> State:
        """Return the state once it is one of ``states``."""
        while self.state not in states:
            self._changed.clear()
            await self._changed.wait()
        return self.state

    def set_state(self, state: State, *, progress: float = 0.0) -> None:
        """Tell everybody how the host is."""
        self.state, self.progress = state, progress
        self._changed.set()
        self.hub.host_changed(self.status())

    def fail(self, problem: dict[str, Any]) -> None:
        """Given up. problem: {"code", "reason", "flag"?}."""
        self.problem = problem
        self.set_state("failed")

    def has_failed(self) -> bool:
        return self.state == "failed"

    def status(self) -> dict[str, Any]:
        """As viewers get it."""
        status: dict[str, Any] = {"t": "host", "state": self.state, "progress": round(self.progress, 3)}
        if self.state == "failed":
            status["error"] = self.problem
        return status

    # --- from the host ------------------------------------------------------------------------------

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not await self._knows_the_token(reader) or self._writer is not None:
            writer.close()
            return
        self._writer = writer
        self._gone.clear()
        try:
            while True:
                self._received(await receive(reader))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        except NotAHost as problem:
            log.error("The engine host sent %s; it is dropped.", problem)
        finally:
            writer.close()
            self._writer = None
            self._gone.set()
            for answer in self._pending.values():
                if not answer.done():
                    answer.set_exception(self._absent())
            if self.state == "ready":
                self.set_state("lost")

    async def _knows_the_token(self, reader: asyncio.StreamReader) -> bool:
        line = b""
        with suppress(TimeoutError, ValueError, ConnectionError):
            async with asyncio.timeout(TOKEN_SECONDS):
                line = await reader.readline()
        return hmac.compare_digest(line.strip(), self.token.encode())

    def _received(self, message: Incoming) -> None:
        if isinstance(message, Binary):
            message = {**message.message, "result": {**(message.message.get("result") or {}), "data": message.data}}
        if isinstance(message, FramePart):
            self.hub.part(message)
        elif isinstance(message, EventBatch):
            self.hub.events(message)
        elif "notice" in message:
            self._noticed(message)
        elif (answer := self._pending.get(message.get("id", 0))) and not answer.done():
            if message.get("ok"):
                answer.set_result(message.get("result"))
            else:
                error = message.get("error") or {}
                answer.set_exception(
                    Refused(
                        message.get("status", 500),
                        error.get("code", "INTERNAL_ERROR"),
                        error.get("reason", "The engine failed."),
                        error.get("takes"),
                    )
                )

    def _noticed(self, message: dict[str, Any]) -> None:
        match message["notice"]:
            case "ready":
                self.kafka = list(message.get("kafka", []))
                self.aws = str(message.get("aws", ""))
                self.set_state("ready", progress=1.0)
            case "progress":
                self.set_state("starting", progress=message["replayed"] / max(1, message["of"]))
            case "sandbox":
                self.hub.sandbox_changed(str(message["id"]), str(message["what"]))
                self.sandbox_told(message)
            case "failed":
                self.fail({k: message[k] for k in ("code", "reason", "flag") if message.get(k)})

    def _absent(self) -> Refused:
        if self.state == "failed":
            return Refused(503, "HOST_FAILED", str(self.problem.get("reason", "The engine does not start.")))
        if self.state == "starting":
            return Refused(503, "HOST_STARTING", "The engine is starting; ask again in a moment.")
        reason = "The engine has stopped and is being started again. A command repeated with its id is safe."
        return Refused(503, "HOST_LOST", reason)
