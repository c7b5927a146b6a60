"""What is on the platter: files to be synced, and the recovery point that follows."""

from __future__ import annotations

from engine.storage.log import Log
from tests.unit.storage.making import a_batch, a_log, filled, reopened, sent


def names(paths: list[str]) -> list[str]:
    return [path.removeprefix("pedidos-0/").lstrip("0") for path in paths]


def sync(log: Log, paths: list[str]) -> None:
    for path in paths:
        log.disk.sync(path)


def test_an_append_asks_for_no_sync():
    log = filled(100)
    assert log.unflushed() == []
    assert log.disk.files[log.segments[0].path].synced == 0
    assert not log.flushed()
    assert log.recovery_point == 0


def test_a_segment_that_was_closed_is_to_be_synced_with_its_indexes_and_the_snapshot():
    log = a_log(segment_bytes=10_000)
    for sequence in range(150):
        log.append_as_leader([sent(7, 0, sequence)], 0)
    assert names(log.unflushed()) == [".log", ".index", ".timeindex", "109.snapshot"]
    sync(log, log.unflushed())
    assert log.unflushed() == []
    assert log.recovery_point == 0
    assert log.flushed()
    assert log.recovery_point == log.segments[1].base_offset
    assert not log.flushed()


def test_the_recovery_point_stops_at_the_first_file_that_is_not_durable():
    log = filled(300, segment_bytes=10_000)
    bases = [segment.base_offset for segment in log.segments]
    sync(log, [path for path in log.unflushed() if f"{bases[1]:020d}.timeindex" not in path])
    assert log.flushed()
    assert log.recovery_point == bases[1]
    sync(log, log.unflushed())
    assert log.flushed()
    assert log.recovery_point == bases[-1]


def test_a_log_that_is_closed_is_synced_to_its_end():
    log = filled(300, segment_bytes=10_000)
    sync(log, log.close())
    assert log.flushed()
    assert log.recovery_point == log.log_end == 300
    assert log.unflushed(active=True) == []
    assert all(file.synced == file.size for file in log.disk.files.values())


def test_what_is_appended_later_is_not_durable():
    log = filled(10)
    sync(log, log.close())
    log.flushed()
    log.append_as_leader([a_batch()], 0)
    assert not log.flushed()
    assert log.recovery_point == 10
    assert names(log.unflushed(active=True)) == [".log"]


def test_truncation_takes_the_recovery_point_back():
    log = filled(300, segment_bytes=10_000)
    sync(log, log.close())
    log.flushed()
    log.truncate_to(150)
    assert log.recovery_point == 150
    for _ in range(20):
        log.append_as_leader([a_batch()], 1)
    assert not log.flushed()
    log.truncate_fully_and_start_at(5)
    assert log.recovery_point == 5


def test_an_answer_that_comes_after_the_log_was_cut_moves_nothing_too_far():
    log = filled(300, segment_bytes=10_000)
    asked = log.unflushed()
    log.truncate_to(50)
    for _ in range(70):
        log.append_as_leader([a_batch()], 1)
    sync(log, asked)
    log.append_as_leader([a_batch()], 1)
    log.flushed()
    assert log.recovery_point in (0, log.segments[1].base_offset)
    assert log.recovery_point == 0 or not log.unflushed()


def test_after_recovery_the_indexes_that_were_made_anew_are_to_be_synced_again():
    log = filled(100)
    sync(log, log.close())
    log.flushed()
    again = reopened(log, recovery_point=log.recovery_point)
    assert again.recovery_point == 0
    assert ".index" in " ".join(again.unflushed(active=True))


def test_after_a_clean_start_nothing_is():
    log = filled(100)
    sync(log, log.close())
    log.flushed()
    again = reopened(log, recovery_point=log.recovery_point, clean=True)
    assert again.recovery_point == 100
    assert again.unflushed(active=True) == []
