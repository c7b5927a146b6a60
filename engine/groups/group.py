"""A group: its members, its generation and its offsets. Bookkeeping only; who decides is in the files beside.

Everything that iterates does so in the order in which members joined: the first is the leader, and
results are the same in every run. (Kafka: ``ClassicGroup.java``.)
"""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.groups.member import Member, Protocols
from engine.groups.state import EMPTY, after
from engine.wire import errors


@dataclass(slots=True)
class Offset:
    """A committed position: the next offset to read. at_ms: calendar time of the commit."""

    offset: int
    leader_epoch: int = -1
    metadata: str = ""
    at_ms: int = 0


@dataclass(slots=True)
class Group:
    """previous: the state before this one. members: by id, in order of joining. static: ids by instance.

    pending: ids handed out and not yet used (KIP-394), with the time at which they lapse.
    unsynced: members of this generation who have not asked for their part yet.
    join_deadline: when the first barrier falls; sync_deadline: the second; None: nobody waits there.
    delay_left_ms: how much longer an initial rebalance may be put off for more members to come.
    """

    id: str
    state: str = EMPTY
    previous: str = EMPTY
    generation: int = 0
    protocol_type: str | None = None
    protocol: str | None = None
    leader: str | None = None
    changed_at_ms: int = -1  # calendar time of the last transition
    members: dict[str, Member] = field(default_factory=dict)
    static: dict[str, str] = field(default_factory=dict)
    pending: dict[str, int] = field(default_factory=dict)
    unsynced: dict[str, None] = field(default_factory=dict)
    join_deadline: int | None = None
    sync_deadline: int | None = None
    delay_left_ms: int = 0
    newcomers: bool = False  # somebody joined during the initial delay
    offsets: dict[tuple[str, int], Offset] = field(default_factory=dict)

    def move(self, step: str, at_ms: int) -> None:
        """Take one step of the table in state.py."""
        self.previous, self.state = self.state, after(self.id, self.state, step)
        self.changed_at_ms = at_ms

    # --- members ------------------------------------------------------------------------------------

    def add(self, member: Member, protocol_type: str) -> None:
        assert member.id not in self.members
        assert member.instance is None or member.instance not in self.static
        if member.instance is not None:
            self.static[member.instance] = member.id
        if not self.members:
            self.protocol_type = protocol_type
        self.members[member.id] = member
        self.pending.pop(member.id, None)
        if self.leader is None:
            self.leader = member.id

    def remove(self, member_id: str) -> None:
        """Forget a member or a pending id. The next in line inherits the lead."""
        member = self.members.pop(member_id, None)
        if member is not None and member.instance is not None:
            del self.static[member.instance]
        self.pending.pop(member_id, None)
        self.unsynced.pop(member_id, None)
        if self.leader == member_id:
            self.leader = next(iter(self.members), None)

    def replace(self, old: Member, new: Member) -> None:
        """``new`` takes over the place, the part and, if it was his, the lead of ``old``."""
        self.members = {new.id if m.id == old.id else m.id: new if m.id == old.id else m for m in self.members.values()}
        self.unsynced.pop(old.id, None)
        if new.instance is not None:
            self.static[new.instance] = new.id
        if self.leader == old.id:
            self.leader = new.id

    def check(self, member_id: str, instance: str | None) -> int:
        """Is the sender who it says it is? An error code."""
        if instance is not None:
            known = self.static.get(instance)
            if known is None:
                return errors.UNKNOWN_MEMBER_ID
            if known != member_id:
                return errors.FENCED_INSTANCE_ID
        return errors.NONE if member_id in self.members else errors.UNKNOWN_MEMBER_ID

    @property
    def joined(self) -> int:
        """How many wait at the first barrier."""
        return sum(member.joining is not None for member in self.members.values())

    @property
    def all_joined(self) -> bool:
        return not self.pending and all(member.joining is not None for member in self.members.values())

    @property
    def rebalance_timeout_ms(self) -> int:
        return max((member.rebalance_timeout_ms for member in self.members.values()), default=0)

    def elect(self) -> bool:
        """See that the leader is one who has joined; False if nobody has."""
        if self.leader is None:
            return False
        if self.members[self.leader].joining is not None:
            return True
        joined = next((member.id for member in self.members.values() if member.joining is not None), None)
        if joined is None:
            return False
        self.leader = joined
        return True

    # --- protocols ----------------------------------------------------------------------------------

    def supports(self, protocol_type: str, protocols: Protocols) -> bool:
        """Would somebody with these have one in common with everybody?"""
        if self.state == EMPTY:
            return bool(protocol_type) and bool(protocols)
        if protocol_type != self.protocol_type:
            return False
        common = self.common()
        return any(not self.members or name in common for name, _ in protocols)

    def common(self) -> list[str]:
        """The protocols that all members know."""
        votes: dict[str, int] = {}
        for member in self.members.values():
            for name in member.names:
                votes[name] = votes.get(name, 0) + 1
        return [name for name, count in votes.items() if count == len(self.members)]

    def elect_protocol(self) -> str:
        """Each member votes for the one it likes best of those all know; the first with most votes wins."""
        common = self.common()
        votes: dict[str, int] = {}
        for member in self.members.values():
            vote = next(name for name in member.names if name in common)
            votes[vote] = votes.get(vote, 0) + 1
        return max(votes, key=lambda name: votes[name])

    # --- for people ---------------------------------------------------------------------------------

    def label(self, member_id: str) -> str:
        return self.labels()[member_id]

    def labels(self) -> dict[str, str]:
        """{member id: its client id}, or the member id again where several share a client id or have none."""
        counts: dict[str, int] = {}
        for member in self.members.values():
            counts[member.client] = counts.get(member.client, 0) + 1
        return {m.id: m.client if m.client and counts[m.client] == 1 else m.id for m in self.members.values()}
