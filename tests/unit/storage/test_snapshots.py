"""What a log remembers of its producers, written down in Kafka's format."""

from __future__ import annotations

import struct

import pytest
from crc32c import crc32c

from engine.storage.log import Log
from engine.storage.producers import ProducerEntry
from engine.storage.snapshots import CorruptSnapshot, decode, encode
from tests.unit.storage.making import TIME, a_batch, a_log, filled, reopened, sent


def an_entry(epoch: int, *marks: tuple[int, int, int, int], timestamp: int = TIME) -> ProducerEntry:
    entry = ProducerEntry(epoch, 0)
    entry.marks = list(marks)
    entry.timestamp = timestamp
    return entry


def snapshots(log: Log) -> list[str]:
    return [path[10:] for path in log.disk.paths("pedidos-0") if path.endswith(".snapshot")]


def produced(*sequences: int, **config: int) -> Log:
    log = a_log(**config)
    for sequence in sequences:
        log.append_as_leader([sent(7, 0, sequence)], 0)
    return log


# --- the format -------------------------------------------------------------------------------------


def test_the_bytes_are_kafkas():
    data = encode({5: an_entry(2, (0, 3, 10, 13), (4, 6, 20, 22))})
    entry = struct.pack(">qhiqiqiq", 5, 2, 6, 22, 2, TIME, -1, -1)
    body = struct.pack(">i", 1) + entry
    assert data == struct.pack(">hI", 1, crc32c(body)) + body
    assert len(data) == 2 + 4 + 4 + 46


def test_of_each_producer_its_last_batch_comes_back():
    known = {5: an_entry(2, (0, 3, 10, 13), (4, 6, 20, 22)), 9: an_entry(0), 1: an_entry(1, (0, 0, 7, 7), timestamp=3)}
    again = decode(encode(known))
    assert list(again) == [5, 9, 1]
    assert [(entry.epoch, entry.marks, entry.timestamp) for entry in again.values()] == [
        (2, [(4, 6, 20, 22)], TIME),
        (0, [], TIME),
        (1, [(0, 0, 7, 7)], 3),
    ]
    assert encode(again) == encode(known)


def test_sequence_numbers_are_counted_back_across_their_end():
    last = an_entry(0, (2**31 - 2, 1, 50, 53))
    assert decode(encode({1: last}))[1].marks == last.marks


@pytest.mark.parametrize("damage", range(4))
def test_what_is_damaged_is_not_believed(damage):
    data = encode({5: an_entry(2, (0, 3, 10, 13))})
    torn = [data[:-1], data[:3], b"\0\2" + data[2:], data[:20] + bytes([data[20] ^ 1]) + data[21:]][damage]
    with pytest.raises(CorruptSnapshot):
        decode(torn)


def test_a_file_of_zeros_is_not_believed():
    for size in (0, 9, 10, 56):
        with pytest.raises(CorruptSnapshot):
            decode(bytes(size))


# --- in a log ---------------------------------------------------------------------------------------


def test_one_is_taken_when_a_segment_begins_as_of_its_base_offset():
    log = produced(*range(7), segment_bytes=300)
    assert [segment.base_offset for segment in log.segments] == [0, 3, 6]
    assert snapshots(log) == ["00000000000000000003.snapshot", "00000000000000000006.snapshot"]
    entry = decode(log.disk.read_all("pedidos-0/00000000000000000003.snapshot"))[7]
    assert entry.marks == [(2, 2, 2, 2)]


def test_a_batch_that_begins_a_segment_is_not_in_the_snapshot_before_it():
    log = a_log(segment_bytes=200)
    log.append_as_leader([sent(7, 0, 0), sent(7, 0, 1), sent(7, 0, 2), sent(7, 0, 3)], 0)
    assert decode(log.disk.read_all("pedidos-0/00000000000000000002.snapshot"))[7].marks[-1][1] == 1


def test_one_is_taken_when_the_log_is_closed_and_only_if_something_is_new():
    log = produced(0, 1)
    log.close()
    log.close()
    assert snapshots(log) == ["00000000000000000002.snapshot"]
    empty = a_log()
    empty.close()
    assert snapshots(empty) == []


def test_a_log_opened_again_knows_the_last_batch_of_each_and_all_that_came_after_the_snapshot():
    log = produced(*range(5), segment_bytes=300)
    again = reopened(log)
    assert again.check_producer(sent(7, 0, 4)) == (4, 4)
    assert again.check_producer(sent(7, 0, 3)) == (3, 3)
    assert again.producers.entries[7].marks == [(2, 2, 2, 2), (3, 3, 3, 3), (4, 4, 4, 4)]


def test_a_snapshot_that_cannot_be_believed_is_deleted_and_an_older_one_taken():
    log = produced(*range(7), segment_bytes=300)
    newest = "pedidos-0/00000000000000000006.snapshot"
    log.disk.write_file(newest, b"rubbish")
    again = reopened(log)
    assert again.producers.entries[7].marks == [(i, i, i, i) for i in range(2, 7)]
    assert again.disk.read_all("pedidos-0/00000000000000000007.snapshot")
    assert not again.disk.exists(newest)


def test_producers_are_remembered_when_their_records_are_deleted():
    log = produced(*range(7), segment_bytes=300, retention_bytes=0)
    log.append_as_leader([sent(8, 0, 0)], 0)
    log.delete_old_segments(0, log.log_end)
    assert log.log_start == log.log_end == 8
    again = reopened(log, log_start=8)
    assert again.check_producer(sent(7, 0, 6)) == (6, 6)
    assert again.check_producer(sent(8, 0, 1)) is None


def test_a_snapshot_goes_with_its_segment():
    log = produced(*range(10), segment_bytes=300)
    log.increment_log_start(7, 10)
    log.delete_old_segments(0, 10)
    assert [segment.base_offset for segment in log.segments] == [6, 9]
    assert snapshots(log) == ["00000000000000000006.snapshot", "00000000000000000009.snapshot"]


def test_truncation_takes_the_snapshots_behind_it():
    log = produced(*range(10), segment_bytes=300)
    log.truncate_to(7)
    assert snapshots(log) == ["00000000000000000003.snapshot", "00000000000000000006.snapshot"]
    log.truncate_fully_and_start_at(2)
    assert snapshots(log) == []


def test_truncation_finds_in_a_snapshot_what_is_no_longer_in_the_log():
    log = produced(0, 1, 2, segment_bytes=300)
    for _ in range(3):
        log.append_as_leader([a_batch()], 0)
    log.append_as_leader([sent(7, 0, 3)], 0)
    log.increment_log_start(3, 7)
    log.delete_old_segments(0, 7)
    assert log.segments[0].base_offset == 3
    log.truncate_to(6)
    assert log.producers.entries[7].marks == [(2, 2, 2, 2)]


def test_of_snapshots_between_segments_only_the_newest_stays_beside_the_one_just_taken():
    log = produced(0, 1, segment_bytes=300)
    for sequence in (2, 3, 4, 5):
        log = reopened(log)
        log.append_as_leader([sent(7, 0, sequence)], 0)
    log = reopened(log)
    assert log.snapshots.offsets == [3, 5, 6]
    assert snapshots(log) == [f"{offset:020d}.snapshot" for offset in (3, 5, 6)]


def test_on_a_full_disk_there_is_none_and_the_log_goes_on():
    log = produced(0, 1, 2, segment_bytes=300)
    room = 2 * sent(7, 0, 3).size + 2 * 64 + 10
    log.disk.quota = log.disk.used + room
    log.append_as_leader([sent(7, 0, 3)], 0)
    assert len(log.segments) == 2
    assert snapshots(log) == ["00000000000000000003.snapshot"]
    log.disk.quota = log.disk.used + sent(7, 0, 4).size + 64
    for sequence in (4, 5):
        log.append_as_leader([sent(7, 0, sequence)], 0)
        log.disk.quota = log.disk.used + sent(7, 0, 4).size + 64
    log.append_as_leader([sent(7, 0, 6)], 0)
    assert [segment.base_offset for segment in log.segments] == [0, 3, 6]
    assert snapshots(log) == ["00000000000000000003.snapshot", "00000000000000000006.snapshot"][: len(snapshots(log))]
    assert reopened(log).check_producer(sent(7, 0, 6)) == (6, 6)


def test_opening_does_not_need_room():
    log = filled(300, segment_bytes=10_000)
    log.disk.fill()
    again = reopened(log)
    assert again.log_end == 300
    assert again.disk.quota == log.disk.quota < 2**63 - 1
