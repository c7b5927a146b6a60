"""A rebalance told step by step: the events that say who came, who went, and who got what.

People know members by their client ids; where those are not unique, by their member ids.
"""

from __future__ import annotations

from engine.events import (
    AssignmentMade,
    Committed,
    GenerationFormed,
    GroupEmptied,
    MemberExpired,
    MemberJoined,
    MemberLeft,
    RebalanceStarted,
)
from engine.groups.assignors import COOPERATIVE
from engine.groups.group import Group
from engine.groups.member import Member
from engine.groups.protocol import CONSUMER, by_topic, decode_assignment, decode_subscription
from engine.groups.turn import Turn
from engine.machine import MILLISECOND
from engine.wire.messages import CommitPart


def joined(turn: Turn, group: Group, member: Member) -> None:
    turn.tell(MemberJoined(group.id, member.id, member.client))


def left(turn: Turn, group: Group, member: Member) -> None:
    turn.tell(MemberLeft(group.id, member.id, member.client))


def expired(turn: Turn, group: Group, member: Member, why: str) -> None:
    """why: "session", "patience" (its session by its own clock), "rebalance" (it did not come to a barrier in time)."""
    silent_ms = (turn.now - member.heard_at) // MILLISECOND
    turn.tell(MemberExpired(group.id, member.id, member.client, silent_ms, why))


def rebalancing(turn: Turn, group: Group, why: str, who: str) -> None:
    turn.tell(RebalanceStarted(group.id, group.generation, why, who, len(group.members)))


def formed(turn: Turn, group: Group) -> None:
    assert group.leader is not None
    leader = group.label(group.leader)
    turn.tell(GenerationFormed(group.id, group.generation, leader, group.protocol or "", len(group.members)))


def emptied(turn: Turn, group: Group) -> None:
    turn.tell(GroupEmptied(group.id, group.generation))


def assigned(turn: Turn, group: Group) -> None:
    """Only consumers' assignments can be read: others' are told without partitions, and nobody as idle."""
    labels = group.labels()
    parts: dict[str, list[str]] = {}
    for member in group.members.values():
        part = parts_of(group, member)
        parts[labels[member.id]] = [f"{topic}-{number}" for topic, numbers in part.items() for number in numbers]
    idle = [label for label, part in parts.items() if not part] if group.protocol_type == CONSUMER else []
    total = sum(map(len, parts.values()))
    turn.tell(AssignmentMade(group.id, group.generation, parts, idle, total, _moving(group, parts)))


def _moving(group: Group, parts: dict[str, list[str]]) -> list[str]:
    """What somebody still holds, and was given to nobody."""
    if group.protocol != COOPERATIVE:
        return []
    subscriptions = [decode_subscription(member.metadata(group.protocol)) for member in group.members.values()]
    held = sorted(partition for found in subscriptions if found for partition in found.owned)
    given = [name for share in parts.values() for name in share]
    return [name for topic, number in held if (name := f"{topic}-{number}") not in given]


def committed(turn: Turn, group: Group, client: str, part: CommitPart) -> None:
    if turn.traced:
        turn.tell(Committed(group.id, part.topic, part.partition, part.offset, client))


def parts_of(group: Group, member: Member) -> dict[str, list[int]]:
    """{topic: partitions} that the member was given, as far as they can be read."""
    if group.protocol_type != CONSUMER:
        return {}
    return {topic: sorted(numbers) for topic, numbers in by_topic(decode_assignment(member.assignment) or []).items()}


def topics_of(group: Group, member: Member) -> list[str]:
    """The topics it wants, as far as they can be read."""
    if group.protocol_type != CONSUMER:
        return []
    protocol = group.protocol if group.protocol in member.names else next(iter(member.names), None)
    subscription = decode_subscription(member.metadata(protocol))
    return sorted(subscription.topics) if subscription else []
