"""What the stage draws and the API shows: one snapshot of the whole cluster, as JSON.

It is made by looking only: no machine is asked, nothing is armed, nothing counted. Who reads stands in
readers.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from engine import events
from engine.cluster.pace import limits
from engine.cluster.patience import beforehand
from engine.cluster.readers import coordinated, groups
from engine.machine import MILLISECOND
from engine.quorum.image import NO_LEADER, TopicState
from engine.quorum.records import PartitionRecord

if TYPE_CHECKING:
    from engine.cluster.cluster import Cluster

TRAFFIC_SHOWN = 60
FLYING = ("appended", "delivered", "replicated")
STEPPED = (*FLYING, "high_watermark", "committed")  # while paused: what a step can have been


def state(cluster: Cluster) -> dict[str, Any]:
    """The snapshot; its shape is told in docs/api.md."""
    world = cluster.world
    image = cluster.image
    least, most, by = limits(cluster)
    pace = cluster.pace
    patience = beforehand(cluster)
    return {
        "sandbox": cluster.name,
        "step": world.steps,
        "event": world.event_number,
        "at_ms": world.now / MILLISECOND,
        "calendar_ms": (world.now + world.calendar_offset) // MILLISECOND,
        "pace": {
            "paused": pace.paused,
            "speed": min(max(pace.asked, least), most),
            "asked": pace.asked,
            "speed_min": least,
            "speed_max": most,
            "limited_by": by,
            "patience": patience,
            "first_to_give_up": patience[0] if patience else None,
        },
        "cluster_id": cluster.cluster_id,
        "controller": {"id": cluster.controller.node, "records": image.offset},
        "brokers": [_broker(cluster, b) for b in cluster.places],
        "topics": [_topic(cluster, t) for t in image.topics.values()],
        "producers": _producers(cluster),
        "groups": groups(cluster),
        "clients": _clients(cluster),
        "traffic": traffic(cluster, STEPPED if pace.paused else FLYING),
    }


# --- brokers and topics


def _broker(cluster: Cluster, number: int) -> dict[str, Any]:
    place, broker, alive = cluster.places[number], cluster.broker(number), cluster.alive(number)
    shown = place.state
    if alive and shown == "running" and broker.fenced:
        shown = "starting"
    elif not alive and shown != "crashed":
        shown = "stopped"
    names = dict.fromkeys(c.client for c in broker.outside.connections.values() if c.software) if alive else {}
    return {
        "id": number,
        "state": shown,
        "since_ms": place.since / MILLISECOND,
        "leads": len(cluster.image.led_by(number)),
        "clients": list(names),
    }


def _topic(cluster: Cluster, topic: TopicState) -> dict[str, Any]:
    return {
        "name": topic.name,
        "internal": topic.internal,
        "replication": topic.replication,
        "min_insync": topic.min_insync,
        "partitions": [_partition(cluster, topic, p) for p in topic.partitions.values()],
    }


def _partition(cluster: Cluster, topic: TopicState, p: PartitionRecord) -> dict[str, Any]:
    replicas, freshest = [], None
    for broker in p.replicas:
        held = cluster.broker(broker).partitions.get((p.topic, p.partition)) if broker in cluster.places else None
        alive = cluster.alive(broker)
        end = held.log.log_end if held else 0
        replicas.append(
            {"broker": broker, "start": held.log.log_start if held else 0, "end": end, "alive": alive,
             "in_sync": broker in p.isr}
        )  # fmt: skip
        if held and (broker == p.leader or freshest is None or (p.leader == NO_LEADER and end > freshest.log.log_end)):
            freshest = held
    shown: dict[str, Any] = {
        "id": p.partition,
        "leader": p.leader,
        "epoch": p.leader_epoch,
        "isr": list(p.isr),
        "start": freshest.log.log_start if freshest else 0,
        "hw": freshest.high_watermark if freshest else 0,
        "end": freshest.log.log_end if freshest else 0,
        "replicas": replicas,
        "tail": {"first": 0, "keys": ""},
    }
    if freshest and not topic.internal:
        shown["tail"] = cluster.tails.of(freshest.log)
    return shown


# --- who writes


def _producers(cluster: Cluster) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = [
        {"id": p.name, "kind": "sim", "topic": p.topic, "acks": p.acks, "rate": p.rate, "keys": p.keys,
         "running": p.running, "sent": p.sent, "acked": p.acked, "failed": p.failed, "waiting": p.waiting}
        for p in cluster.producers()
        if not cluster.hands[p.name].removing
    ]  # fmt: skip
    outside: dict[tuple[str, str], int] = {}
    for _, connection in cluster.connections():
        for topic, records in connection.produced.items():
            key = (connection.client or connection.peer, topic)
            outside[key] = outside.get(key, 0) + records
    for (client, topic), records in outside.items():
        shown.append(
            {"id": client, "kind": "tcp", "topic": topic, "acks": "", "rate": 0, "keys": "", "running": True,
             "sent": records, "acked": records, "failed": 0, "waiting": 0}
        )  # fmt: skip
    return shown


def _clients(cluster: Cluster) -> list[dict[str, Any]]:
    member_of = {m["client"]: g["id"] for g in coordinated(cluster) for m in g["members"]}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for _, connection in cluster.connections():
        if not connection.software:
            continue
        client = connection.client
        shown = found.setdefault(
            (client, connection.host),
            {"client": client, "software": connection.software, "version": connection.version, "connections": 0,
             "member_of": member_of.get(client, ""), "host": connection.host},
        )  # fmt: skip
        shown["connections"] += 1
    return list(found.values())


# --- traffic


def traffic(cluster: Cluster, codes: Sequence[str] = STEPPED) -> list[dict[str, Any]]:
    """The last records on their way, for the stage to let them fly; not those of the brokers' own topics."""
    found = (events.to_json(told) for told in reversed(cluster.world.traffic) if told.event.code in codes)
    recent = (data for data in found if not data["params"]["topic"].startswith("__"))
    shown = [
        {"code": data["code"], "at_ms": data["at_ms"], "params": data["params"]}
        for data in islice(recent, TRAFFIC_SHOWN)
    ]
    return shown[::-1]
