"""The leader of each partition crashes in turn, round after round, under a real producer and real consumers."""

import threading
import time
from collections import Counter

import pytest
from confluent_kafka import Consumer, Producer

from engine.live.thread import HostThread

SCENARIO = {"brokers": 3, "link_us": 500, "topics": [
    {"topic": "pedidos", "partitions": 3, "replication": 3, "min_insync_replicas": 2},
]}  # fmt: skip
RATE = 200  # records a second
NEW_LEADER_S = 2.5  # broker session 1.5 s


class Writer(threading.Thread):
    """An idempotent confluent-kafka producer, acks=all. acknowledged: (partition, offset, value), as it was told."""

    def __init__(self, bootstrap):
        super().__init__()
        self.producer = Producer({
            "bootstrap.servers": bootstrap, "enable.idempotence": True, "acks": "all", "client.id": "escritora",
        })  # fmt: skip
        self.acknowledged, self.failed = [], []
        self.over = threading.Event()

    def run(self):
        number, begun = 0, time.monotonic()
        while not self.over.is_set():
            value = f"valor-{number}"
            self.producer.produce("pedidos", value, key=f"cliente-{number % 17}", on_delivery=self._told)
            number += 1
            self.producer.poll(0)
            self.over.wait(max(0.0, begun + number / RATE - time.monotonic()))
        assert self.producer.flush(60) == 0

    def _told(self, error, message):
        if error is not None:
            self.failed.append(str(error))
        else:
            self.acknowledged.append((message.partition(), message.offset(), message.value().decode()))


class Reader(threading.Thread):
    """A consumer of the group.

    log: shared by all readers: ("record", partition, offset, who) and ("rebalance", what, partitions, who).
    """

    def __init__(self, bootstrap, name, log):
        super().__init__()
        self.consumer = Consumer({
            "bootstrap.servers": bootstrap, "group.id": "leitores", "client.id": name, "auto.offset.reset": "earliest",
            "session.timeout.ms": 30_000, "heartbeat.interval.ms": 1_000, "auto.commit.interval.ms": 500,
        })  # fmt: skip
        self.log, self.reader = log, name
        self.over = threading.Event()

    def run(self):
        def note(what):
            return lambda _, parts: self.log.append(("rebalance", what, [p.partition for p in parts], self.reader))

        self.consumer.subscribe(
            ["pedidos"], on_assign=note("assigned"), on_revoke=note("revoked"), on_lost=note("lost")
        )
        while not self.over.is_set():
            message = self.consumer.poll(0.2)
            if message is not None and message.error() is None:
                self.log.append(("record", message.partition(), message.offset(), self.reader))
        self.consumer.close()


@pytest.fixture
def host():
    with HostThread.start(SCENARIO) as host:
        host.call("watch")
        yield host


def partition(host, number):
    """As the stage is shown it."""
    if not host.heard.frames:
        return None
    topic = next((t for t in host.heard.frames[-1]["topics"] if t["name"] == "pedidos"), None)
    return topic["partitions"][number] if topic else None


def committed(host):
    """{partition: offset} of the readers' group, while it is stable."""
    groups = [g for g in host.heard.frames[-1]["groups"] if g["id"] == "leitores"] if host.heard.frames else []
    stable = groups and groups[0]["state"] == "Stable" and len(groups[0]["members"]) == 2
    return groups[0]["committed"].get("pedidos", {}) if stable else {}


def crash_the_leader(host, number):
    """Returns how long it took until the stage showed another one."""
    leader = host.wait_for(lambda: partition(host, number))["leader"]
    begun = time.monotonic()
    host.do("crash_broker", broker=leader)
    host.wait_for(lambda: partition(host, number)["leader"] not in (leader, -1))
    took = time.monotonic() - begun
    host.do("start_broker", broker=leader)
    host.wait_for(lambda: all(len(partition(host, p)["isr"]) == 3 for p in range(3)), timeout=30)
    return took


@pytest.mark.timeout(280)
@pytest.mark.parametrize("rounds", [1, pytest.param(3, marks=pytest.mark.full)])
def test_nothing_acknowledged_is_lost_reordered_or_doubled(host, rounds):
    bootstrap = ",".join(host.kafka)
    log = []
    writer, readers = Writer(bootstrap), [Reader(bootstrap, name, log) for name in ("um", "dois")]
    for thread in (writer, *readers):
        thread.start()
    host.wait_for(lambda: len(committed(host)) == 3)  # everybody has found their place before the first crash
    took = []
    for turn in range(3 * rounds):
        if turn == 1:  # a rebalance in the middle of it all
            readers.append(Reader(bootstrap, "tres", log))
            readers[-1].start()
        took.append(crash_the_leader(host, turn % 3))
    writer.over.set()
    writer.join()

    written = read_all(bootstrap)
    deadline = time.monotonic() + 60
    while len(delivered(log)) < len(written) and time.monotonic() < deadline:
        time.sleep(0.2)  # the readers are other threads, at their own pace
    for reader in readers:
        reader.over.set()
        reader.join()

    assert max(took) <= NEW_LEADER_S, took
    assert not writer.failed
    assert len(writer.acknowledged) > RATE * 3 * rounds
    missing = [a for a in writer.acknowledged if written.get(a[:2]) != a[2]]
    assert missing == [], "acknowledged, but not in the log as it was acknowledged"
    twice = [value for value, times in Counter(written.values()).items() if times > 1]
    assert twice == [], "in the log twice"
    for number in range(3):
        values = [int(written[key].split("-")[1]) for key in sorted(written) if key[0] == number]
        assert values == sorted(values), "a partition keeps the order of its one producer"
    again, unexplained = redelivered(log)
    changes = [what for what in log if what[0] == "rebalance"]
    assert unexplained == [], f"delivered again without a rebalance in between; rebalances: {changes}"
    assert delivered(log) == set(written), "the group has read everything"
    print(
        f"{len(writer.acknowledged)} acknowledged, {len(took)} crashes, new leader shown after at most "
        f"{max(took):.2f} s, {again} delivered again after rebalances"
    )


def read_all(bootstrap):
    """{(partition, offset): value} of the whole topic, read by a consumer of its own."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "auditoria", "auto.offset.reset": "earliest",
                         "enable.auto.commit": False, "enable.partition.eof": True})  # fmt: skip
    consumer.subscribe(["pedidos"])
    found, ended = {}, set()
    deadline = time.monotonic() + 60
    while len(ended) < 3:
        assert time.monotonic() < deadline, "the topic cannot be read to its end"
        message = consumer.poll(1.0)
        if message is None:
            continue
        if message.error() is not None:
            ended.add(message.partition())
        else:
            found[message.partition(), message.offset()] = message.value().decode()
    consumer.close()
    return found


def delivered(log):
    return {what[1:3] for what in list(log) if what[0] == "record"}


def redelivered(log):
    """(how many deliveries were repetitions, those of them with no rebalance since the first)."""
    last, rebalances, again, unexplained = {}, 0, 0, []
    for what in list(log):
        if what[0] == "rebalance":
            rebalances += 1
            continue
        record, who = what[1:3], what[3]
        if record in last:
            again += 1
            if last[record][0] == rebalances:
                unexplained.append((record, last[record][1], who))
        last[record] = (rebalances, who)
    return again, unexplained
