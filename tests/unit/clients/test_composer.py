"""Records sent by hand."""

from __future__ import annotations

from engine.clients.composer import Composer
from engine.commands import Produce
from engine.events import ProduceRefused
from engine.wire import messages as m
from engine.wire.partitioners import murmur2_partition
from engine.wire.records import Record, decode_records
from tests.unit.clients.bench import SECOND, TOPIC, Bench


def composed(*commands: Produce) -> Bench:
    bench = Bench(Composer("composer", ["B1"], calendar_offset=7 * SECOND))
    for command in commands:
        bench.order(command)
    bench.run(SECOND)
    return bench


def records(bench: Bench, partition: int) -> list[Record]:
    return [record for batch in bench.book.logs[partition] for record in decode_records(batch)]


def test_it_sends_key_value_and_headers_as_given() -> None:
    bench = composed(Produce(TOPIC, value="açúcar", key="ana", headers={"origem": "à mão"}, partition=2))
    (record,) = records(bench, 2)
    assert (record.key, record.value) == (b"ana", "açúcar".encode())
    assert record.headers == [("origem", "à mão".encode())] and record.timestamp == 7000


def test_the_key_chooses_the_partition_unless_one_is_given() -> None:
    bench = composed(Produce(TOPIC, value="x", key="cliente-4"))
    assert len(records(bench, murmur2_partition(b"cliente-4", 3))) == 1


def test_without_key_or_partition_they_take_turns() -> None:
    bench = Bench(Composer("composer", ["B1"]))
    for _ in range(3):
        bench.order(Produce(TOPIC, value="x"))
        bench.run(SECOND)
    assert [len(records(bench, p)) for p in range(3)] == [1, 1, 1]


def test_no_value_is_a_tombstone() -> None:
    bench = composed(Produce(TOPIC, value=None, key="ana", partition=0))
    assert records(bench, 0)[0].value is None


def test_it_is_idempotent_and_waits_for_all_replicas() -> None:
    bench = composed(Produce(TOPIC, value="x"))
    (request,) = bench.requests(m.ProduceRequest)
    assert request.acks == -1 and request.parts[0].records[0].producer_id == 7


def test_a_partition_that_does_not_exist_is_refused() -> None:
    bench = composed(Produce(TOPIC, value="x", partition=9))
    assert [(e.partition, e.error) for e in bench.events(ProduceRefused)] == [(9, "UNKNOWN_TOPIC_OR_PARTITION")]
    assert bench.machine.failed == 1


def test_a_topic_nobody_knows_does_not_hold_up_the_others() -> None:
    bench = composed(Produce("nada", value="x"), Produce(TOPIC, value="y", partition=0))
    assert len(records(bench, 0)) == 1
    bench.run(120 * SECOND)
    assert [(e.topic, e.error) for e in bench.events(ProduceRefused)] == [("nada", "UNKNOWN_TOPIC_OR_PARTITION")]


def test_when_nothing_waits_for_a_topic_that_is_gone_nobody_asks_for_it() -> None:
    bench = composed(Produce(TOPIC, value="x"))
    bench.book.exists = False
    bench.crash(1)
    bench.run(5 * SECOND)
    before = len(bench.asked)
    bench.run(600 * SECOND)
    assert len(bench.asked) == before
    bench.book.exists, bench.book.leaders[0] = True, (2, 1)
    bench.order(Produce(TOPIC, value="y", partition=0))
    bench.run(SECOND)
    assert bench.machine.acked == 2
