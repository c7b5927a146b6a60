"""Whatever somebody writes, pastes or breaks: it is answered, with places that there are, and soon."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from house import lesson_check
from playground.lessons.checking import FINDINGS_MAX, check
from playground.lessons.reading import BYTES_MAX

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = (ROOT / "static/i18n/author/example.en.yaml").read_text(encoding="utf-8")
PIECES = st.sampled_from(
    ["{", "}", "[", "]", ":", ": ", "- ", "\n", "\n  ", "\t", '"', "'", "&a ", "*a", "!!str ", "#", "|", ">", "? ",
     "<<: ", "null", "~", "1e9", "-1", "{group: 1}", "[[]]", "do: 1", "\u2028", "\0", "é", "\ud83d"]
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(EXAMPLE)), st.integers(0, 40), PIECES), min_size=1, max_size=4))
def test_a_broken_example_is_refused_at_places_that_it_has(cuts: list[tuple[int, int, str]]) -> None:
    text = EXAMPLE
    for at, length, piece in cuts:
        text = text[:at] + piece + text[at + length :]
    lines = text.replace("\r", "\n").split("\n")
    for one in check(text)[1]:
        assert 1 <= one.line <= len(lines) and 1 <= one.column <= len(lines[one.line - 1]) + 2
        assert one.reason and one.reason != one.code


FULL = [
    (part, item)
    for part in (
        "goal: {now: [%s]}",
        "predict: [%s]",
        "solution: [%s]",
        "hints: [%s]",
        "allow: [%s]",
        "start: {topics: [%s]}",
    )
    for item in ("{}", "{group: g, members: 4}", "{do: x}", "x", "[]")
]


@pytest.mark.parametrize(
    ("part", "item"),
    [FULL[1], *(pytest.param(*one, marks=pytest.mark.full) for one in FULL[2:])],
)
def test_a_document_full_of_one_thing_is_answered_soon(part: str, item: str) -> None:
    text = part % ", ".join([item] * ((BYTES_MAX - 100) // (len(item) + 2)))
    began = time.thread_time()
    findings = check(text)[1]
    assert 0 < len(findings) <= FINDINGS_MAX and time.thread_time() - began < 4


def test_the_command_line_says_the_same_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(EXAMPLE.replace("par: 1", "par: x"), encoding="utf-8")
    assert lesson_check.main([str(file)]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said == [f"{file}:57:6: WRONG_KIND: “par” is a whole number, not x.", "1 read, 1 to put right"]
