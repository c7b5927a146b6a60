"""Every event type declares what it is, and leaves the engine as JSON."""

import copy
import dataclasses
import json
import pickle
import re
from typing import Any, get_type_hints

import pytest

from engine import events
from engine.events import EVENTS, Event, Told, to_json

MARKS = {"", "fault", "election", "rebalance", "topic", "people", "time", "lesson", "error"}
SAMPLES: dict[Any, Any] = {
    int: 3, float: 1.5, str: "FIAP", list[int]: [1, 2], list[str]: ["FIAP-0"], bool: True,
    dict[str, list[str]]: {"a1": ["FIAP-0"]}, dict[str, int]: {"0": 12},
}  # fmt: skip
every_type = pytest.mark.parametrize("code", EVENTS)


def sample(kind: type[Event]) -> Event:
    return kind(*(SAMPLES[hint] for hint in fields_of(kind).values()))


def fields_of(kind: type[Event]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}  # type: ignore[arg-type]


def test_every_event_type_is_in_the_table_under_its_code():
    declared = [kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, Event)]
    assert {kind for kind in declared if kind is not Event} == set(EVENTS.values())
    assert all(EVENTS[kind.code] is kind for kind in EVENTS.values())


@every_type
def test_a_type_says_what_it_is(code):
    kind = EVENTS[code]
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", code)
    assert kind.mark in MARKS
    assert isinstance(kind.milestone, bool) and isinstance(kind.meaningful, bool)


@every_type
def test_traffic_leaves_no_mark_on_the_timeline(code):
    assert EVENTS[code].milestone or EVENTS[code].mark == ""


@every_type
def test_an_event_leaves_as_json_and_carries_codes_not_sentences(code):
    event = sample(EVENTS[code])
    told = Told(7, 120, 1_500_000, "B1", 99, event)
    data = json.loads(json.dumps(to_json(told)))
    assert list(data) == ["n", "step", "at_ms", "node", "cause", "code", "mark", "params"]
    assert (data["n"], data["step"], data["at_ms"], data["node"], data["cause"]) == (7, 120, 1.5, "B1", 99)
    assert (data["code"], data["mark"]) == (code, EVENTS[code].mark)
    assert list(data["params"]) == list(fields_of(EVENTS[code]))


@every_type
def test_an_event_is_plain_data(code):
    event = sample(EVENTS[code])
    assert copy.deepcopy(event) == event == pickle.loads(pickle.dumps(event))
    assert not hasattr(event, "__dict__")


def test_what_a_person_would_step_to_is_meaningful():
    meaningful = {code for code, kind in EVENTS.items() if kind.meaningful}
    assert {"appended", "high_watermark", "committed", "leader_elected", "generation_formed"} <= meaningful
    assert not {"replicated", "paused", "resumed", "speed_set", "rebased", "restarted"} & meaningful


def test_what_happens_often_is_traffic():
    traffic = {code for code, kind in EVENTS.items() if not kind.milestone}
    assert {"appended", "replicated", "high_watermark", "delivered", "committed"} <= traffic
