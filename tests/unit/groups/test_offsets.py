"""Commits are taken from those who may, and found again by everybody."""

from __future__ import annotations

import pytest

from engine.wire import errors
from engine.wire.messages import (
    CommitPart,
    FetchedOffset,
    OffsetCommitRequest,
    OffsetFetchGroup,
    OffsetFetchRequest,
)
from tests.unit.groups.desk import DELAY_MS, Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_member_commits_under_its_generation(desk: Desk) -> None:
    ids = desk.stable("a")
    assert desk.commit(ids["a"], 1, offset=42) == errors.NONE
    assert desk.committed() == {("t", 0): 42}


@pytest.mark.parametrize("generation", [0, 2])
def test_another_generation_may_not_commit(desk: Desk, generation: int) -> None:
    ids = desk.stable("a")
    assert desk.commit(ids["a"], generation) == errors.ILLEGAL_GENERATION
    assert desk.committed() == {}


def test_a_stranger_may_not_commit(desk: Desk) -> None:
    desk.stable("a")
    assert desk.commit("nobody", 1) == errors.UNKNOWN_MEMBER_ID


def test_who_was_put_out_may_not_commit(desk: Desk) -> None:
    ids = desk.stable("a", "b")
    desk.leave(ids["a"])
    assert desk.commit(ids["a"], 1) == errors.UNKNOWN_MEMBER_ID


def test_before_it_joins_again_a_member_may_commit_what_it_has_done(desk: Desk) -> None:
    ids = desk.stable("a")
    desk.enter("b")
    assert desk.state == "PreparingRebalance"
    assert desk.commit(ids["a"], 1) == errors.NONE


def test_nobody_commits_while_the_assignment_is_awaited(desk: Desk) -> None:
    call = desk.enter("a")
    desk.pass_ms(DELAY_MS)
    assert desk.commit(call.answer.member, 1) == errors.REBALANCE_IN_PROGRESS


def test_a_generation_of_a_group_that_is_not_there_is_illegal(desk: Desk) -> None:
    assert desk.commit("a", 1) == errors.ILLEGAL_GENERATION


# --- simple consumers -------------------------------------------------------------------------------


def test_a_simple_consumer_commits_without_ever_joining(desk: Desk) -> None:
    assert desk.commit("", -1, offset=7) == errors.NONE
    assert desk.committed() == {("t", 0): 7}
    assert (desk.state, desk.group["protocol_type"]) == ("Empty", "")


def test_a_simple_consumer_keeps_out_of_a_group_with_members(desk: Desk) -> None:
    ids = desk.stable("a")
    assert desk.commit("", -1) == errors.UNKNOWN_MEMBER_ID
    assert desk.commit(ids["a"], -1) == errors.ILLEGAL_GENERATION


def test_when_all_have_left_an_admin_may_move_the_offsets(desk: Desk) -> None:
    ids = desk.stable("a")
    desk.commit(ids["a"], 1, offset=42)
    desk.leave(ids["a"])
    assert desk.committed() == {("t", 0): 42}
    assert desk.commit("", -1, offset=0) == errors.NONE
    assert desk.committed() == {("t", 0): 0}


def test_even_a_nameless_group_may_commit(desk: Desk) -> None:
    assert desk.commit("", -1, group="") == errors.NONE
    assert desk.committed("") == {("t", 0): 5}


# --- partition by partition -------------------------------------------------------------------------


def test_too_much_metadata_is_refused_for_its_partition_only(desk: Desk) -> None:
    parts = [CommitPart("t", 0, 1, metadata="x" * 4_097), CommitPart("t", 1, 1, metadata="é" * 4_096)]
    answer = desk.ask(OffsetCommitRequest("g", -1, "", parts)).answer
    assert [part.error for part in answer.parts] == [errors.OFFSET_METADATA_TOO_LARGE, errors.NONE]
    assert desk.committed() == {("t", 1): 1}


def test_metadata_and_leader_epoch_are_kept(desk: Desk) -> None:
    desk.ask(OffsetCommitRequest("g", -1, "", [CommitPart("t", 3, 9, 2, "note"), CommitPart("t", 4, 9, 2, None)]))
    answer = desk.ask(OffsetFetchRequest([OffsetFetchGroup("g", [("t", 3), ("t", 4)])])).answer
    assert answer.groups[0].parts == [FetchedOffset("t", 3, 9, 2, "note"), FetchedOffset("t", 4, 9, 2, "")]


def test_a_name_no_topic_can_have_is_refused(desk: Desk) -> None:
    assert desk.commit("", -1, topic="t" * 250) == errors.UNKNOWN_TOPIC_OR_PARTITION


def test_what_was_never_committed_is_minus_one_without_an_error(desk: Desk) -> None:
    desk.commit("", -1, offset=7)
    wanted = [OffsetFetchGroup("g", [("t", 0), ("t", 1)]), OffsetFetchGroup("unheard-of", [("t", 0)])]
    groups = desk.ask(OffsetFetchRequest(wanted)).answer.groups
    assert [[part.offset for part in group.parts] for group in groups] == [[7, -1], [-1]]
    assert [group.error for group in groups] == [errors.NONE, errors.NONE]


def test_all_offsets_of_a_group_can_be_asked_for(desk: Desk) -> None:
    desk.commit("", -1, topic="u", offset=1)
    desk.commit("", -1, topic="t", offset=2)
    assert desk.committed() == {("t", 0): 2, ("u", 0): 1}
    assert desk.committed("unheard-of") == {}


def test_each_partition_is_one_record_at_the_calendars_time() -> None:
    desk = Desk(calendar_offset=1_700_000_000_000_000_000)
    desk.pass_ms(5)
    desk.ask(OffsetCommitRequest("g", -1, "", [CommitPart("t", 0, 1), CommitPart("t", 1, 1)]))
    assert len(desk.log) == 2
    assert all(value is not None and value.endswith((1_700_000_000_005).to_bytes(8, "big")) for _, value in desk.log)


def test_if_it_cannot_be_written_down_the_client_is_told_to_try_again(desk: Desk) -> None:
    call = desk.ask(OffsetCommitRequest("g", -1, "", [CommitPart("t", 0, 1)]))
    assert [part.error for part in call.failure.parts] == [errors.COORDINATOR_NOT_AVAILABLE]


# --- deleted topics ---------------------------------------------------------------------------------


def test_offsets_of_a_deleted_topic_are_taken_back(desk: Desk) -> None:
    desk.commit("", -1, topic="t")
    desk.commit("", -1, topic="u")
    results = desk.coordinator.topic_deleted(desk.now, "t")
    assert [[value for _, value in result.records] for result in results] == [[None]]
    assert desk.committed() == {("u", 0): 5}
    assert desk.coordinator.topic_deleted(desk.now, "t") == []
