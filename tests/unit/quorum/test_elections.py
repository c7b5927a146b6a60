"""Who leads, who is in sync: each rule of elections.py."""

import pytest

from engine.quorum.elections import change_isr, come_back, leave, place, prefer
from tests.unit.quorum.images import image, topic

UNCLEAN = {"unclean_leader_election_enable": "true"}


def only(decisions):
    (decision,) = decisions
    return decision.now.leader, decision.now.isr, decision.now.leader_epoch, decision.why


# --- who leaves -----------------------------------------------------------------------------------


def test_the_next_in_sync_by_assignment_leads():
    it = image()
    topic(it, 1, (1, 3, 2), (1, 2, 3))
    assert only(leave(it, 1, "failover")) == (2, [3, 2], 5, "failover")


def test_a_replica_outside_the_isr_does_not_lead():
    it = image()
    topic(it, 1, (1, 3))
    assert only(leave(it, 1, "failover")) == (3, [3], 5, "failover")


@pytest.mark.parametrize("state", [{"fenced": (2,)}, {"stopping": (2,)}])
def test_nor_does_one_that_is_not_active(state):
    it = image(**state)
    topic(it, 1, (1, 2, 3))
    assert only(leave(it, 1, "failover"))[0] == 3


def test_a_follower_leaves_the_isr_and_the_leader_and_its_epoch_stay():
    it = image()
    topic(it, 1, (1, 2, 3))
    assert only(leave(it, 3, "failover")) == (1, [1, 2], 4, "failover")


def test_the_last_in_sync_stays_in_the_isr_and_the_partition_waits_for_it():
    """It alone may hold what was acknowledged."""
    it = image()
    topic(it, 1, (1,))
    assert only(leave(it, 1, "failover")) == (-1, [1], 5, "failover")


def test_having_no_leader_is_an_epoch_too():
    it = image(fenced=(2, 3))
    topic(it, 1, (1, 2, 3))
    assert only(leave(it, 1, "failover"))[:3] == (-1, [2, 3], 5)


def test_who_has_no_part_in_it_changes_nothing():
    it = image(4)
    topic(it, 1, (1, 2))
    assert leave(it, 3, "failover") == leave(it, 4, "failover") == []


def test_a_partition_without_a_leader_stays_as_it_is_when_its_last_leaves_again():
    it = image()
    topic(it, -1, (1,))
    assert leave(it, 1, "failover") == []


def test_each_change_is_a_new_partition_epoch():
    it = image()
    topic(it, 1, (1, 2, 3))
    assert leave(it, 3, "failover")[0].now.partition_epoch == 8


def test_all_partitions_of_the_broker_are_decided():
    it = image()
    topic(it, 1, (1, 2), name="a")
    topic(it, 2, (2, 1), name="b")
    topic(it, 2, (2, 3), (2, 3), name="c")
    assert [(d.now.topic, d.now.leader) for d in leave(it, 1, "failover")] == [("a", 2), ("b", 2)]


# --- unclean elections ----------------------------------------------------------------------------


def test_where_it_is_allowed_anybody_active_leads_alone():
    it = image(fenced=(2,))
    topic(it, 1, (1,), **UNCLEAN)
    assert only(leave(it, 1, "failover")) == (3, [3], 5, "failover")


def test_where_it_is_allowed_an_in_sync_replica_still_comes_first():
    it = image()
    topic(it, 1, (1, 3), **UNCLEAN)
    assert only(leave(it, 1, "failover"))[:2] == (3, [3])


def test_with_nobody_active_it_waits_even_where_it_is_allowed():
    it = image(fenced=(2, 3))
    topic(it, 1, (1,), **UNCLEAN)
    assert only(leave(it, 1, "failover"))[:2] == (-1, [1])


def test_who_comes_back_first_leads_if_unclean_elections_are_allowed():
    it = image(fenced=(1, 3))
    topic(it, -1, (1,), **UNCLEAN)
    assert only(come_back(it, 2)) == (2, [2], 5, "unclean")


def test_but_not_past_an_active_member_of_the_isr():
    it = image(fenced=(3,))
    topic(it, -1, (1,), **UNCLEAN)
    assert come_back(it, 2) == []


# --- who comes back -------------------------------------------------------------------------------


def test_a_partition_that_waited_for_it_gets_its_leader():
    it = image()
    topic(it, -1, (2,))
    assert only(come_back(it, 2)) == (2, [2], 5, "returned")


def test_whoever_was_not_in_sync_is_not_waited_for():
    it = image()
    topic(it, -1, (2,))
    assert come_back(it, 3) == []


def test_a_partition_that_is_led_is_left_alone():
    it = image()
    topic(it, 1, (1, 2))
    assert come_back(it, 2) == []


# --- preferred leaders ----------------------------------------------------------------------------


def test_a_partition_goes_back_to_the_first_of_its_list():
    it = image()
    topic(it, 2, (1, 2))
    assert only(prefer(it)) == (1, [1, 2], 5, "preferred")


@pytest.mark.parametrize(
    ("leader", "isr", "fenced"),
    [(1, (1, 2), ()), (2, (2, 3), ()), (2, (1, 2), (1,)), (-1, (1,), ())],
    ids=["it leads already", "it is not in sync", "it is not active", "nobody leads: that is another matter"],
)
def test_otherwise_nothing_moves(leader, isr, fenced):
    it = image(fenced=fenced)
    topic(it, leader, isr)
    assert prefer(it) == []


# --- the leader's own wish ------------------------------------------------------------------------


def test_an_isr_keeps_the_order_of_the_replica_list():
    was = topic(image(), 2, (2, 1))
    decision = change_isr(was, [3, 2, 1], "caught up")
    assert (decision.now.isr, decision.now.leader_epoch, decision.now.partition_epoch) == ([1, 2, 3], 4, 8)
    assert not decision.new_leader


def test_a_decision_changes_nothing_by_itself():
    it = image()
    was = topic(it, 1, (1, 2, 3))
    leave(it, 1, "failover")
    assert it.partition("t", 0) is was
    assert was.isr == [1, 2, 3]


# --- where replicas go ----------------------------------------------------------------------------


def test_leaders_go_round_and_followers_are_the_next():
    assert place([1, 2, 3], 3, 2, 0) == [[1, 2], [2, 3], [3, 1]]
    assert place([1, 2, 3], 3, 3, 1) == [[2, 3, 1], [3, 1, 2], [1, 2, 3]]


def test_each_round_the_followers_move_one_further():
    """So the load of a dead leader falls on several (StripedReplicaPlacer)."""
    lists = place([1, 2, 3, 4], 8, 2, 0)
    assert [replicas[1] for replicas in lists if replicas[0] == 1] == [2, 3]


@pytest.mark.parametrize("brokers", [1, 2, 3, 5, 12])
@pytest.mark.parametrize("replication", [1, 2, 3, 12])
def test_no_broker_holds_a_partition_twice_and_leaders_are_even(brokers, replication):
    if replication > brokers:
        return
    lists = place(list(range(10, 10 + brokers)), 3 * brokers, replication, 7)
    assert all(len(set(replicas)) == replication for replicas in lists)
    leaders = [replicas[0] for replicas in lists]
    assert all(leaders.count(b) == 3 for b in range(10, 10 + brokers))


