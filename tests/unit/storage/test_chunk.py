"""Small batches are sealed into chunks, and replicas, snapshots and branches share these."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import tracemalloc
from pathlib import Path

from engine.storage.chunk import Run
from engine.wire.batch import SMALL_BELOW, Batch
from tests.unit.storage.making import a_batch, a_log, chunks, content, copy_over, filled, read_all, sent, summary

ROOT = Path(__file__).resolve().parents[3]


def test_the_tail_is_sealed_where_it_crosses_64_KiB():
    log = filled(1_000)
    sealed = chunks(log)
    ends = [sum(chunk.size for chunk in sealed[: i + 1]) for i in range(len(sealed))]
    assert [end >> 16 for end in ends] == [i + 1 for i in range(len(ends))]
    assert len(log.segments[0].extents) == len(sealed) + log.segments[0].loose
    assert read_all(log) == content(log)


def test_a_chunk_gives_back_the_batches_it_was_made_of():
    log = filled(2_000)
    batches = list(log.batches(0, log.log_end))
    assert [batch.base_offset for batch in batches] == list(range(2_000))
    assert b"".join(batch.to_bytes() for batch in batches) == content(log)
    chunk = chunks(log)[1]
    assert chunk.batch(0).base_offset == chunk.base_offset
    assert chunk.batch(len(chunk) - 1).last_offset == chunk.last_offset
    assert chunk.max_timestamp == chunk.batch(len(chunk) - 1).max_timestamp


def test_large_batches_stay_as_they_came():
    log = a_log()
    large = a_batch(size=SMALL_BELOW)
    for batch in (a_batch(), a_batch(), large, a_batch(), large, large):
        log.append_as_leader([batch], 0)
    assert [type(part).__name__ for part in log.segments[0].extents] == ["Chunk", "Batch", "Batch", "Batch", "Batch"]
    first = log.segments[0].extents[1]
    assert isinstance(first, Batch)
    assert first.records is large.records


def test_replicas_share_the_memory_of_a_chunk():
    leader, follower, late = a_log(), a_log(), a_log()
    for _ in range(700):
        leader.append_as_leader([a_batch()], 0)
        copy_over(leader, follower)
    copy_over(leader, late, max_bytes=10_000)
    for replica in (follower, late):
        for ours, theirs in zip(chunks(replica), chunks(leader), strict=True):
            assert ours.data is theirs.data
            assert ours is not theirs
    assert content(leader) == content(follower) == content(late)


def test_a_follower_takes_the_rest_of_a_chunk_over_as_if_it_had_appended_each_batch():
    for had in (0, 1, 300):
        leader, follower, by_one = a_log(), a_log(), a_log()
        for number in range(1_500):
            leader.append_as_leader([a_batch(time=number)], 3)
            if number < had:
                copy_over(leader, follower)
        pieces = leader.read(had, 1 << 20, leader.log_end)
        assert type(pieces[0]) is Run
        follower.append_as_follower(pieces)
        by_one.append_as_follower(list(leader.batches(0, leader.log_end)))
        assert summary(follower) == summary(by_one) == summary(leader)
        assert follower.appended == by_one.appended == 1_500
        assert [chunk.data for chunk in chunks(follower)] == [chunk.data for chunk in chunks(leader)]


def test_an_empty_follower_that_knows_the_epoch_takes_the_first_chunk_over():
    leader, follower = a_log(), a_log()
    for number in range(1_500):
        leader.append_as_leader([a_batch(time=5_000 - number)], 3)
    follower.assign_epoch(3, 0)
    follower.append_as_follower(leader.read(0, 1 << 20, leader.log_end))
    assert chunks(follower)[0].data is chunks(leader)[0].data
    assert summary(follower) == summary(leader)


def test_a_chunk_with_numbered_batches_is_appended_batch_by_batch():
    leader, follower = a_log(), a_log()
    for number in range(700):
        leader.append_as_leader([sent(7, 0, number)], 0)
    follower.append_as_follower(leader.read(0, 1 << 20, leader.log_end))
    assert summary(follower) == summary(leader)
    assert follower.check_producer(sent(7, 0, 699)) == (699, 699)


def test_a_chunk_is_not_taken_over_where_boundaries_differ():
    leader, follower = a_log(), a_log(segment_bytes=100_000)
    for number in range(2_000):
        leader.append_as_leader([a_batch(time=number)], 0)
    follower.append_as_follower(leader.read(0, 1 << 20, leader.log_end))
    assert len(follower.segments) > 1
    assert content(follower) == content(leader)


def test_a_chunk_is_not_taken_over_when_the_bytes_differ():
    leader = filled(900)
    other = a_log()
    other.append_as_follower(leader.read(0, 100, leader.log_end))
    for number in range(899):
        other.append_as_leader([a_batch(time=number)], 1)
    assert chunks(other)[0].data != chunks(leader)[0].data
    assert read_all(other) == content(other)


def test_copies_of_a_log_seal_alike():
    log = filled(300)
    branch = copy.deepcopy(log)
    same = [a_batch() for _ in range(500)]
    for batch in same:
        log.append_as_leader([batch], 0)
    for batch in same:
        branch.append_as_leader([batch], 0)
    assert [chunk.data for chunk in chunks(log)] == [chunk.data for chunk in chunks(branch)]
    first = chunks(log)[0]
    assert copy.copy(first) is copy.deepcopy(first) is first
    assert pickle.loads(pickle.dumps(first)).data == first.data


def test_three_replicas_of_small_batches_weigh_little_more_than_one_copy_of_their_bytes():
    """In an interpreter of its own: other tests' threads allocate, too."""
    asked = [sys.executable, "-c", "from tests.unit.storage.test_chunk import weighed; print(*weighed())"]
    weight, size = map(int, subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split())
    assert weight < 1.3 * size


def weighed() -> tuple[int, int]:
    """Bytes allocated for three replicas of 5,000 batches, and bytes of one of them."""
    logs = [a_log() for _ in range(3)]
    a_batch()
    tracemalloc.start()
    for number in range(5_000):
        logs[0].append_as_leader([a_batch(size=90, time=number)], 0)
        for follower in logs[1:]:
            copy_over(logs[0], follower)
    return tracemalloc.get_traced_memory()[0], logs[0].size
