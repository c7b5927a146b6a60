"""The operations as a list: bounds that the service itself holds, and the errors that it really gives.

Errors that AWS documents and this service cannot have (the KMS ones but one, for there is no KMS beside it) are not
listed. Every operation may also say ValidationException or SerializationException of its parameters.
"""

from __future__ import annotations

from typing import TypedDict

from engine.kinesis.service import errors as e
from engine.kinesis.service.operations.creating import MODES
from engine.kinesis.service.operations.encrypting import TYPES
from engine.kinesis.service.operations.iterators import KINDS
from engine.kinesis.service.operations.listing import FILTERS
from engine.kinesis.service.operations.monitoring import METRICS
from engine.kinesis.service.quotas import (
    GET_RECORDS_MAX,
    PARTITION_KEY_MAX,
    PUT_RECORDS_MAX,
    RECORD_KIB,
    RECORD_KIB_MAX,
    RETENTION_MAX,
    RETENTION_MIN,
    TAGS_MAX,
)
from engine.limits import SHARDS_MAX


class Described(TypedDict):
    """bounds: by parameter, (least, most) of a number or of a length, or all values there are."""

    bounds: dict[str, tuple[int, int] | tuple[str, ...]]
    errors: tuple[str, ...]


_STREAM = (e.NOT_FOUND, e.INVALID, e.ACCESS_DENIED, e.LIMIT)  # one that exists, of this account, not too often
_CHANGE = (*_STREAM, e.IN_USE)  # and that is ACTIVE
_RESOURCE = (e.NOT_FOUND, e.INVALID, e.ACCESS_DENIED, e.LIMIT, e.IN_USE, e.VALIDATION)
_PAGE = (1, 10_000)


def _of(*errors: str, **bounds: tuple[int, int] | tuple[str, ...]) -> Described:
    return {"bounds": bounds, "errors": tuple(dict.fromkeys(errors))}


OPERATIONS: dict[str, Described] = {
    "AddTagsToStream": _of(*_CHANGE, Tags=(1, TAGS_MAX)),
    "CreateStream": _of(
        e.IN_USE, e.LIMIT, e.INVALID, e.VALIDATION,
        StreamName=(1, 128), ShardCount=(1, SHARDS_MAX), StreamMode=MODES,
        MaxRecordSizeInKiB=(RECORD_KIB, RECORD_KIB_MAX), Tags=(0, TAGS_MAX),
    ),
    "DecreaseStreamRetentionPeriod": _of(*_CHANGE, RetentionPeriodHours=(RETENTION_MIN, RETENTION_MAX)),
    "DeleteResourcePolicy": _of(*_RESOURCE),
    "DeleteStream": _of(*_CHANGE),
    "DeregisterStreamConsumer": _of(*_STREAM, e.IN_USE),
    "DescribeAccountSettings": _of(e.LIMIT),
    "DescribeLimits": _of(e.LIMIT),
    "DescribeStream": _of(*_STREAM, Limit=_PAGE),
    "DescribeStreamConsumer": _of(*_STREAM),
    "DescribeStreamSummary": _of(*_STREAM),
    "DisableEnhancedMonitoring": _of(*_CHANGE, ShardLevelMetrics=(*METRICS, "ALL")),
    "EnableEnhancedMonitoring": _of(*_CHANGE, ShardLevelMetrics=(*METRICS, "ALL")),
    "GetRecords": _of(
        e.NOT_FOUND, e.INVALID, e.ACCESS_DENIED, e.THROUGHPUT, e.EXPIRED_ITERATOR, e.INTERNAL, e.DRY_RUN,
        Limit=(1, GET_RECORDS_MAX),
    ),
    "GetResourcePolicy": _of(*_RESOURCE),
    "GetShardIterator": _of(
        e.NOT_FOUND, e.INVALID, e.ACCESS_DENIED, e.THROUGHPUT, e.INTERNAL, e.DRY_RUN, ShardIteratorType=KINDS
    ),
    "IncreaseStreamRetentionPeriod": _of(*_CHANGE, RetentionPeriodHours=(RETENTION_MIN, RETENTION_MAX)),
    "ListShards": _of(*_CHANGE, e.EXPIRED_TOKEN, MaxResults=_PAGE, ShardFilter=FILTERS),
    "ListStreamConsumers": _of(*_CHANGE, e.EXPIRED_TOKEN, MaxResults=_PAGE),
    "ListStreams": _of(e.LIMIT, e.EXPIRED_TOKEN, e.INVALID, Limit=_PAGE),
    "ListTagsForResource": _of(*_RESOURCE),
    "ListTagsForStream": _of(*_STREAM, Limit=(1, TAGS_MAX)),
    "MergeShards": _of(*_CHANGE, e.VALIDATION),
    "PutRecord": _of(
        e.NOT_FOUND, e.INVALID, e.ACCESS_DENIED, e.THROUGHPUT, e.INTERNAL, e.DRY_RUN,
        PartitionKey=(1, PARTITION_KEY_MAX), Data=(0, RECORD_KIB << 10),
    ),
    "PutRecords": _of(
        e.NOT_FOUND, e.INVALID, e.ACCESS_DENIED, e.INTERNAL, e.DRY_RUN, Records=(1, PUT_RECORDS_MAX)
    ),
    "PutResourcePolicy": _of(*_RESOURCE),
    "RegisterStreamConsumer": _of(*_CHANGE, ConsumerName=(1, 128)),
    "RemoveTagsFromStream": _of(*_CHANGE, TagKeys=(1, TAGS_MAX)),
    "SplitShard": _of(*_CHANGE, e.VALIDATION),
    "StartStreamEncryption": _of(*_CHANGE, e.KMS_NOT_FOUND, EncryptionType=TYPES),
    "StopStreamEncryption": _of(*_CHANGE, EncryptionType=TYPES),
    "SubscribeToShard": _of(*_CHANGE, e.DRY_RUN, StartingPosition=KINDS),
    "TagResource": _of(*_RESOURCE, Tags=(1, TAGS_MAX)),
    "UntagResource": _of(*_RESOURCE, TagKeys=(1, TAGS_MAX)),
    "UpdateMaxRecordSize": _of(*_CHANGE, e.VALIDATION, MaxRecordSizeInKiB=(RECORD_KIB, RECORD_KIB_MAX)),
    "UpdateShardCount": _of(*_CHANGE, e.VALIDATION, TargetShardCount=(1, SHARDS_MAX), ScalingType=("UNIFORM_SCALING",)),
    "UpdateStreamMode": _of(*_CHANGE, e.VALIDATION, StreamMode=MODES),
}  # fmt: skip
