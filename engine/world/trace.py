"""Who sent what to whom, and which step led to it: an observer that keeps the entries of the agenda.

Theory of operation
-------------------
While a ``Trace`` is the World's observer, each entry that a machine takes is kept as an ``Entry``, with the time
at which it was sent: that of the step which caused it. So the arrows of a sequence diagram, the messages on
their way at one moment (``under_way``) and the causes of an event (``causes``) need no bookkeeping of the
machines, and none of the World.

It is no part of the state: it reads what goes by and keeps the messages themselves, which nobody changes once
they were sent. Nothing is rendered before somebody asks (``fields``). Nobody traces: nothing here is ever called.
What came before it began is unknown to it: such a cause has no entry, and such a
message's time of sending is worked out from the latency of its link.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any

from engine.machine import (
    Accepted,
    Alarm,
    CalendarSet,
    Closed,
    Effects,
    Frame,
    Opened,
    Order,
    Refused,
    Request,
    Response,
    Synced,
    Write,
)

if TYPE_CHECKING:
    from engine.world import agenda
    from engine.world.connections import End
    from engine.world.node import Node

KINDS: dict[type, str] = {
    Request: "request", Response: "response", Frame: "frame", Write: "write", Alarm: "alarm", Order: "order",
    Opened: "opened", Refused: "refused", Accepted: "accepted", Closed: "closed", Synced: "synced",
    CalendarSet: "calendar",
}  # fmt: skip
OWN = ("alarm", "synced")  # a machine has these from itself
TEXT_MAX, ITEMS_MAX, DEPTH_MAX = 80, 4, 3  # of a readable value: the rest is cut, and says so


@dataclass(slots=True)
class Entry:
    """One entry of the agenda, as it was taken.

    sequence: its number, by which causes refer to it; 0: none (a ``write``, bytes for a real client, is no entry).
    at: virtual nanoseconds. sent: when the step ``cause`` was taken; of an alarm, when it was set.
    step: so many were taken, this one included.
    node: who took it. source: from whom: a node, ``tcp`` for a real client, itself, or "" for what people did.
    kind: see KINDS. cause: the sequence of the entry that led to it, 0 for an input.
    lost: it was never taken: its node was dead by then, or the connection broken.
    """

    sequence: int
    at: int
    sent: int
    step: int
    node: str
    source: str
    kind: str
    cause: int
    message: Any
    lost: bool = False

    @property
    def name(self) -> str:
        """Of a request or response what is asked (``Produce``), of an alarm or order its name, else the kind."""
        message = self.message
        if self.kind in ("request", "response"):
            name: str = message.body.__class__.__name__
            return name.removesuffix("Request").removesuffix("Response")
        if self.kind == "alarm":
            return str(message.name)
        if self.kind == "order":
            return str(message.command.__class__.__name__)
        return self.kind

    @property
    def fields(self) -> dict[str, Any]:
        """What it says, short and readable: JSON."""
        message = self.message
        if self.kind in ("request", "response"):
            message = message.body
        elif self.kind == "order":
            message = message.command
        shown = readable(message)
        return shown if isinstance(shown, dict) else {"is": shown}

    @property
    def connection(self) -> int:
        return getattr(self.message, "connection", 0)

    @property
    def correlation(self) -> int:
        """Of a request and its answer the same, on the same connection; else 0."""
        return getattr(self.message, "correlation", 0)


class Trace:
    """The last ``most`` entries, oldest first. inner: an observer that wants to be asked too."""

    def __init__(self, most: int, inner: Any = None) -> None:
        self.entries: deque[Entry] = deque(maxlen=most)
        self.taken = 0  # so many in all, those dropped meanwhile included
        self.inner = inner
        self._by_sequence: dict[int, Entry] = {}
        self._last: dict[str, int] = {}  # the entry a node took last: what it does when it settles is caused by it

    # --- called by the World ------------------------------------------------------------------------

    def took(self, world: Any, entry: agenda.Entry, message: Any, effects: Effects) -> None:
        """A step: ``message`` was handed to the entry's node (at a door, another one than the entry's own)."""
        node = entry[2]
        self._last[node.name] = entry[1]
        self._keep(self._entry(world, entry, message))
        self._written(world, node, effects)
        if self.inner is not None:
            self.inner.after(world, node, message, effects)

    def after(self, world: Any, node: Node, message: Any, effects: Effects) -> None:
        """A start or a settle that came to something."""
        self._written(world, node, effects)
        if self.inner is not None:
            self.inner.after(world, node, message, effects)

    def lost(self, world: Any, entry: agenda.Entry) -> None:
        """An entry that nobody took and nobody will: to a life that is over, or on a broken connection."""
        if entry[4].__class__ in (Request, Response):
            found = self._entry(world, entry, entry[4])
            found.lost = True
            self._keep(found)

    def note(self, world: Any) -> None:
        """Inputs were given (engine/live/past.py)."""
        if self.inner is not None:
            self.inner.note(world)

    # --- for those who ask --------------------------------------------------------------------------

    def get(self, sequence: int) -> Entry | None:
        return self._by_sequence.get(sequence)

    def causes(self, sequence: int) -> Iterator[Entry]:
        """The entry, what led to it, what led to that, ..., as far as it is known."""
        while (entry := self._by_sequence.get(sequence)) is not None:
            yield entry
            sequence = entry.cause

    def since(self, taken: int) -> list[Entry]:
        """What came after the first ``taken`` entries, as far as it is kept."""
        new = min(self.taken - taken, len(self.entries))
        return [self.entries[i] for i in range(len(self.entries) - new, len(self.entries))] if new > 0 else []

    def under_way(self, world: Any) -> list[Entry]:
        """Requests and answers that have been sent and not arrived, by their arrival; held ones at the end.

        at: when they will arrive; -1 while nobody can say: they wait at a cut, or for a paused machine. step: 0.
        """
        agenda = world.agenda
        found = [self._entry(world, entry, entry[4]) for entry in agenda.fifo if _travels(entry)]
        found += [self._entry(world, entry, entry[4]) for entry in sorted(agenda.heap, key=_order) if _travels(entry)]
        for number in sorted(agenda.held):
            found += [_still(self._entry(world, entry, entry[4])) for entry in agenda.held[number] if _travels(entry)]
        for (_, target), link in world.links.all():
            for late in link.stalled:
                if late.message.__class__ in (Request, Response):
                    sent = self._sent(late.cause, world.now - link.usual_ns)
                    source, kind = source_of(late.end), KINDS[late.message.__class__]
                    found.append(Entry(0, -1, sent, 0, target, source, kind, late.cause, late.message))
        for entry in found:
            entry.step = 0
        return found

    # --- inside -------------------------------------------------------------------------------------

    def _entry(self, world: Any, entry: agenda.Entry, message: Any) -> Entry:
        at, sequence, node, _, _, end, cause = entry
        kind = KINDS.get(message.__class__, "other")
        source = node.name if kind in OWN else source_of(end) if end is not None else ""
        usual = end.link.latency_ns if end is not None else 0
        return Entry(sequence, at, self._sent(cause, at - usual), world.steps, node.name, source, kind, cause, message)

    def _sent(self, cause: int, otherwise: int) -> int:
        """When the step ``cause`` was taken."""
        led = self._by_sequence.get(cause)
        return led.at if led is not None else otherwise

    def _written(self, world: Any, node: Node, effects: Effects) -> None:
        for effect in effects:
            if effect.__class__ is Write:
                cause = self._last.get(node.name, 0)
                self._keep(Entry(0, world.now, world.now, world.steps, "tcp", node.name, "write", cause, effect))

    def _keep(self, entry: Entry) -> None:
        entries = self.entries
        if len(entries) == entries.maxlen:
            self._by_sequence.pop(entries[0].sequence, None)
        entries.append(entry)
        self.taken += 1
        if entry.sequence:
            self._by_sequence[entry.sequence] = entry


def source_of(end: End) -> str:
    """Who stands at the other side of where a message arrives."""
    peer = end.peer
    return "tcp" if peer.outside else peer.node.name


def _travels(entry: agenda.Entry) -> bool:
    return entry[5] is not None and entry[5].open and entry[4].__class__ in (Request, Response)


def _order(entry: agenda.Entry) -> tuple[int, int]:
    return entry[0], entry[1]


def _still(entry: Entry) -> Entry:
    entry.at = -1
    return entry


def readable(value: Any, depth: int = DEPTH_MAX) -> Any:
    """A message as JSON for people: texts and lists are cut, bytes are counted, what is deeper goes."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value if len(value) <= TEXT_MAX else value[:TEXT_MAX] + "…"
    if isinstance(value, bytes | bytearray | memoryview):
        return {"bytes": len(value)}
    if depth == 0:
        return "…"
    if isinstance(value, dict):
        shown = {str(key): readable(value[key], depth - 1) for key in list(value)[:ITEMS_MAX]}
        return {**shown, "…": len(value) - ITEMS_MAX} if len(value) > ITEMS_MAX else shown
    if isinstance(value, list | tuple | deque):
        shown_items = [readable(value[i], depth - 1) for i in range(min(len(value), ITEMS_MAX))]
        return [*shown_items, f"+{len(value) - ITEMS_MAX}"] if len(value) > ITEMS_MAX else shown_items
    if is_dataclass(value):
        return {field.name: readable(getattr(value, field.name), depth - 1) for field in fields(value)}
    return value.__class__.__name__
