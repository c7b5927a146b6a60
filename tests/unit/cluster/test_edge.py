"""What the host tells of: a branch, nobody there, too much. All of it is an input, and replayed as one."""

import pytest

from engine import events
from engine.cluster import Cluster
from engine.world.inputs import BRANCH, FREEZE, QUOTA, THAW
from engine.world.plain import state_digest
from engine.world.replay import replay
from engine.world.snapshots import freeze, thaw
from tests.unit.cluster.sandbox import BUSY, Sandbox

TOLD = {"cluster_id": "riacho-branch", "of": "demo", "step": 7, "name": "Demo"}
FULL = {"full": True, "bytes": 900, "limit": 800}


@pytest.fixture
def it():
    return Sandbox(BUSY)


def test_a_branch_is_a_cluster_of_its_own_without_the_real_clients(it):
    it.pass_ms(1_000)
    it.client(it.coordinator("real")).join("real")
    it.pass_ms(500)
    assert it.state()["clients"]
    it.give(BRANCH, TOLD, "host")
    it.pass_ms(10)
    state = it.state()
    assert state["cluster_id"] == "riacho-branch" and state["clients"] == []
    assert {broker.cluster_id for broker in it.cluster.brokers()} == {"riacho-branch"}
    assert it.told(events.Branched) == [events.Branched("demo", 7, "Demo")]


def test_a_broker_that_starts_after_the_branch_belongs_to_it(it):
    it.give(BRANCH, TOLD, "host")
    it.do("crash_broker", broker=2)
    it.do("start_broker", broker=2)
    assert it.cluster.broker(2).cluster_id == "riacho-branch"


def test_a_branch_goes_its_way_and_what_it_was_branched_from_does_not_notice(it):
    it.pass_ms(500)
    before = state_digest(it.world)
    branch = thaw(freeze(it.cluster))
    branch.world.admit(branch.world.now, [("host", BRANCH, TOLD)])
    branch.world.advance(branch.world.now + 1_000_000_000)
    assert state_digest(it.world) == before != state_digest(branch.world)


def test_frozen_time_is_no_pause_that_anybody_asked_for(it):
    it.give(FREEZE, {}, "host")
    assert it.cluster.pace.still and not it.state()["pace"]["paused"]
    assert it.told(events.Paused) == [], "nobody is there to be told"
    it.give(THAW, {"away_ms": 60_000}, "host")
    assert not it.cluster.pace.still
    assert it.told(events.Thawed) == [events.Thawed(60_000)]


def test_thawed_a_pause_is_still_a_pause(it):
    it.do("pause")
    it.give(FREEZE, {}, "host")
    it.give(THAW, {"away_ms": 1}, "host")
    assert it.cluster.pace.still and it.state()["pace"]["paused"]


def test_a_branch_of_a_frozen_sandbox_runs(it):
    it.give(FREEZE, {}, "host")
    it.give(BRANCH, TOLD, "host")
    assert not it.cluster.pace.still


def test_full_disks_refuse_producers_and_keep_their_books(it):
    it.pass_ms(1_000)
    it.give(QUOTA, FULL, "host")
    assert it.told(events.StorageFull) == [events.StorageFull(900, 800)]
    it.pass_ms(5_000)
    assert it.told(events.ProduceRefused), "KAFKA_STORAGE_ERROR"
    assert all(refused.error == "KAFKA_STORAGE_ERROR" for refused in it.told(events.ProduceRefused))
    assert all(it.cluster.alive(broker) for broker in (1, 2, 3))


def test_with_room_again_producing_goes_on(it):
    it.pass_ms(1_000)
    it.give(QUOTA, FULL, "host")
    it.pass_ms(2_000)
    it.give(QUOTA, {**FULL, "full": False, "bytes": 10}, "host")
    acked = it.state()["producers"][0]["acked"]
    it.pass_ms(3_000)
    assert it.state()["producers"][0]["acked"] > acked
    assert it.told(events.StorageFreed) == [events.StorageFreed(10)]


def test_a_broker_that_is_added_to_a_full_sandbox_gets_a_full_disk(it):
    it.give(QUOTA, FULL, "host")
    it.do("add_broker")
    assert it.cluster.places[4].disk.quota == 0
    it.give(QUOTA, {**FULL, "full": False}, "host")
    assert it.cluster.places[4].disk.quota == it.cluster.config.disk_quota_bytes


def test_replayed_they_lead_to_the_same(it):
    it.pass_ms(700)
    it.give(FREEZE, {}, "host")
    it.give(THAW, {"away_ms": 5}, "host")
    it.give(QUOTA, FULL, "host")
    it.pass_ms(700)
    it.give(BRANCH, TOLD, "host")
    again = Cluster(BUSY, 1)
    replay(again.world, it.inputs)
    again.world.finish_instant()
    assert again.world.digest() == it.world.digest()
