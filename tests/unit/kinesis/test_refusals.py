"""Every error that an operation is said to have is had, and nothing but AWS's errors comes out, whatever goes in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engine.kinesis.service import errors as e
from engine.kinesis.service.catalogue import OPERATIONS
from engine.kinesis.service.errors import KinesisError
from engine.kinesis.service.operations import HANDLERS
from engine.kinesis.service.quotas import RATES
from tests.unit.kinesis.rig import Rig

ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/"
THEIRS = "arn:aws:kinesis:us-east-1:111111111111:stream/s"
THREE = "shardId-000000000003"
KEY = {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}
CUT = str(3 * (1 << 126) + (1 << 125))
POLICY = f'{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":"*","Action":"*","Resource":"{ARN}s"}}}}'
RECORD = {"Data": "dGVzdGU=", "PartitionKey": "1"}

# What makes each call succeed, stream ``s`` given. The stream is added: by name, or by the parameter in BY_ARN.
GOOD: dict[str, dict[str, Any]] = {
    "AddTagsToStream": {"Tags": {"a": "b"}},
    "CreateStream": {"StreamName": "new", "ShardCount": 1},
    "DecreaseStreamRetentionPeriod": {"RetentionPeriodHours": 24},
    "DeleteResourcePolicy": {},
    "DeleteStream": {"EnforceConsumerDeletion": True},
    "DeregisterStreamConsumer": {"ConsumerName": "c"},
    "DescribeAccountSettings": {},
    "DescribeLimits": {},
    "DescribeStream": {},
    "DescribeStreamConsumer": {"ConsumerName": "c"},
    "DescribeStreamSummary": {},
    "DisableEnhancedMonitoring": {"ShardLevelMetrics": ["ALL"]},
    "EnableEnhancedMonitoring": {"ShardLevelMetrics": ["ALL"]},
    "GetRecords": {},
    "GetResourcePolicy": {},
    "GetShardIterator": {"ShardId": THREE, "ShardIteratorType": "TRIM_HORIZON"},
    "IncreaseStreamRetentionPeriod": {"RetentionPeriodHours": 48},
    "ListShards": {},
    "ListStreamConsumers": {},
    "ListStreams": {},
    "ListTagsForResource": {},
    "ListTagsForStream": {},
    "MergeShards": {"ShardToMerge": "shardId-000000000000", "AdjacentShardToMerge": "shardId-000000000001"},
    "PutRecord": RECORD,
    "PutRecords": {"Records": [RECORD]},
    "PutResourcePolicy": {"Policy": POLICY},
    "RegisterStreamConsumer": {"ConsumerName": "new"},
    "RemoveTagsFromStream": {"TagKeys": ["a"]},
    "SplitShard": {"ShardToSplit": THREE, "NewStartingHashKey": CUT},
    "StartStreamEncryption": KEY,
    "StopStreamEncryption": KEY,
    "SubscribeToShard": {"ShardId": THREE, "StartingPosition": {"Type": "LATEST"}},
    "TagResource": {"Tags": {"a": "b"}},
    "UntagResource": {"TagKeys": ["a"]},
    "UpdateMaxRecordSize": {"MaxRecordSizeInKiB": 2048},
    "UpdateShardCount": {"TargetShardCount": 8, "ScalingType": "UNIFORM_SCALING"},
    "UpdateStreamMode": {"StreamModeDetails": {"StreamMode": "ON_DEMAND"}},
}
BY_ARN = {
    "DeregisterStreamConsumer": "StreamARN", "DescribeStreamConsumer": "StreamARN", "ListStreamConsumers": "StreamARN",
    "RegisterStreamConsumer": "StreamARN", "UpdateMaxRecordSize": "StreamARN", "UpdateStreamMode": "StreamARN",
    "DeleteResourcePolicy": "ResourceARN", "GetResourcePolicy": "ResourceARN", "ListTagsForResource": "ResourceARN",
    "PutResourcePolicy": "ResourceARN", "TagResource": "ResourceARN", "UntagResource": "ResourceARN",
}  # fmt: skip
NO_STREAM = ("CreateStream", "DescribeAccountSettings", "DescribeLimits", "GetRecords", "ListStreams")


def ready() -> Rig:
    """A stream with all that calls could ask for."""
    rig = Rig()
    rig.stream()
    rig.call("RegisterStreamConsumer", StreamARN=ARN + "s", ConsumerName="c")
    rig.call("PutResourcePolicy", ResourceARN=ARN + "s", Policy=POLICY)
    rig.live(5)
    rig.call("StartStreamEncryption", StreamName="s", **KEY)
    rig.live(5)
    rig.told.clear()
    return rig


def good(rig: Rig, operation: str, name: str = "s") -> dict[str, Any]:
    """Parameters with which the call succeeds. (Of a stream that is not there: the same with its name.)"""
    p = dict(GOOD[operation])
    if operation == "GetRecords":
        stream = rig.account.streams["s"]
        p["ShardIterator"] = rig.iterator(THREE) if stream.status == "ACTIVE" else ""
    elif operation == "SubscribeToShard":
        created = rig.account.streams["s"].consumers["c"].created
        p["ConsumerARN"] = f"{ARN}{name}/consumer/c:{created}"
    elif operation in BY_ARN:
        p[BY_ARN[operation]] = ARN + name
    elif operation not in NO_STREAM:
        p["StreamName"] = name
    return p


def refused(rig: Rig, operation: str, p: dict[str, Any]) -> str:
    with pytest.raises(KinesisError) as caught:
        rig.carry_out(rig.ask(operation, **p))
    assert caught.value.status == (500 if caught.value.code == e.INTERNAL else 400)
    return caught.value.code


# --- how each error is met -----------------------------------------------------------------------------------

Recipe = Callable[[Rig, str], str]


def not_found(rig: Rig, operation: str) -> str:
    if operation == "GetRecords":
        p = good(rig, operation)
        rig.call("DeleteStream", StreamName="s", EnforceConsumerDeletion=True)
        return refused(rig, operation, p)
    return refused(rig, operation, good(rig, operation, "nowhere"))


def in_use(rig: Rig, operation: str) -> str:
    if operation == "CreateStream":
        return refused(rig, operation, {**good(rig, operation), "StreamName": "s"})
    if operation == "DeregisterStreamConsumer":
        rig.call("RegisterStreamConsumer", StreamARN=ARN + "s", ConsumerName="d")
        return refused(rig, operation, {**good(rig, operation), "ConsumerName": "d"})
    p = good(rig, operation)
    rig.account.streams["s"].status = "DELETING"
    return refused(rig, operation, p)


def access_denied(rig: Rig, operation: str) -> str:
    p = good(rig, operation)
    if operation == "SubscribeToShard":
        return refused(rig, operation, {**p, "ConsumerARN": THEIRS + "/consumer/c:1"})
    p.pop("StreamName", None)
    return refused(rig, operation, {**p, BY_ARN.get(operation, "StreamARN"): THEIRS})


def limit(rig: Rig, operation: str) -> str:
    rig.live(5)
    if operation == "SubscribeToShard":
        rig.ask(operation, **good(rig, operation))
        return refused(rig, operation, good(rig, operation))
    most, seconds, _ = RATES[operation]
    for _ in range(most):
        p = good(rig, operation)
        if seconds > 1:
            rig.account.streams["s"].calls.setdefault(operation, []).append(rig.now)
        else:
            try:
                rig.call(operation, **p)
            except KinesisError as error:
                assert error.code != e.LIMIT
    return refused(rig, operation, p)


def on_demand(rig: Rig, operation: str) -> str:
    p = good(rig, operation)
    rig.account.streams["s"].mode = "ON_DEMAND"
    return refused(rig, operation, p)


def throughput(rig: Rig, operation: str) -> str:
    p = good(rig, operation)
    rig.live(1)
    for _ in range(1_000 if operation == "PutRecord" else 5):
        rig.call(operation, **p)
    return refused(rig, operation, p)


def internal(rig: Rig, operation: str) -> str:
    if operation == "PutRecords":
        rig.lost = True
        return str(rig.call(operation, **good(rig, operation))["Records"][0]["ErrorCode"])
    if operation == "PutRecord":
        rig.lost = True
        return refused(rig, operation, good(rig, operation))
    return e.internal().code  # who asked the log says so (the gateway)


def expired(rig: Rig, operation: str) -> str:
    if operation == "GetRecords":
        p = good(rig, operation)
    else:
        rig.stream("t")
        rig.call("RegisterStreamConsumer", StreamARN=ARN + "s", ConsumerName="d")
        one = {"Limit": 1} if operation == "ListStreams" else {"MaxResults": 1}
        p = {"NextToken": rig.call(operation, **good(rig, operation), **one)["NextToken"]}
        p |= {"StreamARN": ARN + "s"} if operation == "ListStreamConsumers" else {}
    rig.live(301)
    return refused(rig, operation, p)


# What is not allowed, of each operation.
INVALID: dict[str, dict[str, Any]] = {
    "CreateStream": {"Tags": {"!": ""}},
    "GetRecords": {"ShardIterator": '"quoted"'},
    "ListStreams": {"NextToken": "nonsense"},
    "ListStreamConsumers": {"NextToken": "nonsense"},
    "RegisterStreamConsumer": {"Tags": {"!": ""}},
    "SubscribeToShard": {"StartingPosition": {"Type": "AT_SEQUENCE_NUMBER"}},
    "UpdateMaxRecordSize": {"StreamARN": None},
    "UpdateStreamMode": {"WarmThroughputMiBps": 5},
    "DeregisterStreamConsumer": {"ConsumerName": None},
    "DescribeStreamConsumer": {"ConsumerName": None},
}
WRONG: dict[str, dict[str, Any]] = {
    "CreateStream": {"ShardCount": 0},
    "UpdateMaxRecordSize": {"MaxRecordSizeInKiB": 1},
    "UpdateStreamMode": {"StreamModeDetails": {"StreamMode": "PROVISIONED"}},
}


def invalid(rig: Rig, operation: str) -> str:
    changes = INVALID.get(operation, {"StreamName": None})
    if BY_ARN.get(operation) == "ResourceARN":
        changes = {"ResourceARN": "arn:aws:kinesis:us-east-1:000000000000:queue/q"}
    return refused(rig, operation, {**good(rig, operation), **changes})


def wrong(rig: Rig, operation: str) -> str:
    if BY_ARN.get(operation) == "ResourceARN":
        return refused(rig, operation, {**good(rig, operation), "ResourceARN": "nonsense"})
    if operation in WRONG:
        return refused(rig, operation, {**good(rig, operation), **WRONG[operation]})
    return on_demand(rig, operation)


def no_key(rig: Rig, operation: str) -> str:
    return refused(rig, operation, {**good(rig, operation), "KeyId": "alias/other"})


def dry(rig: Rig, operation: str) -> str:
    return refused(rig, operation, {**good(rig, operation), "DryRun": True})


RECIPES: dict[str, Recipe] = {
    e.NOT_FOUND: not_found, e.IN_USE: in_use, e.ACCESS_DENIED: access_denied, e.LIMIT: limit, e.THROUGHPUT: throughput,
    e.INTERNAL: internal, e.EXPIRED_ITERATOR: expired, e.EXPIRED_TOKEN: expired, e.INVALID: invalid,
    e.VALIDATION: wrong, e.KMS_NOT_FOUND: no_key, e.DRY_RUN: dry,
}  # fmt: skip


def test_there_are_37_operations_and_all_are_described() -> None:
    assert list(HANDLERS) == list(OPERATIONS) == list(GOOD)
    assert len(HANDLERS) == 37


@pytest.mark.parametrize("operation", OPERATIONS)
def test_it_succeeds_with_what_it_needs(operation: str) -> None:
    rig = ready()
    rig.ask(operation, **good(rig, operation))


@pytest.mark.parametrize(
    ("operation", "error"), [(name, error) for name, described in OPERATIONS.items() for error in described["errors"]]
)
def test_it_has_the_errors_that_it_is_said_to_have(operation: str, error: str) -> None:
    assert RECIPES[error](ready(), operation) == error


@pytest.mark.parametrize("operation", ["CreateQueue", "UpdateAccountSettings", "Nonsense", ""])
def test_what_is_no_operation_is_unknown(operation: str) -> None:
    with pytest.raises(KinesisError) as caught:
        Rig().call(operation)
    assert caught.value.code == "UnknownOperationException"
