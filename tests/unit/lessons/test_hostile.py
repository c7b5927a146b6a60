"""Whatever somebody sends as a lesson is played or refused; it breaks nothing."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.cluster import Cluster, scenario
from engine.commands import CommandRefused
from engine.lessons import texts
from engine.lessons.document import plan_of, scenario_of
from engine.lessons.findings import Findings
from tests.unit.lessons.playing import BOTH, lesson

WHOLE = lesson(
    allow=["produce"], begin_ms=0, par=1, script=[{"at_ms": 5, "do": "crash_broker", "broker": 1}],
    predict=[{"at_ms": 3, "ask": BOTH, "surprise": BOTH, "after_ms": 4, "judge": "goal",
              "options": [{"say": BOTH, "holds": {"brokers": 3}}, {"say": BOTH, "holds": [{"client": "kcat"}]}]}],
    goal={"now": [{"group": "g", "topic": "t", "partition": 0, "members": "> 3"}], "for_ms": 3, "within_ms": 100,
          "ever": [{"event": "leader_elected", "topic": "t", "times": 2}, {"topic": "t", "spread": {"key": "k"}}],
          "never": [{"record_lost": True, "why": BOTH}, {"refused": {"error": "X", "records": "> 3"}}]},
    misconceptions=[{"when": {"topic": "t", "partitions": "> 3"}, "say": BOTH}],
    wrong=[{"name": "x", "do": [{"at_ms": 0, "do": "produce", "topic": "t"}], "meets": 0}],
    hints=[{"after_s": 3, "say": BOTH}], solution=[{"at_ms": 0, "do": "produce", "topic": "t", "key": "k"}],
    lab={"text": BOTH, "kcat": "kcat"},
)  # fmt: skip
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=20) | st.sampled_from(
        ["> 3", "> 1e400", "!=", "crash_broker", "leader_elected", "group", "\ud800", "x" * 300]
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["group", "topic", "event", "do", "at_ms", "holds", "say", "now", "start", "lesson"])
        | st.text(max_size=8), inner, max_size=4,
    ),
    max_leaves=8,
)  # fmt: skip


def places(thing, path=()):
    yield path
    for key, inner in thing.items() if isinstance(thing, dict) else enumerate(thing) if isinstance(thing, list) else ():
        yield from places(inner, (*path, key))


PLACES = [path for path in places(WHOLE) if path]


def put(path, value):
    document = copy.deepcopy(WHOLE)
    at = document
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return document


def test_the_whole_lesson_is_one():
    found = Findings()
    plan_of(WHOLE, found)
    texts.check(WHOLE, found)
    assert found.all == []


@settings(max_examples=200)
@given(st.sampled_from(PLACES), ANYTHING)
def test_anything_in_any_place_is_read_or_refused(path, value):
    document, found = put(path, value), Findings()
    plan_of(document, found)
    texts.check(document, found)
    assert all(one.code.isupper() and one.reason for one in found.all)


@settings(max_examples=40)
@given(st.sampled_from(PLACES), ANYTHING)
def test_what_is_taken_can_be_begun(path, value):
    if path[0] in ("seed", "start", "begin_ms"):
        return
    try:
        cluster = Cluster(scenario_of(put(path, value)), 1)
    except CommandRefused:
        return
    cluster.world.advance(cluster.world.now + 10_000_000)
    assert cluster.state()["lesson"]["phase"]


@pytest.mark.parametrize("depth", [25, 1_000, 100_000])
def test_what_is_too_deep_is_refused_before_anything_walks_down_there(depth):
    deep = {}
    for _ in range(depth):
        deep = {"x": deep}
    with pytest.raises(CommandRefused, match="one inside the other"):
        scenario.read({"lesson": {**lesson(), "notes": deep}})
