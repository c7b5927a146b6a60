"""Faults as commands: what each does, what it tells, and what it refuses."""

import pytest

from engine import events
from engine.machine import MILLISECOND
from tests.unit.cluster.sandbox import BUSY, Sandbox


@pytest.fixture
def it():
    sandbox = Sandbox(BUSY)
    sandbox.pass_ms(2_000)
    return sandbox


def node(it, name):
    return it.world.nodes[name]


def told(it, kind):
    return [told.event for told in it.world.told if isinstance(told.event, kind)]


def log_path(it, broker, partition=0):
    return f"pedidos-{partition}/{0:020d}.log"


# --- brokers and their clocks


def test_a_power_cut_takes_what_was_not_synced(it):
    disk = it.cluster.places[1].disk
    before = {path: file.size for path, file in disk.files.items()}
    durable = {path: file.synced for path, file in disk.files.items()}
    result = it.do("power_off_broker", broker=1)
    assert it.broker(1)["state"] == "crashed"
    assert not it.cluster.alive(1)
    assert result["lost_bytes"] == sum(before.values()) - sum(file.size for file in disk.files.values()) > 0
    assert all(file.size >= durable[path] for path, file in disk.files.items())
    assert [(e.broker, e.lost_bytes) for e in told(it, events.BrokerPoweredOff)] == [(1, result["lost_bytes"])]
    it.refused("BROKER_NOT_AVAILABLE", "power_off_broker", broker=1)


def test_after_it_the_broker_comes_back_and_copies_what_it_lost(it):
    it.do("power_off_broker", broker=1)
    it.pass_ms(2_000)
    it.do("start_broker", broker=1)
    it.pass_ms(5_000)
    for partition in it.topic()["partitions"]:
        assert set(partition["isr"]) == {1, 2, 3}
        assert len({r["end"] for r in partition["replicas"]}) == 1


def test_a_paused_broker_is_fenced_and_returns(it):
    it.do("pause_broker", broker=2, ms=2_500)
    it.pass_ms(2_000)
    assert [e.broker for e in told(it, events.BrokerFenced)] == [2]
    it.pass_ms(2_000)
    assert set(it.topic()["partitions"][0]["isr"]) == {1, 2, 3}
    assert told(it, events.BrokerPaused) == [events.BrokerPaused(2, 2_500)]


def test_a_skewed_clock_is_ahead_and_may_drift(it):
    it.do("skew_clock", broker=1, ms=1_500, drift_ppm=20_000)
    now = it.world.now
    assert node(it, "B1").clock(now) - now == 1_500 * MILLISECOND
    it.pass_ms(1_000)
    assert node(it, "B1").clock(it.world.now) - it.world.now == 1_520 * MILLISECOND
    it.do("skew_clock", broker=1)
    assert node(it, "B1").clock(it.world.now) == it.world.now


# --- disks


def test_a_full_disk_refuses_producers_and_breaks_nothing(it):
    leader = it.topic()["partitions"][0]["leader"]
    it.do("fill_disk", broker=leader)
    it.do("produce", topic="pedidos", value="x" * 100, partition=0)
    it.pass_ms(300)
    assert {e.error for e in told(it, events.ProduceRefused)} == {"KAFKA_STORAGE_ERROR"}
    assert it.cluster.alive(leader)
    it.do("free_disk", broker=leader)
    it.pass_ms(3_000)
    waiting = [p.waiting for p in it.cluster.producers()]
    assert max(waiting) <= 2


def test_a_slow_disk_takes_its_time(it):
    it.do("slow_disk", broker=1, ms=700)
    assert node(it, "B1").disk_ns == 700 * MILLISECOND
    it.do("slow_disk", broker=1, ms=0)
    assert [e.ms for e in told(it, events.DiskSlowed)] == [700, 0]


def test_a_disk_that_fails_ends_the_broker_at_the_next_fsync(it):
    it.do("fail_disk", broker=1)
    it.do("stop_broker", broker=1)  # in good order, it would sync all its logs
    it.pass_ms(3_000)
    assert not it.cluster.alive(1)
    assert [e.broker for e in told(it, events.LogDirFailed)] == [1]
    it.do("fail_disk", broker=1, mended=True)
    it.do("start_broker", broker=1)
    it.pass_ms(3_000)
    assert set(it.topic()["partitions"][0]["isr"]) == {1, 2, 3}


def test_a_flipped_bit_is_found_when_the_log_is_opened_again(it):
    path = log_path(it, 1)
    end = it.cluster.broker(1).partitions["pedidos", 0].log.log_end
    assert end > 2
    it.do("flip_bit", broker=1, path=path, byte=80)
    assert it.cluster.broker(1).partitions["pedidos", 0].log.log_end == end
    it.do("crash_broker", broker=1)
    it.pass_ms(2_000)
    it.do("start_broker", broker=1)
    it.pass_ms(3_000)
    found = [(e.topic, e.partition, e.log_end) for e in told(it, events.LogRecovered)]
    assert found == [("pedidos", 0, 0)]
    assert set(it.topic()["partitions"][0]["isr"]) == {1, 2, 3}


def test_a_bit_must_be_somewhere(it):
    assert "no file" in it.refused("INVALID_REQUEST", "flip_bit", broker=1, path="nada", byte=0)
    size = it.cluster.places[1].disk.size(log_path(it, 1))
    assert f"{size:,} bytes" in it.refused("INVALID_REQUEST", "flip_bit", broker=1, path=log_path(it, 1), byte=size)
    it.refused("INVALID_REQUEST", "flip_bit", broker=1, path=log_path(it, 1), byte=-1)
    it.refused("INVALID_REQUEST", "flip_bit", broker=1, path=log_path(it, 1), byte=0, bit=8)


# --- the network


def test_a_link_is_cut_one_way_or_both_and_healed(it):
    links = it.world.links
    it.do("cut_link", source="B1", target="B2", both=False)
    assert links.is_cut("B1", "B2") and not links.is_cut("B2", "B1")
    it.do("cut_link", source="B1", target="loja")
    assert links.is_cut("B1", "producer:loja") and links.is_cut("producer:loja", "B1")
    it.do("heal_links", node="loja")
    assert links.is_cut("B1", "B2") and not links.is_cut("B1", "producer:loja")
    it.do("heal_links")
    assert not links.is_cut("B1", "B2")
    assert [e.node for e in told(it, events.LinksHealed)] == ["loja", ""]


def test_a_slow_link_is_slow(it):
    usual = it.world.links.latency("B1", "C1")
    it.do("delay_link", source="B1", target="C1", ms=300, both=False)
    assert it.world.links.latency("B1", "C1") == usual + 300 * MILLISECOND
    assert it.world.links.latency("C1", "B1") == usual


def test_an_isolated_broker_is_replaced_while_its_clients_still_reach_it(it):
    leader = it.topic()["partitions"][0]["leader"]
    it.do("isolate_broker", broker=leader)
    it.pass_ms(2_500)
    assert it.topic()["partitions"][0]["leader"] not in (leader, -1)
    assert not it.world.links.is_cut(f"B{leader}", "producer:loja")


def test_connections_are_reset_all_of_a_node_or_those_between_two(it):
    few = it.do("reset_connections", node="B1", other="C1")["connections"]
    all_of_it = it.do("reset_connections", node="B2")["connections"]
    assert 0 < few < all_of_it
    it.pass_ms(3_000)
    assert set(it.topic()["partitions"][0]["isr"]) == {1, 2, 3}


def test_a_zombie_consumer_is_missed_and_comes_back():
    it = Sandbox({**BUSY, "config": {"consumer_session_timeout_ms": 6_000, "consumer_heartbeat_interval_ms": 1_000}})
    it.pass_ms(3_000)
    it.do("pause_consumer", consumer="A-1", ms=7_500)
    it.pass_ms(7_000)
    assert [e.client for e in told(it, events.MemberExpired)] == ["A-1"]
    it.pass_ms(5_000)
    assert {c.name for c in it.cluster.consumers() if c.assigned} == {"A-1", "A-2"}


@pytest.mark.parametrize(
    ("do", "fields"),
    [("cut_link", {"target": "B1"}), ("delay_link", {"target": "B1"}), ("reset_connections", {})],
)
def test_a_node_that_does_not_exist(it, do, fields):
    name = "source" if fields else "node"
    assert "C1, B1, B2, B3" in it.refused("INVALID_REQUEST", do, **{name: "B9"}, **fields)


def test_a_node_has_no_link_to_itself(it):
    it.refused("INVALID_REQUEST", "cut_link", source="B1", target="B1")


@pytest.mark.parametrize("do", ["power_off_broker", "pause_broker", "slow_disk", "fill_disk", "free_disk", "fail_disk",
                                "isolate_broker", "skew_clock"])  # fmt: skip
def test_a_broker_that_does_not_exist(it, do):
    assert "there are 1, 2, 3" in it.refused("BROKER_ID_NOT_REGISTERED", do, broker=9)


# --- beside the faults


def test_a_topic_is_created_with_configs(it):
    it.do("create_topic", topic="estado", partitions=1, configs={"cleanup.policy": "compact", "segment.bytes": "2048"})
    it.pass_ms(100)
    assert it.cluster.image.topics["estado"].configs["cleanup.policy"] == "compact"
    assert it.cluster.broker(1).partitions["estado", 0].log.config.segment_bytes == 2048
    reason = it.refused("INVALID_CONFIG", "create_topic", topic="outro", configs={"cleanup.policy": "keep"})
    assert "cleanup.policy" in reason


def test_a_producer_that_lingers_sends_fewer_and_larger_batches():
    it = Sandbox({**BUSY, "producers": [{"producer": "loja", "topic": "pedidos", "rate": 20.0, "linger_ms": 500}]})
    it.pass_ms(5_000)
    log = it.cluster.broker(1).partitions["pedidos", 0].log
    batches = list(log.batches(log.log_start, log.log_end))
    assert log.log_end > 20
    assert len(batches) <= 12
