"""Who gets a record: the partition its key says, or the one whose turn it is.

With a key: murmur2, as in Java, or CRC32, as in librdkafka (engine/wire/partitioners.py). Without: stay
with one partition until its batch is on its way, then take the next that has a leader (KIP-480, "sticky",
but in turn where Kafka draws lots: a story told twice shall be equal).
"""

from __future__ import annotations

from typing import ClassVar

from engine.clients.accumulator import Accumulator
from engine.clients.metadata import Metadata
from engine.wire.partitioners import crc32_partition, murmur2_partition
from engine.wire.records import Record


class Partitioner:
    """Java's. name: in commands."""

    name: ClassVar[str] = "murmur2"

    def __init__(self, metadata: Metadata, accumulator: Accumulator) -> None:
        self.metadata, self.accumulator = metadata, accumulator
        self._sticky: dict[str, int] = {}  # by topic: where records without a key went last

    def choose(self, topic: str, record: Record, count: int) -> int:
        """A partition of the ``count`` that ``topic`` has."""
        if record.key is not None:
            return murmur2_partition(record.key, count)
        return self.next_in_turn(topic, record, count)

    def next_in_turn(self, topic: str, record: Record, count: int) -> int:
        last = self._sticky.get(topic, -1)
        if last < count and self.accumulator.has_room((topic, last), record):
            return last
        open_to = self.metadata.available(topic) or list(range(count))
        chosen = self._sticky[topic] = next((p for p in open_to if p > last), open_to[0])
        return chosen


class ConsistentRandom(Partitioner):
    """librdkafka's default: an empty key is none."""

    name: ClassVar[str] = "crc32"

    def choose(self, topic: str, record: Record, count: int) -> int:
        return crc32_partition(record.key, count) if record.key else self.next_in_turn(topic, record, count)


PARTITIONERS: dict[str, type[Partitioner]] = {kind.name: kind for kind in (Partitioner, ConsistentRandom)}
