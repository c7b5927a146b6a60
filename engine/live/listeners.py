"""A port a broker: broker n listens on the first port + n - 1, and only while it is alive.

A dead broker's port refuses connections, as a dead process's does. Ports are bound at once, so that
whoever finds one taken hears of it with the flag that helps; accepting begins in the loop's next turn.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import Callable, Iterable

from engine.limits import PORTS_PER_SANDBOX
from engine.live.edge import Connection

_BACKLOG = 1024
_EPHEMERAL = (20_000, 32_000)  # where to look for a free range: under the ports the system hands out itself

_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # "all addresses", and one of them


class PortTaken(Exception):
    """Somebody else listens there."""


class Listeners:
    """host: name or address to listen on. first_port: of broker 1; 0: any free range, see ``first_port`` then.

    make: makes the connection object for a broker's next client.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, host: str, first_port: int, make: Callable[[int], Connection]
    ) -> None:
        self._loop, self.host, self._make = loop, host, make
        self.shown = _ANY.get(host, host)
        self._families = _resolve(host)
        self.first_port = first_port or _free_range(self._families)
        self._sockets: dict[int, list[socket.socket]] = {}
        self._servers: dict[int, list[asyncio.Server]] = {}
        self._starting: set[asyncio.Task[None]] = set()

    def port(self, broker: int) -> int:
        return self.first_port + broker - 1

    def follow(self, alive: Iterable[int]) -> list[int]:
        """Listen for exactly these brokers. Returns those that have been shut. Raises PortTaken."""
        wanted = sorted(set(alive))
        shut = [broker for broker in self._sockets if broker not in wanted]
        for broker in shut:
            self._shut(broker)
        for broker in wanted:
            if broker not in self._sockets and broker <= PORTS_PER_SANDBOX:
                self._listen(broker)
        return shut

    def addresses(self) -> list[str]:
        """HOST:PORT of each broker that listens, as a client on this machine would say it."""
        return [f"{self.shown}:{self.port(broker)}" for broker in sorted(self._sockets)]

    def names(self) -> list[tuple[str, int]]:
        """(host, port) by which a process on this machine reaches each listening socket."""
        names = []
        for sockets in self._sockets.values():
            for sock in sockets:
                host, port = sock.getsockname()[:2]
                names.append((_ANY.get(host, host), port))
        return names

    def close(self) -> None:
        for broker in list(self._sockets):
            self._shut(broker)

    def _listen(self, broker: int) -> None:
        sockets: list[socket.socket] = []
        try:
            for family, address in self._families:
                sockets.append(_bind(family, address, self.port(broker)))
        except OSError as error:
            for sock in sockets:
                sock.close()
            raise PortTaken(
                f"Broker {broker} cannot listen on {self.host}:{self.port(broker)}: {error.strerror}."
            ) from None
        self._sockets[broker] = sockets
        for sock in sockets:
            task = self._loop.create_task(self._serve(broker, sock))
            self._starting.add(task)
            task.add_done_callback(self._starting.discard)

    async def _serve(self, broker: int, sock: socket.socket) -> None:
        if sock.fileno() < 0:
            return  # shut again meanwhile
        server = await self._loop.create_server(lambda: self._make(broker), sock=sock, backlog=_BACKLOG)
        if sock in self._sockets.get(broker, ()):
            self._servers.setdefault(broker, []).append(server)
        else:
            server.close()

    def _shut(self, broker: int) -> None:
        for server in self._servers.pop(broker, ()):
            server.close()
        for sock in self._sockets.pop(broker, ()):
            with contextlib.suppress(OSError):
                sock.close()


def _bind(family: int, address: str, port: int) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":  # there it would let two processes share the port
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0 if address == "::" else 1)
        sock.bind((address, port))
        sock.listen(_BACKLOG)
        sock.setblocking(False)
    except OSError:
        sock.close()
        raise
    return sock


def _resolve(host: str) -> list[tuple[int, str]]:
    """Families and addresses of a name that can be bound here. Raises PortTaken when there is none."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise PortTaken(f"{host} is no address of this machine: {error.strerror}.") from None
    families: list[tuple[int, str]] = []
    for family, _, _, _, name in found:
        entry = (int(family), str(name[0]))
        if entry in families:
            continue
        with contextlib.suppress(OSError):
            _bind(*entry, 0).close()
            families.append(entry)
    if not families:
        raise PortTaken(f"{host} is no address of this machine.")
    return families


def _free_range(families: list[tuple[int, str]]) -> int:
    """The first of PORTS_PER_SANDBOX free ports in a row."""
    least, most = _EPHEMERAL
    places = (most - least) // PORTS_PER_SANDBOX
    start = int.from_bytes(os.urandom(2), "big")
    for attempt in range(places):
        first = least + (start + attempt) % places * PORTS_PER_SANDBOX
        try:
            for port in range(first, first + PORTS_PER_SANDBOX):
                for family, address in families:
                    _bind(family, address, port).close()
        except OSError:
            continue
        return first
    raise PortTaken("There are no 20 free ports in a row.")
