"""When a log begins another segment, and what a segment knows of itself."""

from __future__ import annotations

import pytest

from engine.storage.log import Log
from tests.unit.storage.making import TIME, a_batch, a_log, content, copy_over, filled, reopened, summary

HOUR = 3_600_000


def bases(log: Log) -> list[int]:
    return [segment.base_offset for segment in log.segments]


def with_times(log: Log, *times: int) -> Log:
    for time in times:
        log.append_as_leader([a_batch(time=time)], 0)
    return log


def test_a_segment_ends_when_its_first_record_is_segment_ms_old_by_the_records_own_times():
    log = with_times(a_log(segment_ms=HOUR), TIME, TIME + HOUR, TIME + HOUR + 1, TIME + HOUR + 2)
    assert bases(log) == [0, 2]


def test_time_that_goes_back_begins_no_segment():
    log = with_times(a_log(segment_ms=HOUR), TIME, TIME - 10 * HOUR, TIME + HOUR)
    assert bases(log) == [0]
    assert (log.segments[0].first_timestamp, log.segments[0].max_timestamp) == (TIME, TIME + HOUR)


def test_what_counts_is_the_largest_time_of_a_batch():
    log = a_log(segment_ms=10)
    log.append_as_leader([a_batch(5, time=TIME)], 0)
    assert log.segments[0].first_timestamp == TIME + 4
    log = with_times(log, TIME + 14, TIME + 15)
    assert bases(log) == [0, 6]


def test_the_next_segment_counts_from_its_own_first_record():
    log = with_times(a_log(segment_ms=10), *(TIME + i for i in range(40)))
    assert bases(log) == [0, 11, 22, 33]


def test_records_without_a_time_go_by_when_the_segment_was_begun():
    log = a_log(segment_ms=HOUR)
    for now in (0, HOUR, HOUR + 1, HOUR + 2, 2 * HOUR + 2):
        log.append_as_leader([a_batch(time=-1)], 0, now_ms=now)
    assert bases(log) == [0, 2, 4]
    assert [segment.created_ms for segment in log.segments] == [0, HOUR + 1, 2 * HOUR + 2]
    assert [segment.largest_timestamp for segment in log.segments] == [HOUR, HOUR + 2, 2 * HOUR + 2]


def test_a_log_opened_again_goes_on_counting():
    log = reopened(with_times(a_log(segment_ms=10), TIME, TIME + 4))
    assert bases(with_times(log, TIME + 10, TIME + 11)) == [0, 3]


def test_a_segment_cut_empty_counts_anew():
    log = with_times(a_log(segment_ms=10), TIME, TIME + 4)
    log.truncate_to(0)
    assert bases(with_times(log, TIME + 100, TIME + 110)) == [0]


@pytest.mark.parametrize("time_apart", [0, 1])
def test_a_chunk_is_not_taken_over_across_the_end_of_a_segments_time(time_apart):
    leader, follower = a_log(), a_log(segment_ms=300)
    one_by_one = a_log(segment_ms=300)
    for number in range(2_000):
        leader.append_as_leader([a_batch(time=TIME + number * time_apart)], 0)
    copy_over(leader, follower)
    one_by_one.append_as_follower(list(leader.batches(0, leader.log_end)))
    assert summary(follower) == summary(one_by_one)
    assert (len(follower.segments) > 1) == bool(time_apart)


def test_a_segment_begun_across_a_hole_is_named_by_the_end_of_the_one_before():
    """A hole between two segments could not be told from damage."""
    log = filled(3, segment_bytes=300)
    log.append_as_follower([a_batch().placed(offset, 0) for offset in (50, 60, 70, 80)])
    assert bases(log) == [0, 3, 71]
    assert [batch.base_offset for batch in log.batches(4, 100)] == [50, 60, 70, 80]
    assert reopened(log).log_end == 81


def test_its_files_change_their_names_together():
    log = filled(5)
    segment = log.segments[0]
    before = content(log)
    steps = sum(1 for _ in segment.change_suffix(".swap"))
    assert steps == 3
    assert segment.paths() == [f"pedidos-0/00000000000000000000.{kind}.swap" for kind in ("log", "index", "timeindex")]
    assert content(log) == before


def test_what_it_knows_follows_from_its_parts():
    log = a_log()
    for number in range(1_500):
        log.append_as_leader([a_batch(1 + number % 2, size=9_000 if number % 100 == 7 else 20, time=TIME - number)], 0)
        if number % 37 == 0:
            segment = log.segments[0]
            known = (segment.first_timestamp, segment.max_timestamp, segment.max_timestamp_offset, segment.loose)
            segment.look()
            assert known == (
                segment.first_timestamp, segment.max_timestamp, segment.max_timestamp_offset, segment.loose
            )  # fmt: skip
