"""A batch is parsed once, checked once, and put in its place by patching a copy of its header."""

from __future__ import annotations

import contextlib
import copy
import pickle

import pytest
from crc32c import crc32c
from hypothesis import given
from hypothesis import strategies as st

from engine.wire import errors
from engine.wire.batch import (
    CRC_START,
    HEADER_BYTES,
    Batch,
    CorruptRecord,
    InvalidRecord,
    UnsupportedMagic,
    split_batches,
)
from engine.wire.records import Record, decode_records, encode_batch


def batch(count: int = 3, **options: int) -> Batch:
    return encode_batch([Record(0, 1_000 + i, b"key", b"value %d" % i) for i in range(count)], **options)


def patched(data: bytes, position: int, replacement: bytes) -> bytes:
    """``data`` with other bytes at ``position`` and a CRC that fits again."""
    changed = data[:position] + replacement + data[position + len(replacement) :]
    return changed[:17] + crc32c(changed[CRC_START:]).to_bytes(4, "big") + changed[CRC_START:]


def test_its_fields_are_those_of_the_header():
    made = batch(3, producer_id=77, producer_epoch=2, base_sequence=10, base_offset=40, leader_epoch=6)
    (read,) = split_batches(made.to_bytes())
    assert (read.base_offset, read.last_offset, read.next_offset, read.count) == (40, 42, 43, 3)
    assert (read.producer_id, read.producer_epoch, read.base_sequence, read.last_sequence) == (77, 2, 10, 12)
    assert (read.leader_epoch, read.base_timestamp, read.max_timestamp) == (6, 1_000, 1_002)
    assert read.size == len(made.to_bytes()) == HEADER_BYTES + len(read.records)
    assert read.crc == crc32c(made.to_bytes()[CRC_START:])
    assert (read.compression, read.is_control, read.is_transactional, read.log_append_time) == (0, False, False, False)


def test_its_flags_are_read_one_by_one():
    made = batch(1, transactional=True, compression=4)
    assert (made.compression, made.is_transactional, made.is_control) == (4, True, False)
    assert batch(1, control=True).is_control
    assert batch(1, log_append_time=True).log_append_time


def test_several_batches_are_split_and_share_the_bytes_they_came_in():
    frame = batch(1).to_bytes() + batch(2).to_bytes()
    first, second = split_batches(memoryview(frame))
    assert (first.count, second.count) == (1, 2)
    assert first.records.obj is second.records.obj is frame
    assert first.to_bytes() + second.to_bytes() == frame
    assert split_batches(b"") == []


def test_placing_patches_offset_and_epoch_and_needs_no_new_crc():
    (came,) = split_batches(batch(3).to_bytes())
    placed = came.placed(1 << 40, 9)
    assert placed.records is came.records
    assert (placed.base_offset, placed.last_offset, placed.leader_epoch) == (1 << 40, (1 << 40) + 2, 9)
    assert split_batches(placed.to_bytes()) == [placed]
    assert (came.base_offset, came.leader_epoch) == (0, -1)
    assert [record.offset for record in decode_records(placed)] == [(1 << 40) + i for i in range(3)]


def test_a_small_batch_does_not_keep_a_large_frame_alive():
    frame = batch(1).to_bytes() * 100
    came = split_batches(frame)[50]
    placed = came.placed(5, 1)
    assert isinstance(placed.records, bytes)
    assert placed.records == came.records


def test_after_the_last_sequence_number_comes_0():
    assert batch(3, producer_id=1, producer_epoch=0, base_sequence=2**31 - 2).last_sequence == 0
    assert batch(3).last_sequence == -1


def test_a_copy_is_the_same_batch_and_a_pickled_one_is_equal():
    (came,) = split_batches(batch(2).to_bytes())
    assert copy.copy(came) is came
    assert copy.deepcopy([came])[0] is came
    assert pickle.loads(pickle.dumps(came)) == came
    assert came != batch(3)
    assert came != "a batch"


@pytest.mark.parametrize("magic", [0, 1, 3, 127])
def test_other_formats_are_refused_by_name(magic):
    data = bytearray(batch().to_bytes())
    data[16] = magic
    with pytest.raises(UnsupportedMagic) as refused:
        split_batches(bytes(data))
    assert refused.value.error == errors.UNSUPPORTED_FOR_MESSAGE_FORMAT


def test_an_old_message_too_short_for_a_batch_header_is_refused_by_its_format_too():
    with pytest.raises(UnsupportedMagic):
        split_batches(bytes(16) + b"\x01" + bytes(20))


def test_a_wrong_crc_is_found_unless_nobody_asks():
    data = bytearray(batch().to_bytes())
    data[-1] ^= 1
    with pytest.raises(CorruptRecord) as refused:
        split_batches(bytes(data))
    assert refused.value.error == errors.CORRUPT_MESSAGE
    assert len(split_batches(bytes(data), check_crc=False)) == 1


@pytest.mark.parametrize("length", [-12, -1, 0, 48, 10_000, 0x7FFFFFFF])
def test_a_length_that_cannot_be_is_refused(length):
    data = batch().to_bytes()
    with pytest.raises(CorruptRecord):
        split_batches(data[:8] + length.to_bytes(4, "big", signed=True) + data[12:])


@pytest.mark.parametrize(("delta", "count"), [(0, 0), (-1, 0), (1, 3), (2, -3), (0x7FFFFFFE, 0x7FFFFFFF)])
def test_a_count_that_does_not_fit_the_offsets_or_the_size_is_refused(delta, count):
    data = patched(batch(3).to_bytes(), 23, delta.to_bytes(4, "big", signed=True))
    data = patched(data, 57, count.to_bytes(4, "big", signed=True))
    with pytest.raises(InvalidRecord) as refused:
        split_batches(data)
    assert refused.value.error == errors.INVALID_RECORD


def test_a_compressed_batch_cannot_claim_more_records_than_anyone_would_unpack():
    data = patched(batch(3, compression=4).to_bytes(), 23, (50_000_000 - 1).to_bytes(4, "big"))
    with pytest.raises(InvalidRecord):
        split_batches(patched(data, 57, (50_000_000).to_bytes(4, "big")))


@given(st.data())
def test_damaged_bytes_are_corrupt_and_nothing_else(data):
    whole = batch(2).to_bytes() + batch(1, compression=2).to_bytes()
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    damaged = damaged[: data.draw(st.integers(0, len(whole)))]
    for check_crc in (True, False):
        with contextlib.suppress(CorruptRecord):
            for found in split_batches(bytes(damaged), check_crc):
                decode_records(found)


@given(st.binary(max_size=200))
def test_any_bytes_are_batches_or_corrupt(data):
    with contextlib.suppress(CorruptRecord):
        assert b"".join(found.to_bytes() for found in split_batches(data)) == data
