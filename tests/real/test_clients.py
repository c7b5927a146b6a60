"""Real Kafka clients, unmodified, against a host: produce, consume, groups, a crash under load."""

import asyncio
import json
import subprocess
import time
import uuid

import pytest

from engine.live.thread import HostThread

SCENARIO = {"brokers": 3, "link_us": 200, "topics": [
    {"topic": "t", "partitions": 3, "replication": 3, "min_insync_replicas": 2},
]}  # fmt: skip
COUNT = 300


@pytest.fixture(scope="module")
def host():
    with HostThread.start(SCENARIO) as host:
        yield host


@pytest.fixture
def topic(host):
    """A topic of the test's own."""
    name = f"t-{uuid.uuid4().hex[:8]}"
    host.do("create_topic", topic=name, partitions=3, replication=3, min_insync_replicas=2)
    host.call("watch")
    host.wait_for(lambda: any(
        t["name"] == name and all(p["leader"] > 0 for p in t["partitions"])
        for t in (host.heard.frames[-1]["topics"] if host.heard.frames else ())
    ))  # fmt: skip
    host.call("unwatch")
    return name


def values(count=COUNT):
    return [f"value {n}" for n in range(count)]


def bootstrap(host):
    return ",".join(host.kafka)


def test_kcat_produces_and_consumes(host, topic, kcat):
    lines = "".join(f"k{n % 7}:value {n}\n" for n in range(COUNT))
    to = ["-b", bootstrap(host), "-t", topic]
    subprocess.run([kcat, "-P", *to, "-K:"], input=lines, text=True, check=True, timeout=60)
    read = subprocess.run([kcat, "-C", *to, "-e", "-q", "-o", "beginning"], capture_output=True, text=True, timeout=60)
    assert sorted(read.stdout.split("\n")[:-1]) == sorted(values())
    listed = subprocess.run([kcat, "-L", "-b", host.kafka[0]], capture_output=True, text=True, check=True, timeout=60)
    assert "3 brokers:" in listed.stdout and f'topic "{topic}" with 3 partitions' in listed.stdout


def test_kcat_consumes_in_a_group(host, topic, kcat):
    to = ["-b", bootstrap(host)]
    text = "\n".join(values()) + "\n"
    subprocess.run([kcat, "-P", *to, "-t", topic, "-X", "enable.idempotence=true"], input=text, text=True, check=True)
    command = [kcat, *to, "-G", f"g-{topic}", "-e", "-q", "-X", "auto.offset.reset=earliest", topic]
    first = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert sorted(first.stdout.split("\n")[:-1]) == sorted(values())
    again = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert again.stdout == "", "the group has committed what it read"


@pytest.mark.parametrize("options", [{}, {"enable.idempotence": True}, {"compression.type": "lz4"}, {"acks": "1"}])
def test_confluent_kafka_produces_and_consumes(host, topic, options):
    from confluent_kafka import Consumer, Producer

    producer = Producer({"bootstrap.servers": bootstrap(host), "linger.ms": 1, **options})
    failures = []
    for n, value in enumerate(values()):
        producer.produce(topic, value, key=f"k{n % 7}", on_delivery=lambda e, m: failures.append(e) if e else None)
    assert producer.flush(30) == 0 and failures == []
    consumer = Consumer({
        "bootstrap.servers": bootstrap(host), "group.id": f"g-{topic}", "auto.offset.reset": "earliest",
    })  # fmt: skip
    consumer.subscribe([topic])
    got = []
    end = time.monotonic() + 30
    while len(got) < COUNT and time.monotonic() < end:
        message = consumer.poll(1.0)
        if message is not None:
            assert message.error() is None
            got.append(message.value().decode())
    assert sorted(got) == sorted(values())
    consumer.commit(asynchronous=False)
    group = next(g for g in host.call("state")["groups"] if g["id"] == f"g-{topic}")
    assert (group["state"], group["lag"], group["members"][0]["kind"]) == ("Stable", 0, "tcp")
    consumer.close()


def test_confluent_kafka_administers(host):
    from confluent_kafka.admin import AdminClient, NewTopic

    admin = AdminClient({"bootstrap.servers": bootstrap(host)})
    name = f"made-{uuid.uuid4().hex[:8]}"
    admin.create_topics([NewTopic(name, 4, 2)])[name].result(20)
    assert len(admin.list_topics(name, timeout=20).topics[name].partitions) == 4
    admin.delete_topics([name])[name].result(20)


def test_kafka_python_produces_and_consumes(host, topic):
    from kafka import KafkaConsumer, KafkaProducer

    producer = KafkaProducer(bootstrap_servers=host.kafka)
    sent = [producer.send(topic, value.encode(), key=b"k%d" % (n % 7)) for n, value in enumerate(values())]
    assert {future.get(30).topic for future in sent} == {topic}
    producer.close()
    consumer = KafkaConsumer(
        topic, bootstrap_servers=host.kafka, group_id=f"g-{topic}", auto_offset_reset="earliest",
        consumer_timeout_ms=20_000,
    )  # fmt: skip
    got = []
    for message in consumer:
        got.append(message.value.decode())
        if len(got) == COUNT:
            break
    assert sorted(got) == sorted(values())
    consumer.close()


def test_aiokafka_produces_and_consumes(host, topic):
    from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

    async def both():
        producer = AIOKafkaProducer(bootstrap_servers=host.kafka, enable_idempotence=True)
        await producer.start()
        try:
            for n, value in enumerate(values()):
                await producer.send(topic, value.encode(), key=b"k%d" % (n % 7))
            await producer.flush()
        finally:
            await producer.stop()
        consumer = AIOKafkaConsumer(
            topic, bootstrap_servers=host.kafka, group_id=f"g-{topic}", auto_offset_reset="earliest"
        )
        await consumer.start()
        try:
            async with asyncio.timeout(30):
                return [(await consumer.getone()).value.decode() for _ in range(COUNT)]
        finally:
            await consumer.stop()

    assert sorted(asyncio.run(both())) == sorted(values())


KAFKAJS = """
const { Kafka, logLevel } = require('kafkajs')
const [brokers, topic, count] = [process.argv[2].split(','), process.argv[3], Number(process.argv[4])]
const kafka = new Kafka({ clientId: 'js', brokers, logLevel: logLevel.ERROR })
async function main() {
  const producer = kafka.producer({ allowAutoTopicCreation: false })
  await producer.connect()
  const messages = Array.from({ length: count }, (_, n) => ({ key: 'k' + n % 7, value: 'value ' + n }))
  await producer.send({ topic, messages })
  await producer.disconnect()
  const consumer = kafka.consumer({ groupId: 'g-' + topic })
  const got = []
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('only ' + got.length)), 40000).unref()
    consumer.run({ eachMessage: async ({ message }) => {
      got.push(message.value.toString())
      if (got.length === count) resolve()
    } }).catch(reject)
  })
  await consumer.disconnect()
  console.log(JSON.stringify(got))
}
main().then(() => process.exit(0), error => { console.error(error); process.exit(1) })
"""


def test_kafkajs_produces_and_consumes(host, topic, node, kafkajs):
    command = [node, "-e", KAFKAJS, "--", bootstrap(host), topic, str(COUNT)]
    command = [node, "-", bootstrap(host), topic, str(COUNT)]
    done = subprocess.run(command, input=KAFKAJS, capture_output=True, text=True, timeout=90, cwd=kafkajs)
    assert done.returncode == 0, done.stderr
    assert sorted(json.loads(done.stdout.strip().split("\n")[-1])) == sorted(values())


def test_nothing_acknowledged_is_lost_when_a_leader_crashes_under_load():
    """acks=all, min.insync.replicas=2, three replicas: one broker less costs time and nothing else."""
    from confluent_kafka import Consumer, Producer, TopicPartition

    with HostThread.start(SCENARIO) as host:
        producer = Producer({
            "bootstrap.servers": bootstrap(host), "enable.idempotence": True, "linger.ms": 1, "log_level": 0,
        })  # fmt: skip
        acknowledged: dict[str, tuple[int, int]] = {}

        def delivered(error, message):
            assert error is None
            acknowledged[message.value().decode()] = (message.partition(), message.offset())

        for n in range(1_500):
            producer.produce("t", f"value {n}", partition=n % 3, on_delivery=delivered)
            producer.poll(0)
            if n == 300:
                host.do("crash_broker", broker=2)
            if n == 1_000:
                host.do("start_broker", broker=2)
            time.sleep(0.001)
        assert producer.flush(60) == 0
        assert len(acknowledged) == 1_500

        consumer = Consumer({"bootstrap.servers": bootstrap(host), "group.id": "check", "log_level": 0})
        consumer.assign([TopicPartition("t", p, 0) for p in range(3)])
        got: dict[str, tuple[int, int]] = {}
        end = time.monotonic() + 30
        while len(got) < 1_500 and time.monotonic() < end:
            for message in consumer.consume(500, 1.0):
                assert message.error() is None
                value = message.value().decode()
                assert value not in got, "nothing is doubled"
                got[value] = (message.partition(), message.offset())
        assert got == acknowledged
        consumer.close()


@pytest.mark.full
@pytest.mark.parametrize(("seconds", "group"), [(20, True), (40, True), (45, False)])
def test_a_long_pause_under_a_producer_and_a_consumer_costs_nothing(seconds, group):
    """A member of a group gives up by itself when its session timeout (45 s) is over; others do not."""
    pause_under_load(seconds, group)


@pytest.mark.full
def test_a_short_pause_under_a_producer_and_a_consumer_costs_nothing():
    pause_under_load(3, True)


def pause_under_load(seconds, group):
    from confluent_kafka import Consumer, Producer, TopicPartition

    with HostThread.start(SCENARIO) as host:
        common = {"bootstrap.servers": bootstrap(host), "log_level": 0}
        producer = Producer({**common, "enable.idempotence": True, "linger.ms": 1})
        consumer = Consumer({**common, "group.id": "g", "auto.offset.reset": "earliest"})
        if group:
            consumer.subscribe(["t"])
        else:
            consumer.assign([TopicPartition("t", partition, 0) for partition in range(3)])
        got: list[str] = []
        errors: list[object] = []
        sent = 0

        def run(until):
            nonlocal sent
            while time.monotonic() < until:
                producer.produce("t", f"value {sent}", on_delivery=lambda e, m: errors.append(e) if e else None)
                sent += 1
                producer.poll(0.002)
                read(0)

        def read(timeout):
            message = consumer.poll(timeout)
            if message is not None:
                errors.append(message.error()) if message.error() else got.append(message.value().decode())

        run(time.monotonic() + 4)
        host.do("pause")
        run(time.monotonic() + seconds)
        host.do("resume")
        run(time.monotonic() + 2)
        assert producer.flush(60) == 0
        end = time.monotonic() + 30
        while len(got) < sent and time.monotonic() < end:
            read(1.0)
        assert errors == []
        assert sorted(got) == sorted(f"value {n}" for n in range(sent))
        consumer.close()
