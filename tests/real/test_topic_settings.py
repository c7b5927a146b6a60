"""Real admin clients change what topics are: configs at birth and later, records deleted, logs compacted."""

from __future__ import annotations

import time
import uuid

import pytest

from engine.live.thread import HostThread

SCENARIO = {
    "brokers": 3, "link_us": 200,
    "config": {"log_cleaner_backoff_ms": 200, "log_retention_check_interval_ms": 200},
}  # fmt: skip


@pytest.fixture(scope="module")
def host():
    with HostThread.start(SCENARIO) as host:
        yield host


@pytest.fixture
def name():
    return f"t-{uuid.uuid4().hex[:8]}"


def bootstrap(host):
    return ",".join(host.kafka)


def until(there, seconds=20):
    end = time.monotonic() + seconds
    while not (found := there()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)
    return found


def confluent(host):
    from confluent_kafka.admin import AdminClient

    return AdminClient({"bootstrap.servers": bootstrap(host)})


def create(admin, name, **config):
    from confluent_kafka.admin import NewTopic

    settings = {key.replace("_", "."): value for key, value in config.items()}
    admin.create_topics([NewTopic(name, 1, 3, config=settings)])[name].result(20)


def producer(host):
    from confluent_kafka import Producer

    return Producer({"bootstrap.servers": bootstrap(host), "linger.ms": 0})


def produce(host, name, *pairs):
    sender, failures = producer(host), []
    for key, value in pairs:
        sender.produce(name, value, key=key, on_delivery=lambda error, _: failures.append(error))
        sender.flush(20)  # one batch each
    return [error and error.name() for error in failures]


def read(host, name):
    """(offset, key, value) from the beginning."""
    from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

    consumer = Consumer({
        "bootstrap.servers": bootstrap(host), "group.id": uuid.uuid4().hex, "enable.partition.eof": True,
        "auto.offset.reset": "earliest",
    })  # fmt: skip
    try:
        consumer.assign([TopicPartition(name, 0, OFFSET_BEGINNING)])
        found = []
        while (message := consumer.poll(20)) is not None and not message.error():
            found.append((message.offset(), message.key(), message.value()))
        return found
    finally:
        consumer.close()


def config_of(admin, name):
    from confluent_kafka.admin import ConfigResource

    (future,) = admin.describe_configs([ConfigResource("topic", name)]).values()
    return {key: entry.value for key, entry in future.result(20).items()}


def test_a_compacted_topic_keeps_the_last_value_of_each_key(host, name):
    admin = confluent(host)
    create(admin, name, cleanup_policy="compact", segment_bytes="1024", min_cleanable_dirty_ratio="0.01")
    assert config_of(admin, name)["cleanup.policy"] == "compact"
    pairs = [(f"k{n % 3}", f"{n}".ljust(300, ".")) for n in range(30)]
    assert produce(host, name, *pairs) == [None] * 30
    assert produce(host, name, (None, "no key")) == ["INVALID_RECORD"]
    found = until(lambda: (got := read(host, name)) and len(got) < 12 and got)
    last = {key: value for _, key, value in found}
    assert last == {f"k{n}".encode(): f"{27 + n}".ljust(300, ".").encode() for n in range(3)}
    assert found[-1][0] == 29
    assert [offset for offset, _, _ in found] == sorted(offset for offset, _, _ in found)
    assert all(pairs[offset] == (key.decode(), value.decode()) for offset, key, value in found)


def test_confluent_alters_configs_one_by_one(host, name):
    from confluent_kafka.admin import AlterConfigOpType, ConfigEntry, ConfigResource

    admin = confluent(host)
    create(admin, name, retention_ms="100000")
    produce(host, name, ("a", "1"))
    resource = ConfigResource("topic", name, incremental_configs=[
        ConfigEntry("segment.ms", "1000", incremental_operation=AlterConfigOpType.SET),
        ConfigEntry("retention.ms", None, incremental_operation=AlterConfigOpType.DELETE),
        ConfigEntry("cleanup.policy", "compact", incremental_operation=AlterConfigOpType.APPEND),
    ])  # fmt: skip
    admin.incremental_alter_configs([resource])[resource].result(20)
    now = until(lambda: (got := config_of(admin, name))["segment.ms"] == "1000" and got)
    assert (now["retention.ms"], now["cleanup.policy"]) == ("604800000", "delete,compact")
    wrong = ConfigResource("topic", name, incremental_configs=[
        ConfigEntry("retention.ms", "never", incremental_operation=AlterConfigOpType.SET),
    ])  # fmt: skip
    with pytest.raises(Exception, match="whole number"):
        admin.incremental_alter_configs([wrong])[wrong].result(20)


def test_a_topic_that_retains_for_a_second_is_soon_empty(host, name):
    from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

    create(confluent(host), name)
    produce(host, name, ("a", "1"), ("b", "2"))
    assert len(read(host, name)) == 2
    admin = KafkaAdminClient(bootstrap_servers=host.kafka)
    try:
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, {"retention.ms": "1000"})])
    finally:
        admin.close()
    until(lambda: read(host, name) == [])
    produce(host, name, ("c", "3"))
    assert [offset for offset, _, _ in read(host, name)] == [2]


def test_kafka_python_deletes_records(host, name):
    from kafka import TopicPartition
    from kafka.admin import KafkaAdminClient

    create(confluent(host), name)
    produce(host, name, *((f"k{n}", f"{n}") for n in range(10)))
    admin = KafkaAdminClient(bootstrap_servers=host.kafka)
    try:
        result = admin.delete_records({TopicPartition(name, 0): 4})
        assert "4" in str(result)
        assert [offset for offset, _, _ in read(host, name)] == list(range(4, 10))
        admin.delete_records({TopicPartition(name, 0): -1})
    finally:
        admin.close()
    assert read(host, name) == []


def test_confluent_deletes_records_and_is_told_what_it_may_not(host, name):
    from confluent_kafka import TopicPartition

    admin = confluent(host)
    create(admin, name)
    produce(host, name, *((f"k{n}", f"{n}") for n in range(10)))
    (future,) = admin.delete_records([TopicPartition(name, 0, 7)]).values()
    assert future.result(20).low_watermark == 7
    assert [offset for offset, _, _ in read(host, name)] == [7, 8, 9]
    (future,) = admin.delete_records([TopicPartition(name, 0, 99)]).values()
    with pytest.raises(Exception, match="OFFSET_OUT_OF_RANGE"):
        future.result(20)


def test_log_append_time_is_what_a_consumer_sees(host, name):
    from confluent_kafka import OFFSET_BEGINNING, TIMESTAMP_LOG_APPEND_TIME, Consumer, Producer, TopicPartition

    create(confluent(host), name, message_timestamp_type="LogAppendTime")
    sender = Producer({"bootstrap.servers": bootstrap(host)})
    sender.produce(name, "x", timestamp=1_000)
    sender.flush(20)
    consumer = Consumer({"bootstrap.servers": bootstrap(host), "group.id": name})
    try:
        consumer.assign([TopicPartition(name, 0, OFFSET_BEGINNING)])
        message = consumer.poll(20)
        kind, stamp = message.timestamp()
        assert kind == TIMESTAMP_LOG_APPEND_TIME and abs(stamp / 1000 - time.time()) < 60
    finally:
        consumer.close()
