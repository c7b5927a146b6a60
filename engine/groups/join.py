"""JoinGroup: a member comes to the first barrier, for the first time or again.

Behaviour
- A newcomer without an id is given one and told to come back with it (MEMBER_ID_REQUIRED, KIP-394),
  so that a client that never got its first answer does not leave a ghost in the group. Clients
  older than that (``requires_known_member`` False) and static members are let in at once.
- A static member (KIP-345) is known by its instance id: when it comes back without a member id it
  gets a new one, its old self is fenced (FENCED_INSTANCE_ID), and in a Stable group it takes over
  its part without a rebalance, unless its wishes would change the protocol. Other topics that it
  wants now wait for the next rebalance: Kafka's own hole (KAFKA-12759), kept.
- In a Stable group only the leader's return, or changed wishes, start a rebalance: a follower that
  merely lost its answer is told the current generation again.
- A full group refuses (GROUP_MAX_SIZE_REACHED), and so does one that has handed out as many ids.
- One who joins while its earlier join still waits takes its place; the earlier one is answered with
  REBALANCE_IN_PROGRESS (Kafka leaves it without an answer, which would block its connection here).
(Kafka: ``GroupMetadataManager.classicGroupJoin``.)
"""

from __future__ import annotations

from engine.groups import telling
from engine.groups.group import Group
from engine.groups.member import Member
from engine.groups.rebalance import complete_if_ready, prepare, prepare_or_complete, welcome
from engine.groups.state import COMPLETING, EMPTY, PREPARING, STABLE
from engine.groups.turn import Dice, Turn
from engine.machine import Origin
from engine.wire import errors
from engine.wire.messages import JoinGroupRequest, JoinGroupResponse, SyncGroupResponse

CLIENT_IN_ID_MAX = 249  # characters of the client id that a member id begins with
STRING_BYTES_MAX = 32_767  # of a string in a record


def validate(turn: Turn, origin: Origin, request: JoinGroupRequest) -> int:
    """What can be said without knowing the group: an error code."""
    if not turn.settings.min_session_timeout_ms <= request.session_timeout_ms <= turn.settings.max_session_timeout_ms:
        return errors.INVALID_SESSION_TIMEOUT
    texts = [request.protocol_type, request.instance or "", request.member, origin.client, origin.host]
    texts += [name for name, _ in request.protocols]
    if any(len(text.encode()) > STRING_BYTES_MAX - CLIENT_IN_ID_MAX for text in texts):
        return errors.INVALID_REQUEST
    return errors.NONE


def join(turn: Turn, dice: Dice, group: Group, origin: Origin, request: JoinGroupRequest) -> None:
    """``validate`` has been asked."""
    if not _has_room(turn, group, request):
        known = group.members.get(request.member)
        if known is not None:
            telling.expired(turn, group, known, "rebalance")
        group.remove(request.member)
        refuse(turn, origin, errors.GROUP_MAX_SIZE_REACHED, "")
    elif not group.supports(request.protocol_type, request.protocols):
        refuse(turn, origin, errors.INCONSISTENT_GROUP_PROTOCOL, request.member)
    elif not request.member:
        _join_new(turn, dice, group, origin, request)
    elif request.member in group.pending and request.instance is None:
        _add(turn, group, origin, request, request.member)
    elif (error := group.check(request.member, request.instance)) != errors.NONE:
        refuse(turn, origin, error, request.member)
    else:
        _join_again(turn, group, origin, request)


def refuse(turn: Turn, origin: Origin, error: int, member_id: str) -> None:
    failure = JoinGroupResponse(errors.COORDINATOR_NOT_AVAILABLE, member=member_id)
    turn.answer(origin, JoinGroupResponse(error, member=member_id), failure)


def _has_room(turn: Turn, group: Group, request: JoinGroupRequest) -> bool:
    """At a rebalance those count who have come, so that the first to come stay."""
    most = turn.settings.max_size
    member = group.members.get(request.member)
    if not request.member and len(group.pending) >= most:
        return False
    if group.state == PREPARING:
        return (member is not None and member.joining is not None) or group.joined < most
    if group.state in (COMPLETING, STABLE):
        return member is not None or len(group.members) < most
    return True


def _join_new(turn: Turn, dice: Dice, group: Group, origin: Origin, request: JoinGroupRequest) -> None:
    member_id = new_member_id(dice, request.instance or origin.client)
    if request.instance is not None:
        known = group.static.get(request.instance)
        if known is None:
            _add(turn, group, origin, request, member_id)
        else:
            _replace(turn, group, origin, request, group.members[known], member_id)
    elif request.requires_known_member:
        group.pending[member_id] = turn.until(request.session_timeout_ms)
        refuse(turn, origin, errors.MEMBER_ID_REQUIRED, member_id)
    else:
        _add(turn, group, origin, request, member_id)


def new_member_id(dice: Dice, name: str) -> str:
    """``name-<a random UUID>``, as Kafka's look: never the same twice, on whichever coordinator."""
    raw = f"{dice.below(1 << 128):032x}"
    return f"{name[:CLIENT_IN_ID_MAX]}-{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:20]}-{raw[20:]}"


def _add(turn: Turn, group: Group, origin: Origin, request: JoinGroupRequest, member_id: str) -> None:
    member = Member(
        member_id,
        origin.client,
        origin.host,
        request.session_timeout_ms,
        _rebalance_timeout_ms(request),
        request.protocols,
        request.instance,
        joining=origin,
        new=True,
    )
    if group.state == PREPARING and group.previous == EMPTY:
        group.newcomers = True
    group.add(member, request.protocol_type)
    turn.heard(member, origin)
    telling.joined(turn, group, member)
    prepare_or_complete(turn, group, "joined", group.label(member_id))


def _join_again(turn: Turn, group: Group, origin: Origin, request: JoinGroupRequest) -> None:
    member = group.members[request.member]
    turn.heard(member, origin)
    same = member.protocols == request.protocols
    if group.state == STABLE and group.leader == member.id:
        _rejoin(turn, group, origin, request, member, "leader")
    elif group.state == PREPARING or not same:
        _rejoin(turn, group, origin, request, member, "metadata")
    else:
        failure = JoinGroupResponse(errors.COORDINATOR_NOT_AVAILABLE, member=member.id)
        response = welcome(group, member)
        if group.state == STABLE:
            response.members = []
        turn.answer(origin, response, failure)


def _rejoin(turn: Turn, group: Group, origin: Origin, request: JoinGroupRequest, member: Member, why: str) -> None:
    _renew(turn, origin, request, member)
    prepare_or_complete(turn, group, why, group.label(member.id))


def _renew(turn: Turn, origin: Origin, request: JoinGroupRequest, member: Member) -> None:
    """Take over what it says now, and wait at the barrier."""
    turn.answer_join(member, JoinGroupResponse(errors.REBALANCE_IN_PROGRESS, member=member.id))
    turn.answer_sync(member, SyncGroupResponse(errors.REBALANCE_IN_PROGRESS))
    member.wish(request.protocols)
    member.session_timeout_ms = request.session_timeout_ms
    member.rebalance_timeout_ms = _rebalance_timeout_ms(request)
    member.joining = origin


def _replace(turn: Turn, group: Group, origin: Origin, request: JoinGroupRequest, old: Member, member_id: str) -> None:
    """A static member is back under a new id."""
    led_by = group.leader or ""
    turn.answer_join(old, JoinGroupResponse(errors.FENCED_INSTANCE_ID, member=old.id))
    turn.answer_sync(old, SyncGroupResponse(errors.FENCED_INSTANCE_ID))
    member = Member(
        member_id,
        old.client,
        old.host,
        old.session_timeout_ms,
        old.rebalance_timeout_ms,
        old.protocols,
        old.instance,
        old.assignment,
    )
    group.replace(old, member)
    _renew(turn, origin, request, member)
    turn.heard(member, origin)
    telling.joined(turn, group, member)
    if group.state == STABLE and group.protocol == group.elect_protocol():
        response = welcome(group, member)
        # Told that its old self leads, it will not compute an assignment that nobody asked for
        # (KIP-814's flag for the same is JoinGroup v9, which we do not speak).
        response.leader, response.members = led_by, []
        turn.answer_join(member, response)
        turn.write(group)
    elif group.state in (STABLE, COMPLETING):
        prepare(turn, group, "metadata", group.label(member.id))
    else:
        complete_if_ready(turn, group)


def _rebalance_timeout_ms(request: JoinGroupRequest) -> int:
    """JoinGroup v0 has none: the session timeout serves for both."""
    return request.session_timeout_ms if request.rebalance_timeout_ms < 0 else request.rebalance_timeout_ms
