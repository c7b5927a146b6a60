"""Who is there: places where brokers stand, and simulated clients that people added."""

from __future__ import annotations

from dataclasses import dataclass

from engine.storage.disk import MemoryDisk


@dataclass(slots=True)
class Place:
    """Where a broker stands. state: "running" (its process), "stopping", "stopped", "crashed".

    disk: outlives the broker's lives. since: of this state. life: running number.
    """

    broker: int
    disk: MemoryDisk
    state: str
    since: int
    life: int = 1


@dataclass(slots=True)
class Hand:
    """A simulated client. node: its node's name. kind: "producer" or "consumer". removing: it says goodbye."""

    node: str
    kind: str
    group: str = ""
    removing: bool = False
