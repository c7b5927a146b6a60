"""Scenarios a sandbox can be made from by name. What they show is said by the page (static/i18n)."""

from __future__ import annotations

from typing import Any

from engine.cluster.scenario import DEMO

BUILTIN: dict[str, dict[str, Any]] = {
    "demo": DEMO,
    "empty": {"name": "empty", "link_us": 1000, "brokers": 3},
    "one": {
        "name": "one", "link_us": 1000, "brokers": 1,
        "config": {
            "default_replication_factor": 1, "offsets_topic_replication_factor": 1, "offsets_topic_min_insync": 1,
        },
        "topics": [{"topic": "pedidos", "partitions": 1, "replication": 1}],
        "producers": [{"producer": "loja", "topic": "pedidos", "rate": 1.0}],
        "groups": [{"group": "A", "topic": "pedidos", "poll_ms": 1000}],
    },
    "shop": {
        "name": "shop", "link_us": 1000, "brokers": 3,
        "topics": [
            {"topic": "pedidos", "partitions": 6, "replication": 3, "min_insync_replicas": 2},
            {"topic": "pagamentos", "partitions": 3, "replication": 3, "min_insync_replicas": 2},
        ],
        "producers": [
            {"producer": "loja", "topic": "pedidos", "rate": 5.0, "keys": "many"},
            {"producer": "caixa", "topic": "pagamentos", "rate": 2.0, "keys": "few"},
        ],
        "groups": [
            {"group": "estoque", "topic": "pedidos", "consumers": 3, "poll_ms": 500},
            {"group": "entrega", "topic": "pedidos", "consumers": 2, "poll_ms": 2000},
            {"group": "fraude", "topic": "pagamentos", "poll_ms": 1000},
        ],
    },
    "racks": {
        "name": "racks", "link_us": 1000, "brokers": 6, "racks": ["sp-a", "sp-b", "sp-c"],
        "topics": [{"topic": "pedidos", "partitions": 6, "replication": 3, "min_insync_replicas": 2}],
        "producers": [{"producer": "loja", "topic": "pedidos", "rate": 3.0, "keys": "many"}],
        "groups": [{"group": "estoque", "topic": "pedidos", "consumers": 3, "poll_ms": 500}],
    },
    "three": {
        "name": "three", "link_us": 1000, "brokers": 3,
        "topics": [{"topic": "pedidos", "partitions": 6, "replication": 3, "min_insync_replicas": 2}],
        "producers": [{"producer": "loja", "topic": "pedidos", "rate": 3.0, "keys": "many"}],
        "groups": [{"group": "estoque", "topic": "pedidos", "consumers": 3, "poll_ms": 500}],
    },
    "hot-key": {
        "name": "hot-key", "link_us": 1000, "brokers": 3,
        "topics": [{"topic": "pedidos", "partitions": 3, "replication": 3, "min_insync_replicas": 2}],
        "producers": [
            {"producer": "gigante", "topic": "pedidos", "rate": 8.0, "keys": "hot"},
            {"producer": "loja", "topic": "pedidos", "rate": 2.0, "keys": "many"},
        ],
        "groups": [
            {"group": "entrega", "topic": "pedidos", "consumers": 3, "poll_ms": 500, "max_poll_records": 4,
             "work_ms": 200, "commit": "after"},
        ],
    },
    "slow": {
        "name": "slow", "link_us": 1000, "brokers": 3,
        "topics": [{"topic": "pedidos", "partitions": 3, "replication": 3, "min_insync_replicas": 2}],
        "producers": [{"producer": "loja", "topic": "pedidos", "rate": 5.0, "keys": "many"}],
        "groups": [
            {"group": "painel", "topic": "pedidos", "poll_ms": 500},
            {"group": "entrega", "topic": "pedidos", "poll_ms": 500, "max_poll_records": 5, "work_ms": 400,
             "commit": "after"},
        ],
    },
    "compaction": {
        "name": "compaction", "link_us": 1000, "brokers": 3, "config": {"log_cleaner_backoff_ms": 5000},
        "topics": [
            {"topic": "saldos", "partitions": 1, "replication": 3, "min_insync_replicas": 2, "configs": {
                "cleanup.policy": "compact", "segment.bytes": "4096", "min.cleanable.dirty.ratio": "0.1",
            }},
        ],
        "producers": [{"producer": "banco", "topic": "saldos", "rate": 5.0, "keys": "few"}],
        "groups": [{"group": "painel", "topic": "saldos", "poll_ms": 500}],
    },
    "retention": {
        "name": "retention", "link_us": 1000, "brokers": 3,
        "topics": [
            {"topic": "medidas", "partitions": 1, "replication": 3, "min_insync_replicas": 2, "configs": {
                "retention.ms": "20000", "segment.bytes": "6000",
            }},
        ],
        "producers": [{"producer": "sensor", "topic": "medidas", "rate": 5.0, "source": "temperatures"}],
        "groups": [{"group": "painel", "topic": "medidas", "poll_ms": 500}],
    },
    "readers": {
        "name": "readers", "link_us": 1000, "brokers": 3,
        "topics": [{"topic": "pedidos", "partitions": 3, "replication": 3, "min_insync_replicas": 2}],
        "producers": [{"producer": "loja", "topic": "pedidos", "rate": 3.0}],
        "groups": [
            {"group": "estoque", "topic": "pedidos", "consumers": 3, "poll_ms": 500},
            {"group": "entrega", "topic": "pedidos", "consumers": 2, "poll_ms": 1000},
            {"group": "fraude", "topic": "pedidos", "poll_ms": 250},
            {"group": "painel", "topic": "pedidos", "poll_ms": 5000},
            {"group": "auditoria", "topic": "pedidos", "poll_ms": 20000},
            {"group": "novidades", "topic": "pedidos", "poll_ms": 1000, "start_at": "latest"},
        ],
    },
    "sources": {
        "name": "sources", "link_us": 1000, "brokers": 3,
        "topics": [
            {"topic": "sensores", "partitions": 2, "replication": 3, "min_insync_replicas": 2},
            {"topic": "uti", "partitions": 2, "replication": 3, "min_insync_replicas": 2},
            {"topic": "bolsa", "partitions": 2, "replication": 3, "min_insync_replicas": 2},
        ],
        "producers": [
            {"producer": "sensores", "topic": "sensores", "rate": 2.0, "source": "temperatures"},
            {"producer": "uti", "topic": "uti", "rate": 3.0, "source": "monitors"},
            {"producer": "bolsa", "topic": "bolsa", "rate": 5.0, "source": "ticks"},
        ],
        "groups": [
            {"group": "alarme", "topic": "uti", "poll_ms": 250},
            {"group": "painel", "topic": "bolsa", "poll_ms": 1000},
        ],
    },
    "kinesis": {
        "name": "kinesis", "link_us": 1000, "brokers": 3,
        "streams": [{"stream": "pedidos", "shards": 4}],
        "stream_producers": [
            {"producer": "loja", "stream": "pedidos", "rate": 4.0, "keys": "many"},
            {"producer": "gigante", "stream": "pedidos", "rate": 2.0, "keys": "hot"},
        ],
        "stream_consumers": [
            {"consumer": "entrega", "stream": "pedidos", "poll_ms": 1000},
            {"consumer": "painel", "stream": "pedidos", "fan_out": True},
        ],
    },
    "big": {
        "name": "big", "link_us": 1000, "brokers": 12,
        "topics": [{"topic": "eventos", "partitions": 100, "replication": 3, "min_insync_replicas": 2}],
        "producers": [{"producer": "sensor", "topic": "eventos", "rate": 20.0, "keys": "many"}],
        "groups": [{"group": "painel", "topic": "eventos", "consumers": 4, "poll_ms": 500}],
    },
}  # fmt: skip
