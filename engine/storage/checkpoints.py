"""The small text files beside the logs, in Kafka's own formats.

``recovery-point-offset-checkpoint``  up to where each log is known to be on the platter
``log-start-offset-checkpoint``       of logs that begin later than their first segment does
``replication-offset-checkpoint``     each replica's high watermark
``cleaner-offset-checkpoint``         up to where each log was compacted
``.kafka_cleanshutdown``              the broker stopped in good order, and in which epoch (KIP-966)
``meta.properties``                   whose disk this is
``partition.metadata``                in a partition's folder: which topic's it is, by its id

All are replaced whole (``MemoryDisk.write_file``: temporary file, fsync, rename), so they are never torn.
A file of offsets that cannot be read counts as empty, as in ``LogManager.loadLogs``: then everything is
recovered from the beginning.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import TypeAlias

from engine.storage.disk import MemoryDisk

RECOVERY_POINTS = "recovery-point-offset-checkpoint"
LOG_STARTS = "log-start-offset-checkpoint"
HIGH_WATERMARKS = "replication-offset-checkpoint"
CLEANED_UP_TO = "cleaner-offset-checkpoint"
CLEAN_SHUTDOWN = ".kafka_cleanshutdown"
META = "meta.properties"
PARTITION_METADATA = "partition.metadata"

Offsets: TypeAlias = "dict[tuple[str, int], int]"  # by (topic, partition)


def offsets_text(offsets: Mapping[tuple[str, int], int]) -> bytes:
    """Version 0, how many, then a line each (``OffsetCheckpointFile``)."""
    lines = ["0", str(len(offsets)), *(f"{topic} {number} {offset}" for (topic, number), offset in offsets.items())]
    return ("\n".join(lines) + "\n").encode()


def parse_offsets(data: bytes) -> Offsets:
    """Raises ValueError."""
    version, count, *lines = data.decode().splitlines()
    if version != "0" or int(count) != len(lines):
        raise ValueError(f"version {version}, {count} entries announced, {len(lines)} there")
    offsets: Offsets = {}
    for line in lines:
        topic, number, offset = line.split(" ")
        offsets[topic, int(number)] = int(offset)
    return offsets


def write_offsets(disk: MemoryDisk, name: str, offsets: Mapping[tuple[str, int], int]) -> None:
    disk.write_file(name, offsets_text(offsets))


def read_offsets(disk: MemoryDisk, name: str) -> Offsets:
    """What is on the disk; nothing if there is no such file, or nobody can read it."""
    if not disk.exists(name):
        return {}
    disk.reread(name)
    try:
        return parse_offsets(disk.read_all(name))
    except ValueError:
        return {}


def write_clean_shutdown(disk: MemoryDisk, broker_epoch: int) -> None:
    """The last thing a broker writes that has closed all its logs (``CleanShutdownFileHandler``)."""
    disk.write_file(CLEAN_SHUTDOWN, f'{{"broker_epoch":"{broker_epoch}","version":"0"}}'.encode())


def take_clean_shutdown(disk: MemoryDisk) -> bool:
    """Whether the marker was there. It is removed: if this life ends badly, nobody must find it."""
    was_clean = disk.exists(CLEAN_SHUTDOWN)
    disk.delete(CLEAN_SHUTDOWN)
    return was_clean


def uuid_text(identifier: bytes) -> str:
    """16 bytes as Kafka's ``Uuid`` writes them: base64 for URLs, without padding."""
    return urlsafe_b64encode(identifier).decode().rstrip("=")


def partition_metadata(topic_id: bytes) -> bytes:
    """``PartitionMetadataFile``, without a last newline as Kafka writes it."""
    return f"version: 0\ntopic_id: {uuid_text(topic_id)}".encode()


def parse_partition_metadata(data: bytes) -> bytes:
    """The topic id. Raises ValueError."""
    version, topic_id, *rest = data.decode().splitlines()
    if version != "version: 0" or not topic_id.startswith("topic_id: ") or rest:
        raise ValueError(f"no partition metadata: {data[:60]!r}")
    return urlsafe_b64decode(topic_id.removeprefix("topic_id: ") + "==")


def meta_properties(cluster_id: str, node_id: int, directory_id: bytes) -> bytes:
    """Version 1 of ``MetaProperties`` (KIP-866)."""
    lines = [f"cluster.id={cluster_id}", f"directory.id={uuid_text(directory_id)}", f"node.id={node_id}", "version=1"]
    return ("#\n" + "\n".join(lines) + "\n").encode()


def parse_properties(data: bytes) -> dict[str, str]:
    found = {}
    for line in data.decode().splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith(("#", "!")):
            found[name.strip()] = value.strip()
    return found
