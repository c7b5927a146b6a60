"""DescribeStream, DescribeStreamSummary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.kinesis.service import horizon, parameters
from engine.kinesis.service.calling import Call, answer, named_stream, seconds
from engine.kinesis.service.outcomes import Outcome
from engine.kinesis.service.stream import CREATING, Stream

if TYPE_CHECKING:
    from engine.kinesis.service.account import Account

_SHARDS = 100  # of one answer, whatever is asked


def describe_stream(account: Account, call: Call) -> Outcome:
    stream = named_stream(account, call)
    limit = min(_SHARDS, parameters.optional_integer(call.p, "Limit", 1, 10_000) or _SHARDS)
    after = parameters.optional_text(call.p, "ExclusiveStartShardId", 128)
    shards = [
        shard for shard in horizon.visible(account, stream, call.calendar_ms) if after is None or shard.id > after
    ]
    body = described(stream)
    body["Shards"] = [stream.describe(shard) for shard in shards[:limit]]
    body["HasMoreShards"] = len(shards) > limit
    return answer({"StreamDescription": body})


def describe_stream_summary(account: Account, call: Call) -> Outcome:
    stream = named_stream(account, call)
    body = described(stream)
    body["OpenShardCount"] = 0 if stream.status == CREATING else stream.open_count()
    body["ConsumerCount"] = len(stream.consumers)
    body["MaxRecordSizeInKiB"] = stream.record_kib
    return answer({"StreamDescriptionSummary": body})


def described(stream: Stream) -> dict[str, object]:
    """What both say."""
    body: dict[str, object] = {
        "StreamName": stream.name,
        "StreamARN": stream.arn,
        "StreamStatus": stream.status,
        "StreamModeDetails": {"StreamMode": stream.mode},
        "RetentionPeriodHours": stream.retention_hours,
        "StreamCreationTimestamp": seconds(stream.calendar_ms // 1000 * 1000),
        "EnhancedMonitoring": [{"ShardLevelMetrics": list(stream.metrics)}],
        "EncryptionType": stream.encryption,
    }
    if stream.encryption == "KMS":
        body["KeyId"] = stream.key_id
    return body
