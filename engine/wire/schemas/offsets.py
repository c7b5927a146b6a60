"""OffsetCommit (8) and OffsetFetch (9): where a group has got to."""

from __future__ import annotations

from dataclasses import replace

from engine.wire import messages as m
from engine.wire import versions
from engine.wire.kinds import (
    BOOL,
    INT16,
    INT32,
    INT64,
    NULL_STRING,
    STRING,
    Array,
    ByTopic,
    One,
    TopicPartitions,
)
from engine.wire.schema import Api, F, Record, Unused

OFFSET_COMMIT = Api(
    versions.OFFSET_COMMIT,
    Record(
        m.OffsetCommitRequest,
        F("group", STRING),
        F("generation", INT32),
        F("member", STRING),
        F("instance", NULL_STRING, since=7),
        Unused(INT64, -1, since=2, until=4),  # retention time
        F(
            "parts",
            ByTopic(
                Record(
                    m.CommitPart,
                    F("partition", INT32),
                    F("offset", INT64),
                    F("leader_epoch", INT32, since=6),
                    F("metadata", NULL_STRING),
                )
            ),
        ),
    ),
    Record(
        m.OffsetCommitResponse,
        F("throttle_ms", INT32, since=3),
        F("parts", ByTopic(Record(m.CommittedPart, F("partition", INT32), F("error", INT16)))),
    ),
)


def _groups_of_v1(response: m.OffsetFetchResponse, version: int) -> list[m.FetchedOffsets]:
    """v1 has no room for the group's error: it goes into each partition, as in OffsetFetchResponse.java."""
    if version > 1 or not response.groups or not response.groups[0].error:
        return response.groups
    group = response.groups[0]
    return [replace(group, parts=[replace(part, error=part.error or group.error) for part in group.parts])]


FETCHED_OFFSETS = ByTopic(
    Record(
        m.FetchedOffset,
        F("partition", INT32),
        F("offset", INT64),
        F("leader_epoch", INT32, since=5),
        F("metadata", NULL_STRING),
        F("error", INT16),
    )
)

OFFSET_FETCH = Api(
    versions.OFFSET_FETCH,
    Record(
        m.OffsetFetchRequest,
        F(
            "groups",
            One(
                Record(m.OffsetFetchGroup, F("group", STRING), F("parts", TopicPartitions(nullable=2)), bare=True),
                m.OffsetFetchGroup(""),
            ),
            until=7,
        ),
        F(
            "groups",
            Array(
                Record(
                    m.OffsetFetchGroup,
                    F("group", STRING),
                    F("member", NULL_STRING, since=9),
                    F("epoch", INT32, since=9),
                    F("parts", TopicPartitions(nullable=8)),
                )
            ),
            since=8,
        ),
        F("require_stable", BOOL, since=7),
    ),
    Record(
        m.OffsetFetchResponse,
        F("throttle_ms", INT32, since=3),
        F(
            "groups",
            One(
                Record(
                    m.FetchedOffsets,
                    F("parts", FETCHED_OFFSETS),
                    F("error", INT16, since=2),
                    fill=lambda values, version: values.update(group=""),
                    bare=True,
                ),
                m.FetchedOffsets(""),
            ),
            until=7,
            get=_groups_of_v1,
        ),
        F(
            "groups",
            Array(Record(m.FetchedOffsets, F("group", STRING), F("parts", FETCHED_OFFSETS), F("error", INT16))),
            since=8,
        ),
    ),
)

APIS = (OFFSET_COMMIT, OFFSET_FETCH)
