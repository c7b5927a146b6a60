"""What the simulation remembers of each replica, so that a check costs as much as what changed.

After each step of a broker its replicas are compared with what was seen before, a few identities and
numbers each; only where one differs, the difference is made out: batches that came, batches that went, a
high watermark that moved, a role that changed. It is handed to the invariants as a ``Change``.

Logs grow at their end, are cut at their end, and lose old segments at their beginning, so the differences
add up to the whole truth. A compacted log also changes in its middle: then it is read anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import Struct
from typing import Any
from zlib import crc32

from engine.replication.leader import Leader
from engine.replication.partition import Partition

Key = tuple[str, int]
Chains = dict[tuple[Key, int, int], int]  # by partition, base offset and epoch
_LINK = Struct("<IqqI")


@dataclass(slots=True)
class Seen:
    """A batch as the simulation remembers it.

    chain: a hash of it and of all batches before it; -1 where those are gone and nobody has seen this one before.
    """

    base: int
    last: int
    epoch: int
    crc: int
    chain: int


@dataclass(slots=True)
class Shadow:
    """A replica as it was seen last. Its batches, oldest first, from ``start`` up to, not including, ``end``.

    compacts: its log is cleaned in the middle. isr, pending: the very lists of the leader's role.
    tail: the offset after the last batch, and its chain; they stay when retention takes all.
    """

    broker: int
    key: Key
    compacts: bool = False
    batches: list[Seen] = field(default_factory=list)
    start: int = 0
    end: int = 0
    high_watermark: int = 0
    role: Any = None
    role_epoch: int = -1
    leads: bool = False
    isr: Any = None
    pending: Any = None
    segments: list[Any] = field(default_factory=list)
    life: int = 0
    tail: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class Change:
    """What one step did to one replica. cut: batches that went, the last one first. added: batches that came.

    was_high_watermark, was_end, was_leader_epoch (-1: did not lead): before the step. new_life: the log was
    opened again. cleaned: it may have changed anywhere. before: after a recovery, what was there before it.
    """

    shadow: Shadow
    partition: Partition
    cut: list[Seen]
    added: list[Seen]
    was_high_watermark: int
    was_end: int
    was_leader_epoch: int
    new_life: bool
    cleaned: bool = False
    before: list[Seen] = field(default_factory=list)

    @property
    def leader(self) -> Leader | None:
        return self.partition.leader


def changed(shadow: Shadow, partition: Partition) -> bool:
    """Quickly: whether ``look`` would find anything, in the same life."""
    log, role = partition.log, partition.role
    return not (
        log.log_end == shadow.end
        and partition.high_watermark == shadow.high_watermark
        and role is shadow.role
        and log.log_start == shadow.start
        and (not shadow.leads or (role.isr is shadow.isr and role.pending is shadow.pending))
        and (not shadow.compacts or log.segments == shadow.segments)
    )


def look(shadow: Shadow, partition: Partition, life: int, chains: Chains, floor: int) -> Change:
    """Bring ``shadow`` up to date.

    chains: all that were ever seen. floor: some replica begins there: what lies before it means nothing any more, and
    a chain goes on there as it did elsewhere.
    """
    log, role = partition.log, partition.role
    new_life = life != shadow.life
    was_epoch = shadow.role_epoch if shadow.leads else -1
    change = Change(
        shadow, partition, [], [], shadow.high_watermark, shadow.end, was_epoch, new_life,
        shadow.compacts and log.segments[:-1] != shadow.segments[: max(len(log.segments) - 1, 0)],
    )  # fmt: skip
    if new_life or change.cleaned:
        change.before, shadow.batches, shadow.tail = shadow.batches, [], (0, 0)
        change.cut = [batch for batch in reversed(change.before) if batch.last >= log.log_end]
        _take_in(shadow, partition, chains, floor)
        if change.cleaned or not change.before:
            change.added = list(shadow.batches)
    else:
        batches = shadow.batches
        if log.log_start > shadow.start:
            gone = 0
            while gone < len(batches) and batches[gone].last < log.log_start:
                gone += 1
            del batches[:gone]
        while batches and batches[-1].last >= log.log_end:
            change.cut.append(batches.pop())
        if change.cut:
            shadow.tail = (batches[-1].last + 1, batches[-1].chain) if batches else (0, 0)
        begun = len(batches)
        if log.log_end > (batches[-1].last + 1 if batches else log.log_start):
            _take_in(shadow, partition, chains, floor)
            change.added = batches[begun:]
    shadow.start, shadow.end, shadow.high_watermark = log.log_start, log.log_end, partition.high_watermark
    shadow.role, shadow.leads, shadow.life = role, role.__class__ is Leader, life
    shadow.role_epoch = role.epoch if role is not None else -1
    if shadow.leads:
        shadow.isr, shadow.pending = role.isr, role.pending  # type: ignore[union-attr]
    if shadow.compacts:
        shadow.segments = list(log.segments)
    return change


def _take_in(shadow: Shadow, partition: Partition, chains: Chains, floor: int) -> None:
    batches, log = shadow.batches, partition.log
    start = batches[-1].last + 1 if batches else log.log_start
    chain = shadow.tail[1] if shadow.tail[0] == start else batches[-1].chain if batches else -1
    for batch in log.batches(start, log.log_end):
        base, last, epoch, crc = batch.base_offset, batch.last_offset, batch.leader_epoch, batch.crc
        known = chains.get((shadow.key, base, epoch)) if chain < 0 or 0 < base <= floor else None
        if known is not None:
            chain = known
        elif chain >= 0:
            chain = crc32(_LINK.pack(chain, base, epoch, crc))
        batches.append(Seen(base, last, epoch, crc, chain))
    if batches:
        shadow.tail = (batches[-1].last + 1, chain)
