"""The coordinator: which groups this broker answers for, and the way in for requests, time and loading.

Theory of operation
-------------------
A group belongs to one partition of ``__consumer_offsets`` (partition.py), and the broker that leads
it coordinates the group: it keeps the group in memory and in records of that partition. When the
leadership moves, the next leader reads the records (``load``) and goes on; members keep their ids
and their generation and get a fresh session.

Every handler is atomic: it changes state and returns a ``Result`` with the records that make the
change last. State is changed *before* the records are committed, so the broker must hold back all
answers, also those without records of their own, until everything appended to the partition before
them is below its high watermark: then no answer can show what a change of leader takes back. Kafka
does it the same way (``CoordinatorRuntime``: a read waits for the writes before it). Only what
``unload`` returns and NOT_COORDINATOR go out at once. If an append *fails* while the broker stays
leader, memory has run ahead of the log: ``load`` the partition anew.

Time is watched with one number: ``next_deadline`` is never later than the soonest deadline of any
group, maybe earlier, for heartbeats do not touch it. ``ring`` looks at all of them and sets it right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from engine.events import CoordinatorMoved
from engine.groups import admin, deadlines, join, membership, offsets, rebalance, refusals, sync
from engine.groups.group import Group
from engine.groups.loading import read
from engine.groups.member import Member
from engine.groups.records import Record
from engine.groups.snapshot import picture
from engine.groups.state import BURY, EMPTY
from engine.groups.turn import NEVER, Dice, Settings, Turn
from engine.limits import GROUP_SIZE_MAX
from engine.machine import Origin, Result
from engine.wire import errors
from engine.wire.messages import (
    DeleteGroupsRequest,
    DeleteGroupsResponse,
    DescribeGroupsRequest,
    DescribeGroupsResponse,
    HeartbeatRequest,
    JoinGroupRequest,
    JoinGroupResponse,
    LeaveGroupRequest,
    ListedGroup,
    OffsetCommitRequest,
    OffsetFetchRequest,
    OffsetFetchResponse,
    SyncGroupRequest,
    SyncGroupResponse,
)

GROUP_BYTES_MAX = 32_767  # a group's id must fit into a record's key
OfSeveral = OffsetFetchRequest | DescribeGroupsRequest | DeleteGroupsRequest
OfOneGroup = JoinGroupRequest | SyncGroupRequest | HeartbeatRequest | LeaveGroupRequest | OffsetCommitRequest


class GroupCoordinator:
    """Part of a broker; plain data like the rest of it.

    broker: its id, for events. dice: where member ids come from; it must go on from life to life.
    calendar_offset: what to add to ``now`` for timestamps; set anew when the calendar is.
    """

    def __init__(
        self,
        broker: int,
        dice: Dice,
        *,
        initial_rebalance_delay_ms: int = 3_000,
        min_session_ms: int = 6_000,
        max_session_ms: int = 1_800_000,
        max_size: int = GROUP_SIZE_MAX,
        calendar_offset: int = 0,
    ) -> None:
        self.broker = broker
        self.dice = dice
        self.settings = Settings(initial_rebalance_delay_ms, min_session_ms, max_session_ms, max_size)
        self.calendar_offset = calendar_offset
        self.traced = False
        self._led: dict[int, dict[str, Group]] = {}
        self._next = NEVER

    # --- which partitions this broker leads ---------------------------------------------------------

    def leads(self, partition: int) -> bool:
        return partition in self._led

    def load(self, now: int, partition: int, records: Iterable[Record]) -> Result:
        """This broker leads ``partition`` from here on; ``records``: all of its (key, value), in order.

        If it does so already, the groups are read anew, and nobody is told that they moved.
        """
        turn = self._turn(now, partition)
        moved = not self.leads(partition)
        turn.result.answers += self.unload(now, partition).answers
        self._led[partition] = groups = read(records)
        for group in groups.values():
            if moved:
                turn.tell(CoordinatorMoved(group.id, self.broker, partition))
            for member in group.members.values():
                turn.heard(member)
            if len(group.members) > self.settings.max_size:
                rebalance.prepare(turn, group, "failover", "")
        return self._done(turn)

    def unload(self, now: int, partition: int) -> Result:
        """It leads it no more. Whoever waits at a barrier is sent to look for the new coordinator."""
        turn = self._turn(now, partition)
        for group in self._led.pop(partition, {}).values():
            group.move(BURY, turn.calendar_ms)
            for member in group.members.values():
                turn.answer_join(member, JoinGroupResponse(errors.NOT_COORDINATOR, member=member.id))
                turn.answer_sync(member, SyncGroupResponse(errors.NOT_COORDINATOR))
        return self._done(turn)

    # --- requests -----------------------------------------------------------------------------------

    def handle(self, now: int, partition: int, origin: Origin, request: OfOneGroup | OfSeveral) -> Result:
        """Answer a request about a group, or about several that all live in ``partition``."""
        turn = self._turn(now, partition)
        groups = self._led.get(partition)
        if groups is None:
            return self._refused(turn, origin, request, errors.NOT_COORDINATOR)
        if isinstance(request, OfSeveral):
            response = self._answer_several(turn, groups, request)
            turn.answer(origin, response, self.refusal(request, errors.COORDINATOR_NOT_AVAILABLE))
            return self._done(turn)
        anonymous = not request.group and not isinstance(request, OffsetCommitRequest)
        if anonymous or len(request.group.encode()) > GROUP_BYTES_MAX:
            return self._refused(turn, origin, request, errors.INVALID_GROUP_ID)
        group = groups.get(request.group)
        match request:
            case JoinGroupRequest():
                self._join(turn, groups, origin, request)
            case SyncGroupRequest():
                sync.sync(turn, group, origin, request)
            case HeartbeatRequest():
                membership.heartbeat(turn, group, origin, request)
            case LeaveGroupRequest():
                membership.leave(turn, group, origin, request)
            case OffsetCommitRequest():
                self._commit(turn, groups, origin, request)
        return self._done(turn)

    def refusal(self, request: Any, error: int) -> Any:
        """The response to ``request`` that says ``error`` and nothing else."""
        return refusals.refusal(request, error)

    def list_groups(self, states: Sequence[str] = (), kinds: Sequence[str] = ()) -> list[ListedGroup]:
        """The groups of all partitions that this broker leads, by name; only of these states and kinds if given."""
        found: list[ListedGroup] = []
        for groups in self._led.values():
            found += filter(None, (admin.listed(group, states, kinds) for group in groups.values()))
        return sorted(found, key=lambda listed: listed.group)

    def topic_deleted(self, now: int, topic: str) -> list[Result]:
        """Offsets in it are taken back, in every partition this broker leads."""
        results = []
        for partition, groups in self._led.items():
            turn = self._turn(now, partition)
            for group in groups.values():
                offsets.forget_topic(turn, group, topic)
            if turn.result.records:
                results.append(self._done(turn))
        return results

    # --- time ---------------------------------------------------------------------------------------

    def next_deadline(self) -> int | None:
        """When to ``ring`` at the latest. None: nobody and nothing is waited for."""
        return None if self._next == NEVER else self._next

    def ring(self, now: int) -> list[Result]:
        """Do what is due, soonest first in each partition. Results that say nothing are left out."""
        if now < self._next:
            return []
        results = []
        for partition, groups in self._led.items():
            for it in deadlines.due(groups, now):
                turn = self._turn(now, partition)
                deadlines.expire(turn, it)
                if turn.result.records or turn.result.answers or turn.result.events:
                    results.append(turn.result)
        self._next = min((deadlines.soonest(groups) for groups in self._led.values()), default=NEVER)
        return results

    def end_sessions(self, now: int, connection: int) -> list[Result]:
        """Put out whoever is heard on this connection: a client that could not wait until time went on."""
        results = []
        for partition, groups in self._led.items():
            for group in groups.values():
                for member in list(group.members.values()):
                    if member.connection == connection:
                        turn = self._turn(now, partition)
                        membership.put_out(turn, group, member, "patience")
                        results.append(self._done(turn))
        return results

    # --- for people ---------------------------------------------------------------------------------

    def snapshot(self) -> list[dict[str, Any]]:
        """The groups of all partitions that this broker leads, by name (see snapshot.py)."""
        found = [picture(group, number) for number, groups in self._led.items() for group in groups.values()]
        return sorted(found, key=lambda shown: str(shown["id"]))

    def find(self, group: str) -> Group | None:
        """A group this broker coordinates, to be looked at only."""
        return next((groups[group] for groups in self._led.values() if group in groups), None)

    def members(self) -> Iterator[Member]:
        """All members of all groups of all partitions that this broker leads."""
        for groups in self._led.values():
            for group in groups.values():
                yield from group.members.values()

    # --- inside -------------------------------------------------------------------------------------

    def _turn(self, now: int, partition: int) -> Turn:
        result = Result(partition, [], [], [])
        return Turn(now, self.calendar_offset, self.settings, result, self.traced)

    def _done(self, turn: Turn) -> Result:
        self._next = min(self._next, turn.earliest)
        return turn.result

    def _refused(self, turn: Turn, origin: Origin, request: Any, error: int) -> Result:
        failure = self.refusal(request, errors.COORDINATOR_NOT_AVAILABLE)
        turn.answer(origin, self.refusal(request, error), failure)
        return self._done(turn)

    def _join(self, turn: Turn, groups: dict[str, Group], origin: Origin, request: JoinGroupRequest) -> None:
        if error := join.validate(turn, origin, request):
            join.refuse(turn, origin, error, request.member)
            return
        group = groups.get(request.group)
        if group is not None:
            join.join(turn, self.dice, group, origin, request)
        elif request.member:
            join.refuse(turn, origin, errors.UNKNOWN_MEMBER_ID, request.member)
        elif not self._make_room(turn, groups):
            join.refuse(turn, origin, errors.GROUP_MAX_SIZE_REACHED, "")
        else:
            group = Group(request.group, changed_at_ms=turn.calendar_ms)
            join.join(turn, self.dice, group, origin, request)
            if group.members or group.pending:  # or else it was refused
                groups[group.id] = group
                turn.write_new(group)

    def _commit(self, turn: Turn, groups: dict[str, Group], origin: Origin, request: OffsetCommitRequest) -> None:
        group = groups.get(request.group)
        error = offsets.may_commit(group, request)
        if group is None and not error:
            if self._make_room(turn, groups):
                group = groups[request.group] = Group(request.group, changed_at_ms=turn.calendar_ms)
            else:
                error = errors.GROUP_MAX_SIZE_REACHED
        if group is None or error:
            self._refused(turn, origin, request, error)
        else:
            offsets.commit(turn, group, origin, request)

    def _make_room(self, turn: Turn, groups: dict[str, Group]) -> bool:
        """At the limit, an empty group without offsets goes (Kafka removes those every ten minutes)."""
        if len(groups) < self.settings.groups_max:
            return True
        for group in groups.values():
            if group.state == EMPTY and not group.offsets and not group.pending:
                admin.delete(turn, group)
                del groups[group.id]
                return True
        return False

    def _answer_several(self, turn: Turn, groups: dict[str, Group], request: OfSeveral) -> Any:
        if isinstance(request, OffsetFetchRequest):
            return OffsetFetchResponse([offsets.fetch(groups.get(wanted.group), wanted) for wanted in request.groups])
        if isinstance(request, DescribeGroupsRequest):
            return DescribeGroupsResponse([admin.describe(groups.get(name), name) for name in request.groups])
        results = []
        for name in request.groups:
            error = admin.delete(turn, groups.get(name))
            if not error:
                del groups[name]
            results.append((name, error))
        return DeleteGroupsResponse(results)
