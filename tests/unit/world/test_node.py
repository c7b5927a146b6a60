"""A node's clock: skewed, too fast, too slow, and its alarms."""

from hypothesis import given
from hypothesis import strategies as st

from engine.machine import Alarm, CalendarSet, Sync, Synced, Wake
from engine.world.node import Node
from tests.unit.world.toys import MS, SECOND, Puppet, do, got, got_at, world_of


def node_with(skew_ns=0, rate_ppm=0, since=0):
    node = Node("B1", 1, Puppet())
    node.skew_ns = skew_ns
    node.set_rate(since, rate_ppm)
    return node


def test_a_clock_shows_the_time_unless_told_otherwise():
    node = node_with()
    assert (node.clock(12345), node.when(12345), node.skewed) == (12345, 12345, False)


def test_a_skewed_clock_is_off_by_the_skew():
    node = node_with(skew_ns=-500)
    assert (node.clock(2000), node.when(1500), node.skewed) == (1500, 2000, True)


def test_a_fast_clock_gains_and_keeps_its_gain_when_it_is_set_right():
    node = node_with(rate_ppm=100_000)
    assert node.clock(SECOND) == 1_100_000_000
    node.set_rate(SECOND, 0)
    assert node.clock(2 * SECOND) == 2_100_000_000
    assert (node.skew_ns, node.rate_ppm) == (100_000_000, 0)


@given(
    skew=st.integers(-(10**12), 10**12),
    rate=st.integers(-900_000, 3_000_000),
    since=st.integers(0, 10**12),
    ahead=st.integers(0, 10**12),
)
def test_an_alarm_rings_at_the_first_moment_the_clock_allows(skew, rate, since, ahead):
    node = node_with(skew, rate, since)
    wanted = node.clock(since) + ahead
    moment = node.when(wanted)
    assert node.clock(moment) >= wanted
    assert node.clock(moment - 1) < wanted


def test_a_machine_sees_its_own_clock_and_is_woken_by_it():
    world = world_of("slow")
    world.nodes["slow"].set_rate(world.now, -500_000)  # half as fast
    do(world, "slow", Wake(10 * MS, "tick", 3))
    world.advance(30 * MS)
    assert got(world, "slow") == [Alarm("tick", 3)]
    assert got_at(world, "slow", Alarm) == [10 * MS]  # on its clock
    world.advance(40 * MS)
    assert world.nodes["slow"].machine.settled[-1] == 10 * MS


def test_an_alarm_in_the_past_rings_now():
    world = world_of("a")
    world.advance(5 * MS)
    do(world, "a", Wake(MS, "tick"))
    assert got_at(world, "a", Alarm) == [5 * MS]


def test_a_sync_is_answered_after_the_disks_latency_with_what_the_disk_says():
    world = world_of("a")
    do(world, "a", Sync("00.log", 1))
    node = world.nodes["a"]
    node.disk_ns, node.disk_error = 3 * MS, "EIO"
    do(world, "a", Sync("00.log", 2))
    assert got(world, "a") == [Synced("00.log", 1)]
    world.advance(3 * MS)
    assert got(world, "a")[1:] == [Synced("00.log", 2, "EIO")]


def test_a_disk_that_gets_faster_answers_in_order():
    world = world_of("a")
    world.nodes["a"].disk_ns = 5 * MS
    do(world, "a", Sync("00.log", 1))
    world.nodes["a"].disk_ns = 0
    do(world, "a", Sync("00.log", 2))
    assert got(world, "a") == []
    world.advance(5 * MS)
    assert [synced.token for synced in got(world, "a", Synced)] == [1, 2]


def test_a_new_calendar_is_handed_to_all_who_live():
    world = world_of("a", "b")
    world.crash_node("b")
    world.set_calendar(1_700_000_000 * SECOND)
    world.finish_instant()
    assert world.calendar_offset == 1_700_000_000 * SECOND
    assert got(world, "a") == [CalendarSet(1_700_000_000 * SECOND)]
    assert got(world, "b") == []
