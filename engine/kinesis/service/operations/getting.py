"""GetRecords: what a shard iterator stands at. Iterators hold for five minutes of virtual time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.kinesis.service import horizon, parameters, reading, throttling, tokens
from engine.kinesis.service.calling import Call, arn_name
from engine.kinesis.service.errors import EXPIRED_ITERATOR, INVALID, NOT_FOUND, KinesisError, dry_run
from engine.kinesis.service.outcomes import Announce, Done, Outcome, Read
from engine.kinesis.service.quotas import GET_BYTES_MAX, GET_RECORDS_MAX, ITERATOR_MS
from engine.kinesis.service.shard import CLOSED
from engine.kinesis.service.stream import DELETING
from engine.kinesis.service.utc import written
from engine.machine import MILLISECOND

if TYPE_CHECKING:
    from engine.kinesis.service.account import Account

_INVALID = "Invalid ShardIterator."


def get_records(account: Account, call: Call) -> Outcome:
    text = call.p.get("ShardIterator")
    if not isinstance(text, str) or not 0 < len(text) <= 512:
        text = parameters.text(call.p, "ShardIterator", 512)
    limit = parameters.optional_integer(call.p, "Limit", 1, GET_RECORDS_MAX) or GET_RECORDS_MAX
    try:
        token = tokens.unseal(account.account_id, text)
    except tokens.NoToken:
        raise KinesisError(INVALID, _INVALID) from None
    if token.kind == "TOKEN" or token.now > call.now:
        raise KinesisError(INVALID, _INVALID)
    if call.p.get("StreamARN") is not None and arn_name(account, call, "StreamARN") != token.stream:
        raise KinesisError(INVALID, _INVALID, stream=token.stream)
    shard_id = f"shardId-{token.shard:012d}"
    if call.now - token.now > ITERATOR_MS * MILLISECOND:
        raise _expired(account, call, token, shard_id)
    stream = account.streams.get(token.stream)
    if (
        stream is None or stream.created_ms != token.created_ms or stream.status == DELETING
        or token.shard >= len(stream.shards)  # it came from a branch of this sandbox, where there are more
    ):  # fmt: skip
        text = f"Shard {shard_id} in stream {token.stream} under account {account.account_id} does not exist"
        raise KinesisError(NOT_FOUND, text, stream=token.stream, shard=shard_id)
    if call.p.get("DryRun"):
        raise dry_run()
    shard = stream.shards[token.shard]
    throttling.get(account, call.now, stream, shard, call.client)
    if shard.state == CLOSED and token.place >= shard.end:
        return Done(reading.ended(stream, shard), stream.name, shard.id)
    return Read(
        stream.name, stream.topic, stream.created_ms, shard.id, shard.number, token.place, limit, GET_BYTES_MAX,
        horizon.trims(account, stream, shard, call.calendar_ms), token.seen_ms, token.kind, call.client,
        call.now, call.calendar_ms,
    )  # fmt: skip


def _expired(account: Account, call: Call, token: tokens.Token, shard_id: str) -> KinesisError:
    account.pending.append(
        Announce("iterator_expired", {"stream": token.stream, "shard": shard_id, "client": call.client})
    )
    return KinesisError(
        EXPIRED_ITERATOR,
        f"Iterator expired. The iterator was created at time {written(token.calendar_ms)} while right now it is "
        f"{written(call.calendar_ms)} which is further in the future than the tolerated delay of {ITERATOR_MS} "
        "milliseconds.",
        stream=token.stream,
        shard=shard_id,
    )
