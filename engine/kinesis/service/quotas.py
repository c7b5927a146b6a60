"""AWS's numbers: what a shard takes and gives, how often a call may be made, and how long a change takes here.

Source: "Quotas and limits" of the Amazon Kinesis Data Streams Developer Guide and the API reference. What an account
may own differs from AWS's, for it all stands in one World: engine/limits.py.
"""

from __future__ import annotations

from engine.machine import SECOND

MIB = 1 << 20
# Of one shard in one second. More is refused with ProvisionedThroughputExceededException.
IN_RECORDS, IN_BYTES = 1_000, MIB  # partition keys count
OUT_CALLS, OUT_BYTES = 5, 2 * MIB
ITERATOR_CALLS = 5  # GetShardIterator
# Of one call.
PUT_RECORDS_MAX, PUT_BYTES_MAX = 500, 10 * MIB
GET_RECORDS_MAX, GET_BYTES_MAX = 10_000, 10 * MIB
PARTITION_KEY_MAX = 256  # characters
RECORD_KIB, RECORD_KIB_MAX = 1_024, 10_240  # MaxRecordSizeInKiB: the default and the most

ITERATOR_MS = 300_000  # a shard iterator holds so long, and so does a NextToken
SUBSCRIPTION_NS = 300 * SECOND  # SubscribeToShard
RESUBSCRIBE_NS = 5 * SECOND  # before another one may take its place
PUSH_BYTES = 2 * MIB  # to one consumer from one shard in a second
# GetRecords looks through so much of a shard's time: where nothing arrived for longer, it answers with no records, and
# goes on from there with the next iterator. (Of a very long stretch, half. AWS does not say how much it is.)
LOOK_MS = 240_000
RETENTION_MIN, RETENTION_MAX = 24, 8_760  # hours
CONSUMERS_MAX, CONSUMERS_CREATING_MAX = 20, 5
CREATING_MAX = 5  # streams at once
TAGS_MAX = 50
POLICY_BYTES_MAX = 20 << 10
ON_DEMAND_SHARDS = 4
HOT_S = 30  # seconds in a row that a shard of a stream on demand is more than half full before it is split

# Virtual milliseconds that a state lasts at least: minutes on AWS, short enough for a class here.
LASTS_MS = {
    "create": 5_000, "delete": 5_000, "reshard": 4_000, "encrypt": 3_000, "retain": 2_000, "monitor": 2_000,
    "mode": 3_000, "size": 2_000, "consumer": 3_000, "deregister": 3_000,
}  # fmt: skip

DAY_S = 86_400
# operation: (calls, in seconds, whose). More are refused with LimitExceededException. Those of a day count what was
# done, the others what was asked.
RATES: dict[str, tuple[int, int, str]] = {
    "AddTagsToStream": (5, 1, "account"),
    "CreateStream": (5, 1, "account"),
    "DecreaseStreamRetentionPeriod": (5, 1, "stream"),
    "DeleteResourcePolicy": (5, 1, "account"),
    "DeleteStream": (5, 1, "account"),
    "DeregisterStreamConsumer": (5, 1, "stream"),
    "DescribeAccountSettings": (5, 1, "account"),
    "DescribeLimits": (1, 1, "account"),
    "DescribeStream": (10, 1, "account"),
    "DescribeStreamConsumer": (20, 1, "stream"),
    "DescribeStreamSummary": (20, 1, "account"),
    "DisableEnhancedMonitoring": (5, 1, "stream"),
    "EnableEnhancedMonitoring": (5, 1, "stream"),
    "GetResourcePolicy": (5, 1, "account"),
    "IncreaseStreamRetentionPeriod": (5, 1, "stream"),
    "ListShards": (1_000, 1, "stream"),
    "ListStreamConsumers": (5, 1, "stream"),
    "ListStreams": (5, 1, "account"),
    "ListTagsForResource": (5, 1, "account"),
    "ListTagsForStream": (5, 1, "stream"),
    "MergeShards": (5, 1, "stream"),
    "PutResourcePolicy": (5, 1, "account"),
    "RegisterStreamConsumer": (5, 1, "stream"),
    "RemoveTagsFromStream": (5, 1, "stream"),
    "SplitShard": (5, 1, "stream"),
    "StartStreamEncryption": (25, DAY_S, "stream"),
    "StopStreamEncryption": (25, DAY_S, "stream"),
    "TagResource": (5, 1, "account"),
    "UntagResource": (5, 1, "account"),
    "UpdateMaxRecordSize": (5, 1, "stream"),
    "UpdateShardCount": (10, DAY_S, "stream"),
    "UpdateStreamMode": (2, DAY_S, "stream"),
}
