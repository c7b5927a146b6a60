"""Whatever members do, and whenever the coordinator moves, what must hold holds after each step.

Simulated members follow the protocol as real ones do, but come, go, die, fall silent and change
their wishes as the test's dice fall. After each step, in the coordinator's view: a partition has at
most one owner (invariant 19), the records say what the coordinator knows, nobody waits who is not a
member, and deadlines are set while anybody is waited for. In the end, left in peace, the group
becomes Stable and everybody is done. One hole is Kafka's own (KAFKA-12759): the changed topics of a
static member that comes back to a Stable group wait for the next rebalance.
"""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.groups.assignors import ASSIGNORS
from engine.groups.protocol import Subscription, TopicPartition, decode_subscription, encode_subscription
from engine.wire import errors
from engine.wire.messages import CommitPart, HeartbeatRequest, OffsetCommitRequest
from tests.unit.groups.desk import PARTITION, SESSION_MS, Call, Desk

PARTITIONS = {"t": 3, "u": 2}
START_OVER = (errors.UNKNOWN_MEMBER_ID, errors.FENCED_INSTANCE_ID)
MEMBERS_MAX = 6


@dataclass(eq=False)
class Sim:
    """A member's side. call: what it waits for, a join or a sync; None while it reads."""

    client: str
    instance: str | None
    topics: list[str]
    member: str = ""
    generation: int = -1
    call: Call | None = None
    syncing: bool = False


class AnyHistory(RuleBasedStateMachine):
    @initialize(delay_ms=st.sampled_from([0, 500, 3_000]))
    def begin(self, delay_ms: int) -> None:
        self.desk = Desk(initial_rebalance_delay_ms=delay_ms, max_size=MEMBERS_MAX - 1)
        self.delay_ms = delay_ms
        self.sims: list[Sim] = []
        self.started = 0
        self.acknowledged: dict[TopicPartition, int] = {}

    # --- what members do ------------------------------------------------------------------------

    def join(self, sim: Sim) -> None:
        protocols = [(name, encode_subscription(Subscription(sim.topics))) for name in ("range", "sticky")]
        sim.syncing = False
        sim.call = self.desk.join(sim.client, sim.member, instance=sim.instance, protocols=protocols)

    def answered(self, sim: Sim) -> None:
        """React to the answer it waited for, if it is there."""
        call = sim.call
        if call is None or call.waits:
            return
        sim.call = None
        error = call.answer.error
        if sim.syncing:
            if error != errors.NONE:
                self.refused(sim, error)
        elif error == errors.NONE:
            sim.member, sim.generation = call.answer.member, call.answer.generation
            members = {m.member: m.metadata for m in call.answer.members}
            wishes = {who: (decode_subscription(raw) or Subscription([])).topics for who, raw in members.items()}
            shares = ASSIGNORS[call.answer.protocol](wishes, PARTITIONS) if members else {}
            sim.syncing = True
            sim.call = self.desk.sync(sim.member, sim.generation, shares)
        elif error == errors.MEMBER_ID_REQUIRED:
            sim.member = call.answer.member
            self.join(sim)
        else:
            self.refused(sim, error)

    def refused(self, sim: Sim, error: int) -> None:
        """As clients do: begin anew, give up, or just join again."""
        if error in START_OVER:
            sim.member, sim.generation = "", -1
        if error == errors.GROUP_MAX_SIZE_REACHED:
            self.sims.remove(sim)
        else:
            self.join(sim)

    def beat(self, sim: Sim) -> None:
        error = self.desk.ask(HeartbeatRequest("g", sim.generation, sim.member, sim.instance), sim.client).answer.error
        if error == errors.ILLEGAL_GENERATION:
            sim.generation = -1
        if error != errors.NONE:
            self.refused(sim, error)

    @precondition(lambda self: len(self.sims) < MEMBERS_MAX)
    @rule(topics=st.sampled_from([["t"], ["u"], ["t", "u"]]), static=st.booleans())
    def somebody_comes(self, topics: list[str], static: bool) -> None:
        self.started += 1
        taken = {sim.instance for sim in self.sims}
        instance = next((name for name in ("i1", "i2") if static and name not in taken), None)
        self.sims.append(Sim(f"c{self.started}", instance, topics))
        self.join(self.sims[-1])

    @precondition(lambda self: self.sims)
    @rule(which=st.integers(0, MEMBERS_MAX))
    def somebody_dies(self, which: int) -> None:
        self.sims.pop(which % len(self.sims))

    @precondition(lambda self: self.sims)
    @rule(which=st.integers(0, MEMBERS_MAX))
    def somebody_leaves(self, which: int) -> None:
        sim = self.sims.pop(which % len(self.sims))
        self.desk.leave(sim.member, sim.instance)

    @precondition(lambda self: self.sims)
    @rule(which=st.integers(0, MEMBERS_MAX), topics=st.sampled_from([["t"], ["u"], ["t", "u"]]))
    def somebody_wants_something_else(self, which: int, topics: list[str]) -> None:
        sim = self.sims[which % len(self.sims)]
        sim.topics = topics
        self.join(sim)

    @rule()
    def answers_arrive(self) -> None:
        for sim in [*self.sims]:
            self.answered(sim)

    @rule()
    def heartbeats(self) -> None:
        for sim in [sim for sim in self.sims if sim.call is None]:
            self.beat(sim)

    @precondition(lambda self: self.sims)
    @rule(which=st.integers(0, MEMBERS_MAX), topic=st.sampled_from(["t", "u"]), offset=st.integers(0, 99))
    def somebody_commits(self, which: int, topic: str, offset: int) -> None:
        sim = self.sims[which % len(self.sims)]
        before = self.desk.coordinator.snapshot()
        request = OffsetCommitRequest("g", sim.generation, sim.member, [CommitPart(topic, 0, offset)], sim.instance)
        if self.desk.ask(request, sim.client).answer.parts[0].error == errors.NONE:
            self.acknowledged[topic, 0] = offset
            group = before[0]
            current = sim.generation == group["generation"] and sim.member in [m["member"] for m in group["members"]]
            assert current or (sim.generation == -1 and group["state"] == "Empty")
            assert group["state"] != "CompletingRebalance"

    # --- what happens to them -------------------------------------------------------------------

    @precondition(lambda self: self.sims)
    @rule(which=st.integers(0, MEMBERS_MAX))
    def somebody_restarts(self, which: int) -> None:
        """Its process: it forgets its member id, a static one keeps its name."""
        sim = self.sims[which % len(self.sims)]
        sim.member, sim.generation = "", -1
        self.join(sim)

    @rule(seconds=st.integers(1, 15))
    def a_quiet_while(self, seconds: int) -> None:
        for _ in range(seconds):
            self.answers_arrive()
            self.heartbeats()
            self.desk.pass_ms(1_000)

    @rule(ms=st.sampled_from([1, 400, 3_000, SESSION_MS, 60_000]))
    def time_passes(self, ms: int) -> None:
        self.desk.pass_ms(ms)

    @rule()
    def the_coordinator_moves(self) -> None:
        self.desk.take(self.desk.coordinator.unload(self.desk.now, PARTITION))
        self.desk.take(self.desk.coordinator.load(self.desk.now, PARTITION, self.desk.log))

    # --- what must hold -------------------------------------------------------------------------

    @invariant()
    def a_partition_has_at_most_one_owner(self) -> None:
        for group in self.desk.coordinator.snapshot():
            parts = [(t, n) for m in group["members"] for t, numbers in m["assigned"].items() for n in numbers]
            assert len(parts) == len({*parts})

    @invariant()
    def what_was_acknowledged_is_there(self) -> None:
        assert self.desk.committed() == self.acknowledged

    @invariant()
    def the_records_say_what_the_coordinator_knows(self) -> None:
        other = Desk()
        other.take(other.coordinator.load(0, PARTITION, self.desk.log))
        mine, theirs = self.desk.coordinator.snapshot(), other.coordinator.snapshot()
        for group in mine + theirs:
            for member in group["members"]:
                del member["heartbeat_at"]
        for here, there in zip(mine, theirs, strict=True):
            assert here["committed"] == there["committed"]
            assert here["generation"] >= there["generation"]
            if here["state"] in ("Stable", "Empty"):
                assert here == there

    @invariant()
    def who_waits_is_a_member_and_is_not_forgotten(self) -> None:
        groups = self.desk.coordinator.snapshot()
        members = sum(len(group["members"]) for group in groups)
        assert len(self.desk.calls) <= members
        assert not members or self.desk.coordinator.next_deadline() is not None

    def teardown(self) -> None:
        """No more surprises: it must come to rest, everybody with its part."""
        self.is_left_in_peace()
        if any(sim.instance for sim in self.sims):
            self.is_at_rest()
            for sim in self.sims:  # the next rebalance
                self.join(sim)
            self.is_left_in_peace()
        self.is_at_rest()
        if self.sims:
            wanted = {topic for sim in self.sims for topic in sim.topics}
            members = self.desk.group["members"]
            assigned = [(t, n) for m in members for t, numbers in m["assigned"].items() for n in numbers]
            assert sorted(assigned) == [(t, n) for t in sorted(wanted) for n in range(PARTITIONS[t])]
        self.desk.pass_ms(300_000)
        assert self.desk.calls == {}
        assert all(group["state"] == "Empty" for group in self.desk.coordinator.snapshot())

    def is_left_in_peace(self) -> None:
        for _ in range(200):
            self.answers_arrive()
            self.heartbeats()
            self.desk.pass_ms(1_000)

    def is_at_rest(self) -> None:
        assert all(sim.call is None for sim in self.sims)
        if self.sims:
            group = self.desk.group
            assert group["state"] == "Stable"
            assert sorted(m["member"] for m in group["members"]) == sorted(sim.member for sim in self.sims)


TestAnyHistory = AnyHistory.TestCase
TestAnyHistory.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
