"""A log opened again from its files is the log it was; what is damaged is cut."""

from __future__ import annotations

import pytest

from engine.storage.log import Log
from tests.unit.storage.making import (
    TIME,
    a_batch,
    a_log,
    as_plain_bytes,
    chunks,
    content,
    filled,
    reopened,
    sent,
    summary,
)

SIZE = 80  # bytes of a batch with one record of 9


def varied() -> Log:
    log = a_log(segment_bytes=150_000)
    for number in range(500):
        producer = number % 3
        batch = sent(producer, number // 200, number // 3, count=1 + number % 4)
        log.append_as_leader([batch, a_batch(2, time=TIME + number)], number // 90)
        if number % 40 == 0:
            log.append_as_leader([a_batch(size=20_000)], number // 90)
    return log


@pytest.mark.parametrize("prepare", [lambda log: None, as_plain_bytes], ids=["objects", "bytes"])
def test_it_is_equal_to_what_it_was(prepare):
    log = reopened(reopened(varied()))  # of each producer a snapshot keeps the last batch only
    before = summary(log)
    prepare(log)
    again = reopened(log)
    assert summary(again) == before
    assert len(again.segments) > 1
    assert chunks(again)
    assert again.appended == 0


def test_an_empty_folder_is_an_empty_log():
    log = a_log()
    assert (log.log_start, log.log_end, log.latest_epoch()) == (0, 0, -1)
    assert log.disk.paths() == [
        "pedidos-0/00000000000000000000.index",
        "pedidos-0/00000000000000000000.log",
        "pedidos-0/00000000000000000000.timeindex",
        "pedidos-0/leader-epoch-checkpoint",
    ]
    assert summary(reopened(log)) == summary(log)


def test_a_log_that_began_later_still_does():
    log = a_log()
    log.truncate_fully_and_start_at(50)
    assert reopened(log).log_end == reopened(log).log_start == 50


def test_an_epoch_in_which_nothing_was_written_is_forgotten():
    log = filled(3)
    log.assign_epoch(4, 3)
    again = reopened(log)
    assert again.latest_epoch() == 0
    assert again.disk.read_all("pedidos-0/leader-epoch-checkpoint") == b"0\n1\n0 0\n"


@pytest.mark.parametrize("left", [0, 1, 60, 61, SIZE, SIZE * 5, SIZE * 5 + 40, 70_000, SIZE * 1_000 - 1])
def test_a_torn_tail_is_cut_back_to_whole_batches(left):
    log = filled(1_000, size=9)
    assert log.size == SIZE * 1_000
    whole = content(log)
    log.disk.truncate(log.segments[0].path, left)
    again = reopened(log)
    assert content(again) == whole[: left // SIZE * SIZE]
    assert again.log_end == left // SIZE
    assert summary(again) == summary(reopened(filled(left // SIZE, size=9)))


@pytest.mark.parametrize("position", [0, 9, 16, 20, 70])
def test_a_flipped_bit_ends_the_log_before_its_batch(position):
    log = filled(1_000, size=9)
    path = log.segments[0].path
    damaged = bytearray(content(log))
    damaged[SIZE * 700 + position] ^= 0x80
    log.disk.replace(log.disk.open(path), [bytes(damaged)], len(damaged))
    again = reopened(log)
    assert again.log_end == 700
    assert summary(again) == summary(reopened(filled(700, size=9)))


def test_an_offset_out_of_order_ends_the_log():
    log = filled(10)
    segment = log.segments[0]
    log.disk.extend(segment.file, a_batch().placed(4, 0))
    assert reopened(log).log_end == 10


def test_segments_behind_a_damaged_one_are_deleted():
    log = filled(300, segment_bytes=10_000)
    bases = [segment.base_offset for segment in log.segments]
    log.disk.truncate(log.segments[1].path, 500)
    again = reopened(log)
    assert [segment.base_offset for segment in again.segments] == bases[:2]
    assert bases[1] < again.log_end < bases[2]
    kept = [int(path[10:30]) for path in again.disk.paths("pedidos-0") if path[10:30].isdecimal()]
    assert sorted(set(kept)) == [*bases[:2], again.log_end]
    again.append_as_leader([a_batch()], 1)
    assert reopened(again).log_end == again.log_end
