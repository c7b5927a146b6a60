"""A broker and its controller: registration, heartbeats, the metadata log, and a shutdown in good order."""

import pytest

from engine.commands import StopBroker
from engine.events import BrokerStarted, BrokerStopped, BrokerStopping
from engine.quorum import messages as q
from engine.quorum.image import MetadataImage
from engine.quorum.records import BrokerChange, PartitionRecord, RegisterBroker, RemoveTopic, TopicRecord
from engine.wire import errors
from tests.unit.broker.bench import Bench, T


def test_it_registers_first_and_serves_when_the_controller_says_so():
    bench = Bench(starts=False)
    assert bench.told(BrokerStarted) == [BrokerStarted(1)]
    (request,) = bench.waiting(q.RegisterRequest)
    assert request.body == q.RegisterRequest(1, 1)
    assert not bench.broker.running
    bench.fenced = True
    bench.records(RegisterBroker(1, 1))
    assert not bench.broker.running
    bench.fenced = False
    bench.pass_ms(100)
    assert bench.broker.running


def test_until_it_serves_it_asks_every_tenth_of_a_second_then_every_half():
    bench = Bench(starts=False)
    bench.fenced = True
    bench.records(RegisterBroker(1, 1))

    def beats(ms):
        before = bench.broker.control._correlation
        bench.pass_ms(ms)
        return bench.broker.control._correlation - before

    assert beats(1_000) == 10
    bench.fenced = False
    bench.pass_ms(100)
    assert beats(5_000) == 10


def test_a_registration_without_an_answer_is_sent_again():
    bench = Bench(starts=False)
    bench.deaf.add("C1")
    bench.pass_ms(1_000)
    bench.pass_ms(250)
    assert len(bench.waiting(q.RegisterRequest)) == 2
    assert len({r.connection for r in bench.waiting(q.RegisterRequest)}) == 2


def test_heartbeats_say_how_far_the_image_is():
    bench = Bench()
    bench.deaf.add("C1")
    bench.pass_ms(600)
    (request,) = bench.waiting(q.HeartbeatRequest)
    assert request.body == q.HeartbeatRequest(1, 1, 6)


def test_one_heartbeat_is_under_way_at_a_time():
    bench = Bench()
    bench.deaf.add("C1")
    bench.pass_ms(900)
    assert len(bench.waiting(q.HeartbeatRequest)) == 1


def test_a_life_the_controller_does_not_know_begins_anew():
    bench = Bench()
    bench.deaf.add("C1")
    bench.pass_ms(600)
    bench.answer(bench.waiting(q.HeartbeatRequest)[0], q.HeartbeatResponse(errors.STALE_BROKER_EPOCH))
    (request,) = bench.waiting(q.RegisterRequest)
    bench.answer(request, q.RegisterResponse(9))
    assert bench.broker.epoch == 9
    bench.pass_ms(500)
    assert bench.waiting(q.HeartbeatRequest)[0].body.epoch == 9


# --- the metadata log -----------------------------------------------------------------------------


def test_it_asks_for_the_records_after_those_it_has():
    bench = Bench()
    (request,) = bench.waiting(q.MetadataFetchRequest)
    assert request.body == q.MetadataFetchRequest(1, 6, 10_000)
    bench.topic()
    (request,) = bench.waiting(q.MetadataFetchRequest)
    assert request.body.offset == 8


def test_an_image_takes_the_place_of_records_that_are_not_kept_any_more():
    bench = Bench()
    bench.topic()
    bench.topic("velha")
    image = MetadataImage()
    records = (RegisterBroker(1, 1), BrokerChange(1, 1, False), TopicRecord(T, T.encode().ljust(16, b".")),
               PartitionRecord(T, 0, [1], [1], 1, 4, 9))  # fmt: skip
    for record in records:
        image.apply(record)
    image.offset = 500
    (request,) = bench.waiting(q.MetadataFetchRequest)
    bench.answer(request, q.MetadataFetchResponse([], image))
    assert bench.broker.image.offset == 500
    assert bench.partition().leader.epoch == 4
    assert list(bench.broker.partitions) == [(T, 0)]


def test_records_that_another_fetch_brought_are_not_taken_twice():
    bench = Bench()
    bench.deaf.add("C1")
    (request,) = bench.waiting(q.MetadataFetchRequest)
    from engine.broker import membership

    membership.fetch_metadata(bench.broker, bench.now)
    bench.settle()
    records = [TopicRecord(T, b"i" * 16), PartitionRecord(T, 0, [1], [1], 1, 0, 0)]
    first, second = bench.waiting(q.MetadataFetchRequest)
    bench.answer(first, q.MetadataFetchResponse(records))
    bench.answer(second, q.MetadataFetchResponse(records))
    assert bench.broker.image.offset == 8
    assert len(bench.waiting(q.MetadataFetchRequest)) == 1


def test_a_metadata_fetch_that_is_lost_is_sent_again():
    bench = Bench()
    bench.deaf.add("C1")
    bench.pass_ms(30_000)
    before = len(bench.waiting(q.MetadataFetchRequest))
    bench.pass_ms(250)
    assert len(bench.waiting(q.MetadataFetchRequest)) == before + 1


# --- going ----------------------------------------------------------------------------------------


def test_a_shutdown_is_asked_for_and_happens_when_the_controller_allows_it():
    bench = Bench()
    bench.topic()
    bench.order(StopBroker(1))
    assert bench.told(BrokerStopping) == [BrokerStopping(1, 1)]
    assert bench.broker.running and not bench.halted
    bench.decide(leader=2, isr=[2, 3])
    assert not bench.halted
    bench.may_stop = True
    bench.pass_ms(500)
    assert bench.halted
    assert bench.told(BrokerStopped) == [BrokerStopped(1)]


def test_what_it_learns_while_stopping_is_told_the_controller_at_once():
    bench = Bench()
    bench.topic()
    bench.order(StopBroker(1))
    bench.may_stop = True
    bench.decide(leader=2, isr=[2, 3])  # half a second before the next heartbeat would be due
    assert bench.halted


def test_the_order_given_twice_is_one_shutdown():
    bench = Bench()
    bench.order(StopBroker(1))
    bench.order(StopBroker(1))
    assert len(bench.told(BrokerStopping)) == 1


def test_the_high_watermarks_are_on_disk_when_it_has_stopped():
    bench = Bench()
    bench.topic(replicas=(1,))
    bench.produce("a", "b")
    bench.may_stop = True
    bench.order(StopBroker(1))
    assert bench.halted
    assert b"pedidos 0 2" in bench.broker.disk.read_all("replication-offset-checkpoint")


def test_a_broker_that_was_told_to_stop_before_it_served_stops_too():
    bench = Bench(starts=False)
    bench.may_stop = True
    bench.order(StopBroker(1))
    assert not bench.halted
    bench.records(RegisterBroker(1, 1))
    assert bench.halted


# --- topics that go -------------------------------------------------------------------------------


def test_a_deleted_topic_leaves_nothing_behind():
    bench = Bench()
    bench.topic()
    bench.produce("a", acks=1)
    bench.records(RemoveTopic(T))
    assert bench.broker.partitions == {}
    assert bench.broker.disk.paths(f"{T}-0") == []


def test_a_topic_deleted_and_made_anew_in_one_breath_is_empty():
    """Both records may come in one answer, to a broker that was slow."""
    bench = Bench()
    bench.topic(replicas=(1,))
    bench.produce("old")
    bench.decide(isr=[1, 2])
    reading, writing = bench.fetch(1), bench.produce("too late")
    made = [TopicRecord(T, b"new".ljust(16)), PartitionRecord(T, 0, [1], [1], 1, 0, 0)]
    bench.records(RemoveTopic(T), *made)
    assert bench.values() == []
    assert reading.part.error == errors.OFFSET_OUT_OF_RANGE
    assert writing.part.error == errors.NOT_LEADER_OR_FOLLOWER
    bench.produce("new")
    assert bench.values() == ["new"]
    assert bench.next_life().values() == ["new"]


@pytest.mark.parametrize("again", [True, False])
def test_a_topic_deleted_while_the_broker_was_away_is_not_found_again(again):
    """Neither does a new topic of the same name get its records, nor does it lie around."""
    first = Bench()
    first.topic(replicas=(1,), topic_id=b"old".ljust(16))
    first.produce("a")
    second = Bench(disk=first.broker.disk, life=2, starts=False)
    known = [RegisterBroker(1, 1), BrokerChange(1, 1, False)]
    if again:
        known += [TopicRecord(T, b"new".ljust(16)), PartitionRecord(T, 0, [1], [1], 1, 0, 0)]
    second.records(*known)
    assert (T, 0) in second.broker.partitions if again else second.broker.disk.paths(f"{T}-0") == []
    if again:
        assert second.values() == []
