"""One batch, compacted: its records looked at, those that stay, and the batch made anew around them.

A batch keeps its place whatever becomes of its records: first and last offset, producer, sequence and leader
epoch stay (``MemoryRecords.filterTo``). So offsets never move, a reader finds gaps and nothing else, and the
producer's state can be read from what is left. A batch that loses nothing is passed on as it is, the very
same object, shared with other replicas.

Tombstones go later than the records they replace, or a reader that was slow would miss them (KIP-534): the first
cleaning that meets one notes in the batch when it may go, the *delete horizon*. It stands where the first
timestamp stood, and a bit of the attributes says so.

One difference to Kafka: a batch made anew is not compressed again. Nothing is compressed inside the World,
for the same input gives other bytes in another version of the library (engine/world/).
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct

from crc32c import crc32c

from engine.wire.batch import COMPRESSION_MASK, HEADER_BYTES, LENGTH_OVERHEAD, Batch, CorruptRecord, batch_of
from engine.wire.records import Record, decode_records, encode_record

DELETE_HORIZON = 0x40  # attribute: the base timestamp is the delete horizon (DefaultRecordBatch.java)

_head = Struct(">qi").pack  # base offset, length
_rest = Struct(">hiqqqhii").pack  # attributes, last offset delta, timestamps, producer, epoch, sequence, count
_crc = Struct(">I").pack


@dataclass(slots=True)
class Looked:
    """Records of a batch, and how many of them have a key."""

    records: list[Record]
    keyed: int


def look(batch: Batch) -> Looked | None:
    """None: the records cannot be read. A client may have sent what nobody can read; it stays as it is."""
    try:
        records = decode_records(batch) if batch.count else []
    except CorruptRecord:
        return None
    return Looked(records, sum(record.key is not None for record in records))


def delete_horizon(batch: Batch) -> int:
    """When the batch's tombstones may go (ms since 1970), -1 while that has not been set."""
    return batch.base_timestamp if batch.attributes & DELETE_HORIZON else -1


def with_records(batch: Batch, records: list[Record], horizon: int) -> Batch:
    """``batch`` with ``records``, some of its own, and the delete horizon given (-1: none)."""
    if not records:
        return emptied(batch)
    attributes = batch.attributes & ~(DELETE_HORIZON | COMPRESSION_MASK)
    base_timestamp = records[0].timestamp
    if horizon >= 0:
        attributes, base_timestamp = attributes | DELETE_HORIZON, horizon
    latest = batch.max_timestamp if batch.log_append_time else max(record.timestamp for record in records)
    base = batch.base_offset
    body = b"".join([encode_record(r, r.offset - base, r.timestamp - base_timestamp) for r in records])
    return _made(batch, attributes, base_timestamp, latest, len(records), body)


def emptied(batch: Batch) -> Batch:
    """The shell of ``batch``: it holds its offsets and its producer's last sequence number."""
    attributes = batch.attributes & ~(DELETE_HORIZON | COMPRESSION_MASK)
    return _made(batch, attributes, batch.max_timestamp, batch.max_timestamp, 0, b"")


def _made(batch: Batch, attributes: int, base_timestamp: int, latest: int, count: int, body: bytes) -> Batch:
    covered = _rest(
        attributes, batch.last_offset - batch.base_offset, base_timestamp, latest, batch.producer_id,
        batch.producer_epoch, batch.base_sequence, count,
    )  # fmt: skip
    head = _head(batch.base_offset, HEADER_BYTES - LENGTH_OVERHEAD + len(body))
    epoch_and_magic = batch.header[12:17]
    return batch_of(head + epoch_and_magic + _crc(crc32c(body, crc32c(covered))) + covered, body)
