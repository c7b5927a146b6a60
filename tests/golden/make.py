"""Golden journals: recordings of real runs, and what the engine made of them.

A journal holds inputs only, so it opens the same sandbox again only as long as the engine does the same
with them. These recordings notice when it does not: then ``BEHAVIOUR`` (engine/live/segments.py) has to be
raised, journals of before open from their newest checkpoint, and the recordings are made anew with

    python -m tests.golden.make            refuses if BEHAVIOUR is that of the recordings and they still differ
    python -m tests.golden.make --again    for a behaviour that nobody has journals of yet

Each is a folder: the journal, and expected.json with digests along the way. *clients* is a run under real
clients (their frames are in it), clicks, pauses and steps; *alone* one of simulated clients and faults.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from engine.cluster import Cluster
from engine.live.groups import Group
from engine.live.journal import BEHAVIOUR, Header, Journal
from engine.live.replaying import replay_one
from engine.live.thread import HostThread
from engine.machine import MILLISECOND
from engine.world.inputs import COMMAND, Input
from engine.world.plain import state_digest

HERE = Path(__file__).parent
DIGESTS = 12  # along the way

CLIENTS = {
    "brokers": 3, "link_us": 300, "topics": [{"topic": "t", "partitions": 3, "replication": 3}],
    "producers": [{"topic": "t", "producer": "loja", "rate": 5.0}],
    "groups": [{"group": "A", "topic": "t", "poll_ms": 500}],
}  # fmt: skip
ALONE = {
    "brokers": 4, "link_us": 1000,
    "topics": [
        {"topic": "orders", "partitions": 3, "replication": 3, "min_insync_replicas": 2},
        {"topic": "small", "partitions": 1, "replication": 1,
         "configs": {"retention.ms": "3000", "segment.ms": "1000"}},
        {"topic": "keyed", "partitions": 1, "replication": 3,
         "configs": {"cleanup.policy": "compact", "segment.ms": "2000", "min.cleanable.dirty.ratio": "0.01"}},
    ],
    "producers": [
        {"topic": "orders", "producer": "loja", "rate": 40.0}, {"topic": "small", "producer": "site", "rate": 10.0},
        {"topic": "keyed", "producer": "clientes", "rate": 20.0},
    ],
    "groups": [{"group": "A", "topic": "orders", "poll_ms": 200, "consumers": 3}],
}  # fmt: skip
# milliseconds after the one before, command
FAULTS: list[tuple[int, dict[str, Any]]] = [
    (1_500, {"do": "crash_broker", "broker": 2}),
    (900, {"do": "add_consumer", "group": "A"}),
    (2_500, {"do": "start_broker", "broker": 2}),
    (700, {"do": "create_topic", "topic": "late", "partitions": 2, "replication": 2}),
    (1_000, {"do": "stop_broker", "broker": 1}),
    (2_000, {"do": "set_producer", "producer": "loja", "rate": 90.0}),
    (1_200, {"do": "crash_broker", "broker": 3}),
    (300, {"do": "start_broker", "broker": 1}),
    (3_000, {"do": "start_broker", "broker": 3}),
    (2_000, {"do": "crash_consumer", "consumer": "A-1"}),
    (20_000, {"do": "pause"}),
]


def record_alone(folder: Path) -> None:
    """No host and no clock: simulated clients, and faults at set times."""
    cluster = Cluster(ALONE, 20)
    world = cluster.world
    journal = Journal.create(folder, Header({"scenario": ALONE, "seed": 20}, world.steps, world.now), None)
    for number, (after_ms, command) in enumerate(FAULTS):
        given = [("golden", COMMAND, {**command, "id": f"g{number}"})]
        inputs, results = world.admit(world.now + after_ms * MILLISECOND, given)
        assert isinstance(results[0], dict), f"{command}: {results[0]}"
        world.finish_instant()
        journal.append(inputs[0].step, inputs[0].at, inputs[0].held, inputs)
    journal.append(world.steps, world.now, False, ())
    journal.close()


def record_clients(folder: Path) -> None:
    """A host with sockets, a clock, and clients that know nothing of us."""
    with tempfile.TemporaryDirectory() as data, HostThread.start(CLIENTS, Path(data), seed=7) as host:
        ended = threading.Event()
        clients = [
            threading.Thread(target=run, args=(",".join(host.kafka), ended)) for run in (_confluent, _kafka_python)
        ]
        for client in clients:
            client.start()
        time.sleep(1.5)
        host.do("crash_broker", broker=3)
        time.sleep(0.5)
        host.do("pause")
        for _ in range(12):
            host.do("step")
        host.do("start_broker", broker=3)
        host.do("resume")
        time.sleep(1.5)
        ended.set()
        for client in clients:
            client.join()
        host.stop()
        shutil.copytree(Path(data) / "sandboxes" / "demo" / "journal", folder)


def _confluent(bootstrap: str, ended: threading.Event) -> None:
    from confluent_kafka import Consumer, Producer

    common = {"bootstrap.servers": bootstrap, "log_level": 0}
    producer = Producer({**common, "enable.idempotence": True, "compression.type": "lz4"})
    consumer = Consumer({**common, "group.id": "real", "auto.offset.reset": "earliest", "fetch.wait.max.ms": 300})
    consumer.subscribe(["t"])
    number = 0
    while not ended.wait(0.05):
        producer.produce("t", f"golden {number}", key=str(number % 7))
        number += 1
        producer.poll(0)
        consumer.poll(0.01)
    producer.flush(5)
    consumer.close()


def _kafka_python(bootstrap: str, ended: threading.Event) -> None:
    from kafka import KafkaProducer

    producer = KafkaProducer(bootstrap_servers=bootstrap.split(","), enable_idempotence=False, acks=1)
    while not ended.wait(0.1):
        producer.send("t", b"from python")
    producer.close(5)


RECORDINGS: dict[str, Callable[[Path], None]] = {"alone": record_alone, "clients": record_clients}


# --- what the engine makes of them -----------------------------------------------------------------------


def played(folder: Path) -> Iterator[tuple[int, Cluster, Group]]:
    """(number, the cluster, its group) after each group of a recording has been applied."""
    with tempfile.TemporaryDirectory() as copy:  # opening one may cut it
        shutil.copytree(folder, Path(copy) / "journal", ignore=shutil.ignore_patterns("*.json"))
        journal = Journal.open(Path(copy) / "journal", None)
        base = journal.header.base
        cluster = Cluster(base["scenario"], base["seed"])
        for number, (group, _) in enumerate(journal.read()):
            replay_one(cluster.world, group)
            cluster.world.drain()
            yield number, cluster, group
        journal.close()


def found(folder: Path) -> dict[str, Any]:
    """What is to be expected of a recording: digests along the way and of the state at the end."""
    total = sum(1 for _ in played(folder))
    marks = {total * part // DIGESTS for part in range(1, DIGESTS)} | {total - 1}
    along = []
    inputs: list[Input] = []
    cluster: Cluster | None = None
    for number, cluster, group in played(folder):
        inputs += group.inputs
        if number in marks:
            world = cluster.world
            along.append({"group": number, "step": world.steps, "at": world.now, "digest": world.digest()})
    assert cluster is not None
    cluster.world.finish_instant()
    sources: dict[str, int] = {}
    for one in inputs:
        sources[one.source] = sources.get(one.source, 0) + 1
    return {
        "behaviour": BEHAVIOUR,
        "inputs": dict(sorted(sources.items())),
        "along": along,
        "events": cluster.world.event_number,
        "state": state_digest(cluster),
    }


def make(name: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as making:
        folder = Path(making) / name
        RECORDINGS[name](folder)
        expected = found(folder)
        assert found(folder) == expected, "it does not do the same twice"
        (folder / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
        shutil.rmtree(HERE / name, ignore_errors=True)
        shutil.copytree(folder, HERE / name)
    return expected


def still(name: str) -> bool:
    """The engine still does what it did, so that the recording can stay."""
    try:
        return bool(found(HERE / name) == json.loads((HERE / name / "expected.json").read_text()))
    except Exception:
        return False


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.golden.make", description="Makes the golden journals anew.")
    parser.add_argument("--again", action="store_true", help="under the same BEHAVIOUR: nobody has journals of it yet")
    given = parser.parse_args(arguments)
    for name in RECORDINGS:
        if still(name):
            print(f"{name}: the engine does what it did.")
            continue
        recorded = HERE / name / "expected.json"
        if recorded.exists() and not given.again and json.loads(recorded.read_text())["behaviour"] == BEHAVIOUR:
            print(f"{name}: the engine does something else. Raise BEHAVIOUR in engine/live/segments.py first.")
            return 1
        expected = make(name)
        steps = expected["along"][-1]["step"]
        print(f"{name}: {expected['inputs']}, {steps:,} steps, {expected['events']} milestones.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
