"""Where a position comes from."""

from __future__ import annotations

from typing import Any

from engine.clients.consumer import Consumer
from engine.wire import errors
from engine.wire import messages as m
from tests.unit.clients.bench import LOSE, MS, SECOND, TOPIC, Bench, Book, some_records


def started(book: Book | None = None, **settings: Any) -> Bench:
    return Bench(Consumer("A1", "A", [TOPIC], ["B1", "B2", "B3"], **settings), book)


def offsets(bench: Bench) -> list[int]:
    return [bench.machine.position.get((TOPIC, p), -1) for p in range(3)]


def test_what_was_committed_comes_first() -> None:
    book = Book(committed={(TOPIC, 0): 4, (TOPIC, 1): 2})
    for p in range(3):
        book.append(p, some_records(9))
    bench = started(book, poll_ms=10_000)
    bench.run(100 * MS)
    assert offsets(bench) == [4, 2, 0]
    assert bench.machine.committed == {(TOPIC, 0): 4, (TOPIC, 1): 2}


def test_latest_begins_at_the_end() -> None:
    book = Book()
    book.append(1, some_records(9))
    bench = started(book, start_at="latest")
    bench.run(100 * MS)
    assert offsets(bench) == [0, 9, 0]
    assert {p.timestamp for r in bench.requests(m.ListOffsetsRequest) for p in r.parts} == {m.LATEST}


def test_a_coordinator_that_is_loading_is_asked_again() -> None:
    bench = started()
    loading = m.OffsetFetchResponse([m.FetchedOffsets("A", [], errors.COORDINATOR_LOAD_IN_PROGRESS)])
    bench.once(m.OffsetFetchRequest, loading, loading, LOSE)
    bench.run(2 * SECOND)
    assert offsets(bench) == [0, 0, 0]


def test_one_partition_that_cannot_be_told_does_not_hold_up_the_others() -> None:
    bench = started(Book(committed={(TOPIC, 0): 0}))
    unstable = m.FetchedOffset(TOPIC, 1, -1, error=errors.UNSTABLE_OFFSET_COMMIT)
    first = m.FetchedOffsets("A", [m.FetchedOffset(TOPIC, 0, 0), unstable, m.FetchedOffset(TOPIC, 2, -1)])
    bench.once(m.OffsetFetchRequest, m.OffsetFetchResponse([first]))
    bench.run(60 * MS)
    assert offsets(bench) == [0, -1, 0]
    bench.run(SECOND)
    assert offsets(bench) == [0, 0, 0]
    assert bench.requests(m.OffsetFetchRequest)[1].groups[0].parts == [(TOPIC, 1)]


def test_a_leader_that_cannot_list_offsets_is_asked_again_with_back_off() -> None:
    bench = started()
    no = [m.ListOffsetsResponse([m.ListedOffset(TOPIC, p, errors.OFFSET_NOT_AVAILABLE) for p in range(3)])] * 9
    bench.once(m.ListOffsetsRequest, *no)
    bench.run(100 * MS)
    assert offsets(bench) == [-1, -1, -1]
    bench.run(2 * SECOND)
    assert offsets(bench) == [0, 0, 0]


def test_a_partition_without_leader_waits_for_one() -> None:
    book = Book()
    book.leaders[1] = (-1, 3)
    bench = started(book)
    bench.run(SECOND)
    assert offsets(bench) == [0, -1, 0]
    book.leaders[1] = (2, 4)
    bench.run(2 * SECOND)
    assert offsets(bench) == [0, 0, 0]
