"""When a client does something again."""

from __future__ import annotations

from engine.clients.timing import AlarmClock, Backoff, Grid, backoff
from engine.machine import MILLISECOND as MS
from engine.machine import Alarm, Wake


def test_the_wait_doubles_from_100_ms_to_one_second() -> None:
    assert [backoff(n) // MS for n in range(1, 8)] == [100, 200, 400, 800, 1000, 1000, 1000]
    assert backoff(1000) == 1000 * MS


def test_a_success_makes_the_next_failure_the_first() -> None:
    it = Backoff()
    it.failed(0)
    it.failed(0)
    assert it.until == 200 * MS and not it.ready(199 * MS) and it.ready(200 * MS)
    it.succeeded()
    it.failed(0)
    assert it.until == 100 * MS


def test_one_alarm_is_set_for_the_soonest_deadline() -> None:
    clock, effects = AlarmClock(), []
    clock.set(0, [None, 30, 20], effects)
    clock.set(0, [25], effects)
    assert effects == [Wake(20, "clock", 1)]


def test_a_sooner_deadline_replaces_the_alarm_whose_ring_is_then_ignored() -> None:
    clock, effects = AlarmClock(), []
    clock.set(0, [20], effects)
    clock.set(0, [10], effects)
    assert not clock.rang(Alarm("clock", 1))
    assert clock.rang(Alarm("clock", 2))


def test_what_is_overdue_waits_for_a_message_not_for_time() -> None:
    clock, effects = AlarmClock(), []
    clock.set(100, [50, 100], effects)
    assert effects == []


def test_a_grid_knows_its_moments() -> None:
    grid = Grid(start=5, period=10)
    assert [grid.at_or_after(t) for t in (0, 5, 6, 15)] == [5, 5, 15, 15]
    assert [grid.at_or_before(t) for t in (5, 14, 15, 16)] == [5, 5, 15, 15]
    assert grid.after(15) == 25
