"""Roles change only by what the controller says, and the high watermark outlives them."""

from engine.replication.follower import Follower
from engine.replication.leader import Leader
from tests.unit.replication.replicas import append, led, partition, record


def test_a_replica_has_no_role_before_it_is_told():
    made = partition()
    assert made.role is made.leader is made.follower is None


def test_it_becomes_a_leader_at_its_log_end():
    made = partition()
    append(made, 2)
    made.become(5, record(epoch=3))
    assert isinstance(made.role, Leader)
    assert (made.leader.epoch, made.leader.start, made.leader.isr) == (3, 2, [1, 2, 3])
    assert made.log.latest_epoch() == 3
    assert made.follower is None


def test_a_leader_alone_commits_what_it_has():
    made = partition()
    append(made, 2)
    assert made.become(0, record(isr=(1,)))
    assert made.high_watermark == 2


def test_it_becomes_a_follower_of_the_leader():
    made = partition()
    made.become(0, record(leader=2, epoch=4))
    assert isinstance(made.role, Follower)
    assert (made.follower.leader, made.follower.epoch) == (2, 4)
    assert made.leader is None


def test_a_change_of_the_isr_alone_changes_no_role():
    leader = led()
    role = leader.role
    leader.become(0, record(isr=(1, 2), change=1))
    assert leader.role is role
    assert (role.isr, role.partition_epoch) == ([1, 2], 1)

    follower = partition()
    follower.become(0, record(leader=2))
    role, role.retry_at = follower.role, 77
    follower.become(0, record(leader=2, isr=(1, 2), change=1))
    assert follower.role is role


def test_a_new_epoch_is_a_new_role():
    leader = led()
    role = leader.role
    leader.become(0, record(epoch=1))
    assert leader.role is not role

    follower = partition()
    follower.become(0, record(leader=2))
    role = follower.role
    follower.become(0, record(leader=2, epoch=1))
    assert follower.role is not role


def test_without_a_leader_there_is_no_role_either():
    made = led()
    made.become(0, record(leader=-1, epoch=1))
    assert made.role is None


def test_the_high_watermark_outlives_a_role():
    made = led(isr=(1,), records=3)
    made.leader.move_high_watermark(made)
    made.become(0, record(leader=2, epoch=1))
    assert made.high_watermark == 3
    made.become(0, record(leader=1, epoch=2))
    assert made.high_watermark == 3


def test_it_is_never_above_the_log():
    assert partition(mark=9).high_watermark == 0


def test_who_has_fetched_from_a_leader_is_forgotten_when_it_leads_no_more():
    made = led()
    made.fetched_by[7] = 3
    made.become(0, record(isr=(1, 2), change=1))
    assert made.fetched_by == {7: 3}
    made.become(0, record(leader=2, epoch=1))
    assert made.fetched_by == {}
