"""Producer ids: each is given once, out of blocks of the controller."""

import pytest

from engine.broker.producers import WAITING_MAX
from engine.quorum import messages as q
from engine.wire import errors
from engine.wire import messages as m
from tests.unit.broker.bench import Bench


@pytest.fixture
def bench():
    return Bench()


def test_ids_come_out_of_a_block_and_a_new_one_is_fetched_when_it_is_used_up(bench):
    answers = [bench.ask(m.InitProducerIdRequest()).answer for _ in range(3)]
    assert [(a.error, a.producer_id, a.producer_epoch) for a in answers] == [(0, 1000 + n, 0) for n in range(3)]
    assert bench.broker.ids == (1003, 1003)
    bench.deaf.add("C1")
    assert bench.ask(m.InitProducerIdRequest()).waits


def test_those_who_wait_share_one_block(bench):
    bench.deaf.add("C1")
    calls = [bench.ask(m.InitProducerIdRequest()) for _ in range(4)]
    (request,) = bench.waiting(q.ProducerIdsRequest)
    bench.answer(request, q.ProducerIdsResponse(0, 50, 3))
    assert [call.answer.producer_id for call in calls[:3]] == [50, 51, 52]
    (request,) = bench.waiting(q.ProducerIdsRequest)
    bench.answer(request, q.ProducerIdsResponse(0, 53, 3))
    assert calls[3].answer.producer_id == 53


@pytest.mark.parametrize("failure", [q.ProducerIdsResponse(errors.STALE_BROKER_EPOCH), None])
def test_without_a_block_the_clients_are_asked_to_try_again(bench, failure):
    bench.deaf.add("C1")
    call = bench.ask(m.InitProducerIdRequest())
    if failure is not None:
        bench.answer(bench.waiting(q.ProducerIdsRequest)[0], failure)
    bench.pass_ms(1_000)
    assert call.answer.error == errors.COORDINATOR_LOAD_IN_PROGRESS
    bench.deaf.clear()
    bench.asked.clear()
    assert bench.ask(m.InitProducerIdRequest()).answer.error == 0


def test_at_the_limit_of_those_who_wait_one_more_is_sent_away(bench):
    bench.deaf.add("C1")
    calls = [bench.ask(m.InitProducerIdRequest()) for _ in range(WAITING_MAX + 1)]
    assert calls[-2].waits
    assert calls[-1].answer.error == errors.COORDINATOR_LOAD_IN_PROGRESS


def test_transactional_ids_are_not_spoken_yet(bench):
    assert bench.ask(m.InitProducerIdRequest("t")).answer.error == errors.UNSUPPORTED_VERSION
