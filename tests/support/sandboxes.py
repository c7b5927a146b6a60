"""Sandboxes of a host in a thread: asked about, written to and read from, without a real client's weight."""

from __future__ import annotations

import time
from typing import Any

import pytest

from engine.live.thread import AskRefused, HostThread
from tests.support.raw_kafka import RawClient, fetch, metadata, produce

SCENARIO = {"brokers": 3, "link_us": 500, "topics": [{"topic": "t", "partitions": 1, "replication": 3}]}
BUSY = {**SCENARIO, "producers": [{"topic": "t", "producer": "loja", "rate": 50.0}]}


def refused(host: HostThread, ask: str, **fields: Any) -> tuple[int, str]:
    """Status and code of a refusal, which must have a reason."""
    with pytest.raises(AskRefused) as refusal:
        host.call(ask, **fields)
    assert refusal.value.error["reason"]
    return refusal.value.status, refusal.value.code


def rows(host: HostThread, **asking: Any) -> dict[str, Any]:
    return {row["id"]: row for row in host.call("sandboxes", **asking)}


def until_open(host: HostThread) -> dict[str, Any]:
    """All rows, once none is being opened any more."""
    end = time.monotonic() + 20
    while any(row["state"] == "opening" for row in host.call("sandboxes")):
        assert time.monotonic() < end, rows(host)
        time.sleep(0.01)
    return rows(host)


def world(host: HostThread, sandbox: str = "demo") -> Any:
    return host.host.facade.sandboxes[sandbox].sandbox.world


def leader(kafka: list[str], topic: str = "t") -> str:
    with RawClient(kafka[0]) as client:
        number: int = client.ask(metadata(topic)).topics[0].partitions[0].leader
    return kafka[number - 1]


def write(kafka: list[str], value: bytes, topic: str = "t") -> int:
    """The offset it got."""
    with RawClient(leader(kafka, topic)) as client:
        part = client.ask(produce(topic, 0, value)).parts[0]
    assert part.error == 0
    return int(part.base_offset)


def read(kafka: list[str], topic: str = "t") -> bytes:
    with RawClient(leader(kafka, topic)) as client:
        return b"".join(map(bytes, client.ask(fetch(topic, 0, 0)).parts[0].records))
