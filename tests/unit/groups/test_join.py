"""The first barrier, seen by who comes to it."""

from __future__ import annotations

import pytest

from engine.groups.protocol import Subscription, encode_subscription
from engine.wire import errors
from tests.unit.groups.desk import DELAY_MS, REBALANCE_MS, SESSION_MS, Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_newcomer_is_given_an_id_and_told_to_come_back_with_it(desk: Desk) -> None:
    answer = desk.join("a").answer
    assert answer.error == errors.MEMBER_ID_REQUIRED
    assert answer.member.startswith("a-")
    assert desk.state == "Empty"


def test_a_client_older_than_that_is_let_in_at_once(desk: Desk) -> None:
    assert desk.join("a", requires_known_member=False).waits
    assert desk.state == "PreparingRebalance"


def test_no_two_ids_are_the_same(desk: Desk) -> None:
    ids = [desk.join("a").answer.member for _ in range(100)]
    assert len({*ids}) == 100


def test_the_very_first_rebalance_waits_for_more_to_come(desk: Desk) -> None:
    first = desk.enter("a")
    desk.pass_ms(DELAY_MS - 1)
    assert first.waits
    desk.pass_ms(1)
    assert first.answer.error == errors.NONE
    assert first.answer.generation == 1


def test_each_newcomer_puts_the_first_rebalance_off_once_more(desk: Desk) -> None:
    first = desk.enter("a")
    desk.pass_ms(DELAY_MS - 1)
    second = desk.enter("b")
    desk.pass_ms(DELAY_MS)
    assert first.waits
    desk.pass_ms(1)
    assert first.answer.generation == second.answer.generation == 1


def test_newcomers_cannot_put_it_off_for_longer_than_the_rebalance_timeout(desk: Desk) -> None:
    first = desk.enter("n0", rebalance_timeout_ms=2 * DELAY_MS + 500)
    for number in range(1, 5):
        desk.pass_ms(DELAY_MS // 2)
        desk.enter(f"n{number}", rebalance_timeout_ms=DELAY_MS)
    assert first.waits
    desk.pass_ms(500)
    assert first.answer.error == errors.NONE


def test_without_a_delay_the_first_member_is_a_group_at_once() -> None:
    assert Desk(initial_rebalance_delay_ms=0).enter("a").answer.generation == 1


def test_the_first_to_join_leads_and_is_told_of_all(desk: Desk) -> None:
    first, second = desk.enter("a"), desk.enter("b", topics=["u"])
    desk.pass_ms(2 * DELAY_MS)
    leader, follower = first.answer, second.answer
    assert leader.leader == follower.leader == leader.member
    assert [m.member for m in leader.members] == [leader.member, follower.member]
    assert leader.members[1].metadata == encode_subscription(Subscription(["u"]))
    assert follower.members == []
    assert (follower.protocol_type, follower.protocol) == ("consumer", "range")


def test_a_member_id_nobody_gave_out_is_unknown(desk: Desk) -> None:
    assert desk.join("a", "a-made-up").answer.error == errors.UNKNOWN_MEMBER_ID
    desk.stable("a")
    assert desk.join("b", "b-made-up").answer.error == errors.UNKNOWN_MEMBER_ID


@pytest.mark.parametrize("timeout_ms", [0, 5_999, 1_800_001, -1])
def test_a_session_timeout_out_of_bounds_is_refused(desk: Desk, timeout_ms: int) -> None:
    assert desk.join("a", session_timeout_ms=timeout_ms).answer.error == errors.INVALID_SESSION_TIMEOUT


def test_a_group_must_have_a_name(desk: Desk) -> None:
    assert desk.join("a", group="").answer.error == errors.INVALID_GROUP_ID
    assert desk.join("a", group="g" * 40_000).answer.error == errors.INVALID_GROUP_ID


def test_what_no_record_could_hold_is_refused(desk: Desk) -> None:
    assert desk.join("a", instance="i" * 40_000).answer.error == errors.INVALID_REQUEST


def test_a_very_long_client_id_is_cut_in_the_member_id(desk: Desk) -> None:
    assert len(desk.join("a" * 30_000).answer.member) < 300


def test_without_a_rebalance_timeout_the_session_timeout_serves_for_both(desk: Desk) -> None:
    desk.enter("a", rebalance_timeout_ms=-1)
    assert desk.group["members"][0]["rebalance_ms"] == SESSION_MS


# --- protocols --------------------------------------------------------------------------------------


def assignors(*names: str) -> list[tuple[str, bytes]]:
    return [(name, encode_subscription(Subscription(["t"]))) for name in names]


def test_the_protocol_is_one_that_all_know_and_most_prefer(desk: Desk) -> None:
    calls = [
        desk.enter("a", protocols=assignors("sticky", "range", "roundrobin")),
        desk.enter("b", protocols=assignors("roundrobin", "range")),
        desk.enter("c", protocols=assignors("roundrobin", "range", "sticky")),
    ]
    desk.pass_ms(4 * DELAY_MS)
    assert {call.answer.protocol for call in calls} == {"roundrobin"}


def test_between_equal_votes_the_first_member_decides(desk: Desk) -> None:
    desk.enter("a", protocols=assignors("range", "sticky"))
    call = desk.enter("b", protocols=assignors("sticky", "range"))
    desk.pass_ms(3 * DELAY_MS)
    assert call.answer.protocol == "range"


def test_who_has_no_protocol_in_common_is_refused(desk: Desk) -> None:
    desk.stable("a", protocols=assignors("range"))
    assert desk.join("b", protocols=assignors("sticky")).answer.error == errors.INCONSISTENT_GROUP_PROTOCOL
    assert desk.join("b", protocol_type="connect").answer.error == errors.INCONSISTENT_GROUP_PROTOCOL
    assert desk.state == "Stable"


@pytest.mark.parametrize("given", [{"protocols": []}, {"protocol_type": ""}])
def test_no_protocol_at_all_is_refused_and_leaves_no_group(desk: Desk, given: dict[str, object]) -> None:
    assert desk.join("a", **given).answer.error == errors.INCONSISTENT_GROUP_PROTOCOL
    assert desk.coordinator.snapshot() == []
    assert desk.log == []


def test_a_group_everybody_left_may_begin_anew_with_another_protocol(desk: Desk) -> None:
    ids = desk.stable("a")
    desk.leave(ids["a"])
    assert desk.state == "Empty"
    call = desk.enter("a", protocol_type="connect", protocols=[("default", b"?")])
    desk.pass_ms(DELAY_MS)
    assert (call.answer.generation, call.answer.protocol) == (3, "default")


# --- coming again -----------------------------------------------------------------------------------


def test_a_follower_that_lost_its_answer_is_told_the_generation_again(desk: Desk) -> None:
    ids = desk.stable("a", "b")
    answer = desk.join("b", ids["b"]).answer
    assert (answer.error, answer.generation, answer.members) == (errors.NONE, 1, [])
    assert desk.state == "Stable"


def test_the_leader_coming_again_starts_a_rebalance(desk: Desk) -> None:
    """So a leader asks for a new assignment when it sees that topics have changed."""
    ids = desk.stable("a", "b")
    assert desk.join("a", ids["a"]).waits
    assert desk.state == "PreparingRebalance"


def test_changed_wishes_start_a_rebalance(desk: Desk) -> None:
    ids = desk.stable("a", "b")
    assert desk.join("b", ids["b"], topics=["u"]).waits
    assert desk.state == "PreparingRebalance"


def test_while_the_assignment_is_awaited_unchanged_wishes_are_answered_at_once(desk: Desk) -> None:
    first, second = desk.enter("a"), desk.enter("b")
    desk.pass_ms(2 * DELAY_MS)
    leader = desk.join("a", first.answer.member).answer
    follower = desk.join("b", second.answer.member).answer
    assert (leader.generation, len(leader.members)) == (1, 2)
    assert (follower.generation, len(follower.members)) == (1, 0)
    assert desk.state == "CompletingRebalance"


def test_while_the_assignment_is_awaited_changed_wishes_start_over(desk: Desk) -> None:
    first, second = desk.enter("a"), desk.enter("b")
    desk.pass_ms(2 * DELAY_MS)
    waiting = desk.sync(second.answer.member, 1)
    desk.join("a", first.answer.member, topics=["u"])
    assert waiting.answer.error == errors.REBALANCE_IN_PROGRESS
    assert desk.state == "PreparingRebalance"


def test_one_who_joins_twice_is_answered_twice(desk: Desk) -> None:
    ids = desk.stable("a", "b")
    lost = desk.join("a", ids["a"])
    again = desk.join("a", ids["a"])
    assert lost.answer.error == errors.REBALANCE_IN_PROGRESS
    desk.join("b", ids["b"])
    assert again.answer.generation == 2


# --- the barrier ------------------------------------------------------------------------------------


def test_it_falls_as_soon_as_all_have_come(desk: Desk) -> None:
    ids = desk.stable("a", "b")
    third = desk.enter("c")
    first = desk.join("a", ids["a"])
    assert third.waits and first.waits
    second = desk.join("b", ids["b"])
    assert [call.answer.generation for call in (first, second, third)] == [2, 2, 2]


def test_it_waits_for_an_id_that_was_handed_out(desk: Desk) -> None:
    ids = desk.stable("a")
    again = desk.join("a", ids["a"], topics=["u"])
    assert not again.waits  # alone, it need not wait
    desk.sync(ids["a"], 2, {})
    newcomer = desk.join("b").answer.member
    again = desk.join("a", ids["a"])
    assert again.waits
    desk.join("b", newcomer)
    assert again.answer.generation == 3


def test_an_id_that_is_never_used_lapses(desk: Desk) -> None:
    ids = desk.stable("a")
    desk.join("b")
    again = desk.join("a", ids["a"])
    desk.pass_ms(SESSION_MS)
    assert again.answer.generation == 2


def test_who_does_not_come_within_the_rebalance_timeout_is_put_out(desk: Desk) -> None:
    ids = desk.stable("a", "b", session_timeout_ms=REBALANCE_MS * 2)
    first = desk.join("a", ids["a"], session_timeout_ms=REBALANCE_MS * 2)
    desk.pass_ms(REBALANCE_MS - 1)
    assert first.waits
    desk.pass_ms(1)
    assert [m.member for m in first.answer.members] == [ids["a"]]
    assert desk.beat(ids["b"], 1) == errors.UNKNOWN_MEMBER_ID


def test_if_the_leader_does_not_come_another_leads(desk: Desk) -> None:
    ids = desk.stable("a", "b", session_timeout_ms=REBALANCE_MS * 2)
    second = desk.join("b", ids["b"], topics=["u"], session_timeout_ms=REBALANCE_MS * 2)
    desk.pass_ms(REBALANCE_MS)
    assert second.answer.leader == ids["b"]


def test_a_full_group_takes_nobody_in() -> None:
    desk = Desk(max_size=2)
    desk.stable("a", "b")
    assert desk.join("c").answer.error == errors.GROUP_MAX_SIZE_REACHED
    assert desk.state == "Stable"


def test_a_rebalance_takes_no_more_than_fit() -> None:
    desk = Desk(max_size=2)
    calls = [desk.enter("a"), desk.enter("b")]
    assert desk.join("c").answer.error == errors.GROUP_MAX_SIZE_REACHED
    desk.pass_ms(3 * DELAY_MS)
    assert all(call.answer.error == errors.NONE for call in calls)


def test_ids_handed_out_are_limited_too() -> None:
    desk = Desk(max_size=2)
    assert [desk.join("a").answer.error for _ in range(3)] == [
        errors.MEMBER_ID_REQUIRED,
        errors.MEMBER_ID_REQUIRED,
        errors.GROUP_MAX_SIZE_REACHED,
    ]
