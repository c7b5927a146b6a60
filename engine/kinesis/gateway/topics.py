"""The topics under the streams, as the gateway has them made, grown, changed and deleted, one order after the other.

Each order is asked of the controller again and again until it is carried out: a stream stays CREATING (UPDATING,
DELETING) for as long as nobody answers. As a lost answer leaves open whether it was carried out, "it is there already"
(or gone, or as large as that) is what was wanted. A topic is ready once each of its partitions has a leader.

Nobody else may make or delete these topics, whoever calls (engine/quorum/administration.py): the controller knows the
gateway by the name it asks under.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.clients.metadata import Metadata
from engine.clients.timing import Backoff
from engine.kinesis.service.outcomes import DropTopic, GrowTopic, MakeTopic, SetTopic
from engine.machine import SECOND, Effect
from engine.peers import Answer, Peers
from engine.quorum.controller import CONTROLLER
from engine.wire import errors
from engine.wire.messages import (
    AlteredResource,
    ConfigChange,
    CreatePartitionsRequest,
    CreateTopicsRequest,
    DeleteTopicsRequest,
    IncrementalAlterConfigsRequest,
    MorePartitions,
    NewTopic,
)

TAG = "topic"
ANSWER_WITHIN = 5 * SECOND
TOPIC = 2  # kind of config resource
# A batch holds what one call puts in a shard, which is at most 10 MiB and what it is wrapped in.
BATCH_BYTES_MAX = 16 << 20

TopicOrder = MakeTopic | GrowTopic | DropTopic | SetTopic


@dataclass(slots=True)
class Growing:
    """A topic that is made or grown: ready once it has so many partitions, each with a leader."""

    topic: str
    partitions: int


class Topics:
    """ready, gone: topics since last drained."""

    def __init__(self, metadata: Metadata, peers: Peers) -> None:
        self.metadata, self.peers = metadata, peers
        self.ready: list[str] = []
        self.gone: list[str] = []
        self._orders: deque[TopicOrder] = deque()
        self._asked = False
        self._backoff = Backoff()
        self._growing: dict[str, Growing] = {}
        self._placing: dict[str, int] = {}  # replicas of those that the gateway places itself

    @property
    def busy(self) -> bool:
        return bool(self._orders or self._growing)

    def give(self, order: TopicOrder) -> None:
        self._orders.append(order)

    def go_on(self, now: int, effects: list[Effect]) -> None:
        if self._growing:
            for growing in list(self._growing.values()):
                if len(self.metadata.available(growing.topic)) >= growing.partitions:
                    del self._growing[growing.topic]
                    self.ready.append(growing.topic)
                else:
                    self.metadata.refresh()
        if self._orders and not self._asked and self._backoff.ready(now):
            self._asked = True
            effects += self.peers.ask(now, CONTROLLER, self._body(self._orders[0]), (TAG,))

    def due(self) -> Iterator[int]:
        if self._orders and not self._asked:
            yield self._backoff.until

    def answered(self, now: int, answer: Answer) -> None:
        self._asked = False
        order = self._orders[0]
        error = errors.NETWORK_EXCEPTION
        if answer.body is not None:
            found = getattr(answer.body, "topics", None) or getattr(answer.body, "results", None) or []
            error = found[0].error if found else 0
        if error == errors.INVALID_REPLICATION_FACTOR:
            # Fewer brokers run than there should be replicas. AWS would not make its caller wait for them: replicas
            # are placed on those that are down too, and they catch up when they are back.
            self._placing[order.topic] = 3
        elif error == errors.INVALID_REPLICA_ASSIGNMENT and order.topic in self._placing:
            self._placing[order.topic] = self._placing[order.topic] - 1 or 3  # the topic has fewer, or nobody runs
        if error not in (0, _settled(order)):
            self._backoff.failed(now)
            return
        self._backoff.succeeded()
        self._orders.popleft()
        self._placing.pop(order.topic, None)
        if isinstance(order, MakeTopic | GrowTopic):
            self.metadata.want(order.topic)
            self.metadata.refresh()
            self._growing[order.topic] = Growing(order.topic, order.partitions)
        elif isinstance(order, DropTopic):
            self._growing.pop(order.topic, None)
            self.metadata.forget(order.topic)
            self.gone.append(order.topic)

    def _body(self, order: TopicOrder) -> Any:
        if isinstance(order, GrowTopic):
            new = range(self.metadata.partitions(order.topic), order.partitions)
            placed = [self._placed(order.topic, n) for n in new] if order.topic in self._placing else None
            return CreatePartitionsRequest([MorePartitions(order.topic, order.partitions, placed)])
        if isinstance(order, DropTopic):
            return DeleteTopicsRequest([order.topic])
        if isinstance(order, SetTopic):
            changes = [ConfigChange(name, value) for name, value in order.configs.items()]
            return IncrementalAlterConfigsRequest([AlteredResource(TOPIC, order.topic, changes)])
        configs: dict[str, str | None] = {"max.message.bytes": str(BATCH_BYTES_MAX), **order.configs}
        if order.topic in self._placing:
            placed_on = {n: self._placed(order.topic, n) for n in range(order.partitions)}
            return CreateTopicsRequest([NewTopic(order.topic, assignments=placed_on, configs=configs)])
        return CreateTopicsRequest([NewTopic(order.topic, order.partitions, order.replication, configs=configs)])

    def _placed(self, topic: str, partition: int) -> list[int]:
        """Brokers for a partition, in turn, those that are down included."""
        names = dict.fromkeys((*self.metadata.bootstrap, *self.metadata.brokers.values()))
        known = sorted(int(name[1:]) for name in names)
        count = min(self._placing[topic], len(known))
        return [known[(partition + n) % len(known)] for n in range(count)]


def _settled(order: TopicOrder) -> int:
    """The error that says that it was carried out before."""
    if isinstance(order, MakeTopic):
        return errors.TOPIC_ALREADY_EXISTS
    if isinstance(order, GrowTopic):
        return errors.INVALID_PARTITIONS
    return errors.UNKNOWN_TOPIC_OR_PARTITION
