"""Produce (0), Fetch (1), ListOffsets (2), OffsetForLeaderEpoch (23): what touches the log.

The broker's side of Produce and Fetch is hand-coded in engine/wire/hot/; these tables say the same,
serve the other direction, and are what the tests hold the hand-made code against.
"""

from __future__ import annotations

from engine.wire import messages as m
from engine.wire import versions
from engine.wire.kinds import (
    FETCHED_RECORDS,
    INT8,
    INT16,
    INT32,
    INT64,
    NULL_STRING,
    PRODUCED_RECORDS,
    STRING,
    Array,
    ByTopic,
    TopicPartitions,
    Tuple,
)
from engine.wire.schema import Api, F, Record, Unused

PRODUCE = Api(
    versions.PRODUCE,
    Record(
        m.ProduceRequest,
        F("transactional_id", NULL_STRING, since=3),
        F("acks", INT16),
        F("timeout_ms", INT32),
        F("parts", ByTopic(Record(m.ProducePart, F("partition", INT32), F("records", PRODUCED_RECORDS)))),
    ),
    Record(
        m.ProduceResponse,
        F(
            "parts",
            ByTopic(
                Record(
                    m.ProducedPart,
                    F("partition", INT32),
                    F("error", INT16),
                    F("base_offset", INT64),
                    F("append_time_ms", INT64, since=2),
                    F("log_start", INT64, since=5),
                    Unused(Array(Tuple(INT32, NULL_STRING)), [], since=8),  # errors of single records
                    F("message", NULL_STRING, since=8),
                )
            ),
        ),
        F("throttle_ms", INT32, since=1),
    ),
)

FETCH = Api(
    versions.FETCH,
    Record(
        m.FetchRequest,
        F("replica", INT32),
        F("max_wait_ms", INT32),
        F("min_bytes", INT32),
        F("max_bytes", INT32),
        F("isolation", INT8),
        F("session_id", INT32, since=7),
        F("session_epoch", INT32, since=7),
        F(
            "parts",
            ByTopic(
                Record(
                    m.FetchPart,
                    F("partition", INT32),
                    F("leader_epoch", INT32, since=9),
                    F("offset", INT64),
                    F("last_epoch", INT32, since=12),
                    F("log_start", INT64, since=5),
                    F("max_bytes", INT32),
                )
            ),
        ),
        F("forgotten", TopicPartitions(), since=7),
        F("rack", STRING, since=11),
    ),
    Record(
        m.FetchResponse,
        F("throttle_ms", INT32),
        F("error", INT16, since=7),
        F("session_id", INT32, since=7),
        F(
            "parts",
            ByTopic(
                Record(
                    m.FetchedPart,
                    F("partition", INT32),
                    F("error", INT16),
                    F("high_watermark", INT64),
                    F("last_stable", INT64),
                    F("log_start", INT64, since=5),
                    F("diverging", Tuple(INT32, INT64), since=12, tag=0),
                    F("aborted", Array(Tuple(INT64, INT64), nullable=0)),
                    F("preferred_replica", INT32, since=11),
                    F("records", FETCHED_RECORDS),
                )
            ),
        ),
    ),
)

LIST_OFFSETS = Api(
    versions.LIST_OFFSETS,
    Record(
        m.ListOffsetsRequest,
        F("replica", INT32),
        F("isolation", INT8, since=2),
        F(
            "parts",
            ByTopic(
                Record(
                    m.ListOffsetsPart,
                    F("partition", INT32),
                    F("leader_epoch", INT32, since=4),
                    F("timestamp", INT64),
                )
            ),
        ),
    ),
    Record(
        m.ListOffsetsResponse,
        F("throttle_ms", INT32, since=2),
        F(
            "parts",
            ByTopic(
                Record(
                    m.ListedOffset,
                    F("partition", INT32),
                    F("error", INT16),
                    F("timestamp", INT64),
                    F("offset", INT64),
                    F("leader_epoch", INT32, since=4),
                )
            ),
        ),
    ),
)

OFFSET_FOR_LEADER_EPOCH = Api(
    versions.OFFSET_FOR_LEADER_EPOCH,
    Record(
        m.OffsetForLeaderEpochRequest,
        F("replica", INT32, since=3),
        F(
            "parts",
            ByTopic(Record(m.EpochPart, F("partition", INT32), F("current_epoch", INT32), F("leader_epoch", INT32))),
        ),
    ),
    Record(
        m.OffsetForLeaderEpochResponse,
        F("throttle_ms", INT32),
        F(
            "parts",
            ByTopic(
                Record(
                    m.EpochEnd,
                    F("error", INT16),
                    F("partition", INT32),
                    F("leader_epoch", INT32),
                    F("end_offset", INT64),
                )
            ),
        ),
    ),
)

APIS = (PRODUCE, FETCH, LIST_OFFSETS, OFFSET_FOR_LEADER_EPOCH)
