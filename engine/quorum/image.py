"""The metadata image: the cluster's state as the fold of the controller's records.

``apply`` is the only way to change it. Nothing else is remembered, so a quorum of controllers can
take the place of the one: who has the records has the image.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.quorum.records import (
    BrokerChange,
    ConfigRecord,
    MetadataRecord,
    PartitionRecord,
    ProducerIds,
    RegisterBroker,
    RemoveTopic,
    TopicRecord,
)

NO_LEADER = -1


@dataclass(slots=True)
class BrokerState:
    broker: int
    epoch: int
    fenced: bool = True
    stopping: bool = False

    @property
    def rack(self) -> str:
        return ""

    @property
    def active(self) -> bool:
        """It may lead and be in an ISR."""
        return not self.fenced and not self.stopping


@dataclass(slots=True)
class RackedBrokerState(BrokerState):
    rack: str = ""  # a field in the place of the property


@dataclass(slots=True)
class TopicState:
    name: str
    topic_id: bytes
    configs: dict[str, str]
    partitions: dict[int, PartitionRecord] = field(default_factory=dict)

    @property
    def internal(self) -> bool:
        return self.name.startswith("__")

    @property
    def replication(self) -> int:
        return len(self.partitions[0].replicas) if self.partitions else 0

    @property
    def min_insync(self) -> int:
        """min.insync.replicas, but never more than there are replicas (a topic of one would be unwritable)."""
        return min(int(self.configs.get("min.insync.replicas", "1")), max(1, self.replication))

    def min_insync_of(self, state: PartitionRecord) -> int:
        """The same of one partition, which may have fewer replicas than others (``effectiveMinIsr``, Partition.scala).

        Those that are on their way do not count.
        """
        replicas = len(state.replicas) - len(state.adding)
        return min(int(self.configs.get("min.insync.replicas", "1")), max(1, replicas))


@dataclass(slots=True)
class MetadataImage:
    """offset: how many records have been applied."""

    offset: int = 0
    brokers: dict[int, BrokerState] = field(default_factory=dict)
    topics: dict[str, TopicState] = field(default_factory=dict)
    names: dict[bytes, str] = field(default_factory=dict)  # by topic id
    next_producer_id: int = 0

    def apply(self, record: MetadataRecord) -> None:
        """Fold one record in. Records are checked before they are written: here they must fit."""
        self.offset += 1
        match record:
            case PartitionRecord():
                self.topics[record.topic].partitions[record.partition] = record
            case BrokerChange():
                state = self.brokers[record.broker]
                assert state.epoch == record.epoch
                state.fenced, state.stopping = record.fenced, record.stopping
            case RegisterBroker():
                known = BrokerState(record.broker, record.epoch)
                if record.rack:
                    known = RackedBrokerState(record.broker, record.epoch, rack=record.rack)
                self.brokers[record.broker] = known
            case TopicRecord():
                self.topics[record.name] = TopicState(record.name, record.topic_id, dict(record.configs))
                self.names[record.topic_id] = record.name
            case ConfigRecord():
                configs = self.topics[record.topic].configs
                if record.value is None:
                    configs.pop(record.name, None)
                else:
                    configs[record.name] = record.value
            case RemoveTopic():
                del self.names[self.topics.pop(record.name).topic_id]
            case ProducerIds():
                self.next_producer_id = record.following

    def partition(self, topic: str, partition: int) -> PartitionRecord | None:
        state = self.topics.get(topic)
        return state.partitions.get(partition) if state else None

    def active(self, broker: int) -> bool:
        """Whether ``broker`` may lead and join ISRs."""
        state = self.brokers.get(broker)
        return state is not None and state.active

    def led_by(self, broker: int) -> list[PartitionRecord]:
        return [p for t in self.topics.values() for p in t.partitions.values() if p.leader == broker]

    def held_by(self, broker: int) -> list[PartitionRecord]:
        """Partitions that have a replica on ``broker``."""
        return [p for t in self.topics.values() for p in t.partitions.values() if broker in p.replicas]
