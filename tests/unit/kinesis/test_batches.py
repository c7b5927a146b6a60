"""Batches of a stream's records are Kafka's, byte for byte, and read back record by record."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.kinesis.gateway.batches import decode, encode
from engine.wire.batch import split_batches
from engine.wire.records import Record, encode_batch

blobs = st.lists(st.tuples(st.binary(max_size=300), st.binary(max_size=5_000)), min_size=1, max_size=30)
parts = st.lists(st.tuples(st.integers(0, 2**41), blobs), min_size=1, max_size=4)


def made(given_parts):
    return [(at, [k for k, _ in records], [v for _, v in records]) for at, records in given_parts]


@given(parts)
def test_what_is_written_is_what_the_usual_encoder_writes(given_parts):
    records = [Record(0, at, k, v) for at, keys, values in made(given_parts) for k, v in zip(keys, values, strict=True)]
    usual = encode_batch(records, producer_id=7, producer_epoch=2, base_sequence=40)
    batch = encode(made(given_parts), 7, 2, 40)
    assert batch.to_bytes() == usual.to_bytes()
    assert split_batches(batch.to_bytes())[0] == batch


@given(parts, st.integers(0, 40), st.integers(1, 40))
def test_it_is_read_from_any_offset_and_up_to_any_limit(given_parts, start, limit):
    every = [(at, k, v) for at, records in given_parts for k, v in records]
    batch = encode(made(given_parts), 7, 2, 40).placed(100, 3)
    found, after = decode([batch], 100 + start, limit, 1 << 40, 0)
    expected = [(100 + n, *one) for n, one in enumerate(every)][start : start + limit]
    assert found == expected
    assert after == (expected[-1][0] + 1 if expected else max(100 + start, 100))


def test_bytes_are_limited_but_one_record_is_always_read():
    batch = encode([(5, [b"k"] * 4, [bytes(1_000)] * 4)], 1, 0, 0)
    assert len(decode([batch], 0, 10, 10, 0)[0]) == 1
    assert len(decode([batch], 0, 10, 2_500, 0)[0]) == 2


def test_what_has_expired_is_passed_over():
    batch = encode([(10, [b"a"] * 80, [b"x"] * 80), (20, [b"b"], [b"y"])], 1, 0, 0)
    found, after = decode([batch], 0, 5, 1 << 20, 15)
    assert [value for _, _, _, value in found] == [b"y"] and after == 81


def test_a_long_record_has_long_lengths():
    batch = encode([(5, [b"k" * 3_000], [bytes(100_000)])], 1, 0, 0)
    ((offset, at, key, value),) = decode([batch], 0, 10, 1 << 30, 0)[0]
    assert (offset, at, len(key), len(value)) == (0, 5, 3_000, 100_000)
