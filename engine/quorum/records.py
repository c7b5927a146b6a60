"""What the controller decides, as records of its log. The image (image.py) is their fold.

They are Kafka's KRaft records (``metadata/src/main/resources/common/metadata/*.json``) as dataclasses.
Every broker reads the same records in the same order; at equal offsets all images are equal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(slots=True)
class RegisterBroker:
    """A broker has begun a life. epoch: its broker epoch, larger in each life. It starts fenced."""

    broker: int
    epoch: int

    @property
    def rack(self) -> str:
        """Where it stands, "" where nobody said (as a class of its own: RegisterRackedBroker)."""
        return ""


@dataclass(slots=True)
class RegisterRackedBroker(RegisterBroker):
    """Of a broker that has a rack (Kafka's broker.rack)."""

    rack: str = ""  # a field in the place of the property


@dataclass(slots=True)
class BrokerChange:
    """fenced: may not lead nor join an ISR. stopping: in controlled shutdown, gets no leaderships."""

    broker: int
    epoch: int
    fenced: bool
    stopping: bool = False


@dataclass(slots=True)
class TopicRecord:
    name: str
    topic_id: bytes
    configs: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class ConfigRecord:
    """One config of a topic has another value; None: the default again."""

    topic: str
    name: str
    value: str | None


@dataclass(slots=True)
class RemoveTopic:
    name: str


@dataclass(slots=True)
class PartitionRecord:
    """The whole state of one partition after a decision. leader -1: none.

    leader_epoch rises with each new leader, partition_epoch with each change (KIP-497).
    """

    topic: str
    partition: int
    replicas: list[int]
    isr: list[int]
    leader: int
    leader_epoch: int
    partition_epoch: int

    @property
    def adding(self) -> list[int]:
        """Brokers whose replicas are on their way (as a class of its own: MovingPartitionRecord)."""
        return []

    @property
    def removing(self) -> list[int]:
        """Brokers whose replicas will go once those have caught up."""
        return []


@dataclass(slots=True)
class MovingPartitionRecord(PartitionRecord):
    """Of a partition that is being reassigned (KIP-455): ``replicas`` are the old and the new ones together."""

    adding: list[int] = field(default_factory=list)  # fields in the place of the properties
    removing: list[int] = field(default_factory=list)


@dataclass(slots=True)
class ProducerIds:
    """Ids below ``following`` have been handed out in blocks."""

    following: int


MetadataRecord: TypeAlias = (
    RegisterBroker | BrokerChange | TopicRecord | ConfigRecord | RemoveTopic | PartitionRecord | ProducerIds
)
