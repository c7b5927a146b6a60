"""Metadata (3), ApiVersions (18), DescribeCluster (60): who is there and what they speak."""

from __future__ import annotations

from typing import Any

from engine.wire import messages as m
from engine.wire import versions
from engine.wire.kinds import BOOL, ID, INT8, INT16, INT32, NULL_STRING, STRING, Array, String, Tuple
from engine.wire.schema import Api, F, Record
from engine.wire.schemas.wanted import Wanted, of_names_and_ids, to_names_and_ids


def _get_wanted(request: m.MetadataRequest, version: int) -> list[Wanted] | None:
    if request.topics is None and not request.topic_ids:
        return None  # all of them; in version 0 an empty array says so
    return of_names_and_ids(request.topics or (), request.topic_ids)


def _put_wanted(wanted: list[Wanted] | None, version: int) -> dict[str, Any]:
    if wanted is None or (version == 0 and not wanted):
        return {"topics": None}
    return to_names_and_ids(wanted, "topics")


METADATA = Api(
    versions.METADATA,
    Record(
        m.MetadataRequest,
        F(
            "topics",
            Array(Record(Wanted, F("topic_id", ID, since=10), F("name", String(nullable=10))), nullable=1),
            get=_get_wanted,
            put=_put_wanted,
        ),
        F("allow_auto_creation", BOOL, since=4),
        F("include_cluster_operations", BOOL, since=8, until=10),
        F("include_topic_operations", BOOL, since=8),
    ),
    Record(
        m.MetadataResponse,
        F("throttle_ms", INT32, since=3),
        F(
            "brokers",
            Array(
                Record(
                    m.BrokerAddress,
                    F("broker", INT32),
                    F("host", STRING),
                    F("port", INT32),
                    F("rack", NULL_STRING, since=1),
                )
            ),
        ),
        F("cluster_id", NULL_STRING, since=2),
        F("controller", INT32, since=1),
        F(
            "topics",
            Array(
                Record(
                    m.TopicMetadata,
                    F("error", INT16),
                    F("name", String(nullable=12)),
                    F("topic_id", ID, since=10),
                    F("internal", BOOL, since=1),
                    F(
                        "partitions",
                        Array(
                            Record(
                                m.PartitionMetadata,
                                F("error", INT16),
                                F("partition", INT32),
                                F("leader", INT32),
                                F("leader_epoch", INT32, since=7),
                                F("replicas", Array(INT32)),
                                F("isr", Array(INT32)),
                                F("offline", Array(INT32), since=5),
                            )
                        ),
                    ),
                    F("operations", INT32, since=8),
                )
            ),
        ),
        F("cluster_operations", INT32, since=8, until=10),
        F("error", INT16, since=13),
        fill=lambda values, version: values.update({"cluster_id": None, "controller": -1} | values),
    ),
)

# What a broker tells of features (KIP-584) travels in tagged fields: there are none to tell of.
API_VERSIONS = Api(
    versions.API_VERSIONS,
    Record(
        m.ApiVersionsRequest,
        F("software_name", STRING, since=3),
        F("software_version", STRING, since=3),
    ),
    Record(
        m.ApiVersionsResponse,
        F("error", INT16),
        F("ranges", Array(Tuple(INT16, INT16, INT16))),
        F("throttle_ms", INT32, since=1),
    ),
)

DESCRIBE_CLUSTER = Api(
    versions.DESCRIBE_CLUSTER,
    Record(
        m.DescribeClusterRequest,
        F("include_operations", BOOL),
        F("endpoint_type", INT8, since=1),
    ),
    Record(
        m.DescribeClusterResponse,
        F("throttle_ms", INT32),
        F("error", INT16),
        F("message", NULL_STRING),
        F("endpoint_type", INT8, since=1),
        F("cluster_id", STRING),
        F("controller", INT32),
        F(
            "brokers",
            Array(
                Record(m.BrokerAddress, F("broker", INT32), F("host", STRING), F("port", INT32), F("rack", NULL_STRING))
            ),
        ),
        F("operations", INT32),
    ),
)

APIS = (METADATA, API_VERSIONS, DESCRIBE_CLUSTER)
