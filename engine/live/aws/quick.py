"""The three operations that applications call all day, looked at by hand: what is surely right needs no walk.

Each says yes only if every member is one it knows, of its type, within its constraints; anything else, right or
wrong, goes the long way (validation.py), which also finds the words. A test holds both against each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

RECORDS_MAX = 500
_NAME = re.compile(r"[a-zA-Z0-9_.-]{1,128}", re.ASCII)
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_ONE = {"StreamName", "PartitionKey", "Data"}


def put_record(given: dict[str, Any]) -> bool:
    if given.keys() != _ONE or not _is_name(given["StreamName"]):
        return False
    return _are_entries([{"PartitionKey": given["PartitionKey"], "Data": given["Data"]}])


def put_records(given: dict[str, Any]) -> bool:
    if len(given) != 2:
        return False
    records = given.get("Records")
    if type(records) is not list or not 0 < len(records) <= RECORDS_MAX or not _is_name(given.get("StreamName")):
        return False
    return _are_entries(records)


def get_records(given: dict[str, Any]) -> bool:
    iterator, limit = given.get("ShardIterator"), given.get("Limit", 1)
    return (
        len(given) == 1 + ("Limit" in given)
        and type(iterator) is str and 0 < len(iterator) <= 512
        and type(limit) is int and 0 < limit <= 10_000
    )  # fmt: skip


QUICK: dict[str, Callable[[dict[str, Any]], bool]] = {
    "PutRecord": put_record,
    "PutRecords": put_records,
    "GetRecords": get_records,
}


def _is_name(name: Any) -> bool:
    return type(name) is str and _NAME.fullmatch(name) is not None


def _are_entries(records: list[Any]) -> bool:
    """Data is at most what a request may have, so only its letters are looked at (faster than decoding it)."""
    try:
        for entry in records:
            key, data = entry["PartitionKey"], entry["Data"]
            if len(entry) != 2 or type(key) is not str or not 0 < len(key) <= 256 or type(data) is not str:
                return False
            if len(data) & 3:
                return False
            if data[-1:] == "=":
                if data[-3 if data[-2] == "=" else -2] not in ("AQgw" if data[-2] == "=" else "AEIMQUYcgkosw048"):
                    return False  # bits that would be lost
                data = data[: -2 if data[-2] == "=" else -1]
            if data.encode().translate(None, _LETTERS):
                return False
    except (KeyError, TypeError, UnicodeEncodeError):
        return False
    return True
