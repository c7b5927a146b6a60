"""The controller: one node that decides, writes each decision down, and lets the brokers read along.

Theory of operation
-------------------
Every decision is a list of records (records.py). ``_write`` folds them into the image and appends
them to the log; brokers long-poll the log from their own offset (MetadataFetch) and fold the same
records into images of their own. The decisions themselves are pure functions of the image
(elections.py, topics.py), so that a quorum of controllers, when it comes, only has to replace
``_write``: append, replicate, and apply what a majority holds.

How brokers come and go stands in brokers.py. This node cannot be stopped yet.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

from engine import events
from engine.config import Config
from engine.machine import MILLISECOND, Alarm, Effect, Message, Request, Response, Tell, Wake
from engine.quorum import administration, brokers, configs, elections, moves
from engine.quorum.elections import Decision
from engine.quorum.image import NO_LEADER, MetadataImage
from engine.quorum.messages import (
    AlterPartitionRequest,
    AlterPartitionResponse,
    HeartbeatRequest,
    IsrChange,
    MetadataFetchRequest,
    MetadataFetchResponse,
    ProducerIdsRequest,
    ProducerIdsResponse,
    RegisterRequest,
)
from engine.quorum.records import MetadataRecord, ProducerIds
from engine.wire import errors
from engine.wire.messages import (
    AlterConfigsRequest,
    AlterConfigsResponse,
    AlterPartitionReassignmentsRequest,
    CreatePartitionsRequest,
    CreateTopicsRequest,
    DeleteTopicsRequest,
    IncrementalAlterConfigsRequest,
    IncrementalAlterConfigsResponse,
    ListPartitionReassignmentsRequest,
)
from engine.world.dice import Dice

CONTROLLER = "C1"  # its node's name
PRODUCER_IDS_BLOCK = 1_000
LOG_KEPT = 10_000  # records; a broker that asks for older ones gets the image instead


@dataclass(slots=True)
class Reader:
    """A broker's metadata fetch that waits for records."""

    connection: int
    correlation: int
    offset: int
    deadline: int


class Controller:
    """node: its id (for people). dice: for topic ids."""

    def __init__(self, node: int, config: Config, dice: Dice) -> None:
        self.traced = False
        self.node, self.config, self.dice = node, config, dice
        self.image = MetadataImage()
        self.log: list[MetadataRecord] = []
        self.log_start = 0
        self.heard_at: dict[int, int] = {}  # last sign of life of each unfenced broker
        self.lives: dict[int, int] = {}  # incarnation by which a broker registered
        self.leaderless_since: dict[tuple[str, int], int] = {}
        self.readers: dict[int, Reader] = {}
        self.out: list[Effect] = []
        self.session_alarm = False
        self._reader_alarm = False
        self._written = False

    # --- the machine's three calls

    def start(self, now: int) -> list[Effect]:
        self.out.append(Wake(now + self.config.leader_imbalance_check_interval_ms * MILLISECOND, "balance"))
        return self._take()

    def handle(self, now: int, message: Message) -> list[Effect]:
        kind = message.__class__
        if kind is Request:
            self._request(now, message)  # type: ignore[arg-type]
        elif kind is Alarm:
            self._alarm(now, message)  # type: ignore[arg-type]
        return self._take()

    def settle(self, now: int) -> list[Effect]:
        if self._written:
            self._written = False
            for reader in [r for r in self.readers.values() if r.offset < self.image.offset]:
                self._feed(reader)
        return self._take()

    def _take(self) -> list[Effect]:
        out, self.out = self.out, []
        return out

    # --- requests

    def _request(self, now: int, request: Request) -> None:
        body = request.body
        match body:
            case HeartbeatRequest():
                answer: object = brokers.heartbeat(self, now, body)
            case MetadataFetchRequest():
                self._fetch(now, request, body)
                return
            case AlterPartitionRequest():
                answer = self._alter(now, body)
            case RegisterRequest():
                answer = brokers.register(self, now, body)
            case ProducerIdsRequest():
                answer = self._producer_ids(body)
            case CreateTopicsRequest():
                answer = administration.create_topics(self, body, request.client)
            case DeleteTopicsRequest():
                answer = administration.delete_topics(self, body, request.client)
            case CreatePartitionsRequest():
                answer = administration.create_partitions(self, body, request.client)
            case AlterPartitionReassignmentsRequest():
                answer = moves.alter(self, now, body)
            case ListPartitionReassignmentsRequest():
                answer = moves.listed(self.image, body)
            case AlterConfigsRequest():
                answer = AlterConfigsResponse(configs.alter(self, body, request.client))
            case IncrementalAlterConfigsRequest():
                answer = IncrementalAlterConfigsResponse(configs.alter(self, body, request.client))
            case _:
                raise TypeError(f"the controller was asked {type(body).__name__}")
        self.out.append(Response(request.connection, request.correlation, answer))

    def _alter(self, now: int, body: AlterPartitionRequest) -> AlterPartitionResponse:
        state = self.image.brokers.get(body.broker)
        if state is None or state.epoch != body.epoch or state.fenced:
            return AlterPartitionResponse(errors.STALE_BROKER_EPOCH)
        found = []
        for change in body.changes:
            found.append(self._check_isr(body.broker, change))
            if not found[-1]:
                was = self.image.partition(change.topic, change.partition)
                assert was is not None
                self.carry_out(now, [elections.change_isr(was, [b for b, _ in change.isr], change.why)])
        return AlterPartitionResponse(0, found)

    def _check_isr(self, broker: int, change: IsrChange) -> int:
        was = self.image.partition(change.topic, change.partition)
        if was is None:
            return errors.UNKNOWN_TOPIC_OR_PARTITION
        if was.leader != broker or was.leader_epoch != change.leader_epoch:
            return errors.FENCED_LEADER_EPOCH
        if was.partition_epoch != change.partition_epoch:
            return errors.INVALID_UPDATE_VERSION
        members = [b for b, _ in change.isr]
        if broker not in members or any(b not in was.replicas for b in members):
            return errors.INVALID_REQUEST
        for member, epoch in change.isr:
            # KIP-903: a follower that restarted since it fetched may have lost what made it eligible.
            if member != broker and (not self.image.active(member) or self.image.brokers[member].epoch != epoch):
                return errors.INELIGIBLE_REPLICA
        return 0

    def _producer_ids(self, body: ProducerIdsRequest) -> ProducerIdsResponse:
        state = self.image.brokers.get(body.broker)
        if state is None or state.epoch != body.epoch:
            return ProducerIdsResponse(errors.STALE_BROKER_EPOCH)
        first = self.image.next_producer_id
        self.write([ProducerIds(first + PRODUCER_IDS_BLOCK)])
        return ProducerIdsResponse(0, first, PRODUCER_IDS_BLOCK)

    # --- who reads the log

    def _fetch(self, now: int, request: Request, body: MetadataFetchRequest) -> None:
        reader = Reader(
            request.connection, request.correlation, body.offset, now + body.max_wait_ms * MILLISECOND
        )
        if body.offset < self.image.offset:
            self._feed(reader)
            return
        self.readers[body.broker] = reader  # a broker has one fetch at a time: a new one replaces the old
        if not self._reader_alarm:
            self._reader_alarm = True
            self.out.append(Wake(reader.deadline, "readers"))

    def _feed(self, reader: Reader) -> None:
        for broker in [b for b, r in self.readers.items() if r is reader]:
            del self.readers[broker]
        if reader.offset < self.log_start:
            answer = MetadataFetchResponse([], copy.deepcopy(self.image))  # the broker folds on in its own
        else:
            answer = MetadataFetchResponse(self.log[reader.offset - self.log_start :])
        self.out.append(Response(reader.connection, reader.correlation, answer))

    # --- time

    def _alarm(self, now: int, alarm: Alarm) -> None:
        if alarm.name == "sessions":
            brokers.ring(self, now)
        elif alarm.name == "readers":
            self._reader_alarm = False
            for reader in [r for r in self.readers.values() if r.deadline <= now]:
                self._feed(reader)
            if self.readers:
                self._reader_alarm = True
                self.out.append(Wake(min(r.deadline for r in self.readers.values()), "readers"))
        elif alarm.name == "balance":
            self.carry_out(now, elections.prefer(self.image))
            self.out.append(Wake(now + self.config.leader_imbalance_check_interval_ms * MILLISECOND, "balance"))

    # --- decisions

    def write(self, records: list[MetadataRecord]) -> None:
        """The one place where decisions become facts."""
        for record in records:
            self.image.apply(record)
            self.log.append(record)
        self._written = True
        if len(self.log) > 2 * LOG_KEPT:
            self.log_start += len(self.log) - LOG_KEPT
            self.log = self.log[-LOG_KEPT:]

    def carry_out(self, now: int, decisions: list[Decision]) -> None:
        self.write([d.now for d in decisions])
        for decision in decisions:
            self._tell_of(now, decision)
        done = [moves.completed(self.image, d.now) for d in decisions if d.now.adding or d.now.removing]
        if ready := [d for d in done if d is not None]:
            self.carry_out(now, ready)

    def _tell_of(self, now: int, decision: Decision) -> None:
        was, new = decision.was, decision.now
        key = (new.topic, new.partition)
        out = [b for b in was.isr if b not in new.isr]
        back = [b for b in new.isr if b not in was.isr]
        if decision.new_leader and new.leader == NO_LEADER:
            self.leaderless_since[key] = now
            self.tell(events.LeaderMissing(new.topic, new.partition, new.leader_epoch, list(new.isr)))
        elif new.leader != was.leader:
            since = self.leaderless_since.pop(key, None)
            if since is None:
                since = self.heard_at.get(was.leader, now) if decision.why == "failover" else now
            self.tell(
                events.LeaderElected(
                    new.topic, new.partition, new.leader, new.leader_epoch, was.leader, list(new.isr),
                    decision.why, (now - since) // MILLISECOND,
                )
            )  # fmt: skip
        if decision.why == moves.MOVED:  # who went from the ISR, went with its replica
            moves.tell_done(self, decision)
        elif out:
            why = {"failover": "fenced"}.get(decision.why, decision.why)
            self.tell(events.IsrShrunk(new.topic, new.partition, out, list(new.isr), why))
        if back:
            self.tell(events.IsrExpanded(new.topic, new.partition, back, list(new.isr)))

    def tell(self, event: events.Event) -> None:
        self.out.append(Tell(event))
