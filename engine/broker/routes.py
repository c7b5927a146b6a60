"""Which function answers which request: ``(broker, now, origin, request)``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.broker import deletion, fetch, forwarding, groups, metadata, offsets, produce, producers
from engine.machine import Origin
from engine.wire import messages as m

if TYPE_CHECKING:
    from engine.broker.broker import Broker

ROUTES: dict[type, Callable[[Broker, int, Origin, Any], None]] = {
    m.ProduceRequest: produce.produce,
    m.FetchRequest: fetch.fetch,
    m.ListOffsetsRequest: offsets.list_offsets,
    m.OffsetForLeaderEpochRequest: offsets.epoch_ends,
    m.MetadataRequest: metadata.metadata,
    m.ApiVersionsRequest: metadata.api_versions,
    m.DescribeClusterRequest: metadata.describe_cluster,
    m.DescribeConfigsRequest: metadata.describe_configs,
    m.CreateTopicsRequest: forwarding.forward,
    m.DeleteTopicsRequest: forwarding.forward,
    m.CreatePartitionsRequest: forwarding.forward,
    m.AlterPartitionReassignmentsRequest: forwarding.forward,
    m.ListPartitionReassignmentsRequest: forwarding.forward,
    m.AlterConfigsRequest: forwarding.forward,
    m.IncrementalAlterConfigsRequest: forwarding.forward,
    m.DeleteRecordsRequest: deletion.delete_records,
    m.InitProducerIdRequest: producers.init_producer_id,
    m.FindCoordinatorRequest: groups.find_coordinator,
    m.JoinGroupRequest: groups.one_group,
    m.SyncGroupRequest: groups.one_group,
    m.HeartbeatRequest: groups.one_group,
    m.LeaveGroupRequest: groups.one_group,
    m.OffsetCommitRequest: groups.one_group,
    m.OffsetFetchRequest: groups.offset_fetch,
    m.DescribeGroupsRequest: groups.describe_groups,
    m.DeleteGroupsRequest: groups.delete_groups,
    m.ListGroupsRequest: groups.list_groups,
}
