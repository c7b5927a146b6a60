"""Metadata images in a few words."""

from __future__ import annotations

from engine.quorum.image import MetadataImage
from engine.quorum.records import BrokerChange, PartitionRecord, RegisterBroker, TopicRecord


def image(brokers: int = 3, *, fenced: tuple[int, ...] = (), stopping: tuple[int, ...] = ()) -> MetadataImage:
    """Brokers 1 to ``brokers``, active but for those named."""
    made = MetadataImage()
    for b in range(1, brokers + 1):
        made.apply(RegisterBroker(b, b))
        made.apply(BrokerChange(b, b, fenced=b in fenced, stopping=b in stopping))
    return made


def topic(
    to: MetadataImage, leader: int, isr: tuple[int, ...], replicas: tuple[int, ...] = (1, 2, 3), *, name: str = "t",
    epoch: int = 4, **configs: str,
) -> PartitionRecord:  # fmt: skip
    """A topic of one partition. Returns its record."""
    to.apply(TopicRecord(name, name.encode().ljust(16), {key.replace("_", "."): v for key, v in configs.items()}))
    record = PartitionRecord(name, 0, list(replicas), list(isr), leader, epoch, 7)
    to.apply(record)
    return record
