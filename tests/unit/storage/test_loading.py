"""Opening a log: what is taken as it is, what is gone through, what is cut."""

from __future__ import annotations

from typing import Any

import pytest

from engine.storage import loading, recovery
from engine.storage.log import Log
from engine.world.dice import Dice
from tests.unit.storage.making import (
    TIME,
    a_batch,
    a_log,
    as_plain_bytes,
    content,
    durable_end,
    filled,
    reopened,
    sent,
    summary,
)  # fmt: skip

SIZE = a_batch().size


def closed(log: Log) -> Log:
    for path in log.close():
        log.disk.sync(path)
    log.flushed()
    return log


def of_segments(count: int, each: int = 60) -> Log:
    return filled(count * each, segment_bytes=each * SIZE)


def seen(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Base offsets of the segments that are gone through from here on."""
    found: list[int] = []
    real = recovery.recover_segment

    def spy(segment: Any) -> int:
        found.append(segment.base_offset)
        return real(segment)

    monkeypatch.setattr(loading, "recover_segment", spy)
    return found


# --- what is believed -------------------------------------------------------------------------------


def test_after_a_crash_segments_under_the_recovery_point_are_not_gone_through(monkeypatch):
    log = of_segments(4)
    for path in log.unflushed()[:8]:
        log.disk.sync(path)
    log.flushed()
    assert log.recovery_point == 120
    before = content(log)
    found = seen(monkeypatch)
    again = reopened(log, recovery_point=120)
    assert found == [120, 180]
    assert content(again) == before
    assert again.recovery_point == 120


def test_without_a_recovery_point_all_are(monkeypatch):
    log = of_segments(3)
    found = seen(monkeypatch)
    reopened(log)
    assert found == [0, 60, 120]


def test_a_recovery_point_inside_a_segment_does_not_cover_it(monkeypatch):
    log = of_segments(3)
    found = seen(monkeypatch)
    reopened(log, recovery_point=119)
    assert found == [60, 120]


def test_after_a_clean_stop_none_is(monkeypatch):
    log = closed(of_segments(3))
    before = summary(log)
    found = seen(monkeypatch)
    again = reopened(log, recovery_point=180, clean=True)
    assert found == []
    assert summary(again) == before
    assert again.recovery_point == 180
    again.append_as_leader([a_batch()], 0)
    assert again.log_end == 181


def test_a_log_that_was_stopped_cleanly_twice_is_the_same_log():
    log = closed(of_segments(3))
    again = closed(reopened(log, recovery_point=180, clean=True))
    assert summary(again) == summary(closed(reopened(again, recovery_point=180, clean=True)))


@pytest.mark.parametrize("kind", ["index", "timeindex"])
@pytest.mark.parametrize("harm", ["missing", "torn", "nonsense"])
def test_an_index_that_cannot_be_right_is_made_anew_even_after_a_clean_stop(kind, harm):
    log = closed(of_segments(3))
    before = summary(log)
    path = log.segments[1].path_of(kind)
    if harm == "missing":
        log.disk.delete(path)
    elif harm == "torn":
        log.disk.truncate(path, log.disk.size(path) - 1)
    else:
        log.disk.replace(log.disk.open(path), [b"\x7f" * 24], 24)
    again = reopened(log, recovery_point=180, clean=True)
    assert summary(again) == before
    assert again.recovery_point == 60


def test_an_index_without_a_log_is_removed():
    log = closed(of_segments(2))
    log.disk.append("pedidos-0/00000000000000000777.index", b"12345678")
    assert not reopened(log).disk.exists("pedidos-0/00000000000000000777.index")


def test_files_of_other_names_are_left_alone():
    log = of_segments(2)
    for name in ("partition.metadata", "notes.log", "x.index"):
        log.disk.append(f"pedidos-0/{name}", b"x")
    again = reopened(log)
    assert all(again.disk.exists(f"pedidos-0/{name}") for name in ("partition.metadata", "notes.log", "x.index"))
    assert again.log_end == 120


# --- damage -----------------------------------------------------------------------------------------


def test_a_flipped_bit_is_found_where_everything_is_gone_through():
    log = of_segments(3)
    log.disk.flip_bit(log.segments[1].path, 10 * SIZE + 70, 1)
    assert log.batch_at(100) is not None, "in memory it is as it was"
    again = reopened(log)
    assert again.log_end == 70
    assert [segment.base_offset for segment in again.segments] == [0, 60]
    assert again.unflushed(active=True)


def test_a_flipped_bit_under_the_recovery_point_is_found_too_as_its_bytes_have_changed():
    log = closed(of_segments(3))
    log.disk.flip_bit(log.segments[0].path, 10 * SIZE + 70, 1)
    again = reopened(log, recovery_point=180, clean=True)
    assert again.log_end == 10
    assert again.recovery_point == 0


def test_bytes_that_are_sound_after_all_are_believed(monkeypatch):
    log = closed(of_segments(3))
    before = summary(log)
    as_plain_bytes(log)
    found = seen(monkeypatch)
    assert summary(reopened(log, recovery_point=180, clean=True)) == before
    assert found == []


def test_a_segment_whose_end_was_lost_at_the_edge_of_a_batch_ends_the_log():
    """Kafka would go on with a hole."""
    log = of_segments(3)
    log.disk.truncate(log.segments[1].path, 20 * SIZE)
    again = reopened(log)
    assert again.log_end == 80
    assert [segment.base_offset for segment in again.segments] == [0, 60]
    empty = of_segments(3)
    empty.disk.truncate(empty.segments[0].path, 0)
    assert reopened(empty).log_end == 0


def test_what_was_deleted_between_two_segments_is_no_damage_under_the_recovery_point():
    log = closed(of_segments(3))
    log.segments[1].delete()
    again = reopened(log, recovery_point=180, clean=True)
    assert [segment.base_offset for segment in again.segments] == [0, 120]


# --- epochs and producers ---------------------------------------------------------------------------


@pytest.mark.parametrize("harm", [b"", b"rubbish", b"0\n5\n1 1\n", None])
def test_leader_epochs_are_read_from_the_batches_if_their_file_is_no_good(harm):
    log = a_log(segment_bytes=5 * SIZE)
    for epoch in (0, 0, 0, 2, 2, 2, 2, 5, 7):
        log.append_as_leader([a_batch()], epoch)
    closed(log)
    path = "pedidos-0/leader-epoch-checkpoint"
    if harm is None:
        log.disk.delete(path)
    else:
        log.disk.write_file(path, harm)
    again = reopened(log, recovery_point=9, clean=True)
    assert again.epochs.entries == [(0, 0), (2, 3), (5, 7), (7, 8)]
    assert again.disk.read_all(path) == again.epochs.checkpoint()


def test_epochs_of_what_was_cut_are_forgotten():
    log = a_log(segment_bytes=5 * SIZE)
    for epoch in (0, 0, 2, 2, 2, 2, 5):
        log.append_as_leader([a_batch()], epoch)
    log.disk.truncate(log.segments[1].path, SIZE)
    assert reopened(log).epochs.entries == [(0, 0), (2, 2)]


def test_producers_are_found_in_chunks_and_single_batches_after_the_snapshot():
    log = a_log(segment_bytes=200_000)
    for sequence in range(1_500):
        log.append_as_leader([sent(7, 0, sequence)], 0)
        log.append_as_leader([a_batch()], 0)
        if sequence % 500 == 0:
            log.append_as_leader([sent(8, sequence // 500, 0)], 0)
    assert len(log.segments) > 1
    again = reopened(log)
    assert {p: (e.epoch, e.marks[-1]) for p, e in again.producers.entries.items()} == {
        p: (e.epoch, e.marks[-1]) for p, e in log.producers.entries.items()
    }


def test_the_snapshot_is_all_that_is_needed_after_a_clean_stop(monkeypatch):
    log = a_log()
    for sequence in range(50):
        log.append_as_leader([sent(7, 0, sequence)], 0)
    closed(log)
    looked = list(loading.numbered_batches(log, log.snapshots.offsets[-1]))
    assert looked == []
    assert reopened(log, recovery_point=50, clean=True).check_producer(sent(7, 0, 49)) == (49, 49)


# --- power cuts: invariant 14 -----------------------------------------------------------------------


def written(seed: int) -> Log:
    """A log as a broker may have written it: small and large batches, segments closed, some of it synced."""
    dice = Dice(seed, "writing")
    log = a_log(segment_bytes=dice.choice([2_000, 20_000, 1 << 30]), index_interval_bytes=500)
    for number in range(dice.below(120)):
        size = dice.choice([10, 10, 200, 3_000, 9_000])
        batch = a_batch(1 + dice.below(3), size=size, time=TIME + number)
        if dice.chance(0.3):
            known = log.producers.entries.get(5)
            batch = sent(5, 0, known.marks[-1][1] + 1 if known else 0)
        log.append_as_leader([batch], number // 30)
        if dice.chance(0.1):
            for path in log.unflushed(active=dice.chance(0.3)):
                if dice.chance(0.8):
                    log.disk.sync(path)
            log.flushed()
    return log


@pytest.mark.parametrize("rounds", [80, pytest.param(10_000, marks=[pytest.mark.full, pytest.mark.timeout(1_800)])])
def test_what_a_power_cut_leaves_is_a_prefix_and_holds_what_was_synced(rounds):
    cut = holes = 0
    for seed in range(rounds):
        log = written(seed)
        before = list(log.batches(0, log.log_end))
        point, durable = log.recovery_point, durable_end(log)
        log.disk.power_off(Dice(seed, "power"))
        again = reopened(log, recovery_point=point)
        after = list(again.batches(0, again.log_end))
        assert after == before[: len(after)], seed
        assert again.log_end >= max(durable, point), seed
        assert again.log_end == (after[-1].next_offset if after else 0)
        known = {p: (e.epoch, e.marks[-1]) for p, e in again.producers.entries.items()}
        last = [b for b in after if b.producer_id == 5][-1:]
        marks = [(b.base_sequence, b.last_sequence, b.base_offset, b.last_offset) for b in last]
        assert known == ({5: (0, marks[0])} if marks else {})
        assert again.epochs.entries == [(e, s) for e, s in log.epochs.entries if s < again.log_end]
        assert summary(reopened(again)) == summary(reopened(reopened(again)))
        cut += len(after) < len(before)
        holes += durable < again.log_end < log.log_end
    assert rounds * 0.3 < cut < rounds * 0.9
    assert holes > rounds * 0.04


def test_power_cuts_one_after_the_other_lose_nothing_more_of_what_was_left():
    for seed in range(15):
        log = written(seed)
        log.disk.power_off(Dice(seed, "first"))
        again = reopened(log, recovery_point=log.recovery_point)
        left = again.log_end
        again.disk.power_off(Dice(seed, "second"))
        assert reopened(again, recovery_point=again.recovery_point).log_end == left
