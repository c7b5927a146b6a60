"""Commands for simulated clients: producers, and groups with their consumers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from engine.commands.base import Command, later
from engine.commands.base import one_of as _one_of
from engine.commands.base import ranged as _ranged
from engine.limits import (
    COMMIT_MS_MAX,
    COMMIT_MS_MIN,
    CONSUMERS_PER_GROUP_MAX,
    LINGER_MS_MAX,
    METADATA_AGE_MS_MAX,
    METADATA_AGE_MS_MIN,
    MISHAPS_PERCENT_MAX,
    POLL_INTERVAL_MS_MAX,
    POLL_INTERVAL_MS_MIN,
    POLL_MS_MAX,
    POLL_MS_MIN,
    RATE_MAX,
    WORK_MS_MAX,
)

SOURCES = ("purchases", "temperatures", "monitors", "ticks", "clicks", "rows")
METADATA_AGE_MS = 300_000  # metadata.max.age.ms


def _metadata_age() -> Any:
    return _ranged(METADATA_AGE_MS_MIN, METADATA_AGE_MS_MAX, default=METADATA_AGE_MS, added=True)


# --- simulated producers ----------------------------------------------------------------------------


@dataclass(slots=True)
class AddProducer(Command):
    """rate: records per second. keys: "none", "few" (8 customers), "many" (1,000) or "hot" (one key).

    linger_ms: how long records are gathered before they are sent together, Kafka's ``linger.ms``.
    source: what they tell of (engine/clients/sources/). late, repeated: of 100 events so many are sent
    later than they happened, or once more; None: as is usual there.
    rows: somebody's own data, as CSV or JSON, for the source "rows", one record a row. key_field: the
    column whose value is the key. loop: after the last row it begins anew.
    partitioner: how a key chooses the partition: as Java's clients do, or as librdkafka's (kcat, confluent-kafka).
    metadata_max_age_ms: Kafka's ``metadata.max.age.ms``: so long it may not notice that a topic has more partitions.
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
    partitioner: str = _one_of("murmur2", "crc32", default="murmur2", added=True)
    metadata_max_age_ms: int = _metadata_age()


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
    """A group and its first consumers. poll_ms: how often each asks for records.

    work_ms: what the application then takes for each record before it asks again; heartbeats go on meanwhile.
    max_poll_interval_ms: Kafka's ``max.poll.interval.ms``: whoever takes longer leaves the group by itself.
    commit: "auto" as ``enable.auto.commit``: in a poll, once ``auto_commit_interval_ms`` is over, what earlier polls
    brought; "after": when the records of a poll are done; "before": as soon as they are there; "never".
    """

    do: ClassVar[str] = "add_group"
    group: str
    topic: str
    consumers: int = _ranged(1, CONSUMERS_PER_GROUP_MAX, default=1)
    assignor: str = _one_of("range", "roundrobin", "sticky", "cooperative-sticky", default="range")
    poll_ms: int = _ranged(POLL_MS_MIN, POLL_MS_MAX, default=1000)
    max_poll_records: int = _ranged(1, 10_000, default=500)
    start_at: str = _one_of("earliest", "latest", default="earliest")
    work_ms: int = _ranged(0, WORK_MS_MAX, default=0, added=True)
    max_poll_interval_ms: int = _ranged(POLL_INTERVAL_MS_MIN, POLL_INTERVAL_MS_MAX, default=300_000, added=True)
    commit: str = _one_of("auto", "after", "before", "never", default="auto", added=True)
    auto_commit_interval_ms: int = _ranged(COMMIT_MS_MIN, COMMIT_MS_MAX, default=5_000, added=True)
    metadata_max_age_ms: int = _metadata_age()


@dataclass(slots=True)
class RemoveGroup(Command):
    """All its simulated consumers leave."""

    do: ClassVar[str] = "remove_group"
    group: str


@dataclass(slots=True)
class AddConsumer(Command):
    """One more member. topic: needed when the group is new to the stage (only real clients are in it).

    poll_ms, work_ms, max_poll_interval_ms: as the others' where they are left out.
    """

    do: ClassVar[str] = "add_consumer"
    group: str
    topic: str | None = None
    poll_ms: int | None = _ranged(POLL_MS_MIN, POLL_MS_MAX, default=None)
    work_ms: int | None = _ranged(0, WORK_MS_MAX, default=None, added=True)
    max_poll_interval_ms: int | None = _ranged(POLL_INTERVAL_MS_MIN, POLL_INTERVAL_MS_MAX, default=None, added=True)


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
    """Change what is given; None leaves it as it is. work_ms: from the next poll on."""

    do: ClassVar[str] = "set_consumer"
    consumer: str
    poll_ms: int | None = _ranged(POLL_MS_MIN, POLL_MS_MAX, default=None)
    max_poll_records: int | None = _ranged(1, 10_000, default=None)
    work_ms: int | None = _ranged(0, WORK_MS_MAX, default=None, added=True)


@dataclass(slots=True)
class StopConsumer(Command):
    """It polls no more, its heartbeats go on: a consumer stuck in its work."""

    do: ClassVar[str] = "stop_consumer"
    consumer: str


@dataclass(slots=True)
class StartConsumer(Command):
    do: ClassVar[str] = "start_consumer"
    consumer: str


CLIENTS: tuple[type[Command], ...] = (
    AddProducer, SetProducer, StartProducer, StopProducer, RemoveProducer, AddGroup, RemoveGroup, AddConsumer,
    RemoveConsumer, CrashConsumer, SetConsumer, StopConsumer, StartConsumer,
)  # fmt: skip
