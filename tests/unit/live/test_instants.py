"""Inputs get a time and a place; what leaves has been written down; a replay gets to the same place."""

import pytest

from engine.live.groups import Group
from engine.live.instants import Instants
from engine.live.pacer import PATIENCE_NS, Pacer
from engine.live.replaying import replay_one
from tests.unit.live.live_toys import SECOND, Clock, answering_world


class Book:
    """A journal that keeps its groups in a list."""

    def __init__(self):
        self.groups = []

    def append(self, step, at, held, inputs):
        self.groups.append(Group(step, at, held, list(inputs)))

    def flush(self):
        pass


def accept():
    return ("tcp", "accept", ("tcp:1.2.3.4:5", "B1", "1.2.3.4:19092"))


def frame(data, connection=1):
    return ("tcp", "frame", (connection, data))


@pytest.fixture
def driven():
    world, director = answering_world()
    clock = Clock()
    return Instants(world, Pacer(0, clock), Book()), clock, director


def test_inputs_of_a_turn_have_one_time_and_turns_have_rising_ones(driven):
    instants, _, _ = driven
    assert instants.take([accept()]) == [1]
    instants.take([frame(b"a"), frame(b"b")])
    instants.take([frame(b"c")])
    times = [group.at for group in instants.journal.groups]
    assert times == sorted(set(times)), "though the clock stood still"
    assert [time for time, _ in instants.world.nodes["B1"].machine.frames] == [times[1], times[1], times[2]]


def test_the_world_has_run_until_nothing_is_left_at_that_time(driven):
    instants, _, _ = driven
    instants.take([accept(), frame(b"a"), frame(b"b")])
    assert instants.world.drain()[0] == [(1, [b"a"]), (1, [b"b"])]
    assert not instants.world.in_instant


def test_between_inputs_the_world_follows_the_clock(driven):
    instants, clock, _ = driven
    instants.take([accept(), frame(b"later")])
    clock.now += SECOND // 2
    assert instants.go_on() and instants.world.drain()[0] == []
    clock.now += SECOND
    assert instants.go_on()
    assert instants.world.drain()[0] == [(1, [b"later"])]
    assert instants.world.now == SECOND + SECOND // 2


def test_what_leaves_without_an_input_is_marked(driven):
    instants, clock, _ = driven
    instants.take([accept(), frame(b"later")])
    instants.mark()
    assert len(instants.journal.groups) == 1, "nothing has happened since the input"
    clock.now += 2 * SECOND
    instants.go_on()
    instants.mark()
    instants.mark()
    mark = instants.journal.groups[1:]
    assert mark == [Group(instants.world.steps, instants.world.now, False, [])]


def test_inputs_of_a_world_that_stands_still_wait_in_the_middle_of_its_instant(driven):
    instants, _, _ = driven
    instants.take([accept()])
    now = instants.world.now
    instants.hold([frame(b"a")])
    instants.hold([frame(b"b")])
    assert instants.world.now == now
    assert instants.world.outbox == []
    assert [group.held for group in instants.journal.groups] == [False, False, True]
    instants.world.finish_instant()
    assert instants.world.drain()[0] == [(1, [b"a"]), (1, [b"b"])]


def test_a_replay_of_what_was_written_gets_to_the_same_place(driven):
    instants, clock, _ = driven
    instants.take([accept(), frame(b"later 1")])
    clock.now += SECOND // 3
    instants.take([frame(b"a"), frame(b"later 2")])
    clock.now += SECOND
    instants.go_on()
    instants.mark()
    instants.hold([frame(b"b")])
    instants.world.step()
    instants.mark()
    instants.hold([frame(b"c"), ("test", "command", {"do": "x"})])
    instants.world.finish_instant()
    clock.now += SECOND
    instants.take([frame(b"d")])
    again, _ = answering_world()
    for group in instants.journal.groups:
        replay_one(again, group)
    again.finish_instant()
    assert again.digest() == instants.world.digest()
    assert (again.now, again.steps) == (instants.world.now, instants.world.steps)
    assert again.nodes["B1"].machine.frames == instants.world.nodes["B1"].machine.frames


def test_a_world_that_cannot_keep_up_is_let_fall_behind_and_that_is_an_input(driven, monkeypatch):
    instants, clock, director = driven
    world = instants.world
    instants.take([accept()])
    monkeypatch.setattr(instants, "_run", lambda until: False)
    clock.now += 10 * SECOND
    assert instants.go_on() is False
    clock.now += PATIENCE_NS + 1
    before = world.now
    assert instants.go_on() is True
    assert director.given == [("rebase", {"behind_ms": 10_250})]
    assert world.now - before < 10, "it goes on from where it was"
    assert instants.pacer.virtual() - world.now < 10


def test_an_input_does_not_wait_for_a_world_that_is_behind(driven, monkeypatch):
    instants, clock, _ = driven
    instants.take([accept()])
    monkeypatch.setattr(instants, "_run", lambda until: False)
    clock.now += 10 * SECOND
    before = instants.world.now
    instants.take([frame(b"a")])
    assert instants.world.drain()[0] == [(1, [b"a"])]
    assert instants.world.now == before + 1


def test_a_slice_ends_by_the_clock_even_if_there_is_more(driven):
    instants, clock, _ = driven
    instants.take([accept(), *(frame(b"later") for _ in range(500))])

    class Ticking(Clock):
        def __call__(self):
            self.now += 2_000_000
            return self.now

    instants.pacer.clock = ticking = Ticking()
    ticking.now = clock.now + 2 * SECOND
    assert instants.go_on() is False
    assert 0 < len(instants.world.nodes["B1"].machine.later) < 500
