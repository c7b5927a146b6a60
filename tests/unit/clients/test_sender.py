"""Records on their way: what is sent again, in which order, and what an answer means."""

from __future__ import annotations

from engine.clients.composer import Composer
from engine.clients.sender import IN_FLIGHT_MAX
from engine.commands import Produce
from engine.events import ProduceRefused
from engine.wire import errors
from engine.wire import messages as m
from engine.wire.records import decode_records
from tests.unit.clients.bench import HOLD, LOSE, MS, SECOND, TOPIC, Bench, Book


def writing(book: Book | None = None) -> Bench:
    bench = Bench(Composer("composer", ["B1", "B2", "B3"], keep_record=True), book)
    send(bench, 1, partition=1)  # so that it knows its way
    bench.run(50 * MS)
    return bench


def send(bench: Bench, count: int, partition: int = 0) -> None:
    for _ in range(count):
        bench.order(Produce(TOPIC, value=f"v{bench.machine.sent}", partition=partition))


def values(bench: Bench, partition: int = 0) -> list[str]:
    return [(r.value or b"").decode() for b in bench.book.logs[partition] for r in decode_records(b)]


def numbers(bench: Bench, partition: int = 0) -> list[tuple[int, int]]:
    """(epoch, base sequence) of each batch sent to the partition, in order."""
    sent = [part for r in bench.requests(m.ProduceRequest) for part in r.parts if part.partition == partition]
    return [(part.records[0].producer_epoch, part.records[0].base_sequence) for part in sent]


def refused(error: int, log_start: int = 0, partition: int = 0) -> m.ProduceResponse:
    return m.ProduceResponse([m.ProducedPart(TOPIC, partition, error, -1, -1, log_start)])


def test_at_most_five_requests_to_a_leader_are_under_way() -> None:
    bench = writing()
    bench.once(m.ProduceRequest, *[HOLD] * 20)
    for _ in range(10):
        send(bench, 1)
        bench.run(5 * MS)
    assert len(bench.requests(m.ProduceRequest)) == 1 + IN_FLIGHT_MAX


def test_what_waits_is_gathered_into_one_batch() -> None:
    bench = writing()
    bench.once(m.ProduceRequest, *[HOLD] * 5)
    for _ in range(9):
        send(bench, 1)
        bench.run(5 * MS)
    held = [a for a in bench.asked if isinstance(a.body, m.ProduceRequest)][-5:]
    for asked in held:
        bench.answer(asked, bench.book.answer(1, asked.body))
    bench.run(50 * MS)
    assert [b.count for b in bench.book.logs[0]] == [1, 1, 1, 1, 1, 4]
    assert values(bench) == [f"v{n}" for n in range(1, 10)]


def test_one_request_carries_a_batch_of_each_partition_of_a_leader() -> None:
    book = Book()
    book.leaders = {0: (1, 0), 1: (1, 0), 2: (1, 0)}
    bench = Bench(Composer("composer", ["B1"]), book)
    for partition in range(3):
        send(bench, 1, partition)
    bench.run(50 * MS)
    assert [len(r.parts) for r in bench.requests(m.ProduceRequest)] == [3]


def test_after_a_lost_answer_the_same_batch_is_sent_again_with_the_same_number() -> None:
    bench = writing()
    bench.once(m.ProduceRequest, LOSE)
    send(bench, 1)
    bench.run(SECOND)
    assert numbers(bench) == [(0, 0), (0, 0)]
    assert bench.machine.acked == 2


def test_a_new_leader_gets_what_the_old_one_refused() -> None:
    bench = writing()
    bench.book.leaders[0] = (3, 1)
    send(bench, 1)
    bench.run(SECOND)
    sent = [a.node for a in bench.asked if isinstance(a.body, m.ProduceRequest)][1:]
    assert sent == ["B1", "B3"]


def test_nothing_goes_to_a_new_leader_while_the_old_one_still_owes_an_answer() -> None:
    """What the old leader appended may be there already; newer batches must not overtake its repetition."""
    bench = writing()
    bench.once(m.ProduceRequest, HOLD)
    send(bench, 1)
    bench.run(5 * MS)
    (held,) = [a for a in bench.asked if isinstance(a.body, m.ProduceRequest)][1:]
    bench.book.leaders[0] = (3, 1)
    bench.machine.metadata.refresh()
    bench.order(None)  # anything that makes it look around
    bench.run(SECOND)
    assert bench.machine.metadata.leader(TOPIC, 0) == "B3"
    send(bench, 1)
    bench.run(SECOND)
    assert len(bench.requests(m.ProduceRequest)) == 2
    bench.answer(held, refused(errors.NOT_LEADER_OR_FOLLOWER))
    bench.run(SECOND)
    assert values(bench) == ["v1", "v2"]
    assert [a.node for a in bench.asked if isinstance(a.body, m.ProduceRequest)][2:] == ["B3", "B3"]


def test_an_idempotent_producer_keeps_the_order_when_the_first_of_five_fails() -> None:
    bench = writing()
    out_of_order = refused(errors.OUT_OF_ORDER_SEQUENCE_NUMBER)
    bench.once(m.ProduceRequest, refused(errors.NOT_ENOUGH_REPLICAS), *[out_of_order] * 4)
    for _ in range(5):
        send(bench, 1)
        bench.run(MS // 10)
    bench.run(5 * SECOND)
    assert values(bench) == ["v1", "v2", "v3", "v4", "v5"]
    assert numbers(bench)[5:] == [(0, n) for n in range(5)]  # no epoch was bumped: nothing was missing for good


def test_a_batch_that_a_later_one_overtook_waits_as_in_kafka_until_it_times_out_and_is_told() -> None:
    bench = writing()
    bench.machine.peers.patience = 200 * SECOND
    bench.once(m.ProduceRequest, refused(errors.NOT_ENOUGH_REPLICAS))  # and the next is taken: an unknown producer's
    for _ in range(2):
        send(bench, 1)
        bench.run(MS // 10)
    bench.run(20 * MS)
    bench.once(m.ProduceRequest, *[refused(errors.OUT_OF_ORDER_SEQUENCE_NUMBER)] * 1000)
    bench.run(100 * SECOND)
    sequences = bench.machine.sender.sequences
    assert values(bench) == ["v2"] and sequences.overtaken() and bench.machine.failed == 0
    bench.run(25 * SECOND)
    assert bench.machine.failed == 1 and not sequences.overtaken() and not bench.machine.waiting
    bench._bends.clear()
    send(bench, 1)
    bench.run(SECOND)
    assert values(bench) == ["v2", "v3"]  # its numbers go on: those of the lost one lie before what is acknowledged
    assert numbers(bench)[-1] == (0, 2)


def test_retried_batches_go_one_at_a_time() -> None:
    bench = writing()
    bench.once(m.ProduceRequest, *[refused(errors.NOT_ENOUGH_REPLICAS)] * 3)
    for _ in range(3):
        send(bench, 1)
        bench.run(MS // 10)
    bench.run(20 * MS)
    bench.once(m.ProduceRequest, HOLD)
    bench.run(SECOND)
    assert len(bench.requests(m.ProduceRequest)) == 1 + 3 + 1


def test_a_real_gap_is_mended_by_a_new_epoch() -> None:
    bench = writing()
    bench.once(m.ProduceRequest, refused(errors.OUT_OF_ORDER_SEQUENCE_NUMBER))
    send(bench, 1)
    bench.run(SECOND)
    assert numbers(bench) == [(0, 0), (1, 0)]
    assert bench.machine.acked == 2


def test_a_producer_the_leader_has_forgotten_takes_a_new_epoch() -> None:
    bench = writing()
    send(bench, 1)
    bench.run(50 * MS)
    bench.once(m.ProduceRequest, refused(errors.UNKNOWN_PRODUCER_ID, log_start=1))
    send(bench, 1)
    bench.run(SECOND)
    assert numbers(bench) == [(0, 0), (0, 1), (1, 0)]


def test_other_partitions_take_the_new_epoch_with_their_next_batch() -> None:
    bench = writing()
    bench.once(m.ProduceRequest, refused(errors.OUT_OF_ORDER_SEQUENCE_NUMBER))
    send(bench, 1)
    bench.run(SECOND)
    send(bench, 1, partition=1)
    bench.run(SECOND)
    assert numbers(bench, partition=1) == [(0, 0), (1, 0)]


def test_a_duplicate_is_a_success() -> None:
    bench = writing()
    bench.once(m.ProduceRequest, refused(errors.DUPLICATE_SEQUENCE_NUMBER))
    send(bench, 1)
    bench.run(SECOND)
    assert bench.machine.acked == 2 and len(bench.machine.acknowledged) == 1  # its offset is not known


def test_what_is_refused_for_good_fails_and_the_next_is_numbered_anew() -> None:
    bench = writing()
    bench.once(m.ProduceRequest, refused(errors.MESSAGE_TOO_LARGE))
    send(bench, 1)
    bench.run(50 * MS)
    send(bench, 1)
    bench.run(50 * MS)
    assert (bench.machine.failed, bench.machine.acked) == (1, 2)
    assert [(e.error, e.records) for e in bench.events(ProduceRefused)] == [("MESSAGE_TOO_LARGE", 1)]
    assert numbers(bench) == [(0, 0), (1, 0)]


def test_a_batch_given_up_while_nobody_knows_its_fate_leaves_the_next_waiting_for_the_answer() -> None:
    bench = writing()
    bench.once(m.ProduceRequest, *[LOSE, refused(errors.REQUEST_TIMED_OUT)] * 200)
    send(bench, 1)
    bench.run(121 * SECOND)
    assert bench.machine.failed == 1
    assert [e.error for e in bench.events(ProduceRefused)] == ["REQUEST_TIMED_OUT"]
    bench._bends.clear()
    send(bench, 1)
    bench.run(5 * SECOND)
    assert numbers(bench)[-1] == (1, 0)  # the old number may have been used: a new epoch
    assert bench.machine.acked == 2


def test_a_hanging_leader_is_given_up_after_the_request_timeout() -> None:
    bench = writing()
    bench.once(m.ProduceRequest, HOLD)
    send(bench, 1)
    bench.run(29 * SECOND)
    assert bench.machine.acked == 1
    bench.run(2 * SECOND)
    assert bench.machine.acked == 2 and numbers(bench) == [(0, 0), (0, 0)]


def test_an_answer_after_the_delivery_timeout_changes_nothing() -> None:
    bench = writing()
    bench.machine.peers.patience = 200 * SECOND  # so that the connection outlives the record
    bench.once(m.ProduceRequest, HOLD)
    send(bench, 1)
    bench.run(130 * SECOND)
    held = bench.asked[-1]
    assert bench.machine.failed == 1
    bench.answer(held, m.ProduceResponse([m.ProducedPart(TOPIC, 0, 0, 0)]))
    bench.run(SECOND)
    assert (bench.machine.failed, bench.machine.acked, bench.machine.waiting) == (1, 1, 0)


def test_nothing_is_sent_before_the_producer_has_an_id() -> None:
    bench = Bench(Composer("composer", ["B1", "B2", "B3"]))
    no = m.InitProducerIdResponse(errors.COORDINATOR_LOAD_IN_PROGRESS)
    bench.once(m.InitProducerIdRequest, no, no, LOSE)
    send(bench, 1)
    bench.run(300 * MS)
    assert bench.requests(m.ProduceRequest) == []
    bench.run(SECOND)
    assert bench.machine.acked == 1
