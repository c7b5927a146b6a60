"""What an administrator does with Kafka's own tools: kafka-topics, kafka-reassign-partitions, kafka-consumer-groups.

And what an operator does to an application: ending it and starting it anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from engine.commands.base import Command
from engine.commands.base import one_of as _one_of
from engine.commands.base import ranged as _ranged
from engine.limits import PARTITIONS_MAX, RESET_MS_MAX

RESETS = ("earliest", "latest", "offset", "shift", "duration", "datetime")


@dataclass(slots=True)
class AddPartitions(Command):
    """The topic has so many partitions from now on, more than before; equal keys may be in others then."""

    do: ClassVar[str] = "add_partitions"
    topic: str
    partitions: int = _ranged(1, PARTITIONS_MAX)


@dataclass(slots=True)
class RestartProducer(Command):
    """Its application dies and is started anew: under a new producer id it sends again what it had no answer for."""

    do: ClassVar[str] = "restart_producer"
    producer: str


@dataclass(slots=True)
class ResetOffsets(Command):
    """A group without members reads from elsewhere when it comes back: ``kafka-consumer-groups --reset-offsets``.

    topic: None: all that the group has committed for. partition: None: all of the topic. to: "offset": the one in
    ``offset``; "shift": so many further, or back; "duration": what came ``ms`` ago; "datetime": ``at``, such as
    2026-11-23T10:00:00.000Z. What lies outside the log becomes its start or end.
    """

    do: ClassVar[str] = "reset_offsets"
    group: str
    to: str = _one_of(*RESETS, default="earliest")
    topic: str | None = None
    partition: int | None = None
    offset: int | None = None
    ms: int | None = _ranged(0, RESET_MS_MAX, default=None)
    at: str | None = None


@dataclass(slots=True)
class MoveReplicas(Command):
    """Replicas of a partition go to other brokers: ``kafka-reassign-partitions`` (KIP-455).

    replicas: brokers, the preferred leader first; None: what is under way is called off. partition: None: all of the
    topic, and each begins with the next of these brokers.
    """

    do: ClassVar[str] = "move_replicas"
    topic: str
    partition: int | None = None
    replicas: list[int] | None = field(default=None)


ADMIN: tuple[type[Command], ...] = (AddPartitions, RestartProducer, ResetOffsets, MoveReplicas)
