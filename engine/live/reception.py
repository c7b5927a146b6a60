"""Where real clients of one sandbox come in: collects what they send, and sends what they get.

Theory of operation
-------------------
What one turn of the event loop brings becomes one instant of the World. If nothing came for
``LULL_NS``, or nobody else was heard for ``ALONE_NS``, it is taken at once, since a lone client
waits for it; otherwise at the end of the turn, since others are about to be heard too. (64 clients
with one request each: three times as many requests a second. A lone client pays nothing.)

While time stands still everything is parked (engine/live/parking.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic_ns
from typing import Any

from engine.limits import CONNECTIONS_MAX
from engine.live.edge import Connection
from engine.live.guest import Guest
from engine.live.instants import Given
from engine.live.log import log
from engine.live.lookout import lookout_of
from engine.live.parking import Parked, Parking, without_first_answer
from engine.world.inputs import ACCEPT, CLOSE, FRAME

LULL_NS = 150_000
ALONE_NS = 1_000_000


class Reception:
    """The desk of all connections (engine/live/edge.py).

    take: hands inputs to the World and returns their results. turned: called when that was an
    instant of clients' requests, to let the answers out.
    last_turn: when clients were last heard, on the wall clock. probes: peers who only ask whether we listen.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        take: Callable[[list[Given]], list[Any]],
        turned: Callable[[], None],
        advertise: str = "",
    ) -> None:
        self._loop, self._take, self._turned, self._advertise = loop, take, turned, advertise
        self._lookout = lookout_of(loop)
        self.parking = Parking()
        self.paused = False
        self.shut = False  # nobody is let in
        self.arrived: Callable[[], None] = lambda: None  # called when somebody connects, before anything else
        self.last_turn = 0
        self.probes: set[str] = set()
        self.connections: dict[int, Guest] = {}  # those the World knows
        self._sockets: dict[Guest, None] = {}  # all
        self._pending: list[Given] = []
        self._gathering = False
        self._speaker: Guest | None = None  # heard last
        self._speaks_since = 0  # and nobody else since then

    def connection(self, broker: int) -> Connection:
        """A new one, not connected yet."""
        return Connection(self, broker, self._advertise)

    def sockets(self) -> list[Guest]:
        """All connections that are open, in the order in which they came."""
        return list(self._sockets)

    # --- what connections report --------------------------------------------------------------------

    def opened(self, connection: Guest) -> None:
        if connection.peer in self.probes or self.shut:
            connection.drop()
        elif len(self._sockets) >= CONNECTIONS_MAX:
            log(f"{connection.peer} was turned away: {CONNECTIONS_MAX:,} connections are open, which is the limit.")
            connection.drop()
        else:
            self._sockets[connection] = None
            self.arrived()
            if self.paused:
                self.parking.opened(connection)
                connection.hold()
            else:
                self._accept(connection)

    def received(self, connection: Guest, frames: list[bytes]) -> None:
        if self.paused:
            self.parking.received(connection, frames)
            return
        number, pending = connection.number, self._pending
        for frame in frames:
            pending.append(("tcp", FRAME, (number, frame)))
        self._touch(connection)

    def closed(self, connection: Guest) -> None:
        self._sockets.pop(connection, None)
        if self.paused:
            self.parking.closed(connection)
        elif self.connections.pop(connection.number, None) is not None:
            self._pending.append(("tcp", CLOSE, connection.number))
            self._touch(connection)

    # --- in -----------------------------------------------------------------------------------------

    def turn(self) -> None:
        """Take all that has come in, as one instant."""
        self._gathering = False
        if self._pending:
            given, self._pending = self._pending, []
            self._take(given)
            self._turned()
            self.last_turn = now = monotonic_ns()
            if self._lookout is not None and now - self._speaks_since > ALONE_NS:
                self._lookout.heard(now)

    def _touch(self, connection: Guest) -> None:
        now = monotonic_ns()
        if connection is not self._speaker:
            self._speaker, self._speaks_since = connection, now
        if self._gathering:
            return
        if now - self.last_turn > LULL_NS or now - self._speaks_since > ALONE_NS:
            self.turn()
        else:
            self._gathering = True
            self._loop.call_soon(self.turn)

    def _accept(self, connection: Guest) -> None:
        self.turn()  # what came before is taken before
        connection.number = self._take([("tcp", ACCEPT, (connection.peer, connection.node, connection.address))])[0]
        self.connections[connection.number] = connection
        self._turned()

    # --- out ----------------------------------------------------------------------------------------

    def send(self, outbox: list[tuple[int, list[bytes | memoryview]]], closed: list[int]) -> None:
        """Write replies, one system call a connection; then close what the World has closed."""
        connections = self.connections
        touched = []
        for number, chunks in outbox:
            connection = connections.get(number)
            if connection is not None and connection.alive:
                if connection.unsaid:
                    connection.unsaid = False
                    chunks = without_first_answer(chunks)
                if chunks and not connection.out:
                    touched.append(connection)
                connection.out += chunks
        for connection in touched:
            connection.send()
        for number in closed:
            connection = connections.pop(number, None)
            if connection is not None:
                self._drop(connection)

    def _drop(self, connection: Guest) -> None:
        self._sockets.pop(connection, None)
        connection.drop()

    # --- standing still -----------------------------------------------------------------------------

    def pause(self) -> None:
        """From here on everything is parked."""
        self.paused = True
        for connection in self._sockets:
            connection.hold()

    def resume(self) -> None:
        """Let in all that is parked, in order of arrival, and read again."""
        self.paused = False
        while (parked := self.parking.take()) is not None:
            self._admit(parked)
        self.turn()
        for connection in list(self._sockets):
            connection.release()

    def admit_one(self) -> bool:
        """While time stands still: let in the oldest that is parked. False: there is none."""
        parked = self.parking.take()
        if parked is None:
            return False
        self._admit(parked)
        self.turn()
        if not parked.connection.parked and parked.connection.alive:
            parked.connection.read_more()
        return True

    def give_up(self, connection: Guest) -> None:
        """While time stands still: this one waits no longer. The World knows, if it ever knew of it."""
        self.connections.pop(connection.number, None)
        self.parking.forget(connection)
        self._drop(connection)

    def _admit(self, parked: Parked) -> None:
        connection = parked.connection
        if parked.what == ACCEPT:
            self._accept(connection)
        elif parked.what == FRAME:
            self._pending.append(("tcp", FRAME, (connection.number, parked.frame)))
        elif self.connections.pop(connection.number, None) is not None:
            self._pending.append(("tcp", CLOSE, connection.number))

    def drop_parked(self, brokers: list[int]) -> None:
        """These brokers are gone: so are the clients they had not been told of yet."""
        for connection in [c for c in self._sockets if c.number < 0 and c.broker in brokers]:
            self._drop(connection)

    def close(self) -> None:
        """Everybody out, and nobody in."""
        self.shut = True
        for connection in list(self._sockets):
            self._drop(connection)
        self.connections.clear()
        self._pending.clear()
