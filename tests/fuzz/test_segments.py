"""Whatever lies in a folder, opening the log never fails, and it keeps the longest beginning that is sound."""

from __future__ import annotations

from random import Random

import pytest

from engine.storage.disk import MemoryDisk
from engine.storage.log import Log, LogConfig
from tests.fuzz.damaged import BASE, damage, sound_until, whole_files
from tests.unit.storage.making import a_batch

FOLDER = "t-0"
STEM = f"{FOLDER}/{BASE:020d}"
CONFIG = LogConfig(index_interval_bytes=100)


def opened(data: bytes, random: Random) -> Log:
    """A folder with this segment, and now and then with rubbish beside it."""
    disk = MemoryDisk()
    disk.append(f"{STEM}.log", data)
    if random.random() < 0.2:
        name = random.choice(
            [f"{STEM}.index", f"{STEM}.timeindex", f"{STEM}.txnindex", f"{FOLDER}/leader-epoch-checkpoint",
             f"{FOLDER}/{BASE + 3:020d}.snapshot", f"{FOLDER}/{BASE + 9:020d}.log", f"{STEM}.log.deleted"]
        )  # fmt: skip
        disk.append(name, random.randbytes(random.choice([0, 1, 8, 12, 34, 56, 100])))
    clean = random.random() < 0.3
    return Log(disk, "t", 0, CONFIG, recovery_point=random.choice([0, 0, BASE + 5, 1 << 40]), clean=clean)


def check(data: bytes, random: Random) -> bool:
    """Returns whether all of it was sound."""
    size, end = sound_until(data)
    log = opened(data, random)
    first = log.segments[0]
    assert log.disk.read_all(first.path) == data[:size]
    assert (log.log_start, first.next_offset) == (BASE, end)
    assert len(log.segments) == 1 or size == len(data)
    assert log.disk.used == sum(log.disk.size(path) for path in log.disk.paths())
    assert [e for e, _ in log.epochs.entries] == sorted({e for e, _ in log.epochs.entries})
    positions = {batch.last_offset for batch in first.batches(0)}
    assert all(offset in positions for offset, _ in first.index.entries())
    return size == len(data)


@pytest.mark.parametrize("files", [2_000, pytest.param(200_000, marks=[pytest.mark.full, pytest.mark.timeout(1_800)])])
def test_recovery_keeps_the_longest_sound_beginning_of_any_file(files):
    random = Random(files)
    whole = whole_files(random, 60)
    sound = 0
    for number in range(files):
        data = damage(random, whole[number % len(whole)], whole)
        sound += check(data, random)
    assert files * 0.05 < sound < files * 0.5


def test_whole_files_are_kept_whole():
    random = Random(5)
    assert all(check(data, random) for data in whole_files(random, 100))


def test_a_log_goes_on_after_any_damage():
    random = Random(6)
    whole = whole_files(random, 60)
    for data in whole:
        log = opened(damage(random, data, whole), random)
        end = log.log_end
        assert log.append_as_leader([a_batch(3)], max(log.latest_epoch(), 0)) == (end, end + 2)
        again = Log(log.disk, "t", 0, CONFIG)
        assert again.log_end == end + 3
        assert again.batch_at(end) is not None


def test_the_same_rubbish_opened_twice_gives_the_same_log():
    random = Random(7)
    whole = whole_files(random, 60)
    for data in whole:
        broken = damage(random, data, whole)
        logs = [opened(broken, Random(3)) for _ in range(2)]
        assert [{path: log.disk.read_all(path) for path in log.disk.paths()} for log in logs][0] == {
            path: logs[1].disk.read_all(path) for path in logs[1].disk.paths()
        }
