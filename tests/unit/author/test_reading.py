"""Reading YAML: what is plain data becomes data with places, everything else a refusal with line, column and reason."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.utils.translation import override

from playground.lessons.reading import BYTES_MAX, DEPTH_MAX, TEXT_MAX, Document, Unreadable, read


def refusal(text: str | bytes) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read(text)
    return caught.value


def test_every_value_and_every_name_has_a_line_and_a_column() -> None:
    document = read("format: 1\ngoal:\n  now:\n    - {group: g, members: 4}\n    - group: h\n      lag: 0\n")
    assert document.data["goal"]["now"] == [{"group": "g", "members": 4}, {"group": "h", "lag": 0}]
    assert document.place(("goal", "now", 0, "members")) == (4, 27)
    assert document.place(("goal", "now", 0, "members"), key=True) == (4, 18)
    assert document.place(("goal", "now", 1, "lag"), key=True) == (6, 7)
    assert document.place(("goal", "now", 1)) == (5, 7)


def test_what_is_not_there_stands_where_it_would_belong() -> None:
    document = read("format: 1\ngoal:\n  now: []\n")
    assert document.place(("goal", "never", 0, "record_lost")) == (2, 1)
    assert document.place(("solution", 3)) == (1, 1)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"), ("on", "on"), ("YES", "YES"), ("0x1f", "0x1f"), ("1_000", "1_000"), ("12:30:45", "12:30:45"),
        ("2001-01-01", "2001-01-01"), (".inf", ".inf"), (".nan", ".nan"), ("010", 10), ("-3", -3), ("1.5", 1.5),
        ("1e3", 1000.0), ("true", True), ("False", False), ("~", None), ("", None), ('"1"', "1"), ("'true'", "true"),
        ('">= 3"', ">= 3"), ("< 3", "< 3"), ("|\n  1", "1\n"),
    ],
)  # fmt: skip
def test_only_what_anybody_would_take_for_a_number_or_a_truth_is_one(written: str, meant: Any) -> None:
    assert read(f"a: {written}\n").data == {"a": meant}


def test_a_byte_order_mark_and_windows_line_ends_are_nobodys_fault() -> None:
    document = read("\ufeffa: 1\r\nb: 2\r\n".encode())
    assert document.data == {"a": 1, "b": 2}
    assert document.place(("b",)) == (2, 4)


TRICKS: dict[str, tuple[str | bytes, tuple[int, int, str]]] = {
    "an anchor": ("a: 1\nb: &x {c: 1}\nd: *x\n", (2, 4, "ANCHOR")),
    "an alias": ("a: 1\nb: *x\n", (2, 4, "ALIAS")),
    "a billion laughs": ("a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n", (1, 4, "ANCHOR")),
    "a Python object": ("a: !!python/object/apply:os.system [ls]\n", (1, 4, "TAG")),
    "a tag of one's own": ("a:\n  - !mine x\n", (2, 5, "TAG")),
    "a tag on the whole": ("!lesson\na: 1\n", (1, 1, "TAG")),
    "a broken tag": ("a: !<x\n", (1, 4, "TAG")),
    "a directive": ("%TAG ! tag:example,2000:\n---\na: 1\n", (1, 1, "DIRECTIVE")),
    "a merge key": ("a:\n  <<: {b: 1}\n", (2, 3, "MERGE_KEY")),
    "a key twice": ("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n", (5, 3, "KEY_TWICE")),
    "a list as a key": ("? [a, b]\n: 1\n", (1, 3, "KEY_NOT_TEXT")),
    "two documents": ("a: 1\n---\nb: 2\n", (2, 1, "TWO_DOCUMENTS")),
    "more after the end": ("a: 1\n...\nb: 2\n", (3, 1, "TWO_DOCUMENTS")),
    "brackets without end": ("a: " + "[" * 5_000, (1, DEPTH_MAX + 3, "TOO_DEEP")),
    "dashes without end": ("a:\n  " + "- " * 5_000 + "x\n", (2, 2 * DEPTH_MAX + 1, "TOO_DEEP")),
    "a long text": (f"a: 1\nb: {'x' * (TEXT_MAX + 1)}\n", (2, 4, "TEXT_TOO_LONG")),
    "a long key": (f"a:\n  ? {'x' * 400}\n  : 1\n", (2, 5, "KEY_TOO_LONG")),
    "a long number": ("a: 12345678901234567890\n", (1, 4, "NUMBER_TOO_LARGE")),
    "an endless number": ("a: 1e300\n", (1, 4, "NUMBER_TOO_LARGE")),
    "Latin-1": ("a: 1\nb: são\n".encode("latin-1"), (2, 5, "NOT_UTF8")),
    "UTF-16": ("a: 1\n".encode("utf-16"), (1, 1, "NOT_UTF8")),
    "half a surrogate": ("a: \ud800\n", (1, 4, "NOT_UTF8")),
    "a NUL": ("a: 1\nb: x\0y\n", (2, 5, "UNPRINTABLE")),
    "a NUL as an escape": ('a: 1\nb: "x\\0y"\n', (2, 4, "UNPRINTABLE")),
    "half a surrogate as an escape": ('a: "\\ud800"\n', (1, 7, "ODD_ESCAPE")),
    "a line end of its own kind": ("a: x\u2028b: y\n", (1, 5, "UNPRINTABLE")),
    "a bell": ("a: \x07\n", (1, 4, "UNPRINTABLE")),
    "nothing": ("", (1, 1, "EMPTY")),
    "only a comment": ("# to be written\n", (2, 1, "EMPTY")),
    "a list": ("- a\n- b\n", (1, 1, "NOT_A_MAPPING")),
    "a word": ("lesson", (1, 1, "NOT_A_MAPPING")),
}  # fmt: skip
SLIPS: dict[str, tuple[str, tuple[int, int, str]]] = {
    "a tabulator": ("a:\n\tb: 1\n", (2, 1, "TABULATOR")),
    "a colon in a text": ("a: um: dois\n", (1, 6, "COLON_IN_TEXT")),
    "a star, a percent sign, ...": ("a: @g\n", (1, 4, "ODD_START")),
    "a backtick": ("text: `kcat` is\n", (1, 7, "ODD_START")),
    "a comparison without quotation marks": ("a:\n  b: > 3\n", (2, 8, "BARE_COMPARISON")),
    "an open bracket": ("a: [1, 2\nb: 3\n", (2, 2, "BRACKET_OPEN")),
    "an open quotation mark": ('a: 1\nb: "x\nc: 1\n', (2, 4, "QUOTE_OPEN")),
    "an unknown escape": ('a: "\\q"\n', (1, 5, "ODD_ESCAPE")),
    "a name without a value": ("a: 1\nfoo\nb: 2\n", (2, 1, "NO_COLON")),
    "a crooked line": ("a:\n  b: 1\n c: 2\n", (3, 2, "INDENT")),
    "a name in a list": ("a:\n  - 1\n  b: 1\n", (3, 3, "INDENT")),
}


@pytest.mark.parametrize("name", [*TRICKS, *SLIPS])
def test_it_is_refused_with_its_line_its_column_and_a_reason_in_both_languages(name: str) -> None:
    text, wanted = {**TRICKS, **SLIPS}[name]
    found = refusal(text)
    assert (found.line, found.column, found.code) == wanted
    reasons = []
    for language in ("pt-br", "en"):
        with override(language):
            reasons.append(found.reason)
    portuguese, english = reasons
    assert len(english) > 30 and portuguese != english and found.code not in english + portuguese


def test_ten_megabytes_are_refused_at_the_line_where_the_limit_is_and_at_once() -> None:
    text = ('say: "' + "y" * 94 + "\n") * 100_000
    began = time.thread_time()
    found = refusal(text)
    assert time.thread_time() - began < 1
    assert (found.line, found.code) == (BYTES_MAX // 101 + 1, "TOO_LARGE")


@pytest.mark.parametrize("text", ["[" * 150_000, "{a: " * 50_000, "- " * 90_000, "a: '" + "''" * 90_000, "? " * 90_000])
def test_no_text_of_the_allowed_size_keeps_it_busy(text: str) -> None:
    began = time.thread_time()
    refusal(text)
    assert time.thread_time() - began < 1.5


def test_the_largest_lesson_is_read() -> None:
    lines = "".join(f"  - {{n: {n}, say: '{'x' * 60}'}}\n" for n in range(BYTES_MAX // 85))
    document: Document = read(f"all:\n{lines}")
    assert len(document.data["all"]) == BYTES_MAX // 85
