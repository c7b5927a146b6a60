"""The member's states and what leads from one to the next."""

from __future__ import annotations

import pytest

from engine.clients.membership import (
    JOINING,
    LEAVING,
    LEFT,
    OUT,
    REVOKING,
    STABLE,
    SUMMONED,
    SYNCING,
    TRANSITIONS,
    IllegalTransition,
    Membership,
)
from engine.machine import SECOND
from engine.wire import errors
from engine.wire.messages import JoinedMember, JoinGroupResponse


def member(state: str = OUT) -> Membership:
    it = Membership("A1", "A", session_ms=45_000, rebalance_ms=300_000, heartbeat_ms=3_000)
    it.state = state
    return it


def test_the_long_way_round() -> None:
    it = member()
    for event in ("poll", "joined", "synced", "rebalance", "poll", "revoked", "elected", "assigned", "synced"):
        it.step(event)
    assert it.state == STABLE
    it.step("leave")
    it.step("left")
    assert it.state == LEFT


def test_what_cannot_happen_says_so() -> None:
    with pytest.raises(IllegalTransition, match="synced happened to A1, member of A, while out"):
        member().step("synced")


def test_nothing_leads_out_of_left() -> None:
    assert not any(LEFT in table for table in TRANSITIONS.values())


def test_every_state_but_left_can_be_left() -> None:
    states = {s for table in TRANSITIONS.values() for s in (*table, *table.values())}
    assert states - set(TRANSITIONS["leave"]) == {LEAVING, LEFT}


def test_a_state_that_is_over_takes_no_answer_any_more() -> None:
    it = member(JOINING)
    it.next_number()
    it.step("expelled")
    assert it.asked == 0


def test_first_an_id_then_a_place() -> None:
    it = member(JOINING)
    assert it.join_answered(0, JoinGroupResponse(errors.MEMBER_ID_REQUIRED, member="A1-9")) == 0
    assert (it.state, it.member) == (JOINING, "A1-9") and it.backoff.ready(0)


def test_being_told_for_an_id_again_and_again_is_no_busy_loop() -> None:
    it = member(JOINING)
    for _ in range(3):
        it.join_answered(0, JoinGroupResponse(errors.MEMBER_ID_REQUIRED, member="A1-9"))
    assert not it.backoff.ready(0)


def test_the_leader_gets_the_roster() -> None:
    it = member(JOINING)
    it.join_answered(0, JoinGroupResponse(0, 4, "consumer", "range", "x", "x", [JoinedMember("x", b"")]))
    assert it.leads and it.generation == 4 and len(it.roster) == 1


def test_a_follower_goes_on_to_sync() -> None:
    it = member(JOINING)
    it.join_answered(0, JoinGroupResponse(0, 4, "consumer", "range", "y", "x"))
    assert it.state == SYNCING and not it.leads


@pytest.mark.parametrize(
    ("error", "keeps_id"),
    [(errors.UNKNOWN_MEMBER_ID, False), (errors.ILLEGAL_GENERATION, True), (errors.NOT_COORDINATOR, True)],
)
def test_what_an_error_leaves_of_the_membership(error: int, keeps_id: bool) -> None:
    it = member(SYNCING)
    it.member, it.generation = "x", 4
    it.sync_failed(0, error)
    assert it.state == JOINING and bool(it.member) is keeps_id


def test_it_asks_again_at_once_the_first_time_only() -> None:
    it = member(JOINING)
    it.join_answered(0, JoinGroupResponse(errors.UNKNOWN_MEMBER_ID))
    assert it.backoff.ready(0)
    it.join_answered(0, JoinGroupResponse(errors.UNKNOWN_MEMBER_ID))
    assert not it.backoff.ready(0)
    assert it.trouble == "UNKNOWN_MEMBER_ID"


def test_a_summoned_member_goes_on_beating_until_its_application_polls() -> None:
    it = member(SYNCING)
    it.stabilise(0)
    it.step("rebalance")
    assert it.state == SUMMONED and it.due() == (3 * SECOND,)
    it.step("poll")
    assert it.state == REVOKING and it.due() == (3 * SECOND,)
