"""Where the coordinator is."""

from __future__ import annotations

from engine.clients.coordinator import CoordinatorFinder
from engine.clients.metadata import Metadata
from engine.machine import MILLISECOND as MS
from engine.machine import SECOND, Effect
from engine.peers import Answer, Peers
from engine.wire import errors
from engine.wire.messages import Coordinator, FindCoordinatorResponse


def asks(it: CoordinatorFinder, now: int) -> bool:
    effects: list[Effect] = []
    it.go_on(now, Peers("A1", SECOND), effects)
    return bool(effects)


def answer(it: CoordinatorFinder, now: int, broker: int, error: int = 0) -> None:
    it.answered(now, Answer("B1", (), FindCoordinatorResponse([Coordinator("A", broker, error=error)])))


def test_it_asks_once_until_it_is_answered() -> None:
    it = CoordinatorFinder("A", Metadata(["B1"]))
    assert asks(it, 0) and not asks(it, 0)
    answer(it, MS, 2)
    assert it.node == "B2" and not asks(it, MS)


def test_an_error_is_followed_by_a_back_off() -> None:
    it = CoordinatorFinder("A", Metadata(["B1"]))
    asks(it, 0)
    answer(it, MS, -1, errors.COORDINATOR_NOT_AVAILABLE)
    assert it.node is None and it.due() == 101 * MS
    assert not asks(it, 100 * MS) and asks(it, 101 * MS)


def test_a_coordinator_that_is_lost_as_soon_as_it_is_found_is_no_busy_loop() -> None:
    it = CoordinatorFinder("A", Metadata(["B1"]))
    now = found = 0
    while now < 20 * SECOND:
        it.lost()
        if asks(it, now):
            answer(it, now, 2)
            found += 1
        now += 10 * MS
    assert found < 30


def test_who_cannot_be_reached_is_left_for_the_next() -> None:
    metadata = Metadata(["B1", "B2"])
    it = CoordinatorFinder("A", metadata)
    asks(it, 0)
    it.answered(0, Answer("B1", (), None, "refused"))
    assert metadata.anyone() == "B2"
