"""UpdateStreamMode, UpdateMaxRecordSize."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.kinesis.service import lifecycle, parameters, throttling
from engine.kinesis.service.calling import NOTHING, Call, active, stream_of_arn
from engine.kinesis.service.errors import INVALID, LIMIT, VALIDATION, KinesisError
from engine.kinesis.service.operations.creating import MODES
from engine.kinesis.service.outcomes import Outcome
from engine.kinesis.service.quotas import RECORD_KIB, RECORD_KIB_MAX
from engine.kinesis.service.stream import ON_DEMAND
from engine.limits import ON_DEMAND_STREAMS_MAX

if TYPE_CHECKING:
    from engine.kinesis.service.account import Account


def update_stream_mode(account: Account, call: Call) -> Outcome:
    """Its shards stay as they are."""
    stream = stream_of_arn(account, call)
    mode = parameters.choice(parameters.structure(call.p, "StreamModeDetails"), "StreamMode", MODES)
    if call.p.get("WarmThroughputMiBps") is not None:
        text = "WarmThroughputMiBps requires that MinimumThroughputBillingCommitment is enabled for the account."
        raise KinesisError(INVALID, text, stream=stream.name)
    active(account, stream)
    if mode == stream.mode:
        text = f"Stream {stream.name} under account {account.account_id} is already in the {mode} mode."
        raise KinesisError(VALIDATION, text, stream=stream.name)
    others = sum(each.mode == ON_DEMAND for each in account.streams.values())
    if mode == ON_DEMAND and others >= ON_DEMAND_STREAMS_MAX:
        text = f"This request would exceed the on-demand stream limit for the account {account.account_id} in "
        raise KinesisError(LIMIT, f"{text}{account.region}. Limit: {ON_DEMAND_STREAMS_MAX}.", stream=stream.name)
    stream.mode = mode
    throttling.done(account, call.now, call.operation, stream)
    lifecycle.update(account, call.now, stream, "mode")
    lifecycle.tell(account, "stream_changed", stream, what="mode", value=mode)
    return NOTHING


def update_max_record_size(account: Account, call: Call) -> Outcome:
    if call.p.get("StreamARN") is None:
        raise KinesisError(INVALID, "StreamARN should be provided.")
    stream = stream_of_arn(account, call)
    kib = parameters.integer(call.p, "MaxRecordSizeInKiB", RECORD_KIB, RECORD_KIB_MAX)
    active(account, stream)
    if kib != stream.record_kib:
        stream.record_kib = kib
        lifecycle.update(account, call.now, stream, "size")
        lifecycle.tell(account, "stream_changed", stream, what="size", value=str(kib))
    return NOTHING
