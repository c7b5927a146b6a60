"""Fetching ahead of the application."""

from __future__ import annotations

from typing import Any

from engine.clients.consumer import Consumer
from engine.storage.chunk import Run, seal
from engine.wire import errors
from engine.wire import messages as m
from engine.wire.batch import Batch
from engine.wire.records import Record, encode_batch
from tests.unit.clients.bench import HOLD, MS, SECOND, TOPIC, Bench, Book, some_records


def joined(book: Book | None = None, **settings: Any) -> Bench:
    bench = Bench(Consumer("A1", "A", [TOPIC], ["B1", "B2", "B3"], **settings), book)
    bench.run(100 * MS)
    return bench


def one_leader() -> Book:
    book = Book()
    book.leaders = {0: (1, 0), 1: (1, 0), 2: (1, 0)}
    return book


def fetches(bench: Bench) -> list[list[tuple[int, int]]]:
    """(partition, offset) of each part of each fetch."""
    return [[(p.partition, p.offset) for p in r.parts] for r in bench.requests(m.FetchRequest)]


def test_one_long_poll_asks_a_leader_for_all_its_partitions() -> None:
    bench = joined(one_leader())
    assert fetches(bench)[-1] == [(0, 0), (1, 0), (2, 0)]
    assert bench.requests(m.FetchRequest)[-1].max_wait_ms == 20_000


def test_a_long_poll_that_found_nothing_is_asked_again_when_it_ends() -> None:
    bench = joined(one_leader())
    before = len(fetches(bench))
    bench.run(65 * SECOND)
    assert len(fetches(bench)) - before == 3


def test_as_long_as_something_is_buffered_its_leader_is_not_asked() -> None:
    bench = joined(one_leader(), poll_ms=1000, max_poll_records=2)
    bench.append(0, some_records(5))
    bench.run(2500 * MS)  # polls at 1 s and 2 s: one record is left
    before = len(fetches(bench))
    assert bench.machine.position[TOPIC, 0] == 4
    bench.run(600 * MS)
    assert len(fetches(bench)) == before + 1
    assert (0, 5) in fetches(bench)[-1]


def test_the_partition_served_last_is_asked_for_last() -> None:
    bench = joined(one_leader(), poll_ms=100)
    bench.append(0, some_records(1))
    bench.run(200 * MS)
    assert fetches(bench)[-1] == [(1, 0), (2, 0), (0, 1)]


def test_a_leader_that_moved_does_not_wait_for_the_long_poll_at_its_new_place_to_end() -> None:
    bench = joined()
    bench.book.leaders[0] = (2, 1)
    bench.crash(1)
    bench.book.coordinator = 3
    bench.run(2 * SECOND)
    assert fetches(bench)[-1] == [(1, 0), (0, 0)] or fetches(bench)[-1] == [(0, 0), (1, 0)]
    bench.append(0, some_records(2))
    bench.run(2 * SECOND)
    assert bench.machine.delivered == 2


def test_not_leader_leads_to_the_new_one() -> None:
    bench = joined(poll_ms=100)
    bench.book.leaders[0] = (3, 1)
    bench.append(0, some_records(2))
    bench.run(SECOND)
    assert bench.machine.delivered == 2


def test_a_fetch_says_which_epoch_it_takes_the_leader_to_have() -> None:
    book = one_leader()
    book.leaders[0] = (1, 7)
    bench = joined(book)
    assert bench.requests(m.FetchRequest)[-1].parts[0].leader_epoch == 7


def test_out_of_range_begins_anew_where_the_policy_says() -> None:
    book = one_leader()
    book.committed = {(TOPIC, 0): 50, (TOPIC, 1): 0, (TOPIC, 2): 0}
    book.append(0, some_records(5))
    bench = joined(book, poll_ms=100)
    bench.run(SECOND)
    assert bench.machine.delivered == 5
    late = Book(committed={(TOPIC, 0): 50})
    late.append(0, some_records(5))
    bench = joined(late, poll_ms=100, start_at="latest")
    bench.run(SECOND)
    assert bench.machine.delivered == 0 and bench.machine.position[TOPIC, 0] == 5


def test_a_log_that_is_out_of_range_again_and_again_is_no_busy_loop() -> None:
    bench = joined(one_leader())
    no = m.FetchResponse([m.FetchedPart(TOPIC, p, errors.OFFSET_OUT_OF_RANGE) for p in range(3)])
    bench.once(m.FetchRequest, *[no] * 1000)
    bench.run(60 * SECOND)
    assert len(bench.requests(m.FetchRequest)) < 75 * 3


def test_an_empty_answer_that_comes_too_soon_is_no_busy_loop() -> None:
    bench = joined(one_leader())
    bench.once(m.FetchRequest, *[m.FetchResponse([m.FetchedPart(TOPIC, p) for p in range(3)])] * 1000)
    bench.run(60 * SECOND)
    assert len(bench.requests(m.FetchRequest)) < 620


def test_a_record_in_the_middle_of_a_batch_is_where_it_begins() -> None:
    book = one_leader()
    book.append(0, some_records(5))
    book.committed[TOPIC, 0] = 3
    bench = joined(book, poll_ms=100, keep_record=True)
    bench.run(SECOND)
    assert [offset for _, _, offset, _ in bench.machine.delivered_log] == [3, 4]


def test_sealed_batches_are_read_like_single_ones() -> None:
    book = one_leader()
    batches = [some_records(2).placed(0, 0), some_records(3).placed(2, 0)]
    sealed = Run(seal(batches), 0, 2)
    bench = Bench(Consumer("A1", "A", [TOPIC], ["B1"], poll_ms=100), book)
    bench.once(m.FetchRequest, m.FetchResponse([m.FetchedPart(TOPIC, 0, 0, 5, 5, 0, [sealed])]))
    book.logs[0] = batches
    bench.run(SECOND)
    assert bench.machine.delivered == 5 and bench.machine.position[TOPIC, 0] == 5


def test_a_control_batch_is_passed_over_and_not_handed_out() -> None:
    book = one_leader()
    marker = encode_batch([Record(0, 0, b"\0\0\0\1", b"")], producer_id=1, control=True)
    book.logs[0] = [some_records(2).placed(0, 0), marker.placed(2, 0)]
    bench = joined(book, poll_ms=100)
    bench.run(SECOND)
    assert bench.machine.delivered == 2 and bench.machine.position[TOPIC, 0] == 3


def test_gaps_that_compaction_left_are_not_handed_out() -> None:
    whole = some_records(3).placed(0, 0)
    header = bytearray(whole.header)
    header[23:27] = (9).to_bytes(4, "big")  # last offset delta: the batch spans 0..9, three records are left
    gappy = Batch(bytes(header), whole.records, 0, 9, 0, whole.size, whole.max_timestamp, -1)
    book = one_leader()
    book.logs[0] = [gappy]
    bench = joined(book, poll_ms=100)
    bench.run(SECOND)
    assert bench.machine.delivered == 3 and bench.machine.position[TOPIC, 0] == 10


def test_an_answer_from_before_a_rebalance_is_dropped() -> None:
    bench = joined(one_leader(), poll_ms=100)
    held = [a for a in bench.asked if isinstance(a.body, m.FetchRequest)][-1]
    bench.once(m.HeartbeatRequest, m.HeartbeatResponse(errors.REBALANCE_IN_PROGRESS))
    bench.once(m.FetchRequest, HOLD)
    bench.run(4 * SECOND)
    batch = some_records(2).placed(0, 0)
    bench.answer(held, m.FetchResponse([m.FetchedPart(TOPIC, 0, 0, 2, 2, 0, [batch])]))
    bench.run(SECOND)
    assert bench.machine.delivered == 0
