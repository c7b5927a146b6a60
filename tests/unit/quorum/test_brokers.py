"""Brokers at the controller: registered once a life, alive by heartbeats, gone in good order or not."""

import pytest

from engine.events import BrokerFenced, BrokerUnfenced, IsrShrunk, LeaderElected, LeaderMissing
from engine.quorum import messages as q
from engine.wire import errors
from tests.unit.quorum.desk import Desk


@pytest.fixture
def desk():
    desk = Desk()
    desk.create()
    desk.events.clear()
    return desk


# --- registration ---------------------------------------------------------------------------------


def test_each_life_gets_a_larger_epoch():
    desk = Desk(0)
    first = desk.register(1, life=1)
    desk.register(2, life=1)
    assert desk.register(1, life=2) > first


def test_the_same_registration_sent_twice_is_one():
    desk = Desk(0)
    assert desk.register(1) == desk.register(1)
    assert desk.image.offset == 1


def test_a_registered_broker_is_fenced_until_it_has_read_the_log_up_to_its_registration():
    desk = Desk(0)
    epoch = desk.register(1)
    assert desk.beat(1, epoch - 1).fenced
    assert not desk.image.active(1)
    assert not desk.beat(1, epoch).fenced
    assert desk.image.active(1)
    assert desk.told(BrokerUnfenced) == [BrokerUnfenced(1)]


def test_a_new_life_ends_the_old_one_at_once(desk):
    """It need not be missed first: its leaderships move when it registers."""
    assert desk.state() == (1, [1, 2, 3], 0)
    desk.register(1, life=2)
    assert desk.state() == (2, [2, 3], 1)
    assert not desk.image.active(1)


def test_a_heartbeat_of_a_past_life_is_stale(desk):
    old = desk.epochs[1]
    desk.register(1, life=2)
    assert desk.beat(1, epoch=old).error == errors.STALE_BROKER_EPOCH
    assert not desk.image.active(1)


def test_a_heartbeat_of_a_broker_nobody_knows_is_stale(desk):
    assert desk.ask(q.HeartbeatRequest(9, 1, 0)).answer.error == errors.STALE_BROKER_EPOCH


# --- sessions -------------------------------------------------------------------------------------


def test_a_broker_that_is_silent_for_its_session_is_fenced(desk):
    desk.pass_ms(1_499, 2, 3)
    assert desk.image.active(1)
    desk.pass_ms(1, 2, 3)
    assert not desk.image.active(1)
    assert desk.told(BrokerFenced) == [BrokerFenced(1, 1_500)]


def test_its_leaderships_move_and_events_say_for_how_long_there_was_none(desk):
    desk.pass_ms(1_500, 2, 3)
    assert desk.state() == (2, [2, 3], 1)
    assert desk.told(LeaderElected) == [LeaderElected("t", 0, 2, 1, 1, [2, 3], "failover", 1_500)]
    assert desk.told(IsrShrunk) == [IsrShrunk("t", 0, [1], [2, 3], "fenced")]


def test_heartbeats_keep_it_alive(desk):
    desk.pass_ms(60_000, 1, 2, 3)
    assert desk.told(BrokerFenced) == []


def test_all_who_are_silent_are_fenced_and_the_last_in_sync_keeps_its_place(desk):
    desk.pass_ms(1_500)
    assert [e.broker for e in desk.told(BrokerFenced)] == [1, 2, 3]
    assert desk.state()[:2] == (-1, [3])
    assert desk.told(LeaderMissing) == [LeaderMissing("t", 0, 3, [3])]


def test_a_fenced_broker_that_is_heard_of_again_is_unfenced(desk):
    desk.pass_ms(1_500, 2, 3)
    assert not desk.beat(1).fenced
    assert desk.image.active(1)
    assert desk.state() == (2, [2, 3], 1)  # it has to catch up before it is in sync


def test_a_partition_that_waited_for_it_gets_its_leader_back(desk):
    desk.pass_ms(1_500)
    desk.pass_ms(3_000)
    desk.events.clear()
    desk.beat(1)
    assert desk.state()[0] == -1
    desk.beat(3)
    assert desk.state()[:2] == (3, [3])
    assert desk.told(LeaderElected) == [LeaderElected("t", 0, 3, 4, -1, [3], "returned", 3_000)]


def test_fenced_twice_is_fenced_once(desk):
    desk.pass_ms(60_000, 2, 3)
    assert len(desk.told(BrokerFenced)) == 1


def test_one_alarm_watches_over_all_sessions(desk):
    desk.pass_ms(10_000, 1, 2, 3)
    assert len([a for _, _, a in desk.alarms if a.name == "sessions"]) == 1


# --- controlled shutdown --------------------------------------------------------------------------


def test_leaderships_move_first_and_the_broker_goes_when_it_knows(desk):
    before = desk.image.offset
    answer = desk.beat(1, before, stop=True)
    assert (answer.fenced, answer.may_stop) == (False, False)
    assert desk.state() == (2, [2, 3], 1)
    assert desk.told(LeaderElected)[0].why == "shutdown"
    assert desk.told(LeaderElected)[0].leaderless_ms == 0
    answer = desk.beat(1, stop=True)
    assert (answer.fenced, answer.may_stop) == (True, True)
    assert desk.image.brokers[1].fenced


def test_nobody_waits_for_a_broker_that_has_stopped(desk):
    desk.beat(1, stop=True)
    desk.beat(1, stop=True)
    desk.events.clear()
    desk.pass_ms(60_000, 2, 3)
    assert desk.told(BrokerFenced) == []


def test_a_stopping_broker_gets_no_new_leaderships(desk):
    desk.beat(2, desk.image.offset, stop=True)
    desk.pass_ms(1_500, 3)
    assert desk.state()[:2] == (3, [3])


def test_a_stopping_broker_that_falls_silent_is_fenced(desk):
    desk.beat(1, 0, stop=True)
    desk.pass_ms(1_500, 2, 3)
    assert desk.told(BrokerFenced) == [BrokerFenced(1, 1_500)]
    assert desk.beat(1, stop=True).may_stop


def test_the_last_broker_may_go_at_once_and_its_partitions_wait_for_it():
    desk = Desk(1)
    desk.create(replication=1)
    assert desk.beat(1, stop=True).may_stop
    assert desk.state() == (-1, [1], 1)


def test_it_comes_back_as_a_new_life(desk):
    desk.beat(1, stop=True)
    desk.beat(1, stop=True)
    desk.join(1, life=2)
    assert desk.image.active(1)
