"""What snapshots weigh: the bytes of files that are gone from the present count, those that are not cost nothing."""

from __future__ import annotations

from random import Random

import pytest

from engine.cluster import Cluster
from engine.live.journal import Position
from engine.live.snapshots import Budget, Shelf, Snapshot
from engine.machine import SECOND
from engine.storage.disk import MemoryDisk
from engine.storage.log import Log
from engine.world.plain import difference
from engine.world.snapshots import Freezer, freeze, thaw
from tests.unit.live.past_toys import SMALL, lived
from tests.unit.storage.making import a_batch

NOWHERE = Position(0, 0)


class Shelved:
    """A log whose snapshots are kept."""

    def __init__(self, **more):
        self.log = Log(MemoryDisk(1 << 40), "t", 0)
        self.shelf = Shelf(Budget(), **more)
        self._freezer = Freezer()
        self._step = 0

    def write(self, count, size=100_000):
        for _ in range(count):
            self.log.append_as_leader([a_batch(1, size=size)], 0)

    def take(self, seconds=1):
        self._step += 1
        frozen = self._freezer.freeze(self.log)
        frozen.step, frozen.at = self._step, self._step * seconds * SECOND
        self.shelf.add(Snapshot(frozen, NOWHERE))


def test_what_the_present_holds_too_costs_nothing():
    it = Shelved()
    for _ in range(10):
        it.write(10)
        it.take()
    assert it.shelf.size < 40_000


def test_a_deleted_log_is_held_by_its_snapshots_and_counts_until_they_are_gone():
    it = Shelved()
    it.write(10)
    it.take()
    it.take()
    it.log.truncate_fully_and_start_at(1000)
    it.take()
    assert 1_000_000 < it.shelf.size < 1_020_000
    assert it.shelf.give() and it.shelf.size > 1_000_000
    assert it.shelf.give() and it.shelf.size < 5_000
    assert not it.shelf.give()  # the newest stays


def test_of_a_log_that_was_cut_only_what_was_cut_counts():
    it = Shelved()
    it.write(20)
    it.take()
    it.log.truncate_to(17)
    it.take()
    assert 300_000 < it.shelf.size < 320_000
    it.log.truncate_to(15)
    it.take()
    assert 500_000 < it.shelf.size < 520_000


def test_what_replicas_share_counts_once():
    one, other = (Log(MemoryDisk(1 << 40), "t", 0) for _ in range(2))
    one.append_as_leader([a_batch(1, size=100_000)], 0)
    other.append_as_follower(one.read(0, 1 << 30, 1))
    shelf, freezer = Shelf(Budget()), Freezer()
    shelf.add(Snapshot(freezer.freeze((one, other)), NOWHERE))
    one.truncate_to(0)
    shelf.add(Snapshot(freezer.freeze((one, other)), NOWHERE))
    assert shelf.size < 20_000  # the other has it
    other.truncate_to(0)
    shelf.add(Snapshot(freezer.freeze((one, other)), NOWHERE))
    assert 100_000 < shelf.size < 120_000


def test_history_that_holds_too_much_of_what_is_gone_gets_shorter():
    it = Shelved(most=1_500_000)
    for turn in range(30):
        it.write(2)
        it.take()
        it.log.truncate_fully_and_start_at(100 * turn + 100)
        it.take()
        assert it.shelf.size < 1_500_000
    assert 5 < len(it.shelf.snapshots) < 20


def test_packed_and_sealed_snapshots_weigh_less_and_the_sum_stays_right():
    it = Shelved()
    for _ in range(40):
        it.write(60, size=100)
        it.take()
        before = it.shelf.size
        it.shelf.tidy()
        assert it.shelf.size < before
    assert it.shelf.size == sum(snapshot.frozen.size for snapshot in it.shelf.snapshots)
    while it.shelf.give():
        pass
    assert it.shelf.size == it.shelf.snapshots[0].frozen.size


def test_a_snapshot_made_again_stands_where_it_belongs():
    it = Shelved()
    for _ in range(10):
        it.take()
    missing = it.shelf.snapshots.pop(4)
    it.shelf._gone([missing])
    it.shelf.put_back(missing)
    it.shelf.put_back(missing)  # it is there already
    assert [snapshot.step for snapshot in it.shelf.snapshots] == list(range(1, 11))
    assert it.shelf.before(5).step == 5 and it.shelf.after(5).step == 6
    assert it.shelf.before(0) is None and it.shelf.after(10) is None
    assert it.shelf.before(8, 3 * SECOND).step == 3


@pytest.mark.parametrize("seed", range(3))
def test_a_cluster_thawed_in_mid_run_runs_on_to_the_same_end(seed):
    """With every kind of machine, brokers crashing, real clients coming and going."""
    live, dice = lived(seed, turns=30), Random(seed)
    world = live.world
    for _ in range(6):
        live.step(dice.randrange(1, 40))  # into an instant
        frozen = freeze(live.cluster)
        copy = thaw(frozen)
        assert difference(copy, live.cluster) == ""
        if dice.random() < 0.5:
            live.do(held=True, do=dice.choice(("crash_broker", "start_broker")), broker=dice.choice((1, 2, 3)))
            copy.world.apply(live.paper.groups[-1].inputs)
        world.advance(world.now + 2 * SECOND)
        copy.world.advance(world.now)
        assert copy.world.digest() == world.digest()
    assert difference(copy, live.cluster) == ""


def test_an_idle_cluster_costs_little_to_remember():
    cluster = Cluster({**SMALL, "producers": []}, 1)
    cluster.world.advance(60 * SECOND)
    freezer = Freezer()
    freezer.freeze(cluster).pack()
    cluster.world.advance(120 * SECOND)
    frozen = freezer.freeze(cluster)
    frozen.pack()
    assert frozen.size < 50_000
