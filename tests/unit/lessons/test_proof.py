"""A proof plays a lesson through, and finds what does not hold in it."""

import pytest

from engine.cluster import Cluster
from engine.lessons import luck
from engine.lessons.proof import prove
from engine.world.dice import Dice
from tests.unit.lessons.playing import BOTH, lesson

PRODUCE = {"at_ms": 0, "do": "produce", "topic": "t", "value": "v"}
CRASH = {"at_ms": 0, "do": "crash_broker", "broker": 1}


def whole(**more):
    """A lesson with all there can be, that holds what it promises."""
    return lesson(**{
        "predict": {"ask": BOTH, "surprise": BOTH, "options": [
            {"say": BOTH, "holds": {"topic": "t", "records": 0}}, {"say": BOTH, "holds": {"topic": "t", "records": 1}},
        ]},
        "goal": {"now": [{"topic": "t", "records": 1}], "never": [{"broker": 1, "state": "crashed", "why": BOTH}]},
        "misconceptions": [{"when": {"brokers": "> 3"}, "say": BOTH}],
        "wrong": [{"name": "crash", "do": [CRASH], "fails": 0},
                  {"name": "more", "do": [{"at_ms": 0, "do": "add_broker"}], "meets": 0}],
        "solution": [PRODUCE], "par": 1, **more,
    })  # fmt: skip


def steps(document):
    return {step.what: step for step in prove(document, Cluster, nothing_ms=5_000)}


def codes(document):
    return [(found.path, found.code) for step in steps(document).values() for found in step.findings]


def test_a_lesson_that_holds_what_it_promises_is_proved():
    done = steps(whole())
    assert list(done) == ["document", "texts", "begin", "solution", "predictions", "nothing", "wrong[0]", "wrong[1]"]
    assert all(step.ok for step in done.values()), codes(whole())
    assert done["predictions"].note == "1"


@pytest.mark.parametrize(
    ("more", "path", "code"),
    [
        ({"solution": []}, "goal.now[0]", "SOLUTION_FAILS"),
        ({"solution": [{"at_ms": 0, "do": "add_broker"}, {**PRODUCE, "at_ms": 500}]}, "par", "PAR_DIFFERS"),
        ({"solution": [CRASH, PRODUCE]}, "goal.never[0]", "SOLUTION_FAILS"),
        ({"solution": [{"at_ms": 0, "do": "produce", "topic": "none"}, PRODUCE]}, "solution", "SOLUTION_REFUSED"),
        ({"goal": {"now": [{"brokers": 3}]}, "wrong": []}, "goal", "NOTHING_PASSES"),
        ({"goal": {"now": [{"topic": "t", "records": 1}, {"topic": "t", "records": 2}]}, "wrong": []},
         "goal.now[1]", "SOLUTION_FAILS"),
        ({"wrong": [{"name": "x", "do": [PRODUCE], "meets": 0}]}, "wrong[0]", "NOT_MET"),
        ({"wrong": [{"name": "x", "do": [{"at_ms": 0, "do": "crash_broker", "broker": 9}], "meets": 0}]},
         "wrong[0]", "PATH_REFUSED"),
        ({"start": {"brokers": 0}}, "start", "CANNOT_BEGIN"),
        ({"title": {"en": "x"}}, "title", "MISSING_LANGUAGE"),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_found(more, path, code):
    assert (path, code) in codes(whole(**more))


@pytest.mark.parametrize(
    ("holds", "code"),
    [
        (({"brokers": 3}, {"topic": "t", "records": 1}), "TWO_OPTIONS_HOLD"),
        (({"brokers": 9}, {"brokers": 8}), "NO_OPTION_HOLDS"),
    ],
)
def test_of_a_prediction_exactly_one_option_holds(holds, code):
    options = [{"say": BOTH, "holds": one} for one in holds]
    assert ("predict[0]", code) in codes(whole(predict={"ask": BOTH, "surprise": BOTH, "options": options}))


def test_a_failure_by_another_clause_than_was_said_is_found():
    goal = {"now": [{"topic": "t", "records": 1}], "never": [{"brokers": 2}, {"broker": 1, "state": "crashed"}]}
    found = codes(whole(goal=goal, wrong=[{"name": "x", "do": [CRASH], "fails": 1}]))
    assert ("wrong[0]", "OTHER_FAILURE") in found


def test_a_scene_is_proved_by_its_predictions():
    options = [{"say": BOTH, "holds": {"brokers": 2}}, {"say": BOTH, "holds": {"brokers": 3}}]
    scene = lesson(
        kind="scene", goal={}, script=[{**CRASH, "at_ms": 2_000}],
        predict={"at_ms": 1_000, "ask": BOTH, "surprise": BOTH, "options": options, "after_ms": 3_000},
    )  # fmt: skip
    done = steps(scene)
    assert all(step.ok for step in done.values()), codes(scene)
    assert done["predictions"].note == "0" and "nothing" not in done


def test_chance_breaks_nothing_and_rarely_does_what_takes_thought():
    goal = {"now": [{"topic": "t", "records": ">= 1"}]}
    easy = whole(goal=goal, par=3, wrong=[], allow=["produce", "add_broker", "crash_broker", "start_broker"])
    lucky = list(luck.chance(easy, Cluster, 2))
    assert [step.what for step in lucky] == ["random"] and all(step.ok for step in lucky)


def test_too_much_luck_is_found(monkeypatch):
    monkeypatch.setattr(luck, "play", lambda document, make, seed: seed < 2)
    assert [step.ok for step in luck.chance(whole(par=3), Cluster, 50)] == [True, False]
    assert [step.ok for step in luck.chance(whole(par=3), Cluster, 100)] == [True, True]
    assert [step.what for step in luck.chance(whole(par=2), Cluster, 100)] == ["random"]


def test_a_lesson_that_chance_can_break_is_found(monkeypatch):
    def play(document, make, seed):
        raise luck.Broken("it is upside down")

    monkeypatch.setattr(luck, "play", play)
    (step,) = luck.chance(whole(), Cluster, 3)
    assert not step.ok and "upside down" in step.findings[0].reason


def test_random_commands_are_about_what_there_is():
    from engine.commands import COMMANDS, parse

    cluster, dice = Cluster({**whole()["start"], "lesson": whole()}, 1), Dice(1, "test")
    for kind in COMMANDS.values():
        for _ in range(5):
            parse(luck.command(cluster, kind, dice))
