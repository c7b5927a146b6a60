"""The report of a run: deeds and events, in order, in sentences; what was refused, what was done again and again."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.commands import COMMANDS
from engine.live.asks.film import difference
from playground import narration, patterns, report
from tests.stage.test_catalogues import arguments


def deed(at: float, do: str, *, actor: str = "web:a", done: bool | None = True, **fields: Any) -> dict[str, Any]:
    return {"step": int(at), "at_ms": at, "actor": actor, "command": {"do": do, **fields}, "done": done}


def crashed(n: int, at: float, broker: int = 2) -> dict[str, Any]:
    params = {"broker": broker, "leads": 1}
    event = {"n": n, "step": int(at), "at_ms": at, "node": "", "cause": 0}
    return {**event, "code": "broker_crashed", "mark": "fault", "params": params}


def told(deeds: list[dict[str, Any]], events: list[dict[str, Any]], language: str = "en") -> dict[str, Any]:
    state: dict[str, Any] = {"topics": [], "brokers": [], "groups": []}
    span = {"from_ms": 0.0, "from_step": 0, "step": 99, "at_ms": 10_000.0}
    return report.told_of({"deeds": deeds, "events": events, "state": state, **span}, language)


def test_each_deed_begins_a_chapter_with_what_came_of_it() -> None:
    shown = told([deed(5_000, "crash_broker", broker=2)], [crashed(1, 1_000, 1), crashed(2, 5_000)])
    before, chapter = shown["chapters"]
    assert before.deed is None and [line.at for line in before.events] == ["00:01.000"]
    assert chapter.deed.text == "Crashed broker 2." and chapter.deed.at == "00:05.000" and chapter.deed.share == "50.00"
    assert "Broker 2 crashed" in chapter.events[0].text and shown["deeds"] == 1


def test_the_same_record_again_and_again_is_one_deed_and_time_is_only_counted() -> None:
    deeds = [deed(at, "produce", topic="t", key="k", value="v") for at in (1_000, 2_000, 3_000)]
    shown = told([*deeds, deed(3_500, "pause"), deed(3_500, "step"), deed(4_000, "resume")], [])
    (chapter,) = shown["chapters"]
    assert chapter.times == 3 and shown["deeds"] == 3 and (shown["paused"], shown["steps"]) == (1, 1)


def test_what_was_refused_is_said_so_and_whoever_did_it_only_when_there_were_several() -> None:
    alone = told([deed(1_000, "crash_broker", broker=9, done=False)], [])["chapters"][0]
    assert alone.refused and alone.who == ""
    shown = told([deed(1_000, "crash_broker", broker=1), deed(2_000, "start_broker", broker=1, actor="web:b")], [])
    assert [chapter.who for chapter in shown["chapters"]] == ["#1", "#2"] and shown["people"] == 2


def test_numbers_on_the_line_do_not_stand_on_each_other() -> None:
    shown = told([deed(9_999, "crash_broker", broker=n) for n in (1, 2, 3)], [])
    spots = [float(chapter.deed.spot) for chapter in shown["chapters"]]
    assert all(b - a >= report.SPOT_APART - 0.02 for a, b in zip(spots, spots[1:], strict=False))
    assert spots[0] >= 0 and spots[-1] <= 100


@pytest.mark.parametrize("language", narration.LANGUAGES)
def test_every_command_has_a_sentence_of_what_it_takes(language: str) -> None:
    texts = report.deeds_catalogue(language)
    assert set(texts) == set(COMMANDS)
    for do, command in COMMANDS.items():
        fields = {field.name for field in dataclasses.fields(command)}  # type: ignore[arg-type]
        assert arguments(patterns.parse(texts[do])) <= fields, do
        assert report.deed_told({"do": do}, language)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES, VALUES)
def test_a_difference_turns_one_state_into_the_other(before: Any, after: Any) -> None:
    assert changed(before, difference(before, after)) == after


def changed(before: Any, change: list[Any]) -> Any:
    """As static/js/recording/film.js does it."""
    if not change:
        return before
    if len(change) == 1:
        return change[0]
    parts, gone = change
    if isinstance(before, list):
        return [changed(item, parts.get(str(i), [])) for i, item in enumerate(before)]
    kept = {key: value for key, value in before.items() if key not in gone}
    return {**kept, **{key: changed(before.get(key), part) for key, part in parts.items()}}
