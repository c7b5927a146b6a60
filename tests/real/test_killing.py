"""``kill -9`` under real producers, again and again: nothing that was acknowledged is ever lost.

The web process, the engine's, or both are killed while two producers of two libraries write as fast as they
like. After each restart all that they hold an acknowledgement for is there, where they were told, in
order. At the end the sandbox, which was restored from checkpoints all along, is what a replay from its very
first input makes of it.
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.cluster import Cluster
from engine.live.journal import Journal
from engine.live.replaying import replay
from engine.live.store import Store
from engine.world.plain import difference
from tests.support.play import ROOT, Played, free_ports

TOPIC = "kept"
LIBRARIES = ("confluent", "kafka-python")
CHECKPOINT_STEPS = 500  # one each second or two
PATIENCE_S = 60


class Acknowledged:
    """What one producer was told, in the order in which it was told."""

    def __init__(self, library, bootstrap, folder):
        self.path = folder / f"{library}.txt"
        self.path.touch()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.producing", library, bootstrap, TOPIC, str(self.path)],
            cwd=ROOT, stdin=subprocess.PIPE,
        )  # fmt: skip

    def count(self):
        return self.path.read_bytes().count(b"\n")

    def all(self):
        """[(partition, offset, value)]"""
        lines = self.path.read_text().split("\n")[:-1]
        return [(int(partition), int(offset), value) for partition, offset, value in map(str.split, lines)]

    def wait_for_more(self, than):
        end = time.monotonic() + PATIENCE_S
        while self.count() <= than and self.process.poll() is None:
            assert time.monotonic() < end, "no more acknowledgements"
            time.sleep(0.02)

    def end(self):
        self.process.stdin.close()
        return self.process.wait(PATIENCE_S * 2)


class Watched:
    """Reads the topic on from where it was, as often as asked, with a consumer of its own each time."""

    def __init__(self, bootstrap):
        self.bootstrap = bootstrap
        self.held = {}
        self.next = [0, 0, 0]

    def read_up_to(self, ends, anew):
        """All records up to these offsets; anew: from the beginning, to see that what was there still is."""
        from confluent_kafka import Consumer, TopicPartition

        if anew:
            self.held, self.next = {}, [0, 0, 0]
        consumer = Consumer({"bootstrap.servers": self.bootstrap, "group.id": "watch", "log_level": 0})
        consumer.assign([TopicPartition(TOPIC, number, self.next[number]) for number in range(3)])
        end = time.monotonic() + PATIENCE_S
        while any(self.next[number] < ends[number] for number in range(3)):
            assert time.monotonic() < end, f"not all is there: {self.next} of {ends}"
            for message in consumer.consume(5_000, 0.2):
                if message.error() is None:
                    self.held[message.partition(), message.offset()] = message.value().decode()
                    self.next[message.partition()] = message.offset() + 1
        consumer.close()


def in_order(acknowledged):
    """What one producer was told: values rise with offsets, in each partition."""
    for partition in range(3):
        told = sorted((offset, int(value.rsplit("-", 1)[1])) for p, offset, value in acknowledged if p == partition)
        numbers = [number for _, number in told]
        assert numbers == sorted(set(numbers)), f"partition {partition}"


def check(watched, producers, anew):
    told = [producer.all() for producer in producers]
    ends = [1 + max((o for each in told for p, o, _ in each if p == number), default=-1) for number in range(3)]
    watched.read_up_to(ends, anew)
    for each in told:
        assert [one for one in each if watched.held.get(one[:2]) != one[2]] == []
        in_order(each)


def start(data, kafka_port):
    return Played("--port", "0", "--kafka-port", str(kafka_port), "--data", str(data), "--keep-journal", fake=False)


def kill(run, what, data, kafka_port, start=start):
    """kill -9. Returns the run that goes on."""
    engine = run.children()
    if what == "engine":
        for pid in engine:
            os.kill(pid, signal.SIGKILL)
        return run
    if what == "both":
        os.killpg(run.process.pid, signal.SIGKILL)
    else:
        run.process.kill()
    run.wait()
    end = time.monotonic() + PATIENCE_S
    while any(Path(f"/proc/{pid}").exists() and _alive(pid) for pid in engine):  # it ends when its socket closes
        assert time.monotonic() < end, "the engine outlived the web process"
        time.sleep(0.02)
    return start(data, kafka_port)


def _alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(
    "kills", [3, pytest.param(50, marks=[pytest.mark.full, pytest.mark.timeout(1_500)])]
)
def test_nothing_acknowledged_is_lost_whoever_is_killed(tmp_path, monkeypatch, kills):
    monkeypatch.setenv("RIACHO_CHECKPOINT_STEPS", str(CHECKPOINT_STEPS))
    chance = random.Random(kills)
    kafka_port = free_ports(20)
    bootstrap = ",".join(f"127.0.0.1:{kafka_port + number}" for number in range(3))
    run = start(tmp_path / "data", kafka_port)
    producers = []
    try:
        run.printed("kafka ")
        create = {"do": "create_topic", "topic": TOPIC, "partitions": 3, "replication": 3, "min_insync_replicas": 2}
        assert run.command(id="create", **create)[0] == 200
        producers = [Acknowledged(library, bootstrap, tmp_path) for library in LIBRARIES]
        watched, known = Watched(bootstrap), ""
        for number in range(kills):
            before = [producer.count() for producer in producers]
            for producer, count in zip(producers, before, strict=True):
                producer.wait_for_more(count)
            if number < 3:  # each of the first lives on from a checkpoint of its own
                run.until(lambda known=known: newest(tmp_path / "data") > known, PATIENCE_S)
            known = newest(tmp_path / "data")
            time.sleep(chance.uniform(0.1, 1.5))
            assert [line for line in run.errors if "could not be written down" in line] == []
            run = kill(run, ("engine", "both", "web")[number % 3], tmp_path / "data", kafka_port)
            run.printed("kafka ")
            check(watched, producers, anew=number % 10 == 2 or number == kills - 1)
        assert [producer.end() for producer in producers] == [0, 0]
        check(watched, producers, anew=True)
        acknowledged = [producer.count() for producer in producers]
        assert min(acknowledged) > 50 * kills
        assert run.end(signal.SIGINT) == 0
    finally:
        for producer in producers:
            producer.process.kill()
            producer.process.wait()
        if run.process.poll() is None:
            os.killpg(run.process.pid, signal.SIGKILL)
            run.wait()
    compare(tmp_path / "data" / "sandboxes" / "demo", checkpoints=kills)


def newest(data):
    """The name of the newest checkpoint, which tells its step; "" before the first."""
    return max((path.name for path in (data / "sandboxes/demo/checkpoints").glob("*.checkpoint")), default="")


def compare(folder, checkpoints):
    """The sandbox as it is opened, from its newest checkpoint, and as its first input and all that follow make it."""
    store = Store.open(folder, cut=False)
    for _ in store.restore():
        pass
    assert store.restarted["inputs"] == 0 and store.notes == []
    assert len(store.checkpoints.kept) >= min(checkpoints, 3), "it was restored from checkpoints"
    store.journal.close()
    journal = Journal.open(folder / "journal", None)
    base = journal.segments[0].header
    assert base.previous is None
    again = Cluster(base.base["scenario"], base.base["seed"])
    for _ in replay(again.world, journal):
        pass
    journal.close()
    if not store.cluster.world.in_instant:
        again.world.finish_instant()
    assert again.world.digest() == store.cluster.world.digest()
    assert difference(again, store.cluster) == ""
