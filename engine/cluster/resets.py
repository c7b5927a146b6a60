"""What ``reset_offsets`` does: checks what can be known now; a client of its own does it (clients/resetting.py)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from engine import commands as c
from engine.clients.resetting import Resetting
from engine.cluster.readers import coordinated
from engine.cluster.roster import Hand
from engine.commands import CommandRefused
from engine.machine import MILLISECOND

if TYPE_CHECKING:
    from engine.cluster.cluster import Cluster

NEEDS = {"offset": "offset", "shift": "offset", "duration": "ms", "datetime": "at"}  # by ``to``


def reset_offsets(cluster: Cluster, command: c.ResetOffsets) -> None:
    timestamp = _timestamp(cluster, command)
    _check_where(cluster, command)
    known: dict[str, Any] | None = next((g for g in coordinated(cluster) if g["id"] == command.group), None)
    if known is not None and known["members"]:
        names = ", ".join(m["client"] or m["member"] for m in known["members"])
        raise CommandRefused(
            "NON_EMPTY_GROUP",
            f"{command.group} has members ({names}), who would go on from where they are: let them leave first. "
            "One that has crashed counts until its session is over.",
        )
    if command.topic is None and (known is None or not known["committed"]):
        raise CommandRefused("GROUP_ID_NOT_FOUND", f"{command.group!r} has committed nothing: name a topic.")
    number = 1
    while f"reset-{number}" in cluster.hands:
        number += 1
    name, world = f"reset-{number}", cluster.world
    client = Resetting(
        name, command, timestamp, cluster.broker_names(), calendar_offset=world.calendar_offset, life=world.steps
    )
    cluster.hands[name] = Hand(f"tool:{name}", "tool", removing=True)
    world.add_node(f"tool:{name}", client)


def _check_where(cluster: Cluster, command: c.ResetOffsets) -> None:
    topic = cluster.image.topics.get(command.topic) if command.topic is not None else None
    if command.topic is not None and topic is None:
        raise CommandRefused("UNKNOWN_TOPIC_OR_PARTITION", f"There is no topic {command.topic!r}.")
    if command.partition is not None and topic is not None and command.partition not in topic.partitions:
        raise CommandRefused(
            "UNKNOWN_TOPIC_OR_PARTITION",
            f"{command.topic} has the partitions 0 to {len(topic.partitions) - 1}, not {command.partition}.",
        )


def _timestamp(cluster: Cluster, command: c.ResetOffsets) -> int:
    """The moment asked for, in milliseconds since 1970; -1 if none is."""
    needed = NEEDS.get(command.to)
    for name in ("offset", "ms", "at"):
        if (getattr(command, name) is not None) != (name == needed):
            what = f"needs {name!r}" if name == needed else f"takes no {name!r}"
            raise CommandRefused("INVALID_REQUEST", f"reset_offsets to {command.to!r} {what}.")
    if command.to == "offset" and (command.offset or 0) < 0:
        raise CommandRefused("INVALID_REQUEST", "An offset is 0 or more; to go back from where it is, use 'shift'.")
    if command.at is not None:
        return _moment(command.at)
    if command.ms is not None:
        return max(0, (cluster.world.now + cluster.world.calendar_offset) // MILLISECOND - command.ms)
    return -1


def _moment(text: str) -> int:
    """Without a time zone it is UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CommandRefused(
            "INVALID_REQUEST", f"{text[:60]!r} is no moment; one is written 2026-11-23T10:00:00.000Z."
        ) from None
    since = (found if found.tzinfo else found.replace(tzinfo=UTC)) - datetime(1970, 1, 1, tzinfo=UTC)
    return max(0, (since.days * 86_400 + since.seconds) * 1_000 + since.microseconds // 1_000)
