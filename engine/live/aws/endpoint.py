"""The door for AWS clients: one port of the host for all sandboxes, told apart by the access key that signs.

Theory of operation
-------------------
A request is looked at in the order in which AWS does: is it for a service and operation that exist, can its body be
read, who signed it, are its parameters what the model says. Whatever fails is answered here. The rest goes into the
World of the key's sandbox as a frame of a connection that belongs to this HTTP connection and that sandbox; so a
request is an input like any, journalled, parked while time stands still, and answered in order.

Keys, signatures and tokens end here. No input has any of them in it.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from functools import lru_cache
from time import monotonic
from typing import TYPE_CHECKING

import orjson

from engine.commands import CommandRefused
from engine.limits import AWS_CONNECTIONS_MAX, AWS_IDLE_S
from engine.live.aws.callers import caller
from engine.live.aws.encodings import ENCODINGS, JSON, Encoding
from engine.live.aws.errors import AwsError, unavailable, unknown_operation, unreadable
from engine.live.aws.exchange import Exchange, refuse
from engine.live.aws.http import HttpConnection, Request
from engine.live.aws.line import Line
from engine.live.aws.quick import QUICK
from engine.live.aws.services import REGION, SERVICES, Service
from engine.live.aws.shapes import Operation
from engine.live.aws.signing import Find, Verifier, scope_of
from engine.live.aws.validation import check
from engine.live.log import log
from engine.live.ports import ANY, BACKLOG, bind, resolve

if TYPE_CHECKING:
    from engine.live.sandbox import Sandbox

PORT = 4566  # where learners' tools look for AWS on this machine
SWEEP_S = 20.0


class AwsPortTaken(Exception):
    """Somebody else listens there."""


class Endpoint:
    """find: the sandbox and key of an access key. sandbox: an open one, by its id; raises AwsError.

    url: where it listens, as a client on this machine says it.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, find: Find, sandbox: Callable[[str], Sandbox], advertise: str = ""
    ) -> None:
        self._loop, self._sandbox, self._advertise = loop, sandbox, advertise
        self._verifier = Verifier(find, REGION)
        self._lines: dict[HttpConnection, dict[tuple[str, str], Line]] = {}  # of all open, by sandbox and service
        self._servers: list[asyncio.Server] = []
        self._sweep: asyncio.TimerHandle | None = None
        self.url = ""

    # --- listening ----------------------------------------------------------------------------------

    async def listen(self, host: str, port: int | None, before: int | None = None) -> None:
        """port: 0: any; None: the usual one, or any if somebody else has that. Raises AwsPortTaken.

        before: where clients found us in the last life of the host; that one goes first, if it can be had.
        """
        families = resolve(host)
        if before:
            with contextlib.suppress(OSError):
                await self._bind(families, before)
                self.url = self._shown(host)
                return
        wanted = PORT if port is None else port
        try:
            await self._bind(families, wanted)
        except OSError as error:
            if port is not None:
                raise AwsPortTaken(f"AWS clients cannot be served at {host}:{port}: {error.strerror}.") from None
            await self._bind(families, 0)
            log(f"Somebody else listens on port {PORT}: the AWS endpoint is {self._shown(host)}.")
        self.url = self._shown(host)

    async def _bind(self, families: list[tuple[int, str]], port: int) -> None:
        sockets = []
        try:
            for family, address in families:
                sockets.append(bind(family, address, port))
                port = port or sockets[0].getsockname()[1]  # the same of every address
        except OSError:
            for sock in sockets:
                sock.close()
            raise
        for sock in sockets:
            made = await self._loop.create_server(lambda: HttpConnection(self), sock=sock, backlog=BACKLOG)
            self._servers.append(made)

    def _shown(self, host: str) -> str:
        port = self._servers[0].sockets[0].getsockname()[1]
        name = self._advertise or ANY.get(host, host)
        return f"http://{f'[{name}]' if ':' in name else name}:{port}"

    def close(self) -> None:
        """Everybody out, and nobody in."""
        for server in self._servers:
            server.close()
        if self._sweep is not None:
            self._sweep.cancel()
        for connection in list(self._lines):
            connection.abort()

    # --- what connections report --------------------------------------------------------------------

    def connected(self, connection: HttpConnection) -> bool:
        if len(self._lines) >= AWS_CONNECTIONS_MAX:
            log(f"AWS port: {connection.peer} was turned away: {AWS_CONNECTIONS_MAX:,} connections are the limit.")
            return False
        self._lines[connection] = {}
        if self._sweep is None:
            self._sweep = self._loop.call_later(SWEEP_S, self._sweep_idle)
        return True

    def gone(self, connection: HttpConnection) -> None:
        for line in self._lines.pop(connection, {}).values():
            line.hang_up()

    def asked(self, connection: HttpConnection, request: Request) -> None:
        encoding: Encoding = JSON
        try:
            encoding, service, operation = self._recognise(request)
            given = encoding.read(operation.input, request.body)
            sandbox = self._verifier.verify(request, service.name, time.time())
            is_plain = operation.name in QUICK and QUICK[operation.name](given)
            if not is_plain:
                given = check(operation.input, given)
            line = self._line(connection, sandbox, service)
        except AwsError as error:
            refuse(connection, encoding, error)
            return
        who = " ".join(caller(request.headers.get("user-agent", ""), connection.host))
        body = request.body if is_plain and encoding.raw else orjson.dumps(given)
        line.ask(f"{operation.name} {who}\n".encode() + body, Exchange(connection, line, operation, encoding))

    def _recognise(self, request: Request) -> tuple[Encoding, Service, Operation]:
        """How it is written, and what it asks for. Raises AwsError."""
        content_type, target = request.headers.get("content-type", ""), request.headers.get("x-amz-target", "")
        found = _recognised(scope_of(request), target, request.method, request.path, content_type)
        if not request.body and request.method == "POST":
            raise unreadable()
        return found

    # --- into the World -----------------------------------------------------------------------------

    def _line(self, connection: HttpConnection, sandbox: str, service: Service) -> Line:
        """The one of this connection into that sandbox. Raises AwsError."""
        lines = self._lines[connection]
        line = lines.get((sandbox, service.name))
        if line is None or not line.alive:
            line = open_line(self._sandbox(sandbox), service, f"tcp:{connection.peer}", connection.address)
            lines[sandbox, service.name] = line
        return line

    def _sweep_idle(self) -> None:
        """Who has said nothing for so long is gone, or comes again: SDKs do."""
        self._sweep = self._loop.call_later(SWEEP_S, self._sweep_idle) if self._lines else None
        now = monotonic()
        for connection in list(self._lines):
            if not connection.busy and now - connection.heard > AWS_IDLE_S:
                connection.close()


@lru_cache(maxsize=64)  # clients ask for the same few things over and over; a pure function
def _recognised(
    scope: str, target: str, method: str, path: str, content_type: str
) -> tuple[Encoding, Service, Operation]:
    encoding = ENCODINGS.get(content_type.partition(";")[0].strip())
    for service in [SERVICES[scope]] if scope in SERVICES else SERVICES.values():
        operation = service.operation(target, method, path)
        if operation is not None:
            if operation.method != method or encoding is None:
                raise unknown_operation()
            return encoding, service, operation
    raise unknown_operation()


def open_line(sandbox: Sandbox, service: Service, peer: str, address: str) -> Line:
    """A new connection to a service of a sandbox; its machine is made when somebody asks for it. Raises AwsError."""
    try:
        if service.node not in sandbox.world.nodes:
            sandbox.touch(service.node, {})
        line = Line(sandbox.reception, service.node, peer, address)
    except CommandRefused as refused:
        raise unavailable(refused.reason) from None
    if not line.alive:
        raise unavailable("This sandbox takes no more connections.")
    return line
