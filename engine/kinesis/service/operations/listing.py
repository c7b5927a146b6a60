"""ListStreams, ListShards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.kinesis.service import horizon, parameters, throttling
from engine.kinesis.service.calling import Call, answer, counted, named_stream, no_stream, seconds, there
from engine.kinesis.service.errors import INVALID, KinesisError
from engine.kinesis.service.operations import paging
from engine.kinesis.service.outcomes import Outcome
from engine.kinesis.service.shard import CLOSED, Shard
from engine.kinesis.service.stream import Stream

if TYPE_CHECKING:
    from engine.kinesis.service.account import Account

_STREAMS, _SHARDS = 100, 1_000  # of one answer
_KIND, _MOMENT = 48, (1 << 48) - 1  # a filter in a token
FILTERS = ("AFTER_SHARD_ID", "AT_TRIM_HORIZON", "FROM_TRIM_HORIZON", "AT_LATEST", "AT_TIMESTAMP", "FROM_TIMESTAMP")


def list_streams(account: Account, call: Call) -> Outcome:
    throttling.calls(account, call.now, call.operation, None)
    limit = min(_STREAMS, parameters.optional_integer(call.p, "Limit", 1, 10_000) or _STREAMS)
    after = parameters.optional_text(call.p, "ExclusiveStartStreamName", 128)
    token = parameters.optional_text(call.p, "NextToken")
    if token is not None:
        after = paging.opened(account, call, token).stream
    names = sorted(name for name in account.streams if after is None or name > after)
    shown = [account.streams[name] for name in names[:limit]]
    body: dict[str, object] = {
        "StreamNames": names[:limit],
        "HasMoreStreams": len(names) > limit,
        "StreamSummaries": [_summary(stream) for stream in shown],
    }
    if len(names) > limit:
        body["NextToken"] = paging.token(account, call, names[limit - 1], 0, 0)
    return answer(body)


def _summary(stream: Stream) -> dict[str, object]:
    return {
        "StreamName": stream.name,
        "StreamARN": stream.arn,
        "StreamStatus": stream.status,
        "StreamModeDetails": {"StreamMode": stream.mode},
        "StreamCreationTimestamp": seconds(stream.calendar_ms // 1000 * 1000),
    }


def list_shards(account: Account, call: Call) -> Outcome:
    limit = min(_SHARDS, parameters.optional_integer(call.p, "MaxResults", 1, 10_000) or _SHARDS)
    token = parameters.optional_text(call.p, "NextToken")
    after = parameters.optional_text(call.p, "ExclusiveStartShardId", 128)
    wanted = parameters.optional_structure(call.p, "ShardFilter")
    named = call.p.get("StreamName") is not None or call.p.get("StreamARN") is not None
    if token is not None:
        if named:
            raise KinesisError(INVALID, "NextToken and StreamName cannot be provided together.")
        if after is not None or wanted is not None:
            text = "NextToken and ExclusiveStartShardId or ShardFilter cannot be provided together."
            raise KinesisError(INVALID, text)
        place = paging.opened(account, call, token)
        stream = counted(account, call, place.stream)
        if stream.created_ms != place.created_ms:
            raise no_stream(account, stream.name)
        there(account, stream)
        kept = _Filter(place.place & _MOMENT, place.place >> _KIND)
        shards = [shard for shard in _filtered(account, call, stream, kept) if shard.number > place.shard]
    else:
        if not named:
            raise KinesisError(INVALID, "Either NextToken or StreamName should be provided.")
        stream = named_stream(account, call)
        _created(account, call, stream)
        there(account, stream)
        kept = _wanted(wanted) if wanted is not None else _Filter()
        after = kept.after if kept.after is not None else after
        shards = [shard for shard in _filtered(account, call, stream, kept) if after is None or shard.id > after]
    body: dict[str, object] = {"Shards": [stream.describe(shard) for shard in shards[:limit]]}
    if len(shards) > limit:
        last = shards[limit - 1].number
        body["NextToken"] = paging.token(account, call, stream.name, stream.created_ms, last, kept.packed())
    return answer(body)


@dataclass(slots=True)
class _Filter:
    """moment_ms: of the calendar. kind: its place in FILTERS plus one; 0: no filter. after: a shard's id."""

    moment_ms: int = 0
    kind: int = 0
    after: str | None = None

    def packed(self) -> int:
        return self.kind << _KIND | self.moment_ms & _MOMENT


def _wanted(wanted: dict[str, Any]) -> _Filter:
    name = parameters.choice(wanted, "Type", FILTERS)
    kind = FILTERS.index(name) + 1
    shard_id = parameters.optional_text(wanted, "ShardId", 128)
    moment = parameters.moment_ms(wanted, "Timestamp")
    if (name == "AFTER_SHARD_ID") != (shard_id is not None):
        word = "must" if name == "AFTER_SHARD_ID" else "must not"
        raise KinesisError(INVALID, f"ShardId {word} be provided for the shard filter type {name}.")
    if (name in ("AT_TIMESTAMP", "FROM_TIMESTAMP")) != (moment is not None):
        word = "must not" if moment is not None else "must"
        raise KinesisError(INVALID, f"Timestamp {word} be provided for the shard filter type {name}.")
    return _Filter(max(0, moment or 0), kind, shard_id)


def _filtered(account: Account, call: Call, stream: Stream, kept: _Filter) -> list[Shard]:
    """A shard was open at a moment if it was opened by then and closed later; a stream's first shards always were."""
    shards = horizon.visible(account, stream, call.calendar_ms)
    name = FILTERS[kept.kind - 1] if kept.kind else ""
    oldest = max(stream.calendar_ms, horizon.trim_horizon(account, stream, call.calendar_ms))
    moment = max(oldest, kept.moment_ms)
    if name == "AT_LATEST":
        return [shard for shard in shards if shard.state != CLOSED]
    if name in ("AT_TIMESTAMP", "AT_TRIM_HORIZON"):
        return [shard for shard in shards if shard.opened_ms <= moment and _lasted(shard, moment)]
    if name == "FROM_TIMESTAMP":
        return [shard for shard in shards if _lasted(shard, moment)]
    return shards


def _lasted(shard: Shard, moment: int) -> bool:
    return shard.state != CLOSED or shard.closed_ms > moment


def _created(account: Account, call: Call, stream: Stream) -> None:
    """StreamCreationTimestamp tells a stream from an earlier one of its name."""
    created = parameters.moment_ms(call.p, "StreamCreationTimestamp")
    if created is not None and created // 1000 != stream.calendar_ms // 1000:
        raise no_stream(account, stream.name)
