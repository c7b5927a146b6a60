"""Clients, real and simulated."""

from __future__ import annotations

from engine.events.base import Event, event


@event("client_connected", mark="people")
class ClientConnected(Event):
    """A real client said its name for the first time since it connected last."""

    client: str
    software: str
    version: str
    broker: int
    peer: str


@event("client_gone", mark="people")
class ClientGone(Event):
    """Its last connection to any broker is closed."""

    client: str


@event("client_gave_up", mark="people")
class ClientGaveUp(Event):
    """Time stood still for longer than it waits for an answer: its connection is closed, and only that.

    why: "session", its own as a member of a group, or "other", what clients wait at most otherwise.
    """

    client: str
    patience_ms: int
    why: str


@event("producer_added", mark="people")
class ProducerAdded(Event):
    producer: str
    topic: str


@event("producer_changed", mark="people")
class ProducerChanged(Event):
    """what: "started", "stopped", "finished", "removed", "rate", "acks", "keys", "late", "repeated", "restarted".

    value of "restarted": how many records without an answer it sends again.
    """

    producer: str
    what: str
    value: str


@event("consumer_added", mark="people")
class ConsumerAdded(Event):
    group: str
    consumer: str


@event("consumer_changed", mark="people")
class ConsumerChanged(Event):
    """what: "started", "stopped", "removed", "crashed", "paused", "woken", "poll_ms", "max_poll_records", "work_ms".

    Or "too_slow": it leaves its group, for it has not polled for ``value`` milliseconds.
    """

    group: str
    consumer: str
    what: str
    value: str
