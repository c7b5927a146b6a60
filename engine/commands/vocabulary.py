"""The commands themselves. Their fields' limits and choices stand in the fields' metadata (forms.py reads them)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from engine.commands.admin import ADMIN
from engine.commands.base import Command
from engine.commands.base import ranged as _ranged
from engine.commands.clients import CLIENTS
from engine.commands.faults import FAULTS
from engine.commands.kinesis import KINESIS
from engine.commands.lessons import LESSONS
from engine.limits import BURST_MAX, PARTITIONS_MAX, REPLICATION_MAX

# --- records ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Produce(Command):
    """Send one record by hand. value None is a tombstone. partition None: chosen by the key."""

    do: ClassVar[str] = "produce"
    topic: str
    value: str | None = None
    key: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    partition: int | None = None


@dataclass(slots=True)
class Burst(Command):
    """Send so many records by hand at once. keys: taken in turn; none: without a key.

    value: of each; ``{n}`` in it becomes its number, from 1 on, and ``{key}`` its key.
    """

    do: ClassVar[str] = "burst"
    topic: str
    value: str
    records: int = _ranged(1, BURST_MAX, default=10)
    keys: list[str] = field(default_factory=list)


# --- topics -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class CreateTopic(Command):
    """configs: Kafka's topic configs by name, such as {"cleanup.policy": "compact"}."""

    do: ClassVar[str] = "create_topic"
    topic: str
    partitions: int = _ranged(1, PARTITIONS_MAX, default=3)
    replication: int = _ranged(1, REPLICATION_MAX, default=3)
    min_insync_replicas: int = _ranged(1, REPLICATION_MAX, default=1)
    configs: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class SetTopic(Command):
    """Change configs of a topic that is there; those not named stay."""

    do: ClassVar[str] = "set_topic"
    topic: str
    configs: dict[str, str]


@dataclass(slots=True)
class DeleteTopic(Command):
    do: ClassVar[str] = "delete_topic"
    topic: str


# --- brokers ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class StopBroker(Command):
    """A controlled shutdown: the broker hands its leaderships over, then stops."""

    do: ClassVar[str] = "stop_broker"
    broker: int


@dataclass(slots=True)
class CrashBroker(Command):
    """A process killed: connections reset, memory lost, what was written to files stays."""

    do: ClassVar[str] = "crash_broker"
    broker: int


@dataclass(slots=True)
class StartBroker(Command):
    do: ClassVar[str] = "start_broker"
    broker: int


@dataclass(slots=True)
class AddBroker(Command):
    do: ClassVar[str] = "add_broker"


# --- time: these belong to the sandbox, everybody who looks sees them --------------------------------


@dataclass(slots=True)
class Pause(Command):
    do: ClassVar[str] = "pause"


@dataclass(slots=True)
class Resume(Command):
    do: ClassVar[str] = "resume"


@dataclass(slots=True)
class Step(Command):
    """Run to the next meaningful event and stay paused there."""

    do: ClassVar[str] = "step"


@dataclass(slots=True)
class Speed(Command):
    """How many virtual seconds a second. Limited while real clients are attached (engine/limits.py)."""

    do: ClassVar[str] = "speed"
    speed: float = _ranged(1 / 64, 64)


ALL: tuple[type[Command], ...] = (
    Produce, CreateTopic, DeleteTopic, StopBroker, CrashBroker, StartBroker, AddBroker, *CLIENTS, Pause, Resume, Step,
    Speed, *FAULTS, Burst, SetTopic, *ADMIN,
    *LESSONS, *KINESIS,
)  # fmt: skip
COMMANDS: dict[str, type[Command]] = {c.do: c for c in ALL}
