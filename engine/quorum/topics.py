"""CreateTopics and DeleteTopics at the controller: checks in Kafka's order and words' codes, then records."""

from __future__ import annotations

import re

from engine.limits import NAME_MAX, PARTITIONS_MAX, PARTITIONS_TOTAL_MAX, STREAM_SHARDS_MAX, TOPICS_MAX
from engine.quorum import configs, streams
from engine.quorum.configs import Refusal
from engine.quorum.elections import place
from engine.quorum.image import MetadataImage
from engine.quorum.placing import spread
from engine.quorum.records import MetadataRecord, PartitionRecord, TopicRecord
from engine.wire import errors
from engine.wire.messages import CreatedTopic, NewTopic

__all__ = ["LEGAL", "OFFSETS_TOPIC", "Refusal", "check_assigned", "check_name", "create", "placed"]

LEGAL = re.compile(r"[a-zA-Z0-9._-]+\Z")
OFFSETS_TOPIC = "__consumer_offsets"


def check_name(name: str) -> None:
    """Kafka's rules for names (``Topic.java``). Raises Refusal INVALID_TOPIC_EXCEPTION."""
    if not name or name in (".", "..") or len(name) > NAME_MAX or not LEGAL.match(name):
        raise Refusal(
            errors.INVALID_TOPIC_EXCEPTION,
            f"{name[:60]!r} is not a topic name: 1 to {NAME_MAX} of the characters a-z, A-Z, 0-9, '.', '_' and '-'.",
        )


def create(
    image: MetadataImage, new: NewTopic, topic_id: bytes, defaults: tuple[int, int], client: str = ""
) -> tuple[list[MetadataRecord], CreatedTopic]:
    """Records that make the topic, and the answer. defaults: (partitions, replication) for -1.

    client: who asks. Raises Refusal with Kafka's error code.
    """
    check_name(new.name)
    stream = new.name.startswith(streams.STREAMS)
    if stream and streams.forbidden(new.name, client):
        raise Refusal(errors.INVALID_TOPIC_EXCEPTION, f"{new.name} {streams.owner(new.name)}: make a stream instead.")
    if new.name in image.topics:
        raise Refusal(errors.TOPIC_ALREADY_EXISTS, f"Topic {new.name!r} already exists.")
    for name in image.topics:  # in the names of metrics, '.' and '_' are the same
        if name.replace(".", "_") == new.name.replace(".", "_") and not stream:  # for AWS they are two streams
            raise Refusal(errors.INVALID_TOPIC_EXCEPTION, f"Topic {new.name!r} collides with existing topic {name!r}.")
    checked = configs.check(new.configs)
    others = [topic for topic in image.topics.values() if not topic.name.startswith(streams.STREAMS)]
    if len(others) >= TOPICS_MAX and not stream:
        raise Refusal(errors.POLICY_VIOLATION, f"A sandbox holds at most {TOPICS_MAX} topics: delete one first.")
    lists = _assigned(image, new) if new.assignments else _placed(image, new, defaults)
    total = sum(len(t.partitions) for t in others)
    if (len(lists) > PARTITIONS_MAX or total + len(lists) > PARTITIONS_TOTAL_MAX) and not stream:
        raise Refusal(
            errors.INVALID_PARTITIONS,
            f"At most {PARTITIONS_MAX} partitions a topic and {PARTITIONS_TOTAL_MAX} a sandbox.",
        )
    records: list[MetadataRecord] = [TopicRecord(new.name, topic_id, checked)]
    for p, replicas in enumerate(lists):
        isr = [b for b in replicas if image.active(b)]
        records.append(PartitionRecord(new.name, p, replicas, isr, isr[0], 0, 0))
    return records, CreatedTopic(new.name, 0, None, topic_id, len(lists), len(lists[0]), dict(checked))


def _placed(image: MetadataImage, new: NewTopic, defaults: tuple[int, int]) -> list[list[int]]:
    partitions = defaults[0] if new.partitions == -1 else new.partitions
    most = STREAM_SHARDS_MAX if new.name.startswith(streams.STREAMS) else PARTITIONS_MAX
    active = sum(b.active for b in image.brokers.values())
    replication = min(defaults[1], max(1, active)) if new.replication == -1 else new.replication
    if partitions <= 0:
        raise Refusal(errors.INVALID_PARTITIONS, "A topic has at least 1 partition.")
    if partitions > most:
        raise Refusal(errors.INVALID_PARTITIONS, f"A topic has at most {most} partitions here.")
    return placed(image, partitions, replication)


def placed(image: MetadataImage, partitions: int, replication: int) -> list[list[int]]:
    """Replica lists of so many new partitions, where turns have come to. Raises Refusal."""
    active = [b.broker for b in sorted(image.brokers.values(), key=lambda b: b.broker) if b.active]
    if replication <= 0 or replication > len(active):
        raise Refusal(
            errors.INVALID_REPLICATION_FACTOR,
            f"Replication {replication} needs as many running brokers; there are {len(active)}.",
        )
    counted = [t for t in image.topics.values() if not t.internal or t.name.startswith(streams.STREAMS)]
    start = sum(len(t.partitions) for t in counted)
    racks: dict[str, list[int]] = {}
    for b in active:
        racks.setdefault(image.brokers[b].rack, []).append(b)
    if len(racks) > 1:
        return spread([racks[name] for name in sorted(racks)], partitions, replication, start)
    return place(active, partitions, replication, start)


def _assigned(image: MetadataImage, new: NewTopic) -> list[list[int]]:
    if new.partitions != -1 or new.replication != -1:
        raise Refusal(errors.INVALID_REQUEST, "Give either an assignment or partitions and replication, not both.")
    lists = [new.assignments.get(p, []) for p in range(len(new.assignments))]
    check_assigned(image, lists, len(lists[0]) if lists else 0)
    return [list(replicas) for replicas in lists]


def check_assigned(image: MetadataImage, lists: list[list[int]], size: int) -> None:
    """Whether new partitions may stand on these brokers, ``size`` each. Raises Refusal."""
    for replicas in lists:
        known = all(b in image.brokers for b in replicas)
        if not replicas or len(replicas) != size or len(dict.fromkeys(replicas)) != size or not known:
            raise Refusal(
                errors.INVALID_REPLICA_ASSIGNMENT, "Each partition needs the same number of different, known brokers."
            )
        if not any(image.active(b) for b in replicas):
            raise Refusal(errors.INVALID_REPLICA_ASSIGNMENT, "None of a partition's brokers is running.")
