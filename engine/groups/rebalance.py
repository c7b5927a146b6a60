"""The first barrier: how a rebalance begins, whom it waits for, how it ends in a new generation.

Theory of operation
-------------------
``prepare`` opens the barrier. From then on every member's heartbeat is answered with
REBALANCE_IN_PROGRESS until it joins again. The barrier falls when all members have joined and no id
handed out is unused, or at ``join_deadline``: then the missing are put out, except static ones,
which may still be coming back. A group's very first rebalance is different: a deployment starts its
members one after the other, so it falls only after a delay that each newcomer extends, up to the
rebalance timeout.

``complete`` forms the generation and answers all joins; the second barrier (sync.py) begins.
(Kafka: ``GroupMetadataManager.java``: prepareRebalance, completeClassicGroupJoin and around.)
"""

from __future__ import annotations

from engine.groups import telling
from engine.groups.group import Group
from engine.groups.member import Member
from engine.groups.state import COMPLETING, EMPTY, FORM, PREPARING, REBALANCE, STABLE, VACATE
from engine.groups.turn import Turn
from engine.wire import errors
from engine.wire.messages import JoinedMember, JoinGroupResponse, SyncGroupResponse


def prepare(turn: Turn, group: Group, why: str, who: str) -> None:
    """Begin a rebalance. why, who: for the event (engine/events/, RebalanceStarted)."""
    if group.state == COMPLETING:
        for member in group.members.values():
            member.assignment = b""
            waited = member.syncing is not None
            turn.answer_sync(member, SyncGroupResponse(errors.REBALANCE_IN_PROGRESS))
            if waited:
                turn.expect(member)
    group.unsynced.clear()
    group.sync_deadline = None
    initial = group.state == EMPTY
    group.move(REBALANCE, turn.calendar_ms)
    telling.rebalancing(turn, group, why, who)
    if not initial:
        group.join_deadline = turn.until(group.rebalance_timeout_ms)
        complete_if_all_joined(turn, group)
    elif (delay_ms := turn.settings.initial_rebalance_delay_ms) <= 0:
        complete(turn, group)
    else:
        group.newcomers = False
        group.delay_left_ms = max(group.rebalance_timeout_ms - delay_ms, 0)
        group.join_deadline = turn.until(delay_ms)


def prepare_or_complete(turn: Turn, group: Group, why: str, who: str) -> None:
    """Something changed: begin a rebalance, or see whether it was what the one under way waited for."""
    if group.state in (EMPTY, COMPLETING, STABLE):
        prepare(turn, group, why, who)
    else:
        complete_if_ready(turn, group)


def complete_if_ready(turn: Turn, group: Group) -> None:
    """Let the barrier fall if everybody is there. An initial rebalance sits out its delay all the same."""
    if group.previous != EMPTY:
        complete_if_all_joined(turn, group)


def complete_if_all_joined(turn: Turn, group: Group) -> None:
    if group.state == PREPARING and group.all_joined:
        complete(turn, group)


def join_deadline_passed(turn: Turn, group: Group) -> None:
    """The initial delay or the rebalance timeout is over."""
    group.join_deadline = None
    if group.previous == EMPTY and group.newcomers and group.delay_left_ms:
        group.newcomers = False
        delay_ms = min(turn.settings.initial_rebalance_delay_ms, group.delay_left_ms)
        group.delay_left_ms -= delay_ms
        group.join_deadline = turn.until(delay_ms)
    else:
        complete(turn, group)


def complete(turn: Turn, group: Group) -> None:
    """The barrier falls."""
    group.join_deadline = None
    for member in [m for m in group.members.values() if m.joining is None and m.instance is None]:
        telling.expired(turn, group, member, "rebalance")
        group.remove(member.id)
    if group.members and not group.elect():  # all static, none has joined: their places are kept
        group.join_deadline = turn.until(group.rebalance_timeout_ms)
        return
    group.generation += 1
    group.unsynced.clear()
    if not group.members:
        group.protocol = None
        group.move(VACATE, turn.calendar_ms)
        turn.write(group)
        telling.emptied(turn, group)
        return
    group.protocol = group.elect_protocol()
    group.move(FORM, turn.calendar_ms)
    telling.formed(turn, group)
    for member in group.members.values():
        turn.answer_join(member, welcome(group, member))
        member.new = False
        turn.expect(member)
        group.unsynced[member.id] = None
    group.sync_deadline = turn.until(group.rebalance_timeout_ms)


def sync_deadline_passed(turn: Turn, group: Group) -> None:
    """Those who never asked for their part are put out; the others start over."""
    group.sync_deadline = None
    silent = [group.members[member_id] for member_id in group.unsynced]
    if not silent:
        return
    who = group.label(silent[0].id)
    for member in silent:
        telling.expired(turn, group, member, "rebalance")
        group.remove(member.id)
    prepare(turn, group, "expired", who)


def welcome(group: Group, member: Member) -> JoinGroupResponse:
    """What a member of the current generation is told; the leader, whom to assign to as well."""
    leads = group.leader == member.id
    return JoinGroupResponse(
        generation=group.generation,
        protocol_type=group.protocol_type,
        protocol=group.protocol,
        leader=group.leader or "",
        member=member.id,
        members=roster(group) if leads else [],
    )


def roster(group: Group) -> list[JoinedMember]:
    return [JoinedMember(m.id, m.metadata(group.protocol), m.instance) for m in group.members.values()]


def drop(turn: Turn, group: Group, member: Member) -> None:
    """Put a member out; what it waits for at a barrier is answered. The caller sees to the others."""
    turn.answer_join(member, JoinGroupResponse(errors.UNKNOWN_MEMBER_ID))
    turn.answer_sync(member, SyncGroupResponse(errors.UNKNOWN_MEMBER_ID))
    group.remove(member.id)
