"""Roles as the metadata gives them, the ISR as the leader wants it, and high watermarks across lives."""

import pytest

from engine.config import Config
from engine.quorum import messages as q
from engine.quorum.records import BrokerChange, RegisterBroker
from engine.wire import errors
from tests.unit.broker.bench import MS, Bench, T


@pytest.fixture
def bench():
    bench = Bench()
    bench.topic(isr=(1, 2))
    return bench


def asked(bench):
    """(isr, why) of what the controller is being asked for."""
    return [([b for b, _ in c.isr], c.why) for r in bench.alterings for c in r.body.changes]


# --- letting in -----------------------------------------------------------------------------------


def test_a_follower_that_has_caught_up_is_proposed(bench):
    bench.produce("a", "b", acks=1)
    bench.follow(2, 1)
    bench.follow(3, 0)
    assert asked(bench) == []
    bench.follow(3, 1)  # the high watermark: there may be more in the log
    assert asked(bench) == [([1, 2, 3], "caught up")]


def test_the_proposal_names_the_life_in_which_the_follower_fetched(bench):
    """KIP-903: should it restart meanwhile, the controller will see."""
    bench.follow(3, 0)
    (request,) = bench.alterings
    assert request.body.changes[0].isr == [(1, -1), (2, -1), (3, 3)]
    assert request.body.epoch == 1


def test_one_proposal_is_under_way_at_a_time(bench):
    bench.follow(3, 0)
    bench.follow(3, 0)
    assert len(bench.alterings) == 1


def test_while_it_is_proposed_the_high_watermark_waits_for_it(bench):
    bench.follow(3, 0)
    call = bench.produce("a")
    bench.follow(2, 1)
    assert call.waits
    bench.follow(3, 1)
    assert call.part.error == 0


def test_a_granted_change_arrives_as_a_record(bench):
    bench.follow(3, 0)
    bench.answer(bench.alterings[0], q.AlterPartitionResponse(0, [0]))
    assert bench.partition().leader.pending == [1, 2, 3]
    bench.decide(isr=[1, 2, 3])
    assert (bench.partition().leader.isr, bench.partition().leader.pending) == ([1, 2, 3], None)


def test_once_refused_for_certain_the_follower_holds_nobody_back(bench):
    bench.decide(isr=[1])
    bench.follow(3, 0)
    call = bench.produce("a")
    assert call.waits
    bench.answer(bench.alterings[0], q.AlterPartitionResponse(0, [errors.INELIGIBLE_REPLICA]))
    assert call.part.error == 0
    assert bench.partition().leader.pending is None


@pytest.mark.parametrize("error", [errors.INVALID_UPDATE_VERSION, errors.FENCED_LEADER_EPOCH])
def test_a_refusal_because_of_newer_metadata_waits_for_that_metadata(bench, error):
    """It may be the echo of the very same change, carried out before, whose answer was lost."""
    bench.follow(3, 0)
    (first,) = bench.alterings
    bench.answer(first, q.AlterPartitionResponse(0, [error]))
    assert bench.partition().leader.pending == [1, 2, 3]
    bench.decide(isr=[1, 2])
    (second,) = bench.alterings
    before, after = (request.body.changes[0].partition_epoch for request in (first, second))
    assert after > before  # asked anew, of what is true now


def test_without_an_answer_the_same_is_asked_again(bench):
    """Until then either ISR may be the truth: the high watermark must not pass the follower."""
    bench.deaf.add("C1")
    bench.follow(3, 0)
    (first,) = bench.alterings
    call = bench.produce("a", timeout_ms=60_000)
    bench.follow(2, 1)
    bench.pass_ms(1_000)
    assert call.waits
    bench.pass_ms(250)
    assert bench.alterings[1].body == first.body
    assert call.waits


def test_nothing_is_asked_again_that_came_about_meanwhile(bench):
    bench.deaf.add("C1")
    bench.follow(3, 0)
    bench.pass_ms(1_000)
    bench.deaf.clear()
    bench.decide(isr=[1, 2, 3])
    before = len(bench.alterings)
    bench.pass_ms(250)
    assert len(bench.alterings) == before


def test_a_request_that_fails_as_a_whole_is_asked_again(bench):
    bench.follow(3, 0)
    bench.answer(bench.alterings[0], q.AlterPartitionResponse(errors.STALE_BROKER_EPOCH))
    assert bench.alterings == []
    bench.pass_ms(250)
    assert len(bench.alterings) == 1


@pytest.mark.parametrize("record", [BrokerChange(3, 3, fenced=True), BrokerChange(3, 3, False, stopping=True)])
def test_who_may_not_be_in_sync_is_not_proposed(bench, record):
    bench.records(record)
    bench.follow(3, 0)
    assert bench.alterings == []


def test_a_fetch_of_a_previous_life_proposes_nobody(bench):
    bench.records(RegisterBroker(3, 77), BrokerChange(3, 77, fenced=False))
    bench.follow(3, 0, broker_epoch=3)
    assert bench.alterings == []
    bench.follow(3, 0, broker_epoch=77)
    assert asked(bench) == [([1, 2, 3], "caught up")]


# --- leaving out ----------------------------------------------------------------------------------


@pytest.fixture
def quick():
    bench = Bench(config=Config(replica_lag_time_max_ms=1_000))
    bench.topic()
    return bench


def test_a_follower_that_lags_for_too_long_is_left_out(quick):
    quick.produce("a", acks=1)
    for _ in range(4):
        quick.follow(2, 1)
        quick.pass_ms(500)
    assert asked(quick) == [([1, 2], "lag")]


def test_a_follower_at_the_log_end_may_be_silent(quick):
    quick.followed(0)
    quick.pass_ms(10_000)
    assert asked(quick) == []


def test_a_follower_that_keeps_up_with_a_busy_log_stays_in_sync(quick):
    """It is never quite at the end: with each fetch it has what there was at the one before."""
    for n in range(30):
        quick.produce("a", acks=1)
        quick.follow(2, n)
        quick.follow(3, n)
        quick.pass_ms(100)
    assert asked(quick) == []


def test_a_follower_that_falls_behind_a_busy_log_is_left_out(quick):
    for n in range(30):
        quick.produce("a", "b", acks=1)
        quick.follow(2, 2 * n)
        quick.follow(3, n)
        quick.pass_ms(100)
    assert asked(quick)[0] == ([1, 2], "lag")


def test_all_partitions_of_a_leader_are_looked_at_together(quick):
    quick.followed(0)
    quick.topic("cliques", partitions=3)
    for p in range(3):
        quick.produce("a", acks=1, topic="cliques", partition=p)
    quick.pass_ms(1_500)
    (request,) = quick.alterings
    assert [(c.topic, c.partition) for c in request.body.changes] == [("cliques", p) for p in range(3)]


def test_however_often_leadership_comes_and_goes_it_looks_at_one_pace(quick):
    """The alarm is set once: a second one each time would never go away again."""
    for _ in range(5):
        quick.decide(leader=2)
        quick.decide(leader=1)
    assert len([alarm for _, _, alarm in quick.alarms if alarm.name == "isr"]) == 1
    quick.pass_ms(5_000)
    assert len([alarm for _, _, alarm in quick.alarms if alarm.name == "isr"]) == 1


def test_who_leads_nothing_does_not_look(quick):
    quick.decide(leader=2)
    quick.pass_ms(5_000)
    assert [alarm for _, _, alarm in quick.alarms if alarm.name == "isr"] == []
    quick.decide(leader=1)
    assert [alarm for _, _, alarm in quick.alarms if alarm.name == "isr"] != []


# --- the checkpoint of high watermarks ------------------------------------------------------------


def test_high_watermarks_are_written_down_as_kafka_does_and_found_again():
    first = Bench()
    first.topic()
    first.produce("a", "b", "c", acks=1)
    first.followed(2)
    first.pass_ms(5_000)
    assert first.broker.disk.read_all("replication-offset-checkpoint") == b"0\n1\npedidos 0 2\n"
    first.decide(leader=2)
    second = first.next_life()
    assert (second.partition().high_watermark, second.partition().log.log_end) == (2, 3)


def test_a_high_watermark_on_disk_is_never_above_the_log_found_there():
    bench = Bench(starts=False)
    bench.broker.disk.write_file("replication-offset-checkpoint", b"0\n1\npedidos 0 99\n")
    again = Bench(disk=bench.broker.disk, life=2)
    again.topic()
    assert again.partition().high_watermark == 0


def test_what_did_not_change_is_not_written_again(bench):
    bench.pass_ms(5_000)
    file = bench.broker.disk.files["replication-offset-checkpoint"]
    bench.pass_ms(5_000)
    assert bench.broker.disk.files["replication-offset-checkpoint"] is file


# --- configs --------------------------------------------------------------------------------------


def test_the_time_that_alarms_are_set_for_is_the_brokers_own(bench):
    assert all(at >= bench.now for at, _, _ in bench.alarms)
    assert bench.now == 1 * MS
    assert bench.partition(T).min_insync == 1
