"""Compaction: what stays, what goes and when, and that a crash in between harms nothing."""

from __future__ import annotations

import copy

import pytest

from engine.storage import cleaner
from engine.storage.cleaner import COPY, DONE, GIVEN_UP, MAP, SYNC
from engine.storage.cleaner_batches import delete_horizon
from engine.storage.disk import DiskFull, MemoryDisk
from engine.storage.log import Log, LogConfig
from engine.wire.batch import batch_of, split_batches
from engine.wire.records import Record, decode_records, encode_batch

DAY = 24 * 3600 * 1000
NOW = 1_700_000_000_000


def compacted(disk: MemoryDisk | None = None, **config: object) -> Log:
    return Log(disk or MemoryDisk(), "pedidos", 0, LogConfig(cleanup_policy="compact", **config))  # type: ignore[arg-type]


def write(log: Log, *pairs: str, stamp: int = NOW, rolls: bool = False, **more: int) -> None:
    """One batch: "a=1" is key a with value 1, "a=" a tombstone, "=1" a value without a key."""
    records = []
    for i, pair in enumerate(pairs):
        key, _, value = pair.partition("=")
        records.append(Record(i, stamp + i, key.encode() or None, value.encode() or None))
    log.append_as_leader([encode_batch(records, **more)], 0, stamp)
    if rolls:
        log.roll(stamp)


def held(log: Log) -> list[str]:
    found = []
    for batch in log.batches(log.log_start, log.log_end):
        for record in decode_records(batch):
            found.append(f"{record.offset}:{(record.key or b'').decode()}={(record.value or b'').decode()}")
    return found


def clean(log: Log, clean_to: int = 0, *, now: int = NOW, high_watermark: int | None = None) -> int:
    return cleaner.clean(log, clean_to, log.log_end if high_watermark is None else high_watermark, now)


# --- what stays -------------------------------------------------------------------------------------


def test_of_each_key_the_last_value_stays_at_its_offset():
    log = compacted()
    write(log, "a=1", "b=1", "a=2", rolls=True)
    write(log, "c=1", "b=2", rolls=True)
    assert clean(log) == 5
    assert held(log) == ["2:a=2", "3:c=1", "4:b=2"]
    assert (log.log_start, log.log_end) == (0, 5)


def test_the_active_segment_is_left_alone_and_what_it_says_does_not_count_yet():
    log = compacted()
    write(log, "a=1", "a=2", rolls=True)
    write(log, "a=3")
    assert clean(log) == 2
    assert held(log) == ["1:a=2", "2:a=3"]


def test_nothing_beyond_the_high_watermark_is_touched():
    log = compacted()
    write(log, "a=1", rolls=True)
    write(log, "a=2", rolls=True)
    write(log, "a=3", rolls=True)
    assert clean(log, high_watermark=2) == 2
    assert held(log) == ["1:a=2", "2:a=3"]


def test_a_later_round_takes_values_of_the_clean_part_too():
    log = compacted()
    write(log, "a=1", "b=1", rolls=True)
    to = clean(log)
    write(log, "a=2", rolls=True)
    assert clean(log, to) == 3
    assert held(log) == ["1:b=1", "2:a=2"]


def test_records_without_a_key_go():
    log = compacted()
    write(log, "=1", "a=1", rolls=True)
    clean(log)
    assert held(log) == ["1:a=1"]


def test_records_that_nobody_can_read_stay_as_they_are():
    log = compacted()
    sane = encode_batch([Record(0, NOW, b"a", b"1")])
    broken = batch_of(sane.header, b"\x7f" * len(sane.records))
    log.append_as_leader([broken], 0, NOW)
    log.roll(NOW)
    before = [batch.to_bytes() for batch in log.batches(0, 1)]
    clean(log)
    assert [batch.to_bytes() for batch in log.batches(0, 1)] == before


def test_control_batches_stay():
    log = compacted()
    write(log, "a=1", producer_id=7, producer_epoch=0, base_sequence=0, control=True, rolls=True)
    write(log, "a=2", rolls=True)
    clean(log)
    assert held(log) == ["0:a=1", "1:a=2"]


def test_a_batch_that_loses_nothing_is_the_same_object():
    log = compacted()
    big = "x" * 10_000  # not sealed into a chunk
    write(log, f"a={big}", rolls=True)
    (before,) = log.batches(0, 1)
    clean(log)
    (after,) = log.batches(0, 1)
    assert after is before


# --- batches made anew --------------------------------------------------------------------------------


def test_a_batch_keeps_its_first_and_last_offset_producer_sequence_and_epoch():
    log = compacted()
    write(log, "a=1", "b=1", "a=2", "c=1", producer_id=9, producer_epoch=3, base_sequence=40, rolls=True)
    write(log, "c=2", rolls=True)
    (before,) = log.batches(0, 4)
    clean(log)
    after = next(log.batches(0, 4))
    assert (after.base_offset, after.last_offset, after.count) == (0, 3, 2)
    assert (after.producer_id, after.producer_epoch, after.base_sequence, after.last_sequence) == (9, 3, 40, 43)
    assert after.leader_epoch == before.leader_epoch
    assert [(r.offset, r.timestamp) for r in decode_records(after)] == [(1, NOW + 1), (2, NOW + 2)]


def test_its_crc_is_right_and_kafkas_rules_for_batches_hold():
    log = compacted()
    write(log, "a=1", "a=2", "b=", rolls=True)
    clean(log)
    for batch in log.batches(0, 3):
        assert [b.to_bytes() for b in split_batches(batch.to_bytes(), compacted=True)] == [batch.to_bytes()]


@pytest.mark.parametrize("codec", [1, 2, 3, 4])
def test_a_compressed_batch_is_made_anew_uncompressed(codec):
    log = compacted()
    write(log, "a=1", "b=1", compression=codec, rolls=True)
    write(log, "a=2", compression=codec, rolls=True)
    clean(log)
    first, second = log.batches(0, 3)
    assert (first.compression, second.compression) == (0, codec)
    assert held(log) == ["1:b=1", "2:a=2"]


def test_log_append_time_stays_the_time_of_all_its_records():
    log = compacted()
    write(log, "a=1", "b=1", log_append_time=True, rolls=True)
    write(log, "a=2", rolls=True)
    clean(log)
    first = next(log.batches(0, 2))
    assert first.log_append_time
    assert [r.timestamp for r in decode_records(first)] == [first.max_timestamp] == [NOW + 1]


def test_a_batch_without_records_goes_unless_it_is_the_last_of_its_producer():
    log = compacted()
    write(log, "a=1", producer_id=1, producer_epoch=0, base_sequence=0, rolls=True)
    write(log, "a=2", producer_id=1, producer_epoch=0, base_sequence=1, rolls=True)
    write(log, "a=3", rolls=True)
    clean(log)
    assert [(b.base_offset, b.count, b.last_sequence) for b in log.batches(0, 3)] == [(1, 0, 1), (2, 1, -1)]


def test_the_last_batch_of_a_round_stays_even_without_records():
    log = compacted(delete_retention_ms=0)
    write(log, "a=1", rolls=True)
    write(log, "a=", rolls=True)
    clean(log)
    clean(log, 0, now=NOW + 1)
    assert held(log) == []
    assert [(b.base_offset, b.last_offset) for b in log.batches(0, 2)] == [(1, 1)]
    assert log.segments[0].next_offset == 2


def test_the_producers_are_known_after_compaction_and_recovery():
    log = compacted()
    for sequence in range(5):
        write(log, "a=1", producer_id=4, producer_epoch=0, base_sequence=sequence, rolls=True)
    write(log, "a=2", rolls=True)
    clean(log)
    log.snapshots.delete_after(-1)
    again = Log(log.disk, "pedidos", 0, log.config)
    assert again.producers.entries[4].marks[-1][1] == 4


# --- tombstones ---------------------------------------------------------------------------------------


def test_a_tombstone_stays_until_delete_retention_after_it_was_met_first():
    log = compacted(delete_retention_ms=DAY)
    write(log, "a=1", "b=1", rolls=True)
    write(log, "a=", rolls=True)
    clean(log)
    assert held(log) == ["1:b=1", "2:a="]
    horizons = [delete_horizon(batch) for batch in log.batches(0, 3)]
    assert horizons == [-1, NOW + DAY]
    clean(log, 0, now=NOW + DAY - 1)
    assert held(log) == ["1:b=1", "2:a="]
    assert [delete_horizon(batch) for batch in log.batches(0, 3)] == horizons
    clean(log, 0, now=NOW + DAY)
    assert held(log) == ["1:b=1"]


def test_the_horizon_does_not_change_what_the_records_say():
    log = compacted()
    write(log, "a=", "b=1", stamp=NOW - 5 * DAY, rolls=True)
    clean(log)
    (batch,) = log.batches(0, 2)
    assert [(r.offset, r.timestamp, r.value) for r in decode_records(batch)] == [
        (0, NOW - 5 * DAY, None), (1, NOW - 5 * DAY + 1, b"1"),
    ]  # fmt: skip
    assert batch.max_timestamp == NOW - 5 * DAY + 1


def test_a_tombstone_with_a_later_value_goes_at_once():
    log = compacted()
    write(log, "a=", rolls=True)
    write(log, "a=1", rolls=True)
    clean(log)
    assert held(log) == ["1:a=1"]


# --- what is dirty ------------------------------------------------------------------------------------


def test_the_ratio_is_the_dirty_share_of_what_may_be_cleaned():
    log = compacted()
    write(log, "a=1", rolls=True)
    write(log, "b=1", rolls=True)
    write(log, "c=" + "x" * 5000)
    first = log.segments[0].size
    assert cleaner.dirt(log, 0, 3, NOW).ratio == 1.0
    found = cleaner.dirt(log, 1, 3, NOW)
    assert (found.start, found.end) == (1, 2)
    assert found.ratio == pytest.approx(log.segments[1].size / (first + log.segments[1].size))
    assert cleaner.dirt(log, 2, 3, NOW).end == 2
    assert cleaner.dirt(log, 2, 3, NOW).ratio == 0


def test_young_records_may_not_be_cleaned_and_old_ones_must_be():
    log = compacted(min_compaction_lag_ms=1000, max_compaction_lag_ms=5000)
    write(log, "a=1", stamp=NOW, rolls=True)
    write(log, "a=2", stamp=NOW + 2000, rolls=True)
    assert cleaner.dirt(log, 0, 2, NOW + 999).end == 0
    assert cleaner.dirt(log, 0, 2, NOW + 1000).end == 1
    assert cleaner.dirt(log, 0, 2, NOW + 3000).end == 2
    assert not cleaner.dirt(log, 0, 2, NOW + 5000).due
    assert cleaner.dirt(log, 0, 2, NOW + 5001).due


def test_age_is_time_lived():
    log = compacted(min_compaction_lag_ms=1000)
    write(log, "a=1", stamp=NOW, rolls=True)
    jumps = [(NOW + 10, DAY)]
    assert cleaner.dirt(log, 0, 1, NOW + DAY + 999, jumps).end == 0
    assert cleaner.dirt(log, 0, 1, NOW + DAY + 1000, jumps).end == 1


def test_a_checkpoint_outside_the_log_means_its_beginning():
    log = compacted()
    write(log, "a=1", rolls=True)
    assert cleaner.dirt(log, 99, 1, NOW).start == 0


# --- segments -----------------------------------------------------------------------------------------


def test_neighbours_that_have_shrunk_are_put_together():
    log = compacted(segment_bytes=4000)
    for number in range(12):
        write(log, f"k{number % 2}={number}" + "x" * 1000)
    sizes = [segment.size for segment in log.segments]
    assert len(sizes) > 3
    clean(log)
    assert len(log.segments) == len(sizes)  # sizes count as they were before
    clean(log)
    assert [s.base_offset for s in log.segments] == [0, 9]
    assert held(log)[-2:] == [f"10:k0=10{'x' * 1000}", f"11:k1=11{'x' * 1000}"]


def test_more_keys_than_the_map_holds_are_cleaned_in_several_rounds():
    log = compacted()
    for _ in range(2):
        for number in range(10):
            write(log, f"k{number}=v", rolls=True)
    assert cleaner.clean(log, 0, log.log_end, NOW, keys_max=3) == 20
    assert [line.partition(":")[2] for line in held(log)] == [f"k{n}=v" for n in range(10)]


def test_a_batch_of_more_keys_than_the_map_holds_is_cleaned_all_the_same():
    log = compacted()
    write(log, *(f"k{n}=1" for n in range(10)), rolls=True)
    write(log, *(f"k{n}=2" for n in range(10)), rolls=True)
    assert cleaner.clean(log, 0, log.log_end, NOW, keys_max=3) == 20
    assert len(held(log)) == 10


def test_long_keys_are_told_apart_by_their_sums():
    log = compacted()
    write(log, "x" * 200 + "a=1", "x" * 200 + "b=1", rolls=True)
    write(log, "x" * 200 + "a=2", rolls=True)
    clean(log)
    assert [line.partition(":")[0] for line in held(log)] == ["1", "2"]


def test_the_indexes_of_the_copy_are_those_of_its_content():
    log = compacted(index_interval_bytes=200)
    for number in range(40):
        write(log, f"k{number % 5}={number}" + "x" * 50, f"u{number}=" + "y" * 50)
    log.roll(NOW)
    clean(log)
    fresh = Log(copy.deepcopy(log.disk), "pedidos", 0, log.config)
    assert [s.index.entries() for s in fresh.segments] == [s.index.entries() for s in log.segments]
    assert log.segments[0].index.entries()


# --- under way ----------------------------------------------------------------------------------------


def dirty(**config: object) -> Log:
    log = compacted(**config)
    for number in range(30):
        write(log, f"k{number % 3}={number}", rolls=number % 10 == 9)
    return log


def begun(log: Log) -> cleaner.Round:
    return cleaner.begin(cleaner.dirt(log, 0, log.log_end, NOW), NOW)


def states(log: Log, this: cleaner.Round, budget: int = 1) -> list[str]:
    found = [this.state]
    while this.state not in (DONE, GIVEN_UP):
        cleaner.work(log, this, budget)
        if this.state == SYNC and this.copy is not None:
            found.append(SYNC)
            for path in this.copy.paths():
                log.disk.sync(path)
            cleaner.swap(log, this, NOW)
        found.append(this.state)
    return found


def test_a_round_takes_as_many_steps_as_it_is_given_time():
    log = dirty()
    found = states(log, begun(log))
    assert found[0] == MAP and found[-1] == DONE and COPY in found and SYNC in found
    assert len(found) > 60
    assert held(log) == ["27:k0=27", "28:k1=28", "29:k2=29"]
    other = dirty()
    assert len(states(other, begun(other), 1 << 20)) == 3
    assert held(other) == held(log)


def test_until_it_is_swapped_in_the_log_is_as_it_was():
    log = dirty()
    before = held(log)
    this = begun(log)
    while this.state != SYNC:
        assert held(log) == before
        cleaner.work(log, this, 1)
    assert any(path.endswith(".cleaned") for path in log.disk.paths(log.folder))
    assert held(log) == before


@pytest.mark.parametrize("steps", [0, 10, 31, 40, 60, 61])
def test_a_crash_at_any_moment_leaves_the_log_as_it_was_or_as_it_shall_be(steps):
    log = dirty()
    before = held(log)
    this = begun(log)
    for _ in range(steps):
        cleaner.work(log, this, 1)
    again = Log(log.disk, "pedidos", 0, log.config)
    assert held(again) == before
    assert not [path for path in log.disk.paths(log.folder) if path.endswith((".cleaned", ".swap", ".deleted"))]
    assert clean(again) == 30
    assert len(held(again)) == 3


def test_appending_meanwhile_is_no_harm():
    log = dirty()
    this = begun(log)
    for _ in range(40):
        cleaner.work(log, this, 1)
    write(log, "k0=new", rolls=True)
    states(log, this)
    assert held(log) == ["27:k0=27", "28:k1=28", "29:k2=29", "30:k0=new"]


def test_when_a_segment_goes_from_under_it_the_round_is_given_up():
    log = dirty(retention_bytes=1)
    log.config.cleanup_policy = "compact,delete"
    this = begun(log)
    while this.state == MAP:
        cleaner.work(log, this, 1)
    cleaner.work(log, this, 1)
    log.delete_old_segments(NOW, 10)
    assert states(log, this)[-1] == GIVEN_UP
    assert not [path for path in log.disk.paths(log.folder) if path.endswith(".cleaned")]
    assert held(log)[0] == "10:k1=10"


def test_a_full_disk_leaves_the_log_as_it_was():
    log = dirty()
    before = held(log)
    this = begun(log)
    log.disk.fill()
    with pytest.raises(DiskFull):
        states(log, this)
    cleaner.give_up(this)
    assert held(log) == before
    log.disk.free()
    clean(log)
    assert len(held(log)) == 3


def test_a_round_under_way_is_plain_data():
    log = dirty()
    this = begun(log)
    for _ in range(40):
        cleaner.work(log, this, 1)
    other_log, other = copy.deepcopy((log, this))
    states(log, this)
    assert held(other_log) != held(log)
    states(other_log, other)
    assert held(other_log) == held(log)
