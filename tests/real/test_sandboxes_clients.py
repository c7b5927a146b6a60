"""Two sandboxes at once with real clients, each on its own ports; a branch, and a restart of all of them."""

import threading
import time

import pytest
from confluent_kafka import Consumer as ConfluentConsumer
from confluent_kafka import Producer as ConfluentProducer
from kafka import KafkaConsumer, KafkaProducer

from engine.live.thread import HostThread

SCENARIO = {"brokers": 3, "link_us": 200, "topics": [{"topic": "t", "partitions": 3, "replication": 3}]}


def bootstrap(row):
    return ",".join(row["kafka"])


def read_all(kafka, count):
    """Values of the first ``count`` records, by librdkafka."""
    consumer = ConfluentConsumer(
        {"bootstrap.servers": kafka, "group.id": f"g{time.monotonic_ns()}", "auto.offset.reset": "earliest"}
    )
    consumer.subscribe(["t"])
    found, end = [], time.monotonic() + 20
    while len(found) < count and time.monotonic() < end:
        for message in consumer.consume(count - len(found), 0.2):
            assert message.error() is None
            found.append(message.value())
    consumer.close()
    return found


class Writer:
    """A client that produces until told to stop; ``acknowledged``: in the order in which it learned of it."""

    def __init__(self, kafka):
        self.acknowledged, self.errors = [], []
        self._producer = ConfluentProducer({"bootstrap.servers": kafka, "enable.idempotence": True, "linger.ms": 1})
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        number = 0
        while not self._stopping.is_set():
            self._producer.produce("t", b"%d" % number, b"key", on_delivery=self._delivered)
            number += 1
            self._producer.poll(0.001)
        self._producer.flush(20)

    def _delivered(self, error, message):
        if error is None:
            self.acknowledged.append(message.value())
        else:
            self.errors.append(str(error))

    def reach(self, count):
        end = time.monotonic() + 20
        while len(self.acknowledged) < count and time.monotonic() < end:
            time.sleep(0.01)
        assert len(self.acknowledged) >= count, self.errors

    def stop(self):
        self._stopping.set()
        self._thread.join(30)
        return self.acknowledged


@pytest.mark.timeout(90)
def test_two_sandboxes_serve_real_clients_are_branched_meanwhile_and_come_back(tmp_path):
    with HostThread.start(SCENARIO, tmp_path) as host:
        other = host.call("create", scenario=SCENARIO, name="other")
        producer = KafkaProducer(bootstrap_servers=other["kafka"])
        for n in range(50):
            producer.send("t", b"other %d" % n)
        producer.flush()
        writer = Writer(",".join(host.kafka))
        writer.reach(100)
        branch = host.call("branch", name="branch")  # of demo, while its client produces
        writer.reach(len(writer.acknowledged) + 100)
        acknowledged = writer.stop()
        assert writer.errors == []
        assert read_all(",".join(host.kafka), len(acknowledged)) == acknowledged
        branched = end_of(host, "branch")
        assert 100 <= branched < len(acknowledged)
        assert read_all(bootstrap(branch), branched) == acknowledged[:branched], "what was there, and nothing more"
        consumer = KafkaConsumer(
            "t", bootstrap_servers=other["kafka"], auto_offset_reset="earliest", consumer_timeout_ms=5_000
        )
        theirs = sorted(next(consumer).value for _ in range(50))
        assert theirs == sorted(b"other %d" % n for n in range(50))
        consumer.close()
        producer.close()
        ends = {name: end_of(host, name) for name in ("demo", "other", "branch")}
    with HostThread.start(SCENARIO, tmp_path) as host:
        end = time.monotonic() + 20
        while any(row["state"] == "opening" for row in host.call("sandboxes")) and time.monotonic() < end:
            time.sleep(0.05)
        rows = {row["id"]: row for row in host.call("sandboxes")}
        assert (rows["other"]["kafka"], rows["branch"]["kafka"]) == (other["kafka"], branch["kafka"])
        assert rows["branch"]["parent"] == "demo" and rows["branch"]["parent_step"] == branch["parent_step"]
        assert {name: end_of(host, name) for name in ends} == ends
        assert read_all(bootstrap(rows["branch"]), branched) == acknowledged[:branched]


def end_of(host, sandbox):
    topics = host.call("state", sandbox=sandbox)["topics"]
    return sum(partition["end"] for topic in topics if topic["name"] == "t" for partition in topic["partitions"])
