"""Somebody's own data: each row of a table becomes a record, its columns the fields of a JSON object.

Two forms, told apart by the first character: JSON (a list of values, or one value a line), and CSV (its
first line names the columns; separated by comma, semicolon or tab, whichever comes first in it). Of CSV,
what is written as a JSON number is one; an empty cell is null; all else is text.
"""

from __future__ import annotations

import csv
import json
import re
from io import StringIO
from typing import Any, ClassVar

from engine.clients.sources.base import Made, Source
from engine.limits import ROWS_MAX
from engine.world.dice import Dice
from engine.world.snapshots import shared

NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
SEPARATORS = ",;\t"
COLUMNS_MAX = 100
TEXT_OF_KEY_MAX = 10_000


class RowsRefused(Exception):
    """The text is no table. The reason is for people and names the line, counted from 1."""


@shared
class Table:
    """rows: key and value of each. Never changed once made: copies and snapshots share it."""

    __slots__ = ("rows",)

    def __init__(self, rows: list[tuple[bytes | None, bytes]]) -> None:
        self.rows = rows

    def __deepcopy__(self, memo: dict[int, Any]) -> Table:
        return self


class Rows(Source):
    """place: of the next row. loop: after the last one the first comes again."""

    name: ClassVar[str] = "rows"

    def __init__(self, table: Table, loop: bool = True) -> None:
        self.table, self.loop = table, loop
        self.place = 0

    def event(self, dice: Dice, keys: str, at_ms: int) -> Made | None:
        rows = self.table.rows
        if self.place == len(rows):
            if not self.loop:
                return None
            self.place = 0
        self.place += 1
        return rows[self.place - 1]

    def rewind(self) -> None:
        if self.place == len(self.table.rows):
            self.place = 0


def read_table(text: str, key_field: str | None) -> Table:
    """The table in ``text``; key_field: the column whose value is the record's key, None for none."""
    text = text.removeprefix("\ufeff")
    start = text.lstrip()[:1]
    rows = _json(text) if start and start in "[{" else _csv(text)
    if not rows:
        raise RowsRefused("There is no row in it.")
    if len(rows) > ROWS_MAX:
        raise RowsRefused(f"It has {len(rows):,} rows; the limit is {ROWS_MAX:,}.")
    return Table([(_key(row, key_field, number), value) for number, (row, value) in enumerate(rows, 1)])


def _key(row: Any, field: str | None, number: int) -> bytes | None:
    if field is None:
        return None
    if not isinstance(row, dict) or field not in row:
        has = ", ".join(list(row)[:10]) if isinstance(row, dict) else "no columns"
        raise RowsRefused(f"Row {number} has no {field!r} to take the key from; it has {has}.")
    value = row[field]
    if value is None:
        return None
    key = (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).encode()
    if len(key) > TEXT_OF_KEY_MAX:
        raise RowsRefused(f"The key of row {number} has {len(key):,} bytes; the limit is {TEXT_OF_KEY_MAX:,}.")
    return key


# --- JSON


def _json(text: str) -> list[tuple[Any, bytes]]:
    try:
        if text.lstrip()[0] == "[":
            values = json.loads(text, parse_constant=_no_json)
        else:
            values = []
            for number, line in enumerate(text.splitlines(), 1):
                if line.strip():
                    values.append(_line(line, number))
        return [(value, json.dumps(value, ensure_ascii=False).encode()) for value in values]
    except json.JSONDecodeError as broken:
        raise RowsRefused(f"It is no JSON: {broken.msg}, line {broken.lineno}, column {broken.colno}.") from None
    except UnicodeEncodeError:
        raise RowsRefused("It is not valid Unicode text.") from None
    except (RecursionError, ValueError):
        raise RowsRefused("It is no JSON: too deep, or a number that JSON does not know.") from None


def _line(line: str, number: int) -> Any:
    try:
        return json.loads(line, parse_constant=_no_json)
    except json.JSONDecodeError as broken:
        raise RowsRefused(f"Line {number} is no JSON: {broken.msg}, column {broken.colno}.") from None


def _no_json(name: str) -> Any:
    raise ValueError(name)


# --- CSV


def _csv(text: str) -> list[tuple[Any, bytes]]:
    head = text.lstrip().split("\n", 1)[0]
    separator = next((char for char in head if char in SEPARATORS), ",")
    lines = csv.reader(StringIO(text.strip("\r\n"), newline=""), delimiter=separator, strict=True)
    names: list[str] = []
    rows: list[tuple[Any, bytes]] = []
    try:
        for cells in lines:
            if not names:
                names = _columns([cell.strip() for cell in cells])
            elif any(cells):
                if len(cells) != len(names):
                    raise RowsRefused(f"Line {lines.line_num} has {len(cells)} cells, the first line {len(names)}.")
                rows.append(_row(names, cells))
    except csv.Error as broken:
        raise RowsRefused(f"It is no CSV: {broken}, line {lines.line_num}.") from None
    return rows


def _columns(names: list[str]) -> list[str]:
    if not all(names) or len(set(names)) < len(names) or len(names) > COLUMNS_MAX:
        raise RowsRefused(f"The first line of CSV names the columns: at most {COLUMNS_MAX}, all different, none empty.")
    return names


def _row(names: list[str], cells: list[str]) -> tuple[dict[str, Any], bytes]:
    row = {name: cell.strip() or None for name, cell in zip(names, cells, strict=True)}
    fields = [f"{json.dumps(name, ensure_ascii=False)}: {_cell(cell)}" for name, cell in row.items()]
    return dict(row), f"{{{', '.join(fields)}}}".encode()


def _cell(cell: str | None) -> str:
    if cell is None:
        return "null"
    return cell if NUMBER.fullmatch(cell) else json.dumps(cell, ensure_ascii=False)
