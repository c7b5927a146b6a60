"""Who leads, who is in sync: the controller's decisions on partitions, as pure functions of the image.

Rules (KIP-631; ``ReplicationControlManager`` and ``PartitionChangeBuilder``):

- A leader comes from the ISR and must be active; the order of the replica list decides, its first
  is the *preferred* leader. Only where ``unclean.leader.election.enable`` allows it may a replica
  outside the ISR lead, and then records may be lost.
- A new leader is a new leader epoch. So is having none.
- Who goes away leaves the ISR, except the last one: it alone may hold records that were
  acknowledged, so the partition waits for it (leader -1) instead of forgetting them.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.quorum.image import NO_LEADER, MetadataImage
from engine.quorum.records import MovingPartitionRecord, PartitionRecord


@dataclass(slots=True)
class Decision:
    """A partition's next state, and why it is so (an event's ``why``)."""

    was: PartitionRecord
    now: PartitionRecord
    why: str

    @property
    def new_leader(self) -> bool:
        return self.now.leader != self.was.leader or self.now.leader_epoch != self.was.leader_epoch


def _next(was: PartitionRecord, isr: list[int], leader: int) -> PartitionRecord:
    epoch = was.leader_epoch + (leader != was.leader)
    state = was.topic, was.partition, was.replicas, isr, leader, epoch, was.partition_epoch + 1
    if was.adding or was.removing:
        return MovingPartitionRecord(*state, was.adding, was.removing)
    return PartitionRecord(*state)


def elect(image: MetadataImage, replicas: list[int], isr: list[int]) -> int:
    """The first by assignment that is in sync and active."""
    return next((b for b in replicas if b in isr and image.active(b)), NO_LEADER)


def _elect(image: MetadataImage, was: PartitionRecord, isr: list[int], without: int = NO_LEADER) -> int:
    """The leader among ``isr``: the present one if it can stay, else the first active by assignment."""
    able = [b for b in was.replicas if b in isr and b != without and image.active(b)]
    if was.leader in able:
        return was.leader
    return able[0] if able else NO_LEADER


def leave(image: MetadataImage, broker: int, why: str) -> list[Decision]:
    """``broker`` leads nothing any more and is in no ISR that has somebody else who is able."""
    decisions = []
    for was in image.held_by(broker):
        if broker not in was.isr and was.leader != broker:
            continue
        rest = [b for b in was.isr if b != broker]
        isr = rest or list(was.isr)
        leader = _elect(image, was, rest, without=broker)
        if leader == NO_LEADER and _unclean(image, was.topic):
            leader, isr = _elect_unclean(image, was, broker, isr)
        if isr != was.isr or leader != was.leader:
            decisions.append(Decision(was, _next(was, isr, leader), why))
    return decisions


def _unclean(image: MetadataImage, topic: str) -> bool:
    return image.topics[topic].configs.get("unclean.leader.election.enable") == "true"


def _elect_unclean(image: MetadataImage, was: PartitionRecord, gone: int, isr: list[int]) -> tuple[int, list[int]]:
    able = [b for b in was.replicas if b != gone and image.active(b)]
    return (able[0], [able[0]]) if able else (NO_LEADER, isr)


def come_back(image: MetadataImage, broker: int) -> list[Decision]:
    """``broker`` has become active: partitions that waited for it get their leader."""
    decisions = []
    for was in image.held_by(broker):
        if was.leader != NO_LEADER:
            continue
        if broker in was.isr:
            decisions.append(Decision(was, _next(was, list(was.isr), broker), "returned"))
        elif _unclean(image, was.topic) and not any(image.active(b) for b in was.isr):
            decisions.append(Decision(was, _next(was, [broker], broker), "unclean"))
    return decisions


def prefer(image: MetadataImage) -> list[Decision]:
    """Give each partition back to its preferred leader where that one is in sync and active."""
    decisions = []
    for topic in image.topics.values():
        for was in topic.partitions.values():
            first = was.replicas[0]
            if was.leader not in (first, NO_LEADER) and first in was.isr and image.active(first):
                decisions.append(Decision(was, _next(was, list(was.isr), first), "preferred"))
    return decisions


def change_isr(was: PartitionRecord, isr: list[int], why: str) -> Decision:
    """The leader's own wish, already checked: kept in the order of the replica list."""
    return Decision(was, _next(was, [b for b in was.replicas if b in isr], was.leader), why)


def place(brokers: list[int], partitions: int, replication: int, start: int) -> list[list[int]]:
    """Replica lists for a new topic: leaders go round the brokers, followers are the next ones.

    Every round the followers move one further, so that the load of a dead leader spreads
    (``StripedReplicaPlacer``). start: which broker gets the first leader.
    """
    n = len(brokers)
    lists = []
    for p in range(partitions):
        first = (start + p) % n
        shift = (p // n) % max(1, n - 1)
        others = [brokers[(first + 1 + (shift + i) % max(1, n - 1)) % n] for i in range(replication - 1)]
        lists.append([brokers[first], *others])
    return lists
