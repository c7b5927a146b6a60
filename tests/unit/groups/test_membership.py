"""Who is still there: heartbeats, goodbyes, silence."""

from __future__ import annotations

import pytest

from engine.events import MemberExpired
from engine.groups.coordinator import GroupCoordinator
from engine.wire import errors
from engine.wire.messages import HeartbeatRequest, LeaveGroupRequest, Leaver
from engine.world.dice import Dice
from tests.unit.groups.desk import DELAY_MS, PARTITION, SESSION_MS, Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


# --- heartbeats -------------------------------------------------------------------------------------


def test_heartbeats_keep_a_member_in(desk: Desk) -> None:
    ids = desk.stable("a")
    for _ in range(10):
        desk.pass_ms(SESSION_MS - 1)
        assert desk.beat(ids["a"], 1) == errors.NONE


def test_a_heartbeat_tells_that_the_group_gathers(desk: Desk) -> None:
    ids = desk.stable("a")
    desk.enter("b")
    assert desk.beat(ids["a"], 1) == errors.REBALANCE_IN_PROGRESS


def test_a_heartbeat_is_fine_while_the_assignment_is_awaited(desk: Desk) -> None:
    member = desk.enter("a")
    desk.pass_ms(DELAY_MS)
    assert desk.beat(member.answer.member, 1) == errors.NONE


def test_a_heartbeat_of_another_generation_is_refused(desk: Desk) -> None:
    ids = desk.stable("a")
    assert desk.beat(ids["a"], 0) == errors.ILLEGAL_GENERATION


def test_a_stranger_has_no_heart(desk: Desk) -> None:
    assert desk.beat("nobody", 1) == errors.UNKNOWN_MEMBER_ID
    desk.stable("a")
    assert desk.beat("nobody", 1) == errors.UNKNOWN_MEMBER_ID
    assert desk.ask(HeartbeatRequest("", 1, "a")).answer.error == errors.INVALID_GROUP_ID


# --- goodbyes ---------------------------------------------------------------------------------------


def test_the_others_share_what_a_leaver_had(desk: Desk) -> None:
    ids = desk.stable("a", "b")
    answer = desk.leave(ids["a"]).answer
    assert (answer.error, [left.error for left in answer.members]) == (errors.NONE, [errors.NONE])
    assert desk.beat(ids["b"], 1) == errors.REBALANCE_IN_PROGRESS
    rejoined = desk.join("b", ids["b"]).answer
    assert (rejoined.generation, rejoined.leader) == (2, ids["b"])


def test_when_the_last_has_left_the_group_is_empty_and_written_down(desk: Desk) -> None:
    ids = desk.stable("a")
    before = len(desk.log)
    desk.leave(ids["a"])
    assert (desk.state, desk.generation, desk.group["protocol"]) == ("Empty", 2, "")
    assert len(desk.log) == before + 1


def test_a_leaver_nobody_knows_is_told_so(desk: Desk) -> None:
    assert desk.leave("nobody").answer.members[0].error == errors.UNKNOWN_MEMBER_ID
    desk.stable("a")
    assert desk.leave("nobody").answer.members[0].error == errors.UNKNOWN_MEMBER_ID
    assert desk.leave("").answer.members[0].error == errors.UNKNOWN_MEMBER_ID
    assert desk.state == "Stable"


def test_several_may_leave_at_once(desk: Desk) -> None:
    ids = desk.stable("a", "b", "c")
    leavers = [Leaver(ids["a"]), Leaver("nobody"), Leaver(ids["b"])]
    answer = desk.ask(LeaveGroupRequest("g", leavers)).answer
    assert [left.error for left in answer.members] == [errors.NONE, errors.UNKNOWN_MEMBER_ID, errors.NONE]
    assert [m["client"] for m in desk.group["members"]] == ["c"]


def test_one_who_leaves_while_it_waits_is_answered(desk: Desk) -> None:
    ids = desk.stable("a", "b")
    joining = desk.join("a", ids["a"])
    desk.leave(ids["a"])
    assert joining.answer.error == errors.UNKNOWN_MEMBER_ID


def test_one_who_leaves_while_it_awaits_its_part_is_answered(desk: Desk) -> None:
    first, second = desk.enter("a"), desk.enter("b")
    desk.pass_ms(2 * DELAY_MS)
    syncing = desk.sync(second.answer.member, 1)
    desk.leave(second.answer.member)
    assert syncing.answer.error == errors.UNKNOWN_MEMBER_ID
    assert desk.beat(first.answer.member, 1) == errors.REBALANCE_IN_PROGRESS


def test_the_barrier_falls_when_the_one_it_waited_for_leaves(desk: Desk) -> None:
    ids = desk.stable("a", "b")
    joining = desk.join("a", ids["a"])
    desk.leave(ids["b"])
    assert joining.answer.generation == 2


def test_an_id_that_was_handed_out_can_leave_too(desk: Desk) -> None:
    ids = desk.stable("a")
    newcomer = desk.join("b").answer.member
    joining = desk.join("a", ids["a"])
    assert desk.leave(newcomer).answer.members[0].error == errors.NONE
    assert joining.answer.generation == 2


# --- silence ----------------------------------------------------------------------------------------


def test_silence_for_the_session_timeout_puts_a_member_out(desk: Desk) -> None:
    ids = desk.stable("a", "b")
    desk.pass_ms(SESSION_MS // 2)
    desk.beat(ids["a"], 1), desk.beat(ids["b"], 1)
    desk.pass_ms(SESSION_MS // 2)
    desk.beat(ids["b"], 1)
    desk.pass_ms(SESSION_MS // 2)
    assert desk.beat(ids["b"], 1) == errors.REBALANCE_IN_PROGRESS
    assert desk.beat(ids["a"], 1) == errors.UNKNOWN_MEMBER_ID


def test_when_all_fall_silent_the_group_is_empty(desk: Desk) -> None:
    desk.stable("a", "b")
    desk.pass_ms(SESSION_MS)
    assert desk.state == "Empty"


def test_a_killed_members_partitions_move_within_session_heartbeat_and_a_second(desk: Desk) -> None:
    beat_ms = 3_000
    ids = desk.stable("a", "b")
    killed_at = desk.now
    while desk.beat(ids["b"], 1) == errors.NONE:
        desk.pass_ms(beat_ms)
    answer = desk.join("b", ids["b"]).answer
    desk.sync(ids["b"], answer.generation, {ids["b"]: [("t", 0), ("t", 1)]})
    assert desk.group["members"][0]["assigned"] == {"t": [0, 1]}
    assert desk.now - killed_at <= (SESSION_MS + beat_ms + 1_000) * 1_000_000


def test_who_waits_at_a_barrier_owes_no_heartbeat(desk: Desk) -> None:
    ids = desk.stable("a", "b", session_timeout_ms=SESSION_MS)
    joining = desk.join("a", ids["a"])
    for _ in range(5):
        desk.pass_ms(SESSION_MS - 1)
        desk.beat(ids["b"], 1)  # it is told to join, and does not
    assert joining.waits
    assert len(desk.group["members"]) == 2


def test_its_session_begins_anew_when_the_barrier_falls(desk: Desk) -> None:
    ids = desk.stable("a", "b")
    desk.join("a", ids["a"])
    desk.pass_ms(SESSION_MS - 1)
    desk.join("b", ids["b"])
    desk.pass_ms(SESSION_MS - 1)
    assert desk.beat(ids["a"], 2) == errors.NONE


def test_a_newcomers_place_lapses_even_while_it_waits(desk: Desk) -> None:
    """Its client may have given up long ago and come back under another id (Kafka: five minutes)."""
    hours = 3_600_000
    ids = desk.stable("a", rebalance_timeout_ms=hours)
    newcomer = desk.enter("b", rebalance_timeout_ms=hours)
    for _ in range(60):
        desk.pass_ms(5_000)
        desk.beat(ids["a"], 1)
    assert newcomer.answer.error == errors.UNKNOWN_MEMBER_ID
    assert [m["member"] for m in desk.group["members"]] == [ids["a"]]


def test_a_commit_is_a_sign_of_life(desk: Desk) -> None:
    ids = desk.stable("a")
    for _ in range(3):
        desk.pass_ms(SESSION_MS - 1)
        assert desk.commit(ids["a"], 1) == errors.NONE


# --- patience ---------------------------------------------------------------------------------------


def test_who_is_heard_on_a_connection_is_known_until_another_coordinator_takes_over(desk: Desk) -> None:
    desk.stable("a", "b")
    assert [member.connection for member in desk.coordinator.members()] == [1, 1]
    other = GroupCoordinator(2, Dice(8, "groups"))
    other.load(desk.now, PARTITION, desk.log)
    assert [member.connection for member in other.members()] == [-1, -1]


def test_who_gave_up_on_a_connection_is_put_out_and_the_others_go_on(desk: Desk) -> None:
    ids = desk.stable("a", "b")
    for member in desk.coordinator.members():
        member.connection = 1 if member.id == ids["a"] else 2
    (result,) = desk.coordinator.end_sessions(desk.now, 1)
    desk.take(result)
    expired = [event for event in desk.events if isinstance(event, MemberExpired)]
    assert [(event.client, event.why) for event in expired] == [("a", "patience")]
    assert desk.beat(ids["a"], 1) == errors.UNKNOWN_MEMBER_ID
    assert desk.join("b", ids["b"]).answer.generation == 2
    assert desk.coordinator.end_sessions(desk.now, 9) == []


def test_one_that_gives_up_while_it_waits_at_a_barrier_is_answered(desk: Desk) -> None:
    ids = desk.stable("a", "b")
    joining = desk.join("a", ids["a"])
    for result in desk.coordinator.end_sessions(desk.now, 1):
        desk.take(result)
    assert joining.answer.error == errors.UNKNOWN_MEMBER_ID
    assert desk.group["members"] == []
