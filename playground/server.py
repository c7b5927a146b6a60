"""Daphne, with the two bounds it lacks.

*Out*: what is sent to a WebSocket is taken by Twisted without limit, so a browser that does not read
would gather frames in our memory. Here ``send`` waits while the socket's buffer is full (64 KiB); the
hub keeps one frame and some events for that viewer meanwhile. *In*: of a request's body no more is
kept than may be sent, and a WebSocket that sends faster than it is served is closed.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.server import Server, reactor
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from django.conf import settings
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IPushProducer
from twisted.logger import ILogObserver, globalLogBeginner
from zope.interface import implementer

from playground.ready import ReadyText

UNREAD_MESSAGES_MAX = 1_000
CLOSED_TOO_FAST = 1008


class BoundedRequest(WebRequest):  # type: ignore[misc]
    """Keeps one byte more than is allowed: enough to tell (api.py answers 413)."""

    kept = 0

    def handleContentChunk(self, data: bytes) -> None:
        data = data[: settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1 - self.kept]
        self.kept += len(data)
        super().handleContentChunk(data)


class BoundedHTTPFactory(HTTPFactory):  # type: ignore[misc]
    def buildProtocol(self, addr: Any) -> Any:
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = BoundedRequest
        return protocol


@implementer(IPushProducer)
class PatientWebSocket(WebSocketProtocol):  # type: ignore[misc]
    """drained: set while the transport takes more."""

    def connectionMade(self) -> None:
        super().connectionMade()
        self.drained = asyncio.Event()
        self.drained.set()
        with suppress(AttributeError):
            self.transport.unregisterProducer()  # the HTTP channel's, which this connection has left
        self.transport.registerProducer(self, True)

    def pauseProducing(self) -> None:
        self.drained.clear()

    def resumeProducing(self) -> None:
        self.drained.set()

    def stopProducing(self) -> None:
        self.drained.set()

    def serverSend(self, content: Any, binary: bool = False) -> None:
        """What goes to many has been framed once for all."""
        if isinstance(content, ReadyText) and self.state == self.STATE_OPEN and not self.send_queue:
            self.transport.write(content.wire)
        else:
            super().serverSend(content, binary)

    def connectionLost(self, reason: Any) -> None:
        self.drained.set()
        super().connectionLost(reason)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        if self.application_queue.qsize() >= UNREAD_MESSAGES_MAX:
            self.muted = True
            self.application_queue.put_nowait({"type": "websocket.disconnect", "code": CLOSED_TOO_FAST})
            self.sendClose(code=CLOSED_TOO_FAST)
            return
        super().onMessage(payload, isBinary)


class PatientWebSocketFactory(WebSocketFactory):  # type: ignore[misc]
    protocol = PatientWebSocket


@implementer(ILogObserver)
class Nobody:
    """Reads Twisted's own log, which is of no use to anybody here."""

    def __call__(self, event: Any) -> None:
        pass


class CannotListen(Exception):
    """The address is taken, or is none of this machine's."""


class PlaygroundServer(Server):  # type: ignore[misc]
    """Runs Twisted's one and only reactor: one a process, once."""

    def __init__(self, application: Any, *, host: str, port: int) -> None:
        super().__init__(application, endpoints=[f"{host} {port}"], signal_handlers=False, server_name="")
        self.host, self.port = host, port

    def listen(self) -> None:
        """Bind; ``port`` then says where (0 asked for a free one). Raises CannotListen."""
        self.connections: dict[Any, dict[str, Any]] = {}
        self.http_factory = BoundedHTTPFactory(self)
        self.ws_factory = PatientWebSocketFactory(self, server=self.server_name)
        self.ws_factory.setProtocolOptions(
            autoPingTimeout=self.ping_timeout,
            allowNullOrigin=True,  # who may come is decided in gate.py
            openHandshakeTimeout=self.websocket_handshake_timeout,
            maxMessagePayloadSize=self.websocket_max_message_size,
            maxFramePayloadSize=self.websocket_max_frame_size,
        )
        try:
            listening = reactor.listenTCP(self.port, self.http_factory, backlog=512, interface=self.host)
        except CannotListenError as problem:
            raise CannotListen(str(problem.socketError)) from None
        self.port = listening.getHost().port

    def run(self) -> None:
        """Serve until ``stop``."""
        observers: Any = [Nobody()]  # the interface is declared in a way no type checker sees
        globalLogBeginner.beginLoggingTo(observers, redirectStandardIO=False, discardBuffer=True)
        asyncio.set_event_loop(loop())
        reactor.callLater(1, self.application_checker)
        reactor.callLater(2, self.timeout_checker)
        reactor.addSystemEventTrigger("before", "shutdown", self.kill_all_applications)
        reactor.run(installSignalHandlers=False)
        _finish(loop())

    def stop(self) -> None:
        """From any thread."""
        reactor.callFromThread(super().stop)

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        await super().handle_reply(protocol, message)
        if isinstance(protocol, PatientWebSocket):
            await protocol.drained.wait()


def _finish(ending: asyncio.AbstractEventLoop) -> None:
    """As asyncio.run does at its end: what still waits for something is told that it will not come.

    A coroutine that is left waiting until the interpreter itself goes can take it down (CPython 3.11).
    """
    waiting = asyncio.all_tasks(ending)
    for task in waiting:
        task.cancel()
    ending.run_until_complete(asyncio.gather(*waiting, return_exceptions=True))
    ending.run_until_complete(ending.shutdown_asyncgens())
    ending.run_until_complete(ending.shutdown_default_executor())
    ending.close()


def loop() -> asyncio.AbstractEventLoop:
    """The reactor's event loop, in which everything of the web process runs."""
    found: asyncio.AbstractEventLoop = reactor._asyncioEventloop
    return found
