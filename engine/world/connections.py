"""Connections: two ends, two directions, each in order; and all the ways in which they end.

Theory of operation
-------------------
A connection is two ``End``s that know each other. What a node sends goes towards the other end and
is delivered there if that end is still ``open``: one flag, checked once a message, makes every rule
below work without searching the agenda.

- *Opening* takes a way there and a way back. The asker is handed ``Opened`` or ``Refused``.
- *Closing* (``Close``): what was sent before still arrives, then the peer is handed ``Closed``. Who
  closes hears nothing more: its own end shuts at once.
- *Reset* (a crash, or a fault): both ends shut at once, so all that was in flight is lost, both ways,
  "executed, answer lost" included. An end whose node lives is handed ``Closed`` when the news has
  travelled there, or, behind a cut link, once that is healed. What it sends before that vanishes.

An *outside* connection has one end in the World (a real client; the host owns its socket). What
happens to it outside comes in as inputs; what the World does to it goes out as ``Write``s and in
``closed_outside``.

Ids are never given out twice. The same id serves both ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.machine import Accepted, Closed, Opened, Refused
from engine.world.agenda import ANY_LIFE, Agenda
from engine.world.links import Link, Links

if TYPE_CHECKING:
    from engine.world.node import Node


class Knock:
    """A ``Connect`` on its way. Known to nobody but the World."""

    __slots__ = ("connection",)

    def __init__(self, connection: int) -> None:
        self.connection = connection


class End:
    """One side of a connection.

    outside: a real client's, without a node. incarnation: whose life it belongs to, 0 until accepted.
    peer: the other side. link: what messages towards this end travel on; last: when the last of them arrives.
    open: they are delivered. closing: ``Closed`` is on its way here. done: this side is over.
    name, token: of the asking side, to answer it.
    """

    __slots__ = (
        "connection", "outside", "node", "incarnation", "peer", "link", "last", "open", "closing", "done", "token",
    )  # fmt: skip

    node: Node
    peer: End

    def __init__(self, connection: int, node: Node | None, link: Link) -> None:
        self.connection = connection
        self.outside = node is None
        self.node = node  # type: ignore[assignment]  # outside, nobody asks for it
        self.incarnation = 0
        self.link = link
        self.last = 0
        self.open = False
        self.closing = False
        self.done = False
        self.token = 0


class Connections:
    """All connections by id. ``by_id`` holds the asking end; its ``peer`` is the accepting one."""

    __slots__ = ("by_id", "closed_outside", "_agenda", "_links", "_edge", "_nowhere", "_last_id")

    DERIVED = ("closed_outside",)  # what is handed out is no state

    def __init__(self, agenda: Agenda, links: Links) -> None:
        self.by_id: dict[int, End] = {}
        self.closed_outside: list[int] = []
        self._agenda, self._links = agenda, links
        self._edge = Link()  # from an outside client: the real network took its time already
        self._nowhere = Link()  # to an outside client: only a Write gets there
        self._nowhere.special = True
        self._last_id = 0

    # --- between nodes ------------------------------------------------------------------------------

    def connect(self, asker: Node, target: Node, token: int, cause: int) -> None:
        """``asker`` wants a connection to ``target``, which may be dead."""
        here, there = self._pair(asker, target, self._links.between(target.name, asker.name))
        there.link = self._links.between(asker.name, target.name)
        here.incarnation, here.token, here.open = asker.incarnation, token, True
        there.done = True  # until it is accepted
        asker.connections[here.connection] = None
        self._links.send(there, ANY_LIFE, Knock(here.connection), cause)

    def arrive(self, end: End, message: Any, cause: int) -> Any:
        """Something about ``end`` has travelled there. Returns what its node is to be handed, or None."""
        if message.__class__ is Knock:
            return self._answer_the_door(end, cause)
        alive = end.node.alive and end.node.incarnation == end.incarnation
        if message.__class__ is Opened:
            return message if alive else None
        if end.done:
            return None
        self._finish(end)  # Closed, Refused
        return message if alive else None

    def close(self, node: Node, connection: int, cause: int) -> None:
        """``node`` closes its end. Closing what is closed does nothing."""
        end = self.by_id.get(connection)
        if end is None:
            return
        if end.node is not node or end.done:  # a node connected to itself closes the asking end first
            end = end.peer
        if end.node is node and not end.done:
            self._finish(end)
            self._tell_closed(end.peer, cause)

    def reset(self, connection: int, cause: int = 0) -> None:
        """The connection breaks: what is on its way is lost in both directions."""
        end = self.by_id.get(connection)
        if end is not None:
            end.open = end.peer.open = False
            self._tell_closed(end, cause)
            self._tell_closed(end.peer, cause)

    def drop_node(self, node: Node, orderly: bool, cause: int) -> None:
        """``node`` dies. orderly: what it sent before still arrives."""
        for connection in tuple(node.connections):
            if orderly:
                self.close(node, connection, cause)
            else:
                self._break_off(node, connection, cause)

    # --- with the outside ---------------------------------------------------------------------------

    def accept(self, peer: str, node: Node | None, address: str) -> int:
        """A real client has connected. Returns the id, which is closed at once if nobody is there."""
        if node is None or not node.alive:
            self._last_id += 1
            self.closed_outside.append(self._last_id)
            return self._last_id
        outside, inside = self._pair(None, node, self._edge)
        outside.link = self._nowhere
        outside.open = inside.open = True
        inside.incarnation = node.incarnation
        node.connections[inside.connection] = None
        accepted = Accepted(inside.connection, peer, address)
        self._links.send(inside, node.incarnation, accepted, 0)
        return inside.connection

    def deliver(self, connection: int, message: Any) -> None:
        """What a real client sent. On a connection that is closed: nothing."""
        end = self.by_id.get(connection)
        if end is not None and end.outside and (inside := end.peer).open:
            agenda = self._agenda  # nothing is ever on its way here: it is due now, behind what is
            agenda.sequence += 1
            agenda.fifo.append((agenda.now, agenda.sequence, inside.node, inside.incarnation, message, inside, 0))

    def close_outside(self, connection: int) -> None:
        """A real client has hung up."""
        end = self.by_id.get(connection)
        if end is not None and end.outside and not end.done:
            self._finish(end)
            self._tell_closed(end.peer, 0)

    def close_all_outside(self) -> None:
        """The edge was started anew: none of its sockets is left."""
        for connection, end in tuple(self.by_id.items()):
            if end.outside:
                self.close_outside(connection)

    # --- inside -------------------------------------------------------------------------------------

    def _pair(self, asker: Node | None, target: Node, link: Link) -> tuple[End, End]:
        self._last_id += 1
        here, there = End(self._last_id, asker, link), End(self._last_id, target, link)
        here.peer, there.peer = there, here
        self.by_id[self._last_id] = here
        return here, there

    def _answer_the_door(self, end: End, cause: int) -> Any:
        node, asker = end.node, end.peer
        if not asker.open:
            return None  # it died, or the attempt was reset
        if not node.alive:
            self._links.send(asker, ANY_LIFE, Refused(node.name, asker.token), cause)
            return None
        end.incarnation, end.open, end.done = node.incarnation, True, False
        node.connections[end.connection] = None
        self._links.send(asker, ANY_LIFE, Opened(end.connection, node.name, asker.token), cause)
        return Accepted(end.connection, asker.node.name)

    def _tell_closed(self, end: End, cause: int) -> None:
        """``Closed`` sets out for ``end``, if that is not over already."""
        if end.done or end.closing:
            return
        if end.outside:
            self._finish(end)
            self.closed_outside.append(end.connection)
            return
        end.closing = True
        accepted = end.peer.outside or end.peer.incarnation > 0
        message = Closed(end.connection) if accepted else Refused(end.peer.node.name, end.token)
        self._links.send(end, ANY_LIFE, message, cause)

    def _break_off(self, node: Node, connection: int, cause: int) -> None:
        end = self.by_id[connection]
        for side in (end, end.peer):
            side.open = False
            if side.node is node:
                self._finish(side)
        for side in (end, end.peer):
            self._tell_closed(side, cause)

    def _finish(self, end: End) -> None:
        end.open, end.done = False, True
        if not end.outside:
            end.node.connections.pop(end.connection, None)
        if end.peer.done:
            self.by_id.pop(end.connection, None)
