"""What some topics ask of a batch before it is appended: keys where they are compacted, the leader's own time.

Everything else about a batch is told by its header. To see that a key is missing its records must be
decoded, so that is done for compacted topics only.
"""

from __future__ import annotations

from struct import Struct

from crc32c import crc32c

from engine.replication.partition import Partition
from engine.wire.batch import CRC_START, LOG_APPEND_TIME, Batch, InvalidRecord, batch_of
from engine.wire.messages import ProducedPart
from engine.wire.records import decode_records

_crc = Struct(">I").pack
_int64 = Struct(">q").pack
ATTRIBUTES_AT, MAX_TIMESTAMP_AT = 21, 35


def prepared(partition: Partition, now_ms: int, batches: list[Batch], part: ProducedPart) -> list[Batch]:
    """The batches as they are to be appended. now_ms: by the calendar. Raises CorruptRecord or InvalidRecord."""
    config = partition.log.config
    if config.compacts:
        for batch in batches:
            _check_keys(batch)
    if config.message_timestamp_type == "LogAppendTime":
        part.append_time_ms = now_ms
        return [stamped(batch, part.append_time_ms) for batch in batches]
    return batches


def _check_keys(batch: Batch) -> None:
    for number, record in enumerate(decode_records(batch)):
        if record.key is None:
            raise InvalidRecord(f"record {number} has no key, and compaction keeps the last value of each key")


def stamped(batch: Batch, timestamp_ms: int) -> Batch:
    """``batch`` with LogAppendTime: its largest timestamp counts for all its records, and its CRC is another."""
    header = bytearray(batch.header)
    header[ATTRIBUTES_AT + 1] |= LOG_APPEND_TIME
    header[MAX_TIMESTAMP_AT : MAX_TIMESTAMP_AT + 8] = _int64(timestamp_ms)
    header[CRC_START - 4 : CRC_START] = _crc(crc32c(batch.records, crc32c(header[CRC_START:])))
    return batch_of(bytes(header), batch.records)
