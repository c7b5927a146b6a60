"""Orders to create and delete topics."""

from __future__ import annotations

from engine.clients.admin import Admin
from engine.commands import CreateTopic, DeleteTopic
from engine.events import TopicRefused
from engine.wire import errors
from engine.wire import messages as m
from tests.unit.clients.bench import LOSE, SECOND, Bench


def admin() -> Bench:
    return Bench(Admin("admin", ["B1", "B2", "B3"]))


def created(error: int, message: str | None = None) -> m.CreateTopicsResponse:
    return m.CreateTopicsResponse([m.CreatedTopic("pedidos", error, message)])


def test_a_topic_is_asked_for_with_all_its_settings() -> None:
    bench = admin()
    bench.order(CreateTopic("pedidos", partitions=6, replication=2, min_insync_replicas=2))
    bench.run(SECOND)
    (request,) = bench.requests(m.CreateTopicsRequest)
    assert request.topics == [m.NewTopic("pedidos", 6, 2, configs={"min.insync.replicas": "2"})]
    assert bench.machine.idle and bench.told == []


def test_orders_are_carried_out_one_after_the_other() -> None:
    bench = admin()
    bench.order(CreateTopic("pedidos"))
    bench.order(DeleteTopic("pedidos"))
    bench.run(SECOND)
    assert [type(asked.body) for asked in bench.asked] == [m.CreateTopicsRequest, m.DeleteTopicsRequest]
    assert bench.times(m.DeleteTopicsRequest)[0] > bench.times(m.CreateTopicsRequest)[0]


def test_a_refusal_is_told_with_its_reason() -> None:
    bench = admin()
    bench.once(m.CreateTopicsRequest, created(errors.INVALID_REPLICATION_FACTOR, "only 2 brokers"))
    bench.order(CreateTopic("pedidos"))
    bench.run(SECOND)
    assert bench.told == [TopicRefused("pedidos", "INVALID_REPLICATION_FACTOR", "only 2 brokers")]


def test_a_passing_error_is_tried_again_at_another_broker() -> None:
    bench = admin()
    bench.once(m.CreateTopicsRequest, created(errors.NOT_CONTROLLER))
    bench.order(CreateTopic("pedidos"))
    bench.run(SECOND)
    assert [asked.node for asked in bench.asked] == ["B1", "B2"] and bench.machine.idle


def test_dead_brokers_are_passed_over() -> None:
    bench = admin()
    bench.crash(1)
    bench.order(DeleteTopic("pedidos"))
    bench.run(SECOND)
    assert [asked.node for asked in bench.asked] == ["B2"]


def test_after_a_lost_answer_finding_it_done_is_success() -> None:
    bench = admin()
    bench.once(m.CreateTopicsRequest, LOSE, created(errors.TOPIC_ALREADY_EXISTS))
    bench.order(CreateTopic("pedidos"))
    bench.run(SECOND)
    assert bench.told == [] and bench.machine.idle


def test_a_topic_that_exists_already_is_a_refusal() -> None:
    bench = admin()
    bench.once(m.CreateTopicsRequest, created(errors.TOPIC_ALREADY_EXISTS))
    bench.order(CreateTopic("pedidos"))
    bench.run(SECOND)
    assert [e.error for e in bench.told] == ["TOPIC_ALREADY_EXISTS"]


def test_it_gives_up_after_a_minute() -> None:
    bench = admin()
    for number in (1, 2, 3):
        bench.crash(number)
    bench.order(CreateTopic("pedidos"))
    bench.run(59 * SECOND)
    assert bench.told == []
    bench.run(2 * SECOND)
    assert [e.error for e in bench.told] == ["REQUEST_TIMED_OUT"] and bench.machine.idle


def test_too_many_orders_are_refused() -> None:
    bench = admin()
    for number in (1, 2, 3):
        bench.crash(number)
    for n in range(101):
        bench.order(CreateTopic(f"t{n}"))
    assert [e.topic for e in bench.told] == ["t100"]


def test_without_orders_nothing_happens() -> None:
    bench = admin()
    bench.run(3600 * SECOND)
    assert bench.handled == 0
