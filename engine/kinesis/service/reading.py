"""What comes back from the log for GetShardIterator and GetRecords. Written by hand: it carries all that is read."""

from __future__ import annotations

from binascii import b2a_base64
from typing import TYPE_CHECKING

import orjson

from engine.kinesis.service import throttling, tokens
from engine.kinesis.service.calling import no_stream
from engine.kinesis.service.outcomes import Locate, Read
from engine.kinesis.service.positions import Position, note
from engine.kinesis.service.quotas import LOOK_MS
from engine.kinesis.service.sequence import STEP
from engine.kinesis.service.shard import CLOSED, Shard
from engine.kinesis.service.stream import Stream
from engine.storage.retention import age_ms

if TYPE_CHECKING:
    from engine.kinesis.service.account import Account


def located(account: Account, locate: Locate, offset: int) -> bytes:
    token = tokens.Token(
        locate.stream, locate.created_ms, locate.partition, offset, locate.kind, locate.now, locate.calendar_ms,
        locate.seen_ms,
    )  # fmt: skip
    position = Position(locate.kind, offset, locate.now)
    note(account.positions, locate.client, locate.stream, locate.shard, position)
    return f'{{"ShardIterator":"{tokens.seal(account.account_id, token)}"}}'.encode()


def done(
    account: Account, read: Read, records: list[tuple[int, int, bytes, bytes]], next_offset: int, high_watermark: int,
    behind_ms: int,
) -> bytes:  # fmt: skip
    stream = account.streams.get(read.stream)
    if stream is None or stream.created_ms != read.created_ms:
        raise no_stream(account, read.stream)  # deleted while its last records were on their way
    shard = stream.shards[read.partition]
    caught_up = next_offset >= high_watermark
    seen_ms = records[-1][1] if records and not caught_up else read.calendar_ms
    still_ms = age_ms(records[0][1], read.seen_ms, account.jumps) if records else 0
    if still_ms > LOOK_MS:
        # Too long a stretch without records for one look: an empty answer that is not the end.
        records, next_offset, caught_up = [], read.offset, False
        seen_ms = read.seen_ms + max(LOOK_MS, still_ms // 2)
    if behind_ms < 0 or not records:
        behind_ms = 0 if caught_up else max(1, read.calendar_ms - seen_ms)  # 0 is the tip
    text, size = jsons(stream, shard, records, read.horizon_ms)
    throttling.got(account, read.now, shard, size)
    shard.read += len(records)
    shard.read_bytes += size
    note(account.positions, read.client, read.stream, read.shard, Position(read.kind, next_offset, read.now, behind_ms))
    if shard.state == CLOSED and next_offset >= shard.end:
        return _body(text, "null", behind_ms, stream.child_shards(shard))
    token = tokens.Token(
        read.stream, read.created_ms, read.partition, next_offset, read.kind, read.now, read.calendar_ms, seen_ms
    )
    return _body(text, f'"{tokens.seal(account.account_id, token)}"', behind_ms, None)


def ended(stream: Stream, shard: Shard) -> bytes:
    """Nothing is left of a closed shard, and nothing comes."""
    return _body("", "null", 0, stream.child_shards(shard))


def _body(records: str, following: str, behind_ms: int, children: list[dict[str, object]] | None) -> bytes:
    born = f',"ChildShards":{orjson.dumps(children).decode()}' if children else ""
    return (
        f'{{"Records":[{records}],"NextShardIterator":{following},"MillisBehindLatest":{behind_ms}{born}}}'
    ).encode()


def jsons(
    stream: Stream, shard: Shard, records: list[tuple[int, int, bytes, bytes]], horizon_ms: int
) -> tuple[str, int]:
    """The records as AWS writes them, and the bytes of their keys and data. Without those from before the horizon."""
    spans = stream.sealed_spans
    parts: list[str] = []
    size, base, arrived, at, kms = 0, 0, -1, "", ""
    for offset, stamp, key, value in records:
        if stamp != arrived:
            if stamp < horizon_ms:
                continue
            arrived, at = stamp, f"{stamp / 1000}"
            base = shard.stem(stamp) + STEP
            if spans:
                kms = ',"EncryptionType":"KMS"' if sealed_at(spans, stamp) else ""
        size += len(key) + len(value)
        parts.append(
            f'{{"SequenceNumber":"{base + offset * STEP}","ApproximateArrivalTimestamp":{at},"Data":"'
            f'{b2a_base64(value, newline=False).decode()}","PartitionKey":{_text(key)}{kms}}}'
        )
    return ",".join(parts), size


def sealed_at(spans: list[list[int]], stamp: int) -> bool:
    """Whether encryption was on when the record arrived."""
    return any(begin <= stamp and (end < 0 or stamp < end) for begin, end in spans)


def _text(key: bytes) -> str:
    """A partition key as JSON. What is no UTF-8 came past the service, and is shown as well as it goes."""
    text = key.decode(errors="replace")
    if text.isalnum() and text.isascii():
        return f'"{text}"'
    return orjson.dumps(text).decode()
