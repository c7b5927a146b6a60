"""JoinGroup (11), Heartbeat (12), LeaveGroup (13), SyncGroup (14): a member's life in a group."""

from __future__ import annotations

from typing import Any

from engine.wire import messages as m
from engine.wire import versions
from engine.wire.kinds import BYTES, INT16, INT32, NULL_STRING, STRING, Array, Dict, One, String, Tuple
from engine.wire.schema import Api, F, Record


def _fill_join(values: dict[str, Any], version: int) -> None:
    values.setdefault("rebalance_timeout_ms", values["session_timeout_ms"])  # v0 has the one for both
    values["requires_known_member"] = version >= 4  # KIP-394


def _leave_error(response: m.LeaveGroupResponse, version: int) -> int:
    """Before v3 there is one member, and its error is the answer's (LeaveGroupResponse.java)."""
    if version < 3 and not response.error and response.members:
        return response.members[0].error
    return response.error


JOIN_GROUP = Api(
    versions.JOIN_GROUP,
    Record(
        m.JoinGroupRequest,
        F("group", STRING),
        F("session_timeout_ms", INT32),
        F("rebalance_timeout_ms", INT32, since=1),
        F("member", STRING),
        F("instance", NULL_STRING, since=5),
        F("protocol_type", STRING),
        F("protocols", Array(Tuple(STRING, BYTES))),
        fill=_fill_join,
    ),
    Record(
        m.JoinGroupResponse,
        F("throttle_ms", INT32, since=2),
        F("error", INT16),
        F("generation", INT32),
        F("protocol_type", NULL_STRING, since=7),
        F("protocol", String(nullable=7)),
        F("leader", STRING),
        F("member", STRING),
        F(
            "members",
            Array(
                Record(m.JoinedMember, F("member", STRING), F("instance", NULL_STRING, since=5), F("metadata", BYTES))
            ),
        ),
    ),
)

HEARTBEAT = Api(
    versions.HEARTBEAT,
    Record(
        m.HeartbeatRequest,
        F("group", STRING),
        F("generation", INT32),
        F("member", STRING),
        F("instance", NULL_STRING, since=3),
    ),
    Record(
        m.HeartbeatResponse,
        F("throttle_ms", INT32, since=1),
        F("error", INT16),
    ),
)

LEAVE_GROUP = Api(
    versions.LEAVE_GROUP,
    Record(
        m.LeaveGroupRequest,
        F("group", STRING),
        F("members", One(Record(m.Leaver, F("member", STRING), bare=True), m.Leaver("")), until=2),
        F(
            "members",
            Array(Record(m.Leaver, F("member", STRING), F("instance", NULL_STRING), F("reason", NULL_STRING, since=5))),
            since=3,
        ),
    ),
    Record(
        m.LeaveGroupResponse,
        F("throttle_ms", INT32, since=1),
        F("error", INT16, get=_leave_error),
        F(
            "members",
            Array(Record(m.LeftMember, F("member", STRING), F("instance", NULL_STRING), F("error", INT16))),
            since=3,
        ),
    ),
)

SYNC_GROUP = Api(
    versions.SYNC_GROUP,
    Record(
        m.SyncGroupRequest,
        F("group", STRING),
        F("generation", INT32),
        F("member", STRING),
        F("instance", NULL_STRING, since=3),
        F("protocol_type", NULL_STRING, since=5),
        F("protocol", NULL_STRING, since=5),
        F("assignments", Dict(STRING, BYTES)),
    ),
    Record(
        m.SyncGroupResponse,
        F("throttle_ms", INT32, since=1),
        F("error", INT16),
        F("protocol_type", NULL_STRING, since=5),
        F("protocol", NULL_STRING, since=5),
        F("assignment", BYTES),
    ),
)

APIS = (JOIN_GROUP, HEARTBEAT, LEAVE_GROUP, SYNC_GROUP)
