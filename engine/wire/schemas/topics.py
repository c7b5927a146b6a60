"""CreateTopics (19), DeleteTopics (20), DescribeConfigs (32)."""

from __future__ import annotations

from engine.wire import messages as m
from engine.wire import versions
from engine.wire.kinds import (
    BOOL,
    ID,
    INT8,
    INT16,
    INT32,
    NULL_STRING,
    STRING,
    Array,
    Dict,
    String,
    Tuple,
)
from engine.wire.schema import Api, F, Record, Unused
from engine.wire.schemas.wanted import Wanted, of_names_and_ids, to_names_and_ids

DEFAULT_CONFIG = 5  # ConfigSource.DEFAULT_CONFIG

CREATE_TOPICS = Api(
    versions.CREATE_TOPICS,
    Record(
        m.CreateTopicsRequest,
        F(
            "topics",
            Array(
                Record(
                    m.NewTopic,
                    F("name", STRING),
                    F("partitions", INT32),
                    F("replication", INT16),
                    F("assignments", Dict(INT32, Array(INT32))),
                    F("configs", Dict(STRING, NULL_STRING)),
                )
            ),
        ),
        F("timeout_ms", INT32),
        F("validate_only", BOOL),
    ),
    Record(
        m.CreateTopicsResponse,
        F("throttle_ms", INT32),
        F(
            "topics",
            Array(
                Record(
                    m.CreatedTopic,
                    F("name", STRING),
                    F("topic_id", ID, since=7),
                    F("error", INT16),
                    F("message", NULL_STRING),
                    F("partitions", INT32, since=5),
                    F("replication", INT16, since=5),
                    F(
                        "configs",  # name, value; then read only, source, sensitive
                        Dict(STRING, NULL_STRING, unused=((BOOL, False), (INT8, DEFAULT_CONFIG), (BOOL, False))),
                        since=5,
                    ),
                )
            ),
        ),
    ),
)

DELETE_TOPICS = Api(
    versions.DELETE_TOPICS,
    Record(
        m.DeleteTopicsRequest,
        F("names", Array(STRING), until=5),
        F(
            "names",
            Array(Record(Wanted, F("name", NULL_STRING), F("topic_id", ID))),
            since=6,
            get=lambda request, version: of_names_and_ids(request.names, request.topic_ids),
            put=lambda wanted, version: to_names_and_ids(wanted, "names"),
        ),
        F("timeout_ms", INT32),
    ),
    Record(
        m.DeleteTopicsResponse,
        F("throttle_ms", INT32),
        F(
            "topics",
            Array(
                Record(
                    m.DeletedTopic,
                    F("name", String(nullable=6)),
                    F("topic_id", ID, since=6),
                    F("error", INT16),
                    F("message", NULL_STRING, since=5),
                )
            ),
        ),
    ),
)

DESCRIBE_CONFIGS = Api(
    versions.DESCRIBE_CONFIGS,
    Record(
        m.DescribeConfigsRequest,
        F(
            "resources",
            Array(Record(m.ConfigResource, F("kind", INT8), F("name", STRING), F("keys", Array(STRING, nullable=0)))),
        ),
        F("include_synonyms", BOOL),
        F("include_documentation", BOOL, since=3),
    ),
    Record(
        m.DescribeConfigsResponse,
        F("throttle_ms", INT32),
        F(
            "results",
            Array(
                Record(
                    m.DescribedConfigs,
                    F("error", INT16),
                    F("message", NULL_STRING),
                    F("kind", INT8),
                    F("name", STRING),
                    F(
                        "entries",
                        Array(
                            Record(
                                m.ConfigEntry,
                                F("name", STRING),
                                F("value", NULL_STRING),
                                F("read_only", BOOL),
                                F("source", INT8),
                                F("sensitive", BOOL),
                                Unused(Array(Tuple(STRING, NULL_STRING, INT8)), []),  # synonyms
                                F("kind", INT8, since=3),
                                Unused(NULL_STRING, None, since=3),  # documentation
                            )
                        ),
                    ),
                )
            ),
        ),
    ),
)

APIS = (CREATE_TOPICS, DELETE_TOPICS, DESCRIBE_CONFIGS)
