"""A partition of three replicas on B1's disk, and batches to fill it."""

from __future__ import annotations

from typing import Any

from engine.quorum.records import PartitionRecord
from engine.replication.partition import Partition
from engine.storage.disk import MemoryDisk
from engine.storage.log import Log
from engine.wire.records import Record, encode_batch


def record(leader: int = 1, epoch: int = 0, isr: tuple[int, ...] = (1, 2, 3), change: int = 0) -> PartitionRecord:
    return PartitionRecord("pedidos", 0, [1, 2, 3], list(isr), leader, epoch, change)


def partition(mark: int = 0) -> Partition:
    return Partition(1, record(leader=-1), Log(MemoryDisk(), "pedidos", 0), mark, 1)


def led(isr: tuple[int, ...] = (1, 2, 3), records: int = 0, now: int = 0) -> Any:
    """B1 leads it in epoch 0; ``records`` are in its log."""
    made = partition()
    made.become(now, record(isr=isr))
    append(made, records)
    return made


def append(to: Partition, count: int, epoch: int = 0) -> None:
    for _ in range(count):
        to.log.append_as_leader([encode_batch([Record(0, 0, None, b"x", [])])], epoch)
