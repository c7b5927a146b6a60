"""A client's picture of the cluster: who leads what, and where everybody is.

Theory of operation
-------------------
The picture is always a little old; that is normal. Whoever is told NOT_LEADER_OR_FOLLOWER, or loses
a connection, calls ``refresh``: a new picture is asked for, not before the back-off since the last
attempt is over. Anybody may be asked: the known brokers in turn, then the bootstrap list. A broker
that cannot be reached costs no wait until each was tried once.

A partition's leader epoch only grows (KIP-320): a broker that lags behind cannot bring an old leader
back. A topic that was deleted and created again has another id, and starts anew.

``metadata.max.age.ms`` (5 minutes, unless a client is given another) is how new partitions are discovered when
nothing goes wrong.
Simulated clients do not ask for topics to be created: a deleted one would come back by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter

from engine.clients.timing import Backoff
from engine.machine import MILLISECOND, SECOND, Effect
from engine.peers import Answer, Peers
from engine.wire import errors
from engine.wire.messages import MetadataRequest, MetadataResponse, TopicMetadata

MAX_AGE = 300 * SECOND
CALM = 10 * SECOND  # after so long without a refresh the next one is not part of the same trouble
TAG = "metadata"


@dataclass(slots=True)
class Leader:
    """broker: -1 when there is none at the moment."""

    broker: int
    epoch: int


@dataclass(slots=True)
class TopicView:
    """error: of the whole topic, e.g. UNKNOWN_TOPIC_OR_PARTITION. leaders: by partition."""

    topic_id: bytes
    error: int = 0
    leaders: dict[int, Leader] = field(default_factory=dict)


class Metadata:
    """bootstrap: names of nodes to begin with. max_age: after so long it is asked for anew, come what may."""

    max_age = MAX_AGE

    def __init__(self, bootstrap: list[str]) -> None:
        assert bootstrap, "a client must know somebody to begin with"
        self.bootstrap = list(bootstrap)
        self.brokers: dict[int, str] = {}
        self.topics: dict[str, TopicView] = {}
        self.version = 0  # raised by each answer
        self._wanted: dict[str, None] = {}
        self._refresh = True  # something is known to be out of date
        self._asked = False
        self._answered_at = -MAX_AGE
        self._backoff = Backoff()
        self._turn = 0
        self._failed_in_a_row = 0

    # --- what is asked of it ------------------------------------------------------------------------

    def want(self, topic: str) -> None:
        """Keep an eye on ``topic`` from now on."""
        if topic not in self._wanted:
            self._wanted[topic] = None
            self._refresh = True
            if not self._failed_in_a_row:
                self._backoff.until = 0  # the back-off was for other news

    def forget(self, topic: str) -> None:
        self._wanted.pop(topic, None)
        self.topics.pop(topic, None)

    def forget_missing(self) -> None:
        """Nobody needs the topics that do not exist (any more): ask no more whether they do."""
        for topic in [topic for topic, view in self.topics.items() if view.error]:
            self.forget(topic)

    def refresh(self) -> None:
        """Something is out of date: ask anew as soon as the back-off allows."""
        self._refresh = True

    def known(self, topic: str) -> bool:
        """Whether anybody has said anything of ``topic``, be it that it does not exist."""
        return topic in self.topics

    def partitions(self, topic: str) -> int:
        """How many partitions it has, 0 if it does not exist or is not known yet."""
        view = self.topics.get(topic)
        return len(view.leaders) if view else 0

    def epoch(self, topic: str, partition: int) -> int:
        leader = self._leader(topic, partition)
        return leader.epoch if leader else -1

    def leader(self, topic: str, partition: int) -> str | None:
        """The node that leads the partition. None: nobody, as far as we know; a refresh is due."""
        leader = self._leader(topic, partition)
        if leader is None or leader.broker < 0 or leader.broker not in self.brokers:
            self._refresh = True
            return None
        return self.brokers[leader.broker]

    def available(self, topic: str) -> list[int]:
        """The partitions that have a leader."""
        view = self.topics.get(topic)
        return [p for p, leader in view.leaders.items() if leader.broker in self.brokers] if view else []

    def anyone(self) -> str:
        """Whom to ask what anybody can answer. After ``unreachable`` it is somebody else."""
        nodes = self._everybody()
        return nodes[self._turn % len(nodes)]

    def unreachable(self) -> None:
        """The last ``anyone`` did not answer."""
        self._turn += 1
        self._refresh = True

    # --- asking -------------------------------------------------------------------------------------

    def due(self) -> int | None:
        """When ``go_on`` has something to do by itself."""
        if self._asked or not self._wanted:
            return None
        return self._backoff.until if self._refresh else self._answered_at + self.max_age

    def wants_an_answer(self, now: int) -> bool:
        """Whether ``go_on`` has something to ask."""
        if self._asked or not self._wanted:
            return False
        return now >= (self._backoff.until if self._refresh else self._answered_at + self.max_age)

    def go_on(self, now: int, peers: Peers) -> list[Effect]:
        if not self.wants_an_answer(now):
            return []
        self._asked, self._refresh = True, False
        return peers.ask(now, self.anyone(), MetadataRequest(list(self._wanted), allow_auto_creation=False), (TAG,))

    def answered(self, now: int, answer: Answer) -> None:
        self._asked = False
        body: MetadataResponse | None = answer.body
        if body is None or body.error or not body.brokers:
            self._turn += 1
            self._failed_in_a_row += 1
            self._refresh = True
            if self._failed_in_a_row >= len(self._everybody()):
                self._backoff.failed(now)
            return
        changed = self._take(body)
        if not changed:
            self._turn += 1  # it knows no more than we do: ask another one next time
        if changed or now - self._answered_at > CALM:
            self._backoff.succeeded()
        self._backoff.failed(now)  # the next one not at once, and less and less often while nothing changes
        self._failed_in_a_row = 0
        self._answered_at = now
        self.version += 1

    def _take(self, body: MetadataResponse) -> bool:
        """Take the new picture. Returns whether it differs from the old one."""
        brokers = {b.broker: f"B{b.broker}" for b in sorted(body.brokers, key=attrgetter("broker"))}
        changed = brokers != self.brokers
        self.brokers = brokers
        for told in body.topics:
            if told.name is None or told.name not in self._wanted:
                continue
            before = self.topics.get(told.name)
            after = self._merge(before, told)
            if after.error or any(leader.broker < 0 for leader in after.leaders.values()):
                self._refresh = True  # Kafka's InvalidMetadataException: it must be asked again
            if before != after:
                changed = True
                self.topics[told.name] = after
        return changed

    def _merge(self, before: TopicView | None, told: TopicMetadata) -> TopicView:
        if told.error not in (errors.NONE, errors.LEADER_NOT_AVAILABLE):
            return TopicView(told.topic_id, told.error)
        after = TopicView(told.topic_id)
        for p in sorted(told.partitions, key=attrgetter("partition")):
            old = before.leaders.get(p.partition) if before and before.topic_id == told.topic_id else None
            leader = Leader(p.leader, p.leader_epoch)
            after.leaders[p.partition] = old if old is not None and old.epoch > leader.epoch else leader
        return after

    def _leader(self, topic: str, partition: int) -> Leader | None:
        view = self.topics.get(topic)
        return view.leaders.get(partition) if view else None

    def _everybody(self) -> list[str]:
        known = list(self.brokers.values())
        return known + [name for name in self.bootstrap if name not in known]


class AgedMetadata(Metadata):
    """Of a client with a ``metadata.max.age.ms`` of its own."""

    def __init__(self, bootstrap: list[str], max_age_ms: int) -> None:
        super().__init__(bootstrap)
        self.max_age = max_age_ms * MILLISECOND


def metadata_of(bootstrap: list[str], max_age_ms: int) -> Metadata:
    return Metadata(bootstrap) if max_age_ms * MILLISECOND == MAX_AGE else AgedMetadata(bootstrap, max_age_ms)
