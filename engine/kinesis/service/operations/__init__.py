"""Every call that the service answers: one idea a file. What is not here is no operation of it (here)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from engine.kinesis.service.calling import Call
from engine.kinesis.service.operations import (
    accounts,
    consuming,
    creating,
    describing,
    encrypting,
    getting,
    iterators,
    listing,
    monitoring,
    policies,
    putting,
    resharding,
    retaining,
    settings,
    subscribing,
    tagging,
)
from engine.kinesis.service.outcomes import Outcome

if TYPE_CHECKING:
    from engine.kinesis.service.account import Account

Handler: TypeAlias = "Callable[[Account, Call], Outcome]"

HANDLERS: dict[str, Handler] = {
    "AddTagsToStream": tagging.add_tags_to_stream,
    "CreateStream": creating.create_stream,
    "DecreaseStreamRetentionPeriod": retaining.decrease,
    "DeleteResourcePolicy": policies.delete_resource_policy,
    "DeleteStream": creating.delete_stream,
    "DeregisterStreamConsumer": consuming.deregister,
    "DescribeAccountSettings": accounts.describe_account_settings,
    "DescribeLimits": accounts.describe_limits,
    "DescribeStream": describing.describe_stream,
    "DescribeStreamConsumer": consuming.describe,
    "DescribeStreamSummary": describing.describe_stream_summary,
    "DisableEnhancedMonitoring": monitoring.disable,
    "EnableEnhancedMonitoring": monitoring.enable,
    "GetRecords": getting.get_records,
    "GetResourcePolicy": policies.get_resource_policy,
    "GetShardIterator": iterators.get_shard_iterator,
    "IncreaseStreamRetentionPeriod": retaining.increase,
    "ListShards": listing.list_shards,
    "ListStreamConsumers": consuming.list_consumers,
    "ListStreams": listing.list_streams,
    "ListTagsForResource": tagging.list_tags_for_resource,
    "ListTagsForStream": tagging.list_tags_for_stream,
    "MergeShards": resharding.merge_shards,
    "PutRecord": putting.put_record,
    "PutRecords": putting.put_records,
    "PutResourcePolicy": policies.put_resource_policy,
    "RegisterStreamConsumer": consuming.register,
    "RemoveTagsFromStream": tagging.remove_tags_from_stream,
    "SplitShard": resharding.split_shard,
    "StartStreamEncryption": encrypting.start,
    "StopStreamEncryption": encrypting.stop,
    "SubscribeToShard": subscribing.subscribe_to_shard,
    "TagResource": tagging.tag_resource,
    "UntagResource": tagging.untag_resource,
    "UpdateMaxRecordSize": settings.update_max_record_size,
    "UpdateShardCount": resharding.update_shard_count,
    "UpdateStreamMode": settings.update_stream_mode,
}
