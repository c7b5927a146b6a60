"""Somebody's own data: CSV and JSON become rows, and what is neither is refused with its line."""

from __future__ import annotations

import json

import pytest

from engine.clients.sources import Rows, RowsRefused, read_table
from engine.limits import ROWS_MAX
from engine.world.dice import Dice
from engine.world.plain import copy as copied


def values(text: str, key: str | None = None) -> list[tuple]:
    return [(k, json.loads(v)) for k, v in read_table(text, key).rows]


def refused(text: str, key: str | None = None) -> str:
    with pytest.raises(RowsRefused) as caught:
        read_table(text, key)
    return str(caught.value)


def test_the_first_line_of_csv_names_the_fields() -> None:
    assert values("id,nome,valor\n1,café,18.90\n2,,-3e2\n") == [
        (None, {"id": 1, "nome": "café", "valor": 18.9}),
        (None, {"id": 2, "nome": None, "valor": -300}),
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found(separator: str) -> None:
    assert values(f"a{separator}b\n1{separator}2") == [(None, {"a": 1, "b": 2})]


def test_only_what_is_a_number_of_json_is_one_and_it_stays_as_written() -> None:
    text = "cep;preco;fone\n01310;1,50;007\n1e3;18.90;-0"
    assert values(text)[0][1] == {"cep": "01310", "preco": "1,50", "fone": "007"}
    assert read_table(text, None).rows[1][1] == b'{"cep": 1e3, "preco": 18.90, "fone": -0}'


def test_a_cell_in_quotes_may_hold_separators_quotes_and_lines() -> None:
    assert values('a,b\n"x,""y""","two\nlines"\n')[0][1] == {"a": 'x,"y"', "b": "two\nlines"}


def test_excels_mark_and_line_ends_do_no_harm() -> None:
    assert values("\ufeffa,b\r\n1,2\r\n\r\n3,4\r\n") == [(None, {"a": 1, "b": 2}), (None, {"a": 3, "b": 4})]


def test_the_key_is_a_column_as_text() -> None:
    assert [k for k, _ in values("id,n\nc-1,1\n7,2\n,3", "id")] == [b"c-1", b"7", None]
    assert [k for k, _ in values('[{"id": "a"}, {"id": 7}, {"id": null}, {"id": true}]', "id")] == [
        b"a", b"7", None, b"true",
    ]  # fmt: skip


def test_json_is_a_list_or_a_value_a_line() -> None:
    assert values(' [{"a": 1}, 2, "x"] ') == [(None, {"a": 1}), (None, 2), (None, "x")]
    assert values('{"a": 1}\n\n{"a": [2]}\n') == [(None, {"a": 1}), (None, {"a": [2]})]


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ("", None, "There is no row in it."),
        ("a,b\n", None, "There is no row in it."),
        ("[]", None, "There is no row in it."),
        ("a,b\n1,2\n3\n", None, "Line 3 has 1 cells, the first line 2."),
        ("a,a\n1,2", None, "The first line of CSV names the columns"),
        ("a,\n1,2", None, "The first line of CSV names the columns"),
        ('a,b\n"x,2', None, "It is no CSV: unexpected end of data, line 2."),
        ('[{"a": 1},\n {"a" 2}]', None, "line 2, column 7."),
        ('{"a": 1}\n{"a": }', None, "Line 2 is no JSON: Expecting value, column 7."),
        ('{"a": NaN}', None, "It is no JSON"),
        ("[" * 100_000, None, "It is no JSON"),
        ('["\\ud800"]', None, "It is not valid Unicode text."),
        ("a,b\n1,2", "c", "Row 1 has no 'c' to take the key from; it has a, b."),
        ("[1]", "c", "Row 1 has no 'c' to take the key from; it has no columns."),
        ("a\n" + "x" * 10_001, "a", "The key of row 1 has 10,001 bytes"),
        ("a\n" + "1\n" * (ROWS_MAX + 1), None, "It has 1,001 rows; the limit is 1,000."),
    ],
)
def test_what_is_no_table_is_refused_with_where_and_why(text: str, key: str | None, reason: str) -> None:
    assert reason in refused(text, key)


def test_rows_come_in_order_and_begin_anew_or_end() -> None:
    dice = Dice(1, "rows")
    for loop, want in ((True, [1, 2, 1, 2, 1]), (False, [1, 2, None, None, None])):
        rows = Rows(read_table("a\n1\n2", None), loop)
        made = [rows.event(dice, "few", 0) for _ in range(5)]
        assert [one and json.loads(one[1])["a"] for one in made] == want


def test_copies_share_the_table_and_not_the_place() -> None:
    rows = Rows(read_table("a\n1\n2", None))
    twin = copied(rows)
    twin.event(Dice(1, "x"), "few", 0)
    assert twin.table is rows.table and (rows.place, twin.place) == (0, 1)
