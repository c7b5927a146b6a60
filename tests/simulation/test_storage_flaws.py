"""As test_flaws.py: one thing broken on purpose, in storage, is found within a few seeds."""

import dataclasses

from engine.storage import cleaner, recovery, retention
from engine.storage.cleaner_map import OffsetMap
from engine.storage.disk import MemoryDisk
from engine.world.world import World
from tests.simulation.finding import found

# --- 6: the high watermark, the log's start below it, only rises ----------------------------------


def test_6_a_retention_that_takes_what_is_not_committed(monkeypatch):
    right = retention.delete_old_segments

    def greedy(log, now_ms, high_watermark, jumps):
        return right(log, now_ms, log.log_end, jumps)

    monkeypatch.setattr(retention, "delete_old_segments", greedy)
    found(0, 1, 6, seeds=60, kinds=("isolate", "delay", "cut_one_way"))


# --- 14: a recovered log is a prefix of what was there --------------------------------------------


def test_14_a_recovery_that_believes_every_checksum(monkeypatch):
    right = recovery.split_batches

    def believing(data, *, check_crc=True, compacted=False):
        return right(data, check_crc=False, compacted=compacted)

    monkeypatch.setattr(recovery, "split_batches", believing)
    found(14, seeds=40, kinds=("bit_flip",))


def test_14_a_recovery_that_cuts_a_batch_too_many(monkeypatch):
    right = recovery.sound_extents
    monkeypatch.setattr(recovery, "sound_extents", lambda segment: right(segment)[:-1])
    found(14, kinds=("crash",))


def test_14_a_crash_that_takes_what_was_written(monkeypatch):
    """As if the operating system had died with the process."""
    right = World.crash_node

    def hard(self, name):
        if name in self.nodes and name.startswith("B"):
            self.nodes[name].machine.disk.power_off(self.dice("flaw"))
        right(self, name)

    monkeypatch.setattr(World, "crash_node", hard)
    found(14, kinds=("crash",))


def test_14_a_disk_that_says_synced_and_has_not(monkeypatch):
    """Power cuts take more than they may: of some files half of what was made durable."""
    right = MemoryDisk.power_off

    def lying(self, dice):
        for path, file in self.files.items():
            if path.endswith(".log"):
                file.synced //= 2
        right(self, dice)

    monkeypatch.setattr(MemoryDisk, "power_off", lying)
    found(14, seeds=60, kinds=("power_off", "power_off_leader"))


# --- 15: compaction keeps the last value of each key ----------------------------------------------


def test_15_a_cleaner_that_forgets_the_last_value(monkeypatch):
    right = OffsetMap.last
    monkeypatch.setattr(OffsetMap, "last", lambda self, key: right(self, key) + 1)
    found(15, kinds=("reset",))


def test_15_a_cleaner_that_gives_new_offsets(monkeypatch):
    right = cleaner.with_records

    def renumbered(batch, records, horizon):
        fresh = [dataclasses.replace(r, offset=batch.base_offset + i) for i, r in enumerate(records)]
        return right(batch, fresh, horizon)

    monkeypatch.setattr(cleaner, "with_records", renumbered)
    found(15, kinds=("reset",))
