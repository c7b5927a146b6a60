"""A port a broker: broker n listens on the first port + n - 1, and only while it is alive.

A dead broker's port refuses connections, as a dead process's does. Ports are bound at once, so that
whoever finds one taken hears of it with the flag that helps; accepting begins in the loop's next turn.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterable

from engine.limits import PORTS_PER_SANDBOX
from engine.live.edge import Connection
from engine.live.ports import ANY, BACKLOG, PortTaken, bind, free_range, resolve

__all__ = ["Listeners", "PortTaken"]


class Listeners:
    """host: name or address to listen on. first_port: of broker 1; 0: any free range, see ``first_port`` then.

    make: makes the connection object for a broker's next client.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, host: str, first_port: int, make: Callable[[int], Connection]
    ) -> None:
        self._loop, self.host, self._make = loop, host, make
        self.shown = ANY.get(host, host)
        self._families = resolve(host)
        self.first_port = first_port or free_range(self._families)
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
                names.append((ANY.get(host, host), port))
        return names

    def close(self) -> None:
        for broker in list(self._sockets):
            self._shut(broker)

    def _listen(self, broker: int) -> None:
        sockets: list[socket.socket] = []
        try:
            for family, address in self._families:
                sockets.append(bind(family, address, self.port(broker)))
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
        server = await self._loop.create_server(lambda: self._make(broker), sock=sock, backlog=BACKLOG)
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
