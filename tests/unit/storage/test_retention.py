"""Which old segments go, and what DeleteRecords does."""

from __future__ import annotations

from typing import Any

import pytest

from engine.storage.errors import OffsetOutOfRange
from engine.storage.log import Log
from engine.storage.retention import age_ms
from engine.wire import errors
from tests.unit.storage.making import TIME, a_batch, a_log, read_all, reopened

SIZE = a_batch().size
HOUR = 3_600_000


def a_log_of(segments: int, each: int = 3, **config: Any) -> Log:
    """``each`` records a segment, one hour a segment."""
    log = a_log(segment_bytes=each * SIZE, **config)
    for number in range(segments * each):
        log.append_as_leader([a_batch(time=TIME + number // each * HOUR)], number // each)
    return log


def went(log: Log, now: int = TIME, mark: int | None = None, **how: Any) -> list[tuple[int, str]]:
    gone = log.delete_old_segments(now, log.log_end if mark is None else mark, **how)
    return [(segment.base_offset, segment.reason) for segment in gone]


def test_segments_whose_newest_record_is_too_old_go():
    log = a_log_of(4, retention_ms=2 * HOUR)
    assert went(log, TIME + 2 * HOUR) == []
    assert went(log, TIME + 2 * HOUR + 1) == [(0, "time")]
    assert (log.log_start, log.segments[0].base_offset) == (3, 3)
    assert went(log, TIME + 4 * HOUR + 1) == [(3, "time"), (6, "time")]


def test_minus_1_is_for_ever():
    log = a_log_of(4, retention_ms=-1, retention_bytes=-1)
    assert went(log, TIME + 10**15) == []


def test_the_active_segment_is_rolled_first_if_it_is_to_go_too():
    log = a_log_of(2, retention_ms=HOUR)
    assert went(log, TIME + 10 * HOUR) == [(0, "time"), (3, "time")]
    assert [(segment.base_offset, segment.size) for segment in log.segments] == [(6, 0)]
    assert (log.log_start, log.log_end) == (6, 6)
    assert went(log, TIME + 100 * HOUR) == []
    assert log.append_as_leader([a_batch()], 9) == (6, 6)
    again = reopened(log)
    assert (again.log_start, again.log_end) == (6, 7)


def test_a_segment_is_as_old_as_its_newest_record():
    log = a_log(segment_bytes=2 * SIZE, retention_ms=HOUR)
    for time in (TIME, TIME + 9 * HOUR, TIME, TIME):
        log.append_as_leader([a_batch(time=time)], 0)
    assert went(log, TIME + 5 * HOUR) == []
    assert went(log, TIME + 10 * HOUR + 1) == [(0, "time"), (2, "time")]


def test_the_oldest_that_stays_keeps_all_after_it():
    log = a_log(segment_bytes=SIZE, retention_ms=HOUR)
    for time in (TIME, TIME + 9 * HOUR, TIME):
        log.append_as_leader([a_batch(time=time)], 0)
    assert went(log, TIME + 5 * HOUR) == [(0, "time")]


def test_records_without_a_time_are_as_old_as_their_file():
    log = a_log(segment_bytes=SIZE, segment_ms=10**15, retention_ms=HOUR)
    for now in (TIME, TIME + HOUR, TIME + 2 * HOUR):
        log.append_as_leader([a_batch(time=-1)], 0, now_ms=now)
    assert went(log, TIME + 2 * HOUR) == [(0, "time")]


def test_segments_beyond_the_size_go_but_never_more_than_that():
    log = a_log_of(4, retention_bytes=7 * SIZE)
    assert went(log) == [(0, "size")]
    assert log.size == 9 * SIZE
    assert went(log) == []
    log.config.retention_bytes = 6 * SIZE
    assert went(log) == [(3, "size")]
    log.config.retention_bytes = 0
    assert went(log) == [(6, "size"), (9, "size")]


def test_nothing_at_or_above_the_high_watermark_goes():
    log = a_log_of(4, retention_bytes=0)
    assert went(log, mark=5) == [(0, "size")]
    assert went(log, mark=5) == []
    assert went(log, mark=6) == [(3, "size")]
    assert went(log, mark=11) == [(6, "size")]
    assert log.log_start == 9


def test_a_log_that_is_only_compacted_keeps_all_after_its_start():
    log = a_log_of(4, retention_ms=0, retention_bytes=0, cleanup_policy="compact")
    assert went(log, TIME + 100 * HOUR) == []
    log.increment_log_start(7, 12)
    assert went(log, TIME + 100 * HOUR) == [(0, "log start"), (3, "log start")]
    log.config.cleanup_policy = "compact,delete"
    assert went(log, TIME + 100 * HOUR) == [(6, "size"), (9, "size")]


def test_the_files_are_renamed_and_go_later():
    log = a_log_of(3, retention_bytes=3 * SIZE)
    used = log.disk.used
    log.delete_old_segments(TIME, 9)
    gone = [path for path in log.disk.paths() if path.endswith(".deleted")]
    assert [path[10:] for path in gone] == [
        f"{base:020d}.{kind}.deleted" for base in (0, 3) for kind in ("index", "log", "timeindex")
    ]
    assert log.delete_files(TIME + 59_999) == 6
    assert log.disk.used > used - 6 * SIZE
    assert log.delete_files(TIME + 60_000) == 0
    assert not any(path.endswith(".deleted") for path in log.disk.paths())


def test_a_check_of_retention_removes_the_files_whose_time_has_come():
    log = a_log_of(3, retention_bytes=3 * SIZE, file_delete_delay_ms=5)
    log.delete_old_segments(TIME, 9)
    log.delete_old_segments(TIME + 5, 9)
    assert not any(path.endswith(".deleted") for path in log.disk.paths())


def test_files_that_waited_are_gone_after_a_restart():
    log = a_log_of(3, retention_bytes=3 * SIZE)
    log.delete_old_segments(TIME, 9)
    again = reopened(log)
    assert not any(path.endswith(".deleted") for path in again.disk.paths())
    assert (again.log_start, again.log_end) == (6, 9)


# --- time lived -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "stamp", "jumps", "age"),
    [
        (100, 30, [], 70),
        (100, 30, [(40, 50)], 20),
        (100, 30, [(20, 5)], 70),  # before the record was stamped
        (100, 50, [(40, 50)], 10),  # stamped in the gap by somebody whose calendar was right
        (100, 95, [(40, 50)], 5),
        (100, 30, [(40, 10), (60, 30)], 30),
        (100, 30, [(80, -20)], 90),  # moved back: that stretch was lived twice
        (100, 70, [(80, -20)], 30),
        (100, 130, [], -30),
    ],
)
def test_a_gap_in_the_calendar_is_not_counted(now, stamp, jumps, age):
    assert age_ms(now, stamp, jumps) == age


def test_an_engine_that_was_off_for_a_week_loses_nothing():
    log = a_log_of(4, retention_ms=5 * HOUR)
    week = 7 * 24 * HOUR
    now = TIME + week + 4 * HOUR
    assert went(log, now, jumps=[(TIME + 4 * HOUR, week)]) == []
    assert went(log, now + HOUR + 1, jumps=[(TIME + 4 * HOUR, week)]) == [(0, "time")]
    assert [reason for _, reason in went(log, now)] == ["time"] * 3


# --- DeleteRecords ----------------------------------------------------------------------------------


def test_what_was_deleted_cannot_be_read_any_more():
    log = a_log_of(4)
    assert log.increment_log_start(4, 12)
    assert log.log_start == 4
    with pytest.raises(OffsetOutOfRange):
        log.read(3, 100, 12)
    assert read_all(log, 4)
    assert log.batch_at(3) is None
    assert log.offset_for_time(0) == (4, TIME + HOUR, 1)


def test_the_start_never_goes_back_nor_beyond_the_high_watermark():
    log = a_log_of(4)
    assert log.increment_log_start(6, 6)
    assert not log.increment_log_start(6, 6)
    assert not log.increment_log_start(2, 6)
    with pytest.raises(OffsetOutOfRange) as refused:
        log.increment_log_start(7, 6)
    assert refused.value.error == errors.OFFSET_OUT_OF_RANGE
    assert log.log_start == 6


def test_epochs_before_the_start_are_forgotten_and_the_one_it_lies_in_begins_there():
    log = a_log_of(4)
    log.increment_log_start(4, 12)
    assert log.epochs.entries == [(1, 4), (2, 6), (3, 9)]
    assert log.disk.read_all("pedidos-0/leader-epoch-checkpoint") == b"0\n3\n1 4\n2 6\n3 9\n"
    assert log.epoch_end(0) == (0, 4)


def test_the_start_is_remembered_by_the_checkpoint():
    log = a_log_of(4)
    log.increment_log_start(4, 12)
    assert reopened(log, log_start=4).log_start == 4
    assert reopened(log, log_start=4).epochs.entries == [(1, 4), (2, 6), (3, 9)]


def test_a_log_that_ends_before_its_start_begins_anew():
    log = a_log_of(4)
    log.increment_log_start(11, 12)
    log.disk.truncate(log.segments[-1].path, 0)
    again = reopened(log, log_start=11)
    assert (again.log_start, again.log_end) == (11, 11)
    assert again.epochs.entries == [(3, 11)]
    assert sorted({path[10:30] for path in again.disk.paths("pedidos-0") if path[10:30].isdecimal()}) == [f"{11:020d}"]


def test_a_log_cut_before_its_start_begins_there_though_no_checkpoint_says_so():
    """Records that retention took, in a file that was still there, and broken: their offsets are not given again."""
    log = a_log_of(4)
    log.increment_log_start(11, 12)
    log.disk.truncate(log.segments[-1].path, SIZE)
    again = reopened(log)
    assert (again.log_start, again.log_end) == (11, 11)
    assert again.epochs.entries == [(3, 11)]


def test_a_log_that_was_emptied_knows_after_a_restart_what_it_followed():
    log = a_log_of(2)
    log.increment_log_start(6, 6)
    again = reopened(log, log_start=6)
    assert (again.log_start, again.log_end, again.epochs.entries) == (6, 6, [(1, 6)])


def test_a_log_that_begins_earlier_than_its_epochs_knows_them_from_its_records():
    """Retention has moved the start and a crash came before that was written down: the segments are there still."""
    log = a_log_of(4)
    log.increment_log_start(12, 12)
    assert log.epochs.entries == [(3, 12)]
    again = reopened(log)
    assert (again.log_start, again.log_end) == (0, 12)
    assert again.epochs.entries == [(0, 0), (1, 3), (2, 6), (3, 9)]
    assert again.disk.read_all("pedidos-0/leader-epoch-checkpoint") == again.epochs.checkpoint()


def test_truncation_below_the_start_takes_it_along():
    log = a_log_of(4)
    log.increment_log_start(8, 12)
    log.truncate_to(7)
    assert (log.log_start, log.log_end) == (7, 7)
