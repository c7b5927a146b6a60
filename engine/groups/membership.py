"""Heartbeat, LeaveGroup and silence: how a coordinator knows who is still there.

Behaviour
- A heartbeat begins the member's session anew. Its answer is how a member learns that the group
  rebalances (REBALANCE_IN_PROGRESS: join again) or went on without it (UNKNOWN_MEMBER_ID,
  ILLEGAL_GENERATION). A closed connection says nothing: the session alone decides.
- Leaving is answered member by member; an admin may put static members out by their instance id.
- Silence for the session timeout puts a member out, except while it waits at a barrier: then it is the
  coordinator that owes a word. A new member's place lapses even then, for it may be long gone.
(Kafka: ``GroupMetadataManager``: classicGroupHeartbeat, classicGroupLeave, expireClassicGroupMemberHeartbeat.)
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.groups import telling
from engine.groups.group import Group
from engine.groups.member import Member
from engine.groups.rebalance import complete_if_all_joined, complete_if_ready, drop, prepare_or_complete
from engine.groups.state import COMPLETING, PREPARING, STABLE
from engine.groups.turn import Turn
from engine.machine import Origin
from engine.wire import errors
from engine.wire.messages import (
    HeartbeatRequest,
    HeartbeatResponse,
    LeaveGroupRequest,
    LeaveGroupResponse,
    Leaver,
    LeftMember,
)


def heartbeat(turn: Turn, group: Group | None, origin: Origin, request: HeartbeatRequest) -> None:
    error = errors.UNKNOWN_MEMBER_ID if group is None else group.check(request.member, request.instance)
    if group is not None and error == errors.NONE:
        if request.generation != group.generation:
            error = errors.ILLEGAL_GENERATION
        else:
            turn.heard(group.members[request.member], origin)
            error = errors.REBALANCE_IN_PROGRESS if group.state == PREPARING else errors.NONE
    turn.answer(origin, HeartbeatResponse(error), HeartbeatResponse(errors.COORDINATOR_NOT_AVAILABLE))


def leave(turn: Turn, group: Group | None, origin: Origin, request: LeaveGroupRequest) -> None:
    gone = []
    answers = []
    for leaver in request.members:
        error, label = (errors.UNKNOWN_MEMBER_ID, "") if group is None else _leave(turn, group, leaver)
        answers.append(LeftMember(leaver.member, leaver.instance, error))
        if error == errors.NONE:
            gone.append(label)
    turn.answer(origin, LeaveGroupResponse(members=answers), LeaveGroupResponse(errors.COORDINATOR_NOT_AVAILABLE))
    if group is None or not gone:
        return
    if group.state in (STABLE, COMPLETING):
        prepare_or_complete(turn, group, "left", next(filter(None, gone), ""))
    elif group.state == PREPARING:
        complete_if_ready(turn, group)


def _leave(turn: Turn, group: Group, leaver: Leaver) -> tuple[int, str]:
    """An error code, and how people call the one who left."""
    member_id = leaver.member
    if not member_id:
        member_id = group.static.get(leaver.instance or "", "")
    elif member_id in group.pending:
        group.remove(member_id)
        return errors.NONE, ""
    if error := group.check(member_id, leaver.instance):
        return error, ""
    member, label = group.members[member_id], group.label(member_id)
    telling.left(turn, group, member)
    drop(turn, group, member)
    return errors.NONE, label


# --- silence ----------------------------------------------------------------------------------------


def session_passed(turn: Turn, group: Group, member: Member) -> None:
    """Its deadline came."""
    if member.waits:
        member.deadline = None
        return
    put_out(turn, group, member, "session")


@dataclass(slots=True)
class EndSessions:
    """An order to a coordinator: whoever is heard on this connection believes, by its own clock, to be out."""

    connection: int


def put_out(turn: Turn, group: Group, member: Member, why: str) -> None:
    """why: as in the event (telling.expired)."""
    label = group.label(member.id)
    telling.expired(turn, group, member, why)
    drop(turn, group, member)
    if group.state in (STABLE, COMPLETING):
        prepare_or_complete(turn, group, "expired", label)
    else:
        complete_if_all_joined(turn, group)


def pending_passed(turn: Turn, group: Group, member_id: str) -> None:
    """An id that was handed out was never used: nobody has to wait for it any longer."""
    group.remove(member_id)
    complete_if_all_joined(turn, group)
