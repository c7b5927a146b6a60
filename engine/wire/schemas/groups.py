"""FindCoordinator (10), DescribeGroups (15), ListGroups (16), DeleteGroups (42): groups seen from outside."""

from __future__ import annotations

from engine.wire import messages as m
from engine.wire import versions
from engine.wire.kinds import BOOL, BYTES, INT8, INT16, INT32, NULL_STRING, STRING, Array, One, Tuple
from engine.wire.schema import Api, F, Record

FIND_COORDINATOR = Api(
    versions.FIND_COORDINATOR,
    Record(
        m.FindCoordinatorRequest,
        F("keys", One(STRING, ""), until=3),
        F("kind", INT8, since=1),
        F("keys", Array(STRING), since=4),
    ),
    Record(
        m.FindCoordinatorResponse,
        F("throttle_ms", INT32, since=1),
        F(
            "coordinators",
            One(
                Record(
                    m.Coordinator,
                    F("error", INT16),
                    F("message", NULL_STRING, since=1),
                    F("broker", INT32),
                    F("host", STRING),
                    F("port", INT32),
                    fill=lambda values, version: values.update(key=""),
                    bare=True,
                ),
                m.Coordinator(""),
            ),
            until=3,
        ),
        F(
            "coordinators",
            Array(
                Record(
                    m.Coordinator,
                    F("key", STRING),
                    F("broker", INT32),
                    F("host", STRING),
                    F("port", INT32),
                    F("error", INT16),
                    F("message", NULL_STRING),
                )
            ),
            since=4,
        ),
    ),
)

DESCRIBE_GROUPS = Api(
    versions.DESCRIBE_GROUPS,
    Record(
        m.DescribeGroupsRequest,
        F("groups", Array(STRING)),
        F("include_operations", BOOL, since=3),
    ),
    Record(
        m.DescribeGroupsResponse,
        F("throttle_ms", INT32, since=1),
        F(
            "groups",
            Array(
                Record(
                    m.DescribedGroup,
                    F("error", INT16),
                    F("group", STRING),
                    F("state", STRING),
                    F("protocol_type", STRING),
                    F("protocol", STRING),
                    F(
                        "members",
                        Array(
                            Record(
                                m.DescribedMember,
                                F("member", STRING),
                                F("instance", NULL_STRING, since=4),
                                F("client_id", STRING),
                                F("host", STRING),
                                F("metadata", BYTES),
                                F("assignment", BYTES),
                            )
                        ),
                    ),
                    F("operations", INT32, since=3),
                )
            ),
        ),
    ),
)

LIST_GROUPS = Api(
    versions.LIST_GROUPS,
    Record(
        m.ListGroupsRequest,
        F("states", Array(STRING), since=4),
        F("kinds", Array(STRING), since=5),
    ),
    Record(
        m.ListGroupsResponse,
        F("throttle_ms", INT32, since=1),
        F("error", INT16),
        F(
            "groups",
            Array(
                Record(
                    m.ListedGroup,
                    F("group", STRING),
                    F("protocol_type", STRING),
                    F("state", STRING, since=4),
                    F("kind", STRING, since=5),
                )
            ),
        ),
    ),
)

DELETE_GROUPS = Api(
    versions.DELETE_GROUPS,
    Record(m.DeleteGroupsRequest, F("groups", Array(STRING))),
    Record(
        m.DeleteGroupsResponse,
        F("throttle_ms", INT32),
        F("results", Array(Tuple(STRING, INT16))),
    ),
)

APIS = (FIND_COORDINATOR, DESCRIBE_GROUPS, LIST_GROUPS, DELETE_GROUPS)
