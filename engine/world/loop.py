"""The loop: it hands machines messages in one fixed order and has what they return carried out.

Theory of operation
-------------------
*Step*: one agenda entry is taken and its node's machine handles the message. What the machine
returns becomes new entries, each with a sequence number and the ``cause``: the sequence number of
the entry that led to it.

*Instant*: all entries due at the same time, those included which they cause without delay. When none
is left, every machine touched in the instant is asked once to ``settle`` what it gathered; that may
cause more entries at the same time, until there are none. Only then time moves on. Nothing else
happens between instants, so pausing, stepping, and asking for the digest change nothing.

It is written for speed: one method, local names, no allocation that is not needed. It knows nothing
of Kafka, and of machines only engine/machine.py. What becomes of effects stands in performing.py, what
people, hosts and faults can do in world.py.
"""

from __future__ import annotations

import sys
from typing import Any
from zlib import crc32

from engine.machine import Alarm, Effects, Frame, Request, Response
from engine.world import digest as digests
from engine.world.agenda import ANY_LIFE, Entry
from engine.world.digest import ALARM, FRAME, FRAME_HEAD, PIECE, REQUEST, RESPONSE
from engine.world.performing import Performer
from engine.world.trace import Trace

FOREVER = sys.maxsize
SETTLES_MAX = 100_000  # of one instant: a machine that never comes to rest is a bug, not a load


class Resume:
    """A paused node's time is up. Known to nobody but the loop."""

    __slots__ = ()


class Loop(Performer):
    """Time goes by: steps, instants. See Performer for the attributes."""

    # --- time ---------------------------------------------------------------------------------------

    def step(self) -> bool:
        """Take one agenda entry; before one of a later instant, finish this one. False: there is none."""
        return self.run(1) == 1

    def advance(self, until: int, most: int = FOREVER, *, heed: bool = False) -> bool:
        """Do all that is due until ``until``, included; then it is ``until``.

        most: steps after which to stop, maybe in the middle of an instant. heed: stop where ``halt`` says so.
        Returns whether it got there.
        """
        agenda = self.agenda
        assert until >= agenda.now, f"it is {agenda.now} already, {until} is over"
        heap = agenda.heap
        busy = agenda.fifo or self._touched or (heap and heap[0][0] <= until)
        if busy and self.run(most, until, heed) == most:
            due = self.next_time()
            if due is not None and due <= until:
                return False
        if heed and self.halt:
            return False
        agenda.now = until
        self._settles = 0
        return True

    def finish_instant(self) -> None:
        """Do all that is left at ``now``."""
        self.run(FOREVER, self.now)

    @property
    def has_to_settle(self) -> bool:
        """Nothing is left to take at ``now``, but those that were touched have not been asked yet."""
        return bool(self._touched) and not self.agenda.fifo

    def settle(self) -> None:
        """Ask them, which may lead to more to take. ``run`` does so by itself before it goes on."""
        while self.has_to_settle:
            self._settle()

    def run(self, most: int, until: int | None = None, heed: bool = False) -> int:
        """The loop: take at most ``most`` entries due until ``until`` (None: whenever). Returns how many."""
        agenda, heap, fifo = self.agenda, self.agenda.heap, self.agenda.fifo
        touched, pending = self._touched, self._digest.pending
        bodies, kind_of_body = digests.kinds_of_bodies, digests.kind_of_body
        number_of, describe = digests.number_of, digests.describe
        now, last = agenda.now, self.last
        left = most
        while left > 0:
            if not fifo:
                if touched:
                    self._settle()
                    continue
                if not heap or (until is not None and heap[0][0] > until) or (heed and self.halt):
                    break
                if len(pending) >= PIECE:
                    self._digest.fold()
                now = heap[0][0]
                agenda.begin(now)
                self._settles = 0
                if last is not None:
                    self._touch(last)
                continue
            entry = fifo.popleft()
            _, sequence, node, life, message, end, cause = entry
            self.steps += 1
            left -= 1
            if node.life != life or (end is not None and not end.open):
                message = self._arrive(entry)
                if message is None:
                    if self.observer is not None:
                        self._missed(entry)
                    continue
            kind = message.__class__
            if kind is Request:
                body, mark = bodies.get(message.body.__class__) or kind_of_body(message.body.__class__)
                pending += (now, node.number << 8 | REQUEST, message.connection, message.correlation, body)
                if mark is not None:
                    pending.append(mark(message.body))
            elif kind is Response:
                body, mark = bodies.get(message.body.__class__) or kind_of_body(message.body.__class__)
                pending += (now, node.number << 8 | RESPONSE, message.connection, message.correlation, body)
                if mark is not None:
                    pending.append(mark(message.body))
            elif kind is Frame:
                data = message.data
                pending += (now, node.number << 8 | FRAME, message.connection, len(data), crc32(data[:FRAME_HEAD]))
            elif kind is Alarm:
                pending += (now, node.number << 8 | ALARM, message.token, number_of(message.name))
            else:
                code, connection, token, mark_ = describe(message)
                pending += (now, node.number << 8 | code, connection, token, mark_)
            if node.touched < 0:
                touched.append(node)
            node.touched = sequence
            effects = node.machine.handle(node.clock(now) if node.skewed else now, message)
            if effects:
                self._perform(node, effects, sequence)
            if self.observer is not None:
                self._observed(entry, message, effects)
        return most - left

    def _settle(self) -> None:
        """No entry is left at ``now``: ask all that were touched, in the order in which they were."""
        self._settles += 1
        if self._settles > SETTLES_MAX:
            raise RuntimeError(f"{self._touched[0].name} does not come to rest at {self.now}")
        nodes = self._touched.copy()
        self._touched.clear()
        last = self.last
        if last is not None and last.touched >= 0 and any(node is not last for node in nodes):
            nodes = [node for node in nodes if node is not last]
            self._touched.append(last)  # when all others are at rest
        now = self.agenda.now
        for node in nodes:
            cause = node.touched
            if cause < 0:
                continue  # it died
            node.touched = -1
            effects = node.machine.settle(node.clock(now) if node.skewed else now)
            if effects:
                self._perform(node, effects, cause)
                if self.observer is not None:
                    self.observer.after(self, node, None, effects)

    def _observed(self, entry: Entry, message: Any, effects: Effects) -> None:
        observer = self.observer
        if isinstance(observer, Trace):
            observer.took(self, entry, message, effects)
        elif observer is not None:
            observer.after(self, entry[2], message, effects)

    def _missed(self, entry: Entry) -> None:
        """Nobody took it: it may be held for a paused node, be done with, or have come too late."""
        if isinstance(self.observer, Trace) and entry[2].paused_until < 0:
            self.observer.lost(self, entry)

    def _arrive(self, entry: Entry) -> Any:
        """An entry that is not simply delivered. Returns the message to be handed over, or None."""
        _, _, node, life, message, end, cause = entry
        if message.__class__ is Resume:
            if node.paused_until == self.now:
                node.paused_until, node.life = -1, node.incarnation
                self.agenda.release(node)
        elif node.paused_until >= 0:
            self.agenda.hold(entry)
        elif life == ANY_LIFE and end is not None:
            return self.connections.arrive(end, message, cause)
        return None
