"""The level page has words for whatever a lesson may ask, and the report for what was foreseen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.lessons.measures import MEASURES
from house.lesson_schema import OFFERS
from playground import narration
from playground.foreseen import foreseen
from playground.lessons import library

ROOT = Path(__file__).resolve().parents[2]


def words(name: str, language: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((ROOT / f"static/i18n/{name.format(language)}.json").read_text("utf-8"))
    return loaded


@pytest.mark.parametrize("language", narration.LANGUAGES)
def test_every_measure_has_words_for_a_clause_about_it(language: str) -> None:
    texts = words("lesson.{}", language)["ui"]
    said = {("client", "connected"): "clause.client"}
    for subject, name in MEASURES:
        keys = {said.get((subject, name), f"clause.{name}"), f"clause.{subject}.{name}", f"clause.consumer.{name}"}
        assert keys & set(texts), f"{subject} {name}"


@pytest.mark.parametrize("language", narration.LANGUAGES)
def test_a_chapter_is_called_the_same_on_the_level_as_in_the_list(language: str) -> None:
    texts = words("lesson.{}", language)["ui"]
    chapters = words("author/{}", language)["chapters"]
    assert {key: text for key, text in chapters.items() if not key.endswith(".about")} == {
        key.removeprefix("chapter."): text for key, text in texts.items() if key.startswith("chapter.")
    }


def event(code: str, step: int, **params: Any) -> dict[str, Any]:
    return {"code": code, "step": step, "at_ms": step * 10.0, "params": params}


DOCUMENT = {
    "predict": [
        {
            "ask": {"en": "Who reads `t`?"},
            "options": [{"say": {"en": "*One*"}}, {"say": {"en": "Two"}}],
            "surprise": {"en": "It is one."},
            "because": {"en": "Right."},
        },
        {"ask": {"en": "And now?"}, "options": [{"say": {"en": "A"}}, {"say": {"en": "B"}}]},
    ]
}


def test_a_prediction_is_told_with_what_came_and_where() -> None:
    told = foreseen(
        DOCUMENT,
        [
            event("prediction_locked", 5, question=0, option=1),
            event("leader_elected", 6),
            event("prediction_judged", 9, question=0, option=1, held=[0]),
            event("prediction_locked", 12, question=1, option=0),
        ],
        "en",
    )
    first, second = told
    assert (first.asked, first.chosen, first.held, first.right) == ("Who reads t?", "Two", "One", False)
    assert (first.because, first.step) == ("It is one.", 9)
    assert (second.chosen, second.right, second.step) == ("A", None, 12)


def test_where_there_is_no_lesson_nothing_was_foreseen() -> None:
    assert foreseen(None, [event("prediction_locked", 5, question=0, option=1)], "en") == []


@pytest.mark.parametrize("language", narration.LANGUAGES)
def test_whatever_a_lesson_offers_has_a_name(language: str) -> None:
    texts = words("lesson.{}", language)["ui"]
    assert [one for one in OFFERS if f"offers.{one}" not in texts] == []


def test_the_readme_counts_the_exercises_and_the_scenes() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert f"are {len(library.levels())} of them" in readme and f"as {len(library.scenes())} scenes" in readme
