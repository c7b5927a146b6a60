"""Segments replaced by others: at any moment a crash leaves the old ones or the new ones, never a mixture."""

from __future__ import annotations

import copy

import pytest

from engine.storage import swapping
from engine.storage.errors import StorageError
from engine.storage.log import Log
from engine.storage.segment import Segment
from engine.wire.batch import Batch
from tests.unit.storage.making import a_batch, a_log, filled, reopened, sent

SIZE = a_batch().size
EACH = 6


def a_log_of(segments: int) -> Log:
    log = a_log(segment_bytes=EACH * SIZE, index_interval_bytes=0)
    for number in range(segments * EACH):
        log.append_as_leader([a_batch()], number // EACH)
    return log


def cleaned(log: Log, first: int, count: int, into: int = 1) -> tuple[list[Segment], list[Segment]]:
    """(new, old): every other batch of ``count`` segments, in ``into`` new ones; the last of each stays."""
    old = log.segments[first : first + count]
    batches = [b for segment in old for b in segment.batches(0)]
    groups = [batches[len(batches) * i // into : len(batches) * (i + 1) // into] for i in range(into)]
    new = []
    for group in groups:
        segment = log.cleaned_segment(group[0].base_offset)
        kept = [b for b in group if b.base_offset % 2 or b is group[-1]]
        assert segment.append(kept, log.config) == len(kept)
        segment.close()
        for path in segment.paths():
            log.disk.sync(path)
        new.append(segment)
    return new, old


def held(log: Log) -> list[Batch]:
    return [batch for segment in log.segments for batch in segment.batches(0)]


def offsets(log: Log) -> list[int]:
    return [batch.base_offset for batch in held(log)]


def test_the_new_segment_takes_the_place_of_the_old_ones():
    log = a_log_of(4)
    new, old = cleaned(log, 1, 2)
    log.replace_segments(new, old, 0)
    assert [segment.base_offset for segment in log.segments] == [0, 6, 18]
    assert offsets(log) == [*range(6), 7, 9, 11, 13, 15, 17, *range(18, 24)]
    assert log.batch_at(8) is None
    assert log.read(8, 1, 24)[0].base_offset == 9
    assert log.segments[1].path == "pedidos-0/00000000000000000006.log"
    assert log.disk.files[log.segments[1].path] is log.segments[1].file
    assert offsets(reopened(log)) == offsets(log)


def test_the_old_files_go_later_and_snapshots_of_bases_that_are_gone_at_once():
    log = a_log_of(4)
    new, old = cleaned(log, 1, 2)
    log.replace_segments(new, old, 1_000)
    gone = [path[10:] for path in log.disk.paths() if path.endswith(".deleted")]
    assert gone == [f"{base:020d}.{kind}.deleted" for base in (6, 12) for kind in ("index", "log", "timeindex")]
    assert log.snapshots.offsets == [6, 18]
    assert log.delete_files(61_000) == 0
    assert not any(path.endswith(".deleted") for path in log.disk.paths())


@pytest.mark.parametrize("into", [1, 2])
def test_a_crash_at_any_moment_leaves_the_old_or_the_new(into):
    log = a_log_of(4)
    old_batches = held(log)
    outcomes = []
    for stop in range(100):
        attempt = copy.deepcopy(log)
        steps = swapping.steps(attempt, *cleaned(attempt, 1, 2, into), 0)
        taken = sum(1 for _, _ in zip(range(stop), steps, strict=False))
        again = reopened(attempt)
        new_batches = [b for b in old_batches if not 6 <= b.base_offset < 18 or b.base_offset % 2]
        outcome = held(again)
        assert outcome in (old_batches, new_batches), stop
        outcomes.append(outcome == new_batches)
        left = [path for path in again.disk.paths() if path.endswith(swapping.SUFFIXES)]
        assert left == []
        assert again.disk.used == sum(again.disk.size(path) for path in again.disk.paths())
        for segment in again.segments:
            assert len(segment.index) == len(list(segment.batches(0))) - 1
        again.append_as_leader([a_batch()], 9)
        assert offsets(reopened(again)) == offsets(again)
        if taken < stop:
            break
    assert outcomes == sorted(outcomes), "once decided it stays decided"
    assert outcomes[0] is False and outcomes[-1] is True
    assert len(outcomes) > 9


def test_what_was_not_decided_is_forgotten_when_the_log_is_opened():
    log = a_log_of(4)
    before = held(log)
    cleaned(log, 0, 2)
    again = reopened(log)
    assert held(again) == before
    assert not any(path.endswith(".cleaned") for path in again.disk.paths())


def test_a_cleaning_that_was_given_up_leaves_nothing_to_the_next():
    log = a_log_of(3)
    new, old = cleaned(log, 0, 1)
    again, old = cleaned(log, 0, 1)
    assert again[0].size == new[0].size
    log.replace_segments(again, old, 0)
    assert offsets(reopened(log)) == [1, 3, 5, *range(6, 18)]


def test_what_is_not_durable_is_not_swapped_in():
    log = a_log_of(3)
    new, old = cleaned(log, 0, 1)
    new[0].file.synced -= 1
    with pytest.raises(AssertionError, match="synced"):
        log.replace_segments(new, old, 0)


def test_the_active_segment_and_strangers_are_never_replaced():
    log = a_log_of(3)
    new, old = cleaned(log, 1, 2)
    with pytest.raises(AssertionError, match="active"):
        log.replace_segments(new, old, 0)
    new, old = cleaned(log, 0, 1)
    with pytest.raises((AssertionError, ValueError)):
        log.replace_segments(new, [filled(1).segments[0]], 0)


def test_a_hole_between_segments_is_refused():
    log = a_log_of(3)
    old = log.segments[:1]
    segment = log.cleaned_segment(0)
    segment.append(list(old[0].batches(0))[:-1], log.config)
    segment.close()
    for path in segment.paths():
        log.disk.sync(path)
    with pytest.raises(AssertionError, match="hole"):
        log.replace_segments([segment], old, 0)


def test_a_swap_that_was_damaged_is_recovered_like_any_segment():
    log = a_log_of(3)
    new, old = cleaned(log, 0, 1)
    steps = swapping.steps(log, new, old, 0)
    for _ in range(4):
        next(steps)
    path = new[0].path
    assert path.endswith(".swap")
    log.disk.flip_bit(path, SIZE + 80, 0)
    again = reopened(log)
    assert offsets(again) == [1]
    assert not any(path.endswith(swapping.SUFFIXES) for path in again.disk.paths())


def test_a_full_disk_refuses_the_copy_and_the_log_stays_as_it_is():
    log = a_log_of(3)
    before = held(log)
    log.disk.fill()
    segment = log.cleaned_segment(0)
    with pytest.raises(StorageError):
        log.disk.require(SIZE)
    segment.delete()
    assert held(log) == before == held(reopened(log))


def test_producers_are_known_after_their_batches_were_moved():
    log = a_log(segment_bytes=EACH * 2 * SIZE)
    for sequence in range(20):
        log.append_as_leader([sent(7, 0, sequence)], 0)
    old = log.segments[:1]
    segment = log.cleaned_segment(0)
    segment.append(list(old[0].batches(0))[-1:], log.config)
    segment.close()
    for path in segment.paths():
        log.disk.sync(path)
    log.replace_segments([segment], old, 0)
    assert reopened(log).check_producer(sent(7, 0, 19)) == (19, 19)
