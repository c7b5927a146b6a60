"""The commands themselves. Their fields' limits and choices stand in the fields' metadata (forms.py reads them)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from engine.commands.base import Command, later
from engine.commands.base import one_of as _one_of
from engine.commands.base import ranged as _ranged
from engine.commands.faults import FAULTS
from engine.limits import (
    BURST_MAX,
    CONSUMERS_PER_GROUP_MAX,
    LINGER_MS_MAX,
    MISHAPS_PERCENT_MAX,
    PARTITIONS_MAX,
    POLL_MS_MAX,
    POLL_MS_MIN,
    RATE_MAX,
    REPLICATION_MAX,
)

SOURCES = ("purchases", "temperatures", "monitors", "ticks", "clicks", "rows")

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


# --- simulated producers ----------------------------------------------------------------------------


@dataclass(slots=True)
class AddProducer(Command):
    """rate: records per second. keys: "none", "few" (8 customers), "many" (1,000) or "hot" (one key).

    linger_ms: how long records are gathered before they are sent together, Kafka's ``linger.ms``.
    source: what they tell of (engine/clients/sources/). late, repeated: of 100 events so many are sent
    later than they happened, or once more; None: as is usual there.
    rows: somebody's own data, as CSV or JSON, for the source "rows", one record a row. key_field: the
    column whose value is the key. loop: after the last row it begins anew.
    """

    do: ClassVar[str] = "add_producer"
    topic: str
    producer: str | None = None
    rate: float = _ranged(0.01, RATE_MAX, default=1.0)
    acks: str = _one_of("0", "1", "all", default="all")
    keys: str = _one_of("none", "few", "many", "hot", default="few")
    idempotent: bool = True
    linger_ms: int = _ranged(0, LINGER_MS_MAX, default=0)
    source: str = _one_of(*SOURCES, default="purchases", added=True)
    late: int | None = _ranged(0, MISHAPS_PERCENT_MAX, default=None, added=True)
    repeated: int | None = _ranged(0, MISHAPS_PERCENT_MAX, default=None, added=True)
    rows: str | None = field(default=None, metadata=later())
    key_field: str | None = field(default=None, metadata=later())
    loop: bool = field(default=True, metadata=later())


@dataclass(slots=True)
class SetProducer(Command):
    """Change what is given; None leaves it as it is."""

    do: ClassVar[str] = "set_producer"
    producer: str
    rate: float | None = _ranged(0.01, RATE_MAX, default=None)
    acks: str | None = _one_of("0", "1", "all", default=None)
    keys: str | None = _one_of("none", "few", "many", "hot", default=None)
    late: int | None = _ranged(0, MISHAPS_PERCENT_MAX, default=None, added=True)
    repeated: int | None = _ranged(0, MISHAPS_PERCENT_MAX, default=None, added=True)


@dataclass(slots=True)
class StartProducer(Command):
    do: ClassVar[str] = "start_producer"
    producer: str


@dataclass(slots=True)
class StopProducer(Command):
    """It produces nothing more until started again; what is under way is finished."""

    do: ClassVar[str] = "stop_producer"
    producer: str


@dataclass(slots=True)
class RemoveProducer(Command):
    do: ClassVar[str] = "remove_producer"
    producer: str


# --- simulated consumers ----------------------------------------------------------------------------


@dataclass(slots=True)
class AddGroup(Command):
    """A group and its first consumers. poll_ms: how often each asks for records."""

    do: ClassVar[str] = "add_group"
    group: str
    topic: str
    consumers: int = _ranged(1, CONSUMERS_PER_GROUP_MAX, default=1)
    assignor: str = _one_of("range", "roundrobin", "sticky", default="range")
    poll_ms: int = _ranged(POLL_MS_MIN, POLL_MS_MAX, default=1000)
    max_poll_records: int = _ranged(1, 10_000, default=500)
    start_at: str = _one_of("earliest", "latest", default="earliest")


@dataclass(slots=True)
class RemoveGroup(Command):
    """All its simulated consumers leave."""

    do: ClassVar[str] = "remove_group"
    group: str


@dataclass(slots=True)
class AddConsumer(Command):
    """One more member. topic: needed when the group is new to the stage (only real clients are in it)."""

    do: ClassVar[str] = "add_consumer"
    group: str
    topic: str | None = None
    poll_ms: int | None = _ranged(POLL_MS_MIN, POLL_MS_MAX, default=None)


@dataclass(slots=True)
class RemoveConsumer(Command):
    """It leaves the group properly (LeaveGroup)."""

    do: ClassVar[str] = "remove_consumer"
    consumer: str


@dataclass(slots=True)
class CrashConsumer(Command):
    """Its process is killed: the group learns of it when the session times out."""

    do: ClassVar[str] = "crash_consumer"
    consumer: str


@dataclass(slots=True)
class SetConsumer(Command):
    do: ClassVar[str] = "set_consumer"
    consumer: str
    poll_ms: int | None = _ranged(POLL_MS_MIN, POLL_MS_MAX, default=None)
    max_poll_records: int | None = _ranged(1, 10_000, default=None)


@dataclass(slots=True)
class StopConsumer(Command):
    """It polls no more, its heartbeats go on: a consumer stuck in its work."""

    do: ClassVar[str] = "stop_consumer"
    consumer: str


@dataclass(slots=True)
class StartConsumer(Command):
    do: ClassVar[str] = "start_consumer"
    consumer: str


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
    Produce, CreateTopic, DeleteTopic, StopBroker, CrashBroker, StartBroker, AddBroker, AddProducer,
    SetProducer, StartProducer, StopProducer, RemoveProducer, AddGroup, RemoveGroup, AddConsumer,
    RemoveConsumer, CrashConsumer, SetConsumer, StopConsumer, StartConsumer, Pause, Resume, Step, Speed, *FAULTS, Burst,
    SetTopic,
)  # fmt: skip
COMMANDS: dict[str, type[Command]] = {c.do: c for c in ALL}
