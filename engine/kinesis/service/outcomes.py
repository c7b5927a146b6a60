"""What the model of the service asks of whoever runs it: what a call came to, and what is to be done to the log.

A call is answered at once (``Done``), or it needs the log: the caller does what the outcome says and hands what came
of it to the account's method of the same name (``put_done``, ``located``, ``read_done``, ``event_done``), which makes
the answer. Bodies are JSON as AWS writes it; numbers of shards are numbers of partitions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

# --- outcomes of a call --------------------------------------------------------------------------------


@dataclass(slots=True)
class Done:
    """The answer itself: JSON, ``b""`` where AWS sends no body at all.

    stream, ended: of a GetRecords that found a closed shard at its end (its id); "" otherwise.
    """

    body: bytes
    stream: str = ""
    ended: str = ""


@dataclass(slots=True)
class PutPart:
    """What goes to one shard: one batch, in this order. stem: the sequence number of its index 0."""

    partition: int
    shard: str  # its id
    stem: int
    indexes: list[int] = field(default_factory=list)  # places in the call
    keys: list[bytes] = field(default_factory=list)
    values: list[bytes] = field(default_factory=list)
    size: int = 0  # bytes of keys and values


@dataclass(slots=True)
class Put:
    """Append each part to its partition, every record with the timestamp ``arrival_ms``.

    failed: (place in the call, shard id) of what was throttled and is not written. count: records of the call.
    """

    stream: str
    topic: str
    created_ms: int  # which stream of that name
    arrival_ms: int
    parts: list[PutPart]
    failed: list[tuple[int, str]]
    count: int
    many: bool  # PutRecords
    encryption: str
    client: str


@dataclass(slots=True)
class Locate:
    """Find an offset of the partition, then ``located``.

    what: "latest" (the high watermark), "timestamp" (the first record at ``timestamp_ms`` or later, the high watermark
    if there is none), "horizon" (the same, and not before the log's start).
    """

    stream: str
    topic: str
    created_ms: int
    shard: str
    partition: int
    what: str
    timestamp_ms: int
    seen_ms: int  # see tokens.py
    kind: str  # as the caller said it: TRIM_HORIZON, LATEST, AT_TIMESTAMP
    client: str
    now: int
    calendar_ms: int


@dataclass(slots=True)
class Read:
    """Read from ``offset`` on (from the log's start if that is later, from its end if that is earlier), then
    ``read_done``. Below the high watermark only; one record at least, if there is one, however large it is.
    """

    stream: str
    topic: str
    created_ms: int
    shard: str
    partition: int
    offset: int
    limit: int  # records
    bytes_max: int
    horizon_ms: int  # what arrived before has expired; 0: nothing has
    seen_ms: int  # see tokens.py
    kind: str  # of the iterator's first ancestor
    client: str
    now: int
    calendar_ms: int


@dataclass(slots=True)
class Subscribe:
    """Push what comes from ``start`` on until ``until`` (virtual ns) or the shard's end, one ``event_done`` each.

    subscription: its number; ``account.subscribed(subscribe)`` says whether it still holds (another one may have taken
    its place, the consumer may be gone).
    """

    consumer: str  # ARN
    name: str
    stream: str
    topic: str
    created_ms: int
    shard: str
    partition: int
    start: Locate | int
    subscription: int
    until: int
    client: str


@dataclass(slots=True)
class Later:
    """A shard that this is for is just being closed: call again once ``waiting(stream)`` says False."""

    stream: str


Outcome: TypeAlias = Done | Put | Locate | Read | Subscribe | Later


# --- what is to be done to the log, and told ---------------------------------------------------------------


@dataclass(slots=True)
class MakeTopic:
    """Create it, then ``topic_ready``."""

    topic: str
    partitions: int
    replication: int
    configs: dict[str, str]


@dataclass(slots=True)
class GrowTopic:
    """Make it ``partitions`` in all, then ``topic_ready``."""

    topic: str
    partitions: int


@dataclass(slots=True)
class DropTopic:
    """Delete it, then ``topic_gone``."""

    topic: str


@dataclass(slots=True)
class SetTopic:
    topic: str
    configs: dict[str, str]


@dataclass(slots=True)
class SealShard:
    """No new ``Put`` for it is made any more. Once every one before has been resolved: ``sealed`` with the log end."""

    stream: str
    topic: str
    shard: str
    partition: int


@dataclass(slots=True)
class Announce:
    """Something for people to know: an event's name and fields (engine/events/kinesis.py)."""

    event: str
    fields: dict[str, object]


Action: TypeAlias = MakeTopic | GrowTopic | DropTopic | SetTopic | SealShard | Announce
