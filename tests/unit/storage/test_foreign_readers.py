"""What lies on the disk is what other people's readers read: kafka-python's, aiokafka's, and structs by hand."""

from __future__ import annotations

import struct
from typing import Any, NamedTuple

import pytest
from aiokafka.record.memory_records import MemoryRecords as AiokafkaRecords
from crc32c import crc32c
from kafka.record.memory_records import MemoryRecords as KafkaPythonRecords

from engine.storage.cleaner_batches import emptied, with_records
from engine.storage.log import Log
from engine.wire.batch import split_batches
from engine.wire.records import Record, decode_records, encode_batch
from tests.unit.storage.making import TIME, a_log, as_plain_bytes, reopened

READERS = [KafkaPythonRecords, AiokafkaRecords]


class Seen(NamedTuple):
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]


def a_rich_log() -> Log:
    """Several segments: one and many records, no key, no value, headers, gzip, an idempotent producer, epochs."""
    log = a_log(segment_bytes=40_000)
    for number in range(600):
        records = [
            Record(0, TIME + number * 10 + i, b"k%d" % i if i % 5 else None, bytes(number % 90) if i % 7 != 3 else None)
            for i in range(1 + number % 4)
        ]
        records[0].headers = [("h", b"x"), ("none", None)] if number % 3 == 0 else []
        batch = encode_batch(
            records, compression=number % 11 == 0, producer_id=9 if number % 2 else -1,
            producer_epoch=0 if number % 2 else -1, base_sequence=number if number % 2 else -1,
        )  # fmt: skip
        log.append_as_leader(split_batches(batch.to_bytes()), number // 100)
    return log


def ours(log: Log) -> list[Seen]:
    return [Seen(*_fields(r)) for b in log.batches(0, log.log_end) if b.count for r in decode_records(b)]


def theirs(reader: Any, data: bytes) -> list[Seen]:
    found = []
    records = reader(data)
    while (batch := records.next_batch()) is not None:
        assert batch.validate_crc()
        found += [Seen(*_fields(record)) for record in batch]
    return found


def _fields(record: Any) -> tuple[int, int, bytes | None, bytes | None, list[tuple[str, bytes | None]]]:
    return record.offset, record.timestamp, record.key, record.value, list(record.headers)


@pytest.mark.parametrize("reader", READERS, ids=["kafka-python", "aiokafka"])
def test_segments_are_read_by(reader):
    log = a_rich_log()
    assert len(log.segments) > 2
    found = [seen for segment in log.segments for seen in theirs(reader, log.disk.read_all(segment.path))]
    assert found == ours(log)
    assert len(found) == 1_500


@pytest.mark.parametrize("reader", READERS, ids=["kafka-python", "aiokafka"])
def test_a_segment_that_was_compacted_is_read_by(reader):
    log = a_rich_log()
    old = log.segments[:2]
    new = log.cleaned_segment(0)
    batches = [batch for segment in old for batch in segment.batches(0)]
    for batch in batches:
        kept = [record for record in decode_records(batch) if record.offset % 3 == 0]
        if kept or batch is batches[-1] or batch.base_offset % 5 == 0:
            made = with_records(batch, kept, -1) if kept else emptied(batch)
            assert new.append([made], log.config.of({})) == 1
    new.close()
    for path in new.paths():
        log.disk.sync(path)
    log.replace_segments([new], old, 0)
    as_plain_bytes(log)
    log = reopened(log)
    found = [seen for segment in log.segments for seen in theirs(reader, log.disk.read_all(segment.path))]
    assert found == ours(log)
    assert len(found) < 1_300


def test_the_offset_index_leads_to_the_batch_it_names():
    log = a_rich_log()
    entries = 0
    for segment in log.segments:
        data, index = log.disk.read_all(segment.path), log.disk.read_all(segment.index_path)
        assert len(index) % 8 == 0
        for relative, position in struct.iter_unpack(">II", index):
            base, length, _, magic, crc, _, delta = struct.unpack_from(">qiibIhi", data, position)
            assert (magic, base + delta) == (2, segment.base_offset + relative)
            assert crc32c(data[position + 21 : position + 12 + length]) == crc
            entries += 1
    assert entries > 15


def test_the_time_index_names_the_batch_with_the_largest_time_up_to_there():
    log = a_rich_log()
    entries = 0
    for segment in log.segments:
        data, index = log.disk.read_all(segment.path), log.disk.read_all(segment.times_path)
        assert len(index) % 12 == 0
        largest: dict[int, int] = {}
        position, top = 0, -1
        while position < len(data):
            base, length, _, _, _, _, delta, _, stamp = struct.unpack_from(">qiibIhiqq", data, position)
            top = largest[base + delta] = max(top, stamp)
            position += 12 + length
        for stamp, relative in struct.iter_unpack(">qI", index):
            assert largest[segment.base_offset + relative] == stamp
            entries += 1
        if segment is not log.segments[-1]:
            assert stamp == top
    assert entries > 15
