"""What a seed makes of a cluster: links, brokers, topics, who writes and who reads.

Records are written in small batches (``linger.ms``), as busy producers do: so that most of a run's steps
are about many records each. Few keys, small segments and short retentions make logs roll, shrink and be
compacted within seconds.
"""

from __future__ import annotations

from typing import Any

from engine.world.dice import Dice

CONFIG: dict[str, Any] = {
    "replica_lag_time_max_ms": 3_000,
    "group_initial_rebalance_delay_ms": 100,
    "consumer_session_timeout_ms": 6_000,
    "consumer_heartbeat_interval_ms": 1_000,
    "leader_imbalance_check_interval_ms": 7_000,
}
ASSIGNORS = ("range", "roundrobin", "sticky")


def plan(dice: Dice, brokers: int) -> dict[str, Any]:
    """A scenario (engine/cluster/scenario.py)."""
    made: dict[str, Any] = {
        "name": "simulation",
        "link_us": dice.choice((0, 200, 1_000, 3_000)),
        "brokers": brokers,
        "config": {**CONFIG, "offsets_topic_num_partitions": 1},
        "topics": [
            {"topic": "pedidos", "partitions": dice.between(1, 2), "replication": 3,
             "min_insync_replicas": dice.between(1, 2)},
            {"topic": "cliques", "partitions": 1, "replication": 2, "min_insync_replicas": 1},
        ],
        "producers": [
            {"producer": "safe", "topic": "pedidos", "rate": 15.0, "acks": "all", "linger_ms": 200},
            {"producer": "plain", "topic": "pedidos", "rate": 6.0, "acks": "all", "idempotent": False,
             "linger_ms": 300},
            {"producer": "quick", "topic": "cliques", "rate": 4.0, "acks": "1", "idempotent": False},
        ],
        "groups": [
            {"group": "g", "topic": "pedidos", "consumers": 2, "poll_ms": 400, "assignor": dice.choice(ASSIGNORS)},
            {"group": "h", "topic": "cliques", "consumers": 1, "poll_ms": 1000},
        ],
    }  # fmt: skip
    if dice.chance(0.5):
        _compacted(made, dice)
    if dice.chance(0.5):
        _short_lived(made, dice)
    return made


def _compacted(made: dict[str, Any], dice: Dice) -> None:
    """The last state of a few customers."""
    configs = {
        "cleanup.policy": "compact", "segment.bytes": str(dice.choice((1_024, 3_000))),
        "min.cleanable.dirty.ratio": "0.1", "delete.retention.ms": "1000", "file.delete.delay.ms": "500",
    }  # fmt: skip
    made["topics"].append({"topic": "estado", "partitions": 1, "replication": 3, "min_insync_replicas": 2,
                           "configs": configs})  # fmt: skip
    made["producers"].append({"producer": "state", "topic": "estado", "rate": 8.0, "acks": "all", "linger_ms": 500})


def _short_lived(made: dict[str, Any], dice: Dice) -> None:
    """What is old is gone."""
    configs = {
        "segment.bytes": str(dice.choice((1_024, 4_000))), "retention.ms": str(dice.choice((1_000, 4_000))),
        "file.delete.delay.ms": "500",
    }  # fmt: skip
    made["topics"].append({"topic": "sensores", "partitions": 1, "replication": 2, "configs": configs})
    made["producers"].append({"producer": "sensor", "topic": "sensores", "rate": 8.0, "acks": "1", "linger_ms": 500})
