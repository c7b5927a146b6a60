"""How the sending of a batch can end, and what a leader's errors mean for it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.wire import errors
from engine.wire.records import Record

# The picture of the cluster was old (Kafka's InvalidMetadataException): get a new one, send again.
STALE = frozenset((
    errors.UNKNOWN_TOPIC_OR_PARTITION, errors.LEADER_NOT_AVAILABLE, errors.NOT_LEADER_OR_FOLLOWER,
    errors.REPLICA_NOT_AVAILABLE, errors.NETWORK_EXCEPTION, errors.KAFKA_STORAGE_ERROR, errors.LISTENER_NOT_FOUND,
    errors.FENCED_LEADER_EPOCH, errors.UNKNOWN_LEADER_EPOCH, errors.UNKNOWN_TOPIC_ID,
))  # fmt: skip
# Worth sending again as it is (Kafka's other RetriableExceptions that a produce can meet).
RETRIABLE = STALE | frozenset((
    errors.CORRUPT_MESSAGE, errors.REQUEST_TIMED_OUT, errors.NOT_ENOUGH_REPLICAS,
    errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND, errors.THROTTLING_QUOTA_EXCEEDED,
))  # fmt: skip
# Being told these is worth an event though the client goes on trying: it is the cluster that says no.
NO = frozenset((errors.NOT_ENOUGH_REPLICAS, errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND, errors.KAFKA_STORAGE_ERROR))


@dataclass(slots=True)
class Outcome:
    """What became of a batch. error: 0 if acknowledged. base_offset: -1 if the leader did not say.

    final: False when it was only told no (``NO``) and goes on trying. node: the leader that acknowledged it.
    """

    topic: str
    partition: int
    records: list[Record]
    base_offset: int = -1
    error: int = 0
    final: bool = True
    node: str = ""
