"""What the simulation remembers of each replica, so that a check costs as much as what changed.

After each step of a broker its replicas are compared with what was seen before: batches that came,
batches that went, a high watermark that moved, a role that changed. Each difference is handed to the
invariants as a ``Change``. Logs only grow at their end and are cut at their end, so the differences
add up to the whole truth.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from struct import Struct
from zlib import crc32

from engine.replication.leader import Leader
from engine.replication.partition import Partition

Key = tuple[str, int]
_LINK = Struct("<IqqI")


@dataclass(slots=True)
class Seen:
    """A batch as the simulation remembers it. chain: a hash of it and of all batches before it."""

    base: int
    last: int
    epoch: int
    crc: int
    chain: int


@dataclass(slots=True)
class Shadow:
    """A replica as it was seen last. mark: (log end, high watermark, epoch, leads, isr, pending)."""

    broker: int
    key: Key
    batches: list[Seen] = field(default_factory=list)
    end: int = 0
    high_watermark: int = 0
    role_epoch: int = -1
    leads: bool = False
    life: int = 0
    mark: tuple[object, ...] = ()


@dataclass(slots=True)
class Change:
    """What one step did to one replica. cut: batches that went. added: batches that came.

    was_high_watermark, was_leader_epoch (-1: did not lead): before the step.
    """

    shadow: Shadow
    partition: Partition
    cut: list[Seen]
    added: list[Seen]
    was_high_watermark: int
    was_leader_epoch: int
    new_life: bool

    @property
    def leader(self) -> Leader | None:
        return self.partition.leader


def look(shadow: Shadow, partition: Partition, life: int) -> Change | None:
    """Bring ``shadow`` up to date. None if nothing changed."""
    log, role = partition.log, partition.role
    leads = role.__class__ is Leader
    mark = (
        log.log_end, partition.high_watermark, role.epoch if role else -1, leads, life,
        tuple(role.isr) if leads else (), tuple(role.pending or ()) if leads else (),  # type: ignore[union-attr]
    )  # fmt: skip
    if mark == shadow.mark:
        return None
    new_life = life != shadow.life
    change = Change(
        shadow, partition, [], [], shadow.high_watermark, shadow.role_epoch if shadow.leads else -1, new_life
    )
    while shadow.batches and shadow.batches[-1].last >= log.log_end:
        change.cut.append(shadow.batches.pop())
    end = shadow.batches[-1].last + 1 if shadow.batches else 0
    for seen in _from(partition, end, shadow.batches[-1].chain if shadow.batches else 0):
        shadow.batches.append(seen)
        change.added.append(seen)
    shadow.end, shadow.high_watermark = log.log_end, partition.high_watermark
    shadow.role_epoch, shadow.leads, shadow.life, shadow.mark = role.epoch if role else -1, leads, life, mark
    return change


def _from(partition: Partition, offset: int, chain: int) -> Iterator[Seen]:
    log = partition.log
    for batch in log.batches(offset, log.log_end):
        chain = crc32(_LINK.pack(chain, batch.base_offset, batch.leader_epoch, batch.crc))
        yield Seen(batch.base_offset, batch.last_offset, batch.leader_epoch, batch.crc, chain)
