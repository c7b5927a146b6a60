"""A recording, fed to a World made from the same base, gives the same run."""

import pytest

from engine.commands import CommandRefused
from engine.machine import Closed, Frame, Wake
from engine.world.inputs import ACCEPT, CALENDAR, CLOSE, COMMAND, FRAME, REBASE, RESTART, Input, groups
from engine.world.plain import state_digest
from engine.world.replay import ReplayDiverged, reach, replay, run_to_step
from engine.world.world import World
from tests.unit.world.toys import MS, STARTED, Puppet, chat_world, do, got, world_of

CLIENT = ("tcp:10.0.0.7:5", "a", "localhost:19092")


class Director:
    """Hands a command's effects to a node, or refuses."""

    def __init__(self):
        self.applied = []

    def apply(self, world, given):
        self.applied.append((given.source, given.step))
        if given.source == COMMAND:
            if given.payload == "impossible":
                raise CommandRefused("BROKER_UNKNOWN", "There is no broker 9.")
            world.order(given.payload, [])
            world.tell(given.payload, STARTED)
            return {"ok": True}
        return None


def director_world():
    world = World(1, link_ns=MS, director=Director())
    world.add_node("a", Puppet())
    world.finish_instant()
    return world


# --- applying --------------------------------------------------------------------------------------


def test_each_source_does_what_it_says():
    world = director_world()
    inputs, results = world.admit(MS, [("tcp", ACCEPT, CLIENT), ("web:1", COMMAND, "a")])
    (connection, answer) = results
    assert answer == {"ok": True}
    world.finish_instant()
    world.admit(2 * MS, [("tcp", FRAME, (connection, b"one")), ("host", CALENDAR, 77), ("tcp", CLOSE, connection)])
    world.finish_instant()
    assert [m.__class__.__name__ for m in got(world, "a")] == ["Accepted", "Frame", "CalendarSet", "Closed"]
    assert [(i.step, i.at, i.actor, i.source, i.held) for i in inputs] == [
        (0, MS, "tcp", ACCEPT, False), (0, MS, "web:1", COMMAND, False),
    ]  # fmt: skip


def test_a_refusal_is_a_result_and_stops_nobody_else():
    world = director_world()
    _, (refused, done) = world.admit(MS, [("web:1", COMMAND, "impossible"), ("web:1", COMMAND, "a")])
    assert isinstance(refused, CommandRefused) and refused.code == "BROKER_UNKNOWN"
    assert done == {"ok": True}


def test_a_restart_closes_all_outside_connections_and_tells_the_director():
    world = director_world()
    _, (one, two) = world.admit(MS, [("tcp", ACCEPT, CLIENT), ("tcp", ACCEPT, CLIENT)])
    world.admit(2 * MS, [("host", RESTART, {"away_ms": 5}), ("host", REBASE, {})])
    world.finish_instant()
    assert got(world, "a", Closed) == [Closed(one), Closed(two)]
    assert world.drain() == ([], [])
    assert [source for source, _ in world.director.applied] == [RESTART, REBASE]


def test_without_a_director_commands_come_to_nothing():
    world = world_of("a")
    assert world.admit(MS, [("web:1", COMMAND, {"do": "pause"})])[1] == [None]


def test_inputs_wait_until_what_is_due_before_is_done():
    world = world_of("a")
    do(world, "a", Wake(3, "three"), Wake(5, "five"), Wake(6, "six"))
    connection = world.accept(*CLIENT)
    world.apply([Input(-1, 5, "tcp", FRAME, (connection, b"x"))])
    world.finish_instant()
    names = [getattr(m, "name", m.__class__.__name__) for m in got(world, "a")]
    assert names == ["Accepted", "three", "five", "Frame"]


def test_a_group_has_one_instant():
    world = world_of("a")
    with pytest.raises(AssertionError, match="one group, one instant"):
        world.apply([Input(0, 5, "", CLOSE, 1), Input(0, 6, "", CLOSE, 1)])
    assert world.apply([]) == []


def test_inputs_in_the_middle_of_an_instant_are_held():
    world = world_of("a")
    world.nodes["a"].machine.settled.clear()
    connection = world.accept(*CLIENT)
    world.step()
    inputs, _ = world.admit(world.now, [("tcp", FRAME, (connection, b"x"))])
    assert inputs[0].held
    assert world.nodes["a"].machine.settled == []
    world.finish_instant()
    inputs, _ = world.admit(world.now, [("tcp", FRAME, (connection, b"y"))])
    assert not inputs[0].held


def test_neighbours_of_one_position_are_one_group():
    a, b = Input(3, 5, "", CLOSE, 1), Input(3, 5, "", CLOSE, 2)
    c, d = Input(3, 6, "", CLOSE, 3), Input(4, 6, "", CLOSE, 4)
    assert list(groups([a, b, c, d])) == [[a, b], [c], [d]]


# --- replaying -------------------------------------------------------------------------------------


def live_session(world):
    """Frames and hang-ups at odd moments, in the flow and while stepping. Returns the journal."""
    journal = []

    def admit(at, *given):
        inputs, results = world.admit(at, list(given))
        journal.extend(inputs)
        return results

    (one,) = admit(MS, ("tcp", ACCEPT, ("tcp:1", "n0", "")))
    world.finish_instant()
    admit(3 * MS, ("tcp", FRAME, (one, b"a")), ("tcp", FRAME, (one, b"b")))
    world.finish_instant()
    world.advance(11 * MS)
    (two,) = admit(11 * MS + 1, ("tcp", ACCEPT, ("tcp:2", "n1", "")))  # paused from here
    for turn in range(12):
        world.step()
        admit(world.now, ("tcp", FRAME, (one if turn % 2 else two, b"%d" % turn)))
        if turn == 6:
            admit(world.now, ("tcp", CLOSE, one))
            world.finish_instant()
            admit(world.now, ("tcp", CALENDAR, 5))
    admit(60 * MS, ("host", RESTART, {}))
    world.finish_instant()
    world.advance(80 * MS)
    return journal


def test_a_replay_is_the_same_run():
    live = chat_world(seed=9)
    journal = live_session(live)
    assert any(given.held for given in journal)
    again = chat_world(seed=9)
    replay(again, journal)
    again.advance(80 * MS)
    assert (again.digest(), again.steps) == (live.digest(), live.steps)
    assert again.drain()[0] == live.drain()[0]
    assert state_digest(again) == state_digest(live)


def test_a_replay_can_stop_at_any_step():
    live = chat_world(seed=9)
    live.advance(50 * MS)
    for step in (0, 1, 17, live.steps):
        again = chat_world(seed=9)
        run_to_step(again, step)
        assert again.steps == step


def test_another_seed_diverges_or_at_least_digests_otherwise():
    journal = live_session(chat_world(seed=9))
    with pytest.raises(ReplayDiverged):
        replay(chat_world(seed=10), journal)


def test_a_replay_says_where_it_diverged():
    world = world_of("a")
    do(world, "a", Wake(5, "five"))
    with pytest.raises(ReplayDiverged, match="nothing more to do after 2 steps, the recording says 9"):
        replay(world, [Input(9, 7, "", CLOSE, 1)])
    with pytest.raises(ReplayDiverged, match="has taken 2 steps already, the recording says 1"):
        run_to_step(world, 1)


def test_an_entry_later_than_the_input_is_not_run_to_reach_it():
    world = world_of("a")
    do(world, "a", Wake(5, "five"))
    with pytest.raises(ReplayDiverged, match="nothing more to do after 1 steps"):
        replay(world, [Input(2, 4, "", CLOSE, 1)])


def test_an_entry_the_recording_did_not_have_is_found():
    world = world_of("a")
    do(world, "a", Wake(5, "five"))
    with pytest.raises(ReplayDiverged, match="says step 1 at 6 ns; the World has taken 2 and it is 6 ns"):
        reach(world, 1, 6, held=False)


def test_a_position_in_the_past_is_found():
    world = world_of("a")
    world.advance(9)
    with pytest.raises(ReplayDiverged, match="says step 0 at 6 ns"):
        reach(world, 0, 6, held=False)


def test_frames_reach_the_same_connections_again():
    world = world_of("a")
    inputs, (connection,) = world.admit(MS, [("tcp", ACCEPT, CLIENT)])
    world.finish_instant()
    more, _ = world.admit(2 * MS, [("tcp", FRAME, (connection, b"x"))])
    again = world_of("a")
    assert replay(again, inputs + more) == [connection, None]
    again.finish_instant()
    assert got(again, "a", Frame) == [Frame(connection, b"x")]
