"""DescribeGroups, ListGroups, DeleteGroups: what an administrator sees and does.

Behaviour
- A group that does not exist is described as Dead, without an error. Wishes are shown only of a
  Stable group, for before that they are on the move.
- A group is deleted with all its offsets, if it has no members (NON_EMPTY_GROUP).
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.groups.group import Group
from engine.groups.state import BURY, DEAD, EMPTY, STABLE
from engine.groups.turn import Turn
from engine.wire import errors
from engine.wire.messages import DescribedGroup, DescribedMember, ListedGroup

CLASSIC = "classic"


def describe(group: Group | None, name: str) -> DescribedGroup:
    if group is None:
        return DescribedGroup(name, state=DEAD)
    stable = group.state == STABLE
    members = [
        DescribedMember(
            member.id,
            member.client,
            member.host,
            member.metadata(group.protocol) if stable else b"",
            member.assignment,
            member.instance,
        )
        for member in group.members.values()
    ]
    protocol = (group.protocol or "") if stable else ""
    return DescribedGroup(name, errors.NONE, group.state, group.protocol_type or "", protocol, members)


def listed(group: Group, states: Sequence[str], kinds: Sequence[str]) -> ListedGroup | None:
    """None if it is not among what was asked for, upper and lower case being the same; nothing asked for: all."""
    if states and group.state.lower() not in [state.lower() for state in states]:
        return None
    if kinds and CLASSIC not in [kind.lower() for kind in kinds]:
        return None
    return ListedGroup(group.id, group.protocol_type or "", group.state)


def delete(turn: Turn, group: Group | None) -> int:
    """Write the group's end; the caller forgets it. An error code."""
    if group is None:
        return errors.GROUP_ID_NOT_FOUND
    if group.state != EMPTY:
        return errors.NON_EMPTY_GROUP
    for topic, partition in group.offsets:
        turn.write_offset(group, topic, partition, None)
    turn.write_tombstone(group)
    group.move(BURY, turn.calendar_ms)
    return errors.NONE
