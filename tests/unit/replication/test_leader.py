"""The leader's side: what followers have, who is in sync, how far is safe."""

import pytest

from tests.unit.replication.replicas import append, led, record

S = 1_000_000_000


def fetch(partition, broker, offset, now=0, epoch=7):
    return partition.leader.fetched(now, partition, broker, epoch, offset)


# --- the high watermark ---------------------------------------------------------------------------


def test_it_is_the_least_log_end_over_the_isr():
    partition = led(records=3)
    assert not fetch(partition, 2, 3)
    assert fetch(partition, 3, 2)
    assert partition.high_watermark == 2
    assert fetch(partition, 3, 3)
    assert partition.high_watermark == 3


def test_of_a_leader_alone_it_is_the_log_end():
    partition = led(isr=(1,), records=2)
    assert partition.leader.move_high_watermark(partition)
    assert partition.high_watermark == 2


def test_whoever_is_not_in_sync_does_not_hold_it_back():
    partition = led(isr=(1, 2), records=3)
    assert fetch(partition, 2, 3)
    assert partition.high_watermark == 3


def test_it_never_falls_while_one_leader_leads():
    partition = led(records=3)
    fetch(partition, 2, 3)
    fetch(partition, 3, 3)
    assert not fetch(partition, 3, 1)  # a follower that lost its log: it will leave the ISR, what is said is said
    assert partition.high_watermark == 3


def test_before_all_have_fetched_nothing_is_known():
    partition = led(records=1)
    fetch(partition, 2, 1)
    assert partition.high_watermark == 0


def test_a_fetch_that_brings_no_news_moves_nothing():
    partition = led(isr=(1, 2), records=1)
    assert fetch(partition, 2, 1)
    assert not fetch(partition, 2, 1)


def test_a_broker_without_a_replica_is_nobody():
    partition = led(records=1)
    assert not fetch(partition, 9, 1)
    assert list(partition.leader.followers) == [2, 3]


def test_a_proposed_member_holds_it_back_before_the_controller_answers():
    """Either ISR may be the truth until then, so the larger one decides (KIP-497)."""
    partition = led(isr=(1, 2), records=1)
    fetch(partition, 3, 1)
    partition.leader.ask_for(partition, [1, 2, 3], "caught up")
    append(partition, 1)
    fetch(partition, 2, 2)
    assert partition.high_watermark == 1
    assert fetch(partition, 3, 2)
    assert partition.high_watermark == 2


def test_a_member_proposed_for_leaving_still_counts():
    partition = led(records=1)
    partition.leader.ask_for(partition, [1, 2], "lag")
    fetch(partition, 2, 1)
    assert partition.high_watermark == 0


def test_the_new_isr_counts_once_it_is_granted():
    partition = led(records=1)
    partition.leader.ask_for(partition, [1, 2], "lag")
    fetch(partition, 2, 1)
    assert partition.leader.take(partition, record(isr=(1, 2), change=1))
    assert partition.high_watermark == 1
    assert partition.leader.pending is None


def test_giving_a_proposal_up_lets_it_move():
    partition = led(isr=(1, 2), records=1)
    partition.leader.ask_for(partition, [1, 2, 3], "caught up")
    fetch(partition, 2, 1)
    assert partition.leader.give_up(partition)
    assert partition.high_watermark == 1


# --- who wants in ---------------------------------------------------------------------------------


def test_a_follower_has_earned_its_place_at_the_high_watermark():
    partition = led(isr=(1, 2), records=3)
    fetch(partition, 2, 2)
    fetch(partition, 3, 1)
    assert not partition.leader.wants_in(partition, 3)
    fetch(partition, 3, 2)
    assert partition.leader.wants_in(partition, 3)


def test_it_must_have_reached_the_start_of_this_leaders_epoch_too():
    """The high watermark of a new leader may be behind: what lies between could be committed (KIP-207)."""
    partition = led(isr=(1,), records=3)
    partition.high_watermark = 1
    partition.become(0, record(epoch=1, isr=(1, 2)))
    partition.high_watermark = 1
    fetch(partition, 3, 2)
    assert not partition.leader.wants_in(partition, 3)
    fetch(partition, 3, 3)
    assert partition.leader.wants_in(partition, 3)


def test_nobody_wants_in_twice_and_nobody_while_something_is_asked():
    partition = led(isr=(1, 2))
    fetch(partition, 2, 0)
    fetch(partition, 3, 0)
    assert not partition.leader.wants_in(partition, 2)
    partition.leader.ask_for(partition, [1, 2, 3], "caught up")
    assert not partition.leader.wants_in(partition, 3)
    assert not partition.leader.wants_in(partition, 9)


# --- who lags -------------------------------------------------------------------------------------


def test_whoever_was_not_at_the_end_for_too_long_lags():
    partition = led(records=1, now=0)
    fetch(partition, 2, 1, now=5 * S)
    assert partition.leader.lagging(10 * S, partition, 10 * S) == []
    assert partition.leader.lagging(10 * S + 1, partition, 10 * S) == [3]
    append(partition, 1)
    assert partition.leader.lagging(16 * S, partition, 10 * S) == [2, 3]


def test_whoever_has_everything_never_lags():
    partition = led(records=1)
    fetch(partition, 2, 1)
    fetch(partition, 3, 1)
    assert partition.leader.lagging(1_000 * S, partition, S) == []


def test_a_new_leader_gives_everybody_time():
    partition = led(records=1, now=100 * S)
    assert partition.leader.lagging(105 * S, partition, 10 * S) == []


def test_whoever_has_what_there_was_at_its_last_fetch_keeps_up():
    """Kafka's rule (``Replica.updateFetchStateOrThrow``): on a busy log nobody is ever quite at the end."""
    partition = led(isr=(1, 2))
    for second in range(20):
        append(partition, 1)
        fetch(partition, 2, second, now=second * S)
    assert partition.leader.followers[2].caught_up_at == 18 * S
    assert partition.leader.lagging(20 * S, partition, 5 * S) == []


# --- proposals ------------------------------------------------------------------------------------


def test_a_proposal_carries_epochs_and_the_lives_of_its_members():
    partition = led(isr=(1, 2))
    partition.leader.partition_epoch = 4
    fetch(partition, 3, 0, epoch=33)
    change = partition.leader.ask_for(partition, [1, 3], "lag")
    assert (change.leader_epoch, change.partition_epoch, change.why) == (0, 4, "lag")
    assert change.isr == [(1, -1), (3, 33)]


def test_only_one_is_under_way_at_a_time():
    partition = led()
    partition.leader.ask_for(partition, [1, 2], "lag")
    with pytest.raises(AssertionError):
        partition.leader.ask_for(partition, [1], "lag")
