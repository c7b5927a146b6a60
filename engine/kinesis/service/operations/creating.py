"""CreateStream, DeleteStream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.kinesis.service import lifecycle, parameters, setup, throttling
from engine.kinesis.service.calling import NOTHING, Call, active, named_stream, stream_name
from engine.kinesis.service.errors import IN_USE, INVALID, LIMIT, VALIDATION, KinesisError
from engine.kinesis.service.operations.tagging import checked
from engine.kinesis.service.outcomes import Outcome
from engine.kinesis.service.quotas import CREATING_MAX, ON_DEMAND_SHARDS, RECORD_KIB, RECORD_KIB_MAX
from engine.kinesis.service.stream import CREATING, ON_DEMAND, PROVISIONED
from engine.limits import ON_DEMAND_STREAMS_MAX, SHARDS_MAX

if TYPE_CHECKING:
    from engine.kinesis.service.account import Account

MODES = (PROVISIONED, ON_DEMAND)


def create_stream(account: Account, call: Call) -> Outcome:
    name = stream_name(call.p)
    throttling.calls(account, call.now, call.operation, None)
    details = parameters.optional_structure(call.p, "StreamModeDetails")
    mode = PROVISIONED if details is None else parameters.choice(details, "StreamMode", MODES)
    shards = parameters.optional_integer(call.p, "ShardCount", 1)
    kib = parameters.optional_integer(call.p, "MaxRecordSizeInKiB", RECORD_KIB, RECORD_KIB_MAX) or RECORD_KIB
    if call.p.get("WarmThroughputMiBps") is not None:
        text = "WarmThroughputMiBps requires that MinimumThroughputBillingCommitment is enabled for the account."
        raise KinesisError(INVALID, text, stream=name)
    tags = checked(account, name, {}, parameters.text_map(call.p, "Tags"))
    if mode == ON_DEMAND and shards is not None:
        raise KinesisError(VALIDATION, "ShardCount must not be provided for a stream in the ON_DEMAND mode.")
    if mode == PROVISIONED and shards is None:
        raise KinesisError(VALIDATION, "ShardCount must be provided for a stream in the PROVISIONED mode.")
    if name in account.streams:
        text = f"Stream {name} under account {account.account_id} already exists."
        raise KinesisError(IN_USE, text, stream=name)
    count = shards or ON_DEMAND_SHARDS
    _room(account, mode, count)
    stream = setup.new_stream(account, call.now, call.calendar_ms, name, count, mode)
    stream.record_kib = kib
    stream.tags = tags
    lifecycle.make(account, call.now, stream)
    return NOTHING


def _room(account: Account, mode: str, count: int) -> None:
    streams = account.streams.values()
    if sum(stream.status == CREATING for stream in streams) >= CREATING_MAX:
        text = f"This request would exceed the limit of {CREATING_MAX} streams in the CREATING state for the account "
        raise KinesisError(LIMIT, f"{text}{account.account_id} in {account.region}.")
    if mode == ON_DEMAND and sum(stream.mode == ON_DEMAND for stream in streams) >= ON_DEMAND_STREAMS_MAX:
        text = f"This request would exceed the on-demand stream limit for the account {account.account_id} in "
        raise KinesisError(LIMIT, f"{text}{account.region}. Limit: {ON_DEMAND_STREAMS_MAX}.")
    shard_room(account, count)


def open_shards(account: Account) -> int:
    """Of all streams, those included that are still being created."""
    return sum(len(stream.taking) for stream in account.streams.values())


def shard_room(account: Account, more: int) -> None:
    """Raises LimitExceededException if the account may not have ``more`` shards."""
    there = open_shards(account)
    if there + more > SHARDS_MAX:
        raise KinesisError(
            LIMIT,
            f"This request would exceed the shard limit for the account {account.account_id} in {account.region}. "
            f"Current shard count for the account: {there}. Limit: {SHARDS_MAX}. Number of additional shards that "
            f"would have resulted from this request: {more}. Refer to the AWS Service Limits page "
            "(http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to "
            "request higher limits.",
        )


def delete_stream(account: Account, call: Call) -> Outcome:
    stream = named_stream(account, call)
    enforced = parameters.flag(call.p, "EnforceConsumerDeletion")
    active(account, stream)
    if stream.consumers and not enforced:
        text = f"Stream {stream.name} under account {account.account_id} has {len(stream.consumers)} registered "
        text += "consumers. Deregister them first, or set EnforceConsumerDeletion to true."
        raise KinesisError(IN_USE, text, stream=stream.name)
    lifecycle.delete(account, call.now, stream)
    return NOTHING
