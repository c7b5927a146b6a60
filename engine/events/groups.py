"""Groups: members, rebalances step by step, commits."""

from __future__ import annotations

from dataclasses import field

from engine.events.base import Event, event


@event("coordinator_moved", mark="election")
class CoordinatorMoved(Event):
    """A broker has loaded a group from __consumer_offsets and coordinates it from here on."""

    group: str
    broker: int
    partition: int


@event("member_joined", mark="people")
class MemberJoined(Event):
    group: str
    member: str
    client: str


@event("member_left", mark="people")
class MemberLeft(Event):
    """It said goodbye (LeaveGroup)."""

    group: str
    member: str
    client: str


@event("member_expired", mark="fault")
class MemberExpired(Event):
    """No heartbeat within the session timeout, or it did not rejoin in time: the group goes on without it."""

    group: str
    member: str
    client: str
    silent_ms: int
    why: str  # "session", "patience" (its session by its own clock, while time stood still) or "rebalance"


@event("rebalance_started", mark="rebalance")
class RebalanceStarted(Event):
    """why: "joined", "left", "expired", "metadata", "leader", "failover"; who: the client id concerned."""

    group: str
    generation: int
    why: str
    who: str
    members: int


@event("generation_formed", mark="rebalance")
class GenerationFormed(Event):
    """All members have joined: this is the new generation; its leader computes the assignment."""

    group: str
    generation: int
    leader: str
    protocol: str
    members: int


@event("assignment_made", mark="rebalance")
class AssignmentMade(Event):
    """Each member has its partitions: {client or member: ["FIAP-0", ...]}. idle: who got none.

    moving: what nobody has until its holder has given it up (the cooperative protocol).
    """

    group: str
    generation: int
    assignments: dict[str, list[str]]
    idle: list[str]
    partitions: int
    moving: list[str] = field(default_factory=list)


@event("group_emptied", mark="rebalance")
class GroupEmptied(Event):
    group: str
    generation: int


@event("committed", milestone=False)
class Committed(Event):
    group: str
    topic: str
    partition: int
    offset: int
    client: str


@event("offsets_reset", mark="people")
class OffsetsReset(Event):
    """An administrator moved what the group has committed. was, offsets: by partition; -1: nothing was committed.

    to: "earliest", "latest", "offset", "shift", "duration", "datetime".
    """

    group: str
    topic: str
    to: str
    was: dict[str, int]
    offsets: dict[str, int]


@event("offsets_refused", mark="error")
class OffsetsRefused(Event):
    """They could not be moved; error: Kafka's name, such as NON_EMPTY_GROUP. topic: "" for all of the group."""

    group: str
    topic: str
    error: str
    reason: str
