"""Fetch: who may read up to where, how long it waits, and when a fetcher is told that its log has left ours."""

import pytest

from engine.events import Delivered
from engine.machine import Request
from engine.wire import errors
from engine.wire import messages as m
from tests.unit.broker.bench import MS, Bench, T, batch


@pytest.fixture
def bench():
    bench = Bench()
    bench.topic()
    return bench


def write(bench, *values):
    for value in values:
        bench.produce(value, acks=1)


def read(call):
    return [b.base_offset for b in call.part.records]


# --- how far --------------------------------------------------------------------------------------


def test_a_consumer_reads_up_to_the_high_watermark(bench):
    write(bench, "a", "b")
    bench.followed(1)
    call = bench.fetch(0)
    assert (read(call), call.part.high_watermark, call.part.last_stable) == ([0], 1, 1)


def test_a_follower_reads_up_to_the_log_end(bench):
    write(bench, "a", "b")
    assert read(bench.follow(2, 0)) == [0, 1]


def test_the_answer_names_the_start_of_the_log(bench):
    assert bench.fetch(0, wait_ms=0).part.log_start == 0


@pytest.mark.parametrize("offset", [3, 100])
def test_beyond_the_log_end_is_out_of_range(bench, offset):
    write(bench, "a", "b")
    assert bench.fetch(offset).part.error == errors.OFFSET_OUT_OF_RANGE


def test_between_high_watermark_and_log_end_a_consumer_waits_and_is_not_sent_away(bench):
    write(bench, "a", "b")
    call = bench.fetch(2)
    assert call.waits
    bench.pass_ms(500)
    assert (call.part.error, read(call)) == (0, [])


# --- how long -------------------------------------------------------------------------------------


def test_a_consumer_waits_for_records_to_be_committed(bench):
    call = bench.fetch(0)
    write(bench, "a")
    assert call.waits
    bench.followed(1)
    assert read(call) == [0]


def test_a_follower_is_answered_by_the_append_itself(bench):
    call = bench.follow(2, 0, wait_ms=500)
    assert call.waits
    write(bench, "a")
    assert read(call) == [0]


def test_a_wait_ends_with_an_empty_answer(bench):
    call = bench.fetch(0, wait_ms=300)
    bench.pass_ms(299)
    assert call.waits
    bench.pass_ms(1)
    assert (call.part.error, read(call)) == (0, [])


def test_a_wait_of_zero_is_no_wait(bench):
    assert read(bench.fetch(0, wait_ms=0)) == []


def test_min_bytes_0_is_no_wait_either(bench):
    assert read(bench.fetch(0, min_bytes=0)) == []


def test_it_waits_until_there_are_min_bytes(bench):
    bench.decide(isr=[1])
    size = batch("a").size
    call = bench.fetch(0, min_bytes=2 * size)
    write(bench, "a")
    assert call.waits
    write(bench, "b")
    assert read(call) == [0, 1]


def test_nobody_waits_for_longer_than_a_minute(bench):
    call = bench.fetch(0, wait_ms=10_000_000)
    bench.pass_ms(60_000)
    assert read(call) == []


def test_a_fetch_of_nothing_is_answered_at_once(bench):
    assert bench.ask(m.FetchRequest(500, 1, [])).answer.parts == []


def test_a_fetch_is_woken_once_an_instant_however_much_came(bench):
    """Three appends in one instant: one answer, with all three."""
    call, connection = bench.follow(2, 0, wait_ms=500), bench.connect()
    for value in "abc":
        body = m.ProduceRequest(0, 1_000, [m.ProducePart(T, 0, [batch(value)])])
        bench.take(bench.broker.handle(bench.now, Request(connection, 0, body)))
    assert call.waits
    bench.settle()
    assert read(call) == [0, 1, 2]


def test_a_moved_high_watermark_alone_does_not_answer_a_follower(bench):
    """It comes with the next records, or when the wait ends: one exchange a produce instead of two."""
    write(bench, "a")
    bench.follow(2, 1)
    waiting = bench.follow(2, 1, wait_ms=500)
    bench.follow(3, 1)
    assert bench.partition().high_watermark == 1
    assert waiting.waits
    bench.pass_ms(500)
    assert waiting.part.high_watermark == 1


# --- how much -------------------------------------------------------------------------------------


def test_it_stops_after_max_bytes_but_gives_one_batch_at_least(bench):
    bench.decide(isr=[1])
    write(bench, "a", "b", "c")
    size = batch("a").size
    assert read(bench.fetch(0, max_bytes=1)) == [0]
    assert read(bench.fetch(0, max_bytes=2 * size)) == [0, 1]


def test_max_bytes_are_shared_by_the_partitions_in_the_order_asked(bench):
    bench.topic("cliques", isr=(1,), partitions=2)
    for p in (0, 1):
        bench.produce("x" * 100, topic="cliques", partition=p)
    parts = [m.FetchPart("cliques", p, 0) for p in (1, 0)]
    answer = bench.ask(m.FetchRequest(500, 1, parts, max_bytes=150)).answer
    assert [len(part.records) for part in answer.parts] == [1, 0]


def test_a_partitions_own_max_bytes_count_too(bench):
    bench.decide(isr=[1])
    write(bench, "a", "b", "c")
    answer = bench.ask(m.FetchRequest(0, 1, [m.FetchPart(T, 0, 0, max_bytes=1)])).answer
    assert [b.base_offset for b in answer.parts[0].records] == [0]


# --- epochs and leaders (KIP-320, KIP-595) --------------------------------------------------------


def test_an_older_epoch_is_fenced_and_a_newer_one_is_unknown(bench):
    bench.decide(leader_epoch=5)
    assert bench.fetch(0, epoch=4).part.error == errors.FENCED_LEADER_EPOCH
    assert bench.fetch(0, epoch=6).part.error == errors.UNKNOWN_LEADER_EPOCH
    assert bench.fetch(0, epoch=5, wait_ms=0).part.error == 0


def test_a_consumer_need_not_know_the_epoch_but_a_follower_must(bench):
    assert bench.fetch(0, wait_ms=0).part.error == 0
    assert bench.follow(2, 0, epoch=-1).part.error == errors.FENCED_LEADER_EPOCH


def test_a_follower_sends_consumers_away(bench):
    bench.decide(leader=2)
    assert bench.fetch(0).part.error == errors.NOT_LEADER_OR_FOLLOWER
    assert bench.fetch(0, topic="nada").part.error == errors.UNKNOWN_TOPIC_OR_PARTITION


def test_whoever_waits_is_told_when_the_leader_changes(bench):
    consumer, follower = bench.fetch(0), bench.follow(2, 0, wait_ms=500)
    bench.decide(leader=2)
    assert consumer.part.error == follower.part.error == errors.NOT_LEADER_OR_FOLLOWER


def test_a_new_epoch_of_the_same_leader_ends_the_waits_of_the_old(bench):
    follower = bench.follow(2, 0, epoch=0, wait_ms=500)
    bench.decide(leader_epoch=3)
    assert follower.part.error == errors.FENCED_LEADER_EPOCH


def diverged():
    """B1 leads epoch 3 from offset 2 on; epoch 0 ended there."""
    bench = Bench()
    bench.topic(isr=(1,))
    write(bench, "a", "b")
    bench.decide(leader_epoch=3)
    write(bench, "c")
    return bench


def test_a_follower_that_has_more_of_an_epoch_is_told_where_it_ended():
    bench = diverged()
    call = bench.follow(2, 4, epoch=3, last=0)
    assert (call.part.diverging, call.part.error, call.part.records) == ((0, 2), 0, [])


def test_a_follower_of_an_epoch_unknown_here_is_told_the_one_before():
    assert diverged().follow(2, 3, epoch=3, last=1).part.diverging == (0, 2)


def test_a_follower_that_did_not_diverge_gets_records():
    bench = diverged()
    assert read(bench.follow(2, 2, epoch=3, last=0)) == [2]
    assert bench.follow(2, 3, epoch=3, last=3).part.diverging is None


def test_an_answer_about_divergence_does_not_wait():
    assert diverged().follow(2, 4, epoch=3, last=0, wait_ms=500).ended


def test_what_a_diverged_follower_asks_for_counts_for_nothing():
    bench = Bench()
    bench.topic(isr=(1, 2))
    write(bench, "a", "b")
    bench.decide(leader_epoch=3)
    bench.follow(2, 5, epoch=3, last=0)
    assert bench.partition().high_watermark == 0


def test_a_follower_that_asks_for_what_is_not_here_has_not_caught_up():
    """Its log was emptied where another history had come further: it will be sent away, and begin anew."""
    bench = Bench()
    bench.topic(isr=(1,))
    write(bench, "a", "b")
    call = bench.follow(2, 9, last=-1, start=9)
    assert call.part.error == errors.OFFSET_OUT_OF_RANGE
    assert bench.alterings == []
    bench.follow(2, 2, last=-1, start=2)
    assert len(bench.alterings) == 1


def emptied():
    """B1 leads epoch 3 from offset 2 on, where its log begins now: nothing is left of epochs before."""
    bench = Bench()
    bench.topic(isr=(1,))
    write(bench, "a", "b")
    bench.decide(leader_epoch=3)
    partition = bench.partition()
    partition.log.increment_log_start(2, partition.high_watermark)
    assert partition.log.epochs.entries == [(3, 2)]
    return bench


def test_whose_records_all_lie_before_the_logs_start_is_told_that_nothing_vouches_for_them():
    """It ends where we begin, with the records of a leader that nobody may have heard."""
    bench = emptied()
    assert bench.follow(2, 2, epoch=3, last=1, start=1).part.diverging == (1, 2)
    assert bench.alterings == []
    assert bench.follow(2, 2, epoch=3, last=1, start=2).part.diverging is None
    assert len(bench.alterings) == 1


def test_a_record_of_an_epoch_that_is_known_here_vouches_for_all_before_it():
    bench = emptied()
    write(bench, "c", "d")
    bench.partition().log.increment_log_start(3, 4)
    assert bench.follow(2, 3, epoch=3, last=3, start=0).part.diverging is None


# --- who may call himself a follower --------------------------------------------------------------


def test_no_follower_comes_from_outside():
    """Otherwise any client could move the high watermark past what the followers have."""
    bench = Bench()
    bench.topic(isr=(1, 2))
    write(bench, "a")
    answer = bench.outsider().ask(m.FetchRequest(0, 1, [m.FetchPart(T, 0, 1, leader_epoch=0)], replica=2))
    assert answer.parts[0].error == errors.TOPIC_AUTHORIZATION_FAILED
    assert bench.partition().high_watermark == 0


def test_a_fetch_from_a_broker_that_does_not_lead_is_no_news(bench):
    bench.decide(leader=2)
    assert bench.follow(3, 0, epoch=1).part.error == errors.NOT_LEADER_OR_FOLLOWER
    assert bench.follow(3, 0, topic="nada").part.error == errors.UNKNOWN_TOPIC_OR_PARTITION


def test_a_broker_that_holds_no_replica_moves_nothing(bench):
    write(bench, "a")
    bench.follow(9, 1)
    assert bench.partition().high_watermark == 0


# --- what is known of real clients ----------------------------------------------------------------


def test_how_far_a_real_client_has_fetched_is_remembered_and_forgotten_with_it():
    bench = Bench()
    bench.topic(replicas=(1,))
    write(bench, "a", "b")
    bench.broker.traced = True
    client = bench.outsider()
    client.ask(m.FetchRequest(500, 1, [m.FetchPart(T, 0, 1)]))
    assert bench.partition().fetched_by == {client.connection: 2}
    assert bench.told(Delivered) == [Delivered(T, 0, "", "kcat", 1, 1)]
    bench.close(client.connection)
    assert bench.partition().fetched_by == {}


def test_it_is_forgotten_too_when_the_broker_hangs_up():
    bench = Bench()
    bench.topic(replicas=(1,))
    write(bench, "a")
    client = bench.outsider()
    client.ask(m.FetchRequest(500, 1, [m.FetchPart(T, 0, 0)]))
    client.raw(b"garbage")
    assert client.closed
    assert bench.partition().fetched_by == {}


def test_at_the_limit_of_waiting_fetches_one_more_is_answered_at_once(bench):
    bench.broker.polls.limit = 2
    calls = [bench.fetch(0) for _ in range(3)]
    assert [call.waits for call in calls] == [True, True, False]
    bench.pass_ms(500)
    assert len(bench.broker.polls) == 0
    assert bench.now == 501 * MS
