"""What members tell each other through the coordinator, and what the leader makes of it.

A subscription says which topics a member wants. The sticky assignor also needs what each member held
before; Kafka's passes that as user data (``StickyAssignorUserDataV1``: topics with partitions, then the
generation), newer clients in the subscription itself. Ours writes both and reads either, so that it
can share a group with real clients. If two claim the same partition, the later generation is right.
"""

from __future__ import annotations

import struct

from engine.clients.metadata import Metadata
from engine.groups.assignors import COOPERATIVE, assignor_of
from engine.groups.protocol import (
    Subscription,
    TopicPartition,
    decode_subscription,
    encode_assignment,
    encode_subscription,
    read_partitions,
    write_partitions,
)
from engine.wire.errors import MalformedRequest
from engine.wire.messages import JoinedMember
from engine.wire.primitives import INT32, Reader, Writer

STICKY = "sticky"


def wishes(assignor: str, topics: list[str], held: list[TopicPartition], generation: int) -> bytes:
    """The subscription to join with. held: what the member had in ``generation``."""
    if assignor == COOPERATIVE:  # its user data are the generation alone (CooperativeStickyAssignor.java)
        data = INT32.pack(generation)
        return encode_subscription(Subscription(topics, data, held, generation))
    if assignor != STICKY or not held:
        return encode_subscription(Subscription(topics))
    return encode_subscription(Subscription(topics, _encode_held(held, generation), held, generation))


def wanted_topics(roster: list[JoinedMember]) -> list[str]:
    """All topics that any member wants, in the order in which they are first named."""
    return list(dict.fromkeys(topic for member in roster for topic in _read(member).topics))


def assign(protocol: str, roster: list[JoinedMember], metadata: Metadata) -> dict[str, bytes]:
    """The leader's work: {member: its assignment}, as SyncGroup carries it."""
    assignor = assignor_of(protocol)
    if assignor is None:
        return {}
    subscriptions = {member.member: _read(member) for member in roster}
    members = {member: subscription.topics for member, subscription in subscriptions.items()}
    partitions = {topic: metadata.partitions(topic) for topic in wanted_topics(roster)}
    instances = {member.member: member.instance for member in roster}
    shares = assignor(members, partitions, _previous(subscriptions), instances)
    return {member: encode_assignment(share) for member, share in shares.items()}


def _read(member: JoinedMember) -> Subscription:
    return decode_subscription(member.metadata) or Subscription([])


def _previous(subscriptions: dict[str, Subscription]) -> dict[str, list[TopicPartition]]:
    claims: dict[TopicPartition, tuple[int, str]] = {}
    for member, subscription in subscriptions.items():
        held, generation = subscription.owned, subscription.generation
        if not held and subscription.user_data:
            held, generation = _decode_held(subscription.user_data)
        for partition in held:
            if partition not in claims or generation > claims[partition][0]:
                claims[partition] = (generation, member)
    previous: dict[str, list[TopicPartition]] = {}
    for partition, (_, member) in claims.items():
        previous.setdefault(member, []).append(partition)
    return previous


def _encode_held(held: list[TopicPartition], generation: int) -> bytes:
    writer = Writer(0, flexible=False)
    write_partitions(writer, held)
    writer.number(INT32, generation)
    return bytes(writer.out)


def _decode_held(data: bytes) -> tuple[list[TopicPartition], int]:
    """(partitions, generation); nothing if the bytes are another assignor's."""
    try:
        reader = Reader(data, 0, 0, flexible=False)
        return read_partitions(reader), reader.number(INT32)
    except (MalformedRequest, struct.error):
        return [], -1
