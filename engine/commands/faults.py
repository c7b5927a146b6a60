"""Faults as commands: what goes wrong in a data centre, done on purpose.

They are inputs like any other: a click on the page, a line of a transcript, and what the simulation does
to its clusters are the same thing, so a run that failed is its scenario, its seed and its inputs.

A node is named as the World names it: "B1" a broker, "C1" the controller, a simulated client by its name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from engine.commands.base import Command, later, ranged
from engine.limits import DRIFT_PPM_MAX, FAULT_MS_MAX, SKEW_MS_MAX


@dataclass(slots=True)
class PowerOffBroker(Command):
    """The power is cut: like a crash, and what was not synced to the disk is lost in part, page by page."""

    do: ClassVar[str] = "power_off_broker"
    broker: int


@dataclass(slots=True)
class PauseBroker(Command):
    """Its process stands still for so long (a long garbage collection); what comes meanwhile waits."""

    do: ClassVar[str] = "pause_broker"
    broker: int
    ms: int = ranged(1, FAULT_MS_MAX, default=3_000)


@dataclass(slots=True)
class SlowDisk(Command):
    """Each fsync takes so long from now on; 0 is the usual."""

    do: ClassVar[str] = "slow_disk"
    broker: int
    ms: int = ranged(0, FAULT_MS_MAX, default=500)


@dataclass(slots=True)
class FillDisk(Command):
    """The disk is full: nothing more can be written to logs."""

    do: ClassVar[str] = "fill_disk"
    broker: int


@dataclass(slots=True)
class FreeDisk(Command):
    """There is room again."""

    do: ClassVar[str] = "free_disk"
    broker: int


@dataclass(slots=True)
class FailDisk(Command):
    """The disk cannot make anything durable any more: the next fsync ends with an error. mended: it can again."""

    do: ClassVar[str] = "fail_disk"
    broker: int
    mended: bool = False


@dataclass(slots=True)
class FlipBit(Command):
    """One bit in one of the broker's files turns over. path: as its folder shows it. byte: counted from 0."""

    do: ClassVar[str] = "flip_bit"
    broker: int
    path: str
    byte: int
    bit: int = ranged(0, 7, default=0)


@dataclass(slots=True)
class CutLink(Command):
    """What ``source`` sends to ``target`` waits until the link is healed; ``both``: the way back too."""

    do: ClassVar[str] = "cut_link"
    source: str
    target: str
    both: bool = True


@dataclass(slots=True)
class DelayLink(Command):
    """What ``source`` sends to ``target`` takes so much longer; ``both``: the way back too."""

    do: ClassVar[str] = "delay_link"
    source: str
    target: str
    ms: int = ranged(0, FAULT_MS_MAX, default=200)
    both: bool = True


@dataclass(slots=True)
class IsolateBroker(Command):
    """It is cut off from the controller and the other brokers; clients still reach it."""

    do: ClassVar[str] = "isolate_broker"
    broker: int


@dataclass(slots=True)
class HealLinks(Command):
    """Cuts and delays end: all of them, only those of one node, or only those between ``node`` and ``other``."""

    do: ClassVar[str] = "heal_links"
    node: str | None = None
    other: str | None = field(default=None, metadata=later())


@dataclass(slots=True)
class ResetConnections(Command):
    """All connections of a node break, and what is on its way on them is lost: executed perhaps, the answer gone.

    other: only those between the two.
    """

    do: ClassVar[str] = "reset_connections"
    node: str
    other: str | None = None


@dataclass(slots=True)
class SkewClock(Command):
    """A broker's clock is so much ahead (or behind, below 0) and gains so many millionths from now on."""

    do: ClassVar[str] = "skew_clock"
    broker: int
    ms: int = ranged(-SKEW_MS_MAX, SKEW_MS_MAX, default=0)
    drift_ppm: int = ranged(-DRIFT_PPM_MAX, DRIFT_PPM_MAX, default=0)


@dataclass(slots=True)
class PauseConsumer(Command):
    """A simulated consumer's process stands still for so long, heartbeats and all: its group may go on without it."""

    do: ClassVar[str] = "pause_consumer"
    consumer: str
    ms: int = ranged(1, FAULT_MS_MAX, default=7_000)


@dataclass(slots=True)
class EndPause(Command):
    """A broker or a simulated consumer that stands still goes on at once."""

    do: ClassVar[str] = "end_pause"
    node: str


@dataclass(slots=True)
class DropClient(Command):
    """All connections of a client break, a real one's sockets too; it may come back at once, and mostly does.

    host: of the real ones of that name only those from there.
    """

    do: ClassVar[str] = "drop_client"
    client: str
    host: str | None = None


FAULTS: tuple[type[Command], ...] = (
    PowerOffBroker, PauseBroker, SlowDisk, FillDisk, FreeDisk, FailDisk, FlipBit, CutLink, DelayLink, IsolateBroker,
    HealLinks, ResetConnections, SkewClock, PauseConsumer, EndPause, DropClient,
)  # fmt: skip
