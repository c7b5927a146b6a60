"""What machines return, carried out: the nodes, the links and what is on record, and each kind of effect.

Everything a World knows is here; when a machine is called, and in which order, stands in loop.py.
An effect becomes agenda entries at once: a message to another node after the latency of its link, an
alarm at its time. Nothing here asks a machine anything.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from heapq import heappush
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

from engine.events import Event, Told
from engine.limits import EVENTS_MAX
from engine.machine import (
    Alarm,
    Close,
    Connect,
    Effects,
    Halt,
    Refused,
    Request,
    Response,
    Sync,
    Synced,
    Tell,
    Wake,
    Write,
)
from engine.world.agenda import Agenda
from engine.world.connections import Connections
from engine.world.dice import Dice
from engine.world.digest import MILESTONE, Digest, number_of
from engine.world.links import Links
from engine.world.node import Node
from engine.world.snapshots import freezes

if TYPE_CHECKING:
    from engine.world.snapshots import Freezer

TRAFFIC_MAX = 500  # events of traffic kept


class Observer(Protocol):
    """Somebody who looks on, such as the checks of a simulation. No part of the state; never copied.

    It is called after each step, with message None also after a start and a settle that came to something. It may
    crash nodes and cut links: what it does is then its own to repeat.
    """

    def after(self, world: Any, node: Node, message: Any, effects: Effects) -> None: ...


@freezes
class Record(deque[Told]):
    """What was told, the oldest dropped first. Nobody changes it any more: a copy shares the events.

    A snapshot holds none of them: when it is thawed, they are still here.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> Record:
        return self.copy()

    def __freeze__(self, freezer: Freezer) -> Any:
        last = self[-1].number if self else 0
        return _thawed, (freezer.keep(self if last else ()), last, self.maxlen)  # traffic has no numbers: it goes


def _thawed(record: Sequence[Told], last: int, most: int | None) -> Record:
    first = record[0].number if record else last + 1
    return Record(islice(record, max(0, last + 1 - first)), most)  # numbers have no gaps


class Performer:
    """Nodes, time, links, and what happened. Times are virtual nanoseconds.

    seed: of all randomness. link_ns: latency between two nodes, see ``links`` for more.

    steps: agenda entries taken so far. outbox: (connection, chunks) for real clients, in order.
    told: milestones, at most EVENTS_MAX; event_number: of the last. traffic: the last events of
    traffic, only while ``traced``. meaningful: how many meaningful events were told (those of
    traffic only count while traced). observer: see Observer.
    last: a node that settles after all others, in each instant, and whose machine's ``heard`` is handed each
    milestone; None where nobody watches (engine/lessons/). halt: it wants time to stand still from here on: who
    heeds that goes no further than this instant.
    """

    # What is handed out, and what depends on who looks: no state.
    DERIVED = ("outbox", "told", "traffic", "meaningful", "observer", "halt", "last", "_traced", "_settles")

    def __init__(self, seed: int, link_ns: int) -> None:
        self.nodes: dict[str, Node] = {}  # first: a copy starts here, and so never runs deep
        self.seed = seed
        self.agenda = Agenda()
        self._dice: dict[str, Dice] = {}
        self.links = Links(self.agenda, self.dice("network"), link_ns)
        self.connections = Connections(self.agenda, self.links)
        self.steps = 0
        self.outbox: list[tuple[int, list[bytes | memoryview]]] = []
        self.told = Record(maxlen=EVENTS_MAX)
        self.event_number = 0
        self.traffic = Record(maxlen=TRAFFIC_MAX)
        self.meaningful = 0
        self.observer: Observer | None = None
        self.last: Node | None = None
        self.halt = False
        self._traced = False
        self._digest = Digest(seed)
        self._touched: list[Node] = []  # in this instant, in order; may name one twice if it died between
        self._settles = 0  # of this instant

    @property
    def now(self) -> int:
        return self.agenda.now

    @property
    def in_instant(self) -> bool:
        """Something is left to do at ``now``: entries, or machines that have not settled."""
        return bool(self.agenda.fifo or self._touched)

    def next_time(self) -> int | None:
        """When there is something to do again; None if never without an input."""
        if self.in_instant:
            return self.agenda.now
        return self.agenda.heap[0][0] if self.agenda.heap else None

    def digest(self) -> str:
        """A hash over all steps and milestones so far."""
        return self._digest.value()

    def dice(self, name: str) -> Dice:
        """The stream of randomness of this name: the same object for the same name."""
        dice = self._dice.get(name)
        if dice is None:
            dice = self._dice[name] = Dice(self.seed, name)
        return dice

    # --- effects ------------------------------------------------------------------------------------

    def _perform(self, node: Node, effects: Effects, cause: int) -> None:
        agenda, by_id = self.agenda, self.connections.by_id
        now = agenda.now
        for effect in effects:
            kind = effect.__class__
            if kind is Response or kind is Request:
                end = by_id.get(effect.connection)  # type: ignore[union-attr]
                if end is None:
                    continue
                # The answerer sends to the asking end, and the other way round; to itself, a node answers.
                if end.node is node and (kind is Request or end.peer.node is not node):
                    end = end.peer
                if not end.open:
                    continue
                link = end.link
                if link.special:
                    self.links.send(end, end.incarnation, effect, cause)
                    continue
                at = now + link.latency_ns
                if at < end.last:
                    at = end.last
                else:
                    end.last = at
                agenda.sequence = sequence = agenda.sequence + 1
                if at > now:
                    heappush(agenda.heap, (at, sequence, end.node, end.incarnation, effect, end, cause))
                else:
                    agenda.fifo.append((now, sequence, end.node, end.incarnation, effect, end, cause))
            elif kind is Write:
                end = by_id.get(effect.connection)  # type: ignore[union-attr]
                if end is not None and end.outside and end.open:
                    self.outbox.append((effect.connection, effect.chunks))  # type: ignore[union-attr]
            elif kind is Wake:
                at = node.when(effect.at) if node.skewed else effect.at  # type: ignore[union-attr]
                alarm = Alarm(effect.name, effect.token)  # type: ignore[union-attr]
                agenda.push(at, node, node.incarnation, alarm, None, cause)
            elif kind is Tell:
                self._record(node.name, effect.event, cause)  # type: ignore[union-attr]
            elif node.alive:  # what follows a Halt can be told, but not done any more
                self._perform_rare(node, effect, cause)

    def _perform_rare(self, node: Node, effect: Any, cause: int) -> None:
        kind = effect.__class__
        if kind is Connect:
            target = self.nodes.get(effect.peer)
            if target is not None:
                self.connections.connect(node, target, effect.token, cause)
            else:
                at = self.now + 2 * self.links.default_ns
                self.agenda.push(at, node, node.incarnation, Refused(effect.peer, effect.token), None, cause)
        elif kind is Close:
            self.connections.close(node, effect.connection, cause)
        elif kind is Sync:
            node.synced_at = max(self.now + node.disk_ns, node.synced_at)
            synced = Synced(effect.file, effect.token, node.disk_error)
            self.agenda.push(node.synced_at, node, node.incarnation, synced, None, cause)
        elif kind is Halt:
            self._end_life(node, orderly=True, cause=cause)
        else:
            raise TypeError(f"{node.name} returned {effect!r}, which is no effect")

    def _record(self, node_name: str, event: Event, cause: int) -> None:
        if event.milestone:
            self.event_number += 1
            told = Told(self.event_number, self.steps, self.now, node_name, cause, event)
            self.told.append(told)
            self._digest.pending += (MILESTONE, self.event_number, number_of(event.code))
            if self.last is not None:
                self.last.machine.heard(event)  # type: ignore[attr-defined]  # see ``last``
        elif self._traced:
            self.traffic.append(Told(0, self.steps, self.now, node_name, cause, event))
        else:
            return
        self.meaningful += event.meaningful

    def _touch(self, node: Node) -> None:
        if node.touched < 0:
            self._touched.append(node)
        node.touched = 0

    def _end_life(self, node: Node, orderly: bool, cause: int = 0) -> None:
        if node.alive:
            self.connections.drop_node(node, orderly, cause)
            node.alive, node.life, node.touched, node.paused_until = False, -1, -1, -1
            self.agenda.release(node)  # it had not answered the door: whoever stands there is refused

    def _after(self, node: Node, effects: Effects, cause: int) -> None:
        self._perform(node, effects, cause)
        if self.observer is not None:
            self.observer.after(self, node, None, effects)
