"""Invariant 19: groups, as their coordinators see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.events import AssignmentMade
from engine.machine import Effects, Request
from engine.simulation.invariants import Invariant
from engine.wire.messages import HeartbeatRequest, OffsetCommitRequest

if TYPE_CHECKING:
    from engine.groups.group import Group
    from engine.simulation.watch import Watch


class GroupsAreSound(Invariant):
    """19: a partition has at most one owner in a group; only members of the present generation commit.

    That committed offsets survive failovers is checked when all is over (harness.py).
    """

    number = 19
    asks = (OffsetCommitRequest, HeartbeatRequest)

    def __init__(self) -> None:
        # As last seen, with the very group it was seen of: a coordinator that loads makes new ones.
        self.offsets: dict[tuple[int, str], tuple[Group, dict[tuple[str, int], int]]] = {}

    def answered(self, watch: Watch, broker: Any, request: Request, effects: Effects) -> None:
        body = request.body
        group = _group(broker, body.group) if hasattr(broker, "groups") else None
        if group is None:
            return
        offsets = {key: offset.offset for key, offset in group.offsets.items()}
        if body.__class__ is OffsetCommitRequest and body.generation >= 0:
            valid = body.member in group.members and body.generation == group.generation
            seen, before = self.offsets.get((broker.broker, body.group), (group, offsets))
            if not valid and seen is group and offsets != before:
                raise self.fail(f"{body} was taken; the group is in generation {group.generation}")
        self.offsets[broker.broker, body.group] = (group, offsets)

    def told(self, event: AssignmentMade) -> None:
        owners: dict[str, str] = {}
        for member, partitions in event.assignments.items():
            for partition in partitions:
                if owners.setdefault(partition, member) != member:
                    raise self.fail(f"{partition} of {event.group} belongs to {owners[partition]} and {member}")


def _group(broker: Any, name: str) -> Group | None:
    for groups in broker.groups._led.values():
        if name in groups:
            found: Group = groups[name]
            return found
    return None
