"""Topics come and go."""

from __future__ import annotations

from engine.events.base import Event, event


@event("topic_created", mark="topic")
class TopicCreated(Event):
    topic: str
    partitions: int
    replication: int


@event("topic_deleted", mark="topic")
class TopicDeleted(Event):
    topic: str


@event("topic_refused", mark="error")
class TopicRefused(Event):
    topic: str
    error: str
    reason: str


@event("partitions_added", mark="topic")
class PartitionsAdded(Event):
    """It had ``was`` partitions and has ``to`` now; what is written stays where it is."""

    topic: str
    was: int
    to: int
