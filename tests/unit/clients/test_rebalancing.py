"""A member's talk with its coordinator: joining, beating, being told to come again."""

from __future__ import annotations

from typing import Any

import pytest

from engine.clients.consumer import Consumer
from engine.commands import StartConsumer, StopConsumer
from engine.groups.protocol import decode_assignment, decode_subscription, encode_assignment
from engine.wire import errors
from engine.wire import messages as m
from tests.unit.clients.bench import HOLD, LOSE, MS, SECOND, TOPIC, Bench, Book, other_member, some_records


def consuming(book: Book | None = None, **settings: Any) -> Bench:
    return Bench(Consumer("A1", "A", [TOPIC], ["B1", "B2", "B3"], **settings), book)


def joined(book: Book | None = None, **settings: Any) -> Bench:
    bench = consuming(book, **settings)
    bench.run(100 * MS)
    assert bench.machine.membership.state == "stable"
    return bench


def rebalance(bench: Bench) -> None:
    """The next heartbeat is told that a rebalance is under way."""
    bench.once(m.HeartbeatRequest, m.HeartbeatResponse(errors.REBALANCE_IN_PROGRESS))


def test_joining_takes_two_steps_and_the_leader_brings_the_assignment() -> None:
    bench = joined(assignor="roundrobin")
    first, second = bench.requests(m.JoinGroupRequest)
    assert (first.member, second.member) == ("", "m-1") and first.requires_known_member
    assert (first.session_timeout_ms, first.rebalance_timeout_ms) == (45_000, 300_000)
    name, wishes = first.protocols[0]
    subscription = decode_subscription(wishes)
    assert name == "roundrobin" and subscription is not None and subscription.topics == [TOPIC]
    (sync,) = bench.requests(m.SyncGroupRequest)
    assert decode_assignment(sync.assignments["m-1"]) == [(TOPIC, 0), (TOPIC, 1), (TOPIC, 2)]


def test_a_follower_brings_nothing_and_takes_what_the_leader_made() -> None:
    bench = consuming(Book(assignment=encode_assignment([(TOPIC, 1)])))
    need_id = m.JoinGroupResponse(errors.MEMBER_ID_REQUIRED, member="m-1")
    bench.once(m.JoinGroupRequest, need_id, m.JoinGroupResponse(0, 1, "consumer", "range", "other", "m-1"))
    bench.run(100 * MS)
    assert bench.requests(m.SyncGroupRequest)[0].assignments == {}
    assert bench.machine.assigned == {TOPIC: [1]}


def test_the_leader_shares_with_the_others() -> None:
    bench = joined(Book(others=[other_member("m-2", [TOPIC])]))
    assignments = bench.requests(m.SyncGroupRequest)[0].assignments
    assert decode_assignment(assignments["m-2"]) == [(TOPIC, 2)]
    assert bench.machine.assigned == {TOPIC: [0, 1]}


def test_the_leader_looks_up_topics_that_only_others_want() -> None:
    bench = joined(Book(others=[other_member("m-2", [TOPIC, "outro"])]))
    assert bench.requests(m.MetadataRequest)[-1].topics == [TOPIC, "outro"]
    assert bench.machine.assigned == {TOPIC: [0, 1]}


def test_it_beats_every_three_seconds() -> None:
    bench = joined()
    bench.run(31 * SECOND)
    beats = bench.times(m.HeartbeatRequest)
    assert len(beats) == 10
    assert {b - a for a, b in zip(beats, beats[1:], strict=False)} == {3 * SECOND}


def test_told_of_a_rebalance_it_comes_with_its_next_poll_having_committed() -> None:
    bench = joined(poll_ms=1000)
    bench.append(0, some_records(3))
    bench.run(2 * SECOND)
    rebalance(bench)
    bench.run(2 * SECOND)
    kinds = [type(asked.body) for asked in bench.asked]
    after = kinds[kinds.index(m.HeartbeatRequest) :]
    order = [k for k in after if k in (m.OffsetCommitRequest, m.JoinGroupRequest, m.SyncGroupRequest)]
    assert order == [m.OffsetCommitRequest, m.JoinGroupRequest, m.SyncGroupRequest]
    assert bench.times(m.JoinGroupRequest)[-1] >= 4 * SECOND  # the poll after the heartbeat at 3.0 s
    assert bench.machine.position[TOPIC, 0] == 3 and bench.machine.delivered == 3


def test_it_gives_up_what_it_holds_before_it_joins_anew() -> None:
    bench = joined(poll_ms=1000)
    rebalance(bench)
    bench.once(m.JoinGroupRequest, HOLD)
    bench.run(5 * SECOND)
    assert bench.machine.membership.state == "joining" and bench.machine.assigned == {}


def test_a_consumer_stuck_in_its_work_does_not_come_to_a_rebalance() -> None:
    bench = joined()
    bench.order(StopConsumer("A1"))
    rebalance(bench)
    bench.run(60 * SECOND)
    assert bench.machine.membership.state == "summoned"
    assert len(bench.requests(m.JoinGroupRequest)) == 2 and len(bench.requests(m.HeartbeatRequest)) == 20
    bench.order(StartConsumer("A1"))
    bench.run(SECOND)
    assert bench.machine.membership.state == "stable" and len(bench.requests(m.JoinGroupRequest)) == 3


@pytest.mark.parametrize(
    ("error", "member"), [(errors.UNKNOWN_MEMBER_ID, ""), (errors.ILLEGAL_GENERATION, "m-1")]
)
def test_expelled_it_drops_everything_without_a_commit_and_joins_anew(error: int, member: str) -> None:
    bench = joined(poll_ms=1000)
    bench.append(0, some_records(3))
    bench.run(SECOND)
    bench.once(m.HeartbeatRequest, m.HeartbeatResponse(error))
    bench.run(2950 * MS)
    assert bench.machine.membership.state == "stable"
    assert bench.requests(m.OffsetCommitRequest) == []
    assert bench.requests(m.JoinGroupRequest)[2].member == member
    assert bench.machine.delivered == 3 and bench.machine.position[TOPIC, 0] == 0  # they will come again


def test_the_coordinator_is_looked_for_again_when_it_moved() -> None:
    bench = joined()
    bench.book.coordinator = 2
    bench.once(m.HeartbeatRequest, m.HeartbeatResponse(errors.NOT_COORDINATOR))
    bench.run(10 * SECOND)
    nodes = [asked.node for asked in bench.asked if isinstance(asked.body, m.HeartbeatRequest)]
    assert nodes == ["B1", "B2", "B2", "B2"] and bench.machine.membership.state == "stable"
    assert bench.machine.membership.generation == 1  # no rebalance


def test_the_death_of_the_coordinator_is_no_rebalance_if_another_takes_over_in_time() -> None:
    bench = joined()
    bench.crash(1)
    bench.book.leaders[0] = (2, 1)
    bench.once(m.FindCoordinatorRequest, m.FindCoordinatorResponse([m.Coordinator("A", -1, error=15)]))
    bench.book.coordinator = 3
    bench.run(10 * SECOND)
    assert bench.machine.membership.generation == 1
    assert [a.node for a in bench.asked if isinstance(a.body, m.HeartbeatRequest)][-1] == "B3"


@pytest.mark.parametrize(
    "answers",
    [
        [m.JoinGroupResponse(errors.COORDINATOR_LOAD_IN_PROGRESS)],
        [m.JoinGroupResponse(errors.NOT_COORDINATOR)],
        [m.JoinGroupResponse(errors.UNKNOWN_MEMBER_ID)],
        [m.JoinGroupResponse(errors.REBALANCE_IN_PROGRESS)],
        [m.JoinGroupResponse(errors.GROUP_MAX_SIZE_REACHED)] * 3,
        [LOSE],
    ],
    ids=str,
)
def test_whatever_joining_meets_it_comes_in_at_last(answers: list[Any]) -> None:
    bench = consuming()
    bench.once(m.JoinGroupRequest, *answers)
    bench.run(2 * SECOND)
    assert bench.machine.membership.state == "stable" and bench.machine.membership.trouble == ""


@pytest.mark.parametrize(
    "answer",
    [
        m.SyncGroupResponse(errors.REBALANCE_IN_PROGRESS),
        m.SyncGroupResponse(errors.UNKNOWN_MEMBER_ID),
        m.SyncGroupResponse(errors.ILLEGAL_GENERATION),
        m.SyncGroupResponse(errors.NOT_COORDINATOR),
        LOSE,
    ],
    ids=str,
)
def test_whatever_syncing_meets_it_joins_anew(answer: Any) -> None:
    bench = consuming()
    bench.once(m.SyncGroupRequest, answer)
    bench.run(2 * SECOND)
    assert bench.machine.membership.state == "stable"
    assert bench.machine.membership.generation == 2


def test_a_group_that_refuses_it_for_good_is_asked_at_most_once_a_second() -> None:
    bench = consuming()
    bench.once(m.JoinGroupRequest, *[m.JoinGroupResponse(errors.INCONSISTENT_GROUP_PROTOCOL)] * 1000)
    bench.run(60 * SECOND)
    assert 50 < len(bench.requests(m.JoinGroupRequest)) < 70
    assert bench.machine.membership.trouble == "INCONSISTENT_GROUP_PROTOCOL"


def test_a_join_may_be_held_back_as_long_as_a_rebalance_takes() -> None:
    bench = consuming()
    bench.once(m.JoinGroupRequest, m.JoinGroupResponse(errors.MEMBER_ID_REQUIRED, member="m-1"), HOLD)
    bench.run(304 * SECOND)
    assert len(bench.requests(m.JoinGroupRequest)) == 2
    bench.run(3 * SECOND)
    assert bench.machine.membership.state == "stable"


def test_new_partitions_are_found_within_five_minutes_and_the_leader_calls_for_a_rebalance() -> None:
    bench = joined()
    bench.book.leaders[3] = (1, 0)
    bench.book.logs[3] = []
    bench.run(302 * SECOND)
    assert bench.machine.assigned == {TOPIC: [0, 1, 2, 3]}


def test_a_topic_that_comes_later_is_taken_when_it_comes() -> None:
    bench = joined(Book(exists=False))
    assert bench.machine.assigned == {}
    bench.book.exists = True
    bench.run(3 * SECOND)
    assert bench.machine.assigned == {TOPIC: [0, 1, 2]}


def test_only_the_leader_calls_for_a_rebalance() -> None:
    bench = consuming(Book(assignment=encode_assignment([(TOPIC, 1)])))
    need_id = m.JoinGroupResponse(errors.MEMBER_ID_REQUIRED, member="m-1")
    bench.once(m.JoinGroupRequest, need_id, m.JoinGroupResponse(0, 1, "consumer", "range", "other", "m-1"))
    bench.run(SECOND)
    bench.book.leaders[3] = (1, 0)
    bench.run(302 * SECOND)
    assert bench.machine.assigned == {TOPIC: [1]}


def test_a_sticky_member_tells_what_it_had() -> None:
    bench = joined(assignor="sticky", poll_ms=100)
    rebalance(bench)
    bench.run(4 * SECOND)
    told = decode_subscription(bench.requests(m.JoinGroupRequest)[-1].protocols[0][1])
    assert told is not None and told.owned == [(TOPIC, 0), (TOPIC, 1), (TOPIC, 2)] and told.generation == 1


def test_without_an_answer_for_a_whole_session_the_coordinator_is_given_up() -> None:
    bench = joined(session_ms=10_000)
    bench.book.coordinator = 2
    bench.once(m.HeartbeatRequest, HOLD)
    bench.run(15 * SECOND)
    nodes = [asked.node for asked in bench.asked if isinstance(asked.body, m.HeartbeatRequest)]
    assert nodes[:2] == ["B1", "B2"]
