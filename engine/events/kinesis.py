"""Kinesis streams on the log: their lives, their shards, and who writes to and reads from them.

A shard is named as in AWS (``shardId-000000000003``), a stream by its name. client: how the caller is called:
a label for people ("aws-cli 127.0.0.1:50112", "console", a simulated worker's name).
"""

from __future__ import annotations

from engine.events.base import Event, event

# --- streams ----------------------------------------------------------------------------------------


@event("stream_created", mark="topic")
class StreamCreated(Event):
    """It is CREATING from here on. mode: "PROVISIONED" or "ON_DEMAND"."""

    stream: str
    shards: int
    mode: str


@event("stream_active", mark="topic")
class StreamActive(Event):
    """CREATING or UPDATING is over."""

    stream: str


@event("stream_updating", mark="topic")
class StreamUpdating(Event):
    stream: str


@event("stream_deleting", mark="topic")
class StreamDeleting(Event):
    stream: str


@event("stream_deleted", mark="topic")
class StreamDeleted(Event):
    stream: str


@event("stream_changed", mark="topic")
class StreamChanged(Event):
    """what: "retention" (hours), "encryption", "mode", "tags", "metrics", "size" (KiB of a record) or "policy"."""

    stream: str
    what: str
    value: str


# --- shards -----------------------------------------------------------------------------------------


@event("shards_split", mark="election")
class ShardsSplit(Event):
    stream: str
    parent: str
    children: list[str]


@event("shards_merged", mark="election")
class ShardsMerged(Event):
    stream: str
    parents: list[str]
    child: str


@event("shards_updated", mark="election")
class ShardsUpdated(Event):
    """UpdateShardCount, or a stream on demand that grows: it had ``was`` open shards, and will have ``to``."""

    stream: str
    was: int
    to: int


@event("shard_closed", mark="election")
class ShardClosed(Event):
    """It takes no more records. end: the offset after its last one."""

    stream: str
    shard: str
    end: int


# --- registered consumers ---------------------------------------------------------------------------


@event("consumer_registered", mark="people")
class ConsumerRegistered(Event):
    stream: str
    consumer: str


@event("consumer_deregistered", mark="people")
class ConsumerDeregistered(Event):
    stream: str
    consumer: str


@event("shard_subscribed", mark="people")
class ShardSubscribed(Event):
    """SubscribeToShard: for five minutes its records are pushed to ``consumer``. start: as StartingPosition's Type."""

    stream: str
    shard: str
    consumer: str
    client: str
    start: str


# --- refusals: of what goes on, one event in ten seconds ---------------------------------------------


@event("put_throttled", mark="error")
class PutThrottled(Event):
    """why: "records" (1,000 a second) or "bytes" (1 MiB a second). records: refused in this call."""

    stream: str
    shard: str
    client: str
    why: str
    records: int


@event("read_throttled", mark="error")
class ReadThrottled(Event):
    """why: "calls" (5 GetRecords a second) or "bytes" (2 MiB a second)."""

    stream: str
    shard: str
    client: str
    why: str


@event("put_failed", mark="error")
class PutFailed(Event):
    """No broker would take so many records in time: they are answered with an internal failure."""

    stream: str
    shard: str
    client: str
    records: int


@event("iterator_expired", mark="error")
class IteratorExpired(Event):
    """A shard iterator was used more than five minutes after it was handed out."""

    stream: str
    shard: str
    client: str


@event("call_refused", mark="error")
class CallRefused(Event):
    """error: AWS's code, such as ResourceNotFoundException."""

    operation: str
    stream: str
    client: str
    error: str


# --- who calls --------------------------------------------------------------------------------------


@event("aws_client_connected", mark="people")
class AwsClientConnected(Event):
    """A real client made its first call since it connected last."""

    client: str
    software: str
    version: str


@event("aws_client_gone", mark="people")
class AwsClientGone(Event):
    client: str


@event("kinesis_opened", mark="people")
class KinesisOpened(Event):
    """The gateway is there from now on: streams can be made."""


@event("throttling_set", mark="topic")
class ThrottlingSet(Event):
    """Whether AWS's limits of a shard and of calls are held."""

    on: bool


@event("call_answered", mark="people")
class CallAnswered(Event):
    """What came of a ``call_aws`` command. error: "" or AWS's code. answer: its JSON, cut at 1,000 characters."""

    operation: str
    stream: str
    client: str
    error: str
    answer: str


# --- simulated applications -------------------------------------------------------------------------


@event("stream_producer_added", mark="people")
class StreamProducerAdded(Event):
    producer: str
    stream: str


@event("stream_producer_changed", mark="people")
class StreamProducerChanged(Event):
    """what: "started", "stopped", "removed", "rate", "keys", "batch"."""

    producer: str
    what: str
    value: str


@event("stream_consumer_added", mark="people")
class StreamConsumerAdded(Event):
    consumer: str
    stream: str


@event("stream_consumer_changed", mark="people")
class StreamConsumerChanged(Event):
    """what: "started", "stopped", "removed", "crashed", "poll_ms"."""

    consumer: str
    what: str
    value: str


@event("lease_taken", mark="people")
class LeaseTaken(Event):
    """A worker reads a shard from now on. start: "TRIM_HORIZON", "LATEST", or the checkpoint's sequence number."""

    consumer: str
    stream: str
    shard: str
    start: str


@event("lease_done", mark="people")
class LeaseDone(Event):
    """The worker has read a closed shard to its end: its children may be read now."""

    consumer: str
    stream: str
    shard: str


# --- traffic ----------------------------------------------------------------------------------------


@event("record_put", milestone=False)
class RecordPut(Event):
    """key: the partition key."""

    stream: str
    shard: str
    offset: int
    key: str
    client: str


@event("records_read", milestone=False)
class RecordsRead(Event):
    """first, last: offsets. Nothing is told of an empty answer."""

    stream: str
    shard: str
    first: int
    last: int
    client: str


@event("shard_done", milestone=False)
class ShardDone(Event):
    """Its last record was handed out long ago and it is closed: NextShardIterator is null."""

    stream: str
    shard: str
    client: str
