"""Records written here are read by the clients' libraries, and the other way round."""

from __future__ import annotations

import contextlib

import pytest
from aiokafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder
from hypothesis import given
from hypothesis import strategies as st
from kafka.record.default_records import DefaultRecordBatch as KafkaPythonBatch
from kafka.record.default_records import DefaultRecordBatchBuilder as KafkaPythonBuilder

from engine.wire.batch import Batch, CorruptRecord, batch_of, split_batches
from engine.wire.records import Record, decode_records, encode_batch, fingerprint, varint

TIME = 1_700_000_000_000
optional_bytes = st.none() | st.binary(max_size=300)
headers = st.lists(st.tuples(st.text(max_size=8), optional_bytes), max_size=3)
contents = st.lists(
    st.tuples(st.integers(0, 2**42), optional_bytes, optional_bytes, headers), min_size=1, max_size=12
)  # (timestamp, key, value, headers)
codecs = st.sampled_from([0, 1, 2, 3, 4])


def records_of(content) -> list[Record]:
    return [Record(i, *fields) for i, fields in enumerate(content)]


@given(contents, codecs)
def test_what_was_written_is_read(content, compression):
    batch = encode_batch(records_of(content), compression=compression)
    assert decode_records(split_batches(batch.to_bytes())[0]) == records_of(content)
    assert batch.max_timestamp == max(fields[0] for fields in content)
    assert (batch.base_timestamp, batch.count, batch.compression) == (content[0][0], len(content), compression)


@given(contents, codecs)
def test_aiokafka_reads_what_was_written(content, compression):
    batch = DefaultRecordBatch(encode_batch(records_of(content), compression=compression).to_bytes())
    assert batch.validate_crc()
    assert [(r.offset, r.timestamp, r.key, r.value, list(r.headers)) for r in batch] == [
        (i, *fields) for i, fields in enumerate(content)
    ]


@given(contents, codecs)
def test_what_aiokafka_writes_is_read(content, compression):
    builder = DefaultRecordBatchBuilder(2, compression, False, 5, 1, 17, 1 << 20)
    for i, (timestamp, key, value, record_headers) in enumerate(content):
        builder.append(i, timestamp, key, value, record_headers)
    (batch,) = split_batches(bytes(builder.build()))
    assert decode_records(batch) == records_of(content)
    assert (batch.producer_id, batch.producer_epoch, batch.base_sequence) == (5, 1, 17)


@given(contents, st.sampled_from([0, 1]))
def test_kafka_python_reads_and_writes_the_same(content, compression):
    """With gzip at most: for the others it needs more packages."""
    written = encode_batch(records_of(content), compression=compression).to_bytes()
    reader = KafkaPythonBatch(written)
    assert reader.validate_crc()
    assert [(r.offset, r.timestamp, r.key, r.value, list(r.headers)) for r in reader] == [
        (i, *fields) for i, fields in enumerate(content)
    ]
    builder = KafkaPythonBuilder(2, compression, False, -1, -1, -1, 1 << 20)
    for i, (timestamp, key, value, record_headers) in enumerate(content):
        builder.append(i, timestamp, key, value, record_headers)
    (batch,) = split_batches(bytes(builder.build()))
    assert decode_records(batch) == records_of(content)
    if not compression:
        assert batch.to_bytes()[17:] == written[17:]  # before it stands the leader epoch: theirs is 0, ours -1


def test_with_log_append_time_every_record_bears_the_time_of_the_batch():
    batch = encode_batch([Record(0, TIME, None, b"a"), Record(0, TIME - 5, None, b"b")], log_append_time=True)
    assert [record.timestamp for record in decode_records(batch)] == [TIME, TIME]


def test_offsets_are_those_of_the_log():
    batch = encode_batch([Record(0, TIME, None, b"a")] * 2).placed(100, 3)
    assert [record.offset for record in decode_records(batch)] == [100, 101]


@pytest.mark.parametrize("value", [0, -1, 1, 63, -64, 64, -65, 2**31 - 1, -(2**31), 2**63 - 1, -(2**63)])
def test_varints_are_zigzag(value):
    encoded = varint(value)
    plain = value << 1 if value >= 0 else (-value << 1) - 1
    assert sum((byte & 0x7F) << 7 * i for i, byte in enumerate(encoded)) == plain
    assert all(byte & 0x80 for byte in encoded[:-1])
    assert not encoded[-1] & 0x80


def with_records(data: bytes, count: int = 1, compression: int = 0) -> Batch:
    """A batch that claims ``count`` records and holds ``data``."""
    header = bytearray(encode_batch([Record(0, TIME, None, b"")] * count, compression=compression).header)
    header[8:12] = (49 + len(data)).to_bytes(4, "big")
    return batch_of(bytes(header), data)


WHOLE = encode_batch([Record(0, TIME, b"k", b"v", [("h", b"x")])]).records


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (WHOLE[:-1], 1),
        (WHOLE + b"\0", 1),
        (WHOLE, 2),
        (varint(-4) + WHOLE[1:], 1),
        (varint(200) + WHOLE[1:], 1),
        (b"\xff" * 12, 1),
        (WHOLE[:4] + varint(-2) + WHOLE[5:], 1),
        (WHOLE[:4] + varint(60) + WHOLE[5:], 1),
        (WHOLE.replace(b"h", b"\xff"), 1),
        (WHOLE[:8] + varint(60) + WHOLE[9:], 1),
        (WHOLE[:9] + varint(-1) + WHOLE[10:], 1),
    ],
    ids=[
        "cut", "too long", "too few", "negative length", "length beyond the end", "endless varint", "negative key",
        "key beyond the end", "header that is no text", "too many headers", "header without a name",
    ],
)  # fmt: skip
def test_records_that_make_no_sense_are_corrupt(data, count):
    with pytest.raises(CorruptRecord):
        decode_records(with_records(data, count))


def test_an_unknown_codec_is_corrupt():
    batch = with_records(WHOLE)
    header = batch.header[:22] + bytes((7,)) + batch.header[23:]
    with pytest.raises(CorruptRecord, match="no codec 7"):
        decode_records(batch_of(header, batch.records))


@given(st.binary(max_size=120), codecs, st.integers(1, 3))
def test_any_records_are_read_or_corrupt(data, compression, count):
    with contextlib.suppress(CorruptRecord):
        decode_records(with_records(data, count, compression))


def test_the_same_purchase_a_second_later_has_another_fingerprint_and_a_copy_of_a_record_the_same():
    bought = Record(0, TIME, b"ana", b'{"produto": "caf\u00e9"}')
    again = Record(0, TIME + 1_000, bought.key, bought.value)
    by_another = Record(0, TIME, b"bia", bought.value)
    assert len({fingerprint(bought), fingerprint(again), fingerprint(by_another)}) == 3
    batch = encode_batch([bought])
    (copied,) = decode_records(batch.placed(7, 3))
    assert (copied.offset, fingerprint(copied)) == (7, fingerprint(bought))
