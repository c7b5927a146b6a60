"""One request with all that is known of it: what it said, its answer, what led to it, and what it led to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from engine.cluster import aws_requests
from engine.cluster.requests import (
    OUR_NAMES,
    Asked,
    Row,
    answers_in,
    asked_in,
    client_of,
    count_of,
    read_answer,
    read_frame,
    rows_of,
    span_of,
)  # fmt: skip
from engine.events import to_json
from engine.machine import MILLISECOND
from engine.wire import codec
from engine.wire.codec import MalformedRequest, UnsupportedVersion
from engine.wire.messages import FetchedPart
from engine.world.trace import Entry, Trace, readable

if TYPE_CHECKING:
    from engine.cluster.cluster import Cluster

CAUSES_MAX = 40  # steps back from a request: the chain of a busy cluster has no end
LED_MAX = 40
FIELDS_DEPTH = 5


def detail(cluster: Cluster, trace: Trace, number: int) -> Row | None:
    """All that is known of one request: what it said, its answer, what led to it and what it led to."""
    entry = trace.get(number)
    if entry is None or entry.kind not in ("request", "response", "frame"):
        return None
    asked = asked_in(trace)
    if entry.kind == "response":
        entry = asked.get((entry.connection, entry.correlation), entry)
        number = entry.sequence
    (row,) = rows_of(cluster, entry, asked)
    answer = _answer_to(cluster, trace, entry, asked)
    causes = list(_few(trace.causes(entry.cause), CAUSES_MAX))
    first = causes[-1] if causes else entry
    led = [_step(cluster, one) for one in _few((e for e in trace.entries if e.cause == number), LED_MAX)]
    told = [to_json(one) for one in cluster.world.told if one.cause == number]
    return {
        "request": {**row, "fields": _fields(entry)},
        "answer": answer,
        "answer_causes": [_step(cluster, one) for one in _few(trace.causes(answer["cause"]), CAUSES_MAX)]
        if answer
        else [],
        "causes": [_step(cluster, one) for one in causes],
        "whole": first.cause == 0 or len(causes) == CAUSES_MAX,
        "led_to": led,
        "events": told,
    }


def _answer_to(cluster: Cluster, trace: Trace, entry: Entry, asked: Asked) -> Row | None:
    correlation = entry.correlation
    if aws_requests.is_call(entry):
        for one in trace.entries:
            if aws_requests.is_answer(one) and aws_requests.question(asked_in(trace), one) is entry:
                (row,) = rows_of(cluster, one, asked)
                return {**row, "fields": row["params"]}
        return None
    if entry.kind == "frame":
        correlation = int.from_bytes(entry.message.data[4:8], "big", signed=True)
    for one in trace.entries:
        if one.kind == "response" and (one.connection, one.correlation) == (entry.connection, correlation):
            (row,) = rows_of(cluster, one, asked)
            return {**row, "fields": _shown(one.message.body)}
        if one.kind == "write" and entry.kind == "frame" and one.message.connection == entry.connection:
            for number, answer in answers_in(one.message.chunks):
                if number == correlation:
                    row = next(row for row in rows_of(cluster, one, asked) if row["of"] == entry.sequence)
                    body = read_answer(entry.message.data, answer)[2]
                    return {**row, "fields": _shown(body) if body is not None else row["params"]}
    return None


def _fields(entry: Entry) -> Row:
    """All of its fields, by the names that our dataclasses give them (engine/wire/messages/)."""
    if entry.kind != "frame":
        return _shown(entry.message.body)
    if aws_requests.is_call(entry):
        return aws_requests.call_of(entry.message.data)[1]
    try:
        header = codec.decode_header(entry.message.data)
        body = _shown(codec.decode_request(header, entry.message.data))
    except (UnsupportedVersion, MalformedRequest):
        return {"bytes": len(entry.message.data)}
    return {"api_version": header.api_version, "correlation": header.correlation, **body}


def _shown(body: Any) -> Row:
    shown: Row = readable(body, FIELDS_DEPTH)
    for part, one in zip(getattr(body, "parts", ()), shown.get("parts", ()), strict=False):
        records = getattr(part, "records", None)
        if records is None or not isinstance(one, dict):
            continue
        size = (
            sum(getattr(piece, "size", 0) or len(piece) for piece in records)
            if isinstance(records, list)
            else len(records)
        )
        if isinstance(part, FetchedPart):
            one["records"] = dict(zip(("first", "last"), span_of(records), strict=True)) if size else None
        else:
            one["records"] = {"count": count_of(records)}
        if size:
            one["records"]["bytes"] = size  # not the bytes themselves
    return shown


def _step(cluster: Cluster, entry: Entry) -> Row:
    """One link of a chain of causes: any entry of the agenda, alarms and orders included."""
    shown: Row = {
        "n": entry.sequence, "kind": entry.kind, "name": entry.name, "node": entry.node, "from": entry.source,
        "at_ms": entry.at / MILLISECOND, "step": entry.step,
    }  # fmt: skip
    if entry.kind in ("request", "response"):
        shown["name"] = OUR_NAMES.get(entry.message.body.__class__, entry.name)
    elif entry.kind == "frame":
        read = aws_requests.call_of if aws_requests.is_call(entry) else read_frame
        shown["name"] = read(entry.message.data)[0]
        shown["from"] = client_of(cluster, entry.node, entry.connection)
    return shown


def step(cluster: Cluster, entry: Entry) -> Row:
    """The same for others (engine/live/asks/why.py)."""
    return _step(cluster, entry)


def _few(entries: Iterable[Entry], most: int) -> Iterator[Entry]:
    for number, entry in enumerate(entries):
        if number == most:
            return
        yield entry
