"""Reading a lesson: what is wrong is said with its place and a reason."""

import pytest

from engine.cluster import Cluster
from engine.cluster import cluster as director
from engine.commands import CommandRefused
from engine.events import EVENTS
from engine.lessons import texts
from engine.lessons.clauses import clause
from engine.lessons.conditions import NoCondition, condition
from engine.lessons.document import LessonRefused, plan_of, read
from engine.lessons.findings import Findings
from engine.lessons.measures import MEASURES, SUBJECTS
from tests.unit.lessons.playing import BOTH, lesson


def findings(**more):
    found = Findings()
    plan_of(lesson(**more), found)
    return [(one.path, one.code) for one in found.all]


def of_clause(given):
    found = Findings()
    clause(given, "c", found)
    return [(one.path, one.code) for one in found.all]


@pytest.mark.parametrize(
    ("given", "value", "holds"),
    [
        (4, 4, True), (4, 5, False), ("1", "1", True), ("> 3", 4, True), (">3", 3, False), (">= 3", 3, True),
        ("< 3", 2, True), ("<= 3", 4, False), ("!= 3", 4, True), ("!= 3", None, False), ("Stable", "Stable", True),
        ("!= Stable", "Empty", True), (True, 7, True), (False, 0, True), (True, 0, False), (True, True, True),
        ("> 1.5", 2, True), ("> 3", "text", False), (4, None, False),
    ],
)  # fmt: skip
def test_a_condition_holds_of_some_values(given, value, holds):
    assert condition(given).holds(value) is holds


@pytest.mark.parametrize("given", ["> x", "", None, [], {}, "x" * 1000, ">", "> 99999999999999999999"])
def test_what_is_no_condition_is_refused(given):
    with pytest.raises(NoCondition):
        condition(given)


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"group": "g", "membres": 4}, "c.membres", "UNKNOWN_MEASURE"),
        ({"members": 4}, "c.members", "UNKNOWN_MEASURE"),
        ({"group": "g"}, "c", "NO_MEASURE"),
        ({"group": "g", "broker": 1, "members": 1}, "c", "TWO_SUBJECTS"),
        ({"group": "g", "members": "< 0"}, "c.members", "NEVER_HOLDS"),
        ({"group": "g", "members": -1}, "c.members", "NEVER_HOLDS"),
        ({"group": "g", "members": "many"}, "c.members", "NEVER_HOLDS"),
        ({"group": "g", "state": 4}, "c.state", "NEVER_HOLDS"),
        ({"group": "g", "members": "> x"}, "c.members", "NO_CONDITION"),
        ({"group": 4, "members": 1}, "c.group", "NOT_A_NAME"),
        ({"topic": "t", "partition": "0", "leader": 1}, "c.partition", "NOT_A_NUMBER"),
        ({"topic": "t", "leader": 1}, "c.leader", "MISSING"),
        ({"group": "g", "committed": 1}, "c.committed", "MISSING"),
        ({"event": "leader_elekted"}, "c.event", "UNKNOWN_EVENT"),
        ({"event": "appended"}, "c.event", "UNKNOWN_EVENT"),
        ({"event": "leader_elected", "tpoic": "t"}, "c.tpoic", "UNKNOWN_KEY"),
        ({"event": "leader_elected", "times": "< 0"}, "c.times", "NEVER_HOLDS"),
        ({"topic": "t", "spread": 2}, "c.spread", "NO_CLAUSE"),
        ({"refused": {"error": "X", "count": 1}}, "c.refused", "NO_CLAUSE"),
        ("no object", "c", "NO_CLAUSE"),
    ],
)
def test_a_clause_that_cannot_be_is_refused_where_it_is_wrong(given, path, code):
    assert (path, code) in of_clause(given)


def test_clauses_of_every_subject_are_read():
    for given in (
        {"group": "g", "members": 4, "idle_members": 1, "why": BOTH}, {"group": "g", "topic": "t", "lag": 0},
        {"topic": "t", "partition": 0, "leader": "!= 1"}, {"broker": 1, "state": "crashed"}, {"brokers": 2},
        {"producer": "p", "acks": "all"}, {"client": "kcat"}, {"client": "*", "connected": False},
        {"record_lost": True}, {"refused": {"error": "NOT_ENOUGH_REPLICAS", "records": "> 2"}},
        {"event": "leader_elected", "topic": "t", "times": 2}, {"topic": "t", "spread": {"key": "k", "partitions": 2}},
    ):  # fmt: skip
        assert of_clause(given) == [], given


@pytest.mark.parametrize(
    ("more", "path", "code"),
    [
        ({"format": 2}, "format", "FORMAT"),
        ({"id": "No Id"}, "id", "BAD_ID"),
        ({"allow": ["produse"]}, "allow[0]", "UNKNOWN_COMMAND"),
        ({"script": [{"do": "crash_broker"}]}, "script[0]", "BAD_COMMAND"),
        ({"script": [{"do": "crash", "at_ms": 4}]}, "script[0]", "UNKNOWN_COMMAND"),
        ({"solution": [{"do": "add_broker"}], "allow": ["produce"]}, "solution[0]", "NOT_ALLOWED"),
        ({"goal": {"never": [{"brokers": 1}]}}, "goal", "NO_GOAL"),
        ({"goal": {"now": []}}, "goal.now", "NO_CLAUSE"),
        ({"goal": {"now": [{"brokers": 1}], "soon": []}}, "goal.soon", "UNKNOWN_KEY"),
        ({"goal": {"now": [{"brokers": 1}], "for_ms": -1}}, "goal.for_ms", "NOT_A_NUMBER"),
        ({"predict": {"options": [{"holds": {"brokers": 1}}]}}, "predict.options", "OPTIONS"),
        ({"predict": {"options": [{"say": {}}] * 2}}, "predict.options[0]", "NO_CLAUSE"),
        ({"kind": "scene", "goal": {}, "predict": {"options": [{"holds": {"brokers": 1}}] * 2}}, "predict",
         "NEVER_JUDGED"),
        ({"wrong": [{"do": [], "meets": 0}]}, "wrong[0].meets", "NO_SUCH"),
        ({"wrong": [{"do": []}]}, "wrong[0]", "NO_MESSAGE"),
        ({"misconceptions": [{"say": {}}]}, "misconceptions[0]", "NO_CLAUSE"),
        ({"text": "x" * 300_000}, "", "TOO_LARGE"),
        ({"goal": {"now": [{"brokers": 1}] * 41}}, "goal.now", "TOO_MANY"),
        ({"misconceptions": [{"when": [{"brokers": 1}] * 10}] * 13}, "", "TOO_MANY"),
        ({"predict": [{}] * 11}, "predict", "TOO_MANY"),
        ({"begin_ms": 10**9}, "begin_ms", "NOT_A_NUMBER"),
    ],
)  # fmt: skip
def test_a_document_that_cannot_be_played_is_refused_where_it_is_wrong(more, path, code):
    assert (path, code) in findings(**more)


def test_a_scenario_with_a_lesson_that_cannot_be_played_is_refused_with_the_place():
    with pytest.raises(CommandRefused, match=r"lesson\.goal\.now\[0\]\.topix: there is no measure"):
        Cluster({"brokers": 1, "lesson": lesson(goal={"now": [{"topix": "t", "records": 1}]})})
    with pytest.raises(LessonRefused):
        read({"format": 1})


def test_a_beginning_in_which_too_much_happens_is_refused(monkeypatch):
    monkeypatch.setattr(director, "BEGIN_STEPS_MAX", 50)
    with pytest.raises(CommandRefused, match="Too much happens in the lesson's begin_ms"):
        Cluster({"brokers": 3, "lesson": lesson(begin_ms=60_000)})


def test_every_text_is_in_every_language():
    def said(**more):
        found = Findings()
        texts.check(lesson(**more), found)
        return [(one.path, one.code) for one in found.all]

    assert said() == []
    assert said(title={"en": "x"}) == [("title", "MISSING_LANGUAGE")]
    assert ("hints[0].say", "MISSING_LANGUAGE") in said(hints=[{"after_s": 1, "say": {"pt-BR": "x", "en": " "}}])
    assert ("hints[0].say", "MISSING_TEXT") in said(hints=[{"after_s": 1}])
    assert ("takeaway.fr", "UNKNOWN_LANGUAGE") in said(takeaway={**BOTH, "fr": "oui"})
    never = {"now": [{"brokers": 1}], "never": [{"record_lost": True, "why": "because"}]}
    assert ("goal.never[0].why", "NOT_A_TEXT") in said(goal=never)
    assert ("predict.surprise", "MISSING_TEXT") in said(predict={"ask": BOTH, "options": []})


def test_every_measure_says_what_it_is():
    assert all(one.about and one.kind in (int, str, bool) for one in MEASURES.values())
    assert {subject for subject, _ in MEASURES} == {*SUBJECTS, ""}


def test_a_clause_can_count_every_milestone():
    for code, kind in EVENTS.items():
        assert (of_clause({"event": code}) == []) == kind.milestone
