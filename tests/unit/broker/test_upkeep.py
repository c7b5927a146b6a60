"""Logs looked after on virtual time: retention, the cleaner, flushes, a full disk, and what a stop leaves behind."""

from __future__ import annotations

import pytest

from engine import events
from engine.broker.log_manager import LogManager
from engine.broker.timetable import Timetable
from engine.config import Config
from engine.machine import CalendarSet
from engine.quorum.records import ConfigRecord
from engine.storage import checkpoints
from engine.storage.disk import MemoryDisk
from engine.wire import errors
from engine.wire import messages as m
from engine.wire.records import Record, decode_records, encode_batch
from tests.unit.broker.bench import MS, Bench, T

HOUR = 3_600_000


def alone(bench=None, **configs):
    bench = bench or Bench()
    bench.topic(replicas=(1,), **configs)
    return bench


def log_of(bench):
    return bench.partition().log


def keyed(bench, *pairs, stamp=None):
    stamp = bench.broker.calendar_ms(bench.now) if stamp is None else stamp
    records = []
    for i, pair in enumerate(pairs):
        key, _, value = pair.partition("=")
        records.append(Record(i, stamp, key.encode() or None, value.encode() or None))
    return bench.ask(m.ProduceRequest(-1, 1000, [m.ProducePart(T, 0, [encode_batch(records)])])).part


def held(bench):
    log = log_of(bench)
    return [
        f"{r.offset}:{(r.key or b'').decode()}={(r.value or b'').decode()[:5]}"
        for b in log.batches(log.log_start, log.log_end) if b.count
        for r in decode_records(b)
    ]  # fmt: skip


def alarms(bench, *names):
    return [(at, alarm.name) for at, _, alarm in sorted(bench.alarms, key=lambda a: a[0]) if alarm.name in names]


# --- retention ------------------------------------------------------------------------------------


def test_records_older_than_retention_go_at_the_next_check():
    bench = alone(retention_ms="20000", segment_bytes="1024")
    for _ in range(4):
        keyed(bench, "a=" + "x" * 600)
        bench.pass_ms(1000)
    assert len(log_of(bench).segments) == 4
    bench.pass_ms(14_500)
    assert log_of(bench).log_start == 0
    bench.pass_ms(7000)
    assert log_of(bench).log_start > 0
    gone = bench.told(events.SegmentsDeleted)
    assert gone[0].why == "time" and gone[0].was == 0 and gone[0].to == log_of(bench).log_start
    bench.pass_ms(10_000)
    assert log_of(bench).log_start == log_of(bench).log_end == 4


def test_retention_of_minus_one_keeps_all_for_ever_and_nobody_looks():
    bench = alone(retention_ms="-1", segment_bytes="1024")
    keyed(bench, "a=1")
    bench.pass_ms(6000)
    assert alarms(bench, "retention") == []
    bench.pass_ms(600_000)
    assert held(bench) == ["0:a=1"]


def test_by_size_the_oldest_segments_go_while_the_log_grows_and_idle_nobody_looks():
    bench = alone(retention_bytes="2000", retention_ms="-1", segment_bytes="1024")
    for _ in range(6):
        keyed(bench, "a=" + "x" * 600)
        bench.pass_ms(2000)
    bench.pass_ms(5000)
    log = log_of(bench)
    assert log.log_start == 3 and log.size <= 2000 + 1024
    assert {e.why for e in bench.told(events.SegmentsDeleted)} == {"size"}
    bench.pass_ms(70_000)  # the files that were renamed go as well
    assert not [path for path in bench.broker.disk.paths() if path.endswith(".deleted")]
    assert alarms(bench, "retention") == []


def test_the_files_go_only_after_file_delete_delay():
    bench = alone(retention_bytes="0", retention_ms="-1", segment_bytes="1024", file_delete_delay_ms="30000")
    keyed(bench, "a=" + "x" * 600)
    keyed(bench, "a=" + "x" * 600)
    bench.pass_ms(10_000)
    assert [path for path in bench.broker.disk.paths() if path.endswith(".log.deleted")]
    bench.pass_ms(31_000)
    assert not [path for path in bench.broker.disk.paths() if path.endswith(".deleted")]


def test_idle_logs_are_looked_at_when_they_can_have_something_to_delete_and_not_before():
    bench = alone()
    keyed(bench, "a=1")
    bench.pass_ms(6000)
    (alarm,) = alarms(bench, "retention")
    week = 7 * 24 * HOUR
    assert week * MS <= alarm[0] <= (week + 11_000) * MS


def test_retention_counts_time_lived_not_the_calendar():
    bench = alone(retention_ms="20000")
    keyed(bench, "a=1")
    bench.pass_ms(6000)
    bench.handle(CalendarSet(1_700_000_000_000 * MS))
    bench.pass_ms(6000)
    keyed(bench, "b=1")
    bench.pass_ms(3000)
    assert held(bench) == ["0:a=1", "1:b=1"]
    bench.pass_ms(10_000)
    assert held(bench) == ["1:b=1"]
    bench.pass_ms(12_000)
    assert held(bench) == []


def test_the_next_life_knows_what_the_calendar_did():
    config = Config()
    first = LogManager(config, 0)
    first.calendar_set(5000 * MS, 100_000 * MS)
    second = LogManager(config, 900_000 * MS, first)
    second.calendar_set(6000 * MS, 900_000 * MS)
    assert second.age_ms(10_000 * MS, 4000) == 6000
    assert second.age_ms(10_000 * MS, 105_500) == 4500
    assert second.age_ms(10_000 * MS, 908_000) == 2000


def test_a_changed_config_is_acted_on():
    bench = alone()
    keyed(bench, "a=1")
    bench.pass_ms(60_000)
    bench.records(ConfigRecord(T, "retention.ms", "1000"))
    bench.pass_ms(6000)
    assert log_of(bench).log_start == 1
    bench.records(ConfigRecord(T, "retention.ms", None))
    keyed(bench, "a=2")
    bench.pass_ms(60_000)
    assert held(bench) == ["1:a=2"]


def test_nothing_beyond_the_high_watermark_goes():
    bench = Bench()
    bench.topic(isr=(1, 2), retention_ms="1000")
    bench.produce("a", "b", acks=1)
    bench.pass_ms(60_000)
    assert log_of(bench).log_start == 0
    bench.follow(2, 2)
    bench.pass_ms(6000)
    assert log_of(bench).log_start == 2


# --- compaction -----------------------------------------------------------------------------------


def compacting(bench=None, **configs):
    defaults = {"cleanup_policy": "compact", "segment_bytes": "1024", "min_cleanable_dirty_ratio": "0.1"}
    return alone(bench, **{**defaults, **configs})


def test_a_compacted_log_is_cleaned_some_time_after_it_has_rolled():
    bench = compacting()
    for number in range(6):
        keyed(bench, f"a={number}" + "x" * 400, f"b{number}=1")
    assert len(held(bench)) == 12
    bench.pass_ms(20_000)
    kept = held(bench)
    assert kept[-1] == "11:b5=1" and len(kept) == 9
    (told,) = bench.told(events.LogCompacted)
    assert (told.removed, told.kept) == (3, 5) and told.was_bytes > told.bytes
    assert checkpoints.read_offsets(bench.broker.disk, checkpoints.CLEANED_UP_TO) == {(T, 0): told.to}


def test_with_little_dirt_it_is_left_alone():
    bench = compacting(min_cleanable_dirty_ratio="0.9")
    keyed(bench, "a=" + "x" * 900)
    keyed(bench, "a=" + "x" * 900)
    bench.pass_ms(20_000)
    assert bench.told(events.LogCompacted)[0].to == 1
    keyed(bench, "a=" + "x" * 900)
    bench.pass_ms(20_000)
    assert len(bench.told(events.LogCompacted)) == 1
    assert alarms(bench, "cleaner", "clean") == []


def test_what_is_too_young_is_cleaned_when_it_is_old_enough():
    bench = compacting(min_compaction_lag_ms="60000")
    for number in range(4):
        keyed(bench, f"a={number}" + "x" * 900)
    bench.pass_ms(45_000)
    assert len(held(bench)) == 4
    bench.pass_ms(31_000)
    assert len(held(bench)) == 2


def test_dirt_that_is_old_enough_is_cleaned_however_little_it_is():
    bench = compacting(min_cleanable_dirty_ratio="1", max_compaction_lag_ms="60000")
    for number in range(3):
        keyed(bench, f"a={number}" + "x" * 900)
    bench.pass_ms(45_000)
    assert len(held(bench)) == 3
    bench.pass_ms(31_000)
    assert len(held(bench)) == 2


def test_cleaning_takes_time_and_a_crash_in_between_harms_nothing():
    bench = compacting(bench=Bench(config=Config(log_cleaner_io_max_bytes_per_second=65_536)), segment_bytes="200000")
    for number in range(60):
        keyed(bench, f"k{number % 3}={number}" + "x" * 9000)
    bench.pass_ms(15_000)
    before = held(bench)
    assert len(before) == 60
    bench.pass_ms(5000)
    assert held(bench) == before
    assert bench.broker.logs.round is not None
    again = bench.next_life()
    assert held(again) == before
    again.pass_ms(60_000)
    assert len(held(again)) < 30
    assert held(again)[-3:] == before[-3:]


def test_the_copy_is_durable_before_it_takes_the_place_of_the_old_segments():
    bench = compacting()
    for number in range(4):
        keyed(bench, f"a={number}" + "x" * 900)
    bench.slow = True
    bench.pass_ms(20_000)
    assert len(held(bench)) == 4
    assert any(sync.file.endswith(".log.cleaned") for sync in bench.syncs)
    bench.slow = False
    bench.pass_ms(1000)
    assert len(held(bench)) == 2


def test_a_truncation_gives_the_round_up():
    bench = Bench()
    bench.topic(cleanup_policy="compact", segment_bytes="1024", min_cleanable_dirty_ratio="0", leader=2)
    part = bench.partition()
    for number in range(4):
        batch = encode_batch([Record(0, 0, b"a", b"x" * 900)], base_offset=number, leader_epoch=0)
        part.log.append_as_follower([batch])
    part.high_watermark = 4
    bench.broker.logs.cleaned[T, 0] = 3
    from engine.broker import cleaning, upkeep

    cleaning.look(bench.broker, bench.now, part)
    bench.broker.logs.cleaned[T, 0] = 0
    bench.take(bench.broker.take())
    bench.slow = True
    bench.pass_ms(16_000)
    assert bench.broker.logs.round is not None
    part.log.truncate_to(2)
    bench.broker.logs.cleaned[T, 0] = 3
    upkeep.cut(bench.broker, bench.now, part)
    assert bench.broker.logs.round is None
    assert bench.broker.logs.cleaned[T, 0] == 2
    assert not [path for path in bench.broker.disk.paths() if path.endswith(".cleaned")]


def test_a_topic_made_compacted_later_is_cleaned_too():
    bench = alone(segment_bytes="1024")
    for number in range(4):
        keyed(bench, f"a={number}" + "x" * 900)
    bench.records(ConfigRecord(T, "cleanup.policy", "compact"))
    bench.pass_ms(20_000)
    assert len(held(bench)) == 2


def test_both_policies_together():
    bench = compacting(cleanup_policy="compact,delete", retention_ms="60000")
    for number in range(4):
        keyed(bench, f"a={number}" + "x" * 900)
    bench.pass_ms(20_000)
    assert len(held(bench)) == 2
    bench.pass_ms(60_000)
    assert held(bench) == []
    assert log_of(bench).log_start == 4


# --- flushing -------------------------------------------------------------------------------------


def rolled(bench):
    keyed(bench, "a=" + "x" * 900)
    keyed(bench, "a=" + "x" * 900)


def test_a_closed_segment_is_synced_and_the_recovery_point_follows():
    bench = alone(segment_bytes="1024")
    bench.slow = True
    rolled(bench)
    files = [sync.file.rpartition(".")[2] for sync in bench.syncs]
    assert "log" in files and log_of(bench).recovery_point == 0
    bench.sync()
    assert log_of(bench).recovery_point == 1
    bench.pass_ms(61_000)
    assert checkpoints.read_offsets(bench.broker.disk, checkpoints.RECOVERY_POINTS) == {(T, 0): 1}


def test_while_the_disk_is_slow_a_log_waits_for_one_flush_at_a_time():
    bench = alone(segment_bytes="1024")
    bench.slow = True
    rolled(bench)
    waiting = len(bench.syncs)
    rolled(bench)
    assert len(bench.syncs) == waiting
    bench.sync()
    assert log_of(bench).recovery_point == 3


def test_a_produce_does_not_wait_for_the_disk():
    bench = alone(segment_bytes="1024")
    bench.slow = True
    rolled(bench)
    assert keyed(bench, "a=1").error == 0


@pytest.mark.parametrize("how", ["the effect", "the disk"])
def test_when_a_sync_fails_the_process_ends(how):
    bench = alone(segment_bytes="1024")
    bench.slow = True
    rolled(bench)
    if how == "the effect":
        bench.sync("Input/output error")
    else:
        bench.broker.disk.failing = True
        bench.sync()
    assert bench.halted
    (told,) = bench.told(events.LogDirFailed)
    assert told.file.startswith("pedidos-0/")
    assert not bench.broker.disk.exists(checkpoints.CLEAN_SHUTDOWN)


# --- a full disk ----------------------------------------------------------------------------------


@pytest.mark.parametrize("acks", [1, -1])
def test_on_a_full_disk_the_producer_is_told_so_and_goes_on_when_there_is_room(acks):
    bench = alone(Bench(disk=MemoryDisk(1 << 20, 1 << 20)))
    assert bench.produce("a", acks=acks).part.error == 0
    bench.broker.disk.fill()
    assert bench.produce("b", acks=acks).part.error == errors.KAFKA_STORAGE_ERROR
    assert bench.produce("c", acks=acks).part.error == errors.KAFKA_STORAGE_ERROR
    assert len(bench.told(events.DiskFull)) == 1
    assert bench.values() == ["a"]
    bench.broker.disk.free()
    assert bench.produce("d", acks=acks).part.base_offset == 1
    assert len(bench.told(events.DiskHasRoom)) == 1
    again = bench.next_life()
    assert again.values() == ["a", "d"]


def test_retention_makes_room_on_a_full_disk():
    bench = alone(
        Bench(disk=MemoryDisk(1 << 20, 1 << 20)), retention_ms="10000", segment_bytes="100000",
        file_delete_delay_ms="1000",
    )  # fmt: skip
    big = "x" * 50_000
    while bench.produce(big, acks=1).part.error == 0:
        pass
    bench.pass_ms(20_000)
    assert bench.produce(big, acks=1).part.error == 0


def test_checkpoints_that_do_not_fit_are_left_as_they_were():
    bench = alone(Bench(disk=MemoryDisk(1 << 20, 0)))
    bench.broker.disk.fill()
    bench.pass_ms(120_000)
    assert not bench.halted


# --- from life to life ----------------------------------------------------------------------------


def stopped(bench):
    from engine.commands import StopBroker

    bench.may_stop = True
    bench.order(StopBroker(1))
    assert bench.halted


def test_a_stop_in_good_order_leaves_everything_durable_and_a_marker():
    bench = alone()
    keyed(bench, "a=1")
    stopped(bench)
    disk = bench.broker.disk
    assert disk.exists(checkpoints.CLEAN_SHUTDOWN)
    assert checkpoints.read_offsets(disk, checkpoints.RECOVERY_POINTS) == {(T, 0): 1}
    assert all(file.synced == file.size for file in disk.files.values())
    again = bench.next_life()
    assert again.broker.logs.clean
    assert not disk.exists(checkpoints.CLEAN_SHUTDOWN)
    assert held(again) == ["0:a=1"]


def test_a_crash_leaves_no_marker_and_the_log_is_gone_through():
    bench = alone()
    keyed(bench, "a=1")
    keyed(bench, "a=2")
    disk = bench.broker.disk
    path = "pedidos-0/00000000000000000000.log"
    disk.truncate(path, disk.size(path) - 3)
    again = bench.next_life()
    assert not again.broker.logs.clean
    assert held(again) == ["0:a=1"]
    (told,) = again.told(events.LogRecovered)
    assert (told.log_end, told.cut_bytes) == (1, disk.size(path) - 3)


def test_a_log_start_survives_a_stop():
    bench = alone()
    for _ in range(3):
        keyed(bench, "a=1")
    bench.ask(m.DeleteRecordsRequest([m.DeleteRecordsPart(T, 0, 2)]))
    stopped(bench)
    assert held(bench.next_life()) == ["2:a=1"]


def test_whose_disk_it_is_stands_in_meta_properties():
    bench = Bench()
    found = checkpoints.parse_properties(bench.broker.disk.read_all(checkpoints.META))
    assert (found["node.id"], found["cluster.id"]) == ("1", "riacho")
    assert bench.next_life().broker.disk.read_all(checkpoints.META) == bench.broker.disk.read_all(checkpoints.META)


# --- the timetable --------------------------------------------------------------------------------


def test_one_alarm_is_set_for_the_earliest_and_an_earlier_one_overtakes_it():
    table = Timetable("x", 10)
    assert [(w.at, w.token) for w in table.note(1, ("a", 0), 45)] == [(50, 50)]
    assert table.note(1, ("b", 0), 61) == []
    assert [w.at for w in table.note(1, ("c", 0))] == [10]
    assert table.note(1, ("c", 0), 30) == []
    assert table.ring(10, 10) == [("c", 0)]
    assert [w.at for w in table.again()] == [50]
    assert table.ring(50, 50) == [("a", 0)]
    assert [w.at for w in table.again()] == [70]
    assert table.ring(50, 50) == []
    table.forget(("b", 0))
    assert table.ring(70, 70) == []
    assert table.again() == []
