"""Which partition of ``__consumer_offsets`` a group lives in; that partition's leader is its coordinator."""

from __future__ import annotations


def java_hash(text: str) -> int:
    """Java's ``String.hashCode``: 32 bits, signed, over UTF-16 code units."""
    units = text.encode("utf-16-be", "surrogatepass")
    value = 0
    for at in range(0, len(units), 2):
        value = (31 * value + (units[at] << 8 | units[at + 1])) & 0xFFFFFFFF
    return value - (1 << 32) if value >> 31 else value


def partition_for(group: str, partitions: int) -> int:
    """The group's partition out of ``partitions`` (Kafka: ``GroupCoordinatorService.partitionFor``).

    Kafka's ``Utils.abs`` makes 0 of the one hash that has no positive counterpart.
    """
    value = java_hash(group)
    return (0 if value == -(1 << 31) else abs(value)) % partitions
