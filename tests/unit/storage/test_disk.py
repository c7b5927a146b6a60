"""A disk in memory: files of immutable pieces, and a quota."""

from __future__ import annotations

import copy

import pytest

from engine.storage.disk import DiskFull, MemoryDisk, SyncFailed
from engine.wire import errors
from tests.unit.storage.making import a_batch, chunks, content, filled


def test_a_file_is_the_concatenation_of_what_was_appended():
    disk = MemoryDisk()
    first, second = a_batch(), a_batch(3)
    file = disk.open("t-0/a.log")
    disk.extend(file, first)
    disk.append("t-0/a.log", b"plain")
    disk.extend(file, second)
    whole = first.to_bytes() + b"plain" + second.to_bytes()
    assert disk.read_all("t-0/a.log") == whole
    assert disk.size("t-0/a.log") == disk.used == len(whole)


def test_reading_by_position_crosses_pieces():
    log = filled(1_000)
    assert chunks(log)
    whole = content(log)
    path = log.segments[0].path
    for position, size in [(0, 10), (50, 100), (65_500, 3_000), (0, 1 << 30), (len(whole) - 5, 100), (len(whole), 9)]:
        assert log.disk.read(path, position, size) == whole[position : position + size]
    assert log.disk.read(path, 10, 0) == b""


def test_what_does_not_fit_is_not_written():
    disk = MemoryDisk(quota=100)
    disk.append("a", bytes(90))
    for write in (disk.append, disk.write_file):
        with pytest.raises(DiskFull) as full:
            write("b", bytes(11))
        assert full.value.error == errors.KAFKA_STORAGE_ERROR
    with pytest.raises(DiskFull):
        disk.extend(disk.open("b"), a_batch())
    assert disk.used == 90
    disk.append("b", bytes(10))


def test_a_small_file_is_replaced_whole_and_only_the_difference_counts():
    disk = MemoryDisk(quota=10)
    disk.write_file("checkpoint", b"12345678")
    disk.write_file("checkpoint", b"0123456789")
    assert disk.read_all("checkpoint") == b"0123456789"
    disk.write_file("checkpoint", b"")
    assert (disk.used, disk.read_all("checkpoint")) == (0, b"")


def test_truncation_may_cut_a_batch_in_two():
    disk = MemoryDisk()
    file = disk.open("a")
    disk.append("a", b"0123456789")
    disk.extend(file, a_batch())
    whole = disk.read_all("a")
    disk.truncate("a", 80)
    assert disk.read_all("a") == whole[:80]
    disk.truncate("a", 10_000)
    assert disk.size("a") == 80
    disk.truncate("a", 4)
    assert (disk.read_all("a"), disk.used) == (b"0123", 4)


def test_a_sealed_chunk_may_be_cut_too():
    log = filled(1_000)
    path = log.segments[0].path
    whole = content(log)
    log.disk.truncate(path, 1_000)
    assert log.disk.read_all(path) == whole[:1_000]


def test_files_are_listed_by_folder_renamed_and_deleted():
    disk = MemoryDisk()
    for path in ("b-0/2.log", "b-0/1.log", "b-01/1.log", "top"):
        disk.append(path, b"xyz")
    assert disk.paths() == ["b-0/1.log", "b-0/2.log", "b-01/1.log", "top"]
    assert disk.paths("b-0") == ["b-0/1.log", "b-0/2.log"]
    disk.rename("b-0/1.log", "b-0/2.log")
    assert disk.paths("b-0") == ["b-0/2.log"]
    disk.rename("top", "top")
    disk.delete("b-01/1.log")
    disk.delete("b-01/1.log")
    assert disk.used == 6
    assert disk.exists("top")
    assert not disk.exists("b-01/1.log")
    with pytest.raises(FileNotFoundError):
        disk.read_all("nowhere")


def test_what_was_synced_is_remembered_up_to_where_it_was_cut():
    disk = MemoryDisk()
    disk.append("a", bytes(10))
    assert disk.open("a").synced == 0
    disk.sync("a")
    disk.append("a", bytes(5))
    assert disk.open("a").synced == 10
    disk.truncate("a", 3)
    assert disk.open("a").synced == 3


def test_small_pieces_are_joined():
    disk = MemoryDisk()
    for number in range(1_000):
        disk.append("index", number.to_bytes(8, "big"))
    assert len(disk.open("index").parts) < 10
    assert disk.read_all("index") == b"".join(number.to_bytes(8, "big") for number in range(1_000))


def test_a_copy_shares_the_pieces_and_goes_its_own_way():
    disk = MemoryDisk()
    disk.extend(disk.open("a"), a_batch())
    branch = copy.deepcopy(disk)
    assert branch.open("a").parts[0] is disk.open("a").parts[0]
    branch.append("a", b"more")
    disk.delete("a")
    assert branch.size("a") == branch.used > 4
    assert disk.used == 0


def test_a_disk_that_something_else_fills_takes_nothing_until_it_is_freed():
    disk, batch = MemoryDisk(quota=1_000), a_batch()
    disk.extend(disk.open("a"), batch)
    disk.fill(left=batch.size + 10)
    disk.extend(disk.open("a"), batch)
    for write in (lambda: disk.extend(disk.open("a"), batch), lambda: disk.append("b", bytes(11))):
        with pytest.raises(DiskFull):
            write()
    disk.delete("a")
    disk.extend(disk.open("a"), batch)
    disk.free()
    disk.append("b", bytes(800))


def test_checkpoints_and_indexes_may_use_what_is_reserved():
    disk = MemoryDisk(quota=1_000, reserved=50)
    disk.fill()
    with pytest.raises(DiskFull):
        disk.extend(disk.open("a"), a_batch())
    disk.write_file("checkpoint", bytes(30))
    disk.append("index", bytes(20))
    for write in (disk.append, disk.write_file):
        with pytest.raises(DiskFull):
            write("b", b"x")


def test_an_fsync_that_fails_makes_nothing_durable():
    disk = MemoryDisk()
    disk.append("a", b"abc")
    disk.failing = True
    with pytest.raises(SyncFailed) as failed:
        disk.sync("a")
    assert failed.value.error == errors.KAFKA_STORAGE_ERROR
    assert disk.files["a"].synced == 0
    disk.failing = False
    disk.sync("a")
    assert disk.files["a"].synced == 3


def test_syncing_what_was_deleted_meanwhile_is_no_error():
    disk = MemoryDisk()
    disk.sync("gone")
    assert not disk.exists("gone")


def test_a_whole_file_is_durable_unless_it_is_left_to_a_later_sync():
    disk = MemoryDisk()
    disk.write_file("a", b"abc")
    disk.write_file("b", b"abc", durable=False)
    assert (disk.files["a"].synced, disk.files["b"].synced) == (3, 0)


def test_the_tail_of_a_file_is_read_across_its_pieces():
    disk = MemoryDisk()
    file = disk.open("a")
    file.parts = [b"abc", b"", b"de", b"f"]
    assert [file.tail(size) for size in (1, 2, 3, 5, 9)] == [b"f", b"ef", b"def", b"bcdef", b"abcdef"]
    assert disk.open("b").tail(4) == b""


def test_pieces_in_a_list_never_change_and_cutting_makes_a_new_list():
    log = filled(1_000)
    file = log.segments[0].file
    parts, first = file.parts, file.parts[0]
    log.append_as_leader([a_batch()], 0)
    assert file.parts is parts and parts[0] is first
    log.truncate_to(10)
    assert file.parts is not parts and parts[0] is first
