"""What the stage draws and the API shows: one snapshot of the whole cluster, as JSON.

It is made by looking only: no machine is asked, nothing is armed, nothing counted. Who reads stands in
readers.py.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from engine import events
from engine.cluster.active import faults
from engine.cluster.pace import limits
from engine.cluster.patience import beforehand
from engine.cluster.readers import coordinated, groups
from engine.cluster.streams import kinesis, stream_of
from engine.machine import MILLISECOND
from engine.quorum.image import NO_LEADER
from engine.quorum.records import PartitionRecord

if TYPE_CHECKING:
    from engine.cluster.cluster import Cluster
    from engine.replication.partition import Partition
    from engine.storage.log import Log

TRAFFIC_SHOWN = 60
FLYING = ("appended", "delivered", "replicated", "record_put", "records_read")
STEPPED = (*FLYING, "high_watermark", "committed")  # while paused: what a step can have been


def state(
    cluster: Cluster, tails: Container[tuple[str, int]] | None = None, told: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """The snapshot; its shape is told in docs/api.md.

    tails: (topic, partition) of those whose last records are wanted: they have to be decoded. None: of all.
    told: what is told of the traffic. None: the last of it.
    """
    world = cluster.world
    image = cluster.image
    least, most, by = limits(cluster)
    pace = cluster.pace
    patience = beforehand(cluster)
    topics = _topics(cluster, tails)
    gateway = cluster.gateway
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
        "brokers": _brokers(cluster),
        "topics": topics,
        "producers": _producers(cluster),
        "groups": groups(cluster),
        "clients": _clients(cluster),
        "faults": faults(cluster),
        "traffic": traffic(cluster, STEPPED if pace.paused else FLYING) if told is None else told,
        **({"kinesis": kinesis(cluster, gateway, topics)} if gateway is not None else {}),
        **({"lesson": cluster.referee.shown_state()} if cluster.referee is not None else {}),
    }


# --- brokers and topics


def _brokers(cluster: Cluster) -> list[dict[str, Any]]:
    leads: dict[int, int] = {}
    for topic in cluster.image.topics.values():
        for p in topic.partitions.values():
            leads[p.leader] = leads.get(p.leader, 0) + 1
    return [_broker(cluster, number, leads.get(number, 0)) for number in cluster.places]


def _broker(cluster: Cluster, number: int, leads: int) -> dict[str, Any]:
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
        "leads": leads,
        "rack": cluster.rack(number),
        "clients": list(names),
    }


def _topics(cluster: Cluster, tails: Container[tuple[str, int]] | None) -> list[dict[str, Any]]:
    held = {number: cluster.broker(number).partitions for number in cluster.places}
    alive = {number: cluster.alive(number) for number in cluster.places}
    shown = []
    for topic in cluster.image.topics.values():
        partitions = [_partition(p, held, alive) for p in topic.partitions.values()]
        stream = stream_of(topic.name)
        hidden = topic.internal and stream is None
        for partition, log in partitions:
            if log is not None and not hidden and (tails is None or (topic.name, partition["id"]) in tails):
                partition["tail"] = cluster.tails.of(log)
        shown.append(
            {"name": topic.name, "internal": topic.internal, "replication": topic.replication,
             "min_insync": topic.min_insync, "partitions": [partition for partition, _ in partitions],
             **({"stream": stream} if stream is not None else {})}
        )  # fmt: skip
    return shown


def _partition(
    p: PartitionRecord, held: dict[int, dict[tuple[str, int], Partition]], alive: dict[int, bool]
) -> tuple[dict[str, Any], Log | None]:
    """What is shown of it but its tail, and the log that counts."""
    replicas, freshest, end = [], None, 0
    name = (p.topic, p.partition)
    for broker in p.replicas:
        there = held.get(broker, {}).get(name)
        log = there.log if there is not None else None
        ends = log.log_end if log is not None else 0
        replicas.append(
            {"broker": broker, "start": log.log_start if log is not None else 0, "end": ends,
             "alive": alive.get(broker, False), "in_sync": broker in p.isr}
        )  # fmt: skip
        if there is not None and (
            broker == p.leader or freshest is None or (p.leader == NO_LEADER and ends > freshest.log.log_end)
        ):
            freshest, end = there, ends
    shown: dict[str, Any] = {
        "id": p.partition,
        "leader": p.leader,
        "epoch": p.leader_epoch,
        "isr": list(p.isr),
        "start": freshest.log.log_start if freshest is not None else 0,
        "hw": freshest.high_watermark if freshest is not None else 0,
        "end": end,
        "replicas": replicas,
        "adding": list(p.adding),
        "removing": list(p.removing),
        "tail": {"first": 0, "keys": ""},
    }
    return shown, freshest.log if freshest is not None else None


# --- who writes


def _producers(cluster: Cluster) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = [
        {"id": p.name, "kind": "sim", "topic": p.topic, "acks": p.acks, "rate": p.rate, "keys": p.keys,
         "running": p.running, "sent": p.sent, "acked": p.acked, "failed": p.failed, "waiting": p.waiting,
         "source": p.source, "late": p.late, "repeated": p.repeated, "rows": p.rows and list(p.rows),
         "partitioner": p.partitioner}
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
             "sent": records, "acked": records, "failed": 0, "waiting": 0, "source": "", "late": 0, "repeated": 0,
             "rows": None, "partitioner": ""}
        )  # fmt: skip
    return shown


def _clients(cluster: Cluster) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    connections = cluster.connections()
    member_of = {m["client"]: g["id"] for g in coordinated(cluster) for m in g["members"]} if connections else {}
    for _, connection in connections:
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
    recent = (data for data in found if not _hidden(data["params"].get("topic", "")))
    shown = [
        {"code": data["code"], "at_ms": data["at_ms"], "params": data["params"]}
        for data in islice(recent, TRAFFIC_SHOWN)
    ]
    return shown[::-1]


def _hidden(topic: str) -> bool:
    return topic.startswith("__") and stream_of(topic) is None
