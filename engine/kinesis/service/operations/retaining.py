"""IncreaseStreamRetentionPeriod, DecreaseStreamRetentionPeriod: 24 hours to 365 days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.kinesis.service import lifecycle, parameters
from engine.kinesis.service.calling import NOTHING, Call, active, named_stream
from engine.kinesis.service.errors import INVALID, KinesisError
from engine.kinesis.service.outcomes import Outcome
from engine.kinesis.service.quotas import RETENTION_MAX, RETENTION_MIN
from engine.kinesis.service.stream import Stream

if TYPE_CHECKING:
    from engine.kinesis.service.account import Account


def increase(account: Account, call: Call) -> Outcome:
    stream, hours = _asked(account, call)
    if hours < stream.retention_hours:
        raise _wrong_way(stream, hours, "shorter", "DecreaseRetentionPeriod")
    return _retain(account, call, stream, hours)


def decrease(account: Account, call: Call) -> Outcome:
    stream, hours = _asked(account, call)
    if hours > stream.retention_hours:
        raise _wrong_way(stream, hours, "longer", "IncreaseRetentionPeriod")
    return _retain(account, call, stream, hours)


def _asked(account: Account, call: Call) -> tuple[Stream, int]:
    stream = named_stream(account, call)
    hours = parameters.integer(call.p, "RetentionPeriodHours")
    if hours < RETENTION_MIN:
        text = f"Minimum allowed retention period is {RETENTION_MIN} hours. Requested retention period ({hours} hours) "
        raise KinesisError(INVALID, text + "is too short.", stream=stream.name)
    if hours > RETENTION_MAX:
        text = f"Maximum allowed retention period is {RETENTION_MAX} hours. Requested retention period ({hours} hours) "
        raise KinesisError(INVALID, text + "is too long.", stream=stream.name)
    active(account, stream)
    return stream, hours


def _retain(account: Account, call: Call, stream: Stream, hours: int) -> Outcome:
    if hours != stream.retention_hours:
        stream.retention_hours = hours
        lifecycle.retain(account, stream)
        lifecycle.update(account, call.now, stream, "retain")
        lifecycle.tell(account, "stream_changed", stream, what="retention", value=str(hours))
    return NOTHING


def _wrong_way(stream: Stream, hours: int, word: str, other: str) -> KinesisError:
    return KinesisError(
        INVALID,
        f"Requested retention period ({hours} hours) for stream {stream.name} can not be {word} than existing "
        f"retention period ({stream.retention_hours} hours). Use {other} API.",
        stream=stream.name,
    )
