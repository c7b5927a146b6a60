"""What the account wants done to the log, handed to those who do it, and what it wants told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import events
from engine.kinesis.gateway.jobs import FIND, Job
from engine.kinesis.gateway.telling import first
from engine.kinesis.service import outcomes as o
from engine.machine import Effect, Tell
from engine.world.loop import FOREVER

if TYPE_CHECKING:
    from engine.kinesis.gateway.gateway import Gateway

OFTEN = ("put_throttled", "read_throttled", "iterator_expired")


def act(g: Gateway, now: int, effects: list[Effect]) -> None:
    """Hand what is pending to those who do it."""
    for action in g.account.advance(now, g.calendar_ms(now)):
        if isinstance(action, o.Announce):
            _announce(g, now, action, effects)
        elif isinstance(action, o.SealShard):
            g.sealing.append(action)
        else:
            if isinstance(action, o.DropTopic):
                g.lanes.drop(action.topic)
                g.jobs.drop(action.topic)
                g.subscriptions.drop(action.topic)
                g.sealing = [one for one in g.sealing if one.topic != action.topic]
            g.topics.give(action)
    g.due_at = g.account.due()


def _announce(g: Gateway, now: int, action: o.Announce, effects: list[Effect]) -> None:
    fields = action.fields
    if action.event in OFTEN and not first(g, now, (action.event, f"{fields['stream']}/{fields['shard']}",
                                                     str(fields["client"]))):  # fmt: skip
        return
    effects.append(Tell(events.EVENTS[action.event](**fields)))
    if action.event == "stream_deleted" and g.book is not None:
        g.book.forget(str(fields["stream"]))


def seal(g: Gateway) -> None:
    """Ask for the end of each shard that nothing is on its way to any more."""
    for action in list(g.sealing):
        if g.lanes.quiet(action.topic, action.partition):
            g.sealing.remove(action)
            g.jobs.give(Job(action, action.topic, action.partition, FIND, FOREVER))
