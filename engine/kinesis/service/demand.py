"""Streams on demand grow by themselves: a shard that is more than half full for a while is split in the middle.

AWS promises room for twice the highest throughput of the last 30 days and takes minutes to make it; here it takes half
a minute, and they do not shrink again. A single hot key is helped by no split: its records stay together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.kinesis.service import lifecycle, reshaping
from engine.kinesis.service.quotas import HOT_S, IN_BYTES, IN_RECORDS
from engine.kinesis.service.shard import OPEN, Shard
from engine.kinesis.service.stream import ACTIVE, Stream
from engine.limits import SHARDS_MAX, STREAM_SHARDS_MAX

if TYPE_CHECKING:
    from engine.kinesis.service.account import Account


def look(account: Account, now: int, stream: Stream, shard: Shard) -> None:
    """A new second has begun for ``shard``: was the last one busy, and were those before?"""
    gauge = shard.inward
    busy = gauge.last_count > IN_RECORDS // 2 or gauge.last_bytes > IN_BYTES // 2
    shard.busy_s = shard.busy_s + 1 if busy else 0
    if shard.busy_s < HOT_S or stream.status != ACTIVE or shard.state != OPEN or shard.high - shard.low < 4:
        return
    open_shards = sum(len(each.taking) for each in account.streams.values())
    if open_shards >= SHARDS_MAX or len(stream.shards) + 2 > STREAM_SHARDS_MAX:
        return  # it stays as it is, and throttles
    shard.busy_s = 0
    was = stream.open_count()
    lifecycle.reshard(account, now, stream, reshaping.split(stream, shard, (shard.low + shard.high) // 2 + 1))
    lifecycle.tell(account, "shards_updated", stream, was=was, to=was + 1)
