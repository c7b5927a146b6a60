"""Which of AWS's services live here, and how a request says which operation it wants.

A service is a model of botocore's (shapes.py), the operations that exist here, and the machine of the World that
carries them out. Its protocol says where a request names its operation: "json" in X-Amz-Target, "rest-json" by
method and path. Adding one is adding a line to ``SERVICES``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from engine.live.aws.shapes import Model, Operation, load

REGION = "us-east-1"
ACCOUNT = "000000000000"
KINESIS = "kinesis"

# Data Streams as of 2024, and five that came with tags for everything and larger records.
KINESIS_OPERATIONS = (
    "AddTagsToStream", "CreateStream", "DecreaseStreamRetentionPeriod", "DeleteResourcePolicy", "DeleteStream",
    "DeregisterStreamConsumer", "DescribeAccountSettings", "DescribeLimits", "DescribeStream",
    "DescribeStreamConsumer", "DescribeStreamSummary", "DisableEnhancedMonitoring", "EnableEnhancedMonitoring",
    "GetRecords", "GetResourcePolicy", "GetShardIterator", "IncreaseStreamRetentionPeriod", "ListShards",
    "ListStreamConsumers", "ListStreams", "ListTagsForResource", "ListTagsForStream", "MergeShards", "PutRecord",
    "PutRecords", "PutResourcePolicy", "RegisterStreamConsumer", "RemoveTagsFromStream", "SplitShard",
    "StartStreamEncryption", "StopStreamEncryption", "SubscribeToShard", "TagResource", "UntagResource",
    "UpdateMaxRecordSize", "UpdateShardCount", "UpdateStreamMode",
)  # fmt: skip

# AWS made the partition key optional for streams that spread records by themselves; there are none of those here.
KINESIS_REQUIRED: dict[str, tuple[str, ...]] = {
    "PutRecordInput": ("PartitionKey",),
    "PutRecordsRequestEntry": ("PartitionKey",),
}

_LABEL = re.compile(r"\\\{[^}]*\\\}")  # {Name} of a path, as re.escape writes it


@dataclass
class Service:
    """name: as in a credential's scope. node: the World's machine. operations: those that exist here."""

    name: str
    node: str
    operations: tuple[str, ...]
    required: dict[str, tuple[str, ...]]

    @cached_property
    def model(self) -> Model:
        """Read when somebody asks for the first time."""
        return load(self.name, self.operations, self.required)

    @cached_property
    def _paths(self) -> list[tuple[str, re.Pattern[str], Operation]]:
        return [
            (operation.method, re.compile(_LABEL.sub("[^/]+", re.escape(operation.path))), operation)
            for operation in self.model.operations.values()
        ]

    def operation(self, target: str, method: str, path: str) -> Operation | None:
        """The one a request asks for; None: it is not one of ours."""
        model = self.model
        if model.protocol == "rest-json":
            return next((o for its, pattern, o in self._paths if its == method and pattern.fullmatch(path)), None)
        prefix, _, name = target.partition(".")
        return model.operations.get(name) if prefix == model.target else None


SERVICES = {KINESIS: Service(KINESIS, KINESIS, KINESIS_OPERATIONS, KINESIS_REQUIRED)}
