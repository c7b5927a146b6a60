"""The second barrier: the leader hands in the assignment, everybody gets its part."""

from __future__ import annotations

import pytest

from engine.groups.protocol import TopicPartition, decode_assignment, encode_assignment
from engine.wire import errors
from engine.wire.messages import SyncGroupRequest
from tests.unit.groups.desk import DELAY_MS, REBALANCE_MS, Desk

T0, T1 = ("t", 0), ("t", 1)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def two(desk: Desk) -> tuple[str, str]:
    """A leader and a follower who have joined."""
    first, second = desk.enter("a"), desk.enter("b")
    desk.pass_ms(2 * DELAY_MS)
    return first.answer.member, second.answer.member


def part(call: object) -> list[TopicPartition] | None:
    return decode_assignment(call.answer.assignment)  # type: ignore[attr-defined]


def test_followers_wait_for_the_leader(desk: Desk) -> None:
    leader, follower = two(desk)
    waiting = desk.sync(follower, 1)
    assert waiting.waits
    mine = desk.sync(leader, 1, {leader: [T0], follower: [T1]})
    assert part(mine) == [T0] and part(waiting) == [T1]
    assert (mine.answer.protocol_type, mine.answer.protocol) == ("consumer", "range")
    assert desk.state == "Stable"


def test_a_late_follower_is_told_at_once(desk: Desk) -> None:
    leader, follower = two(desk)
    desk.sync(leader, 1, {leader: [T0], follower: [T1]})
    assert part(desk.sync(follower, 1)) == [T1]


def test_the_group_is_written_down_with_the_assignment(desk: Desk) -> None:
    leader, follower = two(desk)
    before = len(desk.log)
    desk.sync(leader, 1, {leader: [T0], follower: [T1]})
    assert len(desk.log) == before + 1


def test_if_it_cannot_be_written_down_everybody_is_told_to_ask_again(desk: Desk) -> None:
    leader, follower = two(desk)
    waiting, mine = desk.sync(follower, 1), desk.sync(leader, 1, {})
    assert {mine.failure.error, waiting.failure.error} == {errors.COORDINATOR_NOT_AVAILABLE}


def test_members_the_leader_forgot_get_nothing_and_those_it_made_up_are_ignored(desk: Desk) -> None:
    leader, follower = two(desk)
    desk.sync(leader, 1, {leader: [T0], "nobody": [T1]})
    assert part(desk.sync(follower, 1)) == []
    assert len(desk.group["members"]) == 2


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (SyncGroupRequest("g", 1, "nobody"), errors.UNKNOWN_MEMBER_ID),
        (SyncGroupRequest("other", 1, "a"), errors.UNKNOWN_MEMBER_ID),
        (SyncGroupRequest("", 1, "a"), errors.INVALID_GROUP_ID),
    ],
)
def test_strangers_are_refused(desk: Desk, request_: SyncGroupRequest, error: int) -> None:
    two(desk)
    assert desk.ask(request_).answer.error == error


def test_another_generation_is_refused(desk: Desk) -> None:
    leader, _ = two(desk)
    assert desk.sync(leader, 0).answer.error == errors.ILLEGAL_GENERATION
    assert desk.sync(leader, 2).answer.error == errors.ILLEGAL_GENERATION


def test_who_names_another_protocol_is_refused(desk: Desk) -> None:
    leader, _ = two(desk)
    for request in (
        SyncGroupRequest("g", 1, leader, protocol_type="connect"),
        SyncGroupRequest("g", 1, leader, protocol="sticky"),
    ):
        assert desk.ask(request).answer.error == errors.INCONSISTENT_GROUP_PROTOCOL


def test_while_the_group_gathers_it_is_told_to_join_first(desk: Desk) -> None:
    leader, follower = two(desk)
    desk.sync(leader, 1, {})
    desk.enter("c")
    assert desk.sync(follower, 1).answer.error == errors.REBALANCE_IN_PROGRESS


def test_one_who_asks_twice_is_answered_twice(desk: Desk) -> None:
    leader, follower = two(desk)
    lost, again = desk.sync(follower, 1), desk.sync(follower, 1)
    assert lost.answer.error == errors.REBALANCE_IN_PROGRESS
    desk.sync(leader, 1, {follower: [T1]})
    assert part(again) == [T1]


def test_a_leader_that_never_comes_loses_its_place(desk: Desk) -> None:
    leader, follower = two(desk)
    waiting = desk.sync(follower, 1)
    for _ in range(REBALANCE_MS // 5_000):
        desk.pass_ms(5_000)
        desk.beat(leader, 1)  # it lives, but computes no assignment
    assert waiting.answer.error == errors.REBALANCE_IN_PROGRESS
    assert [m["member"] for m in desk.group["members"]] == [follower]
    assert desk.join("b", follower).answer.leader == follower


def test_a_follower_that_never_comes_loses_its_place_though_the_group_is_stable(desk: Desk) -> None:
    leader, follower = two(desk)
    desk.sync(leader, 1, {leader: [T0], follower: [T1]})
    for _ in range(REBALANCE_MS // 5_000):
        desk.pass_ms(5_000)
        desk.beat(leader, 1), desk.beat(follower, 1)
    assert [m["member"] for m in desk.group["members"]] == [leader]
    assert desk.state == "PreparingRebalance"


def test_bytes_that_are_no_assignment_are_passed_on_as_they_are(desk: Desk) -> None:
    leader, follower = two(desk)
    desk.ask(SyncGroupRequest("g", 1, leader, {leader: encode_assignment([T0]), follower: b"\xff"}))
    assert desk.sync(follower, 1).answer.assignment == b"\xff"
    assert desk.group["members"][1]["assigned"] == {}
