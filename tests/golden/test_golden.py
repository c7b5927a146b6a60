"""The engine does with recorded inputs what it did when they were recorded, or BEHAVIOUR says that it does not."""

import json

import pytest

from engine.live.journal import BEHAVIOUR
from tests.golden.make import HERE, RECORDINGS, found

CHANGED = (
    "The engine does something else with the same inputs than it did. If that is meant: raise BEHAVIOUR in "
    "engine/live/segments.py, and run `python -m tests.golden.make`."
)


@pytest.mark.parametrize("name", RECORDINGS)
def test_the_engine_does_what_it_did(name):
    expected = json.loads((HERE / name / "expected.json").read_text())
    assert expected["behaviour"] == BEHAVIOUR, "Run `python -m tests.golden.make`."
    try:
        now = found(HERE / name)
    except Exception as problem:
        pytest.fail(f"{CHANGED} ({problem!r})")
    assert now == expected, CHANGED


def test_the_recordings_hold_what_can_come_in():
    sources = {}
    for name in RECORDINGS:
        for source, count in json.loads((HERE / name / "expected.json").read_text())["inputs"].items():
            sources[source] = sources.get(source, 0) + count
    assert sources["frame"] > 100 and sources["command"] > 15
    assert {"accept", "close", "calendar"} <= set(sources)


def test_the_recordings_are_small():
    assert sum(path.stat().st_size for name in RECORDINGS for path in (HERE / name).iterdir()) < 300_000
