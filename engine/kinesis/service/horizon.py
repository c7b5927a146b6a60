"""What has expired. Retention counts time lived: what the calendar was moved by does not make records old."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.kinesis.service.shard import CLOSED, Shard
from engine.kinesis.service.stream import CREATING, Stream

if TYPE_CHECKING:
    from engine.kinesis.service.account import Account


def trim_horizon(account: Account, stream: Stream, calendar_ms: int) -> int:
    """The calendar's time before which all records of the stream have expired."""
    horizon = calendar_ms - stream.retention_ms
    for at, by in reversed(account.jumps):
        if horizon < at + by:
            horizon -= by
    return horizon


def trims(account: Account, stream: Stream, shard: Shard, calendar_ms: int) -> int:
    """The same for one shard's records; 0 if it is too young for any to have expired."""
    horizon = trim_horizon(account, stream, calendar_ms)
    return horizon if horizon > shard.opened_ms else 0


def visible(account: Account, stream: Stream, calendar_ms: int) -> list[Shard]:
    """What listings show: shards that are or were open and whose records have not all expired."""
    if stream.status == CREATING:
        return []
    horizon = trim_horizon(account, stream, calendar_ms)
    return [
        shard for shard in stream.shards
        if shard.opened_ms >= 0 and (shard.state != CLOSED or shard.closed_ms >= horizon)
    ]  # fmt: skip
