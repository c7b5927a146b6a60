"""Where a follower cuts its log when it has left its leader's."""

import pytest

from engine.replication.follower import Follower, cut_to
from engine.storage.disk import MemoryDisk
from engine.storage.log import Log
from tests.unit.storage.making import a_batch


def a_log(*epochs):
    """One record an entry, each of the epoch given."""
    log = Log(MemoryDisk(), "pedidos", 0)
    for epoch in epochs:
        log.append_as_leader([a_batch()], epoch)
    return log


@pytest.mark.parametrize(
    ("ours", "leaders", "to"),
    [
        ((0, 0, 0), (0, 2), 2),  # the leader has less of the same epoch
        ((0, 0, 0), (0, 5), 3),  # it has more: nothing to cut
        ((0, 0, 1, 1), (0, 3), 2),  # it never knew our epoch 1, and has more of epoch 0 than we: where ours ended
        ((0, 0, 1, 1), (0, 1), 1),
        ((0, 2, 4), (3, 2), 2),  # it names an epoch we never had: our largest below it counts
        ((0, 2, 4), (1, 9), 1),
        ((3, 3), (2, 0), 0),  # nothing of ours is as old as that
    ],
)
def test_it_cuts_to_where_both_agree(ours, leaders, to):
    assert cut_to(a_log(*ours), leaders) == to


def test_it_never_cuts_to_beyond_its_end():
    assert cut_to(a_log(), (5, 9)) == 0


def test_a_follower_begins_by_fetching_at_once():
    follower = Follower(2, 7)
    assert (follower.leader, follower.epoch, follower.retry_at) == (2, 7, 0)
