"""One turn of the coordinator: what it was asked at one moment, and the result that builds up.

A handler changes its group at once and leaves in the turn's ``Result`` what must follow: records to
append, answers, events. The broker releases the answers when everything appended before them, the
records of this very turn included, is below the high watermark; so nobody is told what a change of
leader could take back. If the records are not kept, each answer's ``failure`` goes out instead: the
same kind of answer with COORDINATOR_NOT_AVAILABLE, upon which clients look for the coordinator
again and repeat.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from engine.events import Event
from engine.groups.group import Group, Offset
from engine.groups.member import Member
from engine.groups.records import Record, group_record, group_tombstone, offset_record
from engine.groups.state import EMPTY, STABLE
from engine.limits import GROUP_SIZE_MAX, GROUPS_PER_PARTITION_MAX
from engine.machine import MILLISECOND, Answered, Origin, Result
from engine.wire import errors
from engine.wire.messages import JoinGroupResponse, SyncGroupResponse

NEVER = 1 << 63


class Dice(Protocol):
    """A named stream of randomness (engine/world/dice.py)."""

    def below(self, n: int) -> int: ...


@dataclass(slots=True)
class Settings:
    """Named as Kafka's ``group.*`` and ``offset.*`` settings; times in milliseconds.

    max_size: members of one group, and as many ids handed out and not used yet.
    new_member_join_timeout_ms: how long a new member's place is kept while it waits for the others.
    """

    initial_rebalance_delay_ms: int
    min_session_timeout_ms: int
    max_session_timeout_ms: int
    max_size: int = GROUP_SIZE_MAX
    groups_max: int = GROUPS_PER_PARTITION_MAX
    new_member_join_timeout_ms: int = 300_000
    metadata_max: int = 4_096


@dataclass(slots=True)
class Turn:
    """earliest: the soonest deadline set in this turn, NEVER if none was. traced: tell traffic too."""

    now: int
    calendar_offset: int
    settings: Settings
    result: Result
    traced: bool = False
    earliest: int = NEVER

    @property
    def calendar_ms(self) -> int:
        return (self.now + self.calendar_offset) // MILLISECOND

    def until(self, ms: int) -> int:
        """A deadline ``ms`` from now: at least one, so that what sets itself anew cannot stand still."""
        deadline = self.now + max(ms, 1) * MILLISECOND
        self.earliest = min(self.earliest, deadline)
        return deadline

    def heard(self, member: Member, origin: Origin | None = None) -> None:
        """It said something, at ``origin``; None: it is only taken to be there."""
        member.heard_at = self.now
        if origin is not None:
            member.connection = origin.connection
        self.expect(member)

    def expect(self, member: Member) -> None:
        """Its session begins anew: it said something, or has been told something to act upon."""
        timeout_ms = self.settings.new_member_join_timeout_ms if member.new else member.session_timeout_ms
        member.deadline = self.until(timeout_ms)

    # --- what goes into the result -----------------------------------------------------------------

    def answer(self, origin: Origin, response: Any, failure: Any) -> None:
        self.result.answers.append(Answered(origin, response, failure))

    def answer_join(self, member: Member, response: JoinGroupResponse) -> None:
        """Answer the join that waits, if one does."""
        if member.joining is not None:
            failure = JoinGroupResponse(errors.COORDINATOR_NOT_AVAILABLE, member=response.member)
            self.answer(member.joining, response, failure)
            member.joining = None

    def answer_sync(self, member: Member, response: SyncGroupResponse) -> None:
        """Answer the sync that waits, if one does."""
        if member.syncing is not None:
            self.answer(member.syncing, response, SyncGroupResponse(errors.COORDINATOR_NOT_AVAILABLE))
            member.syncing = None

    def record(self, record: Record) -> None:
        self.result.records.append(record)

    def write(self, group: Group) -> None:
        """Write the group down as it is, between two rebalances."""
        assert group.state in (EMPTY, STABLE)
        self.record(group_record(group))

    def write_new(self, group: Group) -> None:
        """Write down that the group exists, whatever it is at the moment: empty, generation 0."""
        self.record(group_record(Group(group.id, changed_at_ms=self.calendar_ms)))

    def write_offset(self, group: Group, topic: str, partition: int, offset: Offset | None) -> None:
        self.record(offset_record(group.id, topic, partition, offset))

    def write_tombstone(self, group: Group) -> None:
        self.record(group_tombstone(group.id))

    def tell(self, event: Event) -> None:
        self.result.events.append(event)
