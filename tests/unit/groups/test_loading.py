"""The coordinator moves: the next one knows from the records what the last one knew."""

from __future__ import annotations

from typing import Any

import pytest

from engine.events import CoordinatorMoved
from engine.groups.records import Record
from engine.wire import errors
from engine.wire.messages import HeartbeatRequest
from tests.unit.groups.desk import PARTITION, SESSION_MS, Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def next_desk(desk: Desk, records: list[Record] | None = None, **settings: Any) -> Desk:
    """Another broker that reads what ``desk`` wrote, half an hour later on its own clock."""
    other = Desk(**settings)
    other.take(other.coordinator.unload(0, PARTITION))
    other.now = 1_800_000_000_000
    other.log = [*(desk.log if records is None else records)]
    other.take(other.coordinator.load(other.now, PARTITION, other.log))
    return other


def agreed(desk: Desk) -> list[dict[str, Any]]:
    """The snapshot without when members were heard of, which starts anew."""
    groups = desk.coordinator.snapshot()
    for group in groups:
        for member in group["members"]:
            del member["heartbeat_at"]
    return groups


def test_a_stable_group_goes_on_as_if_nothing_had_been(desk: Desk) -> None:
    ids = desk.stable("a", "b")
    desk.commit(ids["a"], 1, offset=42)
    other = next_desk(desk)
    assert agreed(other) == agreed(desk)
    assert other.beat(ids["a"], 1) == errors.NONE
    assert other.commit(ids["b"], 1) == errors.NONE
    assert other.join("b", ids["b"]).answer.generation == 1


def test_everybody_gets_a_fresh_session(desk: Desk) -> None:
    desk.stable("a", "b")
    other = next_desk(desk)
    other.pass_ms(SESSION_MS - 1)
    assert other.state == "Stable"
    other.pass_ms(1)
    assert other.state == "Empty"


def test_a_rebalance_under_way_is_lost_and_repeated(desk: Desk) -> None:
    ids = desk.stable("a")
    desk.enter("b")
    desk.join("a", ids["a"])
    assert (desk.generation, desk.state) == (2, "CompletingRebalance")
    other = next_desk(desk)
    assert (other.generation, other.state) == (1, "Stable")
    assert other.beat(ids["a"], 2) == errors.ILLEGAL_GENERATION
    assert other.join("b", "b-from-the-other").answer.error == errors.UNKNOWN_MEMBER_ID


def test_who_waits_at_a_barrier_is_sent_to_the_new_coordinator(desk: Desk) -> None:
    ids = desk.stable("a", "b")
    joining = desk.join("a", ids["a"])
    desk.take(desk.coordinator.unload(desk.now, PARTITION))
    assert joining.answer.error == errors.NOT_COORDINATOR
    assert not desk.coordinator.leads(PARTITION)
    assert desk.coordinator.snapshot() == []


def test_who_waits_for_its_part_is_sent_there_too(desk: Desk) -> None:
    desk.enter("a")
    call = desk.enter("b")
    desk.pass_ms(10_000)
    waiting = desk.sync(call.answer.member, 1)
    desk.take(desk.coordinator.unload(desk.now, PARTITION))
    assert waiting.answer.error == errors.NOT_COORDINATOR


def test_a_broker_that_does_not_coordinate_says_so(desk: Desk) -> None:
    desk.take(desk.coordinator.unload(0, PARTITION))
    assert desk.ask(HeartbeatRequest("g", 1, "a")).answer.error == errors.NOT_COORDINATOR


def test_only_offsets_are_enough_to_make_a_group(desk: Desk) -> None:
    desk.commit("", -1, offset=42)
    other = next_desk(desk)
    assert other.committed() == {("t", 0): 42}
    assert other.state == "Empty"


def test_the_last_word_counts(desk: Desk) -> None:
    desk.commit("", -1, offset=1)
    desk.commit("", -1, topic="u")
    desk.commit("", -1, offset=2)
    for result in desk.coordinator.topic_deleted(0, "u"):
        desk.take(result)
    assert next_desk(desk).committed() == {("t", 0): 2}


def test_what_cannot_be_read_is_passed_over(desk: Desk) -> None:
    desk.commit("", -1, offset=1)
    noise: list[Record] = [(None, b"?"), (b"", b""), (b"\0\3", b"x"), (b"\0\2\0\1h", b"\0\3"), (b"\0\2\0\1i", None)]
    assert next_desk(desk, noise + desk.log).committed() == {("t", 0): 1}


def test_every_group_that_moved_is_told_once(desk: Desk) -> None:
    desk.stable("a")
    desk.commit("", -1, group="b")
    other = next_desk(desk)
    assert other.told(CoordinatorMoved) == [CoordinatorMoved("g", 1, 0), CoordinatorMoved("b", 1, 0)]
    other.take(other.coordinator.load(other.now, PARTITION, other.log))
    assert len(other.told(CoordinatorMoved)) == 2


def test_a_group_that_is_too_large_now_rebalances_until_it_fits(desk: Desk) -> None:
    ids = desk.stable("a", "b")
    other = next_desk(desk, max_size=1)
    assert other.state == "PreparingRebalance"
    assert other.join("a", ids["a"]).waits
    assert other.join("b", ids["b"]).answer.error == errors.GROUP_MAX_SIZE_REACHED


def test_reading_twice_gives_the_same(desk: Desk) -> None:
    desk.stable("a", "b", "c")
    once = next_desk(desk)
    assert agreed(next_desk(once)) == agreed(once)
