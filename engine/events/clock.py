"""What happens to time itself."""

from __future__ import annotations

from engine.events.base import Event, event


@event("paused", mark="time", meaningful=False)
class Paused(Event):
    pass


@event("resumed", mark="time", meaningful=False)
class Resumed(Event):
    pass


@event("speed_set", mark="time", meaningful=False)
class SpeedSet(Event):
    """limited_by: the client for whose sake it is less than was asked for, or ""."""

    speed: float
    asked: float
    limited_by: str


@event("rebased", mark="time", meaningful=False)
class Rebased(Event):
    """The machine was too busy to keep up: virtual time was let fall behind instead of chasing it."""

    behind_ms: int


@event("restarted", mark="time", meaningful=False)
class Restarted(Event):
    """The playground was started again: the journal was replayed, real clients' connections are gone."""

    inputs: int
    away_ms: int


@event("branched", mark="time", meaningful=False)
class Branched(Event):
    """This sandbox began as what another (``of``, called ``name``) was after ``step`` steps."""

    of: str
    step: int
    name: str


@event("thawed", mark="time", meaningful=False)
class Thawed(Event):
    """Nobody had looked for long, and no real client was there: time stood still, until now."""

    away_ms: int


@event("storage_full", mark="fault", meaningful=False)
class StorageFull(Event):
    """The sandbox holds as many bytes of records as it may: its brokers' disks are full."""

    bytes: int
    limit: int


@event("storage_freed", mark="people", meaningful=False)
class StorageFreed(Event):
    """There is room again on the brokers' disks."""

    bytes: int
