"""Produce: when a record is written, when its producer is told, and what it is told otherwise."""

import pytest

from engine.events import Appended, HighWatermarkMoved
from engine.machine import SECOND
from engine.storage.disk import MemoryDisk
from engine.wire import errors
from engine.wire import messages as m
from engine.wire.batch import HEADER_BYTES
from tests.unit.broker.bench import Bench, T, batch


@pytest.fixture
def bench():
    bench = Bench()
    bench.topic()
    return bench


# --- acks -----------------------------------------------------------------------------------------


def test_acks_1_is_answered_as_soon_as_the_leader_has_it(bench):
    part = bench.produce("café", acks=1).part
    assert (part.error, part.base_offset, part.log_start) == (0, 0, 0)
    assert bench.values() == ["café"]
    assert bench.partition().high_watermark == 0


def test_acks_all_waits_until_every_in_sync_replica_has_it(bench):
    call = bench.produce("a", "b")
    bench.follow(2, 2)
    assert call.waits
    bench.follow(3, 1)
    assert call.waits
    bench.follow(3, 2)
    assert (call.part.error, call.part.base_offset) == (0, 0)


def test_acks_all_of_a_lonely_leader_is_answered_at_once(bench):
    bench.decide(isr=[1])
    assert bench.produce("a").part.error == 0


def test_acks_0_gets_no_answer_and_is_written_all_the_same(bench):
    connection = bench.connect()
    assert bench.produce("a", acks=0, connection=connection).waits
    assert bench.values() == ["a"]
    assert bench.produce("b", acks=1, connection=connection).part.base_offset == 1  # it keeps no other answer back
    assert bench.closed == []


def test_answers_come_in_the_order_of_the_offsets(bench):
    calls = [bench.produce(value) for value in "abc"]
    bench.followed(2)
    assert [call.waits for call in calls] == [False, False, True]
    bench.followed(3)
    assert [call.part.base_offset for call in calls] == [0, 1, 2]


def test_a_request_for_several_partitions_is_answered_when_the_last_of_them_is_safe(bench):
    bench.topic("cliques", partitions=2)
    parts = [m.ProducePart("cliques", p, [batch("x")]) for p in (0, 1)] + [m.ProducePart("nada", 0, [batch("x")])]
    call = bench.ask(m.ProduceRequest(-1, 1_000, parts))
    for p in (0, 1):
        assert call.waits
        for b in (2, 3):
            bench.follow(b, 1, topic="cliques", partition=p)
    assert [part.error for part in call.answer.parts] == [0, 0, errors.UNKNOWN_TOPIC_OR_PARTITION]


def test_who_waits_too_long_is_told_so_and_the_record_stays(bench):
    call = bench.produce("a", timeout_ms=1_000)
    bench.pass_ms(999)
    assert call.waits
    bench.pass_ms(1)
    assert (call.part.error, call.part.base_offset) == (errors.REQUEST_TIMED_OUT, -1)
    assert bench.values() == ["a"]


@pytest.mark.parametrize("acks", [2, -2, 100])
def test_acks_that_mean_nothing_are_refused(bench, acks):
    assert bench.produce("a", acks=acks).part.error == errors.INVALID_REQUIRED_ACKS
    assert bench.values() == []


# --- min.insync.replicas --------------------------------------------------------------------------


def test_with_too_few_in_sync_nothing_is_written():
    bench = Bench()
    bench.topic(isr=(1,), min_insync_replicas="2")
    assert bench.produce("a").part.error == errors.NOT_ENOUGH_REPLICAS
    assert bench.values() == []


def test_acks_1_does_not_ask_how_many_are_in_sync():
    bench = Bench()
    bench.topic(isr=(1,), min_insync_replicas="2")
    assert bench.produce("a", acks=1).part.error == 0


def test_when_the_isr_shrinks_meanwhile_the_answer_says_that_it_was_written():
    bench = Bench()
    bench.topic(isr=(1, 2), min_insync_replicas="2")
    call = bench.produce("a")
    bench.decide(isr=[1])
    assert call.part.error == errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND
    assert bench.values() == ["a"]


def test_more_in_sync_replicas_than_there_are_are_not_asked_for():
    bench = Bench()
    bench.topic(replicas=(1,), min_insync_replicas="3")
    assert bench.produce("a").part.error == 0


# --- leaders and epochs ---------------------------------------------------------------------------


def test_a_follower_sends_the_producer_away(bench):
    bench.decide(leader=2)
    assert bench.produce("a", acks=1).part.error == errors.NOT_LEADER_OR_FOLLOWER


def test_a_topic_that_does_not_exist_is_unknown(bench):
    assert bench.produce("a", topic="nada").part.error == errors.UNKNOWN_TOPIC_OR_PARTITION
    assert bench.produce("a", partition=7).part.error == errors.UNKNOWN_TOPIC_OR_PARTITION


def test_a_leader_that_is_deposed_tells_those_who_wait(bench):
    call = bench.produce("a")
    bench.decide(leader=2, isr=[2, 3])
    assert (call.part.error, call.part.base_offset) == (errors.NOT_LEADER_OR_FOLLOWER, -1)


def test_a_leader_that_leads_again_in_a_newer_epoch_does_not_vouch_for_the_older_one(bench):
    call = bench.produce("a")
    bench.decide(leader=1, leader_epoch=2)
    assert call.part.error == errors.NOT_LEADER_OR_FOLLOWER


def test_a_topic_deleted_meanwhile_answers_those_who_wait(bench):
    from engine.quorum.records import RemoveTopic

    call = bench.produce("a")
    bench.records(RemoveTopic(T))
    assert call.part.error == errors.NOT_LEADER_OR_FOLLOWER


def test_acks_0_to_the_wrong_broker_costs_the_connection(bench):
    """No answer can say it; closed, the client asks who leads now (Kafka's SocketServer does the same)."""
    bench.decide(leader=2)
    connection = bench.connect()
    bench.produce("a", acks=0, connection=connection)
    assert bench.closed == [connection]


# --- idempotence (KIP-98) -------------------------------------------------------------------------


def test_a_batch_sent_again_is_answered_with_the_offsets_it_has(bench):
    bench.produce("x", acks=1)
    first = bench.produce("a", "b", acks=1, producer=7, sequence=0)
    again = bench.produce("a", "b", acks=1, producer=7, sequence=0)
    assert first.part.base_offset == again.part.base_offset == 1
    assert bench.values() == ["x", "a", "b"]


def test_a_batch_sent_again_before_it_was_safe_waits_like_the_first(bench):
    first = bench.produce("a", producer=7)
    again = bench.produce("a", producer=7)
    assert first.waits and again.waits
    bench.followed(1)
    assert (first.part.base_offset, again.part.base_offset) == (0, 0)
    assert bench.produce("a", producer=7).part.base_offset == 0


def test_a_gap_in_the_sequence_is_refused(bench):
    bench.produce("a", acks=1, producer=7, sequence=0)
    assert bench.produce("c", acks=1, producer=7, sequence=2).part.error == errors.OUT_OF_ORDER_SEQUENCE_NUMBER


def test_an_older_instance_of_the_producer_is_fenced(bench):
    bench.produce("a", acks=1, producer=7, epoch=1)
    assert bench.produce("b", acks=1, producer=7, epoch=0).part.error == errors.INVALID_PRODUCER_EPOCH


def test_a_new_leader_knows_the_sequences_it_copied_as_a_follower(bench):
    bench.decide(leader=2)
    (fetch,) = bench.fetches
    copied = batch("a", producer=7).placed(0, 1)
    bench.answer(fetch, m.FetchResponse([m.FetchedPart(T, 0, 0, 1, 1, 0, [copied])]))
    bench.decide(leader=1, isr=[1])
    assert bench.produce("a", producer=7).part.base_offset == 0
    assert bench.values() == ["a"]


# --- what is wrong with the bytes -----------------------------------------------------------------


def produced(bench, records, **more):
    return bench.ask(m.ProduceRequest(1, 1_000, [m.ProducePart(T, 0, records)], **more)).part


def test_a_damaged_batch_is_refused(bench):
    data = bytearray(batch("a").to_bytes())
    data[-1] ^= 1
    assert produced(bench, bytes(data)).error == errors.CORRUPT_MESSAGE
    assert produced(bench, b"no batch").error == errors.CORRUPT_MESSAGE
    assert bench.values() == []


@pytest.mark.parametrize("count", [0, 2])
def test_a_partition_gets_exactly_one_batch(bench, count):
    assert produced(bench, batch("a").to_bytes() * count).error == errors.INVALID_RECORD


def test_a_batch_that_is_too_large_is_refused():
    from engine.config import Config

    bench = Bench(config=Config(message_max_bytes=HEADER_BYTES + 20))
    bench.topic()
    assert bench.produce("a", acks=1).part.error == 0
    assert bench.produce("a" * 100, acks=1).part.error == errors.MESSAGE_TOO_LARGE


def test_a_timestamp_more_than_an_hour_ahead_is_refused(bench):
    hour = 3_600_000
    now = bench.broker.calendar_ms(bench.now)
    assert bench.produce("a", acks=1, stamp=now + hour).part.error == 0
    assert bench.produce("a", acks=1, stamp=now + hour + 1).part.error == errors.INVALID_TIMESTAMP


def test_offsets_are_the_brokers_to_give_and_sequences_the_producers(bench):
    assert produced(bench, [batch("a").placed(7, 0)]).error == errors.INVALID_RECORD
    assert produced(bench, [batch("a", producer=7, sequence=-1)]).error == errors.INVALID_RECORD


def test_transactions_are_not_spoken_yet(bench):
    assert produced(bench, [batch("a")], transactional_id="t").error == errors.INVALID_RECORD


def test_a_full_disk_is_said_and_nothing_is_written():
    bench = Bench(disk=MemoryDisk(2_000, 1_000))
    bench.topic()
    while not (part := bench.produce("a" * 300, acks=1).part).error:
        pass
    assert part.error == errors.KAFKA_STORAGE_ERROR
    assert part.message
    assert len(bench.values()) == bench.partition().log.log_end


def test_the_brokers_own_topics_are_not_written_from_outside(bench):
    bench.topic("__consumer_offsets")
    client = bench.outsider()
    part = m.ProducePart("__consumer_offsets", 0, [batch("a")])
    answer = client.ask(m.ProduceRequest(1, 1_000, [part]))
    assert answer.parts[0].error == errors.INVALID_TOPIC_EXCEPTION


# --- what people see ------------------------------------------------------------------------------


def test_traffic_is_told_only_to_who_looks(bench):
    bench.decide(isr=[1])
    bench.produce("a")
    assert bench.told(Appended) == []
    bench.broker.traced = True
    bench.produce("b")
    assert bench.told(Appended) == [Appended(T, 0, 1, 1, 1, "loja", 0)]
    assert bench.told(HighWatermarkMoved) == [HighWatermarkMoved(T, 0, 1, 1, 2)]


def test_a_second_of_patience_is_a_second_of_the_brokers_clock(bench):
    call = bench.produce("a", timeout_ms=0)
    bench.pass_ms(0)
    assert call.part.error == errors.REQUEST_TIMED_OUT
    assert bench.now < SECOND
