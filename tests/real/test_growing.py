"""Real admin clients let a topic grow and move its replicas; a real consumer shares a group with cooperative ones."""

from __future__ import annotations

import time
import uuid

import pytest

from engine.live.thread import HostThread
from engine.wire.partitioners import crc32_partition

SCENARIO = {
    "brokers": 4, "link_us": 200,
    "config": {"group_initial_rebalance_delay_ms": 100, "consumer_heartbeat_interval_ms": 300},
    "topics": [{"topic": "mudas", "partitions": 4, "replication": 2}],
    "groups": [
        {"group": "viveiro", "topic": "mudas", "poll_ms": 100, "consumers": 2, "assignor": "cooperative-sticky"},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def host():
    with HostThread.start(SCENARIO) as host:
        yield host


@pytest.fixture
def topic(host):
    name = f"t-{uuid.uuid4().hex[:8]}"
    host.do("create_topic", topic=name, partitions=2, replication=2)
    until(lambda: partitions(host, name))
    return name


def until(there, seconds=20):
    end = time.monotonic() + seconds
    while not (found := there()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)
    return found


def partitions(host, name):
    """The replicas of each partition, by what the stage is told."""
    topics = {topic["name"]: topic for topic in host.call("state")["topics"]}
    return [[r["broker"] for r in p["replicas"]] for p in topics[name]["partitions"]] if name in topics else []


def test_confluent_adds_partitions_and_its_keys_go_where_crc32_says(host, topic):
    from confluent_kafka import KafkaException, Producer
    from confluent_kafka.admin import AdminClient, NewPartitions

    admin = AdminClient({"bootstrap.servers": ",".join(host.kafka)})
    admin.create_partitions([NewPartitions(topic, 5, replica_assignment=[[3, 4], [4, 1], [2, 3]])])[topic].result(20)
    assert partitions(host, topic)[2:] == [[3, 4], [4, 1], [2, 3]]
    with pytest.raises(KafkaException, match="never taken away"):
        admin.create_partitions([NewPartitions(topic, 3)])[topic].result(20)
    told = []
    producer = Producer({"bootstrap.servers": ",".join(host.kafka)})
    for number in range(20):
        producer.produce(topic, "v", key=f"k{number}", on_delivery=lambda _, m: told.append((m.key(), m.partition())))
    producer.flush(20)
    assert sorted(told) == sorted((key, crc32_partition(key, 5)) for key, _ in told) and len(told) == 20


def test_kafka_python_adds_partitions_moves_replicas_and_calls_a_move_off(host, topic):
    from kafka import TopicPartition
    from kafka.admin import KafkaAdminClient

    admin = KafkaAdminClient(bootstrap_servers=host.kafka)
    try:
        admin.create_partitions({topic: 3})
        assert len(until(lambda: len(found := partitions(host, topic)) == 3 and found)) == 3
        there = partitions(host, topic)[0]
        elsewhere = [b for b in (1, 2, 3, 4) if b not in there]
        admin.alter_partition_reassignments({TopicPartition(topic, 0): elsewhere})
        until(lambda: partitions(host, topic)[0] == elsewhere)
        assert not admin.list_partition_reassignments([TopicPartition(topic, 0)])
    finally:
        admin.close()
    host.do("crash_broker", broker=there[0])
    until(lambda: all(p["leader"] != there[0] for topic in host.call("state")["topics"] for p in topic["partitions"]))
    admin = KafkaAdminClient(bootstrap_servers=[host.kafka[broker - 1] for broker in elsewhere])
    try:
        admin.alter_partition_reassignments({TopicPartition(topic, 0): there})
        until(lambda: partitions(host, topic)[0] == [*there, *elsewhere])
        assert admin.list_partition_reassignments([TopicPartition(topic, 0)])
        admin.alter_partition_reassignments({TopicPartition(topic, 0): None})
        until(lambda: partitions(host, topic)[0] == elsewhere)
    finally:
        admin.close()
        host.do("start_broker", broker=there[0])


def test_librdkafka_shares_a_group_with_cooperative_consumers_of_the_stage(host):
    from confluent_kafka import Consumer

    def shares():
        group = next(g for g in host.call("state")["groups"] if g["id"] == "viveiro")
        return {m["client"]: m["assigned"].get("mudas", []) for m in group["members"]}

    until(lambda: sorted(len(share) for share in shares().values()) == [2, 2])
    consumer = Consumer({
        "bootstrap.servers": ",".join(host.kafka), "group.id": "viveiro", "client.id": "de-fora",
        "partition.assignment.strategy": "cooperative-sticky", "auto.offset.reset": "earliest",
        "heartbeat.interval.ms": 300,
    })  # fmt: skip
    lost = []
    consumer.subscribe(["mudas"], on_revoke=lambda _, parts: lost.append(len(parts)))
    try:

        def spread():
            consumer.poll(0.05)
            return sorted(len(share) for share in shares().values()) == [1, 1, 2] and shares()

        found = until(spread, 40)
        assert sorted(p for share in found.values() for p in share) == [0, 1, 2, 3] and found["de-fora"]
        until(lambda: consumer.poll(0.05) is None and len(consumer.assignment()) == len(shares()["de-fora"]))
    finally:
        consumer.close()
    until(lambda: sorted(len(share) for share in shares().values()) == [2, 2], 30)
