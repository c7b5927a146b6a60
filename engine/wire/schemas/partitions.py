"""CreatePartitions (37), AlterPartitionReassignments (45), ListPartitionReassignments (46)."""

from __future__ import annotations

from engine.wire import messages as m
from engine.wire import versions
from engine.wire.kinds import BOOL, INT16, INT32, NULL_STRING, STRING, Array, ByTopic, Single, TopicPartitions
from engine.wire.schema import Api, F, Record

BROKERS = Array(INT32)

CREATE_PARTITIONS = Api(
    versions.CREATE_PARTITIONS,
    Record(
        m.CreatePartitionsRequest,
        F(
            "topics",
            Array(
                Record(
                    m.MorePartitions,
                    F("name", STRING),
                    F("count", INT32),
                    F("assignments", Array(Single(BROKERS), nullable=0)),
                )
            ),
        ),
        F("timeout_ms", INT32),
        F("validate_only", BOOL),
    ),
    Record(
        m.CreatePartitionsResponse,
        F("throttle_ms", INT32),
        F(
            "results",
            Array(Record(m.MadePartitions, F("name", STRING), F("error", INT16), F("message", NULL_STRING))),
        ),
    ),
)

ALTER_PARTITION_REASSIGNMENTS = Api(
    versions.ALTER_PARTITION_REASSIGNMENTS,
    Record(
        m.AlterPartitionReassignmentsRequest,
        F("timeout_ms", INT32),
        F(
            "parts",
            ByTopic(Record(m.Reassign, F("partition", INT32), F("replicas", Array(INT32, nullable=0)))),
        ),
    ),
    Record(
        m.AlterPartitionReassignmentsResponse,
        F("throttle_ms", INT32),
        F("error", INT16),
        F("message", NULL_STRING),
        F(
            "parts",
            ByTopic(Record(m.Reassigned, F("partition", INT32), F("error", INT16), F("message", NULL_STRING))),
        ),
    ),
)

LIST_PARTITION_REASSIGNMENTS = Api(
    versions.LIST_PARTITION_REASSIGNMENTS,
    Record(
        m.ListPartitionReassignmentsRequest,
        F("timeout_ms", INT32),
        F("parts", TopicPartitions(nullable=0)),
    ),
    Record(
        m.ListPartitionReassignmentsResponse,
        F("throttle_ms", INT32),
        F("error", INT16),
        F("message", NULL_STRING),
        F(
            "parts",
            ByTopic(
                Record(
                    m.Reassigning, F("partition", INT32), F("replicas", BROKERS), F("adding", BROKERS),
                    F("removing", BROKERS),
                )
            ),
        ),
    ),
)  # fmt: skip

APIS = (CREATE_PARTITIONS, ALTER_PARTITION_REASSIGNMENTS, LIST_PARTITION_REASSIGNMENTS)
