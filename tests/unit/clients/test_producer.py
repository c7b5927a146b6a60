"""A simulated producer: its pace, its keys, its orders."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

from engine.clients.producer import Producer
from engine.commands import RemoveProducer, SetProducer, StartProducer, StopProducer
from engine.events import ProducerChanged, ProduceRefused
from engine.wire import errors
from engine.wire import messages as m
from engine.wire.partitioners import murmur2_partition
from engine.wire.records import Record, decode_records, fingerprint
from engine.world.dice import Dice
from tests.unit.clients.bench import HOLD, MS, SECOND, TOPIC, Bench, Book, CalendarSet


def producing(book: Book | None = None, **settings) -> Bench:
    return Bench(Producer("loja", TOPIC, ["B1", "B2", "B3"], Dice(1, "loja"), **settings), book)


def written(bench: Bench) -> list[Record]:
    """All records in all logs, by timestamp."""
    records = [r for log in bench.book.logs.values() for batch in log for r in decode_records(batch)]
    return sorted(records, key=lambda r: r.timestamp)


def test_records_are_spaced_exactly_and_their_timestamps_say_so() -> None:
    bench = producing(rate=3.0)
    bench.run(10 * SECOND)
    assert [r.timestamp for r in written(bench)] == [int(n * 1000 / 3) for n in range(30)]


def test_each_record_is_a_batch_of_its_own_at_a_low_rate() -> None:
    bench = producing(rate=10.0)
    bench.run(SECOND)
    assert {batch.count for log in bench.book.logs.values() for batch in log} == {1}


def test_at_a_high_rate_it_wakes_every_20_ms_and_sends_batches() -> None:
    bench = producing(rate=1000.0, keys="none")
    bench.run(10 * SECOND)
    assert len(written(bench)) == pytest.approx(10_000, abs=30)
    assert len(bench.requests(m.ProduceRequest)) < 520
    assert [r.timestamp for r in written(bench)] == list(range(len(written(bench))))


def test_a_key_always_goes_where_murmur2_says() -> None:
    bench = producing(rate=50.0)
    bench.run(2 * SECOND)
    for partition, log in bench.book.logs.items():
        for batch in log:
            key = decode_records(batch)[0].key
            assert key is not None and murmur2_partition(key, 3) == partition


def test_without_a_key_batches_take_turns_over_the_partitions() -> None:
    bench = producing(rate=10.0, keys="none")
    bench.run(3 * SECOND)
    assert [len(log) for log in bench.book.logs.values()] == [10, 10, 10]


def test_without_a_key_a_partition_without_leader_is_left_out() -> None:
    book = Book()
    book.leaders[1] = (-1, 0)
    bench = producing(book, rate=10.0, keys="none")
    bench.run(2 * SECOND)
    assert len(book.logs[1]) == 0
    assert bench.machine.waiting <= 2  # made before it knew the cluster


def test_all_records_are_acknowledged_and_kept_on_record() -> None:
    bench = producing(rate=10.0, keep_record=True)
    bench.run(3 * SECOND + 10 * MS)
    it = bench.machine
    assert (it.sent, it.acked, it.failed, it.waiting) == (31, 31, 0, 0)
    for topic, partition, offset, check in it.acknowledged:
        batch = next(b for b in bench.book.logs[partition] if b.base_offset <= offset <= b.last_offset)
        assert topic == TOPIC and fingerprint(decode_records(batch)[offset - batch.base_offset]) == check
    assert len(it.acknowledged) == it.acked


def test_a_stopped_producer_makes_no_events_and_loses_nothing() -> None:
    bench = producing(rate=10.0)
    bench.run(SECOND)
    bench.order(StopProducer("loja"))
    bench.run(5 * SECOND)
    it, before = bench.machine, bench.handled
    assert it.idle and it.sent == it.acked
    bench.run(200 * SECOND)
    assert bench.handled - before <= 8  # the alarm that was set before it stopped, patience of old requests


def test_started_again_it_begins_a_new_stretch_at_once() -> None:
    bench = producing(rate=1.0, running=False)
    bench.run(2500 * MS)
    bench.order(StartProducer("loja"))
    bench.run(2 * SECOND)
    assert [r.timestamp for r in written(bench)] == [2500, 3500]


def test_a_new_rate_counts_from_the_last_record() -> None:
    bench = producing(rate=1.0)
    bench.run(2500 * MS)
    bench.order(SetProducer("loja", rate=10.0))
    bench.run(300 * MS)
    assert [r.timestamp for r in written(bench)] == [0, 1000, 2000, 2100, 2200, 2300, 2400, 2500, 2600, 2700]


def test_orders_are_told() -> None:
    bench = producing()
    bench.order(SetProducer("loja", rate=2.0, acks="1", keys="hot"))
    bench.order(StopProducer("loja"))
    bench.order(StartProducer("loja"))
    bench.order(RemoveProducer("loja"))
    assert [(e.what, e.value) for e in bench.events(ProducerChanged)] == [
        ("rate", "2"), ("acks", "1"), ("keys", "hot"), ("stopped", ""), ("started", ""), ("removed", ""),
    ]  # fmt: skip


def test_timestamps_follow_the_calendar() -> None:
    bench = producing(rate=1.0, calendar_offset=50 * SECOND)
    bench.run(500 * MS)
    bench.hand(CalendarSet(90 * SECOND))
    bench.run(SECOND)
    assert [r.timestamp for r in written(bench)] == [50_000, 91_000]


def test_acks_0_counts_what_is_on_the_wire_as_acknowledged() -> None:
    bench = producing(rate=10.0, acks="0", keep_record=True)
    bench.run(950 * MS)
    it = bench.machine
    assert len(written(bench)) == it.acked > 8
    assert it.acknowledged == [] and {r.acks for r in bench.requests(m.ProduceRequest)} == {0}


def test_with_acks_0_a_dead_leader_costs_what_was_under_way_and_no_more() -> None:
    bench = producing(rate=10.0, acks="0")
    bench.run(SECOND)
    bench.crash(1)
    bench.book.leaders[0] = (2, 1)
    bench.run(3 * SECOND)
    bench.order(StopProducer("loja"))
    bench.run(SECOND)
    it = bench.machine
    assert it.acked == it.sent and len(written(bench)) >= it.sent - 1


def test_with_acks_0_records_wait_for_a_leader_that_can_be_reached() -> None:
    book = Book()
    bench = producing(book, rate=10.0, acks="0", keys="none")
    bench.down["B1"] = None  # its leader is dead, and nobody has noticed yet
    bench.run(5 * SECOND)
    assert len(book.logs[0]) == 0 and bench.machine.waiting > 10
    book.leaders[0] = (2, 1)
    bench.run(3 * SECOND)
    assert bench.machine.waiting == 0 and bench.machine.failed == 0


def test_acks_1_is_not_idempotent() -> None:
    bench = producing(rate=10.0, acks="1")
    bench.run(SECOND)
    assert bench.requests(m.InitProducerIdRequest) == []
    assert {b.producer_id for log in bench.book.logs.values() for b in log} == {-1}


def test_what_does_not_fit_into_the_buffer_is_refused_and_told_once() -> None:
    book = Book(exists=False)
    bench = producing(book, rate=1000.0)
    bench.run(15 * SECOND)
    it = bench.machine
    assert it.waiting == 10_000 and it.failed == it.sent - 10_000 > 4000
    assert [e.error for e in bench.events(ProduceRefused)] == ["BUFFER_EXHAUSTED"]


def test_a_record_fails_two_minutes_after_it_was_made() -> None:
    book = Book(exists=False)
    bench = producing(book, rate=0.1)
    bench.run(119 * SECOND)
    assert bench.machine.failed == 0
    bench.run(2 * SECOND)
    assert bench.machine.failed == 1
    assert [e.error for e in bench.events(ProduceRefused)] == ["UNKNOWN_TOPIC_OR_PARTITION"]


def test_an_outage_of_an_hour_is_told_once_and_makes_few_events() -> None:
    bench = producing(rate=1.0)
    bench.run(10 * SECOND)
    for number in (1, 2, 3):
        bench.crash(number)
    before = bench.handled
    bench.run(3600 * SECOND)
    assert bench.handled - before < 10 * 3600
    assert len(bench.events(ProduceRefused)) == 3  # one a partition
    assert bench.machine.waiting <= 121


def test_a_copy_in_mid_run_runs_on_equally() -> None:
    bench = producing(rate=37.0)
    bench.once(m.ProduceRequest, *[m.ProduceResponse([]), HOLD] * 3)
    bench.run(SECOND)
    twin = pickle.loads(pickle.dumps(copy.deepcopy(bench)))
    for it in (bench, twin):
        it.run(40 * SECOND)
    assert bench.asked == twin.asked
    assert bench.machine.acked == twin.machine.acked > 1000


def test_values_are_json_and_differ() -> None:
    bench = producing(rate=10.0)
    bench.run(SECOND)
    values = [json.loads(r.value or b"") for r in written(bench)]
    assert len({str(v) for v in values}) > 5


def test_not_enough_replicas_is_told_at_once_and_tried_on() -> None:
    bench = producing(rate=1.0)
    no = [m.ProduceResponse([m.ProducedPart(TOPIC, p, errors.NOT_ENOUGH_REPLICAS) for p in range(3)])] * 4
    bench.once(m.ProduceRequest, *no)
    bench.run(900 * MS)
    assert [(e.error, e.records) for e in bench.events(ProduceRefused)] == [("NOT_ENOUGH_REPLICAS", 1)]
    bench.run(1000 * MS)
    assert bench.machine.failed == 0 and len(written(bench)) == 2
