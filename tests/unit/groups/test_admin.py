"""What an administrator sees of groups, and how they are deleted."""

from __future__ import annotations

import pytest

from engine.groups.protocol import Subscription, encode_assignment, encode_subscription
from engine.wire import errors
from engine.wire.messages import DeleteGroupsRequest, DescribedGroup, DescribeGroupsRequest
from tests.unit.groups.desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def described(desk: Desk, name: str = "g") -> DescribedGroup:
    group: DescribedGroup = desk.ask(DescribeGroupsRequest([name])).answer.groups[0]
    return group


def delete(desk: Desk, *names: str) -> list[tuple[str, int]]:
    results: list[tuple[str, int]] = desk.ask(DeleteGroupsRequest([*names])).answer.results
    return results


def listed(desk: Desk, *states: str) -> list[tuple[str, str, str]]:
    return [(group.group, group.protocol_type, group.state) for group in desk.coordinator.list_groups(states)]


def test_a_stable_group_shows_wishes_and_parts(desk: Desk) -> None:
    ids = desk.stable("a")
    group = described(desk)
    assert (group.state, group.protocol_type, group.protocol) == ("Stable", "consumer", "range")
    member = group.members[0]
    assert (member.member, member.client_id, member.host) == (ids["a"], "a", "/a")
    assert member.metadata == encode_subscription(Subscription(["t"]))
    assert member.assignment == encode_assignment([("t", 0)])


def test_a_group_on_the_move_shows_no_wishes(desk: Desk) -> None:
    desk.stable("a")
    desk.enter("b")
    group = described(desk)
    assert (group.state, group.protocol) == ("PreparingRebalance", "")
    assert [member.metadata for member in group.members] == [b"", b""]


def test_a_group_that_is_not_there_is_dead(desk: Desk) -> None:
    assert described(desk, "unheard-of") == DescribedGroup("unheard-of", errors.NONE, "Dead")


def test_groups_are_listed_by_name_and_by_state(desk: Desk) -> None:
    desk.stable("a")
    desk.commit("", -1, group="b")
    assert listed(desk) == [("b", "", "Empty"), ("g", "consumer", "Stable")]
    assert listed(desk, "stable") == [("g", "consumer", "Stable")]
    assert listed(desk, "Dead") == []
    assert desk.coordinator.list_groups(kinds=["consumer"]) == []
    assert len(desk.coordinator.list_groups(kinds=["Classic"])) == 2


def test_an_empty_group_is_deleted_with_its_offsets(desk: Desk) -> None:
    ids = desk.stable("a")
    desk.commit(ids["a"], 1)
    desk.leave(ids["a"])
    before = len(desk.log)
    assert delete(desk, "g") == [("g", errors.NONE)]
    assert [value for _, value in desk.log[before:]] == [None, None]
    assert described(desk).state == "Dead"
    assert desk.committed() == {}


def test_a_group_with_members_is_not_deleted(desk: Desk) -> None:
    desk.stable("a")
    assert delete(desk, "g", "unheard-of") == [("g", errors.NON_EMPTY_GROUP), ("unheard-of", errors.GROUP_ID_NOT_FOUND)]
    assert desk.state == "Stable"


def test_a_deleted_group_is_not_read_again(desk: Desk) -> None:
    desk.commit("", -1)
    delete(desk, "g")
    desk.take(desk.coordinator.load(desk.now, 0, desk.log))
    assert desk.coordinator.snapshot() == []


def test_after_deletion_the_name_begins_anew(desk: Desk) -> None:
    ids = desk.stable("a")
    desk.leave(ids["a"])
    delete(desk, "g")
    desk.stable("a")
    assert desk.generation == 1
