"""Orders to create, change, grow, move and delete topics: one after the other, at any broker that answers.

The broker passes the request on to the controller. What fails for a passing reason is tried again at
the next broker, until ``default.api.timeout.ms`` (1 minute) after the order. A lost answer leaves open
whether the request was carried out; so when a repeated request is told that the topic exists (or is
gone) already, that is success. Success is told by the controller (TopicCreated), refusal from here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from engine.clients import metadata
from engine.clients.client import REQUEST_TIMEOUT_MS, Client
from engine.clients.timing import Backoff
from engine.commands import AddPartitions, CreateTopic, DeleteTopic, SetTopic
from engine.events import TopicRefused
from engine.machine import SECOND, Effect, Tell
from engine.peers import Answer
from engine.wire import errors
from engine.wire.errors import error_name
from engine.wire.messages import (
    AlteredResource,
    AlterPartitionReassignmentsRequest,
    ConfigChange,
    CreatePartitionsRequest,
    CreateTopicsRequest,
    DeleteTopicsRequest,
    IncrementalAlterConfigsRequest,
    MorePartitions,
    NewTopic,
    Reassign,
)

API_TIMEOUT = 60 * SECOND  # default.api.timeout.ms
ORDERS_MAX = 100  # one more is refused
TAG = "topics"
TOPIC = 2  # kind of config resource

@dataclass(slots=True)
class Moves:
    """What MoveReplicas comes to: a wish for each partition. topic: the one it is about."""

    topic: str
    wishes: list[Reassign]


Order = CreateTopic | DeleteTopic | SetTopic | AddPartitions | Moves

RETRIABLE = frozenset((
    errors.NOT_CONTROLLER, errors.REQUEST_TIMED_OUT, errors.LEADER_NOT_AVAILABLE, errors.NETWORK_EXCEPTION,
    errors.COORDINATOR_NOT_AVAILABLE, errors.THROTTLING_QUOTA_EXCEEDED, errors.BROKER_NOT_AVAILABLE,
))  # fmt: skip


@dataclass(slots=True)
class TopicOrder:
    """unsure: an earlier attempt may have been carried out, its answer was lost."""

    command: Order
    deadline: int
    unsure: bool = False
    last_error: int = errors.REQUEST_TIMED_OUT


class Admin(Client):
    """Orders: those of ``Order``."""

    def __init__(self, name: str, bootstrap: list[str], *, calendar_offset: int = 0, life: int = 0) -> None:
        super().__init__(name, bootstrap, calendar_offset=calendar_offset, life=life)
        self._orders: deque[TopicOrder] = deque()
        self._asked = False
        self._backoff = Backoff()

    @property
    def idle(self) -> bool:
        return not self._orders

    def _ordered(self, now: int, command: object, effects: list[Effect]) -> None:
        if not isinstance(command, Order):
            return
        if len(self._orders) >= ORDERS_MAX:
            refuse(command, errors.THROTTLING_QUOTA_EXCEEDED, f"{ORDERS_MAX} orders wait already.", effects)
            return
        self._orders.append(TopicOrder(command, now + API_TIMEOUT))

    def _go_on(self, now: int, effects: list[Effect]) -> None:
        if self._asked:
            return
        while self._orders and self._orders[0].deadline <= now:
            order = self._orders.popleft()
            refuse(order.command, order.last_error, "No broker could carry it out within a minute.", effects)
        if self._orders and self._backoff.ready(now):
            self._asked = True
            effects += self.peers.ask(now, self.metadata.anyone(), body(self._orders[0].command), (TAG,))

    def _due(self, now: int) -> Iterable[int | None]:
        first = self._orders[0].deadline if self._orders else None
        return (self._backoff.until, first, self.metadata.due())

    def _answered(self, now: int, answer: Answer, effects: list[Effect]) -> None:
        if answer.tag[0] == metadata.TAG:
            self.metadata.answered(now, answer)
            return
        self._asked = False
        order = self._orders[0]
        if answer.body is None:
            order.unsure = order.unsure or answer.why != "refused"
            self.metadata.unreachable()
            self._backoff.failed(now)
            return
        error, message = _told(answer.body)
        if error in RETRIABLE:
            order.unsure = order.unsure or error == errors.REQUEST_TIMED_OUT
            order.last_error = error
            self.metadata.unreachable()
            self._backoff.failed(now)
            return
        self._backoff.succeeded()
        self._orders.popleft()
        if error and not (order.unsure and error == settled(order.command)):
            refuse(order.command, error, message, effects)


def _told(body: Any) -> tuple[int, str]:
    """What the answer says: the first error, or none."""
    whole = getattr(body, "error", errors.NONE)  # of the request, before its parts
    results = next(found for name in ("topics", "results", "parts") if (found := getattr(body, name, None)) is not None)
    bad = next((one for one in results if one.error), None)
    if whole or bad is None:
        return whole, getattr(body, "message", None) or ""
    return bad.error, bad.message or ""


def body(command: Order) -> Any:
    if isinstance(command, AddPartitions):
        return CreatePartitionsRequest([MorePartitions(command.topic, command.partitions)], REQUEST_TIMEOUT_MS)
    if isinstance(command, DeleteTopic):
        return DeleteTopicsRequest([command.topic], timeout_ms=REQUEST_TIMEOUT_MS)
    if isinstance(command, Moves):
        return AlterPartitionReassignmentsRequest(command.wishes, REQUEST_TIMEOUT_MS)
    if isinstance(command, SetTopic):
        changes = [ConfigChange(name, value) for name, value in command.configs.items()]
        return IncrementalAlterConfigsRequest([AlteredResource(TOPIC, command.topic, changes)])
    return CreateTopicsRequest([topic_of(command)], timeout_ms=REQUEST_TIMEOUT_MS)


def topic_of(command: CreateTopic) -> NewTopic:
    """What is asked for. ``min.insync.replicas`` among the configs counts more than the field."""
    configs = {"min.insync.replicas": str(command.min_insync_replicas), **command.configs}
    return NewTopic(command.topic, command.partitions, command.replication, configs={**configs})


def settled(command: Order) -> int:
    """The error that says that it was carried out before. (To change a config, or move, twice is none.)"""
    if isinstance(command, AddPartitions):
        return errors.INVALID_PARTITIONS
    if isinstance(command, SetTopic | Moves):
        return errors.NONE
    return errors.TOPIC_ALREADY_EXISTS if isinstance(command, CreateTopic) else errors.UNKNOWN_TOPIC_OR_PARTITION


def refuse(command: Order, error: int, reason: str, effects: list[Effect]) -> None:
    effects.append(Tell(TopicRefused(command.topic, error_name(error), reason)))
