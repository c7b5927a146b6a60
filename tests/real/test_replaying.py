"""A journal made under real clients, clicks and the clock is replayed to the very same World."""

import random
import threading
import time

import pytest

from engine.cluster import Cluster
from engine.live.journal import Journal
from engine.live.replaying import replay
from engine.live.thread import HostThread
from engine.wire.records import decode_records
from engine.world.plain import state_digest

SCENARIO = {
    "brokers": 3, "link_us": 300, "topics": [{"topic": "t", "partitions": 3, "replication": 3}],
    "producers": [{"topic": "t", "producer": "loja", "rate": 30.0}],
    "groups": [{"group": "A", "topic": "t", "poll_ms": 100, "consumers": 2}],
}  # fmt: skip


def real_clients(bootstrap, stop, acknowledged):
    """acknowledged: (partition, offset, value), as the producer was told: a list the engine knows nothing of."""
    from confluent_kafka import Consumer, Producer

    def told(error, message):
        if error is None:
            acknowledged.append((message.partition(), message.offset(), message.value()))

    common = {"bootstrap.servers": bootstrap, "log_level": 0}
    producer = Producer({**common, "enable.idempotence": True, "linger.ms": 2})
    consumer = Consumer({**common, "group.id": "real", "auto.offset.reset": "earliest"})
    consumer.subscribe(["t"])
    number = 0
    while not stop.is_set():
        producer.produce("t", f"value {number} " * 50, on_delivery=told)
        number += 1
        if number % 20 == 0:
            stop.wait(0.01)  # about 2,000 a second, so that nothing piles up behind a crash
        producer.poll(0)
        consumer.poll(0.001)
    producer.flush(5)
    consumer.close()


@pytest.mark.parametrize(
    "seconds", [4, pytest.param(60, marks=[pytest.mark.full, pytest.mark.timeout(300)])]
)
def test_the_same_world_comes_out_and_holds_what_was_acknowledged(tmp_path, seconds):
    stop, acknowledged = threading.Event(), []
    host = HostThread.start(SCENARIO, tmp_path, seed=random.randrange(1 << 30))
    clients = [threading.Thread(target=real_clients, args=(",".join(host.kafka), stop, acknowledged)) for _ in range(2)]
    for client in clients:
        client.start()
    time.sleep(seconds * 0.4)
    host.do("crash_broker", broker=3)
    time.sleep(seconds * 0.1)
    host.do("pause")
    host.do("add_consumer", group="A")
    for _ in range(30):
        host.do("step")
        time.sleep(0.005)
    host.call("watch")
    host.do("start_broker", broker=3)
    host.do("resume")
    time.sleep(seconds * 0.2)
    host.do("speed", speed=1.5)
    host.do("stop_broker", broker=1)
    time.sleep(seconds * 0.3)
    stop.set()
    for client in clients:
        client.join()
    world = host.host.facade.sandboxes["demo"].sandbox.world
    host.stop()

    journal = Journal.open(tmp_path / "sandboxes" / "demo" / "journal", None)
    cluster = Cluster(journal.header.base["scenario"], journal.header.base["seed"])
    again = cluster.world
    inputs = [inputs for inputs, _ in replay(again, journal)][-1]
    journal.close()
    again.finish_instant()
    assert inputs > 500
    assert (again.steps, again.now, again.event_number) == (world.steps, world.now, world.event_number)
    assert again.digest() == world.digest()
    for name in ("C1", "B1", "B2", "B3"):
        assert state_digest(again.nodes[name].machine) == state_digest(world.nodes[name].machine), name
    held = held_by_leaders(cluster)
    assert len(acknowledged) > 500
    assert [a for a in acknowledged if held.get(a[:2]) != a[2]] == []


def held_by_leaders(cluster):
    """{(partition, offset): value} of topic t in a replayed cluster."""
    held = {}
    for number, partition in cluster.image.topics["t"].partitions.items():
        log = cluster.broker(partition.leader).partitions["t", number].log
        for batch in log.batches(log.log_start, log.log_end):
            for record in decode_records(batch):
                held[number, record.offset] = record.value
    return held
