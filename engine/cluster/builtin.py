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
    "big": {
        "name": "big", "link_us": 1000, "brokers": 12,
        "topics": [{"topic": "eventos", "partitions": 100, "replication": 3, "min_insync_replicas": 2}],
        "producers": [{"producer": "sensor", "topic": "eventos", "rate": 20.0, "keys": "many"}],
        "groups": [{"group": "painel", "topic": "eventos", "consumers": 4, "poll_ms": 500}],
    },
}  # fmt: skip
