"""A whole snapshot as less JSON: lists of objects that are all alike name their members once.

    [{"broker": 1, "end": 7}, {"broker": 2, "end": 5}]   becomes   {"%": ["broker", "end"], "=": [[1, 7], [2, 5]]}

Inside the rows likewise. (No object of a snapshot has a member called "%".)
"""

from __future__ import annotations

from typing import Any


def packed(value: Any) -> Any:
    """The same, packed wherever it helps."""
    if type(value) is dict:
        return {name: packed(part) for name, part in value.items()}
    if type(value) is not list:
        return value
    first = value[0] if value else None
    if len(value) > 1 and type(first) is dict and all(type(one) is dict and list(one) == list(first) for one in value):
        return {"%": list(first), "=": [[packed(part) for part in one.values()] for one in value]}
    return [packed(one) for one in value]


def unpacked(value: Any) -> Any:
    if type(value) is list:
        return [unpacked(one) for one in value]
    if type(value) is not dict:
        return value
    if "%" in value:
        return [dict(zip(value["%"], map(unpacked, row), strict=True)) for row in value["="]]
    return {name: unpacked(part) for name, part in value.items()}
