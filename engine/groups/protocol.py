"""The bytes that consumers pass each other through the coordinator: wishes up, assignments down.

The coordinator itself does not need to read them, any client may agree on others; so what cannot be
read is None here, never an error. Both begin with a version (int16). As in Kafka's
``ConsumerProtocol.java``, a version newer than ours is read as ours: new ones only add at the end.

- subscription: v0 topics and user data; v1 adds the partitions owned; v2 the generation in which
  they were owned; v3 the rack.
- assignment: partitions and user data, the same in v0 to v3.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.wire.errors import MalformedRequest
from engine.wire.primitives import INT16, INT32, Reader, Writer

CONSUMER = "consumer"  # the protocol type of consumers (Kafka Connect's is "connect")
SUBSCRIPTION_VERSION = ASSIGNMENT_VERSION = 3

TopicPartition = tuple[str, int]


@dataclass(slots=True)
class Subscription:
    """What one member wants. owned: what it holds, as of ``generation`` (-1: unknown)."""

    topics: list[str]
    user_data: bytes | None = None
    owned: list[TopicPartition] = field(default_factory=list)
    generation: int = -1
    rack: str | None = None


def encode_subscription(subscription: Subscription, version: int = SUBSCRIPTION_VERSION) -> bytes:
    writer = Writer(version, flexible=False)
    writer.number(INT16, version)
    topics = sorted(subscription.topics)
    writer.count(len(topics))
    for topic in topics:
        writer.string(topic)
    writer.bytes_(subscription.user_data)
    if version >= 1:
        write_partitions(writer, subscription.owned)
    if version >= 2:
        writer.number(INT32, subscription.generation)
    if version >= 3:
        writer.string(subscription.rack)
    return bytes(writer.out)


def decode_subscription(data: bytes) -> Subscription | None:
    """None if these are no subscription's bytes."""
    try:
        reader = _reader(data)
        topics = [reader.string() or "" for _ in range(reader.count(2))]
        found = Subscription(topics, reader.bytes_())
        if reader.version >= 1:
            found.owned = read_partitions(reader)
        if reader.version >= 2:
            found.generation = reader.number(INT32)
        if reader.version >= 3:
            found.rack = reader.string()
        return found
    except (MalformedRequest, struct.error):
        return None


def encode_assignment(
    partitions: Iterable[TopicPartition], user_data: bytes | None = None, version: int = ASSIGNMENT_VERSION
) -> bytes:
    writer = Writer(version, flexible=False)
    writer.number(INT16, version)
    write_partitions(writer, partitions)
    writer.bytes_(user_data)
    return bytes(writer.out)


def decode_assignment(data: bytes) -> list[TopicPartition] | None:
    """The partitions assigned, in the order given; no bytes at all are no partitions. None if unreadable."""
    if not data:
        return []
    try:
        return read_partitions(_reader(data))
    except (MalformedRequest, struct.error):
        return None


def by_topic(partitions: Iterable[TopicPartition]) -> dict[str, list[int]]:
    """{topic: its partitions}, each in the order given."""
    found: dict[str, list[int]] = {}
    for topic, partition in partitions:
        found.setdefault(topic, []).append(partition)
    return found


def _reader(data: bytes) -> Reader:
    reader = Reader(data, 0, 0, flexible=False)
    reader.version = reader.number(INT16)
    if reader.version < 0:
        raise MalformedRequest(f"version {reader.version}")
    return reader


def write_partitions(writer: Writer, partitions: Iterable[TopicPartition]) -> None:
    topics = by_topic(partitions)
    writer.count(len(topics))
    for topic, numbers in topics.items():
        writer.string(topic)
        writer.count(len(numbers))
        for number in numbers:
            writer.number(INT32, number)


def read_partitions(reader: Reader) -> list[TopicPartition]:
    found = []
    for _ in range(reader.count(6)):
        topic = reader.string() or ""
        found += [(topic, reader.number(INT32)) for _ in range(reader.count(4))]
    return found
