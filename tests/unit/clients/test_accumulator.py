"""Records waiting to be sent."""

from __future__ import annotations

from engine.clients.accumulator import BATCH_BYTES, Accumulator, ProducerBatch
from engine.wire.records import Record

KEY = ("pedidos", 0)


def record(size: int = 10) -> Record:
    return Record(0, 0, None, b"x" * size)


def waiting(it: Accumulator) -> list[tuple[int, int]]:
    """(sequence, records) of each batch."""
    return [(batch.sequence, len(batch.records)) for batch in it.queues[KEY]]


def test_records_join_the_last_batch_until_it_is_full() -> None:
    it = Accumulator()
    for _ in range(3):
        it.append(KEY, record(BATCH_BYTES // 2 - 100), 0)
    assert waiting(it) == [(-1, 2), (-1, 1)]


def test_a_record_larger_than_a_batch_has_one_to_itself() -> None:
    it = Accumulator()
    it.append(KEY, record(100_000), 0)
    it.append(KEY, record(), 0)
    assert waiting(it) == [(-1, 1), (-1, 1)]


def test_nothing_joins_a_batch_that_was_sent_before() -> None:
    it = Accumulator()
    it.put_back(ProducerBatch(*KEY, 0, [record()], attempts=1))
    it.append(KEY, record(), 0)
    assert waiting(it) == [(-1, 1), (-1, 1)]


def test_what_comes_back_takes_its_place_by_its_number() -> None:
    it = Accumulator()
    it.append(KEY, record(), 0)
    for sequence in (5, 3, 4):
        it.put_back(ProducerBatch(*KEY, 0, [record()], sequence=sequence, attempts=1))
    assert [sequence for sequence, _ in waiting(it)] == [3, 4, 5, -1]


def test_without_numbers_what_comes_back_comes_first() -> None:
    it = Accumulator()
    it.append(KEY, record(), 0)
    it.put_back(ProducerBatch(*KEY, 0, [record(), record()], attempts=1))
    assert waiting(it) == [(-1, 2), (-1, 1)]


def test_it_admits_up_to_its_limit_and_again_after_a_release() -> None:
    it = Accumulator(limit=2)
    assert it.admit() and it.admit() and not it.admit()
    it.release(1)
    assert it.admit()


def test_the_oldest_are_taken_out_when_their_time_is_over() -> None:
    it = Accumulator()
    it.append(KEY, record(BATCH_BYTES), 10)
    it.append(KEY, record(BATCH_BYTES), 20)
    assert it.oldest() == 10
    assert [batch.created_at for batch in it.expired(15)] == [10]
    assert it.oldest() == 20
