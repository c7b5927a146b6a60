"""A stream: its shards, its settings, its consumers, and what is being done to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.kinesis.service.quotas import RECORD_KIB
from engine.kinesis.service.shard import CLOSED, OPEN, Shard

CREATING, ACTIVE, UPDATING, DELETING = "CREATING", "ACTIVE", "UPDATING", "DELETING"
PROVISIONED, ON_DEMAND = "PROVISIONED", "ON_DEMAND"

TOPIC_PREFIX = "__kinesis."


@dataclass(slots=True)
class Consumer:
    """A registered one. created: seconds since 1970, part of its ARN. subscribed: by shard number (number of the
    subscription or 0 for one that is over, virtual ns when it began).
    """

    name: str
    created: int
    status: str
    due: int  # virtual ns when its state changes; 0: it stays
    tags: dict[str, str] = field(default_factory=dict)
    policy: str = ""
    subscribed: dict[int, tuple[int, int]] = field(default_factory=dict)

    def arn(self, stream_arn: str) -> str:
        return f"{stream_arn}/consumer/{self.name}:{self.created}"


@dataclass(slots=True)
class Change:
    """What a resharding does, in order. cut: a split's (the right child begins there); right: a merge's other parent.

    parents and children: shard numbers. A step of a longer plan may take a shard that an earlier one makes.
    """

    parents: list[int]
    children: list[int]
    cut: int = -1


@dataclass(slots=True)
class Stream:
    """created_ms: virtual, and who tells streams of one name apart; calendar_ms: when that was on the calendar.

    starts, taking: of the shards that take records, by their hash keys: where each begins, and which it is.
    due: virtual ns when the state it is in may end; 0: nothing is under way. ready: its topic is as it is to be.
    sealed_spans: [from, to) in calendar ms with encryption on; to is -1 while it lasts.
    """

    name: str
    arn: str
    created_ms: int
    calendar_ms: int
    mode: str
    retention_hours: int = 24
    status: str = CREATING
    shards: list[Shard] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    taking: list[Shard] = field(default_factory=list)
    encryption: str = "NONE"
    key_id: str = ""
    sealed_spans: list[list[int]] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    metrics: list[str] = field(default_factory=list)
    policy: str = ""
    record_kib: int = RECORD_KIB
    consumers: dict[str, Consumer] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    due: int = 0
    ready: bool = False
    calls: dict[str, list[int]] = field(default_factory=dict)  # see throttling.py

    @property
    def topic(self) -> str:
        return TOPIC_PREFIX + self.name

    @property
    def retention_ms(self) -> int:
        return self.retention_hours * 3_600_000

    @property
    def record_bytes_max(self) -> int:
        return self.record_kib << 10

    def rearrange(self) -> None:
        """The shards that take records have changed."""
        self.taking = sorted((shard for shard in self.shards if shard.taking), key=_low)
        self.starts = [shard.low for shard in self.taking]

    def open_count(self) -> int:
        return len(self.taking)

    def waiting(self) -> bool:
        """Whether writers to some shard have to wait a moment."""
        return any(shard.state != OPEN for shard in self.taking)

    def children(self, shard: Shard) -> list[Shard]:
        return [self.shards[number] for number in shard.children]

    def describe(self, shard: Shard) -> dict[str, object]:
        """As DescribeStream and ListShards show it."""
        shown: dict[str, object] = {"ShardId": shard.id}
        if shard.parents:
            shown["ParentShardId"] = self.shards[shard.parents[0]].id
        if len(shard.parents) > 1:
            shown["AdjacentParentShardId"] = self.shards[shard.parents[1]].id
        shown["HashKeyRange"] = shard.hash_range()
        numbers = {"StartingSequenceNumber": shard.starting}
        if shard.state == CLOSED:
            numbers["EndingSequenceNumber"] = str(shard.ending)
        shown["SequenceNumberRange"] = numbers
        return shown

    def child_shards(self, shard: Shard) -> list[dict[str, object]]:
        """As GetRecords shows them at the end of a closed shard."""
        return [
            {
                "ShardId": child.id,
                "ParentShards": [self.shards[number].id for number in child.parents],
                "HashKeyRange": child.hash_range(),
            }
            for child in self.children(shard)
        ]


def _low(shard: Shard) -> int:
    return shard.low
