"""Who chooses a record's partition: the client, by a hash of the key. Two hashes are in use.

Java, kafka-python, aiokafka and kafkajs take murmur2 (``BuiltInPartitioner.java``), librdkafka
(kcat, confluent-kafka) takes CRC32 (its ``consistent_random``). For the same key they mostly
disagree, so two clients that share a topic break "equal keys, one partition".
Without a key both spread records as they like; librdkafka does so for an empty key as well.
"""

from __future__ import annotations

import zlib
from functools import lru_cache

_SEED, _M, _MASK = 0x9747B28C, 0x5BD1E995, 0xFFFFFFFF


@lru_cache(maxsize=4096)  # keys come again and again; a pure function, so no state
def murmur2(data: bytes) -> int:
    """The 32-bit hash of Kafka's ``Utils.murmur2``, here unsigned."""
    length = len(data)
    h = _SEED ^ length
    whole = length & ~3
    for i in range(0, whole, 4):
        k = int.from_bytes(data[i : i + 4], "little") * _M & _MASK
        k = (k ^ k >> 24) * _M & _MASK
        h = (h * _M & _MASK) ^ k
    if length > whole:
        h = (h ^ int.from_bytes(data[whole:], "little")) * _M & _MASK
    h = (h ^ h >> 13) * _M & _MASK
    return h ^ h >> 15


def murmur2_partition(key: bytes, partitions: int) -> int:
    """Java's default: the sign bit is dropped before the remainder is taken."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions


def crc32_partition(key: bytes, partitions: int) -> int:
    """librdkafka's ``consistent`` and ``consistent_random``."""
    return zlib.crc32(key) % partitions


def explain(key: bytes, partitions: int) -> dict[str, int]:
    """Where each of the two would have put ``key``."""
    return {"murmur2": murmur2_partition(key, partitions), "crc32": crc32_partition(key, partitions)}
