"""A consumer's membership of its group: the client's half of the classic rebalance protocol.

Theory of operation (Kafka's ``AbstractCoordinator``)
-----------------------------------------------------
Joining takes two requests. JoinGroup says what the member wants; the coordinator holds the answers
back until all members have asked, so all get them together: that is the barrier, and a new generation.
One of them, the leader, is told everybody's wishes and computes who reads what. SyncGroup brings its
result to the coordinator and everybody's share back.

A member learns of the next rebalance from a heartbeat (REBALANCE_IN_PROGRESS), but takes part only
when its application polls: a consumer stuck in its work is *summoned* and does not come, and all others
wait for it until the rebalance timeout. Taking part is eager: commit, give everything up, join anew. (In the
cooperative protocol it keeps what it has while it joins; cooperative.py.)

The states, and what leads from one to the next::

    OUT        no member, or its generation is lost        SUMMONED  a member of a generation that ends
    REVOKING   committing before all is given up           STABLE    has its partitions
    JOINING    JoinGroup is asked, or will be              LEAVING   committing, then saying goodbye
    ASSIGNING  leads, and computes who reads what          LEFT      the end
    SYNCING    SyncGroup is asked

``expelled`` means that the coordinator does not know the member or its generation any more: what it
held may belong to somebody else, so it is dropped without a commit. An event that no line of the table
allows is a bug and says so.
"""

from __future__ import annotations

from engine.clients.timing import Backoff
from engine.machine import MILLISECOND
from engine.wire import errors
from engine.wire.messages import JoinedMember, JoinGroupRequest, JoinGroupResponse, SyncGroupRequest

OUT, REVOKING, JOINING, ASSIGNING, SYNCING = "out", "revoking", "joining", "assigning", "syncing"
STABLE, SUMMONED, LEAVING, LEFT = "stable", "summoned", "leaving", "left"

TRANSITIONS: dict[str, dict[str, str]] = {
    "poll": {OUT: JOINING, SUMMONED: REVOKING},
    "revoked": {REVOKING: JOINING},
    "shed": {STABLE: REVOKING},  # cooperative: the new assignment takes something away
    "elected": {JOINING: ASSIGNING},
    "joined": {JOINING: SYNCING},
    "assigned": {ASSIGNING: SYNCING},
    "synced": {SYNCING: STABLE},
    "rebalance": {STABLE: SUMMONED, SUMMONED: SUMMONED, REVOKING: REVOKING, SYNCING: JOINING},
    "retry": {JOINING: JOINING, SYNCING: JOINING},
    "expelled": {
        STABLE: OUT, SUMMONED: OUT, REVOKING: OUT, OUT: OUT, JOINING: JOINING, ASSIGNING: JOINING, SYNCING: JOINING,
        LEAVING: LEFT,
    },
    "leave": {
        OUT: LEAVING, REVOKING: LEAVING, JOINING: LEAVING, ASSIGNING: LEAVING, SYNCING: LEAVING, STABLE: LEAVING,
        SUMMONED: LEAVING,
    },
    "left": {LEAVING: LEFT},
}  # fmt: skip

# In these it belongs to a generation and says so every heartbeat interval.
BEATING = (STABLE, SUMMONED, REVOKING)
# In these it holds partitions.
HOLDING = (STABLE, SUMMONED, REVOKING, LEAVING)

# JoinGroup and SyncGroup: told these, ask again at once (the first time).
AT_ONCE = (errors.MEMBER_ID_REQUIRED, errors.UNKNOWN_MEMBER_ID, errors.ILLEGAL_GENERATION, errors.REBALANCE_IN_PROGRESS)


class IllegalTransition(AssertionError):
    """An event that cannot happen in this state."""


class Membership:
    """member: "" until the coordinator gave an id. generation: -1 while it belongs to none."""

    def __init__(self, name: str, group: str, *, session_ms: int, rebalance_ms: int, heartbeat_ms: int) -> None:
        self.name, self.group = name, group
        self.session_ms, self.rebalance_ms, self.heartbeat_ms = session_ms, rebalance_ms, heartbeat_ms
        self.state = OUT
        self.member = ""
        self.generation = -1
        self.protocol = ""
        self.leads = False
        self.roster: list[JoinedMember] = []  # the leader's: everybody's wishes
        self.trouble = ""  # why the coordinator does not let it in, by Kafka's error name
        self.backoff = Backoff()
        self.asked = 0  # number of the JoinGroup or SyncGroup under way, 0 if none
        self.beat_at = 0  # when the next heartbeat is due
        self.beating = False  # one is under way
        self.heard_at = 0  # when a heartbeat was answered last
        self._number = 0

    def step(self, event: str) -> None:
        """Let ``event`` lead to the next state."""
        after = TRANSITIONS[event].get(self.state)
        if after is None:
            raise IllegalTransition(f"{event} happened to {self.name}, member of {self.group}, while {self.state}")
        if after != self.state or after == JOINING:
            self.asked = 0  # an answer still to come is for another state
        self.state = after

    def allows(self, event: str) -> bool:
        return self.state in TRANSITIONS[event]

    def next_number(self) -> int:
        """Name a request, so that its answer is taken for no other's."""
        self._number += 1
        self.asked = self._number
        return self._number

    # --- requests -----------------------------------------------------------------------------------

    def join_request(self, assignor: str, subscription: bytes) -> JoinGroupRequest:
        return JoinGroupRequest(
            self.group, self.session_ms, self.rebalance_ms, self.member, "consumer", [(assignor, subscription)],
            requires_known_member=True,
        )  # fmt: skip

    def sync_request(self, assignments: dict[str, bytes]) -> SyncGroupRequest:
        return SyncGroupRequest(
            self.group, self.generation, self.member, assignments, protocol_type="consumer", protocol=self.protocol
        )

    # --- what happened ------------------------------------------------------------------------------

    def join_answered(self, now: int, body: JoinGroupResponse | None) -> int:
        """Take the answer to JoinGroup. Returns the error, for whoever must heed it."""
        self.asked = 0
        if body is None:
            return self._try_again(now, errors.NETWORK_EXCEPTION)
        if body.error:
            if body.error == errors.MEMBER_ID_REQUIRED and not self.member:  # KIP-394: first an id, then a place
                self.member = body.member
                return errors.NONE
            return self._try_again(now, body.error)
        self.member, self.generation, self.protocol = body.member, body.generation, body.protocol or ""
        self.leads = body.leader == body.member
        self.roster = body.members if self.leads else []
        self.trouble = ""
        self.step("elected" if self.leads else "joined")
        return errors.NONE

    def sync_failed(self, now: int, error: int) -> int:
        return self._try_again(now, error)

    def stabilise(self, now: int) -> None:
        self.asked = 0
        self.step("synced")
        self.backoff.succeeded()
        self.beat_at, self.heard_at, self.beating = now + self.heartbeat_ms * MILLISECOND, now, False

    def forget(self, error: int = errors.UNKNOWN_MEMBER_ID) -> None:
        """Not a member of that generation any more; after ILLEGAL_GENERATION the id is still good."""
        self.generation = -1
        self.leads = False
        self.roster = []
        if error != errors.ILLEGAL_GENERATION:
            self.member = ""

    def due(self) -> tuple[int, ...]:
        if self.state in BEATING:  # the next beat also while one is under way: or two alarms a beat would be set
            return self.beat_at, *((self.heard_at + self.session_ms * MILLISECOND,) if self.beating else ())
        return (self.backoff.until,) if self.state in (JOINING, SYNCING) else ()

    def _try_again(self, now: int, error: int) -> int:
        self.step("retry")
        if error in (errors.UNKNOWN_MEMBER_ID, errors.ILLEGAL_GENERATION, errors.FENCED_INSTANCE_ID):
            self.forget(error)
        self.backoff.failed(now)
        if error in AT_ONCE and self.backoff.attempts == 1:
            self.backoff.until = now
        self.trouble = errors.error_name(error)
        return error
