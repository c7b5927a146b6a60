"""More partitions for a topic that is there (KIP-195; ``ReplicationControlManager.createPartitions``).

There may be more, never fewer. What is written stays where it is: only where a *key* goes from now on changes.
"""

from __future__ import annotations

from engine.limits import PARTITIONS_MAX, PARTITIONS_TOTAL_MAX
from engine.quorum import streams, topics
from engine.quorum.configs import Refusal
from engine.quorum.image import MetadataImage, TopicState
from engine.quorum.records import PartitionRecord
from engine.wire import errors
from engine.wire.messages import MorePartitions


def add(image: MetadataImage, new: MorePartitions, client: str = "") -> list[PartitionRecord]:
    """Records of the partitions that come. Raises Refusal with Kafka's error code."""
    topic = image.topics.get(new.name)
    if topic is None:
        raise Refusal(errors.UNKNOWN_TOPIC_OR_PARTITION, f"There is no topic {new.name[:60]!r}: create it first.")
    if streams.forbidden(new.name, client):  # groups would look for themselves elsewhere
        raise Refusal(errors.INVALID_TOPIC_EXCEPTION, f"{new.name} {streams.owner(new.name)}.")
    was = len(topic.partitions)
    if new.count <= was:
        raise Refusal(
            errors.INVALID_PARTITIONS,
            f"{new.name} has {was} partitions: there can be more than that, not {new.count}. Partitions are never "
            "taken away; create another topic for fewer.",
        )
    stream = new.name.startswith(streams.STREAMS)
    total = sum(len(t.partitions) for t in image.topics.values() if not t.name.startswith(streams.STREAMS))
    if (new.count > PARTITIONS_MAX or total + new.count - was > PARTITIONS_TOTAL_MAX) and not stream:
        raise Refusal(
            errors.INVALID_PARTITIONS,
            f"At most {PARTITIONS_MAX} partitions a topic and {PARTITIONS_TOTAL_MAX} a sandbox.",
        )
    lists = _placed(image, topic, new.count - was) if new.assignments is None else _given(image, topic, new, was)
    records = []
    for number, replicas in enumerate(lists, was):
        isr = [b for b in replicas if image.active(b)]
        records.append(PartitionRecord(new.name, number, replicas, isr, isr[0], 0, 0))
    return records


def _replication(topic: TopicState) -> int:
    """As many replicas as the first partition has; what only comes while it moves does not count."""
    first = topic.partitions[0]
    return len(first.replicas) - len(first.adding)


def _placed(image: MetadataImage, topic: TopicState, count: int) -> list[list[int]]:
    return topics.placed(image, count, _replication(topic))


def _given(image: MetadataImage, topic: TopicState, new: MorePartitions, was: int) -> list[list[int]]:
    lists, size = new.assignments or [], _replication(topic)
    if len(lists) != new.count - was:
        raise Refusal(
            errors.INVALID_REPLICA_ASSIGNMENT,
            f"{new.count - was} partitions would come, and the assignment is for {len(lists)}.",
        )
    topics.check_assigned(image, lists, size)
    return [list(replicas) for replicas in lists]
