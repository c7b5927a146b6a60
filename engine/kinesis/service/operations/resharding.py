"""SplitShard, MergeShards, UpdateShardCount."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.kinesis.service import lifecycle, parameters, reshaping, throttling
from engine.kinesis.service.calling import NOTHING, Call, active, answer, named_stream, shard_to_change
from engine.kinesis.service.errors import INVALID, LIMIT, VALIDATION, KinesisError
from engine.kinesis.service.operations.creating import shard_room
from engine.kinesis.service.outcomes import Outcome
from engine.kinesis.service.shard import OPEN, Shard
from engine.kinesis.service.stream import ON_DEMAND, Change, Stream
from engine.limits import STREAM_SHARDS_MAX

if TYPE_CHECKING:
    from engine.kinesis.service.account import Account


def split_shard(account: Account, call: Call) -> Outcome:
    stream = named_stream(account, call)
    shard_id = parameters.text(call.p, "ShardToSplit", 128)
    cut = _hash_key(call)
    _reshapeable(account, stream)
    shard = shard_to_change(account, stream, shard_id)
    _open(account, stream, shard)
    if not shard.low + 1 < cut < shard.high:
        raise KinesisError(
            INVALID,
            f"NewStartingHashKey {cut} used in SplitShard() on shard {shard.id} in stream {stream.name} under account "
            f"{account.account_id} is not both greater than one plus the shard's StartingHashKey {shard.low} and less "
            f"than the shard's EndingHashKey {shard.high}.",
            stream=stream.name,
            shard=shard.id,
        )
    shard_room(account, 1)
    _begin(account, call, stream, reshaping.split(stream, shard, cut))
    return NOTHING


def merge_shards(account: Account, call: Call) -> Outcome:
    stream = named_stream(account, call)
    ids = [parameters.text(call.p, name, 128) for name in ("ShardToMerge", "AdjacentShardToMerge")]
    _reshapeable(account, stream)
    first, second = (shard_to_change(account, stream, shard_id) for shard_id in ids)
    _open(account, stream, first)
    _open(account, stream, second)
    if first.high + 1 != second.low and second.high + 1 != first.low:
        raise KinesisError(
            INVALID,
            f"Shards {first.id} and {second.id} in stream {stream.name} under account {account.account_id} are not an "
            "adjacent pair of shards eligible for merging",
            stream=stream.name,
        )
    _begin(account, call, stream, reshaping.merge(stream, first, second))
    return NOTHING


def update_shard_count(account: Account, call: Call) -> Outcome:
    stream = named_stream(account, call)
    target = parameters.integer(call.p, "TargetShardCount", 1)
    parameters.choice(call.p, "ScalingType", ("UNIFORM_SCALING",))
    _reshapeable(account, stream)
    was = stream.open_count()
    if target > 2 * was or 2 * target < was:
        way = "up over double" if target > was else "down below half"
        raise KinesisError(
            LIMIT,
            f"UpdateShardCount cannot scale {way} your current open shard count. Current open shard count: {was} "
            f"Target shard count: {target}",
            stream=stream.name,
        )
    shard_room(account, max(0, target - was))
    plan = reshaping.uniform(stream, target)
    if not plan:
        text = f"Stream {stream.name} under account {account.account_id} already has {target} open shards of the same "
        raise KinesisError(INVALID, text + "size.", stream=stream.name)
    _begin(account, call, stream, plan)
    throttling.done(account, call.now, call.operation, stream)
    lifecycle.tell(account, "shards_updated", stream, was=was, to=target)
    return answer(
        {
            "StreamName": stream.name,
            "CurrentShardCount": was,
            "TargetShardCount": target,
            "StreamARN": stream.arn,
        }
    )


def _hash_key(call: Call) -> int:
    text = parameters.text(call.p, "NewStartingHashKey", 39)
    if not text.isascii() or not text.isdigit():
        what = r"Member must satisfy regular expression pattern: ^(0|([1-9]\d{0,38}))$"
        raise parameters.constraint(text, "NewStartingHashKey", what)
    return int(text)


def _reshapeable(account: Account, stream: Stream) -> None:
    if stream.mode == ON_DEMAND:
        text = f"Request is invalid. Stream {stream.name} under account {account.account_id} is in On-Demand mode."
        raise KinesisError(VALIDATION, text, stream=stream.name)
    active(account, stream)


def _open(account: Account, stream: Stream, shard: Shard) -> None:
    if shard.state != OPEN:
        raise KinesisError(
            INVALID,
            f"Shard {shard.id} in stream {stream.name} under account {account.account_id} has already been merged or "
            "split, and thus is not eligible for merging or splitting.",
            stream=stream.name,
            shard=shard.id,
        )


def _begin(account: Account, call: Call, stream: Stream, plan: list[Change]) -> None:
    ever = len(stream.shards) + reshaping.made(plan)
    if ever > STREAM_SHARDS_MAX:
        raise KinesisError(
            LIMIT,
            f"Stream {stream.name} under account {account.account_id} would have had {ever} shards in its life. "
            f"Limit: {STREAM_SHARDS_MAX}.",
            stream=stream.name,
        )
    lifecycle.reshard(account, call.now, stream, plan)
