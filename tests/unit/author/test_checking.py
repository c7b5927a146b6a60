"""What is wrong with the shape of a lesson: each with its line, its column, a code, and a reason in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils.translation import override

from playground.lessons.checking import FINDINGS_MAX, check, path_of, with_meaning
from playground.lessons.reading import read

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = (ROOT / "static/i18n/author/example.en.yaml").read_text(encoding="utf-8")


def changed(old: str, new: str) -> str:
    assert EXAMPLE.count(old) == 1, old
    return EXAMPLE.replace(old, new)


def found(text: str | bytes) -> list[tuple[int, int, str]]:
    return [(one.line, one.column, one.code) for one in check(text)[1]]


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_the_example_an_author_begins_with_has_nothing_wrong(language: str) -> None:
    text = (ROOT / f"static/i18n/author/example.{language}.yaml").read_bytes()
    assert found(text) == []


@pytest.mark.parametrize("file", sorted((ROOT / "levels").glob("*.yaml")), ids=lambda file: file.stem)
def test_a_level_has_the_right_shape(file: Path) -> None:
    assert found(file.read_bytes()) == []


SCENES = [file for file in sorted((ROOT / "scenes").glob("*.yaml")) if file.name != "lecture.yaml"]


@pytest.mark.parametrize("file", SCENES, ids=lambda file: file.stem)
def test_a_scene_has_the_right_shape(file: Path) -> None:
    assert found(file.read_bytes()) == []


# name: (what stands there, what is written instead, the text at whose place it is refused, code, a word of the reason)
REFUSED: dict[str, tuple[str, str, str, str, str]] = {
    "an unknown key": ("hints:\n", "tips:\n", "tips:", "UNKNOWN_KEY", "tips"),
    "a key misspelt": ("takeaway:", "takeawy:", "takeawy:", "UNKNOWN_KEY", "takeaway"),
    "an unknown command": ("do: add_consumer, ", "do: crash_all, ", "crash_all", "UNKNOWN_COMMAND", "crash_all"),
    "a command misspelt": ("do: add_consumer, ", "do: ad_consumer, ", "ad_consumer", "UNKNOWN_COMMAND", "add_consumer"),
    "a command that takes no such thing": (
        "do: add_consumer, group: caixa",
        "do: add_consumer, group: caixa, broker: 1",
        "broker: 1",
        "UNKNOWN_FIELD",
        "broker",
    ),
    "a command that lacks something": (
        "do: add_consumer, group: caixa",
        "do: add_consumer",
        "{at_ms: 0, do: add_consumer}",
        "MISSING_KEY",
        "group",
    ),
    "an unknown measure": ("members: 2}", "people: 2}", "people: 2", "UNKNOWN_MEASURE", "people"),
    "a measure misspelt": ("members: 2}", "membres: 2}", "membres: 2", "UNKNOWN_MEASURE", "members"),
    "a measure of something else": ("members: 2}", "leads: 2}", "leads: 2", "UNKNOWN_MEASURE", "leads"),
    "a measure that needs more": (
        "{group: caixa, members: 2}",
        "{group: caixa, committed: 2}",
        "{group: caixa, committed",
        "NEEDS_BESIDE",
        "topic",
    ),
    "a clause that asks nothing": (
        "{group: caixa, members: 2}",
        "{group: caixa}",
        "{group: caixa}\n    - {group: caixa, idle",
        "NO_MEASURE",
        "members",
    ),
    "a condition that is none": ("members: 2}", "members: many}", "many", "NO_CONDITION", "many"),
    "an event that there is not": (
        "{group: caixa, members: 2}",
        "{event: leader_chosen}",
        "leader_chosen",
        "UNKNOWN_EVENT",
        "leader_chosen",
    ),
    "a parameter that the event has not": (
        "{group: caixa, members: 2}",
        "{event: leader_elected, group: caixa}",
        "group: caixa}\n    - {group: caixa, id",
        "UNKNOWN_KEY",
        "group",
    ),
    "a missing language": (
        '  en: "One more to help"\n',
        "",
        "title:",
        "MISSING_LANGUAGE",
        "en",
    ),
    "a missing language of an option": (
        ', en: "Both read both"}',
        "}",
        'say: {pt-BR: "Os dois',
        "MISSING_LANGUAGE",
        "en",
    ),
    "a third language": (
        '  en: "One more to help"',
        '  en: "One more"\n  fr: "Un de plus"',
        "fr:",
        "UNKNOWN_LANGUAGE",
        "fr",
    ),
    "a text in no language": ("solution:\n", 'lab: {text: "kcat"}\nsolution:\n', '"kcat"', "NOT_SAID", "pt-BR"),
    "an empty text": ('en: "One more to help"', 'en: " "', '" "', "EMPTY_TEXT", ""),
    "a title as long as a text": ('"One more to help"', f'"{"x" * 81}"', '"xxx', "TEXT_TOO_LONG", "81"),
    "a text for a number": ("par: 1", "par: one", "one\n", "WRONG_KIND", "par"),
    "half a number": ("par: 1", "par: 1.5", "1.5", "WRONG_KIND", "1.5"),
    "a number that is too large": ("brokers: 3", "brokers: 30", "30", "OUT_OF_RANGE", "12"),
    "another format": ("format: 1", "format: 2", "2\n", "NOT_THIS", "2"),
    "no such chapter": ("chapter: groups", "chapter: grups", "grups", "NOT_ONE_OF", "groups"),
    "an id with capitals": ("id: my-first-exercise", "id: My_Exercise", "My_Exercise", "BAD_NAME", "My_Exercise"),
    "no takeaway": (
        EXAMPLE[EXAMPLE.index("takeaway:") : EXAMPLE.index("seed:")],
        "",
        "# An",
        "MISSING_IN_LEVEL",
        "takeaway",
    ),
    "no goal to reach": (
        EXAMPLE[EXAMPLE.index("  now:") : EXAMPLE.index("  for_ms")],
        "",
        "goal:",
        "GOAL_EMPTY",
        "now",
    ),
    "one option only": (
        EXAMPLE[EXAMPLE.index('    - say: {pt-BR: "Os dois') : EXAMPLE.index("  about:")],
        "",
        "options:",
        "TOO_FEW",
        "2",
    ),
    "two options that are the same": (
        "holds: {group: caixa, consumer: caixa-1, holds: 2}",
        "holds: [{group: caixa, consumer: caixa-1, holds: 1}, {group: caixa, idle_members: 0}]",
        "holds: [{group",
        "SAME_OPTION",
        "37",
    ),
    "two clauses that exclude each other": (
        "{group: caixa, idle_members: 0}\n  for_ms",
        '{group: caixa, members: "> 3"}\n  for_ms',
        'members: "> 3"',
        "NEVER_BOTH",
        "members",
    ),
    "a clause that excludes itself": (
        "{group: caixa, members: 2}",
        '{group: caixa, members: 2}\n    - {group: caixa, members: "< 2"}',
        'members: "< 2"',
        "NEVER_BOTH",
        "members",
    ),
    "a goal that is forbidden": (
        "  for_ms: 500",
        "  for_ms: 500\n  never: [{group: caixa, members: 2}]",
        "{group: caixa, members: 2}]",
        "WANTED_AND_FORBIDDEN",
        "",
    ),
    "a wrong path without a message": (
        "solution:\n",
        "wrong: [{do: [{do: pause}]}]\nsolution:\n",
        "{do: [{",
        "MEETS_OR_FAILS",
        "meets",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_its_line_its_column_and_a_reason_in_both_languages(name: str) -> None:
    old, new, at, code, word = REFUSED[name]
    text = changed(old, new)
    start = text.index(new) if new and at in new else text.index(at)
    start = text.index(at, start) if new else start
    line, column = text[:start].count("\n") + 1, start - text.rfind("\n", 0, start)
    reasons = {}
    for language in ("pt-br", "en"):
        with override(language):
            findings = check(text)[1]
        told = next((one for one in findings if one.code == code), None)
        assert told is not None, [one.to_json() for one in findings]
        assert (told.line, told.column) == (line, column)
        assert word in told.reason and code not in told.reason
        reasons[language] = told.reason
    assert reasons["en"] != reasons["pt-br"] and len(findings) <= 2


def test_several_wrong_things_are_told_from_top_to_bottom() -> None:
    text = changed("par: 1", "par: um").replace("members: 2}", "membres: 2}").replace("kind: level", "kind: levle")
    places = [(line, code) for line, _, code in found(text)]
    assert places == sorted(places)
    assert {code for _, code in places} == {"NOT_ONE_OF", "UNKNOWN_MEASURE", "WRONG_KIND"}


def test_of_very_many_wrong_things_enough_are_told_to_work_on() -> None:
    text = "format: 1\n" + "".join(f"k{n}: 1\n" for n in range(3_000))
    assert len(found(text)) == FINDINGS_MAX


def test_what_the_engine_finds_is_told_at_its_line_unless_that_is_told_already() -> None:
    document = read(EXAMPLE)
    shape = check(changed("members: 2}", "membres: 2}"))[1]
    heard = [
        {"path": "goal.now[0]", "code": "NO_MEASURE", "reason": "what is asked of it?"},
        {"path": "predict[0].options[1]", "code": "TWO_OPTIONS_HOLD", "reason": "options 0 and 1 hold"},
        {"path": "solution[0]", "code": "NEW_CODE", "reason": "something of tomorrow"},
    ]
    with override("en"):
        told = [(one.line, one.code, one.reason) for one in with_meaning(document, shape, heard)]
    assert [code for _, code, _ in told] == ["TWO_OPTIONS_HOLD", "UNKNOWN_MEASURE", "NEW_CODE"]
    assert told[0][0] == line_of(EXAMPLE, "predict:") and told[2][0] == line_of(EXAMPLE, "solution:") + 1
    assert told[2][2] == "something of tomorrow"


def test_the_engines_paths_are_understood() -> None:
    document = read(EXAMPLE)
    assert path_of("goal.now[1].idle_members", document) == ("goal", "now", 1, "idle_members")
    assert path_of("", document) == ()
