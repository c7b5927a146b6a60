"""What only looks. One way in for the HTTP API and the WebSocket. All raise Refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playground.engine_client import Refused
from playground.runtime import current

HELLO_EVENTS = 200  # what somebody new is told of the past
EVENTS_AT_ONCE_MAX = 2_000
HEALTH_SECONDS = 2.0


@dataclass(slots=True)
class Past:
    """last: the number of the newest event listed (or known). resync: the numbers nobody can be told any more."""

    events: list[dict[str, Any]]
    last: int
    resync: dict[str, int] | None


async def sandboxes() -> list[dict[str, Any]]:
    """[{"name", "kafka", "paused", "problem"}]"""
    return list(await current().client.ask("sandboxes"))


async def state(*, sandbox: str) -> dict[str, Any]:
    return dict(await current().client.ask("state", sandbox=sandbox))


async def events_after(*, sandbox: str, since: int, limit: int = EVENTS_AT_ONCE_MAX) -> list[dict[str, Any]]:
    """The numbered events after number ``since``, oldest first, at most ``limit``."""
    result = await current().client.ask("events", sandbox=sandbox, since=since, limit=limit)
    events: list[dict[str, Any]] = result["events"] if isinstance(result, dict) else result
    return events


async def past(*, sandbox: str, since: int, newest: int) -> Past:
    """What a viewer who knows everything up to ``since`` (0: nothing) has to be told.

    newest: the number of the newest event, from the state.

    A gap is named when too much has happened, when the engine keeps it no longer, and when the viewer
    knows a future that never was (the sandbox was started over).
    """
    start = since
    if since <= 0 or since > newest or newest - since > EVENTS_AT_ONCE_MAX:
        start = max(0, newest - HELLO_EVENTS)
    events = await events_after(sandbox=sandbox, since=start)
    first = events[0]["n"] if events else start + 1
    missed = since > 0 and first != since + 1
    resync = {"from": min(since, first - 1) + 1 if since <= newest else 1, "to": first - 1} if missed else None
    return Past(events, events[-1]["n"] if events else start, resync)


async def record(*, sandbox: str, topic: Any, partition: Any, offset: Any) -> dict[str, Any]:
    """One record in detail."""
    if not isinstance(topic, str) or type(partition) is not int or type(offset) is not int:
        raise Refused(422, "INVALID_REQUEST", "A record has a topic (text), a partition and an offset (whole numbers).")
    return dict(
        await current().client.ask("record", sandbox=sandbox, topic=topic, partition=partition, offset=offset)
    )


async def kafka_addresses() -> list[str]:
    """Where Kafka clients connect to, once those ports answer. Raises Refused while they do not."""
    client = current().client
    health = await client.ask("health", timeout=HEALTH_SECONDS)
    if client.state != "ready" or (isinstance(health, dict) and health.get("ok") is False):
        raise Refused(503, "NOT_READY", "The Kafka ports do not answer yet.")
    return list(client.kafka)
