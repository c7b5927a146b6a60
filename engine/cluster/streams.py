"""The Kinesis half of the snapshot: streams, shards, who reads and writes, the last calls. Made by looking only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.kinesis.applications.worker import StreamConsumer
from engine.kinesis.applications.writer import StreamProducer
from engine.kinesis.gateway.gateway import Gateway
from engine.machine import MILLISECOND
from engine.quorum.streams import STREAMS

if TYPE_CHECKING:
    from engine.cluster.cluster import Cluster


def kinesis(cluster: Cluster, gateway: Gateway, topics: list[dict[str, Any]]) -> dict[str, Any]:
    """Its shape is told in docs/api.md. topics: as the snapshot has them, for the offsets of shards."""
    state = gateway.account.snapshot(cluster.world.now)
    partitions = {topic["name"]: topic["partitions"] for topic in topics if topic["name"].startswith(STREAMS)}
    for stream in state["streams"]:
        known = partitions.get(stream["topic"], [])
        for shard in stream["shards"]:
            number = shard["partition"]
            if number < len(known):
                shard |= {what: known[number][what] for what in ("start", "hw", "end")}
    return {
        **state,
        "producers": [_producer(cluster, p) for p in cluster.stream_producers() if not _leaving(cluster, p)],
        "consumers": [_consumer(c) for c in cluster.stream_consumers() if not _leaving(cluster, c)],
        "clients": clients(gateway),
        "calls": [
            {"n": n, "operation": operation, "client": client, "stream": stream, "at_ms": at / MILLISECOND,
             "error": error}
            for n, operation, client, stream, at, error in gateway.calls
        ],
    }  # fmt: skip


def stream_of(topic: str) -> str | None:
    """The stream that a topic is under."""
    return topic.removeprefix(STREAMS) if topic.startswith(STREAMS) else None


def _leaving(cluster: Cluster, application: StreamProducer | StreamConsumer) -> bool:
    return cluster.hands[application.name].removing


def _producer(cluster: Cluster, p: StreamProducer) -> dict[str, Any]:
    return {
        "id": p.name, "stream": p.stream, "rate": p.rate, "source": p.source, "running": p.running, "keys": p.keys,
        "batch": p.batch, "sent": p.sent, "acked": p.acked, "throttled": p.throttled, "failed": p.failed,
        "waiting": p.waiting,
    }  # fmt: skip


def _consumer(c: StreamConsumer) -> dict[str, Any]:
    return {
        "id": c.name, "stream": c.stream, "poll_ms": c.poll_ms, "running": c.running,
        "kind": "SubscribeToShard" if c.fan_out else "GetRecords", "limit": c.limit,
        "start_at": c.leases.start_at, "work_ms": c.work_ms,
        "leases": {
            shard: {"position": lease.position, "checkpoint": lease.checkpoint, "done": lease.done,
                    "behind_ms": lease.behind_ms}
            for shard, lease in c.leases.held.items()
        },
        "delivered": c.delivered, "throttled": c.throttled,
    }  # fmt: skip


def clients(gateway: Gateway) -> list[dict[str, Any]]:
    """Real clients that are connected, by name."""
    found: dict[str, dict[str, Any]] = {}
    for caller in gateway.callers.outside.values():
        if caller.client and not caller.here:
            shown = found.setdefault(
                caller.client,
                {"client": caller.client, "software": caller.software, "version": caller.version, "connections": 0,
                 "calls": 0},
            )  # fmt: skip
            shown["connections"] += 1
            shown["calls"] += caller.calls
    return list(found.values())
