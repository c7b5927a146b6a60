"""Faults that somebody, or a simulation, has done on purpose (engine/commands/faults.py)."""

from __future__ import annotations

from engine.events.base import Event, event


@event("broker_powered_off", mark="fault")
class BrokerPoweredOff(Event):
    """lost_bytes: what was written to its files and is not there any more, or is zeros now."""

    broker: int
    leads: int
    lost_bytes: int


@event("broker_paused", mark="fault")
class BrokerPaused(Event):
    broker: int
    ms: int


@event("disk_slowed", mark="fault")
class DiskSlowed(Event):
    """ms: what an fsync takes from now on; 0: the usual."""

    broker: int
    ms: int


@event("disk_filled", mark="fault")
class DiskFilled(Event):
    broker: int


@event("disk_freed", mark="people")
class DiskFreed(Event):
    broker: int


@event("disk_broken", mark="fault")
class DiskBroken(Event):
    """Nothing it writes becomes durable any more."""

    broker: int


@event("disk_mended", mark="people")
class DiskMended(Event):
    broker: int


@event("bit_flipped", mark="fault")
class BitFlipped(Event):
    broker: int
    path: str
    byte: int
    bit: int


@event("link_cut", mark="fault")
class LinkCut(Event):
    source: str
    target: str
    both: bool


@event("link_delayed", mark="fault")
class LinkDelayed(Event):
    source: str
    target: str
    both: bool
    ms: int


@event("broker_isolated", mark="fault")
class BrokerIsolated(Event):
    broker: int


@event("links_healed", mark="people")
class LinksHealed(Event):
    """node: only those from it and to it; "" all. other: only those between the two; "" all of node."""

    node: str
    other: str = ""


@event("connections_reset", mark="fault")
class ConnectionsReset(Event):
    """other: only those between the two; "" all of node. connections: how many."""

    node: str
    other: str
    connections: int


@event("clock_skewed", mark="fault")
class ClockSkewed(Event):
    """ms: ahead of the others. drift_ppm: millionths it gains."""

    broker: int
    ms: int
    drift_ppm: int
