"""Calls of the AWS port in a trace, in AWS's own names: the same rows as requests.py makes of Kafka's.

A connection carries one call at a time, so what is written to it answers the call before.
"""

from __future__ import annotations

from typing import Any

import orjson

from engine.quorum.streams import GATEWAY
from engine.world.trace import Entry

Row = dict[str, Any]
SHOWN = ("StreamName", "StreamARN", "ShardId", "PartitionKey", "ShardIteratorType", "Limit", "ConsumerARN")


def is_call(entry: Entry) -> bool:
    return entry.kind == "frame" and entry.node == GATEWAY


def is_answer(entry: Entry) -> bool:
    return entry.kind == "write" and entry.source == GATEWAY


def call_of(data: bytes) -> tuple[str, Row, str]:
    """(operation, parameters, client) of a frame."""
    head, _, body = data.partition(b"\n")
    words = head.decode("utf-8", "replace").split(" ")
    try:
        given = orjson.loads(body) if body else {}
    except orjson.JSONDecodeError:
        given = {}
    return words[0], said(given if isinstance(given, dict) else {}), words[-1]


def said(given: Row) -> Row:
    """The few words beside an arrow."""
    shown = {name: given[name] for name in SHOWN if name in given}
    if isinstance(given.get("Records"), list):
        shown["records"] = len(given["Records"])
    return shown


def answer_of(chunks: list[Any]) -> Row:
    """What is written to a caller: the status of its call, or how much of a stream of events."""
    data = b"".join(chunks)
    kind, head = data[4:5], data[5:].partition(b"\n")[0].decode("utf-8", "replace")
    if kind != b"A":
        return {"event": head or "end", "bytes": len(data)}
    status, _, error = head.partition(" ")
    return {"status": int(status), "bytes": len(data), **({"error": error} if error != "-" else {})}


def question(asked: dict[tuple[int, int], Entry], entry: Entry) -> Entry | None:
    """The call that an answer is of: the last one on its connection."""
    calls = [
        one for one in asked.values()
        if is_call(one) and one.connection == entry.message.connection and one.step <= entry.step
    ]  # fmt: skip
    return max(calls, key=lambda one: one.step, default=None)
