"""One client on a bench: brokers that answer by the book, except where a test says otherwise.

``Bench`` stands in for the World: virtual time, connections of 1 ms, alarms. ``Book`` is a cluster just
good enough to answer a client: one log a partition, one group of one member. A test bends it with
``bench.once(RequestType, answer)``: the next such request is given this answer, ``HOLD`` (none, for now)
or ``LOSE`` (the connection breaks instead of an answer; the request *was* carried out).
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from engine.groups.protocol import Subscription, encode_subscription
from engine.machine import (
    MILLISECOND,
    SECOND,
    Accepted,
    Alarm,
    CalendarSet,
    Close,
    Closed,
    Connect,
    Opened,
    Order,
    Refused,
    Request,
    Response,
    Tell,
    Wake,
)
from engine.wire import errors
from engine.wire import messages as m
from engine.wire.batch import Batch
from engine.wire.records import Record, encode_batch

MS = MILLISECOND
LATENCY = MS
HOLD, LOSE = "hold", "lose"
TOPIC = "pedidos"

__all__ = ["HOLD", "LOSE", "MS", "SECOND", "TOPIC", "Accepted", "Bench", "Book", "CalendarSet"]


@dataclass
class Asked:
    """A request as it reached a broker."""

    at: int
    node: str
    connection: int
    correlation: int
    body: Any


@dataclass
class Book:
    """leaders: node number and epoch, by partition. logs: batches, by partition. members: of the group."""

    leaders: dict[int, tuple[int, int]] = field(default_factory=lambda: {0: (1, 0), 1: (2, 0), 2: (3, 0)})
    logs: dict[int, list[Batch]] = field(default_factory=lambda: {0: [], 1: [], 2: []})
    committed: dict[tuple[str, int], int] = field(default_factory=dict)
    coordinator: int = 1
    generation: int = 0
    start: int = 0
    alive: list[int] = field(default_factory=lambda: [1, 2, 3])
    exists: bool = True
    assignment: bytes = b""
    others: list[m.JoinedMember] = field(default_factory=list)

    def end(self, partition: int) -> int:
        log = self.logs[partition]
        return log[-1].next_offset if log else 0

    def append(self, partition: int, batch: Batch) -> int:
        base = self.end(partition)
        self.logs[partition].append(batch.placed(base, self.leaders[partition][1]))
        return base

    # --- answers, by the type of the request

    def answer(self, node: int, body: Any) -> Any:
        return getattr(self, "on_" + type(body).__name__)(node, body)

    def on_MetadataRequest(self, node: int, body: m.MetadataRequest) -> m.MetadataResponse:
        brokers = [m.BrokerAddress(b, f"B{b}", 9092) for b in self.alive]
        parts = [m.PartitionMetadata(p, 0, b, e, [1, 2, 3], [1, 2, 3]) for p, (b, e) in self.leaders.items()]
        topics = [
            m.TopicMetadata(name, b"t" * 16, 0, False, parts)
            if name == TOPIC and self.exists
            else m.TopicMetadata(name, error=errors.UNKNOWN_TOPIC_OR_PARTITION)
            for name in body.topics or []
        ]
        return m.MetadataResponse(brokers, "bench", 1, topics)

    def on_InitProducerIdRequest(self, node: int, body: Any) -> m.InitProducerIdResponse:
        return m.InitProducerIdResponse(0, 7, 0)

    def on_ApiVersionsRequest(self, node: int, body: Any) -> m.ApiVersionsResponse:
        return m.ApiVersionsResponse()

    def on_ProduceRequest(self, node: int, body: m.ProduceRequest) -> Any:
        parts = []
        for part in body.parts:
            if self.leaders[part.partition][0] != node:
                parts.append(m.ProducedPart(part.topic, part.partition, errors.NOT_LEADER_OR_FOLLOWER))
                continue
            base = self.append(part.partition, part.records[0])
            parts.append(m.ProducedPart(part.topic, part.partition, 0, base, -1, 0))
        return m.ProduceResponse(parts) if body.acks else HOLD

    def on_FindCoordinatorRequest(self, node: int, body: m.FindCoordinatorRequest) -> m.FindCoordinatorResponse:
        return m.FindCoordinatorResponse([m.Coordinator(body.keys[0], self.coordinator)])

    def on_JoinGroupRequest(self, node: int, body: m.JoinGroupRequest) -> m.JoinGroupResponse:
        if not body.member:
            return m.JoinGroupResponse(errors.MEMBER_ID_REQUIRED, member="m-1")
        self.generation += 1
        me = m.JoinedMember(body.member, body.protocols[0][1])
        return m.JoinGroupResponse(
            0, self.generation, "consumer", body.protocols[0][0], body.member, body.member, [me, *self.others]
        )

    def on_SyncGroupRequest(self, node: int, body: m.SyncGroupRequest) -> m.SyncGroupResponse:
        return m.SyncGroupResponse(0, body.assignments.get(body.member, self.assignment))

    def on_HeartbeatRequest(self, node: int, body: Any) -> m.HeartbeatResponse:
        return m.HeartbeatResponse()

    def on_LeaveGroupRequest(self, node: int, body: Any) -> m.LeaveGroupResponse:
        return m.LeaveGroupResponse()

    def on_OffsetFetchRequest(self, node: int, body: m.OffsetFetchRequest) -> m.OffsetFetchResponse:
        group = body.groups[0]
        parts = [m.FetchedOffset(t, p, self.committed.get((t, p), -1)) for t, p in group.parts or []]
        return m.OffsetFetchResponse([m.FetchedOffsets(group.group, parts)])

    def on_OffsetCommitRequest(self, node: int, body: m.OffsetCommitRequest) -> m.OffsetCommitResponse:
        for part in body.parts:
            self.committed[part.topic, part.partition] = part.offset
        return m.OffsetCommitResponse([m.CommittedPart(part.topic, part.partition) for part in body.parts])

    def on_ListOffsetsRequest(self, node: int, body: m.ListOffsetsRequest) -> m.ListOffsetsResponse:
        listed = []
        for part in body.parts:
            offset = self.start if part.timestamp == m.EARLIEST else self.end(part.partition)
            listed.append(m.ListedOffset(part.topic, part.partition, 0, -1, offset))
        return m.ListOffsetsResponse(listed)

    def on_FetchRequest(self, node: int, body: m.FetchRequest) -> Any:
        parts, worth = [], False
        for part in body.parts:
            end = self.end(part.partition)
            fetched = m.FetchedPart(part.topic, part.partition, 0, end, end, self.start)
            parts.append(fetched)
            if self.leaders[part.partition][0] != node:
                fetched.error = errors.NOT_LEADER_OR_FOLLOWER
            elif not self.start <= part.offset <= end:
                fetched.error = errors.OFFSET_OUT_OF_RANGE
            else:
                fetched.records = [b for b in self.logs[part.partition] if b.next_offset > part.offset]
            worth = worth or bool(fetched.error or fetched.records)
        return m.FetchResponse(parts) if worth else HOLD

    def on_CreateTopicsRequest(self, node: int, body: m.CreateTopicsRequest) -> m.CreateTopicsResponse:
        return m.CreateTopicsResponse([m.CreatedTopic(t.name) for t in body.topics])

    def on_DeleteTopicsRequest(self, node: int, body: m.DeleteTopicsRequest) -> m.DeleteTopicsResponse:
        return m.DeleteTopicsResponse([m.DeletedTopic(name) for name in body.names])


class Bench:
    """One machine and the book's brokers. asked: all requests in the order of their arrival."""

    def __init__(self, machine: Any, book: Book | None = None) -> None:
        self.machine, self.book = machine, book or Book()
        self.now = 0
        self.handled = 0  # messages the machine was handed
        self.asked: list[Asked] = []
        self.told: list[Any] = []
        self.down: dict[str, None] = {}
        self._bends: dict[type, deque[Any]] = {}
        self._agenda: list[tuple[int, int, str, Any]] = []
        self._sequence = 0
        self._connections: dict[int, str] = {}
        self._parked: list[tuple[Asked, int]] = []  # long polls and their ends
        self._do(machine.start(0))

    # --- bending the book

    def once(self, kind: type, *answers: Any) -> None:
        """The next requests of this type are answered so: a response, HOLD, LOSE, or a function of the request."""
        self._bends.setdefault(kind, deque()).extend(answers)

    def crash(self, number: int) -> None:
        """The broker is gone; the book names another leader only if told."""
        self.down[f"B{number}"] = None
        if number in self.book.alive:
            self.book.alive.remove(number)
        for connection, node in list(self._connections.items()):
            if node == f"B{number}":
                self._break(connection)

    def restore(self, number: int) -> None:
        del self.down[f"B{number}"]
        self.book.alive.append(number)

    def append(self, partition: int, batch: Batch) -> None:
        """Somebody else produced; long polls that wait for it are answered."""
        self.book.append(partition, batch)
        self._look_after_polls()

    # --- letting time go by

    def order(self, command: Any) -> None:
        self._hand(Order(command))

    def hand(self, message: Any) -> None:
        self._hand(message)

    def run(self, duration: int) -> None:
        until = self.now + duration
        while self._agenda and self._agenda[0][0] <= until:
            self.now, _, what, item = heapq.heappop(self._agenda)
            getattr(self, "_do_" + what)(item)
        self.now = until

    def requests(self, kind: type) -> list[Any]:
        return [asked.body for asked in self.asked if type(asked.body) is kind]

    def times(self, kind: type) -> list[int]:
        return [asked.at for asked in self.asked if type(asked.body) is kind]

    def events(self, kind: type) -> list[Any]:
        return [event for event in self.told if type(event) is kind]

    # --- inside

    def _push(self, at: int, what: str, item: Any) -> None:
        self._sequence += 1
        heapq.heappush(self._agenda, (at, self._sequence, what, item))

    def _hand(self, message: Any) -> None:
        self.handled += 1
        self._do(self.machine.handle(self.now, message))

    def _do(self, effects: Any) -> None:
        for effect in effects:
            if isinstance(effect, Wake):
                self._push(effect.at, "alarm", Alarm(effect.name, effect.token))
            elif isinstance(effect, Connect):
                self._push(self.now + LATENCY, "connect", effect)
            elif isinstance(effect, Request):
                self._push(self.now + LATENCY, "request", effect)
            elif isinstance(effect, Close):
                self._break(effect.connection, told=False)
            elif isinstance(effect, Tell):
                self.told.append(effect.event)
            else:
                raise AssertionError(f"a client does not {effect}")

    def _do_alarm(self, alarm: Alarm) -> None:
        self._hand(alarm)

    def _do_connect(self, connect: Connect) -> None:
        if connect.peer in self.down:
            self._hand(Refused(connect.peer, connect.token))
            return
        self._sequence += 1
        self._connections[self._sequence] = connect.peer
        self._hand(Opened(self._sequence, connect.peer, connect.token))

    def _do_request(self, request: Request) -> None:
        node = self._connections.get(request.connection)
        if node is None:
            return
        asked = Asked(self.now, node, request.connection, request.correlation, request.body)
        self.asked.append(asked)
        bends = self._bends.get(type(request.body))
        answer = bends.popleft() if bends else self.book.answer(int(node[1:]), request.body)
        if callable(answer):
            answer = answer(request.body)
        if answer == LOSE:
            self.book.answer(int(node[1:]), request.body)
            self._break(request.connection)
        elif answer == HOLD:
            if isinstance(request.body, m.FetchRequest):
                self._parked.append((asked, self.now + request.body.max_wait_ms * MS))
                self._push(self.now + request.body.max_wait_ms * MS, "expire", asked)
        else:
            self.answer(asked, answer)

    def answer(self, asked: Asked, body: Any) -> None:
        self._push(self.now + LATENCY, "response", Response(asked.connection, asked.correlation, body))

    def _do_response(self, response: Response) -> None:
        if response.connection in self._connections:
            self._hand(response)

    def _do_expire(self, asked: Asked) -> None:
        if any(waiting is asked for waiting, _ in self._parked):
            self._parked = [p for p in self._parked if p[0] is not asked]
            parts = [m.FetchedPart(part.topic, part.partition) for part in asked.body.parts]
            self.answer(asked, m.FetchResponse(parts))

    def _look_after_polls(self) -> None:
        still = []
        for asked, end in self._parked:
            answer = self.book.answer(int(asked.node[1:]), asked.body)
            if answer == HOLD:
                still.append((asked, end))
            else:
                self.answer(asked, answer)
        self._parked = still

    def _break(self, connection: int, told: bool = True) -> None:
        if self._connections.pop(connection, None) is None:
            return
        self._parked = [p for p in self._parked if p[0].connection != connection]
        if told:
            self._push(self.now + LATENCY, "closed", Closed(connection))

    def _do_closed(self, closed: Closed) -> None:
        self._hand(closed)


def other_member(name: str, topics: list[str], owned: list[tuple[str, int]] | None = None) -> m.JoinedMember:
    return m.JoinedMember(name, encode_subscription(Subscription(topics, None, owned or [], 1)))


def some_records(count: int, first: int = 0, timestamp: int = 0) -> Batch:
    return encode_batch([Record(0, timestamp, None, f"v{first + n}".encode()) for n in range(count)])
