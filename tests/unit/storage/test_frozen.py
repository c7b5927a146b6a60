"""What a snapshot holds of a disk stays as it was, whatever is done to the logs afterwards, and is not held twice."""

from __future__ import annotations

import random

import pytest

from engine.storage import segment
from engine.storage.chunk import Chunk
from engine.storage.disk import MemoryDisk
from engine.storage.log import Log, LogConfig
from engine.wire.batch import Batch
from engine.world.plain import state_digest
from engine.world.snapshots import Freezer, freeze, thaw
from tests.unit.storage.making import a_batch


def contents(log):
    return {path: log.disk.read_all(path) for path in log.disk.paths()}


def parts_of(log):
    return [part for path in log.disk.paths() for part in log.disk.files[path].parts]


def something(log, follower, dice):
    """One of all the things that happen to a log."""
    what = dice.randrange(12)
    if what < 5:
        for _ in range(dice.choice((1, 3, 40))):
            log.append_as_leader([a_batch(1, size=dice.choice((10, 100, 600)))], log.latest_epoch() + (what == 0))
    elif what == 5:
        log.append_as_leader([a_batch(5, size=9000)], max(0, log.latest_epoch()))
    elif what == 6:
        log.truncate_to(max(log.log_start, log.log_end - dice.randrange(60)))
    elif what == 7:
        log.disk.write_file("checkpoint", dice.randbytes(300))
    elif what == 8:
        log.disk.append("notes", dice.randbytes(200))
    elif what == 9 and log.disk.exists("notes"):
        log.disk.truncate("notes", log.disk.size("notes") // 2)
    elif what == 10 and dice.random() < 0.2:
        log.truncate_fully_and_start_at(log.log_end)
    elif follower.log_end == log.log_end or follower.truncate_fully_and_start_at(log.log_start) is not None:
        offset = max(follower.log_end, log.log_start)
        if offset < log.log_end:
            follower.append_as_follower(log.read(offset, 1 << 30, log.log_end))


@pytest.mark.parametrize("seed", range(6))
def test_a_snapshot_of_logs_stays_as_it_was_when_they_go_on(seed, monkeypatch):
    monkeypatch.setattr(segment, "CHUNK_BITS", 11)
    dice, freezer = random.Random(seed), Freezer()
    config = LogConfig(segment_bytes=20_000)
    logs = [Log(MemoryDisk(), "t", 0, config) for _ in range(2)]
    taken = []
    for _ in range(120):
        something(*logs, dice)
        if dice.random() < 0.4:
            frozen = freezer.freeze(logs)
            taken.append((frozen, state_digest(logs), [contents(log) for log in logs]))
            if dice.random() < 0.5:
                frozen.pack()
        for frozen, *_ in taken:
            frozen.seal()
    assert any(isinstance(part, Chunk) for frozen, *_ in taken for parts, _ in frozen.lists for part in parts)
    for frozen, digest, files in taken:
        thawed = thaw(frozen)
        assert [contents(log) for log in thawed] == files
        assert state_digest(thawed) == digest


def test_a_thawed_log_is_appended_to_and_cut_without_the_original_noticing():
    log = Log(MemoryDisk(), "t", 0)
    for _ in range(900):
        log.append_as_leader([a_batch(1, size=100)], 0)
    before = state_digest(log)
    branch = thaw(freeze(log))
    for _ in range(900):
        branch.append_as_leader([a_batch(1, size=50)], 1)
    branch.truncate_to(300)
    assert state_digest(log) == before and branch.log_end == 300


def test_the_bytes_of_records_are_never_copied():
    log = Log(MemoryDisk(), "t", 0)
    for _ in range(900):
        log.append_as_leader([a_batch(1, size=100)], 0)
    log.append_as_leader([a_batch(1, size=50_000)], 0)
    log.append_as_leader([a_batch(1, size=100)], 0)
    ours = [id(part) for part in parts_of(log) if isinstance(part, Chunk | Batch)]
    assert [id(part) for part in parts_of(thaw(freeze(log))) if isinstance(part, Chunk | Batch)] == ours


def test_a_snapshot_of_a_large_log_weighs_no_more_than_that_of_a_small_one():
    small, large = Log(MemoryDisk(1 << 40), "t", 0), Log(MemoryDisk(1 << 40), "t", 0)
    batch = a_batch(1, size=65_536)
    for _ in range(10_000):  # 655 MB, of which there is one
        large.append_as_leader([batch], 0)
    small.append_as_leader([batch], 0)
    assert freeze(large).size < freeze(small).size + 500
    assert sum(bytes_ for _, bytes_ in freeze(large).lists) > 655_000_000


def test_once_a_tail_is_sealed_a_snapshot_holds_the_chunk_and_not_the_batches():
    log, freezer = Log(MemoryDisk(), "t", 0), Freezer()
    for _ in range(100):
        log.append_as_leader([a_batch(1, size=100)], 0)
    frozen, digest, files = freezer.freeze(log), state_digest(log), contents(log)
    assert not frozen.seal()  # not yet
    size = frozen.size
    for _ in range(500):
        log.append_as_leader([a_batch(1, size=100)], 0)
    assert frozen.seal()
    assert frozen.size < size - 90 * 8
    assert not any(type(thing) is tuple and thing and isinstance(thing[0], Batch) for thing in frozen._kept)
    thawed = thaw(frozen)
    assert contents(thawed) == files and state_digest(thawed) == digest


def test_a_tail_that_was_cut_and_grew_again_before_it_was_sealed_is_not_mistaken_for_the_old_one():
    log = Log(MemoryDisk(), "t", 0)
    for _ in range(100):
        log.append_as_leader([a_batch(1, size=100)], 0)
    frozen, files = freeze(log), contents(log)
    log.truncate_to(50)
    for _ in range(600):
        log.append_as_leader([a_batch(1, size=101)], 1)
    assert log.segments[0].file.parts[0].data[:100] == files["t-0/00000000000000000000.log"][:100]
    assert not frozen.seal()
    assert contents(thaw(frozen)) == files
