"""levels/schema.json is what the engine takes, and whatever it names is told in both languages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from engine.commands import COMMANDS
from engine.lessons.measures import MEASURES
from house.lesson_parts import NOT_STEPS
from house.lesson_schema import CHAPTERS, text
from playground.lessons import library, reference, refusals
from playground.narration import LANGUAGES, catalogue

ROOT = Path(__file__).resolve().parents[3]
FILE = ROOT / "levels" / "schema.json"


def test_the_file_is_what_the_engine_says_now() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), "write it anew: python -m house.lesson_schema"


def test_it_is_json_schema() -> None:
    Draft202012Validator.check_schema(json.loads(FILE.read_text(encoding="utf-8")))


def test_it_names_every_command_and_every_measure() -> None:
    assert {one["name"] for one in reference.commands("en")} == set(COMMANDS) - set(NOT_STEPS)
    named = {(part["subject"], row["name"]) for part in reference.measures("en") for row in part["rows"]}
    assert named == set(MEASURES)


def test_chapters_are_the_librarys() -> None:
    assert CHAPTERS == library.CHAPTERS


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_authors_can_look_up_is_told_in_their_language(language: str) -> None:
    words = catalogue(language)
    assert set(words["commands"]) == set(COMMANDS) - set(NOT_STEPS)
    full = {f"{subject or 'cluster'}.{name}" for subject, name in MEASURES}
    assert {name for name in words["measures"] if "." in name} == full | {"event.about"}
    assert all(row["about"] for row in reference.keys(language))
    assert set(words["chapters"]) == {name for chapter in CHAPTERS for name in (chapter, f"{chapter}.about")}


def codes(schema: Any) -> set[str]:
    """All that the schema says refusals are called."""
    if isinstance(schema, list):
        return set().union(*map(codes, schema))
    if not isinstance(schema, dict):
        return set()
    own = {code for code in schema.get("refusals", {}).values() if isinstance(code, str)}
    return own.union(*map(codes, schema.values()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_has_a_sentence(language: str) -> None:
    known = codes(json.loads(FILE.read_text(encoding="utf-8"))) | set(refusals.CODES.values())
    assert known <= set(catalogue(language)["refusals"])
