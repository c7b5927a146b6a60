"""A group as plain JSON-able data, for the stage and for tests: what is agreed on, not who waits for what."""

from __future__ import annotations

from typing import Any

from engine.groups.group import Group
from engine.groups.member import Member
from engine.groups.telling import parts_of, topics_of


def picture(group: Group, partition: int) -> dict[str, Any]:
    """partition: the one of ``__consumer_offsets`` it lives in. committed: {topic: {partition: offset}}."""
    committed: dict[str, dict[int, int]] = {}
    for topic, number in sorted(group.offsets):
        committed.setdefault(topic, {})[number] = group.offsets[topic, number].offset
    return {
        "id": group.id,
        "partition": partition,
        "state": group.state,
        "generation": group.generation,
        "protocol_type": group.protocol_type or "",
        "protocol": group.protocol or "",
        "leader": group.leader or "",
        "members": [_member(group, member) for member in group.members.values()],
        "committed": committed,
    }


def _member(group: Group, member: Member) -> dict[str, Any]:
    """heartbeat_at: when it was heard of last, in virtual nanoseconds."""
    return {
        "member": member.id,
        "client": member.client,
        "host": member.host,
        "instance": member.instance,
        "topics": topics_of(group, member),
        "assigned": parts_of(group, member),
        "heartbeat_at": member.heard_at,
        "session_ms": member.session_timeout_ms,
        "rebalance_ms": member.rebalance_timeout_ms,
    }
