"""The coordinator as a part of a broker: its deadlines, its limits, and that it is plain data."""

from __future__ import annotations

import pickle

import pytest

from engine.groups.refusals import refusal
from engine.wire import errors
from engine.wire.messages import (
    CommitPart,
    DeleteGroupsRequest,
    DescribeGroupsRequest,
    HeartbeatRequest,
    JoinGroupRequest,
    LeaveGroupRequest,
    Leaver,
    ListGroupsRequest,
    OffsetCommitRequest,
    OffsetFetchGroup,
    OffsetFetchRequest,
    SyncGroupRequest,
)
from engine.world.plain import copy, state_digest
from tests.unit.groups.desk import DELAY_MS, SESSION_MS, Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_nobody_there_nothing_to_wait_for(desk: Desk) -> None:
    assert desk.coordinator.next_deadline() is None
    desk.commit("", -1)
    assert desk.coordinator.next_deadline() is None


def test_the_next_deadline_is_never_late(desk: Desk) -> None:
    desk.stable("a")
    due = desk.now + SESSION_MS * 1_000_000
    assert desk.coordinator.next_deadline() is not None
    assert (desk.coordinator.next_deadline() or 0) <= due
    desk.pass_ms(SESSION_MS)
    assert desk.state == "Empty"
    assert desk.coordinator.next_deadline() is None


def test_an_early_ring_does_nothing_and_a_late_one_everything(desk: Desk) -> None:
    desk.stable("a", "b")
    assert desk.coordinator.ring(desk.now) == []
    desk.now += 10 * SESSION_MS * 1_000_000
    for result in desk.coordinator.ring(desk.now):
        desk.take(result)
    assert desk.state == "Empty"


def test_heartbeats_set_no_alarms(desk: Desk) -> None:
    """A ring a session timeout, however many heartbeats there were."""
    ids = desk.stable("a")
    rings = 0
    for _ in range(1_000):
        desk.now += 1_000_000_000
        desk.beat(ids["a"], 1)
        if desk.now >= (desk.coordinator.next_deadline() or 0):
            rings += 1
            assert desk.coordinator.ring(desk.now) == []
    assert rings <= 1_000_000 // SESSION_MS + 1


def test_a_copy_goes_its_own_way_and_to_the_same_end(desk: Desk) -> None:
    ids = desk.stable("a", "b")
    desk.join("a", ids["a"])
    desk.join("c")
    branch = copy(desk)
    assert state_digest(branch.coordinator) == state_digest(desk.coordinator)
    branch.pass_ms(SESSION_MS * 7)
    assert state_digest(branch.coordinator) != state_digest(desk.coordinator)
    desk.pass_ms(SESSION_MS * 7)
    assert state_digest(branch.coordinator) == state_digest(desk.coordinator)
    assert branch.join("d").answer == desk.join("d").answer


def test_it_can_be_written_down(desk: Desk) -> None:
    desk.stable("a", "b")
    desk.enter("c")
    again = pickle.loads(pickle.dumps(desk.coordinator))
    assert state_digest(again) == state_digest(desk.coordinator)


def test_looking_is_no_part_of_the_state(desk: Desk) -> None:
    before = state_digest(desk.coordinator)
    desk.coordinator.traced = True
    desk.coordinator.snapshot()
    assert state_digest(desk.coordinator) == before


def test_at_the_limit_an_empty_group_without_offsets_makes_room(desk: Desk) -> None:
    desk.coordinator.settings.groups_max = 2
    desk.commit("", -1, group="kept")
    desk.leave(desk.join("a", group="forgotten").answer.member)
    desk.ask(LeaveGroupRequest("forgotten", [Leaver(desk.join("a", group="forgotten").answer.member)]))
    desk.pass_ms(SESSION_MS)
    assert desk.commit("", -1, group="new") == errors.NONE
    assert [group["id"] for group in desk.coordinator.snapshot()] == ["kept", "new"]
    assert desk.commit("", -1, group="newer") == errors.GROUP_MAX_SIZE_REACHED
    assert desk.join("a", group="newer").answer.error == errors.GROUP_MAX_SIZE_REACHED


def test_a_new_group_is_written_down_empty(desk: Desk) -> None:
    desk.join("a", requires_known_member=False)
    assert len(desk.log) == 1
    desk.take(desk.coordinator.load(desk.now, 0, desk.log))
    assert (desk.state, desk.generation, desk.group["members"]) == ("Empty", 0, [])


def test_the_snapshot_is_what_the_stage_needs(desk: Desk) -> None:
    ids = desk.stable("a")
    desk.commit(ids["a"], 1, offset=42)
    assert desk.coordinator.snapshot() == [
        {
            "id": "g",
            "partition": 0,
            "state": "Stable",
            "generation": 1,
            "protocol_type": "consumer",
            "protocol": "range",
            "leader": ids["a"],
            "members": [
                {
                    "member": ids["a"],
                    "client": "a",
                    "host": "/a",
                    "instance": None,
                    "topics": ["t"],
                    "assigned": {"t": [0]},
                    "heartbeat_at": 2 * DELAY_MS * 1_000_000,
                    "session_ms": SESSION_MS,
                    "rebalance_ms": 60_000,
                }
            ],
            "committed": {"t": {0: 42}},
        }
    ]


@pytest.mark.parametrize(
    "request_",
    [
        JoinGroupRequest("g", 10_000, 10_000, "m", "consumer", []),
        SyncGroupRequest("g", 1, "m"),
        HeartbeatRequest("g", 1, "m"),
        LeaveGroupRequest("g", [Leaver("m")]),
        OffsetCommitRequest("g", 1, "m", [CommitPart("t", 0, 1)]),
        OffsetFetchRequest([OffsetFetchGroup("g", [("t", 0)]), OffsetFetchGroup("h")]),
        DescribeGroupsRequest(["g"]),
        DeleteGroupsRequest(["g"]),
        ListGroupsRequest(),
    ],
    ids=lambda request: type(request).__name__,
)
def test_every_request_can_be_refused_in_its_own_words(request_: object) -> None:
    response = refusal(request_, errors.NOT_COORDINATOR)
    assert type(response).__name__ == type(request_).__name__.replace("Request", "Response")
    assert str(errors.NOT_COORDINATOR) in repr(response)


def test_what_is_no_request_to_a_coordinator_is_our_own_mistake() -> None:
    with pytest.raises(TypeError, match="no request to a group coordinator"):
        refusal("hello", errors.NOT_COORDINATOR)
