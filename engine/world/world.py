"""The World: what people, hosts and faults can do to the nodes that stand in it.

*Inputs* are the only way in (inputs.py), ``outbox`` and ``closed_outside`` the only way out. How time
goes by stands in loop.py, what becomes of effects in performing.py.

A World is plain data: it is copied, pickled, and compared by its state; a copy goes through the same
steps as the original would.
"""

from __future__ import annotations

from typing import Any

from engine.commands import CommandRefused
from engine.events import Event
from engine.machine import CalendarSet, Effects, Frame, Machine, Order
from engine.world.agenda import ANY_LIFE
from engine.world.inputs import ACCEPT, BRANCH, CALENDAR, CLOSE, FRAME, RESTART, Director, Input
from engine.world.loop import Loop, Resume
from engine.world.node import Node


class World(Loop):
    """Nodes and their lives, real clients, inputs, copies. See Loop for time, Performer for the attributes.

    calendar_offset: timestamps are ``now + calendar_offset`` nanoseconds since 1970.
    director: carries out the inputs that are not the World's own.
    """

    def __init__(
        self, seed: int, calendar_offset: int = 0, *, link_ns: int = 0, director: Director | None = None
    ) -> None:
        super().__init__(seed, link_ns)
        self.calendar_offset = calendar_offset
        self.director = director
        self._nodes_made = 0

    @property
    def traced(self) -> bool:
        """Traffic is told too. May be switched at any time; no later step depends on it."""
        return self._traced

    @traced.setter
    def traced(self, traced: bool) -> None:
        self._traced = traced
        for node in self.nodes.values():
            node.machine.traced = traced

    @property
    def closed_outside(self) -> list[int]:
        return self.connections.closed_outside

    def drain(self) -> tuple[list[tuple[int, list[bytes | memoryview]]], list[int]]:
        """(outbox, closed_outside) since last drained. First write, then close."""
        drained = self.outbox, self.connections.closed_outside
        self.outbox, self.connections.closed_outside = [], []
        return drained

    # --- nodes --------------------------------------------------------------------------------------

    def add_node(self, name: str, machine: Machine, *, start: bool = True) -> Node:
        assert name not in self.nodes, f"there is a node {name} already"
        self._nodes_made += 1
        node = self.nodes[name] = Node(name, self._nodes_made, machine)
        if start:
            self.start_node(name, machine)
        return node

    def start_node(self, name: str, machine: Machine) -> None:
        """A new life: with a new machine, which its maker gave what outlives a crash (the old disk)."""
        node = self.nodes[name]
        assert not node.alive, f"{name} runs already"
        node.machine, node.alive = machine, True
        node.incarnation += 1
        node.life = node.incarnation
        machine.traced = self._traced
        self._touch(node)
        self._after(node, machine.start(node.clock(self.now)), 0)

    def crash_node(self, name: str) -> None:
        """Its process is gone: what it had in memory, its alarms, its connections with all in flight."""
        self._end_life(self.nodes[name], orderly=False)

    def stop_node(self, name: str) -> None:
        """Its process has ended: its connections close once what it sent has arrived."""
        self._end_life(self.nodes[name], orderly=True)

    def remove_node(self, name: str) -> None:
        """Like a crash, and nobody of this name can be reached any more."""
        self.crash_node(name)
        del self.nodes[name]

    def pause_node(self, name: str, until: int) -> None:
        """A fault: the process stands still (a long garbage collection); what comes waits, in order."""
        node = self.nodes[name]
        if node.alive and until > self.now:
            node.life = -1
            node.paused_until = max(node.paused_until, until)
            self.agenda.push(node.paused_until, node, ANY_LIFE, Resume(), None, 0)

    def unpause_node(self, name: str) -> None:
        """It goes on in this instant, if it stands still."""
        node = self.nodes[name]
        if node.paused_until >= 0:
            node.paused_until = self.now
            self.agenda.push(self.now, node, ANY_LIFE, Resume(), None, 0)

    def reset_connection(self, connection: int) -> None:
        """A fault: it breaks, and what is on its way is lost in both directions."""
        self.connections.reset(connection)

    # --- what comes in ------------------------------------------------------------------------------

    def accept(self, peer: str, node_name: str, address: str) -> int:
        """A real client has connected to a node. Returns the connection."""
        return self.connections.accept(peer, self.nodes.get(node_name), address)

    def deliver_frame(self, connection: int, data: bytes) -> None:
        self.connections.deliver(connection, Frame(connection, data))

    def close_outside(self, connection: int) -> None:
        self.connections.close_outside(connection)

    def order(self, node_name: str, command: Any) -> None:
        """Hand ``Order(command)`` to a node, in this instant. A dead one never hears of it."""
        node = self.nodes[node_name]
        if node.alive:
            self.agenda.push(self.now, node, node.incarnation, Order(command), None, 0)

    def set_calendar(self, offset: int) -> None:
        self.calendar_offset = offset
        for node in self.nodes.values():
            if node.alive:
                self.agenda.push(self.now, node, node.incarnation, CalendarSet(offset), None, 0)

    def do(self, node_name: str, effects: Effects) -> None:
        """Carry out what a node's machine returned when it was called by somebody else than the loop."""
        self._perform(self.nodes[node_name], effects, 0)

    def tell(self, node_name: str, event: Event) -> None:
        """Put an event on record that no machine can tell, such as its own crash."""
        self._record(node_name, event, 0)

    def admit(self, at: int, given: list[tuple[str, str, Any]]) -> tuple[list[Input], list[Any]]:
        """Apply what has just come in: (actor, source, payload) each, all at once at ``at``.

        Returns the inputs, with their position, for the journal, and their results.
        """
        now = self.agenda.now
        held = at == now and self.in_instant
        if at != now:
            self.advance(at)
        inputs = [Input(self.steps, at, actor, source, payload, held) for actor, source, payload in given]
        return inputs, self._hand_in(inputs)

    def apply(self, inputs: list[Input]) -> list[Any]:
        """Apply a group of inputs, all of the same position. Returns their results.

        Unless they are ``held``, what is due until then is done first. The instant they begin is
        not finished: call ``finish_instant``, or, paused, ``step``.
        """
        if inputs and not inputs[0].held:
            self.advance(inputs[0].at)
        return self._hand_in(inputs)

    def _hand_in(self, inputs: list[Input]) -> list[Any]:
        deliver = self.connections.deliver
        results: list[Any] = []
        for given in inputs:
            assert given.at == self.agenda.now, "one group, one instant"
            if given.source == FRAME:
                connection, data = given.payload
                deliver(connection, Frame(connection, data))
                results.append(None)
            else:
                results.append(self._apply(given))
        if self.last is not None:
            self._touch(self.last)
        return results

    def _apply(self, given: Input) -> Any:
        source, payload = given.source, given.payload
        if source == ACCEPT:
            return self.accept(*payload)
        elif source == CLOSE:
            self.close_outside(payload)
        elif source == CALENDAR:
            self.set_calendar(payload)
        else:
            if source in (RESTART, BRANCH):
                self.connections.close_all_outside()
            if self.director is not None:
                try:
                    return self.director.apply(self, given)
                except CommandRefused as refused:
                    return refused
        return None

    # --- copies -------------------------------------------------------------------------------------

    def __getstate__(self) -> dict[str, Any]:
        """What a copy or a file gets: all but the output, which is handed out once, and who looks on."""
        return {**self.__dict__, "outbox": [], "observer": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.connections.closed_outside = []
