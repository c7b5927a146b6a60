"""Brokers come, go, and are missed."""

from __future__ import annotations

from engine.events.base import Event, event


@event("broker_started", mark="people")
class BrokerStarted(Event):
    """The process runs; it still has to register and catch up with the metadata."""

    broker: int


@event("broker_unfenced", mark="people")
class BrokerUnfenced(Event):
    """The controller lets it serve: it registered and caught up."""

    broker: int


@event("broker_added", mark="people")
class BrokerAdded(Event):
    broker: int


@event("broker_stopping", mark="people")
class BrokerStopping(Event):
    """A controlled shutdown has begun: its leaderships move first."""

    broker: int
    leads: int


@event("broker_stopped", mark="people")
class BrokerStopped(Event):
    broker: int


@event("broker_crashed", mark="fault")
class BrokerCrashed(Event):
    broker: int
    leads: int


@event("broker_fenced", mark="fault")
class BrokerFenced(Event):
    """The controller has not heard from it for the session timeout."""

    broker: int
    silent_ms: int
