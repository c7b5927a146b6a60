"""Streams that come into being, the switch for limits, and the picture of it all for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.kinesis.service import lifecycle
from engine.kinesis.service.hashing import even_split
from engine.kinesis.service.positions import Position
from engine.kinesis.service.quotas import ITERATOR_MS
from engine.kinesis.service.shard import OPEN, Shard
from engine.kinesis.service.stream import ACTIVE, Consumer, Stream
from engine.machine import MILLISECOND, SECOND

if TYPE_CHECKING:
    from engine.kinesis.service.account import Account


def new_stream(account: Account, now: int, calendar_ms: int, name: str, shards: int, mode: str) -> Stream:
    arn = f"arn:aws:kinesis:{account.region}:{account.account_id}:stream/{name}"
    stream = Stream(name, arn, now // MILLISECOND, calendar_ms, mode)
    for number, (low, high) in enumerate(even_split(shards)):
        shard = Shard(number, low, high, state=OPEN, created=calendar_ms // 1000, opened_ms=calendar_ms)
        stream.shards.append(shard)
    stream.rearrange()
    account.streams[name] = stream
    return stream


def adopt(account: Account, now: int, calendar_ms: int, spec: dict[str, Any]) -> None:
    mode = spec.get("mode", "PROVISIONED")
    stream = new_stream(account, now, calendar_ms, spec["stream"], spec.get("shards", 4), mode)
    stream.retention_hours = spec.get("retention_hours", 24)
    stream.status = ACTIVE
    lifecycle.make(account, now, stream)


def date(account: Account, by_ms: int, before_ms: int) -> None:
    """What was created before ``before_ms`` was so ``by_ms`` later."""
    for stream in account.streams.values():
        if stream.calendar_ms < before_ms:
            stream.calendar_ms += by_ms
            for shard in stream.shards:
                if 0 <= shard.opened_ms < before_ms:
                    shard.opened_ms += by_ms
                    shard.created += by_ms // 1000


def set_throttling(account: Account, on: bool) -> None:
    account.throttling = on
    account.calls.clear()
    for stream in account.streams.values():
        stream.calls.clear()
        for shard in stream.shards:
            for gauge in (shard.inward, shard.outward, shard.asked):
                gauge.second, gauge.count, gauge.bytes, gauge.debt = -1, 0, 0, 0


# --- the picture -----------------------------------------------------------------------------------------


def snapshot(account: Account, now: int) -> dict[str, Any]:
    return {
        "region": account.region,
        "account": account.account_id,
        "throttling": account.throttling,
        "streams": [_stream(stream, now) for stream in account.streams.values()],
        "iterators": [_position(key, position) for key, position in account.positions.items()],
    }


def _stream(stream: Stream, now: int) -> dict[str, Any]:
    return {
        "name": stream.name, "arn": stream.arn, "status": stream.status, "mode": stream.mode,
        "created_ms": stream.created_ms, "created": stream.calendar_ms, "retention_hours": stream.retention_hours,
        "encryption": stream.encryption, "key_id": stream.key_id, "tags": dict(stream.tags),
        "metrics": list(stream.metrics), "max_record_kib": stream.record_kib, "policy": stream.policy,
        "topic": stream.topic,
        "shards": [_shard(stream, shard, now // SECOND) for shard in stream.shards if shard.opened_ms >= 0],
        "consumers": [_consumer(stream, consumer) for consumer in stream.consumers.values()],
    }  # fmt: skip


def _shard(stream: Stream, shard: Shard, second: int) -> dict[str, Any]:
    records_s, bytes_s = shard.inward.rate(second)
    read_s, read_bytes_s = shard.outward.rate(second)
    return {
        "id": shard.id, "partition": shard.number, "from": str(shard.low), "to": str(shard.high),
        "parents": [stream.shards[number].id for number in shard.parents],
        "children": [stream.shards[number].id for number in shard.children],
        "open": shard.taking, "state": shard.state, "starting": shard.starting, "ending": shard.ending,
        "start": 0, "hw": shard.end, "end": shard.end, "records": shard.records, "bytes": shard.bytes,
        "records_s": records_s, "bytes_s": bytes_s, "read": shard.read, "read_bytes": shard.read_bytes,
        "read_s": read_s, "read_bytes_s": read_bytes_s, "throttled_in": shard.throttled_in,
        "throttled_out": shard.throttled_out, "throttled_ms": shard.throttled_ms,
    }  # fmt: skip


def _consumer(stream: Stream, consumer: Consumer) -> dict[str, Any]:
    return {
        "name": consumer.name, "arn": consumer.arn(stream.arn), "status": consumer.status,
        "created": consumer.created * 1000,
        "subscribed": [stream.shards[number].id for number, held in sorted(consumer.subscribed.items()) if held[0]],
    }  # fmt: skip


def _position(key: tuple[str, str, str], position: Position) -> dict[str, Any]:
    at_ms = position.now // MILLISECOND
    client, stream, shard = key
    return {
        "client": client, "stream": stream, "shard": shard, "kind": position.kind, "offset": position.offset,
        "at_ms": at_ms, "expires_ms": at_ms + ITERATOR_MS, "behind_ms": position.behind_ms,
    }  # fmt: skip
