"""A long outage does not flood the timeline."""

from __future__ import annotations

from engine.clients.refusals import Refusals
from engine.events import ProduceRefused
from engine.machine import SECOND, Tell


def told(refusals: Refusals) -> list[ProduceRefused]:
    effects: list[Tell] = []
    refusals.tell(effects)  # type: ignore[arg-type]
    return [effect.event for effect in effects]  # type: ignore[misc]


def test_a_burst_is_told_once_with_the_records_of_its_first_instant() -> None:
    refusals = Refusals("loja")
    refusals.failed(0, "pedidos", 0, "NOT_ENOUGH_REPLICAS", 2)
    refusals.failed(0, "pedidos", 0, "NOT_ENOUGH_REPLICAS", 3)
    assert told(refusals) == [ProduceRefused("loja", "pedidos", 0, "NOT_ENOUGH_REPLICAS", 5)]
    refusals.failed(SECOND, "pedidos", 0, "NOT_ENOUGH_REPLICAS", 1)
    assert told(refusals) == []


def test_another_error_or_partition_is_another_burst() -> None:
    refusals = Refusals("loja")
    refusals.failed(0, "pedidos", 0, "NOT_ENOUGH_REPLICAS", 1)
    refusals.failed(0, "pedidos", 1, "NOT_ENOUGH_REPLICAS", 1)
    refusals.failed(0, "pedidos", 0, "REQUEST_TIMED_OUT", 1)
    assert len(told(refusals)) == 3


def test_a_burst_ends_when_a_record_gets_through() -> None:
    refusals = Refusals("loja")
    for start in (0, 20 * SECOND):
        refusals.failed(start, "pedidos", 0, "NOT_ENOUGH_REPLICAS", 1)
        assert len(told(refusals)) == 1
        refusals.got_through(start + 15 * SECOND, "pedidos", 0)


def test_what_flickers_is_told_every_ten_seconds_at_most() -> None:
    refusals = Refusals("loja")
    events = 0
    for second in range(60):
        refusals.failed(second * SECOND, "pedidos", 0, "NOT_ENOUGH_REPLICAS", 1)
        events += len(told(refusals))
        refusals.got_through(second * SECOND, "pedidos", 0)
    assert events == 6
