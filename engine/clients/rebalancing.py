"""A member's talk with its coordinator: JoinGroup, SyncGroup, heartbeats, LeaveGroup.

``Membership`` knows what state the member is in and what may follow; this sends what each state calls
for and takes the answers. What the consumer must act upon it finds in ``fresh`` (new partitions, to be
taken) and ``dropped`` (all it held is lost, without a commit).

The leader also watches the topics of its group: when one gains partitions, appears or goes away, it
calls for a rebalance (only the leader does, as in Kafka).
"""

from __future__ import annotations

from engine.clients import assigning
from engine.clients.coordinator import CoordinatorFinder
from engine.clients.membership import ASSIGNING, BEATING, JOINING, LEAVING, STABLE, SYNCING, Membership
from engine.clients.metadata import Metadata
from engine.clients.timing import RETRY_BACKOFF_MS
from engine.groups.protocol import TopicPartition, decode_assignment
from engine.machine import MILLISECOND, Effect
from engine.peers import Answer, Peers
from engine.wire import errors
from engine.wire.messages import (
    HeartbeatRequest,
    HeartbeatResponse,
    LeaveGroupRequest,
    Leaver,
    SyncGroupResponse,
)

JOIN, SYNC, HEARTBEAT, LEAVE = "join_group", "sync_group", "heartbeat", "leave_group"

# The coordinator is gone, or is another one.
GONE = (errors.NETWORK_EXCEPTION, errors.NOT_COORDINATOR, errors.COORDINATOR_NOT_AVAILABLE, errors.REQUEST_TIMED_OUT)
# The coordinator does not know this member, or not in this generation.
LOST = (errors.UNKNOWN_MEMBER_ID, errors.ILLEGAL_GENERATION, errors.FENCED_INSTANCE_ID)


class Rebalancing:
    """assignor: "range", "roundrobin", "sticky" or "cooperative-sticky". topics: what this member wants.

    peers: to the coordinator. join_peers: to it too, for JoinGroup: with the patience of a rebalance.
    """

    def __init__(
        self, membership: Membership, assignor: str, topics: list[str], metadata: Metadata,
        coordinator: CoordinatorFinder, peers: Peers, join_peers: Peers,
    ) -> None:  # fmt: skip
        self.membership, self.metadata, self.coordinator = membership, metadata, coordinator
        self.assignor, self.topics = assignor, topics
        self.peers, self.join_peers = peers, join_peers
        self.fresh: list[TopicPartition] | None = None
        self.dropped = False
        self._held: list[TopicPartition] = []  # in the generation ``_held_in``: what sticky likes to keep
        self._held_in = -1
        self._shares: dict[str, bytes] = {}  # the leader's result, for SyncGroup
        self._counts: dict[str, int] = {}  # partitions by topic, as the leader's result assumed

    # --- asking -------------------------------------------------------------------------------------

    def go_on(self, now: int, effects: list[Effect]) -> None:
        member = self.membership
        if member.state == ASSIGNING:
            self._assign()
        if member.state == JOINING or member.state == SYNCING:
            self._join_or_sync(now, effects)
        elif member.state in BEATING:
            if member.state == STABLE and member.leads and self._topics_changed():
                member.step("rebalance")
            self._beat(now, effects)

    def goodbye(self, now: int, effects: list[Effect]) -> None:
        """All is committed: leave the group."""
        member, node = self.membership, self.coordinator.node
        if not member.member:
            member.step("left")
        elif node is not None and not member.asked:
            effects += self.peers.ask(now, node, self._leave_request(), (LEAVE, member.next_number()))

    def walk_out(self, now: int, effects: list[Effect]) -> None:
        """The application has not polled for too long: leave, whatever becomes of it."""
        node = self.coordinator.node
        if node is not None:
            effects += self.peers.ask(now, node, self._leave_request(), (LEAVE, -1))
        self._expel(errors.UNKNOWN_MEMBER_ID)

    def _assign(self) -> None:
        """We lead: compute who reads what, once all topics that anybody wants are known."""
        member = self.membership
        wanted = assigning.wanted_topics(member.roster)
        for topic in wanted:
            self.metadata.want(topic)
        if all(self.metadata.known(topic) for topic in wanted):
            self._counts = {topic: self.metadata.partitions(topic) for topic in wanted}
            self._shares = assigning.assign(member.protocol, member.roster, self.metadata)
            member.step("assigned")

    def _join_or_sync(self, now: int, effects: list[Effect]) -> None:
        member, node = self.membership, self.coordinator.node
        if node is None or member.asked or not member.backoff.ready(now):
            return
        if member.state == JOINING:
            wishes = assigning.wishes(self.assignor, self.topics, self._held, self._held_in)
            body = member.join_request(self.assignor, wishes)
            effects += self.join_peers.ask(now, node, body, (JOIN, member.next_number()))
        else:
            sync = member.sync_request(self._shares if member.leads else {})
            effects += self.peers.ask(now, node, sync, (SYNC, member.next_number()))

    def _beat(self, now: int, effects: list[Effect]) -> None:
        member, node = self.membership, self.coordinator.node
        if member.beating and now >= member.heard_at + member.session_ms * MILLISECOND:
            member.beating, member.heard_at = False, now  # no answer for a whole session
            self.coordinator.lost()
            return
        if node is not None and not member.beating and now >= member.beat_at:
            member.beating = True
            member.beat_at = now + member.heartbeat_ms * MILLISECOND
            body = HeartbeatRequest(member.group, member.generation, member.member)
            effects += self.peers.ask(now, node, body, (HEARTBEAT, member.generation))

    def _topics_changed(self) -> bool:
        return any(self.metadata.partitions(topic) != count for topic, count in self._counts.items())

    def _leave_request(self) -> LeaveGroupRequest:
        return LeaveGroupRequest(self.membership.group, [Leaver(self.membership.member)])

    # --- answers ------------------------------------------------------------------------------------

    def answered(self, now: int, answer: Answer) -> None:
        what, number = answer.tag
        member = self.membership
        if what == HEARTBEAT:
            self._beat_answered(now, number, answer)
        elif number != member.asked:
            return  # for a state that is over
        elif what == JOIN:
            self.heed(member.join_answered(now, answer.body))
            if member.state != JOINING and not member.leads:
                self._watch_no_more()
        elif what == SYNC:
            self._sync_answered(now, answer.body)
        elif member.state == LEAVING:
            member.step("left")

    def heed(self, error: int) -> None:
        """What any of the coordinator's errors means for the membership."""
        if error in GONE:
            self.coordinator.lost()
        elif error in LOST:
            if self.membership.allows("expelled"):
                self._expel(error)
        elif error == errors.REBALANCE_IN_PROGRESS:
            if self.membership.allows("rebalance"):
                self.membership.step("rebalance")
        elif not error:
            self.coordinator.heard()

    def _sync_answered(self, now: int, body: SyncGroupResponse | None) -> None:
        member = self.membership
        error = errors.NETWORK_EXCEPTION if body is None else body.error
        if body is None or error:
            self.heed(member.sync_failed(now, error))
            return
        member.stabilise(now)
        self.coordinator.heard()
        self.fresh = decode_assignment(body.assignment) or []
        self._held, self._held_in = self.fresh, member.generation

    def _beat_answered(self, now: int, generation: int, answer: Answer) -> None:
        member = self.membership
        if generation != member.generation or member.state not in BEATING:
            return
        member.beating = False
        body: HeartbeatResponse | None = answer.body
        error = errors.NETWORK_EXCEPTION if body is None else body.error
        if error in (errors.NONE, errors.REBALANCE_IN_PROGRESS):
            member.heard_at = now
        else:
            member.beat_at = now + RETRY_BACKOFF_MS * MILLISECOND
        self.heed(error)

    def _expel(self, error: int) -> None:
        self.membership.step("expelled")
        self.membership.forget(error)
        self.dropped = True

    def _watch_no_more(self) -> None:
        """We do not lead (any more): others' topics are none of our business."""
        for topic in self._counts:
            if topic not in self.topics:
                self.metadata.forget(topic)
        self._counts, self._shares = {}, {}
