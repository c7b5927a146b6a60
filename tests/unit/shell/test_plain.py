"""What reaches a terminal steers it no more."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from playground.shell.plain import shown


def test_words_lines_and_tabs_stay() -> None:
    text = 'a\tb\n{"nome": "João"} → 日本 🙂\n'
    assert shown(text) == text
    assert shown("one\r\ntwo\n") == "one\ntwo\n"


def test_an_escape_sequence_becomes_something_to_read() -> None:
    assert shown("\x1b[2J\x1b]0;title\x07") == "^[[2J^[]0;title^G"
    assert shown("over\rwritten \x9b31m \x7f") == "over^Mwritten <9B>31m ^?"


def test_marks_that_turn_the_direction_of_text_are_named() -> None:
    assert shown("echo \u202egpj.exe") == "echo <U+202E>gpj.exe"


@given(st.text(st.characters()))
def test_nothing_is_left_that_a_terminal_obeys(text: str) -> None:
    left = {ord(c) for c in shown(text)}
    assert not left & ({*range(0x20)} - {0x09, 0x0A} | {*range(0x7F, 0xA0)} | {0x202E})
    shown(text).encode()
