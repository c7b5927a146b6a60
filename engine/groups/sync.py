"""SyncGroup: the second barrier, where the leader hands in the assignment and everybody gets its part.

Behaviour
- CompletingRebalance: followers wait; the leader's request makes the group Stable, writes it down and
  answers all who wait, once the record is committed. Members it did not think of get nothing;
  members it made up are ignored.
- Stable: a member that was late, or lost its answer, is told its part.
- PreparingRebalance: REBALANCE_IN_PROGRESS, join first.
- Members that never come lose their place at ``sync_deadline`` (rebalance.py).
(Kafka: ``GroupMetadataManager.classicGroupSync``.)
"""

from __future__ import annotations

from engine.groups import telling
from engine.groups.group import Group
from engine.groups.member import Member
from engine.groups.state import ASSIGN, COMPLETING, EMPTY, PREPARING
from engine.groups.turn import Turn
from engine.machine import Origin
from engine.wire import errors
from engine.wire.messages import SyncGroupRequest, SyncGroupResponse


def sync(turn: Turn, group: Group | None, origin: Origin, request: SyncGroupRequest) -> None:
    error = _validate(group, request)
    if group is None or error != errors.NONE:
        turn.answer(origin, SyncGroupResponse(error), SyncGroupResponse(errors.COORDINATOR_NOT_AVAILABLE))
        return
    member = group.members[request.member]
    turn.heard(member, origin)
    group.unsynced.pop(member.id, None)
    if not group.unsynced:
        group.sync_deadline = None
    turn.answer_sync(member, SyncGroupResponse(errors.REBALANCE_IN_PROGRESS))  # an earlier one of the same member
    member.syncing = origin
    if group.state != COMPLETING:
        turn.answer_sync(member, _part(group, member))
    elif group.leader == member.id:
        _assign(turn, group, request.assignments)


def _validate(group: Group | None, request: SyncGroupRequest) -> int:
    if group is None or group.state == EMPTY:
        return errors.UNKNOWN_MEMBER_ID
    if error := group.check(request.member, request.instance):
        return error
    if request.generation != group.generation:
        return errors.ILLEGAL_GENERATION
    if request.protocol_type not in (None, group.protocol_type) or request.protocol not in (None, group.protocol):
        return errors.INCONSISTENT_GROUP_PROTOCOL
    return errors.REBALANCE_IN_PROGRESS if group.state == PREPARING else errors.NONE


def _assign(turn: Turn, group: Group, assignments: dict[str, bytes]) -> None:
    for member in group.members.values():
        member.assignment = bytes(assignments.get(member.id, b""))
    group.move(ASSIGN, turn.calendar_ms)
    turn.write(group)
    for member in group.members.values():
        if member.syncing is not None:
            turn.answer_sync(member, _part(group, member))
            turn.expect(member)
    telling.assigned(turn, group)


def _part(group: Group, member: Member) -> SyncGroupResponse:
    return SyncGroupResponse(assignment=member.assignment, protocol_type=group.protocol_type, protocol=group.protocol)
