"""Full, slow and broken disks under a cluster at work: errors for clients, never a broken log."""

from __future__ import annotations

import copy

import pytest

from engine import events
from engine.machine import SECOND
from engine.world.plain import state_digest
from tests.unit.cluster.sandbox import Sandbox

SCENARIO = {
    "brokers": 3,
    "topics": [{"topic": "pedidos", "partitions": 1, "replication": 3, "min_insync_replicas": 2}],
    "producers": [{"producer": "loja", "topic": "pedidos", "rate": 20.0}],
    "config": {"replica_lag_time_max_ms": 5_000},
}


@pytest.fixture
def sandbox():
    box = Sandbox(SCENARIO, keep_record=True)
    run(box, 3)
    return box


def run(box, seconds):
    box.world.advance(box.world.now + int(seconds * SECOND))


def told(box, kind):
    return [one.event for one in box.world.told if isinstance(one.event, kind)]


def state(box):
    return box.cluster.image.partition("pedidos", 0)


def ends(box):
    return {b: box.cluster.broker(b).partitions["pedidos", 0].log.log_end for b in (1, 2, 3)}


def content(box, broker):
    log = box.cluster.broker(broker).partitions["pedidos", 0].log
    return [(b.base_offset, b.leader_epoch, b.crc) for b in log.batches(log.log_start, log.log_end)]


def all_is_well(box):
    """The producer gets through again, all replicas are equal, and nothing acknowledged is missing."""
    box.do("stop_producer", producer="loja")
    run(box, 20)
    assert sorted(state(box).isr) == [1, 2, 3]
    assert content(box, 1) == content(box, 2) == content(box, 3)
    (producer,) = box.cluster.producers()
    log_end = ends(box)[1]
    offsets = [offset for _, _, offset, _ in producer.acknowledged]
    assert len(offsets) == len(set(offsets)) == log_end


def test_a_follower_whose_disk_is_full_leaves_the_isr_and_comes_back_when_there_is_room(sandbox):
    follower = next(b for b in (1, 2, 3) if b != state(sandbox).leader)
    sandbox.do("fill_disk", broker=follower)
    run(sandbox, 12)
    assert follower not in state(sandbox).isr and len(state(sandbox).isr) == 2
    assert [e.broker for e in told(sandbox, events.DiskFull)] == [follower]
    before = ends(sandbox)
    run(sandbox, 3)
    assert ends(sandbox)[follower] == before[follower] < ends(sandbox)[state(sandbox).leader]
    sandbox.do("free_disk", broker=follower)
    run(sandbox, 5)
    assert follower in state(sandbox).isr
    assert [e.broker for e in told(sandbox, events.DiskHasRoom)] == [follower]
    all_is_well(sandbox)


def test_a_leader_whose_disk_is_full_refuses_and_goes_on_when_there_is_room(sandbox):
    leader = state(sandbox).leader
    sandbox.do("fill_disk", broker=leader)
    run(sandbox, 5)
    refused = [e for e in told(sandbox, events.ProduceRefused) if e.error == "KAFKA_STORAGE_ERROR"]
    assert refused
    before = ends(sandbox)
    run(sandbox, 2)
    assert ends(sandbox) == before
    sandbox.do("free_disk", broker=leader)
    run(sandbox, 5)
    assert ends(sandbox)[leader] > before[leader]
    all_is_well(sandbox)


def test_a_broker_with_a_full_disk_can_be_crashed_and_started(sandbox):
    leader = state(sandbox).leader
    sandbox.do("fill_disk", broker=leader)
    run(sandbox, 2)
    sandbox.do("crash_broker", broker=leader)
    run(sandbox, 3)
    sandbox.do("start_broker", broker=leader)
    run(sandbox, 3)
    sandbox.do("free_disk", broker=leader)
    run(sandbox, 5)
    all_is_well(sandbox)


def test_deleting_a_topic_makes_room(sandbox):
    sandbox.do("create_topic", topic="large", partitions=1, replication=3)
    run(sandbox, 1)
    for _ in range(10):
        sandbox.do("produce", topic="large", value="x" * 90_000)
    run(sandbox, 3)
    disk = sandbox.cluster.places[state(sandbox).leader].disk
    disk.quota = disk.used + 500
    run(sandbox, 3)
    assert told(sandbox, events.DiskFull)
    sandbox.do("delete_topic", topic="large")
    run(sandbox, 5)
    assert told(sandbox, events.DiskHasRoom)
    all_is_well(sandbox)


def test_on_a_nearly_full_disk_small_records_fit_and_large_ones_do_not_but_it_is_told_once(sandbox):
    disk = sandbox.cluster.places[state(sandbox).leader].disk
    for _ in range(5):
        disk.fill(700)
        sandbox.do("produce", topic="pedidos", value="x" * 5000)
        run(sandbox, 1)
    assert len(told(sandbox, events.DiskFull)) == 1 and not told(sandbox, events.DiskHasRoom)
    sandbox.do("free_disk", broker=state(sandbox).leader)
    run(sandbox, 5)
    assert len(told(sandbox, events.DiskHasRoom)) == 1


def test_a_cluster_with_the_cleaner_at_work_can_be_copied(sandbox):
    configs = {"segment.bytes": "1024", "cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0"}
    sandbox.do("create_topic", topic="saldo", partitions=1, replication=3, configs=configs)
    run(sandbox, 1)
    leader = sandbox.cluster.image.partition("saldo", 0).leader
    sandbox.do("slow_disk", broker=leader, ms=3000)
    for number in range(6):
        sandbox.do("produce", topic="saldo", key="k", value=str(number) * 900)
        run(sandbox, 0.2)
    while sandbox.cluster.broker(leader).logs.round is None:
        run(sandbox, 0.1)
    run(sandbox, 1)
    twin = copy.deepcopy(sandbox.cluster)
    for cluster in (sandbox.cluster, twin):
        cluster.world.advance(cluster.world.now + 30 * SECOND)
        log = cluster.broker(leader).partitions["saldo", 0].log
        assert [batch.base_offset for batch in log.batches(0, 6) if batch.count] == [4, 5]
    assert twin.world.digest() == sandbox.world.digest()
    assert state_digest(twin.world) == state_digest(sandbox.world)


def test_a_slow_disk_delays_flushes_and_nothing_else(sandbox):
    sandbox.do("create_topic", topic="rolls", partitions=1, replication=1, min_insync_replicas=1,
               configs={"segment.bytes": "1024"})  # fmt: skip
    run(sandbox, 1)
    broker = sandbox.cluster.image.partition("rolls", 0).leader
    sandbox.do("slow_disk", broker=broker, ms=2000)
    log = sandbox.cluster.broker(broker).partitions["rolls", 0].log
    for number in range(3):
        sandbox.do("produce", topic="rolls", value=str(number) * 900)
        run(sandbox, 0.2)
    assert log.log_end == 3 and log.recovery_point == 0
    run(sandbox, 10)
    assert log.recovery_point == 2
    all_is_well(sandbox)


def test_a_broken_disk_ends_the_broker_and_its_log_is_sound_in_its_next_life(sandbox):
    sandbox.do("create_topic", topic="rolls", partitions=1, replication=3, configs={"segment.bytes": "1024"})
    run(sandbox, 1)
    broker = state(sandbox).leader
    sandbox.do("fail_disk", broker=broker)
    for number in range(3):
        sandbox.do("produce", topic="rolls", value=str(number) * 900)
        run(sandbox, 0.5)
    assert not sandbox.cluster.alive(broker)
    (failed,) = told(sandbox, events.LogDirFailed)
    assert failed.broker == broker
    run(sandbox, 3)
    sandbox.do("fail_disk", broker=broker, mended=True)
    sandbox.do("start_broker", broker=broker)
    run(sandbox, 5)
    all_is_well(sandbox)
