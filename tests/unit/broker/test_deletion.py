"""DeleteRecords: the log begins later, first on the leader, then on all, and only then is it answered."""

from __future__ import annotations

import pytest

from engine import events
from engine.wire import errors
from engine.wire import messages as m
from tests.unit.broker.bench import MS, Bench, T


@pytest.fixture
def bench():
    bench = Bench()
    bench.topic(isr=(1, 2), replicas=(1, 2, 3))
    bench.produce("a", "b", "c", "d", acks=1)
    bench.follow(2, 4)
    return bench


def delete(bench, offset, *, topic=T, partition=0, timeout_ms=1000):
    parts = [m.DeleteRecordsPart(topic, partition, offset)]
    return bench.ask(m.DeleteRecordsRequest(parts, timeout_ms))


def follower(bench, broker, offset, log_start, wait_ms=0):
    parts = [m.FetchPart(T, 0, offset, leader_epoch=0, last_epoch=0, log_start=log_start)]
    return bench.ask(m.FetchRequest(wait_ms, 1, parts, broker, broker), bench.connect(f"B{broker}"))


def test_it_is_answered_once_every_living_follower_begins_there(bench):
    call = delete(bench, 2)
    assert bench.partition().log.log_start == 2
    assert call.waits
    follower(bench, 2, 4, 2)
    assert call.waits
    follower(bench, 3, 4, 3)
    assert (call.part.error, call.part.low_watermark) == (0, 2)


def test_nobody_waits_for_a_fenced_broker(bench):
    from engine.quorum.records import BrokerChange

    call = delete(bench, 2)
    follower(bench, 2, 4, 2)
    assert call.waits
    bench.records(BrokerChange(3, 3, True))
    assert (call.part.error, call.part.low_watermark) == (0, 2)


def test_minus_one_means_all_that_is_committed(bench):
    bench.produce("e", acks=1)
    delete(bench, -1)
    assert bench.partition().log.log_start == 4


def test_a_follower_that_waits_is_told_at_once(bench):
    waiting = follower(bench, 2, 4, 0, wait_ms=10_000)
    assert waiting.waits
    delete(bench, 3)
    assert waiting.part.log_start == 3


def test_when_followers_stay_behind_it_times_out(bench):
    call = delete(bench, 2, timeout_ms=1000)
    bench.pass_ms(1001)
    assert (call.part.error, call.part.low_watermark) == (errors.REQUEST_TIMED_OUT, -1)


def test_when_another_leads_meanwhile_the_client_is_sent_there(bench):
    call = delete(bench, 2)
    bench.decide(leader=2)
    assert call.part.error == errors.NOT_LEADER_OR_FOLLOWER


def test_what_is_gone_can_no_longer_be_read(bench):
    delete(bench, 2)
    assert bench.fetch(1).part.error == errors.OFFSET_OUT_OF_RANGE
    assert bench.fetch(2).part.records
    listed = bench.ask(m.ListOffsetsRequest([m.ListOffsetsPart(T, 0, m.EARLIEST)])).part
    assert listed.offset == 2


def test_before_the_start_there_is_nothing_to_do(bench):
    delete(bench, 2)
    follower(bench, 2, 4, 2)
    follower(bench, 3, 4, 2)
    call = delete(bench, 1)
    assert (call.part.error, call.part.low_watermark) == (0, 2)
    assert len(bench.told(events.RecordsDeleted)) == 1


@pytest.mark.parametrize("offset", [5, -2])
def test_beyond_the_high_watermark_nothing_can_be_deleted(bench, offset):
    assert delete(bench, offset).part.error == errors.OFFSET_OUT_OF_RANGE


def test_a_topic_that_is_only_compacted_refuses(bench):
    bench.topic("keys", replicas=(1,), cleanup_policy="compact")
    assert delete(bench, 0, topic="keys").part.error == errors.POLICY_VIOLATION
    bench.topic("both", replicas=(1,), cleanup_policy="compact,delete")
    assert delete(bench, 0, topic="both").part.error == 0


def test_what_cannot_be_asked(bench):
    assert delete(bench, 0, topic="nothing").part.error == errors.UNKNOWN_TOPIC_OR_PARTITION
    bench.topic("__consumer_offsets")
    assert delete(bench, 0, topic="__consumer_offsets").part.error == errors.INVALID_TOPIC_EXCEPTION
    bench.topic("other", leader=2)
    assert delete(bench, 0, topic="other").part.error == errors.NOT_LEADER_OR_FOLLOWER


def test_the_bytes_go_with_their_segment_at_the_next_check():
    bench = Bench()
    bench.topic(replicas=(1,), segment_bytes="1024", retention_ms="-1")
    for _ in range(4):
        bench.produce("x" * 700)
    assert delete(bench, 2).part.error == 0
    assert len(bench.partition().log.segments) == 4
    bench.pass_ms(6000)
    assert [s.base_offset for s in bench.partition().log.segments] == [2, 3]
    assert bench.told(events.SegmentsDeleted)[0].why == "log start"


# --- followers ------------------------------------------------------------------------------------


@pytest.fixture
def following():
    bench = Bench()
    bench.topic(leader=2)
    bench.pass_ms(1)
    return bench


def answer(bench, **part):
    (request,) = bench.fetches
    asked = request.body.parts[0]
    bench.answer(request, m.FetchResponse([m.FetchedPart(T, 0, **part)]))
    return asked


def fetched(*values):
    from tests.unit.broker.bench import batch

    return [batch(value).placed(offset, 0) for offset, value in enumerate(values)]


def test_a_followers_log_begins_where_its_leaders_does(following):
    answer(following, high_watermark=3, log_start=0, records=fetched("a", "b", "c"))
    answer(following, high_watermark=3, log_start=2)
    assert following.partition().log.log_start == 2
    (request,) = following.fetches
    assert request.body.parts[0].log_start == 2


def test_but_never_beyond_its_own_high_watermark(following):
    answer(following, high_watermark=3, log_start=2, records=fetched("a"))
    assert following.partition().log.log_start == 1


def test_a_follower_whose_end_the_leader_has_deleted_begins_again_there(following):
    answer(following, high_watermark=2, log_start=0, records=fetched("a", "b"))
    answer(following, error=errors.OFFSET_OUT_OF_RANGE, high_watermark=90, log_start=50)
    log = following.partition().log
    assert (log.log_start, log.log_end, following.partition().high_watermark) == (50, 50, 50)
    (request,) = following.fetches
    assert (request.body.parts[0].offset, request.body.parts[0].log_start) == (50, 50)


def test_an_error_without_a_start_is_only_tried_again(following):
    answer(following, high_watermark=2, log_start=0, records=fetched("a", "b"))
    answer(following, error=errors.OFFSET_OUT_OF_RANGE, high_watermark=1, log_start=0)
    assert following.partition().log.log_end == 2
    assert following.fetches == []
    following.pass_ms(501)
    assert len(following.fetches) == 1
    assert following.now >= 500 * MS
