"""Members with a lasting name (KIP-345) come back to their place without a rebalance."""

from __future__ import annotations

import pytest

from engine.groups.protocol import Subscription, decode_assignment, encode_subscription
from engine.wire import errors
from engine.wire.messages import (
    CommitPart,
    HeartbeatRequest,
    LeaveGroupRequest,
    Leaver,
    OffsetCommitRequest,
    SyncGroupRequest,
)
from tests.unit.groups.desk import DELAY_MS, REBALANCE_MS, Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def stable(desk: Desk, *names: str) -> dict[str, str]:
    calls = {name: desk.join(name, instance=name) for name in names}
    desk.pass_ms(DELAY_MS * 3)
    ids = {name: call.answer.member for name, call in calls.items()}
    for member in ids.values():
        desk.sync(member, 1, {member: [("t", number)] for number, member in enumerate(ids.values())})
    assert desk.state == "Stable"
    return ids


def test_its_id_bears_its_name_and_needs_no_second_step(desk: Desk) -> None:
    assert stable(desk, "one")["one"].startswith("one-")


def test_it_takes_up_its_part_under_a_new_id_without_a_rebalance(desk: Desk) -> None:
    ids = stable(desk, "one", "two")
    answer = desk.join("two", instance="two").answer
    assert (answer.error, answer.generation) == (errors.NONE, 1)
    assert answer.member != ids["two"]
    assert desk.state == "Stable"
    part = desk.sync(answer.member, 1).answer
    assert decode_assignment(part.assignment) == [("t", 1)]


def test_a_leader_that_comes_back_is_not_told_that_it_leads(desk: Desk) -> None:
    """Otherwise it would compute an assignment nobody asked for; but it does lead: its return again rebalances."""
    ids = stable(desk, "one", "two")
    answer = desk.join("one", instance="one").answer
    assert (answer.leader, answer.members) == (ids["one"], [])
    assert desk.group["leader"] == answer.member
    assert desk.join("one", answer.member, instance="one").waits


def test_its_earlier_self_is_fenced_everywhere(desk: Desk) -> None:
    old = stable(desk, "one", "two")["two"]
    desk.join("two", instance="two")
    fenced = [
        desk.join("two", old, instance="two").answer.error,
        desk.ask(SyncGroupRequest("g", 1, old, instance="two")).answer.error,
        desk.ask(HeartbeatRequest("g", 1, old, "two")).answer.error,
        desk.ask(OffsetCommitRequest("g", 1, old, [CommitPart("t", 0, 1)], "two")).answer.parts[0].error,
        desk.ask(LeaveGroupRequest("g", [Leaver(old, "two")])).answer.members[0].error,
    ]
    assert fenced == [errors.FENCED_INSTANCE_ID] * 5
    assert desk.beat(old, 1) == errors.UNKNOWN_MEMBER_ID  # and without its name it is nobody


def test_its_earlier_self_is_fenced_while_it_waits(desk: Desk) -> None:
    first = desk.join("one", instance="one")
    second = desk.join("one", instance="one")
    assert first.answer.error == errors.FENCED_INSTANCE_ID
    desk.pass_ms(2 * DELAY_MS)
    assert second.answer.generation == 1
    assert len(desk.group["members"]) == 1


def test_coming_back_while_the_assignment_is_awaited_starts_over(desk: Desk) -> None:
    """The leader knows the old id only, so its assignment would give the new one nothing."""
    first, second = desk.join("one", instance="one"), desk.join("two", instance="two")
    desk.pass_ms(3 * DELAY_MS)
    waiting = desk.sync(second.answer.member, 1)
    desk.join("two", instance="two")
    assert waiting.answer.error == errors.FENCED_INSTANCE_ID
    assert desk.state == "PreparingRebalance"
    assert desk.beat(first.answer.member, 1) == errors.REBALANCE_IN_PROGRESS


def test_coming_back_with_other_protocols_rebalances_if_another_is_chosen(desk: Desk) -> None:
    stable(desk, "one")
    wish = encode_subscription(Subscription(["t"]))
    answer = desk.join("one", instance="one", protocols=[("sticky", wish), ("range", wish)]).answer
    assert (answer.generation, answer.protocol) == (2, "sticky")


def test_coming_back_with_other_topics_waits_for_the_next_rebalance(desk: Desk) -> None:
    """As in Kafka (KAFKA-12759): only the protocol's name is compared. Then the leader is told."""
    stable(desk, "one")
    wish = encode_subscription(Subscription(["u"]))
    back = desk.join("one", instance="one", protocols=[("range", wish)]).answer
    assert (back.generation, desk.state) == (1, "Stable")
    assert decode_assignment(desk.sync(back.member, 1).answer.assignment) == [("t", 0)]
    again = desk.join("one", back.member, instance="one", protocols=[("range", wish)]).answer
    assert (again.generation, [m.metadata for m in again.members]) == (2, [wish])


def test_the_new_id_is_written_down(desk: Desk) -> None:
    stable(desk, "one")
    new = desk.join("one", instance="one").answer.member
    reloaded = Desk()
    reloaded.take(reloaded.coordinator.load(0, 0, desk.log))
    assert [m["member"] for m in reloaded.group["members"]] == [new]


def test_its_place_is_kept_when_it_misses_a_rebalance(desk: Desk) -> None:
    half_hour = 1_800_000
    ids = desk.stable("a", session_timeout_ms=half_hour)
    desk.join("one", instance="one", session_timeout_ms=half_hour)
    first = desk.join("a", ids["a"], session_timeout_ms=half_hour).answer
    desk.sync(ids["a"], 2, {})
    again = desk.join("a", ids["a"], session_timeout_ms=half_hour)
    desk.pass_ms(REBALANCE_MS)
    assert [m.instance for m in first.members] == [m.instance for m in again.answer.members] == [None, "one"]


def test_an_admin_can_put_it_out_by_its_name(desk: Desk) -> None:
    stable(desk, "one", "two")
    answer = desk.leave("", instance="two").answer
    assert [(left.error, left.instance) for left in answer.members] == [(errors.NONE, "two")]
    assert [m["instance"] for m in desk.group["members"]] == ["one"]
    assert desk.leave("", instance="two").answer.members[0].error == errors.UNKNOWN_MEMBER_ID


def test_a_name_nobody_has_is_unknown(desk: Desk) -> None:
    ids = stable(desk, "one")
    assert desk.join("two", "two-made-up", instance="two").answer.error == errors.UNKNOWN_MEMBER_ID
    assert desk.ask(HeartbeatRequest("g", 1, ids["one"], "two")).answer.error == errors.UNKNOWN_MEMBER_ID
