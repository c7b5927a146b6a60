"""Records of a stream as Kafka writes them: batches made and read without an object for each record.

A stream's records have no headers and, in one call, one time of arrival; so a batch of five hundred is written in a
fifth of the time that engine/wire/records.py takes, which can write and read all there is. The bytes are the same.
"""

from __future__ import annotations

import struct
from typing import Any

from crc32c import crc32c

from engine.storage.chunk import batches_of
from engine.wire.batch import HEADER_BYTES, LENGTH_OVERHEAD, MAGIC, Batch
from engine.wire.records import decode_records, read_varint, varint

Found = tuple[int, int, bytes, bytes]  # offset, timestamp (ms), key, value

_covered_by_crc = struct.Struct(">hiqqqhii").pack
_before_crc = struct.Struct(">qiibI").pack
_VARINTS = [varint(n) for n in range(2_048)]  # lengths and offsets of nearly all records


def _of(number: int) -> bytes:
    return _VARINTS[number] if 0 <= number < 2_048 else varint(number)


def encode(
    parts: list[tuple[int, list[bytes], list[bytes]]], producer_id: int, producer_epoch: int, sequence: int
) -> Batch:
    """A batch of all records of ``parts``: (timestamp, keys, values) each."""
    base_timestamp = latest = parts[0][0]
    pieces: list[bytes] = []
    known, small = _VARINTS, len(_VARINTS)
    offset = 0
    for timestamp, keys, values in parts:
        latest = max(latest, timestamp)
        begin = b"\0" + _of(timestamp - base_timestamp)  # no attributes
        fixed = len(begin) + 1  # no headers: one byte
        for key, value in zip(keys, values, strict=True):
            size, length = len(key), len(value)
            place = known[offset] if offset < small else varint(offset)
            before_key = known[size] if size < small else varint(size)
            before_value = known[length] if length < small else varint(length)
            whole = fixed + len(place) + len(before_key) + size + len(before_value) + length
            before = known[whole] if whole < small else varint(whole)
            pieces += (before, begin, place, before_key, key, before_value, value, b"\0")
            offset += 1
    body = b"".join(pieces)
    covered = _covered_by_crc(0, offset - 1, base_timestamp, latest, producer_id, producer_epoch, sequence, offset)
    size = HEADER_BYTES + len(body)
    header = _before_crc(0, size - LENGTH_OVERHEAD, -1, MAGIC, crc32c(body, crc32c(covered))) + covered
    return Batch(header, body, 0, offset - 1, -1, size, latest, producer_id)


def decode(pieces: list[Any], start: int, limit: int, bytes_max: int, horizon_ms: int) -> tuple[list[Found], int]:
    """The records from offset ``start`` on, and the offset after the last that was looked at.

    At most ``limit``, and about ``bytes_max`` of keys and values, but one at least, if there is one. What is older than
    ``horizon_ms`` is passed over.
    """
    found: list[Found] = []
    after = start
    for piece in pieces:
        for batch in batches_of(piece):
            if batch.next_offset <= start:
                continue
            left, room = limit - len(found), bytes_max if found else max(1, bytes_max)
            if left <= 0 or room <= 0:
                return found, after
            if batch.compression or batch.is_control or batch.log_append_time:
                records, after = _whole(batch, start, horizon_ms), batch.next_offset
            else:
                records, after = _plain(batch, start, left, room, horizon_ms)
            found += records
            bytes_max -= sum([len(record[2]) + len(record[3]) for record in records])
    return found, after


def _whole(batch: Batch, start: int, horizon_ms: int) -> list[Found]:
    """All records of a batch that was not written here."""
    if batch.is_control:
        return []
    return [
        (record.offset, record.timestamp, record.key or b"", record.value or b"")
        for record in decode_records(batch)
        if record.offset >= start and record.timestamp >= horizon_ms
    ]


def _plain(batch: Batch, start: int, limit: int, bytes_max: int, horizon_ms: int) -> tuple[list[Found], int]:
    """Records of a batch as ``encode`` writes it: those before ``start`` are passed over by their lengths."""
    records = batch.records
    data = records if type(records) is bytes else bytes(records)
    base, time = batch.base_offset, batch.base_timestamp
    end, position, offset = len(data), 0, base
    found: list[Found] = []
    while position < end:
        size, position = read_varint(data, position)
        after = position + size
        if offset >= start:
            delta, position = read_varint(data, position + 1)  # behind the attributes
            if time + delta >= horizon_ms:
                _, position = read_varint(data, position)  # its place, which we know
                size, position = read_varint(data, position)
                key = data[position : position + size] if size > 0 else b""
                position += max(size, 0)
                size, position = read_varint(data, position)
                value = data[position : position + size] if size > 0 else b""
                if bytes_max < len(key) + len(value) and found:
                    return found, offset
                found.append((offset, time + delta, key, value))
                bytes_max -= len(key) + len(value)
                if len(found) >= limit or bytes_max <= 0:
                    return found, offset + 1
        offset += 1
        position = after
    return found, batch.next_offset
