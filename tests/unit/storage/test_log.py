"""A partition's log: offsets, segments, epochs, reads within bounds, truncation."""

from __future__ import annotations

import copy
import pickle

import pytest

from engine.storage.disk import DiskFull, MemoryDisk
from engine.storage.errors import OffsetOutOfRange, UnexpectedOffset
from engine.storage.log import Log, LogConfig
from engine.wire import errors
from engine.wire.batch import CorruptRecord, batch_of
from engine.wire.records import Record, encode_batch
from tests.unit.storage.making import (
    TIME,
    a_batch,
    a_log,
    chunks,
    content,
    copy_over,
    filled,
    joined,
    read_all,
    sent,
    summary,
)

# --- appending --------------------------------------------------------------------------------------


def test_the_leader_gives_the_next_offsets():
    log = a_log()
    assert log.append_as_leader([a_batch(3)], 0) == (0, 2)
    assert log.append_as_leader([a_batch(1), a_batch(2)], 0) == (3, 5)
    assert (log.log_start, log.log_end, log.appended) == (0, 6, 6)
    assert [batch.base_offset for batch in log.batches(0, 6)] == [0, 3, 4]


def test_a_follower_keeps_offsets_and_epochs_and_shares_the_batches():
    leader, follower = a_log(), a_log()
    leader.append_as_leader([a_batch(3)], 4)
    copy_over(leader, follower)
    assert follower.segments[0].extents[0] is leader.segments[0].extents[0]
    assert summary(follower) == summary(leader)


def test_a_follower_takes_nothing_that_it_has_already():
    log = filled(5)
    before = summary(log)
    for wrong in ([a_batch().placed(4, 0)], [a_batch().placed(5, 0), a_batch().placed(5, 0)]):
        with pytest.raises(UnexpectedOffset):
            log.append_as_follower(wrong)
    assert summary(log) == before


def test_a_follower_may_skip_offsets():
    log = filled(2)
    log.append_as_follower([a_batch().placed(10, 0)])
    assert log.log_end == 11
    assert [batch.base_offset for batch in log.batches(3, 11)] == [10]
    assert read_all(log, 5) == joined([log.batch_at(10)])
    assert log.batch_at(5) is None


def test_a_full_disk_takes_nothing_in_half():
    log = a_log(disk=MemoryDisk(quota=1_000))
    log.append_as_leader([a_batch()], 0)
    before = summary(log)
    with pytest.raises(DiskFull):
        log.append_as_leader([sent(7, 0, 0), a_batch(size=900)], 1)
    with pytest.raises(DiskFull):
        log.append_as_follower([a_batch(size=900).placed(1, 1)])
    assert summary(log) == before
    log.append_as_leader([a_batch()], 1)


@pytest.mark.parametrize("interval", [0, 4096])
def test_however_little_room_is_left_all_or_nothing_is_written(interval):
    refused = 0
    for room in range(0, 400, 3):
        log = Log(MemoryDisk(), "pedidos", 0, LogConfig(index_interval_bytes=interval))
        log.append_as_leader([a_batch()], 0)
        log.disk.quota = log.disk.used + room
        before = summary(log)
        try:
            log.append_as_leader([sent(7, 0, 0), sent(7, 0, 1)], 1)
        except DiskFull:
            assert summary(log) == before
            refused += 1
    assert 0 < refused < 400 // 3


def test_a_segment_that_would_grow_too_large_is_followed_by_another():
    log = filled(300, segment_bytes=10_000)
    size = a_batch().size
    assert [segment.base_offset for segment in log.segments] == list(range(0, 300, 10_000 // size))
    assert all(segment.size <= 10_000 for segment in log.segments)
    assert log.segments[1].path == f"pedidos-0/{log.segments[1].base_offset:020d}.log"
    assert read_all(log) == content(log)


def test_a_batch_larger_than_a_segment_gets_one_of_its_own():
    log = a_log(segment_bytes=1_000)
    for size in (10, 5_000, 10):
        log.append_as_leader([a_batch(size=size)], 0)
    assert [segment.base_offset for segment in log.segments] == [0, 1, 2]


# --- reading ----------------------------------------------------------------------------------------


def test_reading_begins_with_the_batch_that_contains_the_offset():
    log = a_log()
    for count in (3, 2, 4):
        log.append_as_leader([a_batch(count)], 0)
    for offset, first in [(0, 0), (2, 0), (3, 3), (4, 3), (5, 5), (8, 5)]:
        assert log.read(offset, 1 << 20, 9)[0].base_offset == first
    assert log.read(9, 1 << 20, 9) == []


def test_reading_before_the_start_or_beyond_the_end_is_refused():
    log = filled(5)
    log.truncate_fully_and_start_at(10)
    log.append_as_leader([a_batch()], 1)
    for offset in (-1, 9, 12):
        with pytest.raises(OffsetOutOfRange) as refused:
            log.read(offset, 100, 11)
        assert refused.value.error == errors.OFFSET_OUT_OF_RANGE


@pytest.mark.parametrize("count", [5, 1_000], ids=["loose", "sealed"])
def test_no_batch_that_reaches_the_limit_is_read(count):
    log = a_log()
    for _ in range(count):
        log.append_as_leader([a_batch(2)], 0)
    size = a_batch(2).size
    for limit in (0, 1, 2, 3, 4, count, 2 * count - 1, 2 * count):
        assert len(read_all(log, 0, limit=limit)) == limit // 2 * size
    assert log.read(4, 1 << 20, 4) == log.read(4, 1 << 20, 2) == []


@pytest.mark.parametrize("count", [5, 1_500], ids=["loose", "sealed"])
def test_about_max_bytes_are_read_but_one_batch_at_least(count):
    log = filled(count)
    size = a_batch().size
    for offset in (0, 1, count // 2, count - 2):
        for max_bytes in (0, 1, size - 1, size, size + 1, 3 * size - 1, 3 * size):
            wanted = min(max(max_bytes // size, 1), count - offset)
            assert read_all(log, offset, max_bytes) == content(log)[offset * size : (offset + wanted) * size]
    assert read_all(log, 1, 100_000) == content(log)[size : size + 100_000 // size * size][: (count - 1) * size]


def test_a_sealed_stretch_is_read_in_one_piece():
    log = filled(2_000)
    pieces = log.read(0, 1 << 20, log.log_end)
    sealed = chunks(log)
    assert len(pieces) == len(sealed) + log.segments[0].loose
    assert pieces[1].chunks()[0].obj is sealed[1].data


def test_reads_go_on_in_the_next_segment():
    log = filled(300, segment_bytes=10_000)
    assert read_all(log, 250) == content(log)[250 * a_batch().size :]


def test_the_batch_at_an_offset_is_found():
    log = filled(1_000)
    for offset in (0, 1, 500, 999):
        assert log.batch_at(offset).base_offset == offset
    assert log.batch_at(-1) is log.batch_at(1_000) is None


# --- by time ----------------------------------------------------------------------------------------


def test_the_first_record_at_or_after_a_time_is_found():
    log = filled(1_000, segment_bytes=20_000)
    for number in (0, 1, 400, 999):
        assert log.offset_for_time(TIME + number) == (number, TIME + number, 0)
    assert log.offset_for_time(0) == (0, TIME, 0)
    assert log.offset_for_time(TIME + 1_000) is None
    assert a_log().offset_for_time(0) is None


def test_a_time_inside_a_batch_is_found():
    log = a_log()
    log.append_as_leader([a_batch(10, time=TIME)], 3)
    log.append_as_leader([a_batch(10, time=TIME + 5)], 4)
    assert log.offset_for_time(TIME + 7) == (7, TIME + 7, 3)
    assert log.offset_for_time(TIME + 10) == (15, TIME + 10, 4)


def test_the_largest_timestamp_is_found_where_it_came_first():
    log = a_log(segment_bytes=300)
    assert log.offset_of_max_time() is None
    for time in (TIME, TIME + 9, TIME + 9, TIME + 2):
        log.append_as_leader([a_batch(time=time)], 0)
    assert log.offset_of_max_time() == (1, TIME + 9, 0)
    log.truncate_to(1)
    assert log.offset_of_max_time() == (0, TIME, 0)


def test_a_batch_that_holds_something_else_than_its_header_says_is_corrupt():
    log = a_log()
    good = a_batch()
    log.append_as_leader([batch_of(good.header, bytes(len(good.records)))], 0)
    with pytest.raises(CorruptRecord):
        log.offset_for_time(TIME)


# --- epochs -----------------------------------------------------------------------------------------


def test_epochs_come_with_the_batches_and_stand_in_kafkas_file():
    log = a_log()
    for epoch in (0, 0, 2, 5):
        log.append_as_leader([a_batch()], epoch)
    assert log.latest_epoch() == 5
    assert [log.epoch_end(epoch) for epoch in (-1, 0, 1, 2, 5, 6)] == [
        (-1, -1),
        (0, 2),
        (0, 2),
        (2, 3),
        (5, 4),
        (-1, -1),
    ]
    assert log.disk.read_all("pedidos-0/leader-epoch-checkpoint") == b"0\n3\n0 0\n2 2\n5 3\n"


def test_a_new_leader_notes_its_epoch_before_it_writes():
    log = filled(3)
    log.assign_epoch(7, 3)
    assert log.epoch_end(0) == (0, 3)
    assert log.epoch_end(7) == (7, 3)
    log.truncate_to(3)
    assert log.latest_epoch() == 0


# --- truncation -------------------------------------------------------------------------------------


@pytest.mark.parametrize("segment_bytes", [10_000, 1 << 30])
@pytest.mark.parametrize("keep", [0, 1, 119, 120, 800, 999])
def test_a_truncated_log_is_the_log_it_was_then(keep, segment_bytes):
    log = filled(1_000, segment_bytes=segment_bytes)
    assert log.truncate_to(keep) == 1_000 - keep
    assert summary(log) == summary(filled(keep, segment_bytes=segment_bytes))
    log.append_as_leader([a_batch()], 1)
    assert log.log_end == keep + 1
    assert read_all(log) == content(log)


def test_truncating_at_the_end_or_beyond_changes_nothing():
    log = filled(10)
    before = summary(log)
    assert log.truncate_to(10) == log.truncate_to(11) == 0
    assert summary(log) == before


def test_truncating_inside_a_batch_takes_all_of_it():
    log = a_log()
    log.append_as_leader([a_batch(3)], 0)
    log.append_as_leader([a_batch(3)], 1)
    assert log.truncate_to(4) == 3
    assert (log.log_end, log.latest_epoch()) == (3, 0)


def test_truncating_into_a_hole_that_compaction_left_keeps_the_offsets_before_it():
    log = filled(3)
    log.append_as_follower([a_batch().placed(50, 0)])
    assert log.truncate_to(40) == 11
    assert log.log_end == 40
    log.append_as_follower([a_batch().placed(60, 0)])
    assert log.truncate_to(60) == 1
    assert log.append_as_leader([a_batch()], 0) == (60, 60)


def test_truncating_before_the_start_begins_again_there():
    log = a_log()
    log.truncate_fully_and_start_at(100)
    log.append_as_leader([a_batch()], 2)
    assert log.truncate_to(40) == 1
    assert (log.log_start, log.log_end, log.latest_epoch()) == (40, 40, -1)
    assert log.disk.paths("pedidos-0")[0].endswith("/00000000000000000040.index")


def test_deleting_leaves_nothing_on_the_disk():
    disk = MemoryDisk()
    disk.append("other-0/file", b"x")
    filled(300, disk=disk, segment_bytes=10_000).delete()
    assert disk.paths() == ["other-0/file"]
    assert disk.used == 1


# --- plain data -------------------------------------------------------------------------------------


def test_a_copy_shares_the_bytes_and_goes_its_own_way():
    past = filled(1_000)
    before = summary(past)
    branch = copy.deepcopy(past)
    assert summary(branch) == before
    assert branch.segments[0].extents[0] is past.segments[0].extents[0]
    branch.append_as_leader([sent(7, 0, 0)], 5)
    branch.truncate_to(400)
    branch.append_as_leader([a_batch()], 6)
    assert summary(past) == before
    assert branch.segments[0].file is branch.disk.open(branch.segments[0].path)


def test_it_can_be_pickled():
    log = filled(700)
    log.append_as_leader([sent(7, 0, 0)], 1)
    assert summary(pickle.loads(pickle.dumps(log))) == summary(log)


def test_what_was_sealed_is_split_again():
    log = filled(1_000)
    piece = log.read(0, 1 << 20, 1_000)[0]
    assert b"".join(batch.to_bytes() for batch in piece.batches()) == piece.to_bytes()
    assert (piece.base_offset, piece.last_offset) == (0, len(piece) - 1)


def test_a_log_append_time_batch_is_found_by_the_time_of_the_batch():
    log = a_log()
    log.append_as_leader(
        [encode_batch([Record(0, TIME, None, b""), Record(0, TIME + 9, None, b"")], log_append_time=True)], 0
    )
    assert log.offset_for_time(TIME + 3) == (0, TIME + 9, 0)
