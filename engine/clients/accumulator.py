"""Records waiting to be sent, as batches, one queue a partition (Kafka's ``RecordAccumulator``).

A record joins the last batch of its partition if that has room and was never sent, else it opens a
new one. As a batch leaves as soon as it can, at a low rate each record is a batch of its own; batches
grow when records come in bursts or must wait. A batch that comes back to be sent again keeps its
records and its place in the order.

Records whose topic is not known yet, so that no partition can be chosen, wait in ``unplaced``.
The accumulator holds at most ``limit`` records, those under way included: one more is refused.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.wire.batch import Batch
from engine.wire.records import Record

BATCH_BYTES = 16_384  # batch.size
RECORDS_WAITING_MAX = 10_000  # one more is refused and counts as failed (Kafka's client blocks, then fails)

TopicPartition = tuple[str, int]


@dataclass(slots=True, eq=False)
class ProducerBatch:
    """Records of one partition that travel together.

    sequence, producer_id, producer_epoch: -1 until the idempotent producer gives them.
    attempts: how often it failed. ready_at: not to be sent again before. error: what it was told last.
    on_wire: sent, and neither answered nor lost. done: it has its outcome.
    """

    topic: str
    partition: int
    created_at: int
    records: list[Record] = field(default_factory=list)
    size: int = 0
    sequence: int = -1
    producer_id: int = -1
    producer_epoch: int = -1
    attempts: int = 0
    ready_at: int = 0
    error: int = 0
    on_wire: bool = False
    done: bool = False
    encoded: Batch | None = None

    @property
    def key(self) -> TopicPartition:
        return self.topic, self.partition

    @property
    def last_sequence(self) -> int:
        return (self.sequence + len(self.records) - 1) & 0x7FFFFFFF

    def has_room(self, record: Record) -> bool:
        return not self.attempts and self.sequence < 0 and self.size + _size(record) <= BATCH_BYTES

    def add(self, record: Record) -> None:
        self.records.append(record)
        self.size += _size(record)


@dataclass(slots=True, eq=False)
class Unplaced:
    """A record without a partition yet. partition: asked for by name, or None."""

    topic: str
    created_at: int
    record: Record
    partition: int | None = None


class Accumulator:
    """queues: by partition, in the order in which partitions were first written to."""

    def __init__(self, limit: int = RECORDS_WAITING_MAX) -> None:
        self.limit = limit
        self.count = 0  # records held, waiting or under way
        self.queues: dict[TopicPartition, deque[ProducerBatch]] = {}
        self.unplaced: deque[Unplaced] = deque()

    def admit(self) -> bool:
        """Room for one more record? Then it counts from now on, until ``release``."""
        if self.count >= self.limit:
            return False
        self.count += 1
        return True

    def release(self, records: int) -> None:
        self.count -= records
        assert self.count >= 0, "a record was given up twice"

    def has_room(self, key: TopicPartition, record: Record) -> bool:
        """Whether ``record`` would join a batch that is open already."""
        queue = self.queues.get(key)
        return bool(queue) and queue[-1].has_room(record)  # type: ignore[index]

    def append(self, key: TopicPartition, record: Record, created_at: int) -> None:
        queue = self.queues.setdefault(key, deque())
        if not queue or not queue[-1].has_room(record):
            queue.append(ProducerBatch(key[0], key[1], created_at))
        queue[-1].add(record)

    def any_queued(self) -> bool:
        return any(self.queues.values())

    def put_back(self, batch: ProducerBatch) -> None:
        """``batch`` must be sent again: before all that have no sequence or a later one."""
        queue = self.queues.setdefault(batch.key, deque())
        place = 0
        if batch.sequence >= 0:
            while place < len(queue) and 0 <= queue[place].sequence < batch.sequence:
                place += 1
        queue.insert(place, batch)

    def expired(self, created_before: int) -> Iterator[ProducerBatch]:
        """Take out the waiting batches made at ``created_before`` or earlier."""
        for queue in self.queues.values():
            while queue and queue[0].created_at <= created_before:
                yield queue.popleft()

    def oldest(self) -> int | None:
        """When the oldest of what waits was made."""
        oldest = self.unplaced[0].created_at if self.unplaced else None
        for queue in self.queues.values():
            if queue and (oldest is None or queue[0].created_at < oldest):
                oldest = queue[0].created_at
        return oldest


def _size(record: Record) -> int:
    """About as many bytes as it takes in a batch (Kafka's upper bound estimates too)."""
    headers = sum(len(name.encode()) + len(value or b"") + 4 for name, value in record.headers)
    return 16 + len(record.key or b"") + len(record.value or b"") + headers
