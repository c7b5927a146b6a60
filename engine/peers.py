"""The asking side of connections: who was asked what, and what became of it.

A machine says ``ask(peer, body, tag)`` and later gets ``Answer(tag, body)``, or ``Answer(tag, None,
why)`` when the connection was refused, lost, or too slow. Which connection carried it is no concern
of its own. A lost connection is not reopened until somebody asks again: when to try again is the
caller's policy, not ours.

All requests of one ``Peers`` are equally patient, so they expire in the order in which they were
asked: one queue and one alarm for its head (the idea of engine/replication/purgatory.py). A request
that has waited too long closes its connection, as Kafka's NetworkClient does: a late answer must not
be taken for the answer to a later question.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from engine.machine import Alarm, Close, Closed, Connect, Effect, Message, Opened, Refused, Request, Response, Wake

ALARM = "peers"


@dataclass(slots=True)
class Answer:
    """tag: what the asker gave along. body: None if none came. why: "refused", "closed" or "timeout"."""

    peer: str
    tag: Any
    body: Any
    why: str = ""


@dataclass(slots=True)
class _Asked:
    peer: str
    tag: Any
    body: Any
    correlation: int
    deadline: int
    done: bool = False


@dataclass(slots=True)
class _Line:
    """A connection to one peer. connection -1: asked for, not yet there."""

    peer: str
    token: int
    connection: int = -1
    waiting: deque[_Asked] = field(default_factory=deque)  # until the connection stands
    asked: dict[int, _Asked] = field(default_factory=dict)  # by correlation


class Peers:
    """Outgoing connections of one machine, one a peer.

    client: the client id sent along. patience: nanoseconds a request may wait for its answer.
    life: a number that differs in each life of the machine; correlations start from it, so that an
    answer to a previous life is never taken for ours.
    alarm: name of the alarm to be handed back to ``on``.
    number: tells several ``Peers`` of one machine apart (each with its own patience and connections):
    its tokens start from it, and what came of another one's ``Connect`` is not taken for its own.
    """

    def __init__(self, client: str, patience: int, life: int = 0, alarm: str = ALARM, number: int = 0) -> None:
        self.client, self.patience, self.alarm = client, patience, alarm
        self._correlation = life << 32
        self._number = number
        self._tokens = number << 32
        self._lines: dict[str, _Line] = {}
        self.connections: dict[int, _Line] = {}
        self._queue: deque[_Asked] = deque()
        self._alarm_set = False

    def ask(self, now: int, peer: str, body: Any, tag: Any) -> list[Effect]:
        """Send ``body`` to ``peer``, over a connection that is opened if need be."""
        self._correlation = correlation = self._correlation + 1
        asked = _Asked(peer, tag, body, correlation, now + self.patience)
        self._queue.append(asked)
        effects: list[Effect]
        line = self._lines.get(peer)
        if line is not None and line.connection >= 0:
            line.asked[correlation] = asked
            effects = [Request(line.connection, correlation, body, self.client)]
        else:
            effects = []
            if line is None:
                self._tokens += 1
                line = self._lines[peer] = _Line(peer, self._tokens)
                effects.append(Connect(peer, line.token))
            line.waiting.append(asked)
        if not self._alarm_set:
            self._alarm_set = True
            effects.append(Wake(asked.deadline, self.alarm))
        return effects

    def post(self, peer: str, body: Any) -> list[Effect] | None:
        """Send ``body``, to which no answer comes (acks=0).

        None if no connection to ``peer`` stands: then ask it something first.
        """
        line = self._lines.get(peer)
        if line is None or line.connection < 0:
            return None
        self._correlation += 1
        return [Request(line.connection, self._correlation, body, self.client)]

    def on(self, now: int, message: Message, effects: list[Effect]) -> list[Answer]:
        """What a message means for the questions under way; further effects are appended to ``effects``.

        Takes Opened, Refused, Closed, Response and Alarm; what is not about our connections is ignored.
        """
        kind = message.__class__
        if kind is Response:
            answer = self.answered(message)  # type: ignore[arg-type]
            return [answer] if answer is not None else []
        if kind is Opened:
            if message.token >> 32 == self._number:  # type: ignore[union-attr]
                self._opened(message, effects)  # type: ignore[arg-type]
        elif kind is Refused:
            line = self._lines.get(message.peer)  # type: ignore[union-attr]
            if line is not None and line.token == message.token:  # type: ignore[union-attr]
                return self._lose(line, "refused")
        elif kind is Closed:
            line = self.connections.get(message.connection)  # type: ignore[union-attr]
            if line is not None:
                return self._lose(line, "closed")
        elif kind is Alarm and message.name == self.alarm:  # type: ignore[union-attr]
            return self._expire(now, effects)
        return []

    def hang_up(self, peer: str) -> list[Effect]:
        """Close the connection to ``peer``; what was asked on it gets no answer any more."""
        line = self._lines.get(peer)
        if line is None:
            return []
        for asked in (*line.waiting, *line.asked.values()):
            asked.done = True
        connection = line.connection
        self._lose(line, "")
        return [Close(connection)] if connection >= 0 else []

    def busy(self, peer: str) -> int:
        """How many questions to ``peer`` wait for an answer."""
        line = self._lines.get(peer)
        return len(line.waiting) + len(line.asked) if line else 0

    def _opened(self, message: Opened, effects: list[Effect]) -> None:
        line = self._lines.get(message.peer)
        if line is None or line.token != message.token:
            effects.append(Close(message.connection))  # we gave up on it meanwhile
            return
        line.connection = message.connection
        self.connections[message.connection] = line
        for asked in line.waiting:
            line.asked[asked.correlation] = asked
            effects.append(Request(line.connection, asked.correlation, asked.body, self.client))
        line.waiting.clear()

    def answered(self, message: Response) -> Answer | None:
        """As ``on``, of a Response."""
        line = self.connections.get(message.connection)
        asked = line.asked.pop(message.correlation, None) if line else None
        if asked is None:
            return None
        asked.done = True
        queue = self._queue
        while queue and queue[0].done:
            queue.popleft()
        return Answer(asked.peer, asked.tag, message.body)

    def _lose(self, line: _Line, why: str) -> list[Answer]:
        del self._lines[line.peer]
        self.connections.pop(line.connection, None)
        lost = [a for a in (*line.asked.values(), *line.waiting) if not a.done]
        for asked in lost:
            asked.done = True
        return [Answer(a.peer, a.tag, None, why) for a in lost]

    def _expire(self, now: int, effects: list[Effect]) -> list[Answer]:
        answers: list[Answer] = []
        while self._queue and (self._queue[0].done or self._queue[0].deadline <= now):
            head = self._queue.popleft()
            line = self._lines.get(head.peer)
            if head.done or line is None:
                continue
            if line.connection >= 0:
                effects.append(Close(line.connection))
            answers += self._lose(line, "timeout")
        self._alarm_set = bool(self._queue)
        if self._queue:
            effects.append(Wake(self._queue[0].deadline, self.alarm))
        return answers


def answer_of(lines: Iterable[Peers], message: Response) -> Answer | None:
    """What was asked on one of several lines, and is answered by ``message``; None if it was given up meanwhile."""
    for peers in lines:
        if message.connection in peers.connections:
            return peers.answered(message)
    return None
