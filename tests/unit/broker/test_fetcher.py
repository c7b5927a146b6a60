"""A follower copies its leader: what it asks for, how often, and what it does with the answers."""

import pytest

from engine.events import LogTruncated, Replicated
from engine.storage.disk import MemoryDisk
from engine.wire import errors
from engine.wire import messages as m
from tests.unit.broker.bench import Bench, T, batch


@pytest.fixture
def bench():
    bench = Bench()
    bench.topic(leader=2)
    return bench


def fetched(records=(), *, mark=0, **more):
    return m.FetchResponse([m.FetchedPart(T, 0, high_watermark=mark, log_start=0, records=list(records), **more)])


def give(bench, *records, **more):
    """The leader answers the fetch that waits (the last, if there are several)."""
    bench.answer(bench.fetches[-1], fetched(records, **more))


def asked(bench):
    return [(p.offset, p.leader_epoch, p.last_epoch) for p in bench.fetches[-1].body.parts]


# --- asking ---------------------------------------------------------------------------------------


def test_it_asks_from_its_log_end_on_and_says_who_it_is(bench):
    (request,) = bench.fetches
    assert bench.peers[request.connection] == "B2"
    assert (request.body.replica, request.body.replica_epoch) == (1, 1)
    assert asked(bench) == [(0, 0, -1)]


def test_with_what_came_it_asks_on_at_once(bench):
    give(bench, batch("a").placed(0, 0), batch("b").placed(1, 0), mark=1)
    assert bench.values() == ["a", "b"]
    assert bench.partition().high_watermark == 1
    assert asked(bench) == [(2, 0, 0)]


def test_it_waits_long_when_it_knows_all_to_be_committed_and_briefly_otherwise(bench):
    assert bench.fetches[0].body.max_wait_ms == 10_000
    give(bench, batch("a").placed(0, 0), mark=0)
    assert bench.fetches[0].body.max_wait_ms == 500
    give(bench, mark=1)
    assert bench.fetches[0].body.max_wait_ms == 10_000


def test_one_fetch_a_leader_asks_for_all_its_partitions():
    bench = Bench()
    bench.topic("a", leader=2, partitions=3)
    bench.topic("b", leader=3)
    last = {bench.peers[r.connection]: len(r.body.parts) for r in bench.fetches}
    assert last == {"B2": 3, "B3": 1}


def test_when_there_is_more_to_ask_for_a_new_fetch_leaves_beside_the_old(bench):
    bench.topic("nova", leader=2)
    assert [len(r.body.parts) for r in bench.fetches] == [1, 2]
    bench.answer(bench.fetches[0], fetched([batch("a").placed(0, 0)]))
    assert bench.values() == ["a"]
    assert len(bench.fetches) == 1  # only the newer goes on


def test_a_leader_of_nothing_we_follow_is_hung_up(bench):
    connection = bench.fetches[0].connection
    bench.decide(leader=3)
    assert connection in bench.closed
    assert bench.peers[bench.fetches[-1].connection] == "B3"


def test_a_broker_without_a_leader_to_follow_asks_nobody(bench):
    bench.decide(leader=-1)
    assert bench.broker.rounds == {}


# --- answers --------------------------------------------------------------------------------------


def test_the_high_watermark_is_what_the_leader_says_but_not_past_the_own_end(bench):
    give(bench, batch("a").placed(0, 0), mark=5)
    assert bench.partition().high_watermark == 1


def test_a_new_leader_with_a_lower_high_watermark_does_not_take_ours_back(bench):
    give(bench, batch("a").placed(0, 0), mark=1)
    bench.decide(leader=3)
    give(bench, mark=0)
    assert bench.partition().high_watermark == 1


def test_an_answer_to_a_role_that_is_over_counts_for_nothing(bench):
    request = bench.fetches[0]
    bench.decide(leader=1)
    bench.answer(request, fetched([batch("a").placed(0, 0)]))
    assert bench.values() == []


def test_an_error_to_a_role_that_is_over_rests_nobody(bench):
    request = bench.fetches[0]
    bench.decide(leader=3)
    bench.answer(request, m.FetchResponse([m.FetchedPart(T, 0, errors.FENCED_LEADER_EPOCH)]))
    assert bench.partition().follower.retry_at == 0


def test_copies_are_told_to_who_looks(bench):
    bench.broker.traced = True
    give(bench, batch("a", "b").placed(0, 0))
    assert bench.told(Replicated) == [Replicated(T, 0, 1, 2, 0, 1)]


# --- divergence (KIP-101, KIP-279, KIP-595) -------------------------------------------------------


def diverged():
    """B1 wrote 0 to 2 as the leader of epoch 0; B2 leads epoch 1, and had only the first."""
    bench = Bench()
    bench.topic()
    for value in "abc":
        bench.produce(value, acks=1)
    bench.followed(1)
    bench.decide(leader=2)
    return bench


def test_it_cuts_what_its_leader_never_had():
    bench = diverged()
    assert asked(bench) == [(3, 1, 0)]
    give(bench, diverging=(0, 1))
    assert bench.values() == ["a"]
    assert bench.told(LogTruncated) == [LogTruncated(T, 0, 1, 1, 3, 0)]
    assert asked(bench) == [(1, 1, 0)]


def test_it_may_take_several_rounds():
    """Epochs 0, 2 and 4 here; the leader knows of 0, 1 and 5 only: each answer goes back by one of its epochs."""
    bench = Bench()
    bench.topic(isr=(1,))
    bench.produce("a")
    bench.decide(leader_epoch=2)
    bench.produce("b")
    bench.decide(leader_epoch=4)
    bench.produce("c")
    bench.decide(leader=2, leader_epoch=5, isr=[2])
    assert asked(bench) == [(3, 5, 4)]
    give(bench, diverging=(1, 2))
    assert asked(bench) == [(1, 5, 0)]
    assert bench.values() == ["a"]


def test_a_cut_to_where_it_ends_already_is_no_event():
    bench = diverged()
    give(bench, diverging=(0, 3))
    assert bench.told(LogTruncated) == []
    assert len(bench.values()) == 3


def test_the_high_watermark_follows_a_cut():
    bench = diverged()
    bench.partition().high_watermark = 2
    give(bench, diverging=(0, 1))
    assert bench.partition().high_watermark == 1


def a_leader_nobody_heard():
    """B1 holds 0 and 1 of epoch 0, 0 committed, and wrote 2 to 4 in epoch 1; B2 leads epoch 2, and begins at 3."""
    bench = Bench()
    bench.topic()
    bench.produce("a", "b", acks=1)
    bench.followed(1)
    bench.decide(leader_epoch=1)
    for value in "cde":
        bench.produce(value, acks=1)
    bench.decide(leader=2, leader_epoch=2)
    assert bench.partition().high_watermark == 1
    return bench


def begins(bench, start, *, diverging, mark=9):
    part = m.FetchedPart(T, 0, high_watermark=mark, log_start=start, records=[], diverging=diverging)
    bench.answer(bench.fetches[-1], m.FetchResponse([part]))
    partition = bench.partition()
    return partition.log.log_start, partition.log.log_end, partition.high_watermark


def test_what_nobody_vouches_for_is_not_kept_before_its_leaders_log():
    """2 was not known to be committed, and its leader has forgotten what was there."""
    bench = a_leader_nobody_heard()
    assert begins(bench, 3, diverging=(1, 3)) == (3, 3, 3)
    assert [segment.base_offset for segment in bench.partition().log.segments] == [3]
    assert bench.told(LogTruncated) == [LogTruncated(T, 0, 1, 3, 5, 1)]
    assert asked(bench) == [(3, 2, -1)]


def test_that_holds_too_if_it_ends_just_where_its_leader_begins():
    bench = a_leader_nobody_heard()
    assert begins(bench, 5, diverging=(1, 5)) == (5, 5, 5)
    assert bench.told(LogTruncated) == []


def test_what_is_known_to_be_committed_needs_nobody_to_vouch_for_it():
    bench = a_leader_nobody_heard()
    bench.partition().high_watermark = 3
    assert begins(bench, 3, diverging=(1, 3)) == (3, 3, 3)
    assert [segment.base_offset for segment in bench.partition().log.segments] == [0]
    assert bench.fetches[-1].body.parts[0].log_start == 3


def test_a_cut_inside_a_batch_takes_the_high_watermark_along():
    bench = Bench()
    bench.topic()
    bench.produce("a", acks=1)
    bench.produce("b", "c", "d", acks=1)
    bench.decide(leader=2)
    bench.partition().high_watermark = 3
    assert begins(bench, 2, diverging=(0, 2)) == (1, 1, 1)
    assert bench.told(LogTruncated) == [LogTruncated(T, 0, 1, 1, 4, 0)]


# --- what goes wrong ------------------------------------------------------------------------------


def test_an_error_of_one_partition_rests_it_for_half_a_second_and_no_other():
    bench = Bench()
    bench.topic(leader=2, partitions=2)
    request = bench.fetches[-1]
    parts = [m.FetchedPart(T, 0, errors.NOT_LEADER_OR_FOLLOWER), m.FetchedPart(T, 1, 0, 0, 0, 0, [])]
    bench.answer(request, m.FetchResponse(parts))
    assert [p.partition for p in bench.fetches[-1].body.parts] == [1]
    bench.pass_ms(500)
    assert [p.partition for p in bench.fetches[-1].body.parts] == [0, 1]


def test_two_leaders_that_failed_at_different_times_are_both_tried_again():
    """One alarm serves all: when it rings for the first, the other is not forgotten."""
    bench = Bench()
    bench.topic("a", leader=2)
    bench.topic("b", leader=3)

    def refuse(topic):
        for request in [r for r in bench.fetches if r.body.parts[0].topic == topic]:
            bench.answer(request, m.FetchResponse([m.FetchedPart(topic, 0, errors.NOT_LEADER_OR_FOLLOWER)]))

    refuse("a")
    bench.pass_ms(300)
    refuse("b")
    assert bench.fetches == []
    bench.pass_ms(200)
    assert [r.body.parts[0].topic for r in bench.fetches] == ["a"]
    bench.pass_ms(300)
    assert [r.body.parts[0].topic for r in bench.fetches] == ["a", "b"]


def test_a_leader_that_is_gone_is_tried_again(bench):
    connection = bench.fetches[0].connection
    bench.asked.clear()
    bench.close(connection)
    assert bench.fetches == []
    bench.pass_ms(500)
    assert asked(bench) == [(0, 0, -1)]
    assert bench.fetches[0].connection != connection


def test_a_full_disk_makes_it_fall_behind_and_nothing_worse():
    bench = Bench(disk=MemoryDisk(1_000, 1_000))
    bench.topic(leader=2)
    give(bench, batch("a" * 600).placed(0, 0))
    assert bench.partition().log.log_end == 1
    give(bench, batch("b" * 600).placed(1, 0))
    assert bench.partition().log.log_end == 1
    bench.pass_ms(500)
    assert asked(bench) == [(1, 0, 0)]
