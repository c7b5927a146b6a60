"""Who asked whom what, for people: entries of a trace (engine/world/trace.py) in Kafka's own names, as JSON.

A row is one message: a request or an answer; one with all that is known of it is made by one_request.py. Real
clients' bytes are named too: their requests by the header of the frame, their answers by the correlation in the
bytes written. Looking only: nothing is asked of a machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from engine.cluster import aws_requests
from engine.cluster.inspect import hue
from engine.kinesis.gateway.callers import AwsAnswer, AwsCall, AwsEvent
from engine.kinesis.gateway.gateway import Gateway
from engine.machine import MILLISECOND
from engine.quorum import messages as quorum
from engine.wire import codec
from engine.wire.batch import Batch
from engine.wire.codec import MalformedRequest, UnsupportedVersion
from engine.wire.errors import error_name
from engine.wire.messages import FetchRequest, FetchResponse, ProduceRequest, ProduceResponse
from engine.wire.records import decode_records
from engine.wire.versions import api_name
from engine.world.trace import Entry, Trace, readable

if TYPE_CHECKING:
    from engine.cluster.cluster import Cluster

Row = dict[str, Any]
Asked = dict[tuple[int, int], Entry]

METADATA_TOPIC = "__cluster_metadata"
OUR_NAMES: dict[type, str] = {
    quorum.RegisterRequest: "BrokerRegistration", quorum.RegisterResponse: "BrokerRegistration",
    quorum.HeartbeatRequest: "BrokerHeartbeat", quorum.HeartbeatResponse: "BrokerHeartbeat",
    quorum.MetadataFetchRequest: "Fetch", quorum.MetadataFetchResponse: "Fetch",
    quorum.ProducerIdsRequest: "AllocateProducerIds", quorum.ProducerIdsResponse: "AllocateProducerIds",
}  # fmt: skip
KEYS_SHOWN, KEYS_OF_MAX = 4, 16  # the hues of so many records, of batches of at most so many
ANSWER_BYTES_MAX = 256 << 10  # of what is written to a real client: a larger answer is not taken apart
PARTS_SHOWN = 6  # partitions named in a row; how many more there are is said


def rows(cluster: Cluster, trace: Trace, entries: Iterable[Entry]) -> list[Row]:
    """The requests and answers among ``entries``; their shape is told in docs/api.md."""
    asked = asked_in(trace)
    return [row for entry in entries for row in rows_of(cluster, entry, asked)]


def under_way(cluster: Cluster, trace: Trace) -> list[Row]:
    """Those that have been sent and not arrived."""
    return rows(cluster, trace, trace.under_way(cluster.world))


# --- rows ---------------------------------------------------------------------------------------------


def rows_of(cluster: Cluster, entry: Entry, asked: Asked) -> Iterator[Row]:
    if entry.kind in ("request", "response"):
        body = entry.message.body
        row = _row(entry, getattr(body, "operation", "") or OUR_NAMES.get(body.__class__, entry.name), _params(body))
        if entry.kind == "response":
            question = asked.get((entry.connection, entry.correlation))
            row["of"] = question.sequence if question is not None else 0
        elif entry.message.client not in ("", entry.source):
            row["client"] = entry.message.client
        yield row
    elif aws_requests.is_answer(entry):
        call = aws_requests.question(asked, entry)
        if call is not None:
            client = client_of(cluster, entry.source, entry.message.connection)
            row = _row(entry, aws_requests.call_of(call.message.data)[0],
                       aws_requests.answer_of(entry.message.chunks), client)  # fmt: skip
            yield {**row, "to": client, "kind": "response", "of": call.sequence}
    elif entry.kind == "frame":
        read = aws_requests.call_of if aws_requests.is_call(entry) else read_frame
        row = _row(entry, *read(entry.message.data))
        yield {**row, "from": client_of(cluster, entry.node, entry.connection) or row["client"], "kind": "request"}
    elif entry.kind == "write":
        to = client_of(cluster, entry.source, entry.message.connection)
        for correlation, answer in answers_in(entry.message.chunks):
            question = asked.get((entry.message.connection, correlation))
            if question is not None:  # else nobody saw what was asked, and so nobody can read what was answered
                api, params, _ = read_answer(question.message.data, answer)
                row = _row(entry, api, params, to)
                yield {**row, "to": to, "kind": "response", "of": question.sequence}


def _row(entry: Entry, api: str, params: Row, client: str | None = None) -> Row:
    row = {
        "n": entry.sequence, "kind": entry.kind, "api": api, "from": entry.source, "to": entry.node,
        "sent_ms": entry.sent / MILLISECOND, "at_ms": entry.at / MILLISECOND if entry.at >= 0 else None,
        "step": entry.step, "cause": entry.cause, "params": params,
    }  # fmt: skip
    if client is not None:
        row["client"] = client
    if entry.lost:
        row["lost"] = True
    return row


def asked_in(trace: Trace) -> Asked:
    """The requests, by connection and correlation."""
    found: Asked = {}
    for entry in trace.entries:
        if entry.kind == "request":
            found[entry.connection, entry.correlation] = entry
        elif aws_requests.is_call(entry):
            found[entry.connection, -entry.sequence] = entry
        elif entry.kind == "frame" and len(entry.message.data) >= 8:
            found[entry.connection, int.from_bytes(entry.message.data[4:8], "big", signed=True)] = entry
    return found


def client_of(cluster: Cluster, node: str, connection: int) -> str:
    """What a real client calls itself, as its broker knows it; else where it came from."""
    known = cluster.world.nodes.get(node)
    if known is not None and isinstance(known.machine, Gateway):
        caller = known.machine.callers.outside.get(connection)
        return (caller.client or caller.peer) if caller is not None else "tcp"
    outside = getattr(known.machine, "outside", None) if known is not None and known.alive else None
    found = outside.connections.get(connection) if outside is not None else None
    return (found.client or found.peer) if found is not None else "tcp"


def read_frame(data: bytes) -> tuple[str, Row, str]:
    """(API, parameters, client id) of what a real client sent."""
    try:
        header = codec.decode_header(data)
        body = codec.decode_request(header, data)
    except (UnsupportedVersion, MalformedRequest):
        return api_name(int.from_bytes(data[:2], "big")), {"bytes": len(data)}, ""
    return api_name(header.api_key), {"version": header.api_version, **_params(body)}, header.client_id


def read_answer(question: bytes, answer: bytes) -> tuple[str, Row, Any]:
    """(API, parameters, body) of what was written to a real client; body None if it is too large to be shown."""
    api, size = api_name(int.from_bytes(question[:2], "big")), len(answer)
    if size > ANSWER_BYTES_MAX:
        return api, {"bytes": size}, None
    try:
        header = codec.decode_header(question)
        body = codec.decode_response(header.api_key, header.api_version, answer)
    except (UnsupportedVersion, MalformedRequest):
        return api, {"bytes": size}, None
    return api, _params(body), body


def answers_in(chunks: Iterable[bytes | memoryview]) -> Iterator[tuple[int, bytes]]:
    """(correlation, the answer without its length) of each answer in what is written to a real client."""
    data = b"".join(chunks)
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        yield int.from_bytes(data[at + 4 : at + 8], "big", signed=True), data[at + 4 : at + 4 + size]
        at += 4 + size


# --- what they say ------------------------------------------------------------------------------------


def _params(body: Any) -> Row:
    """The few words beside an arrow."""
    kind = body.__class__
    if kind is ProduceRequest:
        parts = [
            {"topic": p.topic, "partition": p.partition, "records": count_of(p.records), **_keys(p.records)}
            for p in _first(body.parts)
        ]
        return {"acks": body.acks, "parts": parts, **_more(body.parts)}
    if kind is ProduceResponse:
        parts = [
            {"topic": p.topic, "partition": p.partition, "base_offset": p.base_offset, **_error(p.error)}
            for p in _first(body.parts)
        ]
        return {"parts": parts, **_more(body.parts)}
    if kind is FetchRequest:
        parts = [{"topic": p.topic, "partition": p.partition, "offset": p.offset} for p in _first(body.parts)]
        return {"replica": body.replica, "max_wait_ms": body.max_wait_ms, "parts": parts, **_more(body.parts)}
    if kind is FetchResponse:
        return _fetched(body)
    if kind is AwsCall:
        return aws_requests.said(body.parameters)
    if kind is AwsAnswer or kind is AwsEvent:
        return {"bytes": len(body.body), **({"error": body.error} if getattr(body, "error", "") else {})}
    if kind is quorum.MetadataFetchRequest:
        return {"topic": METADATA_TOPIC, "offset": body.offset, "replica": body.broker}
    if kind is quorum.MetadataFetchResponse:
        return {"topic": METADATA_TOPIC, "records": len(body.records)}
    said = {name: value for name, value in readable(body, 1).items() if value not in ("…", None, "", -1)}
    for name in ("throttle_ms", "error"):
        if not said.get(name):
            said.pop(name, None)
    if said.get("error"):
        said["error"] = error_name(said["error"])
    return said


def _fetched(body: FetchResponse) -> Row:
    """Those with records first: an answer names all partitions that were asked for."""
    full = [p for p in body.parts if p.records or p.error] or body.parts
    parts = []
    for part in _first(full):
        shown = {"topic": part.topic, "partition": part.partition, "high_watermark": part.high_watermark}
        if part.records:
            shown["first"], shown["last"] = span_of(part.records)
        parts.append({**shown, **_error(part.error)})
    return {"parts": parts, **_more(full), **_error(body.error)}


def span_of(records: Any) -> tuple[int, int]:
    """First and last offset of what was fetched: batches and sealed stretches of them, or their bytes."""
    if isinstance(records, list) and hasattr(records[-1], "last_offset"):
        return getattr(records[0], "base_offset", -1), records[-1].last_offset
    first_offset = last_offset = -1
    for batch in _heads(b"".join(records) if isinstance(records, list) else records):
        base = int.from_bytes(batch[:8], "big")
        first_offset = base if first_offset < 0 else first_offset
        last_offset = base + int.from_bytes(batch[23:27], "big")
    return first_offset, last_offset


def count_of(records: Any) -> int:
    """Records in what is produced: a list of batches, or their bytes, whose heads say it."""
    if isinstance(records, list):
        return sum(getattr(batch, "count", 1) for batch in records)
    return sum(int.from_bytes(batch[57:61], "big") for batch in _heads(records or b""))


def _heads(data: bytes | memoryview) -> Iterator[memoryview]:
    """The heads of the whole batches in some bytes."""
    view, at = memoryview(data), 0
    while at + 61 <= len(view):
        yield view[at : at + 61]
        at += 12 + int.from_bytes(view[at + 8 : at + 12], "big")


def _keys(records: Any) -> Row:
    """The hues of the first keys (engine/cluster/inspect.py), where a simulated client has sent a few."""
    batch = records[0] if isinstance(records, list) and records else None
    if not isinstance(batch, Batch) or batch.count > KEYS_OF_MAX:
        return {}
    return {"keys": "".join(hue(record.key) for record in list(decode_records(batch))[:KEYS_SHOWN])}


def _first(parts: list[Any]) -> list[Any]:
    return parts[:PARTS_SHOWN]


def _more(parts: list[Any]) -> Row:
    return {"more": len(parts) - PARTS_SHOWN} if len(parts) > PARTS_SHOWN else {}


def _error(code: int) -> Row:
    return {"error": error_name(code)} if code else {}
