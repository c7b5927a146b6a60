"""A rebalance told step by step, in the words people know the members by."""

from __future__ import annotations

from typing import Any

import pytest

from engine.events import (
    AssignmentMade,
    Committed,
    Event,
    GenerationFormed,
    GroupEmptied,
    MemberExpired,
    MemberJoined,
    MemberLeft,
    RebalanceStarted,
)
from engine.wire.messages import SyncGroupRequest
from tests.unit.groups.desk import DELAY_MS, SESSION_MS, Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_group_is_born(desk: Desk) -> None:
    call = desk.enter("a")
    desk.pass_ms(DELAY_MS)
    member = call.answer.member
    desk.sync(member, 1, {member: [("t", 0), ("t", 1), ("t", 2)]})
    assert desk.events == [
        MemberJoined("g", member, "a"),
        RebalanceStarted("g", 0, "joined", "a", 1),
        GenerationFormed("g", 1, "a", "range", 1),
        AssignmentMade("g", 1, {"a": ["t-0", "t-1", "t-2"]}, [], 3),
    ]


def test_a_member_is_killed_and_the_other_takes_over(desk: Desk) -> None:
    ids = desk.stable("a", "b")
    desk.pass_ms(SESSION_MS - 1)
    desk.beat(ids["b"], 1)
    desk.pass_ms(1)
    answer = desk.join("b", ids["b"]).answer
    desk.sync(ids["b"], answer.generation, {ids["b"]: [("t", 0), ("t", 1)]})
    assert desk.events == [
        MemberExpired("g", ids["a"], "a", SESSION_MS, "session"),
        RebalanceStarted("g", 1, "expired", "a", 1),
        GenerationFormed("g", 2, "b", "range", 1),
        AssignmentMade("g", 2, {"b": ["t-0", "t-1"]}, [], 2),
    ]


def test_a_member_leaves_and_then_the_last(desk: Desk) -> None:
    ids = desk.stable("a", "b")
    desk.leave(ids["a"])
    desk.leave(ids["b"])
    assert desk.events == [
        MemberLeft("g", ids["a"], "a"),
        RebalanceStarted("g", 1, "left", "a", 1),
        MemberLeft("g", ids["b"], "b"),
        GroupEmptied("g", 2),
    ]


def test_who_is_left_without_a_partition_is_named_as_idle(desk: Desk) -> None:
    ids = desk.stable("a", "b", "c")
    fourth = desk.enter("d")
    for client in "abc":
        desk.join(client, ids[client])
    shares = {ids[client]: [("t", number)] for number, client in enumerate("abc")}
    desk.sync(ids["a"], 2, shares)
    assert desk.told(AssignmentMade) == [
        AssignmentMade("g", 2, {"a": ["t-0"], "b": ["t-1"], "c": ["t-2"], "d": []}, ["d"], 3)
    ]
    assert fourth.answer.generation == 2


def test_namesakes_are_told_apart_by_their_member_ids(desk: Desk) -> None:
    first, second = desk.enter("rdkafka"), desk.enter("rdkafka")
    desk.pass_ms(3 * DELAY_MS)
    one, two = first.answer.member, second.answer.member
    desk.sync(one, 1, {one: [("t", 0)]})
    assert desk.told(AssignmentMade) == [AssignmentMade("g", 1, {one: ["t-0"], two: []}, [two], 1)]


def test_what_other_protocols_hand_out_is_not_read(desk: Desk) -> None:
    call = desk.enter("w", protocol_type="connect", protocols=[("default", b"?")])
    desk.pass_ms(DELAY_MS)
    desk.ask(SyncGroupRequest("g", 1, call.answer.member, {call.answer.member: b"?"}))
    assert desk.told(AssignmentMade) == [AssignmentMade("g", 1, {"w": []}, [], 0)]


@pytest.mark.parametrize(
    ("client", "given", "why"), [("a", {}, "leader"), ("b", {"topics": ["u"]}, "metadata"), ("c", {}, "joined")]
)
def test_why_a_rebalance_began(desk: Desk, client: str, given: dict[str, Any], why: str) -> None:
    ids = desk.stable("a", "b")
    if client in ids:
        desk.join(client, ids[client], **given)
    else:
        desk.enter(client)
    assert [(event.why, event.who) for event in desk.told(RebalanceStarted)] == [(why, client)]


def test_who_misses_a_barrier_is_told_as_such(desk: Desk) -> None:
    ids = desk.stable("a", "b", rebalance_timeout_ms=5_000)
    desk.join("a", ids["a"], rebalance_timeout_ms=5_000)
    desk.pass_ms(5_000)
    assert desk.told(MemberExpired) == [MemberExpired("g", ids["b"], "b", 5_000, "rebalance")]


def test_commits_are_told_only_while_somebody_looks(desk: Desk) -> None:
    ids = desk.stable("a")
    desk.commit(ids["a"], 1, offset=1)
    desk.coordinator.traced = True
    desk.commit(ids["a"], 1, offset=2)
    expected: list[Event] = [Committed("g", "t", 0, 2, "a")]
    assert desk.events == expected
