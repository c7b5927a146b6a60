"""The referee: clauses at once, for a while, ever, never, in time; what it says, allows and does itself."""

import pytest

from engine.commands import CommandRefused
from engine.lessons.parts import Timed
from engine.machine import MILLISECOND
from tests.unit.lessons.playing import attempt, clause, told

PRODUCE = {"do": "produce", "topic": "t", "key": "k", "value": "v"}


def test_a_goal_is_reached_when_all_of_now_holds():
    playing = attempt(goal={"now": [{"topic": "t", "records": 2}, {"brokers": 3}]})
    playing.play([Timed(0, PRODUCE)])
    playing.go(2_000)
    assert playing.phase == "running"
    assert (clause(playing, "now")["value"], clause(playing, "now")["wants"]) == (1, "2")
    playing.command(PRODUCE)
    playing.go(3_000)
    state = playing.cluster.state()["lesson"]
    assert state["phase"] == "reached" and state["moves"] == 2 and state["by"] == "hand"
    assert told(playing) == ["clause_held", "clause_held", "goal_reached"]
    assert state["reached_step"] <= playing.world.steps and 2_000 <= state["reached_ms"] < 3_000


def test_without_a_lesson_there_is_no_lesson_in_the_state():
    from engine.cluster import Cluster

    cluster = Cluster({"brokers": 1})
    assert "lesson" not in cluster.state() and "lesson" not in cluster.world.nodes
    _, results = cluster.world.admit(cluster.world.now, [("p", "command", {"do": "predict", "option": 0})])
    assert isinstance(results[0], CommandRefused) and results[0].code == "NO_LESSON"


def test_for_ms_must_be_held_without_a_break():
    goal = {"now": [{"broker": 3, "state": "crashed"}], "for_ms": 1_000}
    playing = attempt(goal=goal)
    playing.go(100)
    playing.command({"do": "crash_broker", "broker": 3})
    playing.go(600)
    assert playing.cluster.state()["lesson"]["held_ms"] == 500
    playing.command({"do": "start_broker", "broker": 3})
    playing.go(5_000)
    assert playing.phase == "running" and playing.cluster.state()["lesson"]["held_ms"] == 0
    playing.command({"do": "crash_broker", "broker": 3})
    playing.go(5_999)
    assert playing.phase == "running"
    playing.go(6_000)
    assert playing.phase == "reached" and playing.cluster.state()["lesson"]["reached_ms"] == 6_000


def test_ever_remembers_and_now_does_not():
    goal = {"ever": [{"broker": 2, "state": "crashed"}], "now": [{"broker": 2, "state": "running"}]}
    playing = attempt(goal=goal)
    playing.play([Timed(0, {"do": "crash_broker", "broker": 2}), Timed(500, {"do": "start_broker", "broker": 2})])
    assert clause(playing, "ever")["holds"] and not clause(playing, "now")["holds"]
    playing.go(20_000)
    assert playing.phase == "reached"


def test_events_are_counted_since_the_lesson_began():
    goal = {"ever": [{"event": "leader_elected", "topic": "t", "why": "failover", "times": ">= 1"}]}
    playing = attempt(goal=goal, begin_ms=2_000)
    playing.go(2_000)
    assert clause(playing, "ever")["value"] == 0, "those when the topic was made came before, and for another reason"
    leader = playing.cluster.image.topics["t"].partitions[0].leader
    playing.command({"do": "stop_broker", "broker": leader})
    playing.go(10_000)
    assert clause(playing, "ever")["value"] == 0, "a leader that hands over has not failed"
    leader = playing.cluster.image.topics["t"].partitions[0].leader
    playing.command({"do": "crash_broker", "broker": leader})
    playing.go(20_000)
    assert playing.phase == "reached" and clause(playing, "ever")["value"] >= 1


def test_a_reason_of_an_event_is_a_condition_and_words_for_people_are_none():
    goal = {"ever": [{"event": "leader_elected", "topic": "t", "why": {"pt-BR": "sim", "en": "yes"}}]}
    playing = attempt(goal=goal)
    playing.command({"do": "crash_broker", "broker": playing.cluster.image.topics["t"].partitions[0].leader})
    playing.go(10_000)
    assert playing.phase == "reached"


def test_a_clause_of_never_fails_for_good():
    goal = {"now": [{"topic": "t", "records": 1}], "never": [{"brokers": "< 3"}]}
    playing = attempt(goal=goal)
    playing.play([Timed(0, {"do": "crash_broker", "broker": 1}), Timed(3_000, {"do": "start_broker", "broker": 1})])
    playing.go(10_000)
    playing.command(PRODUCE)
    playing.go(12_000)
    state = playing.cluster.state()["lesson"]
    assert state["phase"] == "failed" and state["failed"] == {"part": "never", "index": 0, "value": 2}
    assert told(playing) == ["goal_failed"]
    assert state["moves"] == 1, "what comes after the end is no move any more"


def test_time_that_is_over_fails():
    playing = attempt(goal={"now": [{"topic": "t", "records": 1}], "within_ms": 4_000})
    playing.go(3_000)
    assert playing.cluster.state()["lesson"]["left_ms"] == 1_000
    playing.go(4_000)
    assert playing.phase == "failed" and playing.cluster.state()["lesson"]["failed"]["part"] == "within"


def test_only_what_a_lesson_allows_is_carried_out_but_time_is_everybodys():
    playing = attempt(allow=["produce"])
    refused = playing.command({"do": "crash_broker", "broker": 1})
    assert isinstance(refused, CommandRefused) and refused.code == "POLICY_VIOLATION"
    assert "produce" in refused.reason and playing.cluster.alive(1)
    for do in ({"do": "pause"}, {"do": "resume"}, {"do": "speed", "speed": 2}, {"do": "show_solution"}, PRODUCE):
        assert not isinstance(playing.command(do), CommandRefused), do
    assert playing.referee.moves == 1


def test_a_lesson_moves_by_itself_whatever_it_allows_others():
    playing = attempt(allow=["produce"], script=[{"at_ms": 2_000, "do": "crash_broker", "broker": 1}])
    playing.go(1_999)
    assert playing.cluster.alive(1)
    playing.go(2_001)
    assert not playing.cluster.alive(1)
    assert "lesson_moved" in told(playing) and playing.referee.moves == 0


def test_what_a_script_cannot_do_any_more_is_passed_over():
    playing = attempt(script=[{"at_ms": 2_000, "do": "crash_broker", "broker": 1}])
    playing.play([Timed(0, {"do": "crash_broker", "broker": 1})])
    playing.go(3_000)
    assert "lesson_moved" not in told(playing)


def test_a_script_may_stop_time_and_it_stops_at_that_very_moment():
    playing = attempt(script=[{"at_ms": 1_000, "do": "pause"}], start={"brokers": 3, "topics": []})
    world = playing.world
    assert not world.advance(world.now + 5_000 * MILLISECOND, heed=True)
    assert playing.ms == 1_000
    playing.command({"do": "resume"})
    assert world.advance(world.now + 5_000 * MILLISECOND, heed=True)


def test_a_misconception_is_met_once_and_fails_nothing():
    misconceptions = [{"when": {"brokers": "< 3"}, "say": {}}, {"when": [{"brokers": 9}], "say": {}}]
    playing = attempt(misconceptions=misconceptions)
    playing.play([Timed(0, {"do": "crash_broker", "broker": 1}), Timed(3_000, {"do": "crash_broker", "broker": 2})])
    playing.go(5_000)
    assert playing.phase == "running" and playing.cluster.state()["lesson"]["met"] == [0]
    assert told(playing) == ["misconception_met"]


def test_a_solution_that_was_shown_is_said_with_the_goal():
    playing = attempt()
    playing.command({"do": "show_solution"})
    playing.command({"do": "show_solution"})
    playing.command(PRODUCE)
    playing.go(1_000)
    assert told(playing) == ["solution_shown", "clause_held", "goal_reached"]
    assert playing.world.told[-1].event.shown and playing.cluster.state()["lesson"]["shown"]


def test_what_was_lived_before_the_lesson_begins_is_how_things_stand():
    start = {"brokers": 3, "topics": [{"topic": "t", "replication": 3}], "producers": [{"topic": "t", "rate": 10}]}
    playing = attempt(start=start, begin_ms=3_000, goal={"now": [{"topic": "t", "records": "> 1000"}]})
    assert playing.ms == 0 and playing.world.now >= 3_000 * MILLISECOND
    assert clause(playing, "now")["value"] >= 25


@pytest.mark.parametrize("chunk", [1, 7, 10_000])
def test_it_does_not_matter_in_which_portions_time_is_computed(chunk):
    def live(portion):
        goal = {"now": [{"topic": "t", "records": ">= 5"}, {"brokers": 2}], "for_ms": 300}
        playing = attempt(goal=goal, script=[{"at_ms": 1_500, "do": "crash_broker", "broker": 2}])
        for _ in range(6):
            playing.command(PRODUCE)
        until = playing.world.now + 4_000 * MILLISECOND
        while not playing.world.advance(until, portion):
            pass
        return playing.world.digest(), playing.cluster.state()["lesson"]

    assert live(chunk) == live(100)
