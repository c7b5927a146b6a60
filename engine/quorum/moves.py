"""Replicas go to other brokers while everybody writes and reads (KIP-455): added, caught up, then the old ones removed.

Theory of operation (``ReplicationControlManager``, ``PartitionReassignmentReplicas``)
--------------------------------------------------------------------------------------
The wish is a list of brokers, the *target*. Until it is reached the partition's record (MovingPartitionRecord) holds
the target and the old replicas together: those that are new are ``adding``, those that shall go ``removing``.

    ask -> all are replicas -> the new ones copy -> each joins the ISR when it has caught up
        -> all of ``adding`` are in the ISR: ``removing`` go, replicas = target

Nothing is kept by fewer replicas meanwhile than before. Who goes leaves the ISR; a leader that goes hands over to the
first of the target that is in sync. Whenever a replica goes the leader epoch rises, so that nobody counts it any more.
To call off is to go back at once: what is ``adding`` goes, the others stay. A new wish replaces one under way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import events
from engine.limits import REPLICATION_MAX
from engine.quorum.configs import Refusal
from engine.quorum.elections import Decision, elect
from engine.quorum.image import NO_LEADER, MetadataImage
from engine.quorum.records import MovingPartitionRecord, PartitionRecord
from engine.wire import errors
from engine.wire.messages import (
    AlterPartitionReassignmentsRequest,
    AlterPartitionReassignmentsResponse,
    ListPartitionReassignmentsRequest,
    ListPartitionReassignmentsResponse,
    Reassign,
    Reassigned,
    Reassigning,
)

if TYPE_CHECKING:
    from engine.quorum.controller import Controller

MOVED = "moved"


# --- requests


def alter(
    controller: Controller, now: int, body: AlterPartitionReassignmentsRequest
) -> AlterPartitionReassignmentsResponse:
    parts = []
    for wish in body.parts:
        done = Reassigned(wish.topic, wish.partition)
        parts.append(done)
        try:
            decision = begin(controller.image, wish)
        except Refusal as refusal:
            done.error, done.message = refusal.error, refusal.message
            continue
        if decision is not None:
            _tell_begun(controller, decision)
            controller.carry_out(now, [decision])
    return AlterPartitionReassignmentsResponse(parts)


def listed(image: MetadataImage, body: ListPartitionReassignmentsRequest) -> ListPartitionReassignmentsResponse:
    found = [
        Reassigning(p.topic, p.partition, list(p.replicas), list(p.adding), list(p.removing))
        for topic in image.topics.values()
        for p in topic.partitions.values()
        if moves(p) and (body.parts is None or (p.topic, p.partition) in body.parts)
    ]
    return ListPartitionReassignmentsResponse(found)


# --- decisions


def moves(p: PartitionRecord) -> bool:
    return bool(p.adding or p.removing)


def begin(image: MetadataImage, wish: Reassign) -> Decision | None:
    """The first step of what is wished. None: there is nothing to do. Raises Refusal with Kafka's error code."""
    was = image.partition(wish.topic, wish.partition)
    if was is None:
        raise Refusal(errors.UNKNOWN_TOPIC_OR_PARTITION, f"There is no {wish.topic[:60]}-{wish.partition}.")
    if wish.replicas is None:
        return _call_off(image, was)
    target = list(wish.replicas)
    _check(image, target)
    origin = [b for b in was.replicas if b not in was.adding]
    adding = [b for b in target if b not in origin]
    removing = [b for b in was.replicas if b not in target]
    if [*target, *removing] == was.replicas and (adding, removing) == (was.adding, was.removing):
        return None
    if not adding and not removing:  # another order, or all is there
        return Decision(was, _record(was, target, was.isr, was.leader, was.leader_epoch), MOVED)
    now = MovingPartitionRecord(
        was.topic, was.partition, [*target, *removing], _ordered([*target, *removing], was.isr), was.leader,
        was.leader_epoch, was.partition_epoch + 1, adding, removing,
    )  # fmt: skip
    return Decision(was, now, "moving")


def _check(image: MetadataImage, target: list[int]) -> None:
    unknown = [b for b in target if b not in image.brokers]
    if unknown:
        known = ", ".join(str(b) for b in sorted(image.brokers))
        raise Refusal(errors.INVALID_REPLICA_ASSIGNMENT, f"There is no broker {unknown[0]}; there are {known}.")
    if not target or len(dict.fromkeys(target)) != len(target):
        raise Refusal(errors.INVALID_REPLICA_ASSIGNMENT, "A partition needs at least one broker, each only once.")
    if len(target) > REPLICATION_MAX:
        raise Refusal(errors.INVALID_REPLICA_ASSIGNMENT, f"A partition has at most {REPLICATION_MAX} replicas.")


def _call_off(image: MetadataImage, was: PartitionRecord) -> Decision:
    if not moves(was):
        raise Refusal(errors.NO_REASSIGNMENT_IN_PROGRESS, f"{was.topic}-{was.partition} is not being moved.")
    decision = _without(image, was, was.adding)
    if decision is None:
        raise Refusal(
            errors.INVALID_REPLICA_ASSIGNMENT, "None of the old replicas is in sync and alive: wait for one of them."
        )
    return decision


def completed(image: MetadataImage, p: PartitionRecord) -> Decision | None:
    """The last step, once all that come are in sync and somebody who stays can lead."""
    if not moves(p) or any(b not in p.isr for b in p.adding):
        return None
    return _without(image, p, p.removing)


def _without(image: MetadataImage, was: PartitionRecord, gone: list[int]) -> Decision | None:
    """``was`` as it is once ``gone`` have gone. None: nobody who stays could lead."""
    replicas = [b for b in was.replicas if b not in gone]
    isr = _ordered(replicas, [b for b in was.isr if b not in gone])
    if not isr:
        return None
    leader = was.leader
    if leader in gone or (leader == NO_LEADER and any(image.active(b) for b in isr)):
        leader = elect(image, replicas, isr)
        if leader == NO_LEADER:
            return None
    return Decision(was, _record(was, replicas, isr, leader, was.leader_epoch + bool(gone)), MOVED)


def _record(was: PartitionRecord, replicas: list[int], isr: list[int], leader: int, epoch: int) -> PartitionRecord:
    isr = _ordered(replicas, isr)
    return PartitionRecord(was.topic, was.partition, replicas, isr, leader, epoch, was.partition_epoch + 1)


def _ordered(replicas: list[int], some: list[int]) -> list[int]:
    return [b for b in replicas if b in some]


# --- what is told


def _tell_begun(controller: Controller, decision: Decision) -> None:
    was, now = decision.was, decision.now
    if moves(now):
        target = [b for b in now.replicas if b not in now.removing]
        where = now.topic, now.partition
        controller.tell(events.ReplicasMoving(*where, list(was.replicas), target, list(now.adding), list(now.removing)))


def tell_done(controller: Controller, decision: Decision) -> None:
    """``decision`` has ended a move, or called one off."""
    was, now = decision.was, decision.now
    where = now.topic, now.partition
    if was.adding and not any(b in now.replicas for b in was.adding):
        controller.tell(events.MoveCancelled(*where, list(now.replicas)))
    else:
        before = [b for b in was.replicas if b not in was.adding]
        controller.tell(events.ReplicasMoved(*where, before, list(now.replicas)))
