"""A client's picture of the cluster: whom it asks, when it asks again, what it believes."""

from __future__ import annotations

from engine.clients.client import Client
from engine.wire import errors
from engine.wire import messages as m
from tests.unit.clients.bench import HOLD, MS, SECOND, TOPIC, Bench, Book


class Looker(Client):
    """A client that only wants to know about one topic."""

    def _started(self, now, effects):
        self.metadata.want(TOPIC)

    def _answered(self, now, answer, effects):
        self.metadata.answered(now, answer)

    def _ordered(self, now, command, effects):
        self.metadata.refresh()


def looking(book: Book | None = None, bootstrap: tuple[str, ...] = ("B1", "B2", "B3")) -> Bench:
    return Bench(Looker("loja", list(bootstrap)), book)


def test_it_learns_who_leads_what() -> None:
    bench = looking()
    bench.run(10 * MS)
    seen = bench.machine.metadata
    assert [seen.leader(TOPIC, p) for p in range(3)] == ["B1", "B2", "B3"]
    assert seen.partitions(TOPIC) == 3


def test_it_does_not_ask_for_topics_to_be_created() -> None:
    bench = looking()
    bench.run(10 * MS)
    assert bench.requests(m.MetadataRequest)[0].allow_auto_creation is False


def test_after_the_first_answer_it_is_quiet_for_five_minutes() -> None:
    bench = looking()
    bench.run(299 * SECOND)
    assert len(bench.asked) == 1
    bench.run(2 * SECOND)
    assert len(bench.asked) == 2


def test_it_tries_the_bootstrap_nodes_in_turn_without_waiting() -> None:
    bench = looking()
    bench.crash(1)
    bench.crash(2)
    bench.run(10 * MS)
    assert [asked.node for asked in bench.asked] == ["B3"]


def test_when_nobody_answers_it_tries_at_most_once_a_second() -> None:
    bench = looking()
    for number in (1, 2, 3):
        bench.crash(number)
    bench.run(60 * SECOND)
    assert bench.handled < 150
    bench.restore(2)
    bench.run(3 * SECOND)
    assert bench.machine.metadata.partitions(TOPIC) == 3


def test_a_refresh_right_after_an_answer_waits_for_the_back_off() -> None:
    bench = looking()
    bench.run(10 * MS)
    bench.order("refresh")
    bench.run(50 * MS)
    assert len(bench.asked) == 1
    bench.run(60 * MS)
    assert len(bench.asked) == 2


def test_while_a_partition_has_no_leader_it_asks_less_and_less_often() -> None:
    book = Book()
    book.leaders[0] = (-1, 3)
    bench = looking(book)
    bench.run(60 * SECOND)
    assert 50 < len(bench.asked) < 70
    book.leaders[0] = (2, 4)
    bench.run(2 * SECOND)
    assert bench.machine.metadata.leader(TOPIC, 0) == "B2"


def test_an_answer_that_brings_nothing_new_makes_it_ask_another_broker() -> None:
    book = Book()
    book.leaders[0] = (-1, 3)
    bench = looking(book)
    bench.run(3 * SECOND)
    assert {asked.node for asked in bench.asked} == {"B1", "B2", "B3"}


def test_a_broker_that_lags_behind_cannot_bring_an_old_leader_back() -> None:
    book = Book()
    book.leaders[0] = (2, 5)
    bench = looking(book)
    bench.run(10 * MS)
    book.leaders[0] = (1, 4)
    bench.order("refresh")
    bench.run(SECOND)
    assert bench.machine.metadata.leader(TOPIC, 0) == "B2"


def test_a_topic_made_anew_starts_with_new_epochs() -> None:
    book = Book()
    book.leaders[0] = (2, 5)
    bench = looking(book)
    bench.run(10 * MS)
    anew = m.TopicMetadata(TOPIC, b"u" * 16, partitions=[m.PartitionMetadata(0, 0, 1, 0)])
    bench.once(m.MetadataRequest, m.MetadataResponse([m.BrokerAddress(1, "", 0)], "", 1, [anew]))
    bench.order("refresh")
    bench.run(SECOND)
    assert bench.machine.metadata.leader(TOPIC, 0) == "B1"


def test_it_keeps_asking_for_a_topic_that_does_not_exist_yet() -> None:
    book = Book(exists=False)
    bench = looking(book)
    bench.run(10 * SECOND)
    seen = bench.machine.metadata
    assert seen.known(TOPIC) and seen.partitions(TOPIC) == 0
    assert seen.topics[TOPIC].error == errors.UNKNOWN_TOPIC_OR_PARTITION
    book.exists = True
    bench.run(2 * SECOND)
    assert seen.partitions(TOPIC) == 3


def test_a_broker_that_hangs_is_left_for_another_after_the_request_timeout() -> None:
    bench = looking()
    bench.once(m.MetadataRequest, HOLD)
    bench.run(29 * SECOND)
    assert bench.machine.metadata.partitions(TOPIC) == 0
    bench.run(2 * SECOND)
    assert bench.machine.metadata.partitions(TOPIC) == 3


def test_a_lost_connection_makes_it_look_again() -> None:
    bench = looking()
    bench.run(SECOND)
    bench.book.leaders[0] = (2, 1)
    bench.crash(1)
    bench.run(SECOND)
    assert bench.machine.metadata.leader(TOPIC, 0) == "B2"


def test_a_topic_it_has_not_asked_about_before_does_not_wait_for_the_back_off() -> None:
    bench = looking()
    bench.run(10 * MS)
    bench.machine.metadata.want("outro")
    bench.order("anything")
    bench.run(5 * MS)
    assert [r.topics for r in bench.requests(m.MetadataRequest)] == [[TOPIC], [TOPIC, "outro"]]
