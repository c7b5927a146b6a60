"""What only looks. One way in for the HTTP API and the WebSocket. All raise Refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from playground.engine_client import Refused
from playground.runtime import current

FIRST = "demo"  # the sandbox that is always there
HELLO_EVENTS = 200  # what somebody new is told of the past
EVENTS_AT_ONCE_MAX = 2_000
HEALTH_SECONDS = 2.0
LOOK_SECONDS = 60.0  # from before all snapshots, the past takes its time


@dataclass(slots=True)
class Past:
    """last: the number of the newest event listed (or known). resync: the numbers nobody can be told any more."""

    events: list[dict[str, Any]]
    last: int
    resync: dict[str, int] | None


async def sandboxes(*, owner: str = "") -> list[dict[str, Any]]:
    """All there are, as in docs/api.md. owner: who asks; it decides which are "yours"."""
    return list(await current().client.ask("sandboxes", owner=owner))


async def scenarios() -> list[dict[str, Any]]:
    """What a sandbox can be made from by name: [{"id", "brokers", "partitions"}]"""
    return list(await current().client.ask("scenarios"))


async def worlds(*, owner: str = "") -> list[dict[str, Any]]:
    """Those that somebody has saved, the newest first. owner: who asks."""
    return list(await current().client.ask("worlds", owner=owner))


async def moment(*, sandbox: str, step: int | None, ms: float | None, move: str | None) -> dict[str, Any]:
    """The past: {"state", "events", "traffic"}."""
    found = await current().client.ask("look", sandbox=sandbox, step=step, ms=ms, move=move, timeout=LOOK_SECONDS)
    return dict(found)


async def link(*, sandbox: str, step: int | None) -> dict[str, Any]:
    """The moment as part of an address."""
    return dict(await current().client.ask("link", sandbox=sandbox, step=step, timeout=LOOK_SECONDS))


async def pieces(ask: str, **fields: Any) -> AsyncIterator[dict[str, Any]]:
    """Answers of bytes ("data"), one after the other, until there is no "next"."""
    start: Any = 0
    while start is not None:
        piece = await current().client.ask(ask, timeout=LOOK_SECONDS, **{**fields, "from": start})
        yield piece
        start = piece.get("next")


async def kept_files(*, sandbox: str) -> list[dict[str, Any]]:
    """The files in which a sandbox is kept, one that cannot be opened too: [{"path", "bytes"}]"""
    return list(await current().client.ask("kept_files", sandbox=sandbox))


async def state(*, sandbox: str) -> dict[str, Any]:
    return dict(await current().client.ask("state", sandbox=sandbox))


async def place(*, sandbox: str) -> dict[str, Any]:
    """Where it stands: {"event", "kafka"}, the number of the newest event and where brokers listen."""
    return dict(await current().client.ask("place", sandbox=sandbox))


async def events_after(*, sandbox: str, since: int, limit: int = EVENTS_AT_ONCE_MAX) -> list[dict[str, Any]]:
    """The numbered events after number ``since``, oldest first, at most ``limit``."""
    result = await current().client.ask("events", sandbox=sandbox, since=since, limit=limit)
    events: list[dict[str, Any]] = result["events"] if isinstance(result, dict) else result
    return events


async def past(*, sandbox: str, since: int, newest: int) -> Past:
    """What a viewer who knows everything up to ``since`` (0: nothing) has to be told.

    newest: the number of the newest event.

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


async def record(*, sandbox: str, topic: Any, partition: Any, offset: Any, **moment: Any) -> dict[str, Any]:
    """One record in detail. moment: step and ms, for what was known of it then."""
    if not isinstance(topic, str) or type(partition) is not int or type(offset) is not int:
        raise Refused(422, "INVALID_REQUEST", "A record has a topic (text), a partition and an offset (whole numbers).")
    return dict(
        await current().client.ask(
            "record", sandbox=sandbox, topic=topic, partition=partition, offset=offset, timeout=LOOK_SECONDS, **moment
        )
    )


async def health() -> dict[str, Any]:
    """{"kafka", "sandboxes"}: where clients connect to, once those ports answer. Raises Refused while they do not.

    kafka: of the first sandbox. sandboxes: all, with their addresses.
    """
    client = current().client
    found = await client.ask("health", timeout=HEALTH_SECONDS)
    if client.state != "ready" or found.get("ok") is False:
        first = next((problem for problem in found.get("problems", []) if problem["sandbox"] == FIRST), None)
        if first is not None:
            raise Refused(503, first["code"], first["reason"])
        raise Refused(503, "NOT_READY", "The Kafka ports do not answer yet.")
    return {"kafka": list(client.kafka), "sandboxes": found.get("sandboxes", [])}


async def lesson_of(*, sandbox: str) -> dict[str, Any] | None:
    """The document that is played there; None where there is no lesson."""
    found = await current().client.ask("lesson", sandbox=sandbox)
    lesson: dict[str, Any] | None = dict(found or {}).get("lesson")
    return lesson


async def run_of(*, sandbox: str, events_max: int) -> dict[str, Any]:
    """What was done and what happened: {"deeds", "from_step", "from_ms", "step", "at_ms", "events", "state"}."""
    client = current().client
    found = dict(await client.ask("deeds", sandbox=sandbox, timeout=LOOK_SECONDS))
    state_now = dict(await client.ask("state", sandbox=sandbox))
    events: list[dict[str, Any]] = []
    since = max(0, state_now["event"] - events_max)
    while since < state_now["event"]:
        more = await events_after(sandbox=sandbox, since=since)
        if not more:
            break
        events += more
        since = more[-1]["n"]
    return {**found, "events": events, "state": state_now}


async def aws_counted(*, sandbox: str) -> dict[str, Any]:
    """What went in and out of each shard in the last minutes."""
    return dict(await current().client.ask("aws_counted", sandbox=sandbox) or {})


async def aws_model(*, sandbox: str) -> dict[str, Any]:
    """What AWS operations there are, and what each takes."""
    return dict(await current().client.ask("aws_model", sandbox=sandbox) or {})
