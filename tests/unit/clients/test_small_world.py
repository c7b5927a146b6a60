"""Simulated clients among real brokers: what must hold whatever happens to the brokers."""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any

import pytest

from engine.clients.consumer import Consumer
from engine.clients.producer import Producer
from engine.cluster import Cluster
from engine.events import GenerationFormed, ProduceRefused
from engine.machine import SECOND
from engine.wire.records import decode_records
from engine.world.inputs import COMMAND
from engine.world.plain import state_digest

TOPIC = "pedidos"


def small_world(*, rate: float = 10.0, consumers: int = 2, min_insync: int = 2, **group: Any) -> Cluster:
    data = {
        "name": "small",
        "topics": [{"topic": TOPIC, "partitions": 3, "replication": 3, "min_insync_replicas": min_insync}],
        "producers": [{"producer": "loja", "topic": TOPIC, "rate": rate}],
        "groups": [{"group": "A", "topic": TOPIC, "consumers": consumers, "poll_ms": 200, **group}],
    }
    cluster = Cluster(data, 3, keep_record=True)
    run(cluster, 5)
    return cluster


def run(cluster: Cluster, seconds: float) -> None:
    cluster.world.advance(cluster.world.now + int(seconds * SECOND))


def do(cluster: Cluster, command: str, **fields: Any) -> None:
    (result,) = cluster.world.admit(cluster.world.now, [("test", COMMAND, {"do": command, **fields})])[1]
    assert isinstance(result, dict), result
    cluster.world.finish_instant()


def loja(cluster: Cluster) -> Producer:
    return cluster.producers()[0]


def come_to_rest(cluster: Cluster, seconds: float = 30) -> None:
    """No more records; everything under way is finished."""
    do(cluster, "stop_producer", producer="loja")
    run(cluster, seconds)
    assert loja(cluster).waiting == 0


def written(cluster: Cluster) -> dict[tuple[str, int, int], bytes | None]:
    """All records, by (topic, partition, offset), as their leaders have them."""
    found = {}
    for partition in cluster.image.topics[TOPIC].partitions.values():
        log = cluster.broker(partition.leader).partitions[TOPIC, partition.partition].log
        for batch in log.batches(log.log_start, log.log_end):
            for record in decode_records(batch):
                found[TOPIC, partition.partition, record.offset] = record.value
    return found


def delivered(*consumers: Consumer) -> Counter[tuple[str, int, int]]:
    return Counter((topic, p, offset) for consumer in consumers for topic, p, offset, _ in consumer.delivered_log)


def test_every_record_arrives_once_when_nothing_goes_wrong() -> None:
    cluster = small_world()
    run(cluster, 20)
    come_to_rest(cluster, 5)
    it = loja(cluster)
    assert it.sent == it.acked == len(written(cluster)) > 200
    assert delivered(*cluster.consumers()) == Counter(written(cluster).keys())
    assert [len(ps) for c in cluster.consumers() for ps in c.assigned.values()] == [2, 1]


@pytest.mark.parametrize("broker", [1, 2, 3])
def test_no_record_is_lost_or_doubled_when_a_broker_crashes(broker: int) -> None:
    cluster = small_world(rate=40.0)
    do(cluster, "crash_broker", broker=broker)
    run(cluster, 20)
    do(cluster, "start_broker", broker=broker)
    run(cluster, 20)
    come_to_rest(cluster)
    it, records = loja(cluster), written(cluster)
    assert it.sent == it.acked == len(records) and it.failed == 0
    assert {(topic, p, offset) for topic, p, offset, _ in it.acknowledged} == set(records)
    assert set(delivered(*cluster.consumers())) == set(records)


def test_a_rolling_restart_costs_nothing_and_delivers_nothing_twice() -> None:
    cluster = small_world(rate=40.0)
    for broker in (1, 2, 3):
        do(cluster, "stop_broker", broker=broker)
        run(cluster, 10)
        do(cluster, "start_broker", broker=broker)
        run(cluster, 10)
    come_to_rest(cluster)
    assert loja(cluster).sent == loja(cluster).acked == len(written(cluster))
    assert delivered(*cluster.consumers()) == Counter(written(cluster).keys())


def test_without_enough_replicas_the_producer_is_told_no_and_nothing_is_lost() -> None:
    cluster = small_world(min_insync=3)
    do(cluster, "crash_broker", broker=2)
    run(cluster, 10)
    told = [told.event for told in cluster.world.told if isinstance(told.event, ProduceRefused)]
    assert {event.error for event in told} == {"NOT_ENOUGH_REPLICAS", "NOT_ENOUGH_REPLICAS_AFTER_APPEND"}
    assert loja(cluster).waiting > 50 and loja(cluster).failed == 0
    do(cluster, "start_broker", broker=2)
    come_to_rest(cluster)
    assert loja(cluster).sent == loja(cluster).acked == len(written(cluster))


def test_an_outage_longer_than_the_delivery_timeout_costs_records_but_doubles_none() -> None:
    cluster = small_world(min_insync=3)
    do(cluster, "crash_broker", broker=2)
    run(cluster, 150)
    it = loja(cluster)
    assert it.failed > 250
    do(cluster, "start_broker", broker=2)
    come_to_rest(cluster, 60)
    values = Counter(written(cluster).values())
    assert it.acked <= len(written(cluster)) <= it.sent and it.acked + it.failed == it.sent
    assert set(delivered(*cluster.consumers())) == set(written(cluster))
    assert sum(values.values()) == len(written(cluster))


def test_a_crashed_consumer_is_replaced_after_its_session_and_its_uncommitted_records_come_again() -> None:
    cluster = small_world()
    victim = cluster.consumers()[0]
    run(cluster, 7)
    do(cluster, "crash_consumer", consumer=victim.name)
    run(cluster, 60)
    come_to_rest(cluster, 10)
    (left,) = cluster.consumers()
    assert left.assigned == {TOPIC: [0, 1, 2]}
    counts = delivered(victim, left)
    assert set(counts) == set(written(cluster))
    assert 0 < sum(n - 1 for n in counts.values()) < 60  # at least once: up to five seconds of records twice


def test_a_consumer_that_leaves_hands_over_without_doubling() -> None:
    cluster = small_world()
    leaver = cluster.consumers()[1]
    do(cluster, "remove_consumer", consumer=leaver.name)
    run(cluster, 10)
    come_to_rest(cluster, 10)
    assert leaver.idle
    assert cluster.consumers()[0].assigned == {TOPIC: [0, 1, 2]}
    assert delivered(leaver, cluster.consumers()[0]) == Counter(written(cluster).keys())


@pytest.mark.parametrize("assignor", ["range", "roundrobin", "sticky"])
def test_consumers_that_come_one_by_one_share_evenly_and_double_nothing(assignor: str) -> None:
    cluster = small_world(assignor=assignor, consumers=1)
    for _ in range(2):
        do(cluster, "add_consumer", group="A")
        run(cluster, 10)
    assert sorted(ps for c in cluster.consumers() for ps in c.assigned[TOPIC]) == [0, 1, 2]
    assert [len(c.assigned[TOPIC]) for c in cluster.consumers()] == [1, 1, 1]
    come_to_rest(cluster)
    assert delivered(*cluster.consumers()) == Counter(written(cluster).keys())


def test_a_stuck_consumer_holds_up_the_rebalance_until_its_poll_interval_is_over() -> None:
    cluster = small_world(consumers=1)
    stuck = cluster.consumers()[0]
    do(cluster, "stop_consumer", consumer=stuck.name)
    do(cluster, "add_consumer", group="A")
    run(cluster, 290)
    newcomer = cluster.consumers()[1]
    assert newcomer.assigned == {}
    run(cluster, 20)
    assert newcomer.assigned == {TOPIC: [0, 1, 2]} and stuck.assigned == {}
    do(cluster, "start_consumer", consumer=stuck.name)
    run(cluster, 10)
    assert sorted(len(c.assigned[TOPIC]) for c in cluster.consumers()) == [1, 2]


def test_the_death_of_the_coordinator_is_no_rebalance() -> None:
    cluster = small_world()
    generation = cluster.consumers()[0].membership.generation
    node = cluster.consumers()[0].coordinator.node
    assert node is not None
    do(cluster, "crash_broker", broker=int(node[1:]))
    run(cluster, 30)
    assert [c.membership.generation for c in cluster.consumers()] == [generation] * 2
    assert all(c.coordinator.node not in (None, node) for c in cluster.consumers())


def test_a_topic_deleted_and_made_again_is_written_and_read_again() -> None:
    cluster = small_world()
    do(cluster, "delete_topic", topic=TOPIC)
    run(cluster, 10)
    assert all(c.assigned == {} for c in cluster.consumers())
    do(cluster, "create_topic", topic=TOPIC, partitions=4, replication=2)
    run(cluster, 30)
    assert sorted(p for c in cluster.consumers() for p in c.assigned[TOPIC]) == [0, 1, 2, 3]
    come_to_rest(cluster, 130)
    offsets = {key for c in cluster.consumers() for key in c.position.items()}
    ends: dict[tuple[str, int], int] = {}
    for topic, partition, offset in written(cluster):
        ends[topic, partition] = max(ends.get((topic, partition), 0), offset + 1)
    assert {key: ends.get(key, 0) for key, _ in offsets} == dict(offsets)


def test_a_group_without_work_and_a_stopped_producer_cost_almost_nothing() -> None:
    cluster = small_world(consumers=2)
    come_to_rest(cluster)
    nodes: Counter[str] = Counter()

    class Counting:
        def after(self, world: Any, node: Any, message: Any, effects: Any) -> None:
            nodes[node.name] += message is not None

    cluster.world.observer = Counting()
    run(cluster, 300)
    clients = {name: n / 300 for name, n in nodes.items() if ":" in name or name in ("admin", "composer")}
    assert max(clients.values()) < 1 and sum(clients.values()) < 2


def test_a_copy_in_mid_run_runs_on_equally() -> None:
    cluster = small_world(rate=200.0)
    do(cluster, "crash_broker", broker=2)
    run(cluster, 1.2345)
    twin = copy.deepcopy(cluster)
    for it in (cluster, twin):
        run(it, 3)
        do(it, "start_broker", broker=2)
        do(it, "add_consumer", group="A")
        run(it, 10)
    assert cluster.world.digest() == twin.world.digest()
    for one, other in zip(cluster.consumers(), twin.consumers(), strict=True):
        assert state_digest(one) == state_digest(other)
    assert state_digest(loja(cluster)) == state_digest(loja(twin))


def test_looking_changes_nothing() -> None:
    dark, lit = small_world(), small_world()
    lit.world.traced = True
    for it in (dark, lit):
        do(it, "crash_broker", broker=1)
        run(it, 10)
    assert dark.world.digest() == lit.world.digest()


def test_generations_are_few_when_members_come_together() -> None:
    cluster = small_world(consumers=5)
    run(cluster, 10)
    formed = [told for told in cluster.world.told if isinstance(told.event, GenerationFormed)]
    assert len(formed) == 1
