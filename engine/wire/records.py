"""Single records: written by simulated producers, read for people. A broker's hot path needs neither.

A record is a run of varints and bytes (KIP-98, ``DefaultRecord.java``): length, attributes, timestamp
and offset as differences from the batch's first, key, value, headers. Lengths are zigzag varints,
-1 stands for null.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TypeAlias
from zlib import crc32

from crc32c import crc32c

from engine.wire import compression as codecs
from engine.wire.batch import (
    CONTROL,
    CRC_START,
    HEADER_BYTES,
    LENGTH_OVERHEAD,
    LOG_APPEND_TIME,
    MAGIC,
    RECORD_BYTES_MIN,
    TRANSACTIONAL,
    Batch,
    CorruptRecord,
    batch_of,
)

Headers: TypeAlias = "list[tuple[str, bytes | None]]"

_covered_by_crc = struct.Struct(">hiqqqhii").pack
_before_crc = struct.Struct(">qiibI").pack


@dataclass(slots=True)
class Record:
    """timestamp: milliseconds since 1970. offset: given by the log; ignored when encoding."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers = field(default_factory=list)


def fingerprint(record: Record) -> int:
    """32 bits of its timestamp, key and value: whether what stands at an offset is this record, and not another one.

    The value alone would not do: the same customer buys the same thing twice.
    """
    return crc32(record.value or b"", crc32(record.key or b"", record.timestamp & 0xFFFFFFFF))


def varint(value: int) -> bytes:
    """``value`` (64 bits, signed) as a zigzag varint."""
    rest = value << 1 if value >= 0 else (-value << 1) - 1
    if rest < 0x80:
        return _ONE_BYTE[rest]
    out = bytearray()
    while rest >= 0x80:
        out.append(rest & 0x7F | 0x80)
        rest >>= 7
    out.append(rest)
    return bytes(out)


_ONE_BYTE = [bytes((i,)) for i in range(0x80)]
_NULL = varint(-1)


def _sized(data: bytes | None) -> bytes:
    return _NULL if data is None else varint(len(data)) + data


def encode_record(record: Record, offset_delta: int, timestamp_delta: int) -> bytes:
    body = b"".join(
        (
            b"\0",  # attributes: unused
            varint(timestamp_delta),
            varint(offset_delta),
            _sized(record.key),
            _sized(record.value),
            varint(len(record.headers)),
            *(_sized(name.encode()) + _sized(value) for name, value in record.headers),
        )
    )
    return varint(len(body)) + body


def encode_batch(
    records: list[Record],
    *,
    producer_id: int = -1,
    producer_epoch: int = -1,
    base_sequence: int = -1,
    compression: int = 0,
    log_append_time: bool = False,
    transactional: bool = False,
    control: bool = False,
    base_offset: int = 0,
    leader_epoch: int = -1,
) -> Batch:
    """A batch as a producer sends it: base offset 0 and no leader epoch unless told otherwise."""
    assert records, "a batch has at least one record"
    base_timestamp = records[0].timestamp
    body = b"".join([encode_record(r, i, r.timestamp - base_timestamp) for i, r in enumerate(records)])
    body = codecs.compress(compression, body)
    flags = LOG_APPEND_TIME * log_append_time | TRANSACTIONAL * transactional | CONTROL * control
    covered = _covered_by_crc(
        compression | flags,
        len(records) - 1,
        base_timestamp,
        max(r.timestamp for r in records),
        producer_id,
        producer_epoch,
        base_sequence,
        len(records),
    )
    length = HEADER_BYTES - LENGTH_OVERHEAD + len(body)
    crc = crc32c(body, crc32c(covered))
    return batch_of(_before_crc(base_offset, length, leader_epoch, MAGIC, crc) + covered, body)


assert len(_before_crc(0, 0, 0, 0, 0)) == CRC_START


def decode_records(batch: Batch) -> list[Record]:
    """All records of ``batch``, unpacked if need be.

    With LogAppendTime every record bears the batch's time. Raises CorruptRecord when the records do
    not fill the batch exactly, as a checksum that fits does not prove that a sender wrote sense.
    """
    data = bytes(codecs.decompress(batch.compression, batch.records))
    count = batch.count
    if count * RECORD_BYTES_MIN > len(data):
        raise CorruptRecord(f"{count} records in {len(data)} bytes")
    base_offset, base_timestamp = batch.base_offset, batch.base_timestamp
    append_time = batch.max_timestamp if batch.log_append_time else None
    records = []
    position = 0
    try:
        for _ in range(count):
            length, position = read_varint(data, position)
            end = position + length
            if length < 0 or end > len(data):
                raise CorruptRecord(f"a record of {length} bytes at byte {position} of {len(data)}")
            record = _decode_record(data, position + 1, end, base_offset, base_timestamp)
            if append_time is not None:
                record.timestamp = append_time
            records.append(record)
            position = end
    except (IndexError, UnicodeDecodeError) as error:
        raise CorruptRecord(f"record at byte {position}: {error}") from None
    if position != len(data):
        raise CorruptRecord(f"{len(data) - position} bytes left after {count} records")
    return records


def _decode_record(data: bytes, position: int, end: int, base_offset: int, base_timestamp: int) -> Record:
    timestamp_delta, position = read_varint(data, position)
    offset_delta, position = read_varint(data, position)
    key, position = _read_sized(data, position, end)
    value, position = _read_sized(data, position, end)
    count, position = read_varint(data, position)
    if not 0 <= count <= end - position:
        raise CorruptRecord(f"a record with {count} headers in {end - position} bytes")
    headers: Headers = []
    for _ in range(count):
        name, position = _read_sized(data, position, end)
        if name is None:
            raise CorruptRecord("a header without a name")
        content, position = _read_sized(data, position, end)
        headers.append((name.decode(), content))
    if position != end:
        raise CorruptRecord(f"a record ends at byte {position}, not at {end}")
    return Record(base_offset + offset_delta, base_timestamp + timestamp_delta, key, value, headers)


def _read_sized(data: bytes, position: int, end: int) -> tuple[bytes | None, int]:
    size, position = read_varint(data, position)
    if size == -1:
        return None, position
    stop = position + size
    if size < 0 or stop > end:
        raise CorruptRecord(f"a field of {size} bytes at byte {position}, where {end - position} are left")
    return data[position:stop], stop


def read_varint(data: bytes, position: int) -> tuple[int, int]:
    """(a zigzag varint, where it ends). Raises CorruptRecord after ten bytes, IndexError where the bytes end."""
    byte = data[position]
    position += 1
    if byte < 0x80:
        return byte >> 1 ^ -(byte & 1), position
    rest, shift = byte & 0x7F, 7
    while byte >= 0x80:
        byte = data[position]
        position += 1
        rest |= (byte & 0x7F) << shift
        shift += 7
        if shift > 70:
            raise CorruptRecord("a varint of more than ten bytes")
    return rest >> 1 ^ -(rest & 1), position
