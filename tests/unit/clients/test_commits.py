"""Committing positions: when, and what of it when it fails."""

from __future__ import annotations

from typing import Any

import pytest

from engine.clients.consumer import Consumer
from engine.wire import errors
from engine.wire import messages as m
from tests.unit.clients.bench import LOSE, MS, SECOND, TOPIC, Bench, Book, some_records


def joined(book: Book | None = None, **settings: Any) -> Bench:
    book = book or Book(committed={(TOPIC, p): 0 for p in range(3)})
    bench = Bench(Consumer("A1", "A", [TOPIC], ["B1", "B2", "B3"], **settings), book)
    bench.run(100 * MS)
    return bench


def failed(error: int) -> m.OffsetCommitResponse:
    return m.OffsetCommitResponse([m.CommittedPart(TOPIC, 0, error)])


def commits(bench: Bench) -> list[dict[int, int]]:
    return [{p.partition: p.offset for p in r.parts} for r in bench.requests(m.OffsetCommitRequest)]


def test_it_commits_every_five_seconds_what_the_application_has_seen_before_that_poll() -> None:
    bench = joined(poll_ms=1000)
    for _ in range(12):
        bench.append(0, some_records(1))
        bench.run(SECOND)
    # Joined at about 0.01 s; so the timer has run out at the polls of 6 s and 11 s.
    assert [at // SECOND for at in bench.times(m.OffsetCommitRequest)] == [6, 11]
    assert commits(bench) == [{0: 5}, {0: 10}]


def test_what_has_not_changed_is_not_committed_again() -> None:
    bench = joined(poll_ms=1000)
    bench.append(0, some_records(3))
    bench.run(600 * SECOND)
    assert commits(bench) == [{0: 3}]


def test_the_timer_goes_on_as_if_it_had() -> None:
    bench = joined(poll_ms=1000)
    bench.run(22 * SECOND)
    bench.append(0, some_records(3))  # handed over at the poll of 23 s
    bench.run(10 * SECOND)
    assert [at // SECOND for at in bench.times(m.OffsetCommitRequest)] == [26]  # 6, 11, 16, 21, 26


def test_a_position_without_a_committed_offset_is_committed_too() -> None:
    bench = joined(Book(), poll_ms=1000)
    bench.run(10 * SECOND)
    assert commits(bench) == [{0: 0, 1: 0, 2: 0}]


@pytest.mark.parametrize(
    "answer",
    [*map(failed, (errors.COORDINATOR_LOAD_IN_PROGRESS, errors.NOT_COORDINATOR, errors.REQUEST_TIMED_OUT)), LOSE],
    ids=str,
)
def test_a_commit_that_failed_for_a_passing_reason_is_made_again_at_the_next_poll(answer: Any) -> None:
    bench = joined(poll_ms=1000)
    bench.append(0, some_records(3))
    bench.once(m.OffsetCommitRequest, answer)
    bench.run(8 * SECOND)
    assert [at // SECOND for at in bench.times(m.OffsetCommitRequest)] == [6, 7]
    assert bench.machine.committed[TOPIC, 0] == 3


def test_a_commit_of_a_dead_generation_makes_it_join_anew() -> None:
    bench = joined(poll_ms=1000)
    bench.append(0, some_records(3))
    bench.once(m.OffsetCommitRequest, failed(errors.ILLEGAL_GENERATION))
    bench.run(8 * SECOND)
    assert bench.machine.membership.generation == 2 and bench.machine.position[TOPIC, 0] == 3
    assert bench.machine.delivered == 6  # handed out again: they had not been committed


def test_a_commit_during_a_rebalance_summons_it() -> None:
    bench = joined(poll_ms=1000)
    bench.append(0, some_records(3))
    bench.once(m.OffsetCommitRequest, failed(errors.REBALANCE_IN_PROGRESS))
    bench.run(8 * SECOND)
    assert bench.machine.membership.generation == 2 and bench.machine.delivered == 3


def test_the_commit_before_a_revocation_is_repeated_until_it_is_through() -> None:
    bench = joined(poll_ms=1000)
    bench.append(0, some_records(3))
    bench.once(m.HeartbeatRequest, m.HeartbeatResponse(errors.REBALANCE_IN_PROGRESS))
    bench.once(m.OffsetCommitRequest, *[failed(errors.COORDINATOR_LOAD_IN_PROGRESS)] * 3)
    bench.run(6 * SECOND)
    assert len(commits(bench)) == 4 and bench.book.committed[TOPIC, 0] == 3
    assert bench.machine.delivered == 3 and bench.machine.membership.generation == 2


def test_a_deleted_topic_does_not_hold_up_the_rebalance_that_takes_it_away() -> None:
    bench = joined(poll_ms=1000)
    bench.append(0, some_records(3))
    bench.once(m.HeartbeatRequest, m.HeartbeatResponse(errors.REBALANCE_IN_PROGRESS))
    bench.once(m.OffsetCommitRequest, *[failed(errors.UNKNOWN_TOPIC_OR_PARTITION)] * 100)
    bench.run(6 * SECOND)
    assert bench.machine.membership.generation == 2
