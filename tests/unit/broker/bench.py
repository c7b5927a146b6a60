"""One broker on a bench: a controller that says what the test wants, and clients that ask it in virtual time.

``Bench`` stands in for the World around B1. The controller answers registrations and heartbeats by itself;
metadata is what the test gives with ``records`` or ``topic``; changes of the ISR wait in ``alterings`` and
fetches to other leaders in ``fetches`` until the test answers them. Each call is an instant of its own:
the message, then ``settle``.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import Any

from engine.broker import Broker
from engine.config import Config
from engine.machine import (
    MILLISECOND,
    Accepted,
    Alarm,
    Close,
    Closed,
    Connect,
    Frame,
    Halt,
    Opened,
    Order,
    Request,
    Response,
    Sync,
    Synced,
    Tell,
    Wake,
    Write,
)
from engine.quorum import messages as q
from engine.quorum.records import BrokerChange, PartitionRecord, RegisterBroker, TopicRecord
from engine.storage.disk import MemoryDisk
from engine.wire import codec
from engine.wire import messages as m
from engine.wire.batch import Batch
from engine.wire.records import Record, encode_batch
from engine.world.dice import Dice

MS = MILLISECOND
T = "pedidos"


def batch(*values: str, producer: int = -1, epoch: int = 0, sequence: int = 0, stamp: int = 0) -> Batch:
    records = [Record(i, stamp, None, value.encode(), []) for i, value in enumerate(values)]
    if producer < 0:
        return encode_batch(records)
    return encode_batch(records, producer_id=producer, producer_epoch=epoch, base_sequence=sequence)


@dataclass(eq=False)
class Call:
    """A request and, once given, its answer. ended: an answer was given, be it None."""

    body: Any
    connection: int = 0
    correlation: int = 0
    answer: Any = None
    ended: bool = False

    @property
    def waits(self) -> bool:
        return not self.ended

    @property
    def part(self) -> Any:
        """The only part of the answer."""
        assert self.ended, "it still waits"
        (part,) = self.answer.parts
        return part


@dataclass(eq=False)
class Outsider:
    """A TCP client: what it sent, and the bytes that came back. closed: by the broker."""

    bench: Bench
    connection: int
    received: bytes = b""
    closed: bool = False
    asked: list[tuple[int, int]] = field(default_factory=list)
    correlation: int = 0

    def send(self, body: Any, version: int | None = None, client: str = "kcat") -> int:
        key = codec.api_key_of(type(body))
        version = codec.SUPPORTED[key][1] if version is None else version
        self.correlation += 1
        self.asked.append((key, version))
        self.raw(codec.encode_request(key, version, self.correlation, client, body))
        return self.correlation

    def raw(self, frame: bytes) -> None:
        self.bench.handle(Frame(self.connection, frame))

    def answers(self) -> list[tuple[int, bytes]]:
        """(correlation, bytes) of the answers since last asked."""
        found, data = [], self.received
        while data:
            size = int.from_bytes(data[:4], "big")
            found.append((int.from_bytes(data[4:8], "big"), data[4 : 4 + size]))
            data = data[4 + size :]
        self.received = b""
        return found

    def ask(self, body: Any, version: int | None = None, client: str = "kcat") -> Any:
        """Send, and decode the one answer."""
        number = self.send(body, version, client)
        ((correlation, data),) = self.answers()
        assert correlation == number
        return codec.decode_response(*self.asked[-1], data)


class Bench:
    """starts: False to look at the very first steps of a life."""

    def __init__(
        self, *, config: Config | None = None, disk: MemoryDisk | None = None, life: int = 1, starts: bool = True
    ) -> None:
        self.broker = Broker(1, config or Config(), disk or MemoryDisk(), Dice(1, "bench"), life=life)
        self.now = 0
        self.alarms: list[tuple[int, int, Alarm]] = []
        self.events: list[Any] = []
        self.calls: dict[tuple[int, int], Call] = {}
        self.outsiders: dict[int, Outsider] = {}
        self.closed: list[int] = []  # connections the broker closed
        self.halted = False
        self.syncs: list[Sync] = []  # what the disk is asked for; it answers at the end of the instant
        self.slow = False  # unless it is told to be slow
        self.asked: list[Request] = []  # what the broker asks and nobody has answered
        self.peers: dict[int, str] = {}  # connections the broker opened
        self.deaf: set[str] = set()  # peers that answer nothing
        self.fenced, self.may_stop = False, False  # what the controller's heartbeats say
        self._number = 0
        self._image: list[Any] = []
        self._read = 0
        self.take(self.broker.start(0))
        if starts:
            for b in (1, 2, 3):
                self._image += [RegisterBroker(b, b), BrokerChange(b, b, False)]
            self.settle()
            self.pass_ms(1)
            self.events.clear()

    def next_life(self) -> Bench:
        """The same broker after its process has ended: what is on its disk, and what the controller knows."""
        bench = Bench(config=self.broker.config, disk=self.broker.disk, life=self.broker.life + 1, starts=False)
        bench.records(*self._image)
        return bench

    # --- the world around

    def handle(self, message: Any) -> None:
        if self.halted:
            return
        self.take(self.broker.handle(self.now, message))
        self.settle()

    def settle(self) -> None:
        """The end of an instant."""
        self._serve()
        if not self.slow:
            self.sync()
        self.take(self.broker.settle(self.now))
        self._serve()

    def take(self, effects: Any) -> None:
        for effect in effects:
            match effect:
                case Wake():
                    self._number += 1
                    heapq.heappush(self.alarms, (effect.at, self._number, Alarm(effect.name, effect.token)))
                case Tell():
                    self.events.append(effect.event)
                case Connect():
                    self._number += 1
                    self.peers[self._number] = effect.peer
                    self.take(self.broker.handle(self.now, Opened(self._number, effect.peer, effect.token)))
                case Request():
                    self.asked.append(effect)
                case Response():
                    call = self.calls.pop((effect.connection, effect.correlation))
                    call.answer, call.ended = effect.body, True
                case Write():
                    self.outsiders[effect.connection].received += b"".join(effect.chunks)
                case Close():
                    self.closed.append(effect.connection)
                    if effect.connection in self.outsiders:
                        self.outsiders[effect.connection].closed = True
                case Halt():
                    self.halted = True
                case Sync():
                    self.syncs.append(effect)
                case _:
                    raise AssertionError(effect)

    def _serve(self) -> None:
        """The controller answers what it answers by itself."""
        while not self.halted and (found := next((r for r in self.asked if self._answerable(r)), None)):
            self.asked.remove(found)
            body = found.body
            if isinstance(body, q.RegisterRequest):
                answer: Any = q.RegisterResponse(1)
            elif isinstance(body, q.HeartbeatRequest):
                answer = q.HeartbeatResponse(0, self.fenced, self.may_stop and body.wants_stop)
            elif isinstance(body, q.ProducerIdsRequest):
                answer = q.ProducerIdsResponse(0, 1000, 3)
            else:
                answer = q.MetadataFetchResponse(self._image[body.offset :])
            self.take(self.broker.handle(self.now, Response(found.connection, found.correlation, answer)))

    def _answerable(self, request: Request) -> bool:
        if self.peers[request.connection] in self.deaf:
            return False
        body = request.body
        if isinstance(body, q.MetadataFetchRequest):
            return body.offset < len(self._image)
        return isinstance(body, q.RegisterRequest | q.HeartbeatRequest | q.ProducerIdsRequest)

    def sync(self, error: str = "") -> None:
        """The disk has done what it was asked for."""
        while self.syncs and not self.halted:
            sync = self.syncs.pop(0)
            self.take(self.broker.handle(self.now, Synced(sync.file, sync.token, error)))

    def pass_ms(self, ms: int) -> None:
        end = self.now + ms * MS
        while self.alarms and self.alarms[0][0] <= end:
            at, _, alarm = heapq.heappop(self.alarms)
            self.now = max(self.now, at)
            self.handle(alarm)
        self.now = end

    def told(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    # --- the controller and the other brokers

    def records(self, *records: Any) -> None:
        """The controller has decided."""
        self._image += records
        self.settle()

    def topic(
        self, name: str = T, *, replicas: tuple[int, ...] = (1, 2, 3), isr: tuple[int, ...] | None = None,
        leader: int = 1, partitions: int = 1, topic_id: bytes = b"", **configs: str,
    ) -> None:  # fmt: skip
        named = {key.replace("_", "."): value for key, value in configs.items()}
        records: list[Any] = [TopicRecord(name, topic_id or name.encode().ljust(16, b"."), named)]
        for p in range(partitions):
            records.append(PartitionRecord(name, p, list(replicas), list(isr or replicas), leader, 0, 0))
        self.records(*records)

    def decide(self, *, name: str = T, partition: int = 0, **changes: Any) -> None:
        """The next state of a partition: what is given, and what follows from it."""
        was = self.broker.image.partition(name, partition)
        assert was is not None
        leader = changes.get("leader", was.leader)
        epoch = changes.get("leader_epoch", was.leader_epoch + (leader != was.leader))
        isr = list(changes.get("isr", was.isr))
        self.records(PartitionRecord(name, partition, was.replicas, isr, leader, epoch, was.partition_epoch + 1))

    def answer(self, request: Request, body: Any) -> None:
        self.asked.remove(request)
        self.handle(Response(request.connection, request.correlation, body))

    def waiting(self, kind: type) -> list[Request]:
        """What the broker has asked of others, and waits for."""
        return [r for r in self.asked if isinstance(r.body, kind)]

    @property
    def alterings(self) -> list[Request]:
        return self.waiting(q.AlterPartitionRequest)

    @property
    def fetches(self) -> list[Request]:
        return self.waiting(m.FetchRequest)

    # --- clients

    def connect(self, peer: str = "producer:loja") -> int:
        self._number += 1
        number = self._number
        self.handle(Accepted(number, peer))
        return number

    def outsider(self, peer: str = "10.0.0.7:5000", address: str = "localhost:19092") -> Outsider:
        self._number += 1
        client = self.outsiders[self._number] = Outsider(self, self._number)
        self.handle(Accepted(self._number, f"tcp:{peer}", address))
        return client

    def close(self, connection: int) -> None:
        self.handle(Closed(connection))

    def ask(self, body: Any, connection: int = 0, client: str = "loja") -> Call:
        self._number += 1
        call = Call(body, connection or self.connect(), self._number)
        self.calls[call.connection, call.correlation] = call
        self.handle(Request(call.connection, call.correlation, body, client))
        return call

    def order(self, command: Any) -> None:
        self.handle(Order(command))

    def produce(self, *values: str, acks: int = -1, timeout_ms: int = 30_000, topic: str = T, partition: int = 0,
                connection: int = 0, **producer: int) -> Call:  # fmt: skip
        parts = [m.ProducePart(topic, partition, [batch(*values, **producer)])]
        return self.ask(m.ProduceRequest(acks, timeout_ms, parts), connection)

    def fetch(self, offset: int, *, wait_ms: int = 500, min_bytes: int = 1, epoch: int = -1, topic: str = T,
              partition: int = 0, connection: int = 0, **more: int) -> Call:  # fmt: skip
        parts = [m.FetchPart(topic, partition, offset, leader_epoch=epoch)]
        return self.ask(m.FetchRequest(wait_ms, min_bytes, parts, **more), connection)

    def follow(self, broker: int, offset: int, *, epoch: int = 0, last: int | None = None, wait_ms: int = 0,
               broker_epoch: int | None = None, topic: str = T, partition: int = 0,
               start: int = -1) -> Call:  # fmt: skip
        """A follower's fetch: it has everything from ``start`` to ``offset``, the last of it from epoch ``last``."""
        last = (epoch if offset else -1) if last is None else last
        parts = [m.FetchPart(topic, partition, offset, leader_epoch=epoch, last_epoch=last, log_start=start)]
        own = broker if broker_epoch is None else broker_epoch
        return self.ask(m.FetchRequest(wait_ms, 1, parts, broker, own), self.connect(f"B{broker}"))

    def followed(self, offset: int, *brokers: int, epoch: int = 0) -> None:
        for broker in brokers or (2, 3):
            self.follow(broker, offset, epoch=epoch)

    # --- looking inside

    def partition(self, topic: str = T, number: int = 0) -> Any:
        return self.broker.partitions[topic, number]

    def values(self, topic: str = T, number: int = 0) -> list[str]:
        from engine.wire.records import decode_records

        log = self.partition(topic, number).log
        found = log.batches(log.log_start, log.log_end)
        return [(record.value or b"").decode() for batch in found for record in decode_records(batch)]
