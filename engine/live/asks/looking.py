"""Commands, and what a sandbox shows of itself as it is now.

=============  =========================================  ==================================================
ask            takes, besides "sandbox"                   result
=============  =========================================  ==================================================
"command"      actor, command {"id"?, "do", ...}          {"ok", "step", "at_ms", ...}; for "step" also "nothing"
                                                          and "waits_for", a real client, or ""
"state"                                                   the state, as in a frame
"record"       topic, partition, offset                   one record
"events"       since (0), limit (200)                     {"events", "last", "gone"}
"place"                                                   {"event", "kafka"}: the number of the last event, where
                                                          brokers listen
"watch"                                                   {}; frames flow until as many "unwatch" have come
"unwatch"                                                 {}
"key"                                                     {}; the next frame is a whole one, and comes at once
"details"      tails [["FIAP", from, to]]                 {}; these partitions' last records are looked at too
=============  =========================================  ==================================================
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from engine.commands import CommandRefused, parse
from engine.limits import EVENTS_MAX, PARTITIONS_MAX
from engine.live.asks.asking import Handler, Question, Refused, invalid
from engine.live.asks.time import cluster_at

if TYPE_CHECKING:
    from engine.live.control import Facade

ACTOR_MAX = 200


async def command(facade: Facade, question: Question) -> Any:
    stage = await facade.current(question)
    actor = question.get("actor", "")
    if not isinstance(actor, str) or len(actor) > ACTOR_MAX:
        raise invalid(f"An actor is a text of at most {ACTOR_MAX} characters.")
    data = question.get("command")
    parse(data)
    assert isinstance(data, dict)
    return stage.sandbox.command(actor, data)


async def state(facade: Facade, question: Question) -> Any:
    return (await facade.current(question)).state()


async def record(facade: Facade, question: Question) -> Any:
    topic, partition, offset = (question.get(name) for name in ("topic", "partition", "offset"))
    if not isinstance(topic, str) or type(partition) is not int or type(offset) is not int:
        raise invalid("A record is named by topic (text), partition and offset (numbers).")
    cluster = await cluster_at(facade, question)
    try:
        return cluster.record(topic, partition, offset)
    except CommandRefused as missing:
        raise Refused(404, missing.code, missing.reason) from None


async def events(facade: Facade, question: Question) -> Any:
    stage = await facade.current(question)
    since, limit = question.get("since", 0), question.get("limit", 200)
    if type(since) is not int or type(limit) is not int or since < -1 or not 0 <= limit <= EVENTS_MAX:
        raise invalid(f"since is a number of an event, limit 0 to {EVENTS_MAX:,}.")
    return stage.events_since(max(0, since), limit)


def watch(facade: Facade, question: Question) -> Any:
    facade.stage(question).watch()
    return {}


def unwatch(facade: Facade, question: Question) -> Any:
    facade.stage(question).unwatch()
    return {}


def place(facade: Facade, question: Question) -> Any:
    sandbox = facade.stage(question).sandbox
    return {"event": sandbox.world.event_number, "kafka": sandbox.listeners.addresses()}


def key(facade: Facade, question: Question) -> Any:
    facade.stage(question).begin()
    return {}


def details(facade: Facade, question: Question) -> Any:
    facade.stage(question).want(_partitions(question.get("tails")))
    return {}


def _partitions(tails: Any) -> Iterator[tuple[str, int]]:
    if not isinstance(tails, list) or not all(_is_range(one) for one in tails):
        raise invalid('tails is a list of ranges of partitions: ["FIAP", 0, 7].')
    for topic, first, last in tails:
        for number in range(first, last + 1):
            yield topic, number


def _is_range(one: Any) -> bool:
    if not isinstance(one, list) or [type(part) for part in one] != [str, int, int]:
        return False
    return bool(0 <= one[1] <= one[2] < one[1] + PARTITIONS_MAX)


ASKS: dict[str, Handler] = {
    "command": command,
    "state": state,
    "record": record,
    "events": events,
    "watch": watch,
    "unwatch": unwatch,
    "place": place,
    "key": key,
    "details": details,
}
