"""The scenes of the stage's tests, as the fake cluster stands after them; tests/stage/fixtures holds their snapshots.

``python -m tests.stage.scenes`` writes the fixtures anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.stage.fake.cluster import FakeCluster

FIXTURES = Path(__file__).parent / "fixtures"


def demo() -> FakeCluster:
    """Three brokers, FIAP with three partitions, two producers, groups A and B at their own speed."""
    cluster = FakeCluster()
    cluster.create_topic("FIAP")
    cluster.create_topic("__consumer_offsets", internal=True, min_insync_replicas=2)
    cluster.add_producer("FIAP", "loja", rate=2)
    cluster.add_producer("FIAP", "app", rate=1, acks="1", keys="none")
    cluster.add_group("A", "FIAP", consumers=2)
    cluster.run(8)
    cluster.add_group("B", "FIAP", poll_ms=4000)
    return cluster.run(30)


def crashed() -> FakeCluster:
    """Broker 3 is down; its partitions have new leaders; records wait to be committed."""
    cluster = demo()
    cluster.crash_broker(3)
    cluster.run(9)
    cluster.producers["loja"]["rate"] = 12
    return cluster.run(0.2)


def leaderless() -> FakeCluster:
    """A topic without copies, and its broker is down: nobody can write or read there."""
    cluster = FakeCluster()
    cluster.create_topic("unica", partitions=2, replication=1)
    cluster.add_producer("unica", "loja", rate=3)
    cluster.run(6)
    cluster.crash_broker(2)
    return cluster.run(4)


def idle() -> FakeCluster:
    """Four consumers, three partitions: one has nothing to read. A real client reads too."""
    cluster = demo()
    cluster.add_consumer("A")
    cluster.add_consumer("A")
    cluster.add_group("kcat", "FIAP", consumers=0)
    cluster.add_consumer("kcat", kind="tcp", name="rdkafka")
    cluster.limited_by = "rdkafka"
    return cluster.run(4)


def wide() -> FakeCluster:
    """Six partitions of three replicas: all of it has to fit a desk's screen."""
    cluster = FakeCluster()
    cluster.create_topic("FIAP", partitions=6)
    cluster.add_producer("FIAP", "loja", rate=6)
    cluster.add_group("A", "FIAP", consumers=3)
    return cluster.run(25)


def big() -> FakeCluster:
    """Twelve brokers, a hundred partitions of three replicas, one broker down."""
    cluster = FakeCluster(brokers=12)
    cluster.create_topic("cliques", partitions=100)
    cluster.add_producer("cliques", "site", rate=400, keys="none")
    cluster.add_group("painel", "cliques", consumers=6)
    cluster.run(4)
    cluster.stop_consumer("p3")
    cluster.crash_broker(7)
    return cluster.run(3)


def streams() -> FakeCluster:
    """A stream of four shards that was split and merged, with who writes and reads; and a broker that has just died."""
    cluster = FakeCluster()
    cluster.create_topic("FIAP")
    cluster.add_stream("ftf-meu-stream", 4)
    cluster.callers.append(
        {"client": "aws-cli 127.0.0.1:50112", "software": "aws-cli", "version": "2.17.0", "connections": 1, "calls": 7}
    )
    cluster.add_stream_producer("ftf-meu-stream", "caixa", rate=8, keys="many")
    cluster.add_stream_consumer("ftf-meu-stream", "painel")
    cluster.run(12)
    cluster.split("ftf-meu-stream", "shardId-000000000001")
    cluster.reshard("ftf-meu-stream", ["shardId-000000000002", "shardId-000000000003"], [])
    for shard in ("shardId-000000000002", "shardId-000000000003"):
        cluster.stream_consumers["painel"]["leases"][shard]["done"] = True
    cluster.stream_consumers["painel"]["leases"]["shardId-000000000006"] = {
        "position": 0, "checkpoint": "TRIM_HORIZON", "done": False
    }  # fmt: skip
    cluster.add_stream_consumer("ftf-meu-stream", "alertas", fan_out=True)
    cluster.iterate("aws-cli 127.0.0.1:50112", "ftf-meu-stream", "shardId-000000000000", "TRIM_HORIZON", 2)
    cluster.run(8)
    hot = cluster.streams["ftf-meu-stream"]["shards"][6]
    hot |= {"records_s": 1000, "bytes_s": 90_000, "throttled_in": 143, "throttled_ms": cluster.now - 600}
    cluster.streams["ftf-meu-stream"]["shards"][0] |= {"records_s": 240, "bytes_s": 20_000}
    return cluster


def empty() -> FakeCluster:
    """Just begun: three brokers, nothing else."""
    return FakeCluster()


SCENES: dict[str, Callable[[], FakeCluster]] = {
    scene.__name__: scene for scene in (demo, crashed, leaderless, idle, wide, big, streams, empty)
}


def fixture(name: str) -> dict[str, object]:
    """{"state": a snapshot, "events": the events so far} of a scene, from its file."""
    loaded: dict[str, object] = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


if __name__ == "__main__":
    for name, scene in SCENES.items():
        cluster = scene()
        text = json.dumps(
            {"state": cluster.state(), "events": cluster.events[-60:]}, ensure_ascii=False, separators=(",", ":")
        )
        (FIXTURES / f"{name}.json").write_text(text + "\n", encoding="utf-8")
