"""How each documented error comes about, by (operation, error): a situation is called, and raises ``Refused``.

``NO_CAUSE`` names the errors that cannot happen here, with the reason.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from engine.live.aws.services import SERVICES
from tests.support.aws_world import AwsWorld, Refused

ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/"
SHARD = "shardId-000000000000"
MIDDLE = str(2**126)  # inside the first of two shards
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Resource": f"{ARN}s",
            "Action": ["kinesis:DescribeStreamSummary", "kinesis:ListShards", "kinesis:PutRecord"],
        }
    ],
}  # fmt: skip
NOT_FOUND, IN_USE, LIMIT = "ResourceNotFoundException", "ResourceInUseException", "LimitExceededException"
INVALID, VALIDATION, DENIED = "InvalidArgumentException", "ValidationException", "AccessDeniedException"
THROUGHPUT, INTERNAL, DRY_RUN = (
    "ProvisionedThroughputExceededException", "InternalFailureException", "DryRunOperationException",
)  # fmt: skip

_KMS = "there is one key service, its keys are neither disabled nor rationed"
_NO_LOG = "it asks the log for nothing, and nothing else can fail"
_GONE = "a key that a stream was encrypted with cannot vanish"
NO_CAUSE: dict[Any, str] = {
    "KMSDisabledException": _KMS, "KMSInvalidStateException": _KMS, "KMSAccessDeniedException": _KMS,
    "KMSOptInRequired": _KMS, "KMSThrottlingException": _KMS,
    **{(name, "KMSNotFoundException"): _GONE for name in ("PutRecord", "PutRecords", "GetRecords")},
    **{
        (name, INTERNAL): _NO_LOG
        for name in ("DeleteResourcePolicy", "GetResourcePolicy", "PutResourcePolicy", "ListTagsForResource",
                     "TagResource", "UntagResource")
    },
    ("PutRecords", INTERNAL): "each record is told of by itself, in an answer",
}  # fmt: skip


def world(**more: Any) -> AwsWorld:
    streams = [{"stream": "s", "shards": 2}, {"stream": "o", "shards": 4, "mode": "ON_DEMAND"}]
    return AwsWorld({"brokers": 3, "link_us": 0, "streams": streams}, **more)


@cache
def calm() -> AwsWorld:
    """Nothing is ever changed in it."""
    return world(throttle=False)


# --- good input --------------------------------------------------------------------------------------


def good(aws: AwsWorld, operation: str, stream: str = "s") -> dict[str, Any]:
    """Parameters with which an operation is carried out; what it needs is made."""
    its = {"StreamName": stream}
    arn = {"StreamARN": f"{ARN}{stream}"}
    resource = {"ResourceARN": f"{ARN}{stream}"}
    match operation:
        case "CreateStream":
            return {"StreamName": "new", "ShardCount": 1}
        case "ListStreams" | "DescribeLimits" | "DescribeAccountSettings":
            return {}
        case "AddTagsToStream":
            return {**its, "Tags": {"turma": "2SIA"}}
        case "RemoveTagsFromStream":
            return {**its, "TagKeys": ["turma"]}
        case "TagResource":
            return {**resource, "Tags": {"turma": "2SIA"}}
        case "UntagResource":
            return {**resource, "TagKeys": ["turma"]}
        case "ListTagsForResource":
            return resource
        case "IncreaseStreamRetentionPeriod" | "DecreaseStreamRetentionPeriod":
            return {**its, "RetentionPeriodHours": 48 if operation[0] == "I" else 24}
        case "EnableEnhancedMonitoring" | "DisableEnhancedMonitoring":
            return {**its, "ShardLevelMetrics": ["ALL"]}
        case "PutRecord":
            return {**its, "PartitionKey": "k", "Data": "YQ=="}
        case "PutRecords":
            return {**its, "Records": [{"PartitionKey": "k", "Data": "YQ=="}]}
        case "GetShardIterator":
            return {**its, "ShardId": SHARD, "ShardIteratorType": "TRIM_HORIZON"}
        case "GetRecords":
            found = aws.ask("GetShardIterator", good(aws, "GetShardIterator", stream))
            return {"ShardIterator": found["ShardIterator"]}
        case "SplitShard":
            return {**its, "ShardToSplit": SHARD, "NewStartingHashKey": MIDDLE}
        case "MergeShards":
            return {**its, "ShardToMerge": SHARD, "AdjacentShardToMerge": "shardId-000000000001"}
        case "UpdateShardCount":
            return {**its, "TargetShardCount": 4, "ScalingType": "UNIFORM_SCALING"}
        case "StartStreamEncryption" | "StopStreamEncryption":
            if operation == "StopStreamEncryption" and stream == "s":
                aws.ask("StartStreamEncryption", good(aws, "StartStreamEncryption"))
                aws.pass_time(10_000)
            return {**its, "EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}
        case "UpdateStreamMode":
            return {**arn, "StreamModeDetails": {"StreamMode": "ON_DEMAND"}}
        case "UpdateMaxRecordSize":
            return {**arn, "MaxRecordSizeInKiB": 2048}
        case "PutResourcePolicy":
            return {**resource, "Policy": json.dumps(POLICY).replace("stream/s", f"stream/{stream}")}
        case "GetResourcePolicy" | "DeleteResourcePolicy":
            if stream == "s":
                aws.ask("PutResourcePolicy", good(aws, "PutResourcePolicy"))
            return resource
        case "RegisterStreamConsumer":
            return {**arn, "ConsumerName": "reader"}
        case "DescribeStreamConsumer" | "DeregisterStreamConsumer":
            return {"ConsumerARN": consumer(aws, stream)}
        case "ListStreamConsumers":
            return arn
        case "SubscribeToShard":
            position = {"Type": "TRIM_HORIZON"}
            return {"ConsumerARN": consumer(aws, stream), "ShardId": SHARD, "StartingPosition": position}
        case _:
            return its


def consumer(aws: AwsWorld, stream: str) -> str:
    """The ARN of a consumer that is there; of a stream that is not, one that never was."""
    if stream != "s":
        return f"{ARN}{stream}/consumer/reader:1760000000"
    made = aws.ask("RegisterStreamConsumer", good(aws, "RegisterStreamConsumer"))
    aws.pass_time(5_000)
    return str(made["Consumer"]["ConsumerARN"])


# --- situations --------------------------------------------------------------------------------------


def ask(operation: str, given: dict[str, Any]) -> None:
    calm().ask(operation, given)


def on(operation: str, stream: str) -> None:
    """Good input, about a stream that does not exist, or not to us."""
    ask(operation, good(calm(), operation, stream))


def changed(operation: str, **change: Any) -> None:
    """Good input, but for this."""
    aws = world(throttle=False)
    given = {**good(aws, operation), **change}
    aws.ask(operation, {name: value for name, value in given.items() if value is not None})


def busy(operation: str) -> None:
    """The stream is being made while it is called for."""
    aws = world(throttle=False)
    aws.ask("CreateStream", {"StreamName": "busy", "ShardCount": 1})
    aws.ask(operation, good(aws, operation, "busy"))


def late(operation: str) -> None:
    """The stream is being deleted while it is called for."""
    aws = world(throttle=False)
    aws.ask("DeleteStream", {"StreamName": "s"})
    aws.ask(operation, good(aws, operation))


def twice(operation: str) -> None:
    aws = world(throttle=False)
    given = good(aws, operation)
    aws.ask(operation, given)
    aws.ask(operation, given, aws.connect())


def rushed(operation: str, code: str = LIMIT) -> None:
    """The same again and again in one second; what it is refused for otherwise does not count."""
    aws = world()
    given = good(aws, operation)
    aws.pass_time(2_000)
    for _ in range(1_200):
        number = aws.connect() if operation == "SubscribeToShard" else aws.number
        try:
            aws.ask(operation, given, number)
        except Refused as refused:
            if refused.code == code:
                raise


def worn(operation: str) -> None:
    """Done and undone until it has been done as often as it may be in a day."""
    aws = world()
    stop = good(calm(), "StopStreamEncryption", "o") | {"StreamName": "s"}
    for turn in range(60):
        given = good(aws, "StartStreamEncryption" if "Encryption" in operation else operation)
        if "Encryption" in operation:
            aws.ask(*(("StartStreamEncryption", given) if turn % 2 == 0 else ("StopStreamEncryption", stop)))
        elif operation == "UpdateShardCount":
            aws.ask(operation, given | {"TargetShardCount": 4 - turn % 2})
        else:
            mode = "PROVISIONED" if turn % 2 else "ON_DEMAND"
            aws.ask(operation, given | {"StreamModeDetails": {"StreamMode": mode}})
        aws.pass_time(60_000)


def flooded(operation: str) -> None:
    aws = world()
    entry = {"PartitionKey": "k", "Data": base64.b64encode(bytes(1 << 20)).decode()[:1_398_000]}
    for _ in range(3):
        if operation == "PutRecord":
            aws.ask(operation, {"StreamName": "s", **entry})
        elif aws.ask(operation, {"StreamName": "s", "Records": [entry] * 2})["FailedRecordCount"] == 2:
            break
    aws.ask("PutRecord", {"StreamName": "s", **entry})


def expired(operation: str) -> None:
    aws = world(throttle=False)
    aws.ask("CreateStream", {"StreamName": "t", "ShardCount": 1})
    aws.pass_time(10_000)
    if operation == "GetRecords":
        given = good(aws, operation)
    else:
        if operation == "ListStreamConsumers":
            for name in ("a", "b"):
                aws.ask("RegisterStreamConsumer", {"StreamARN": f"{ARN}s", "ConsumerName": name})
        first = aws.ask(operation, {**({"MaxResults": 1} if operation != "ListStreams" else {"Limit": 1}),
                                    **({} if operation == "ListStreams" else good(aws, operation))})  # fmt: skip
        keep = {"StreamARN": f"{ARN}s"} if operation == "ListStreamConsumers" else {}
        given = {**keep, "NextToken": first["NextToken"]}
    aws.pass_time(301_000)
    aws.ask(operation, given)


def broken(operation: str) -> None:
    """No broker is left to ask."""
    aws = world(throttle=False)
    given = good(aws, operation)
    if operation == "GetShardIterator":
        given["ShardIteratorType"] = "LATEST"  # where the end is only the log knows
    for broker in (1, 2, 3):
        aws.command("crash_broker", broker=broker)
    aws.ask(operation, given)


SITUATIONS: dict[tuple[str, str], Callable[[], None]] = {}


def _fill() -> None:
    other = "111122223333"
    for name, operation in SERVICES["kinesis"].model.operations.items():
        members, errors = operation.input.members, operation.errors
        said: dict[str, Callable[[], None]] = {
            NOT_FOUND: partial(on, name, "missing"),
            IN_USE: partial(busy, name),
            LIMIT: partial(rushed, name),
            VALIDATION: partial(ask, name, {}),
            DRY_RUN: partial(changed, name, DryRun=True),
            INTERNAL: partial(broken, name),
            "ExpiredIteratorException": partial(expired, name),
            "ExpiredNextTokenException": partial(expired, name),
        }
        if "StreamARN" in members:
            arn = f"arn:aws:kinesis:us-east-1:{other}:stream/s"
            said[DENIED] = partial(changed, name, StreamName=None, StreamARN=arn)
            said[INVALID] = partial(changed, name, StreamName=None, StreamARN=None)
        for member in ("ResourceARN", "ConsumerARN"):
            if member in members:
                tail = "/consumer/reader:1760000000" if member == "ConsumerARN" else ""
                said[DENIED] = partial(changed, name, **{member: f"arn:aws:kinesis:us-east-1:{other}:stream/s{tail}"})
        if "ResourceARN" in members:
            said[INVALID] = partial(changed, name, ResourceARN="arn:aws:kinesis:us-east-1:000000000000:channel/c")
        for code in errors:
            if code in said and code not in NO_CAUSE and (name, code) not in NO_CAUSE:
                SITUATIONS[name, code] = said[code]
    SITUATIONS.update(_OF_THEIR_OWN)


_OF_THEIR_OWN: dict[tuple[str, str], Callable[[], None]] = {
    ("CreateStream", IN_USE): partial(changed, "CreateStream", StreamName="s"),
    ("ListTagsForResource", IN_USE): partial(late, "ListTagsForResource"),
    ("RegisterStreamConsumer", IN_USE): partial(twice, "RegisterStreamConsumer"),
    ("SubscribeToShard", IN_USE): partial(twice, "SubscribeToShard"),
    ("PutRecord", THROUGHPUT): partial(flooded, "PutRecord"),
    ("PutRecords", THROUGHPUT): partial(flooded, "PutRecords"),
    ("GetRecords", THROUGHPUT): partial(rushed, "GetRecords", THROUGHPUT),
    ("GetShardIterator", THROUGHPUT): partial(rushed, "GetShardIterator", THROUGHPUT),
    **{
        (name, LIMIT): partial(worn, name)
        for name in ("StartStreamEncryption", "StopStreamEncryption", "UpdateShardCount", "UpdateStreamMode")
    },
    ("DeregisterStreamConsumer", INVALID): partial(ask, "DeregisterStreamConsumer", {}),
    ("DescribeStreamConsumer", INVALID): partial(ask, "DescribeStreamConsumer", {}),
    ("ListStreamConsumers", INVALID): partial(changed, "ListStreamConsumers", NextToken="garbage"),
    ("RegisterStreamConsumer", INVALID): partial(changed, "RegisterStreamConsumer", Tags={"aws:x": "y"}),
    ("UpdateStreamMode", INVALID): partial(changed, "UpdateStreamMode", WarmThroughputMiBps=1),
    ("CreateStream", INVALID): partial(changed, "CreateStream", WarmThroughputMiBps=1),
    ("ListStreams", INVALID): partial(ask, "ListStreams", {"NextToken": "garbage"}),
    ("SubscribeToShard", INVALID): partial(changed, "SubscribeToShard", StartingPosition={"Type": "AT_TIMESTAMP"}),
    ("GetRecords", INVALID): partial(ask, "GetRecords", {"ShardIterator": "garbage"}),
    ("StartStreamEncryption", "KMSNotFoundException"): partial(changed, "StartStreamEncryption", KeyId="alias/none"),
}
_fill()
