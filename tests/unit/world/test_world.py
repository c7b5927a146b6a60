"""Steps, instants, lives, events: what the loop promises to machines and to those who look on."""

import pytest

from engine.machine import Alarm, Close, Connect, Halt, Opened, Order, Refused, Request, Response, Tell, Wake
from engine.world import loop
from engine.world.performing import Record
from engine.world.world import World
from tests.unit.world.toys import (
    APPENDED,
    MS,
    STARTED,
    UNIMPORTANT,
    Puppet,
    chat_world,
    connected,
    do,
    got,
    got_at,
    world_of,
)

# --- steps and instants ----------------------------------------------------------------------------


def test_a_step_is_one_agenda_entry():
    world = world_of("a")
    world.order("a", [])
    world.order("a", [])
    assert world.step() and world.steps == 1
    assert len(world.nodes["a"].machine.got) == 1
    assert world.step() and not world.step()
    assert world.steps == 2


def test_an_instant_is_settled_once_however_often_a_machine_was_touched():
    world = world_of("a", "b")
    settled = world.nodes["a"].machine.settled
    settled.clear()
    for _ in range(3):
        world.order("a", [])
    world.finish_instant()
    assert settled == [0]


def test_who_was_not_touched_is_not_settled():
    world = world_of("a", "b")
    world.nodes["b"].machine.settled.clear()
    do(world, "a")
    assert world.nodes["b"].machine.settled == []


def test_settling_may_cause_more_in_the_same_instant():
    world = world_of("a")
    machine = world.nodes["a"].machine
    machine.settled.clear()
    machine.at_settle = [[Wake(0, "again")]]
    do(world, "a")
    assert got(world, "a") == [Alarm("again", 0)]
    assert machine.settled == [0, 0]


def test_a_step_settles_the_instant_before_one_of_a_later_time():
    world = world_of("a")
    machine = world.nodes["a"].machine
    do(world, "a", Wake(5, "later"))
    world.order("a", [])
    machine.settled.clear()
    world.step()
    assert machine.settled == [] and world.in_instant
    world.step()
    assert machine.settled == [0] and world.now == 5


def test_what_settling_causes_comes_before_a_later_time():
    world = world_of("a")
    do(world, "a", Wake(5, "later"))
    world.nodes["a"].machine.at_settle = [[Wake(0, "at once")]]
    world.order("a", [])
    for _ in range(3):
        world.step()
    assert [m.name for m in got(world, "a")] == ["at once", "later"]


def test_advancing_takes_what_is_due_then_included_and_leaves_the_rest():
    world = world_of("a")
    do(world, "a", Wake(5, "five"), Wake(6, "six"))
    assert world.advance(5)
    assert (world.now, got_at(world, "a", Alarm), world.next_time()) == (5, [5], 6)
    with pytest.raises(AssertionError, match="is over"):
        world.advance(4)


def test_advancing_stops_when_it_has_taken_enough():
    world = world_of("a")
    do(world, "a", Wake(5, "five"), Wake(5, "five"), Wake(7, "seven"))
    assert not world.advance(10, most=1)
    assert (world.now, world.in_instant) == (5, True)
    assert not world.advance(10, most=1)
    assert not world.advance(10, most=1)
    assert world.advance(10, most=1)
    assert (world.now, world.steps) == (10, 4)


def test_with_nothing_to_do_there_is_no_next_time():
    world = world_of("a")
    assert world.next_time() is None
    world.order("a", [Wake(9, "nine")])
    assert world.next_time() == 0
    world.finish_instant()
    assert world.next_time() == 9


def test_a_machine_that_never_comes_to_rest_is_found_out(monkeypatch):
    monkeypatch.setattr(loop, "SETTLES_MAX", 10)
    world = world_of("a")
    world.nodes["a"].machine.at_settle = [[Wake(0, "again")] for _ in range(20)]
    with pytest.raises(RuntimeError, match="a does not come to rest"):
        do(world, "a")


def test_an_unknown_effect_is_a_mistake_that_shows():
    world = world_of("a")
    with pytest.raises(TypeError, match="a returned 'hello', which is no effect"):
        do(world, "a", "hello")


def test_stepping_advancing_and_looking_lead_to_the_same_end():
    until = 200 * MS
    ways = []
    for way in range(3):
        world = chat_world(seed=3)
        if way == 0:
            world.advance(until)
        elif way == 1:
            while (due := world.next_time()) is not None and due <= until:
                if world.run(1, until):
                    world.digest()
            world.advance(until)
        else:
            while world.now < until:
                world.advance(min(world.now + MS // 3, until))
        ways.append((world.digest(), world.steps, world.event_number))
    assert ways[0] == ways[1] == ways[2]
    assert ways[0][1] > 500


# --- lives -----------------------------------------------------------------------------------------


def test_an_alarm_of_a_previous_life_does_not_ring():
    world = world_of("a")
    do(world, "a", Wake(5, "old"))
    world.crash_node("a")
    world.start_node("a", Puppet())
    do(world, "a", Wake(6, "new"))
    world.advance(10)
    assert got(world, "a") == [Alarm("new", 0)]
    assert world.nodes["a"].incarnation == 2


def test_the_dead_take_no_orders_and_are_not_settled():
    world = world_of("a")
    world.order("a", [])
    world.step()
    machine = world.nodes["a"].machine
    machine.settled.clear()
    world.crash_node("a")
    world.order("a", [])
    world.finish_instant()
    assert machine.settled == [] and len(machine.got) == 1
    world.crash_node("a")
    world.stop_node("a")


def test_a_node_restarted_in_the_instant_of_its_crash_is_settled_once():
    world = world_of("a")
    world.order("a", [])
    world.step()
    world.crash_node("a")
    world.start_node("a", Puppet())
    world.finish_instant()
    assert world.nodes["a"].machine.settled == [0]


def test_a_machine_can_end_its_own_process_after_saying_what_it_had_to_say():
    world = world_of("a", "b")
    connection = connected(world, "a", "b")
    machine = world.nodes["a"].machine
    machine.settled.clear()
    world.order("a", [Request(connection, 1, "last words"), Halt(), Tell(STARTED), Connect("b", 2), Wake(0, "late")])
    world.advance(world.now + 10 * MS)
    assert not world.nodes["a"].alive and machine.settled == []
    assert [m.__class__.__name__ for m in got(world, "b")] == ["Accepted", "Request", "Closed"]
    assert got(world, "a", Alarm) == got(world, "a", Response) == []
    assert world.event_number == 1
    assert not world.connections.by_id
    world.start_node("a", Puppet())
    world.advance(world.now + 10 * MS)
    assert got(world, "a") == []


def test_starting_carries_out_what_the_machine_wants_first():
    world = World(1)
    world.add_node("a", Puppet(first=[Wake(0, "first")]), start=False)
    world.finish_instant()
    assert not world.nodes["a"].alive
    world.start_node("a", world.nodes["a"].machine)
    world.finish_instant()
    assert got(world, "a") == [Alarm("first", 0)]


def test_names_are_unique_and_nobody_is_started_twice():
    world = world_of("a")
    with pytest.raises(AssertionError, match="there is a node a already"):
        world.add_node("a", Puppet())
    with pytest.raises(AssertionError, match="a runs already"):
        world.start_node("a", Puppet())


def test_a_removed_node_cannot_be_reached_and_its_name_is_free():
    world = world_of("a", "b")
    connected(world, "a", "b")
    number = world.nodes["b"].number
    world.remove_node("b")
    assert "b" not in world.nodes
    assert world.add_node("b", Puppet()).number > number


def test_a_paused_node_takes_all_that_came_in_order_when_it_goes_on():
    world = world_of("a", "b")
    connection = connected(world, "a", "b")
    do(world, "b", Wake(world.now + 2 * MS, "tick"))
    start = world.now
    world.pause_node("b", start + 10 * MS)
    for number in (1, 2):
        do(world, "a", Request(connection, number, "hello"))
        world.advance(world.now + 3 * MS)
    do(world, "a", Close(connection))
    world.advance(start + 10 * MS - 1)
    assert got(world, "b", Request) == [] and got(world, "b", Alarm) == []
    world.advance(start + 30 * MS)
    names = [m.__class__.__name__ for m in got(world, "b")]
    assert names == ["Accepted", "Request", "Alarm", "Request", "Closed"]
    assert got_at(world, "b", Request) == [start + 10 * MS] * 2


def test_nothing_that_comes_as_it_goes_on_overtakes_what_waited():
    world = world_of("a", "b")
    connection = connected(world, "a", "b")
    start = world.now
    world.pause_node("b", start + 5 * MS)
    do(world, "a", Request(connection, 1, "early"))
    world.advance(start + 4 * MS)
    do(world, "a", Request(connection, 2, "arrives at the very moment"))
    world.advance(start + 8 * MS)
    assert [m.correlation for m in got(world, "b", Request)] == [1, 2]


def test_a_pause_can_be_made_longer_not_shorter():
    world = world_of("a")
    world.pause_node("a", 5 * MS)
    world.pause_node("a", 9 * MS)
    world.pause_node("a", 7 * MS)
    world.order("a", [])
    world.advance(9 * MS - 1)
    assert world.nodes["a"].machine.got == []
    world.advance(9 * MS)
    assert got_at(world, "a", Order) == [9 * MS]


def test_a_crash_ends_a_pause_and_forgets_what_waited():
    world = world_of("a")
    world.pause_node("a", 5 * MS)
    world.order("a", [])
    world.finish_instant()
    world.crash_node("a")
    world.start_node("a", Puppet())
    world.order("a", [])
    world.finish_instant()
    assert len(world.nodes["a"].machine.got) == 1
    world.advance(9 * MS)
    assert len(world.nodes["a"].machine.got) == 1


def test_pausing_the_dead_or_into_the_past_does_nothing():
    world = world_of("a", "b")
    world.advance(5)
    world.crash_node("b")
    world.pause_node("a", 5)
    world.pause_node("b", 99)
    assert world.next_time() is None


def test_a_connection_to_a_paused_node_opens_when_it_goes_on():
    world = world_of("a", "b")
    world.pause_node("b", 20 * MS)
    do(world, "a", Connect("b", 1))
    world.advance(30 * MS)
    assert got_at(world, "a", Opened) == [21 * MS]


def test_who_stands_at_the_door_of_a_paused_node_is_refused_when_it_crashes():
    world = world_of("a", "b")
    world.pause_node("b", 20 * MS)
    do(world, "a", Connect("b", 1))
    world.advance(10 * MS)
    world.crash_node("b")
    world.advance(30 * MS)
    assert got_at(world, "a", Refused) == [11 * MS]


# --- events and looking ------------------------------------------------------------------------------


def test_milestones_are_numbered_and_carry_step_time_node_and_cause():
    world = world_of("a")
    do(world, "a", Wake(5, "tick"))
    world.advance(5)
    cause = world.agenda.sequence + 1
    do(world, "a", Tell(STARTED), Tell(UNIMPORTANT))
    first, second = world.told
    assert (first.number, first.step, first.at, first.node, first.cause) == (1, world.steps, 5, "a", cause)
    assert (second.number, world.event_number) == (2, 2)
    assert world.meaningful == 1


def test_what_settling_tells_has_the_last_entry_as_its_cause():
    world = world_of("a")
    world.nodes["a"].machine.at_settle = [[Tell(STARTED)]]
    world.order("a", [])
    world.order("a", [])
    last = world.agenda.sequence
    world.finish_instant()
    assert world.told[-1].cause == last


def test_the_director_can_tell_what_no_machine_can():
    world = world_of("a")
    world.tell("a", STARTED)
    assert (world.told[-1].node, world.told[-1].cause, world.event_number) == ("a", 0, 1)


def test_numbers_go_on_when_the_oldest_milestones_are_forgotten():
    world = world_of("a")
    world.told = Record(maxlen=2)
    for _ in range(5):
        world.tell("a", STARTED)
    assert [told.number for told in world.told] == [4, 5]


def test_traffic_is_told_only_while_somebody_looks():
    world = world_of("a")
    do(world, "a", Tell(APPENDED))
    assert (len(world.traffic), world.meaningful, world.event_number) == (0, 0, 0)
    world.traced = True
    assert world.nodes["a"].machine.traced
    do(world, "a", Tell(APPENDED))
    assert (len(world.traffic), world.meaningful, world.event_number) == (1, 1, 0)
    assert world.traffic[0].number == 0


def test_whoever_is_born_while_somebody_looks_is_looked_at_too():
    world = World(1)
    world.traced = True
    world.add_node("a", Puppet())
    assert world.nodes["a"].machine.traced
    world.traced = False
    assert not world.nodes["a"].machine.traced


def test_looking_changes_nothing():
    blind, seen = chat_world(seed=5), chat_world(seed=5)
    for turn in range(20):
        seen.traced = turn % 3 != 0
        for world in (blind, seen):
            world.advance((turn + 1) * 2 * MS)
    assert seen.traffic and not blind.traffic
    assert (seen.digest(), seen.steps, seen.event_number) == (blind.digest(), blind.steps, blind.event_number)
    assert list(seen.told) == list(blind.told)


def test_an_observer_sees_each_step_each_start_and_each_settle_that_came_to_something():
    class Watcher:
        def __init__(self):
            self.seen = []

        def after(self, world, node, message, effects):
            self.seen.append((node.name, message.__class__.__name__, len(effects)))

    world = World(1)
    world.observer = Watcher()
    world.add_node("a", Puppet(first=[Wake(0, "x")]))
    world.finish_instant()
    assert world.observer.seen == [("a", "NoneType", 1), ("a", "Alarm", 0)]
    world.nodes["a"].machine.at_settle = [[Wake(MS, "y"), Wake(MS, "z")]]
    do(world, "a")
    assert world.observer.seen[2:] == [("a", "Order", 0), ("a", "NoneType", 2)]


def test_an_observer_may_crash_a_node_between_execution_and_answer():
    class Assassin:
        def after(self, world, node, message, effects):
            if node.name == "b" and message.__class__ is Request:
                world.crash_node("b")

    world = world_of("a", "b")
    connection = connected(world, "a", "b")
    world.observer = Assassin()
    do(world, "a", Request(connection, 1, "hello"))
    world.advance(world.now + 10 * MS)
    assert len(got(world, "b", Request)) == 1
    assert got(world, "a", Response) == [] and len(got(world, "a")) == 2  # Opened, Closed


def test_the_same_name_gives_the_same_dice():
    world = World(1)
    assert world.dice("keys") is world.dice("keys")
    assert world.dice("keys") is not world.dice("network")
