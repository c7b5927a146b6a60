"""The time index has Kafka's bytes and grows by the rules of TimeIndex and LogSegment."""

from __future__ import annotations

import struct

import pytest

from engine.storage.disk import MemoryDisk
from engine.storage.timeindex import ENTRY_BYTES, TimeIndex
from tests.unit.storage.making import TIME, a_batch, a_log, copy_over, filled, reopened


def an_index(*entries: tuple[int, int], base: int = 100, bytes_max: int = 1_000) -> TimeIndex:
    disk = MemoryDisk()
    index = TimeIndex(disk, disk.open("0.timeindex"), base, bytes_max)
    for entry in entries:
        index.maybe_append(*entry)
    return index


def test_an_entry_is_a_timestamp_and_an_offset_relative_to_the_segment():
    index = an_index((TIME, 105), (TIME + 7, 110))
    assert b"".join(index.file.pieces()) == struct.pack(">qIqI", TIME, 5, TIME + 7, 10)
    assert index.entries() == [(TIME, 105), (TIME + 7, 110)]


def test_only_a_larger_timestamp_makes_an_entry():
    index = an_index((5, 101), (5, 103), (4, 104), (6, 105), (-1, 106))
    assert index.entries() == [(5, 101), (6, 105)]


def test_records_without_a_time_leave_it_empty():
    assert an_index((-1, 100), (-1, 105)).entries() == []


def test_the_last_place_is_kept_for_the_entry_made_when_the_segment_is_closed():
    index = an_index((1, 101), (2, 102), bytes_max=4 * ENTRY_BYTES)
    assert not index.full
    index.maybe_append(3, 103)
    assert index.full
    index.maybe_append(4, 104)
    assert len(index) == 4


def test_truncation_drops_the_entries_of_an_offset_and_later():
    for offset, left in [(100, 0), (105, 0), (106, 1), (110, 1), (111, 2)]:
        index = an_index((1, 105), (2, 110))
        index.truncate_to(offset)
        assert (len(index), index.latest) == (left, left or -1)


@pytest.mark.parametrize(
    ("data", "good"),
    [
        (b"", True),
        (struct.pack(">qI", 5, 1), True),
        (struct.pack(">qI", 5, 1)[:-1], False),
        (struct.pack(">qI", 51, 1), False),  # later than any record
        (struct.pack(">qI", -2, 1), False),
        (b"\0", False),
    ],
)
def test_a_file_that_cannot_be_right_is_not_believed(data, good):
    index = an_index()
    index.file.parts, index.file.size = [data] if data else [], len(data)
    assert index.open(largest_timestamp=50) is good


# --- in a log ---------------------------------------------------------------------------------------


def test_it_gets_an_entry_with_the_offset_index_if_time_has_gone_on():
    log = filled(300)
    segment = log.segments[0]
    offsets = [offset for offset, _ in segment.index.entries()]
    assert segment.times.entries() == [(TIME + offset, offset) for offset in offsets]
    still = a_log()
    for _ in range(300):
        still.append_as_leader([a_batch()], 0)
    assert still.segments[0].times.entries() == [(TIME, 0)]


def test_its_entries_name_the_batch_with_the_largest_time_so_far():
    log = a_log(index_interval_bytes=0)
    for time, count in [(10, 1), (50, 3), (20, 1), (52, 1), (60, 1)]:
        log.append_as_leader([a_batch(count, time=time)], 0)
    assert log.segments[0].times.entries() == [(52, 3), (60, 6)]


def test_closing_a_segment_adds_its_largest_timestamp():
    log = filled(300, segment_bytes=10_000)
    for segment in log.segments[:-1]:
        assert segment.times.entries()[-1] == (segment.max_timestamp, segment.next_offset - 1)
    log.close()
    assert log.segments[-1].times.entries()[-1] == (TIME + 299, 299)
    data = log.disk.read_all(log.segments[-1].times_path)
    log.close()
    assert log.disk.read_all(log.segments[-1].times_path) == data


def test_a_full_time_index_begins_a_segment():
    log = filled(300, index_bytes=24, index_interval_bytes=0)
    assert len(log.segments) > 50
    assert all(len(segment.times) <= 2 for segment in log.segments)


def test_a_follower_that_takes_over_chunks_has_the_same_index():
    leader, follower = a_log(), a_log()
    for number in range(3_000):
        leader.append_as_leader([a_batch(time=TIME + number * 7919 % 3_001)], 0)
    copy_over(leader, follower)
    assert len(leader.segments[0].times) > 3
    assert follower.segments[0].times.entries() == leader.segments[0].times.entries()


def test_truncation_takes_back_what_lies_behind_it():
    log = filled(300)
    log.truncate_to(120)
    assert log.segments[0].times.entries() == filled(120).segments[0].times.entries()
    assert (log.segments[0].max_timestamp, log.segments[0].max_timestamp_offset) == (TIME + 119, 119)


def test_recovery_makes_it_anew():
    log = filled(3_000)
    log.close()
    path = log.segments[0].times_path
    data = log.disk.read_all(path)
    log.disk.replace(log.disk.open(path), [b"rubbish"], 7)
    assert reopened(log).disk.read_all(path) == data
