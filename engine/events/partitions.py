"""Partitions: leaders, in-sync replicas, records on their way."""

from __future__ import annotations

from engine.events.base import Event, event


@event("leader_elected", mark="election")
class LeaderElected(Event):
    """why: "created", "failover", "shutdown", "preferred", "returned", "unclean", "moved" (its replica went elsewhere).

    leaderless_ms: for "failover", since the old leader gave its last sign of life; for "returned", since the
    controller found that nobody could lead; 0 when it was handed over.
    """

    topic: str
    partition: int
    leader: int
    epoch: int
    was: int
    isr: list[int]
    why: str
    leaderless_ms: int


@event("leader_missing", mark="fault")
class LeaderMissing(Event):
    """No in-sync replica is alive: the partition is offline until one returns."""

    topic: str
    partition: int
    epoch: int
    isr: list[int]


@event("isr_shrunk", mark="election")
class IsrShrunk(Event):
    topic: str
    partition: int
    out: list[int]
    isr: list[int]
    why: str  # "lag" or "fenced" or "shutdown"


@event("isr_expanded", mark="election")
class IsrExpanded(Event):
    topic: str
    partition: int
    back: list[int]
    isr: list[int]


@event("replicas_moving", mark="topic")
class ReplicasMoving(Event):
    """They shall be on the brokers ``to``: the new ones (``adding``) copy first, then ``removing`` go (KIP-455)."""

    topic: str
    partition: int
    was: list[int]
    to: list[int]
    adding: list[int]
    removing: list[int]


@event("replicas_moved", mark="topic")
class ReplicasMoved(Event):
    """All the new ones have caught up, the old ones are gone."""

    topic: str
    partition: int
    was: list[int]
    replicas: list[int]


@event("move_cancelled", mark="topic")
class MoveCancelled(Event):
    """The replicas that were coming are gone again."""

    topic: str
    partition: int
    replicas: list[int]


@event("log_truncated", mark="fault")
class LogTruncated(Event):
    """A replica cut what the leader of epoch never had (KIP-101, KIP-595). Only if records went."""

    topic: str
    partition: int
    broker: int
    to: int
    was: int
    epoch: int


@event("appended", milestone=False)
class Appended(Event):
    """first..last: offsets. producer: client id, "" when followers copy it."""

    topic: str
    partition: int
    broker: int
    first: int
    last: int
    producer: str
    epoch: int


@event("replicated", milestone=False, meaningful=False)
class Replicated(Event):
    topic: str
    partition: int
    broker: int
    leader: int
    first: int
    last: int


@event("high_watermark", milestone=False)
class HighWatermarkMoved(Event):
    topic: str
    partition: int
    broker: int
    was: int
    to: int


@event("delivered", milestone=False)
class Delivered(Event):
    """Records handed to a consumer's application (simulated) or sent to a real client."""

    topic: str
    partition: int
    group: str
    consumer: str
    first: int
    last: int


@event("processed", milestone=False)
class Processed(Event):
    """A simulated consumer's application is done with a record that took it time."""

    topic: str
    partition: int
    group: str
    consumer: str
    offset: int


@event("produce_refused", mark="error")
class ProduceRefused(Event):
    """The producer gave up or was told no. code: Kafka's error name."""

    producer: str
    topic: str
    partition: int
    error: str
    records: int
