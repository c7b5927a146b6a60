"""Who reads: groups as their coordinators know them, and how far each member has got.

Of a simulated consumer the position is known exactly. Of a real one it is known what was *fetched up to*
and what was committed, and its ``kind`` says so: "tcp".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.machine import MILLISECOND
from engine.quorum.image import NO_LEADER
from engine.quorum.topics import OFFSETS_TOPIC

if TYPE_CHECKING:
    from engine.clients.consumer import Consumer
    from engine.cluster.cluster import Cluster

Offsets = dict[str, dict[str, int]]  # {topic: {partition: offset}}, partitions as text: JSON has no other keys


def coordinated(cluster: Cluster) -> list[dict[str, Any]]:
    """All groups, each as its coordinator knows it.

    A broker that was replaced and has not heard of it still believes that it coordinates: the one
    that the controller means counts.
    """
    found: dict[str, dict[str, Any]] = {}
    for number in cluster.places:
        if not cluster.alive(number):
            continue
        for group in cluster.broker(number).groups.snapshot():
            state = cluster.image.partition(OFFSETS_TOPIC, group["partition"])
            if group["id"] not in found or (state is not None and state.leader == number):
                found[group["id"]] = {**group, "coordinator": number}
    return list(found.values())


def groups(cluster: Cluster) -> list[dict[str, Any]]:
    """The groups as the snapshot shows them, by name."""
    simulated = {c.name: c for c in cluster.consumers()}
    shown = []
    for group in coordinated(cluster):
        committed: Offsets = {t: {str(p): o for p, o in ps.items()} for t, ps in group["committed"].items()}
        members = [_member(cluster, m, simulated.get(m["client"])) for m in group["members"]]
        shown.append(
            {"id": group["id"], "state": group["state"], "generation": group["generation"],
             "protocol": group["protocol"], "coordinator": group["coordinator"], "committed": committed,
             "members": members, "lag": _lag(cluster, committed)}
        )  # fmt: skip
    known: dict[str, dict[str, Any]] = {g["id"]: g for g in shown}
    for consumer in simulated.values():  # those that have not joined yet, or are between two memberships
        if cluster.hands[consumer.name].removing:
            continue
        if consumer.group not in known:
            known[consumer.group] = {
                "id": consumer.group, "state": "Empty", "generation": 0, "protocol": "", "coordinator": -1,
                "committed": {}, "members": [], "lag": 0,
            }  # fmt: skip
            shown.append(known[consumer.group])
        members = known[consumer.group]["members"]
        if all(m["client"] != consumer.name for m in members):
            members.append(_outsider(consumer))
    return sorted(shown, key=lambda group: str(group["id"]))


def _member(cluster: Cluster, m: dict[str, Any], sim: Consumer | None) -> dict[str, Any]:
    """A member as its coordinator knows it. Real clients have a host, simulated ones have none.

    sim: None also for a simulated one that crashed and was not missed yet.
    """
    assigned: dict[str, list[int]] = m["assigned"]
    position = _position(sim) if sim else _fetched_up_to(cluster, m["client"], m["host"], assigned)
    return {
        "id": m["client"] or m["member"],
        "member": m["member"],
        "client": m["client"],
        "kind": "tcp" if m["host"] else "sim",
        "host": m["host"],
        "running": sim.running if sim is not None else bool(m["host"]),
        "poll_ms": sim.poll_ms if sim is not None else 0,
        **_habits(sim),
        "topics": m["topics"],
        "assigned": assigned,
        "position": {t: {p: o for p, o in ps.items() if int(p) in assigned.get(t, ())} for t, ps in position.items()},
        "lag": _lag(cluster, position, assigned),
        "heartbeat_ms_ago": max(0, (cluster.world.now - m["heartbeat_at"]) // MILLISECOND),
        "session_ms": m["session_ms"],
    }


def _outsider(consumer: Consumer) -> dict[str, Any]:
    return {
        "id": consumer.name, "member": "", "client": consumer.name, "kind": "sim", "host": "",
        "running": consumer.running, "poll_ms": consumer.poll_ms, **_habits(consumer),
        "topics": list(consumer.topics), "assigned": {},
        "position": {}, "lag": 0, "heartbeat_ms_ago": 0, "session_ms": 0,
    }  # fmt: skip


def _habits(sim: Consumer | None) -> dict[str, Any]:
    """How its application goes about it, and how far it has got; of a real one nobody knows."""
    if sim is None:
        nothing = {"work_ms": 0, "max_poll_records": 0, "max_poll_interval_ms": 0}
        return {**nothing, "commit": "", "processed": 0, "working": 0}
    return {
        "work_ms": sim.work_ms, "max_poll_records": sim.max_poll_records,
        "max_poll_interval_ms": sim.max_poll_interval // MILLISECOND, "commit": sim.commit,
        "processed": sim.processed, "working": len(sim.working),
    }  # fmt: skip


def _position(consumer: Consumer) -> Offsets:
    position: Offsets = {}
    for (topic, partition), offset in consumer.position.items():
        position.setdefault(topic, {})[str(partition)] = offset
    return position


def _fetched_up_to(cluster: Cluster, client: str, host: str, assigned: dict[str, list[int]]) -> Offsets:
    """How far a real client has fetched what is assigned to it, from the leaders' point of view."""
    position: Offsets = {}
    for topic, partitions in assigned.items():
        for partition in partitions:
            for broker in cluster.brokers():
                held = broker.partitions.get((topic, partition))
                if held is None or held.leader is None:
                    continue
                for number, offset in held.fetched_by.items():
                    connection = broker.outside.connections.get(number)
                    if connection is not None and (connection.client, connection.host) == (client, host):
                        position.setdefault(topic, {})[str(partition)] = offset
    return position


def _lag(cluster: Cluster, offsets: Offsets, only: dict[str, list[int]] | None = None) -> int:
    """Records between these offsets and the high watermarks."""
    lag = 0
    for topic, partitions in offsets.items():
        for partition, offset in partitions.items():
            if only is not None and int(partition) not in only.get(topic, ()):
                continue
            lag += max(0, high_watermark(cluster, topic, int(partition)) - offset)
    return lag


def high_watermark(cluster: Cluster, topic: str, partition: int) -> int:
    """The leader's; while there is none, the highest that any replica knows."""
    state = cluster.image.partition(topic, partition)
    if state is None:
        return 0
    marks = [
        held.high_watermark
        for b in ([state.leader] if state.leader != NO_LEADER else state.replicas)
        if b in cluster.places and (held := cluster.broker(b).partitions.get((topic, partition))) is not None
    ]
    return max(marks, default=0)
