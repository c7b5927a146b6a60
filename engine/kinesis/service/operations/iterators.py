"""GetShardIterator: where in a shard somebody begins to read. And StartingPosition, which says the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.kinesis.service import horizon, parameters, reading, throttling
from engine.kinesis.service.calling import Call, named_stream, no_stream, shard_to_read
from engine.kinesis.service.errors import INVALID, KinesisError, dry_run
from engine.kinesis.service.outcomes import Done, Locate, Outcome
from engine.kinesis.service.sequence import NoSequenceNumber, parse
from engine.kinesis.service.shard import CLOSED, Shard
from engine.kinesis.service.stream import CREATING, DELETING, Stream

if TYPE_CHECKING:
    from engine.kinesis.service.account import Account

TRIM_HORIZON, LATEST, AT_TIMESTAMP = "TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"
AT_NUMBER, AFTER_NUMBER = "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"
KINDS = (AFTER_NUMBER, LATEST, AT_TIMESTAMP, AT_NUMBER, TRIM_HORIZON)


def get_shard_iterator(account: Account, call: Call) -> Outcome:
    stream = named_stream(account, call)
    shard_id = parameters.text(call.p, "ShardId", 128)
    kind = parameters.choice(call.p, "ShardIteratorType", KINDS)
    if stream.status in (CREATING, DELETING):
        raise no_stream(account, stream.name)
    shard = shard_to_read(account, stream, shard_id)
    throttling.iterator(account, call.now, stream, shard)
    locate = begin(account, call, stream, shard, kind, call.p, "StartingSequenceNumber")
    if call.p.get("DryRun"):
        raise dry_run()
    if isinstance(locate, Locate):
        return locate
    found = _locate(call, stream, shard, kind, "", 0, _seen(call, shard, kind))
    return Done(reading.located(account, found, locate))


def begin(
    account: Account, call: Call, stream: Stream, shard: Shard, kind: str, p: dict[str, Any], number: str
) -> Locate | int:
    """An offset, or how it is found. number: the name of the parameter with the sequence number."""
    if kind in (TRIM_HORIZON, LATEST) and p.get(number) is not None:
        raise KinesisError(
            INVALID,
            "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or "
            "(2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. "
            f"Request specified {kind} and also a StartingSequenceNumber.",
            stream=stream.name,
        )
    oldest = horizon.trims(account, stream, shard, call.calendar_ms)
    if kind == TRIM_HORIZON:
        return _locate(call, stream, shard, kind, "horizon", oldest, oldest) if oldest else 0
    if kind == LATEST:
        return shard.end if shard.state == CLOSED else _locate(call, stream, shard, kind, "latest", 0, call.calendar_ms)
    if kind == AT_TIMESTAMP:
        moment = _moment(call, stream, p)
        moment = max(moment, oldest, shard.opened_ms)
        return _locate(call, stream, shard, kind, "timestamp", moment, moment)
    return _numbered(account, stream, shard, kind, parameters.optional_text(p, number))


def _locate(call: Call, stream: Stream, shard: Shard, kind: str, what: str, timestamp_ms: int, seen_ms: int) -> Locate:
    return Locate(
        stream.name, stream.topic, stream.created_ms, shard.id, shard.number, what, timestamp_ms, seen_ms, kind,
        call.client, call.now, call.calendar_ms,
    )  # fmt: skip


def _seen(call: Call, shard: Shard, kind: str) -> int:
    """Until when the shard is looked through by one who begins at a known offset."""
    if kind in (AT_NUMBER, AFTER_NUMBER):
        return max(shard.opened_ms, parse(call.p["StartingSequenceNumber"]).arrival * 1000)
    return call.calendar_ms if kind == LATEST else shard.opened_ms


def _moment(call: Call, stream: Stream, p: dict[str, Any]) -> int:
    moment = parameters.moment_ms(p, "Timestamp")
    if moment is None:
        raise KinesisError(
            INVALID,
            "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no "
            "timestamp parameter.",
            stream=stream.name,
        )
    if moment > call.calendar_ms:
        raise KinesisError(
            INVALID,
            "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: "
            f"{moment}, currentTimestampInMillis: {call.calendar_ms}",
            stream=stream.name,
        )
    return moment


def _numbered(account: Account, stream: Stream, shard: Shard, kind: str, text: str | None) -> int:
    if text is None:
        raise KinesisError(
            INVALID,
            "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or "
            "(2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. "
            f"Request specified {kind} and no StartingSequenceNumber.",
            stream=stream.name,
        )
    used = (
        f"StartingSequenceNumber {text} used in GetShardIterator on shard {shard.id} in stream {stream.name} under "
        f"account {account.account_id} is invalid"
    )
    try:
        number = parse(text)
    except NoSequenceNumber:
        raise KinesisError(INVALID, used + ".", stream=stream.name, shard=shard.id) from None
    if number.shard != shard.number:
        text = f"Invalid StartingSequenceNumber. It encodes shardId-{number.shard:012d}, while it was used in a call "
        raise KinesisError(INVALID, text + f"to a shard with {shard.id}", stream=stream.name, shard=shard.id)
    if number.created != shard.created:
        text = used + " because it did not come from this stream."
        raise KinesisError(INVALID, text, stream=stream.name, shard=shard.id)
    offset = number.index if kind == AFTER_NUMBER else max(0, number.offset)
    return min(offset, shard.end) if shard.state == CLOSED else offset
