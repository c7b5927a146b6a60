"""One call, and what its parameters name: streams by name or ARN, shards, consumers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from engine.kinesis.service import parameters, throttling
from engine.kinesis.service.errors import ACCESS_DENIED, IN_USE, INVALID, NOT_FOUND, KinesisError
from engine.kinesis.service.outcomes import Done
from engine.kinesis.service.shard import Shard, number_of
from engine.kinesis.service.stream import ACTIVE, CREATING, Consumer, Stream

if TYPE_CHECKING:
    from engine.kinesis.service.account import Account

_STREAM_ARN = re.compile(r"arn:aws[^:]*:kinesis:([^:]*):(\d{12}):stream/([a-zA-Z0-9_.-]+)")
_CONSUMER_ARN = re.compile(
    r"arn:aws[^:]*:kinesis:([^:]*):(\d{12}):stream/([a-zA-Z0-9_.-]+)/consumer/([a-zA-Z0-9_.-]+):(\d+)"
)
_RESOURCE_ARN = re.compile(r"arn:aws.*:kinesis:.*:\d{12}:.*(stream|channel|queue)/\S+")
NAME_MAX = 128
_NAME = re.compile(r"[a-zA-Z0-9_.-]+")
NOTHING = Done(b"")


@dataclass(slots=True)
class Call:
    """now: virtual ns. client: who calls, for people."""

    now: int
    calendar_ms: int
    operation: str
    p: dict[str, Any]
    client: str


def answer(body: dict[str, object]) -> Done:
    return Done(orjson.dumps(body))


def seconds(calendar_ms: int) -> float:
    """A timestamp as AWS's JSON has it."""
    return calendar_ms / 1000


# --- streams ---------------------------------------------------------------------------------------


def no_stream(account: Account, name: str) -> KinesisError:
    return KinesisError(NOT_FOUND, f"Stream {name} under account {account.account_id} not found.", stream=name)


def stream_name(p: dict[str, Any], key: str = "StreamName") -> str:
    name = parameters.text(p, key, NAME_MAX)
    if not _NAME.fullmatch(name):
        raise parameters.constraint(name, key, "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+")
    return name


def named_stream(account: Account, call: Call) -> Stream:
    """By StreamName or StreamARN, whatever state it is in. Counts the call against its quota."""
    name, arn = call.p.get("StreamName"), call.p.get("StreamARN")
    if name is None and arn is None:
        raise KinesisError(INVALID, "Either StreamName or StreamARN should be provided.")
    if arn is not None:
        called = arn_name(account, call, "StreamARN")
        if name is not None and name != called:
            raise KinesisError(INVALID, f"StreamARN {arn} and StreamName {name} do not name the same stream.")
    else:
        called = stream_name(call.p)
    return counted(account, call, called)


def counted(account: Account, call: Call, name: str) -> Stream:
    stream = account.streams.get(name)
    throttling.calls(account, call.now, call.operation, stream)
    if stream is None:
        raise no_stream(account, name)
    return stream


def stream_of_arn(account: Account, call: Call) -> Stream:
    """By StreamARN, which must be there. Counts the call."""
    parameters.text(call.p, "StreamARN")
    return counted(account, call, arn_name(account, call, "StreamARN"))


def arn_name(account: Account, call: Call, key: str) -> str:
    arn = parameters.text(call.p, key, 2048)
    found = _STREAM_ARN.fullmatch(arn)
    if found is None:
        pattern = r"arn:aws.*:kinesis:.*:\d{12}:stream/\S+"
        raise parameters.constraint(arn, key, f"Member must satisfy regular expression pattern: {pattern}")
    region, owner, name = found.groups()
    _ours(account, call, region, owner, name, arn)
    return name


def _ours(account: Account, call: Call, region: str, owner: str, name: str, arn: str) -> None:
    if owner != account.account_id:
        action = f"kinesis:{call.operation}"
        raise KinesisError(
            ACCESS_DENIED,
            f"User: arn:aws:iam::{account.account_id}:root is not authorized to perform: {action} on resource: {arn} "
            f"because no resource-based policy allows the {action} action",
        )
    if region != account.region:
        raise no_stream(account, name)


def active(account: Account, stream: Stream) -> None:
    """Raises ResourceInUseException unless the stream is ACTIVE."""
    if stream.status != ACTIVE:
        raise in_use(account, stream)


def there(account: Account, stream: Stream) -> None:
    """Raises ResourceInUseException while the stream comes or goes."""
    if stream.status not in (ACTIVE, "UPDATING"):
        raise in_use(account, stream)


def in_use(account: Account, stream: Stream) -> KinesisError:
    return KinesisError(
        IN_USE,
        f"Stream {stream.name} under account {account.account_id} not ACTIVE, instead in state {stream.status}",
        stream=stream.name,
    )


# --- shards ----------------------------------------------------------------------------------------


def no_shard(account: Account, stream: Stream, shard_id: str) -> KinesisError:
    return KinesisError(
        NOT_FOUND,
        f"Could not find shard {shard_id} in stream {stream.name} under account {account.account_id}.",
        stream=stream.name,
    )


def shard_to_change(account: Account, stream: Stream, shard_id: str) -> Shard:
    shard = known_shard(account, stream, shard_id)
    if shard is None:
        raise no_shard(account, stream, shard_id)
    return shard


def shard_to_read(account: Account, stream: Stream, shard_id: str) -> Shard:
    shard = known_shard(account, stream, shard_id)
    if shard is None:
        number = number_of(shard_id)
        if number < 0:
            raise no_shard(account, stream, shard_id)
        text = f"Shard shardId-{number:012d} in stream {stream.name} under account {account.account_id} does not exist"
        raise KinesisError(NOT_FOUND, text, stream=stream.name)
    return shard


def known_shard(account: Account, stream: Stream, shard_id: str) -> Shard | None:
    number = number_of(shard_id)
    if not 0 <= number < len(stream.shards) or stream.status == CREATING:
        return None
    shard = stream.shards[number]
    return shard if shard.opened_ms >= 0 else None


# --- consumers -------------------------------------------------------------------------------------


def consumer_of(account: Account, call: Call) -> tuple[Stream, Consumer]:
    """By ConsumerARN, or by StreamARN and ConsumerName. Counts the call."""
    if call.p.get("ConsumerARN") is not None:
        return consumer_of_arn(account, call, "ConsumerARN")
    if call.p.get("StreamARN") is None or call.p.get("ConsumerName") is None:
        raise KinesisError(INVALID, "Either ConsumerARN or StreamARN and ConsumerName should be provided.")
    stream = stream_of_arn(account, call)
    name = stream_name(call.p, "ConsumerName")
    consumer = stream.consumers.get(name)
    if consumer is None:
        raise _no_consumer(account, stream.name, name)
    return stream, consumer


def consumer_of_arn(account: Account, call: Call, key: str) -> tuple[Stream, Consumer]:
    arn = parameters.text(call.p, key, 2048)
    found = _CONSUMER_ARN.fullmatch(arn)
    if found is None:
        pattern = r"^(arn):aws.*:kinesis:.*:\d{12}:.*stream\/[a-zA-Z0-9_.-]+\/consumer\/[a-zA-Z0-9_.-]+:[0-9]+"
        raise parameters.constraint(arn, key, f"Member must satisfy regular expression pattern: {pattern}")
    region, owner, name, consumer_name, created = found.groups()
    _ours(account, call, region, owner, name, arn)
    stream = counted(account, call, name)
    consumer = stream.consumers.get(consumer_name)
    if consumer is None or consumer.created != int(created):
        raise _no_consumer(account, name, consumer_name)
    return stream, consumer


def resource(account: Account, call: Call) -> tuple[Stream, Consumer | None]:
    """By ResourceARN: a stream, or a consumer of one. Counts the call."""
    arn = parameters.text(call.p, "ResourceARN", 2048)
    if _CONSUMER_ARN.fullmatch(arn):
        return consumer_of_arn(account, call, "ResourceARN")
    if not _RESOURCE_ARN.fullmatch(arn):
        pattern = r"arn:aws.*:kinesis:.*:\d{12}:.*(stream|channel|queue)/\S+"
        raise parameters.constraint(arn, "ResourceARN", f"Member must satisfy regular expression pattern: {pattern}")
    if not _STREAM_ARN.fullmatch(arn):
        raise KinesisError(INVALID, f"ResourceARN {arn} names neither a stream nor a consumer of one.")
    return counted(account, call, arn_name(account, call, "ResourceARN")), None


def _no_consumer(account: Account, stream: str, consumer: str) -> KinesisError:
    text = f"Consumer {consumer} under stream {stream} and account {account.account_id} not found."
    return KinesisError(NOT_FOUND, text, stream=stream)


def consumer_not_active(account: Account, stream: Stream, consumer: Consumer) -> KinesisError:
    return KinesisError(
        IN_USE,
        f"Consumer {consumer.name} with creation timestamp {consumer.created} under stream {stream.name} and account "
        f"{account.account_id} is not in ACTIVE status.",
        stream=stream.name,
    )
