"""Predict, then observe: time stands still at a question, the answer is locked, the run is held against it."""

from engine.cluster import Cluster
from engine.commands import CommandRefused
from engine.lessons.attempt import Attempt
from engine.lessons.parts import Timed
from engine.machine import MILLISECOND
from tests.unit.lessons.playing import attempt, lesson, told

PRODUCE = {"do": "produce", "topic": "t", "key": "k", "value": "v"}
LOST = {"say": {}, "holds": {"brokers": 2}}
KEPT = {"say": {}, "holds": [{"brokers": 3}, {"topic": "t", "records": ">= 0"}]}


def begun(**more):
    """Nobody has answered yet."""
    return Attempt(Cluster, lesson(**more))


def state(playing):
    return playing.cluster.state()["lesson"]


def test_a_question_at_the_beginning_is_asked_before_anything():
    playing = begun(predict={"ask": {}, "options": [LOST, KEPT]})
    assert state(playing)["phase"] == "asking" and state(playing)["asks"] == 0
    assert playing.cluster.state()["pace"]["paused"]
    assert not playing.world.advance(playing.world.now + MILLISECOND, heed=True) and playing.ms == 0


def test_while_a_question_is_open_nothing_else_is_done():
    playing = begun(predict={"ask": {}, "options": [LOST, KEPT]})
    for do in (PRODUCE, {"do": "resume"}, {"do": "step"}, {"do": "pause"}):
        refused = playing.command(do)
        assert isinstance(refused, CommandRefused) and refused.code == "PREDICTION_OPEN", do
    assert not isinstance(playing.command({"do": "speed", "speed": 2}), CommandRefused)
    assert not isinstance(playing.command({"do": "show_solution"}), CommandRefused)


def test_an_answer_is_locked_and_time_goes_on():
    playing = begun(predict={"ask": {}, "options": [LOST, KEPT]})
    assert playing.command({"do": "predict", "option": 1})["option"] == 1
    assert state(playing)["phase"] == "running" and not playing.cluster.pace.paused
    again = playing.command({"do": "predict", "option": 0})
    assert isinstance(again, CommandRefused) and again.code == "PREDICTION_LOCKED"
    assert state(playing)["predictions"] == [{"chosen": 1, "locked_ms": 0, "judged_ms": None, "held": []}]


def test_an_answer_that_is_none_is_refused():
    playing = begun(predict={"ask": {}, "options": [LOST, KEPT]})
    for command in ({"do": "predict", "option": 2}, {"do": "predict", "option": 0, "question": 1}):
        assert isinstance(playing.command(command), CommandRefused)
    assert state(playing)["phase"] == "asking"


def test_the_answer_is_judged_when_the_goal_is_reached():
    playing = begun(predict={"ask": {}, "options": [LOST, KEPT]})
    playing.command({"do": "predict", "option": 0})
    playing.command(PRODUCE)
    playing.go(1_000)
    judged = state(playing)["predictions"][0]
    assert judged["chosen"] == 0 and judged["held"] == [1] and judged["judged_ms"] == state(playing)["reached_ms"]
    assert told(playing)[-2:] == ["prediction_judged", "goal_reached"]
    assert not playing.world.told[-2].event.right


def test_or_so_long_after_it_was_locked():
    script = [{"at_ms": 3_000, "do": "crash_broker", "broker": 1}]
    ask = {"at_ms": 2_000, "ask": {}, "options": [LOST, KEPT], "after_ms": 2_500}
    playing = begun(predict=[ask], script=script)
    world = playing.world
    assert not world.advance(world.now + 10_000 * MILLISECOND, heed=True)
    assert playing.ms == 2_000 and state(playing)["phase"] == "asking"
    playing.command({"do": "predict", "option": 0})
    playing.go(4_499)
    assert state(playing)["predictions"][0]["judged_ms"] is None
    playing.go(4_500)
    assert state(playing)["predictions"][0] == {"chosen": 0, "locked_ms": 2_000, "judged_ms": 4_500, "held": [0]}


def test_two_questions_at_one_moment_are_asked_one_after_the_other():
    ask = {"ask": {}, "options": [LOST, KEPT]}
    playing = begun(predict=[ask, ask])
    playing.command({"do": "predict", "question": 0, "option": 1})
    assert state(playing)["asks"] == 1 and playing.cluster.pace.paused
    playing.command({"do": "predict", "question": 1, "option": 1})
    assert state(playing)["asks"] is None and not playing.cluster.pace.paused
    assert told(playing) == ["lesson_asked", "prediction_locked", "lesson_asked", "prediction_locked"]


def test_the_time_limit_counts_from_the_last_answer():
    ask = {"at_ms": 3_000, "ask": {}, "options": [LOST, KEPT]}
    playing = attempt(predict=ask, goal={"now": [{"topic": "t", "records": 1}], "within_ms": 4_000})
    playing.go(6_999)
    assert playing.phase == "running"
    playing.go(7_000)
    assert playing.phase == "failed"


def test_a_question_comes_no_more_when_all_is_over():
    playing = attempt(predict={"at_ms": 2_000, "ask": {}, "options": [LOST, KEPT]})
    playing.play([Timed(0, PRODUCE)])
    playing.go(5_000)
    assert playing.phase == "reached" and "lesson_asked" not in told(playing)
