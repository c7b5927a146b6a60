"""A simulated consumer: when its application polls, what it gets, how it comes and goes."""

from __future__ import annotations

import copy
import pickle
from typing import Any

from engine.clients.consumer import Consumer
from engine.commands import RemoveConsumer, SetConsumer, StartConsumer, StopConsumer
from engine.events import ConsumerChanged, Delivered
from engine.wire import errors
from engine.wire import messages as m
from engine.wire.records import decode_records, fingerprint
from tests.unit.clients.bench import HOLD, MS, SECOND, TOPIC, Bench, Book, some_records


def consuming(book: Book | None = None, **settings: Any) -> Bench:
    return Bench(Consumer("A1", "A", [TOPIC], ["B1", "B2", "B3"], **settings), book)


def joined(book: Book | None = None, **settings: Any) -> Bench:
    bench = consuming(book, **settings)
    bench.run(100 * MS)
    assert bench.machine.membership.state == "stable"
    return bench


def test_it_joins_takes_all_partitions_and_starts_at_the_beginning() -> None:
    it = joined().machine
    assert (it.member, it.assigned) == ("m-1", {TOPIC: [0, 1, 2]})
    assert it.position == {(TOPIC, 0): 0, (TOPIC, 1): 0, (TOPIC, 2): 0}


def test_records_are_handed_over_at_the_next_poll() -> None:
    bench = joined(poll_ms=1000)
    bench.run(300 * MS)
    bench.append(0, some_records(3))
    bench.run(500 * MS)
    assert bench.machine.delivered == 0
    bench.run(100 * MS)  # a second after the first poll
    assert bench.machine.delivered == 3 and bench.machine.position[TOPIC, 0] == 3


def test_a_poll_takes_at_most_max_poll_records() -> None:
    book = Book()
    book.append(0, some_records(6))
    book.append(0, some_records(4, 6))
    bench = joined(book, poll_ms=1000, max_poll_records=4)
    bench.run(900 * MS)
    assert bench.machine.position[TOPIC, 0] == 4
    bench.run(SECOND)
    assert bench.machine.position[TOPIC, 0] == 8
    bench.run(SECOND)
    assert bench.machine.position[TOPIC, 0] == 10


def test_every_record_is_delivered_once_and_in_order() -> None:
    bench = joined(keep_record=True, poll_ms=100)
    for n in range(50):
        bench.append(n % 3, some_records(2, 2 * n))
        bench.run(70 * MS)
    bench.run(SECOND)
    it = bench.machine
    for partition in range(3):
        offsets = [offset for _, p, offset, _ in it.delivered_log if p == partition]
        assert offsets == list(range(bench.book.end(partition)))
    written = [record for log in bench.book.logs.values() for batch in log for record in decode_records(batch)]
    assert sorted(check for *_, check in it.delivered_log) == sorted(fingerprint(record) for record in written)
    assert it.delivered == 100


def test_it_polls_at_the_moments_of_its_grid_whenever_records_come() -> None:
    bench = joined(poll_ms=1000)
    bench.machine.traced = True
    seen = []
    for _ in range(5):
        bench.append(0, some_records(1))
        before = len(bench.events(Delivered))
        while len(bench.events(Delivered)) == before:
            bench.run(MS)
        seen.append(bench.now)
        bench.run(130 * MS)
    assert [at // MS for at in seen] == [1000, 2000, 3000, 4000, 5000]


def test_an_idle_consumer_makes_almost_no_events() -> None:
    bench = joined(poll_ms=10)
    bench.run(20 * SECOND)
    before = bench.handled
    bench.run(600 * SECOND)
    # A second: a third of a heartbeat's answer and alarm, 0.15 answers to long polls, little else.
    assert (bench.handled - before) / 600 < 1


def test_deliveries_are_told_only_while_somebody_looks() -> None:
    bench = joined(poll_ms=100)
    bench.append(1, some_records(3))
    bench.run(SECOND)
    assert bench.events(Delivered) == []
    bench.machine.traced = True
    bench.append(1, some_records(2))
    bench.run(SECOND)
    assert bench.events(Delivered) == [Delivered(TOPIC, 1, "A", "A1", 3, 4)]


def test_looking_changes_nothing() -> None:
    dark, lit = joined(poll_ms=100), joined(poll_ms=100)
    lit.machine.traced = True
    for bench in (dark, lit):
        bench.append(1, some_records(3))
        bench.run(20 * SECOND)
    assert dark.asked == lit.asked


def test_a_stopped_consumer_polls_no_more_but_its_heart_goes_on() -> None:
    bench = joined()
    bench.order(StopConsumer("A1"))
    bench.append(0, some_records(3))
    before = len(bench.requests(m.HeartbeatRequest))
    bench.run(60 * SECOND)
    assert bench.machine.delivered == 0
    assert len(bench.requests(m.HeartbeatRequest)) - before == 20
    assert bench.requests(m.OffsetCommitRequest) == []


def test_started_again_it_polls_at_once() -> None:
    bench = joined()
    bench.order(StopConsumer("A1"))
    bench.append(0, some_records(3))
    bench.run(12345 * MS)
    bench.order(StartConsumer("A1"))
    assert bench.machine.delivered == 3


def test_after_five_minutes_without_a_poll_it_leaves_the_group() -> None:
    bench = joined()
    bench.order(StopConsumer("A1"))
    bench.run(298 * SECOND)
    assert bench.requests(m.LeaveGroupRequest) == []
    bench.run(3 * SECOND)
    assert len(bench.requests(m.LeaveGroupRequest)) == 1
    assert bench.machine.assigned == {} and bench.machine.position == {}
    bench.run(60 * SECOND)
    assert len(bench.requests(m.JoinGroupRequest)) == 2  # it does not come back by itself
    bench.order(StartConsumer("A1"))
    bench.run(SECOND)
    assert bench.machine.assigned == {TOPIC: [0, 1, 2]}


def test_a_new_poll_interval_counts_from_the_last_poll() -> None:
    bench = joined(poll_ms=5000)
    bench.run(6 * SECOND)
    bench.append(0, some_records(1))
    bench.order(SetConsumer("A1", poll_ms=2000))
    bench.run(800 * MS)  # 6.9 s; the last poll would have been at 5 s
    assert bench.machine.delivered == 0
    bench.run(200 * MS)
    assert bench.machine.delivered == 1


def test_orders_are_told() -> None:
    bench = joined()
    bench.order(SetConsumer("A1", poll_ms=200, max_poll_records=5))
    bench.order(StopConsumer("A1"))
    bench.order(StartConsumer("A1"))
    bench.order(RemoveConsumer("A1"))
    assert [(e.what, e.value) for e in bench.events(ConsumerChanged)] == [
        ("poll_ms", "200"), ("max_poll_records", "5"), ("stopped", ""), ("started", ""), ("removed", ""),
    ]  # fmt: skip


def test_leaving_it_commits_says_goodbye_and_is_idle() -> None:
    bench = joined(poll_ms=100)
    bench.append(0, some_records(3))
    bench.run(SECOND)
    bench.order(RemoveConsumer("A1"))
    assert not bench.machine.idle
    bench.run(100 * MS)
    kinds = [type(a.body) for a in bench.asked if type(a.body) in (m.OffsetCommitRequest, m.LeaveGroupRequest)]
    assert kinds == [m.OffsetCommitRequest, m.LeaveGroupRequest]
    assert bench.book.committed[TOPIC, 0] == 3
    assert bench.machine.idle and bench.machine.assigned == {}
    asked = len(bench.asked)
    bench.run(600 * SECOND)
    assert len(bench.asked) == asked


def test_leaving_before_it_ever_joined_needs_no_goodbye() -> None:
    bench = consuming()
    bench.order(RemoveConsumer("A1"))
    assert bench.machine.idle


def test_leaving_without_a_coordinator_ends_after_half_a_minute() -> None:
    bench = joined(poll_ms=100)
    for number in (1, 2, 3):
        bench.crash(number)
    bench.order(RemoveConsumer("A1"))
    bench.run(29 * SECOND)
    assert not bench.machine.idle
    bench.run(2 * SECOND)
    assert bench.machine.idle


def test_leaving_while_it_joins_takes_its_name_off_the_list() -> None:
    bench = consuming()
    bench.once(m.JoinGroupRequest, m.JoinGroupResponse(errors.MEMBER_ID_REQUIRED, member="m-1"), HOLD)
    bench.run(100 * MS)
    bench.order(RemoveConsumer("A1"))
    bench.run(100 * MS)
    assert [r.members[0].member for r in bench.requests(m.LeaveGroupRequest)] == ["m-1"]
    assert bench.machine.idle


def test_a_copy_in_mid_run_runs_on_equally() -> None:
    bench = joined(poll_ms=100)
    bench.append(0, some_records(5))
    bench.run(5 * MS)
    twin = pickle.loads(pickle.dumps(copy.deepcopy(bench)))
    for it in (bench, twin):
        it.append(1, some_records(5))
        it.run(30 * SECOND)
        it.crash(1)
        it.book.leaders[0] = (2, 1)
        it.book.coordinator = 3
        it.run(30 * SECOND)
    assert bench.asked == twin.asked
    assert bench.machine.delivered == twin.machine.delivered == 10
