"""Wall time and virtual time, by a clock that the test sets."""

from hypothesis import given
from hypothesis import strategies as st

from engine.live.pacer import IDLE_NS, PATIENCE_NS, Pacer

SECOND = 1_000_000_000


class Clock:
    def __init__(self):
        self.now = 5 * SECOND

    def __call__(self):
        return self.now


def paced(virtual=0):
    clock = Clock()
    return Pacer(virtual, clock), clock


def test_virtual_time_goes_with_the_wall():
    pacer, clock = paced(100)
    clock.now += 3 * SECOND
    assert pacer.virtual() == 100 + 3 * SECOND


def test_speed_bends_the_line_where_it_is_set():
    pacer, clock = paced()
    clock.now += SECOND
    pacer.set_speed(4.0)
    clock.now += SECOND
    assert pacer.virtual() == 5 * SECOND
    pacer.set_speed(0.25)
    clock.now += 4 * SECOND
    assert pacer.virtual() == 6 * SECOND


def test_paused_time_stands_still_and_is_not_caught_up():
    pacer, clock = paced()
    clock.now += SECOND
    pacer.pause(SECOND)
    clock.now += 100 * SECOND
    assert pacer.virtual() == SECOND
    pacer.resume(2 * SECOND)  # stepped a second
    clock.now += SECOND
    assert pacer.virtual() == 3 * SECOND


@given(st.integers(0, 10**15), st.floats(1 / 64, 64), st.integers(0, 10**13))
def test_when_the_wall_has_come_to_a_moment_so_has_the_line(virtual, speed, ahead):
    pacer, clock = paced(virtual)
    pacer.set_speed(speed)
    clock.now = pacer.wall(virtual + ahead)
    assert pacer.virtual() >= virtual + ahead - 64


def test_who_waits_is_woken_for_each_entry():
    pacer, clock = paced()
    assert pacer.wake_at(300_000, exact=True) == clock.now + 300_001


def test_who_does_not_wait_is_woken_once_a_second():
    pacer, clock = paced()
    assert pacer.wake_at(300_000, exact=False) == clock.now + IDLE_NS
    assert pacer.wake_at(5 * SECOND, exact=False) == clock.now + 5 * SECOND + 1


def test_nothing_to_come_and_nothing_to_wake_for():
    pacer, _ = paced()
    assert pacer.wake_at(None, exact=True) is None
    pacer.pause(0)
    assert pacer.wake_at(1, exact=True) is None


def test_being_late_is_forgiven_for_a_while():
    pacer, clock = paced()
    clock.now += SECOND  # slept on purpose
    assert pacer.behind(0) == 0
    clock.now += PATIENCE_NS
    assert pacer.behind(0) == 0


def test_a_world_that_cannot_keep_up_is_let_fall_behind():
    pacer, clock = paced()
    assert pacer.behind(0) == 0
    clock.now += PATIENCE_NS + 1
    assert pacer.behind(0) == PATIENCE_NS + 1
    pacer.anchor(0)
    assert pacer.behind(0) == 0


def test_a_world_that_is_busy_but_nearly_there_goes_on():
    pacer, clock = paced()
    assert pacer.behind(0) == 0
    clock.now += 2 * SECOND
    assert pacer.behind(2 * SECOND - PATIENCE_NS) == 0


def test_catching_up_ends_the_count():
    pacer, clock = paced()
    pacer.behind(0)
    pacer.caught_up()
    clock.now += 2 * PATIENCE_NS
    assert pacer.behind(0) == 0


def test_patience_is_wall_time_whatever_the_speed():
    pacer, clock = paced()
    pacer.set_speed(64.0)
    pacer.behind(0)
    clock.now += PATIENCE_NS // 2
    assert pacer.behind(0) == 0
