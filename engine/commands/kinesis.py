"""Commands for Kinesis streams, and for simulated applications that write to and read from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

from engine.commands.base import Command
from engine.commands.base import one_of as _one_of
from engine.commands.base import ranged as _ranged
from engine.commands.clients import SOURCES
from engine.limits import (
    MISHAPS_PERCENT_MAX,
    POLL_MS_MAX,
    POLL_MS_MIN,
    PUT_RECORDS_MAX,
    READ_RECORDS_MAX,
    STREAM_RATE_MAX,
    WORK_MS_MAX,
)


@dataclass(slots=True)
class CallAws(Command):
    """Call an operation of Kinesis Data Streams, as anybody with the AWS command line would.

    operation: as AWS names it ("CreateStream"). parameters: as its JSON (blobs in base64). client: who is named
    as the caller. What came of it is told by the event ``call_answered``.
    """

    do: ClassVar[str] = "call_aws"
    operation: str
    parameters: dict[str, Any] = field(default_factory=dict, metadata={"json": True})
    client: str = "console"


@dataclass(slots=True)
class SetKinesis(Command):
    """throttle: whether AWS's limits (of a shard, of calls) are held."""

    do: ClassVar[str] = "set_kinesis"
    throttle: bool


@dataclass(slots=True)
class AddStreamProducer(Command):
    """A simulated application that puts records.

    rate: records per second. keys: partition keys: "few" (8 customers), "many" (1,000), "hot" (one for all), "random"
    (each its own). batch: records a call: one goes by PutRecord, more by PutRecords. source, late, repeated, rows,
    key_field, loop: as of add_producer. A record that was throttled is put again.
    """

    do: ClassVar[str] = "add_stream_producer"
    stream: str
    producer: str | None = None
    rate: float = _ranged(0.01, STREAM_RATE_MAX, default=1.0)
    keys: str = _one_of("few", "many", "hot", "random", default="few")
    batch: int = _ranged(1, PUT_RECORDS_MAX, default=1)
    source: str = _one_of(*SOURCES, default="purchases")
    late: int | None = _ranged(0, MISHAPS_PERCENT_MAX, default=None)
    repeated: int | None = _ranged(0, MISHAPS_PERCENT_MAX, default=None)
    rows: str | None = None
    key_field: str | None = None
    loop: bool = True


@dataclass(slots=True)
class SetStreamProducer(Command):
    """Change what is given; None leaves it as it is. running: whether it makes records."""

    do: ClassVar[str] = "set_stream_producer"
    producer: str
    rate: float | None = _ranged(0.01, STREAM_RATE_MAX, default=None)
    keys: str | None = _one_of("few", "many", "hot", "random", default=None)
    batch: int | None = _ranged(1, PUT_RECORDS_MAX, default=None)
    running: bool | None = None


@dataclass(slots=True)
class RemoveStreamProducer(Command):
    do: ClassVar[str] = "remove_stream_producer"
    producer: str


@dataclass(slots=True)
class AddStreamConsumer(Command):
    """A simulated worker that reads as the Kinesis Client Library does.

    It holds a lease of each shard it reads, reads a shard's children only when the shard itself is done, and keeps a
    checkpoint of each. poll_ms: how often it calls GetRecords for each shard. limit: records a call. shards: ids of
    those it reads, with what comes of them; none: all. start_at: where it begins. fan_out: it registers as a consumer
    and has the records pushed (SubscribeToShard). work_ms: what it takes for each record.
    """

    do: ClassVar[str] = "add_stream_consumer"
    stream: str
    consumer: str | None = None
    poll_ms: int = _ranged(POLL_MS_MIN, POLL_MS_MAX, default=1000)
    limit: int = _ranged(1, READ_RECORDS_MAX, default=READ_RECORDS_MAX)
    shards: list[str] = field(default_factory=list)
    start_at: str = _one_of("TRIM_HORIZON", "LATEST", default="TRIM_HORIZON")
    fan_out: bool = False
    work_ms: int = _ranged(0, WORK_MS_MAX, default=0)


@dataclass(slots=True)
class SetStreamConsumer(Command):
    """Change what is given; None leaves it as it is. running: whether it reads."""

    do: ClassVar[str] = "set_stream_consumer"
    consumer: str
    poll_ms: int | None = _ranged(POLL_MS_MIN, POLL_MS_MAX, default=None)
    limit: int | None = _ranged(1, READ_RECORDS_MAX, default=None)
    running: bool | None = None


@dataclass(slots=True)
class CrashStreamConsumer(Command):
    """Its process is killed and begins anew: it goes on from its checkpoints."""

    do: ClassVar[str] = "crash_stream_consumer"
    consumer: str


@dataclass(slots=True)
class RemoveStreamConsumer(Command):
    do: ClassVar[str] = "remove_stream_consumer"
    consumer: str


KINESIS: tuple[type[Command], ...] = (
    CallAws, SetKinesis, AddStreamProducer, SetStreamProducer, RemoveStreamProducer, AddStreamConsumer,
    SetStreamConsumer, CrashStreamConsumer, RemoveStreamConsumer,
)  # fmt: skip
