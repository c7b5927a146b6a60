"""PutRecord, PutRecords: which shard each record goes to. Written by hand: thousands of these a second."""

from __future__ import annotations

from binascii import Error as NoBase64
from binascii import a2b_base64
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from engine.kinesis.service import parameters, throttling
from engine.kinesis.service.calling import Call, arn_name, no_stream, stream_name
from engine.kinesis.service.errors import INVALID, THROUGHPUT, VALIDATION, KinesisError, dry_run, serialization
from engine.kinesis.service.hashing import HASH_KEY_MAX, keyed
from engine.kinesis.service.outcomes import Later, Outcome, Put, PutPart
from engine.kinesis.service.quotas import PARTITION_KEY_MAX, PUT_BYTES_MAX, PUT_RECORDS_MAX
from engine.kinesis.service.sequence import NoSequenceNumber, parse
from engine.kinesis.service.shard import OPEN
from engine.kinesis.service.stream import ACTIVE, UPDATING, Stream

if TYPE_CHECKING:
    from engine.kinesis.service.account import Account


def put_record(account: Account, call: Call) -> Outcome:
    stream = _stream(account, call)
    if call.p.get("SequenceNumberForOrdering") is not None:
        _ordering(account, call, stream)
    outcome = _put(account, call, stream, [call.p], many=False)
    if isinstance(outcome, Put) and outcome.failed:
        _, shard = outcome.failed[0]
        text = f"Rate exceeded for shard {shard} in stream {stream.name} under account {account.account_id}."
        raise KinesisError(THROUGHPUT, text, stream=stream.name, shard=shard)
    return outcome


def put_records(account: Account, call: Call) -> Outcome:
    stream = _stream(account, call)
    records = call.p.get("Records")
    if records is None:
        raise parameters.missing("Records")
    if not isinstance(records, list):
        raise serialization("Records is not of the type List")
    if not records:
        raise parameters.constraint([], "Records", "Member must have length greater than or equal to 1")
    if len(records) > PUT_RECORDS_MAX:
        what = f"Member must have length less than or equal to {PUT_RECORDS_MAX}"
        raise parameters.constraint(f"({len(records)} records)", "Records", what)
    return _put(account, call, stream, records, many=True)


def _stream(account: Account, call: Call) -> Stream:
    name = call.p.get("StreamName")
    if call.p.get("StreamARN") is not None:
        called = arn_name(account, call, "StreamARN")
        if name is not None and name != called:
            arn = call.p["StreamARN"]
            raise KinesisError(INVALID, f"StreamARN {arn} and StreamName {name} do not name the same stream.")
        name = called
    elif name is None:
        raise KinesisError(INVALID, "Either StreamName or StreamARN should be provided.")
    stream = account.streams.get(name) if isinstance(name, str) else None
    if stream is None or stream.status not in (ACTIVE, UPDATING):
        raise no_stream(account, stream_name({"StreamName": name}))
    return stream


def _put(account: Account, call: Call, stream: Stream, records: list[Any], *, many: bool) -> Outcome:
    starts, taking = stream.starts, stream.taking
    longest = stream.record_bytes_max
    arrival_ms = call.calendar_ms
    parts: dict[int, PutPart] = {}
    total, later = 0, False
    for place, record in enumerate(records):
        try:
            key = record["PartitionKey"]
            value = a2b_base64(record["Data"], strict_mode=True)
            raw, hashed = keyed(key)
            if record.get("ExplicitHashKey") is not None:
                hashed = explicit(record["ExplicitHashKey"])
        except (KeyError, TypeError, AttributeError, ValueError, NoBase64) as error:
            raise _flaw(record, place, many) from error
        size = len(raw) + len(value)
        if size > longest or not 0 < len(key) <= PARTITION_KEY_MAX:
            raise _too_long(key, place, many, longest)
        total += size
        at = bisect_right(starts, hashed) - 1
        part = parts.get(at)
        if part is None:
            shard = taking[at]
            parts[at] = PutPart(shard.number, shard.id, shard.stem(arrival_ms), [place], [raw], [value], size)
            later = later or shard.state != OPEN
        else:
            part.indexes.append(place)
            part.keys.append(raw)
            part.values.append(value)
            part.size += size
    if total > PUT_BYTES_MAX and many:
        raise KinesisError(INVALID, f"Records size exceeds {PUT_BYTES_MAX >> 20} MB limit", stream=stream.name)
    if later:
        return Later(stream.name)
    if call.p.get("DryRun"):
        raise dry_run()
    failed: list[tuple[int, str]] = []
    for at, part in parts.items():
        shard = taking[at]
        for place in throttling.put(account, call.now, stream, shard, part, call.client):
            failed.append((place, shard.id))
    taken = [part for part in parts.values() if part.keys] if failed else list(parts.values())
    return Put(
        stream.name, stream.topic, stream.created_ms, arrival_ms, taken, failed, len(records), many,
        stream.encryption, call.client,
    )  # fmt: skip


def explicit(value: object) -> int:
    """An ExplicitHashKey. Raises InvalidArgumentException, or ValueError for what is no number at all."""
    if not isinstance(value, str) or not value.isascii() or not value.isdigit() or len(value) > 39:
        raise ValueError(value)
    hashed = int(value)
    if hashed > HASH_KEY_MAX:
        text = "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was "
        raise KinesisError(INVALID, text + value)
    return hashed


def _ordering(account: Account, call: Call, stream: Stream) -> None:
    """Records of one shard are in order here in any case; the number must be one that was given."""
    text = parameters.text(call.p, "SequenceNumberForOrdering")
    try:
        if parse(text).arrival * 1000 <= call.calendar_ms:
            return
    except NoSequenceNumber:
        pass
    raise KinesisError(
        INVALID,
        f"ExclusiveMinimumSequenceNumber {text} used in PutRecord on stream {stream.name} under account "
        f"{account.account_id} is invalid.",
        stream=stream.name,
    )


# --- what was wrong with a record: found out only then, for it costs time ------------------------------


def _member(place: int, many: bool, name: str) -> str:
    return f"Records.{place + 1}.member.{parameters.member(name)}" if many else name


def _flaw(record: object, place: int, many: bool) -> KinesisError:
    if not isinstance(record, dict):
        return serialization("Records is not a list of structures")
    for name in ("PartitionKey", "Data"):
        if record.get(name) is None:
            return parameters.missing(_member(place, many, name))
        if not isinstance(record[name], str):
            return serialization(f"{name} is not of the type {'Blob' if name == 'Data' else 'String'}")
    try:
        a2b_base64(record["Data"], strict_mode=True)
    except ValueError:
        return serialization("Data is not base64")
    if record.get("ExplicitHashKey") is not None:
        what = r"Member must satisfy regular expression pattern: ^(0|([1-9]\d{0,38}))$"
        return parameters.constraint(record["ExplicitHashKey"], _member(place, many, "ExplicitHashKey"), what)
    return serialization("PartitionKey is no text")


def _too_long(key: str, place: int, many: bool, longest: int) -> KinesisError:
    if not key:
        what = "Member must have length greater than or equal to 1"
        return parameters.constraint(key, _member(place, many, "PartitionKey"), what)
    if len(key) > PARTITION_KEY_MAX:
        what = f"Member must have length less than or equal to {PARTITION_KEY_MAX}"
        return parameters.constraint(key, _member(place, many, "PartitionKey"), what)
    where = parameters.member(_member(place, many, "Data"))
    text = f"1 validation error detected: Value at '{where}' failed to satisfy constraint: "
    return KinesisError(VALIDATION, text + f"Member must have length less than or equal to {longest}")
