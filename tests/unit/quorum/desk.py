"""A controller on a table: virtual time, calls that may be answered later, and events."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Any

from engine.config import Config
from engine.machine import MILLISECOND, Alarm, Request, Response, Tell, Wake
from engine.quorum import messages as q
from engine.quorum.controller import Controller
from engine.wire.messages import CreateTopicsRequest, NewTopic
from engine.world.dice import Dice


@dataclass(eq=False)
class Call:
    body: Any
    answer: Any = None

    @property
    def waits(self) -> bool:
        return self.answer is None


class Desk:
    """brokers: that many are registered and active from the beginning, with their ids as lives."""

    def __init__(self, brokers: int = 3, **config: Any) -> None:
        self.controller = Controller(1, Config(**config), Dice(1, "desk"))
        self.now = 0
        self.alarms: list[tuple[int, int, Alarm]] = []
        self.events: list[Any] = []
        self.calls: dict[int, Call] = {}
        self.asked = 0
        self.epochs: dict[int, int] = {}
        self.take(self.controller.start(0))
        for b in range(1, brokers + 1):
            self.join(b)
        self.events.clear()

    @property
    def image(self) -> Any:
        return self.controller.image

    def take(self, effects: Any) -> None:
        for effect in effects:
            if isinstance(effect, Wake):
                self.asked += 1
                heapq.heappush(self.alarms, (effect.at, self.asked, Alarm(effect.name, effect.token)))
            elif isinstance(effect, Tell):
                self.events.append(effect.event)
            else:
                assert isinstance(effect, Response), effect
                self.calls.pop(effect.correlation).answer = effect.body  # a KeyError: answered twice

    def ask(self, body: Any, *, settle: bool = True) -> Call:
        self.asked += 1
        call = self.calls[self.asked] = Call(body)
        self.take(self.controller.handle(self.now, Request(1, self.asked, body)))
        if settle:
            self.take(self.controller.settle(self.now))
        return call

    def pass_ms(self, ms: int, *alive: int) -> None:
        """Let time pass; the brokers ``alive`` send their heartbeats every 500 ms."""
        end = self.now + ms * MILLISECOND
        beat = self.now + 500 * MILLISECOND
        while (at := min(self.alarms[0][0] if self.alarms else end + 1, beat)) <= end:
            self.now = max(self.now, at)
            if at == beat:
                beat += 500 * MILLISECOND
                for b in alive:
                    self.beat(b)
                continue
            alarm = heapq.heappop(self.alarms)[2]
            self.take(self.controller.handle(self.now, alarm))
            self.take(self.controller.settle(self.now))
        self.now = end

    def told(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    # --- brokers

    def register(self, broker: int, life: int = 1) -> int:
        self.epochs[broker] = self.ask(q.RegisterRequest(broker, life)).answer.epoch
        return self.epochs[broker]

    def beat(self, broker: int, offset: int | None = None, *, epoch: int | None = None, stop: bool = False) -> Any:
        epoch = self.epochs[broker] if epoch is None else epoch
        offset = self.image.offset if offset is None else offset
        return self.ask(q.HeartbeatRequest(broker, epoch, offset, stop)).answer

    def join(self, broker: int, life: int = 1) -> None:
        self.register(broker, life)
        assert not self.beat(broker).fenced

    def fetch(self, broker: int, offset: int, wait_ms: int = 10_000) -> Call:
        return self.ask(q.MetadataFetchRequest(broker, offset, wait_ms))

    # --- topics

    def create(self, name: str = "t", partitions: int = 1, replication: int = 3, **more: Any) -> Any:
        new = NewTopic(name, partitions, replication, **more)
        return self.ask(CreateTopicsRequest([new])).answer.topics[0]

    def state(self, name: str = "t", partition: int = 0) -> tuple[int, list[int], int]:
        """(leader, isr, leader epoch)"""
        p = self.image.partition(name, partition)
        return p.leader, p.isr, p.leader_epoch

    def alter(self, broker: int, isr: tuple[int, ...], *, name: str = "t", **changes: Any) -> int:
        """What the leader's wish is answered with."""
        p = self.image.partition(name, 0)
        members = changes.pop("members", None) or [(b, -1 if b == broker else self.epochs[b]) for b in isr]
        values = {"leader_epoch": p.leader_epoch, "partition_epoch": p.partition_epoch} if p else {}
        change = q.IsrChange(name, 0, **{"leader_epoch": 0, "partition_epoch": 0, **values, **changes}, isr=members)
        answer = self.ask(q.AlterPartitionRequest(broker, self.epochs[broker], [change])).answer
        return int(answer.error or answer.errors[0])
