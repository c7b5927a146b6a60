"""SubscribeToShard: what is pushed to a registered consumer, and whether it still may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from engine.kinesis.service import horizon
from engine.kinesis.service.calling import no_stream
from engine.kinesis.service.outcomes import Subscribe
from engine.kinesis.service.reading import jsons
from engine.kinesis.service.shard import CLOSED, Shard
from engine.kinesis.service.stream import Stream

if TYPE_CHECKING:
    from engine.kinesis.service.account import Account


def event(
    account: Account, subscribe: Subscribe, records: list[tuple[int, int, bytes, bytes]], next_offset: int,
    high_watermark: int, now: int, calendar_ms: int,
) -> bytes:  # fmt: skip
    """The body of one SubscribeToShardEvent. ContinuationSequenceNumber: with it a client goes on *after*.
    Raises ResourceNotFoundException if the stream is gone.

    At the end of a closed shard there is none, as AWS does it: so consumers know the end, and read the children.
    """
    found = _of(account, subscribe)
    if found is None:
        raise no_stream(account, subscribe.stream)
    stream, shard = found
    text, size = jsons(stream, shard, records, horizon.trims(account, stream, shard, calendar_ms))
    behind_ms = max(1, calendar_ms - records[-1][1]) if records and next_offset < high_watermark else 0
    body = f'{{"Records":[{text}],"MillisBehindLatest":{behind_ms}'
    shard.read += len(records)
    shard.read_bytes += size
    if shard.state == CLOSED and next_offset >= shard.end:
        return f'{body},"ChildShards":{orjson.dumps(stream.child_shards(shard)).decode()}}}'.encode()
    arrived = records[-1][1] if records else shard.opened_ms if next_offset == 0 else calendar_ms
    number = shard.number_at(next_offset, arrived)
    return f'{body},"ContinuationSequenceNumber":"{number}"}}'.encode()


def at_end(account: Account, subscribe: Subscribe, next_offset: int) -> bool:
    found = _of(account, subscribe)
    return found is None or (found[1].state == CLOSED and next_offset >= found[1].end)


def holds(account: Account, subscribe: Subscribe) -> bool:
    found = _of(account, subscribe)
    if found is None:
        return False
    consumer = found[0].consumers.get(subscribe.name)
    held = consumer.subscribed.get(subscribe.partition) if consumer is not None else None
    return held is not None and held[0] == subscribe.subscription


def end(account: Account, subscribe: Subscribe) -> None:
    """When it was begun is kept: the next one must not come too soon."""
    if holds(account, subscribe):
        subscribed = account.streams[subscribe.stream].consumers[subscribe.name].subscribed
        subscribed[subscribe.partition] = (0, subscribed[subscribe.partition][1])


def _of(account: Account, subscribe: Subscribe) -> tuple[Stream, Shard] | None:
    stream = account.streams.get(subscribe.stream)
    if stream is None or stream.created_ms != subscribe.created_ms:
        return None
    return stream, stream.shards[subscribe.partition]
