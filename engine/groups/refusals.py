"""The same "no" in the words of each request: what a broker answers that does not coordinate the group."""

from __future__ import annotations

from typing import Any

from engine.groups import offsets
from engine.wire.messages import (
    DeleteGroupsRequest,
    DeleteGroupsResponse,
    DescribedGroup,
    DescribeGroupsRequest,
    DescribeGroupsResponse,
    HeartbeatRequest,
    HeartbeatResponse,
    JoinGroupRequest,
    JoinGroupResponse,
    LeaveGroupRequest,
    LeaveGroupResponse,
    ListGroupsRequest,
    ListGroupsResponse,
    OffsetCommitRequest,
    OffsetFetchRequest,
    OffsetFetchResponse,
    SyncGroupRequest,
    SyncGroupResponse,
)


def refusal(request: Any, error: int) -> Any:
    """The response to ``request`` that says ``error`` and nothing else."""
    match request:
        case JoinGroupRequest():
            return JoinGroupResponse(error, member=request.member)
        case SyncGroupRequest():
            return SyncGroupResponse(error)
        case HeartbeatRequest():
            return HeartbeatResponse(error)
        case LeaveGroupRequest():
            return LeaveGroupResponse(error)
        case OffsetCommitRequest():
            return offsets.refusal(request, error)
        case OffsetFetchRequest():
            return OffsetFetchResponse([offsets.unfetched(wanted, error) for wanted in request.groups])
        case DescribeGroupsRequest():
            return DescribeGroupsResponse([DescribedGroup(group, error) for group in request.groups])
        case DeleteGroupsRequest():
            return DeleteGroupsResponse([(group, error) for group in request.groups])
        case ListGroupsRequest():
            return ListGroupsResponse([], error)
    raise TypeError(f"no request to a group coordinator: {request!r}")
