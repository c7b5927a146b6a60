"""Pages of the drawer that need more than the state says: a partition, a segment, a broker, a group, a record's bytes.

Each is asked for when somebody opens it and read off the machines as they are; nothing is kept for it. Shapes are told
in docs/api.md ("Inspector"). Raises CommandRefused for what is not there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.cluster import dissect
from engine.cluster.dissect import freshest_log
from engine.cluster.inspect import held_by
from engine.cluster.readers import coordinated, high_watermark
from engine.cluster.whynot import known, leading
from engine.commands import CommandRefused
from engine.config import DIFFERENT
from engine.machine import MILLISECOND
from engine.quorum.configs import TOPIC_CONFIGS
from engine.quorum.image import TopicState
from engine.quorum.records import PartitionRecord
from engine.replication.leader import UNKNOWN
from engine.storage.log import Log
from engine.storage.segment import Segment

if TYPE_CHECKING:
    from engine.cluster.cluster import Cluster

SEGMENTS_SHOWN = 200  # of a partition, the newest
LEADERS_SHOWN = 60  # elections of a partition, the last
COUNTED_BYTES = 1 << 20  # of a larger segment batches and records are not counted: that would hold up the others
ENTRIES_SHOWN = 40  # of a segment's index: its first and its last half


def page(cluster: Cluster, kind: str, names: dict[str, Any]) -> dict[str, Any]:
    if kind not in PAGES:
        raise CommandRefused("INVALID_REQUEST", f"There are pages on {', '.join(PAGES)}.")
    return PAGES[kind](cluster, names)


# --- a partition ------------------------------------------------------------------------------------------


def partition(cluster: Cluster, names: dict[str, Any]) -> dict[str, Any]:
    topic, state = known(cluster, names)
    held = leading(cluster, state)
    role = held.leader if held is not None else None
    now = cluster.world.now
    replicas = []
    for broker in state.replicas:
        own = held_by(cluster, broker, state)
        progress = role.followers.get(broker) if role is not None else None
        heard = progress is not None and progress.log_end != UNKNOWN
        replicas.append(
            {"broker": broker, "alive": cluster.alive(broker) if broker in cluster.places else False,
             "in_sync": broker in state.isr, "leader": broker == state.leader,
             "start": own.log.log_start if own else 0, "end": own.log.log_end if own else 0,
             "hw": own.high_watermark if own else 0, "epoch": own.log.latest_epoch() if own else -1,
             "bytes": own.log.size if own else 0,
             "fetched_to": progress.log_end if progress is not None and heard else None,
             "fetched_ms_ago": (now - progress.fetched_at) // MILLISECOND if progress is not None and heard else None,
             "caught_up_ms_ago": (now - progress.caught_up_at) // MILLISECOND if progress is not None else None}
        )  # fmt: skip
    log = held.log if held is not None else freshest_log(cluster, state)
    return {
        "topic": topic.name, "partition": state.partition, "leader": state.leader, "epoch": state.leader_epoch,
        "partition_epoch": state.partition_epoch, "isr": list(state.isr), "min_insync": topic.min_insync_of(state),
        "lag_max_ms": cluster.config.replica_lag_time_max_ms, "preferred": state.replicas[0],
        "configs": configs(topic), "replicas": replicas,
        "epochs": [] if log is None else _epochs(log),
        "leaders": _leaders(cluster, state),
        "segments": [] if log is None else [_row(log, one) for one in log.segments[-SEGMENTS_SHOWN:]],
        "segments_all": 0 if log is None else len(log.segments),
        "producers": [] if log is None else [
            {"id": p, "epoch": entry.epoch, "last_sequence": entry.marks[-1][1] if entry.marks else -1}
            for p, entry in list(log.producers.entries.items())[:20]
        ],
    }  # fmt: skip


def configs(topic: TopicState) -> list[dict[str, Any]]:
    """All configs of a topic that are acted on, with Kafka's default beside each."""
    return [
        {"name": name, "value": topic.configs.get(name, default), "default": default, "set": name in topic.configs}
        for name, default in TOPIC_CONFIGS.items()
    ]


def _epochs(log: Log) -> list[dict[str, int]]:
    """The leader epochs in this log: where each began and ended."""
    entries = log.epochs.entries
    ends = [start for _, start in entries[1:]] + [log.log_end]
    return [{"epoch": epoch, "start": start, "end": end} for (epoch, start), end in zip(entries, ends, strict=True)]


def _leaders(cluster: Cluster, state: PartitionRecord) -> list[dict[str, Any]]:
    """Who has led it so far, and when nobody did: from the milestones that are kept."""
    found = []
    for told in reversed(cluster.world.told):
        event: Any = told.event
        if event.code not in ("leader_elected", "leader_missing"):
            continue
        if (event.topic, event.partition) != (state.topic, state.partition):
            continue
        found.append({"n": told.number, "step": told.step, "at_ms": told.at / MILLISECOND, "epoch": event.epoch,
                      "leader": getattr(event, "leader", -1), "was": getattr(event, "was", -1),
                      "why": getattr(event, "why", "")})  # fmt: skip
        if len(found) == LEADERS_SHOWN:
            break
    return found


# --- a segment --------------------------------------------------------------------------------------------


def _row(log: Log, one: Segment) -> dict[str, Any]:
    last = one.next_offset - 1
    return {
        "base": one.base_offset, "next": one.next_offset, "bytes": one.size, "synced": one.file.synced,
        "active": one is log.segments[-1], "index_entries": len(one.index), "time_entries": len(one.times),
        "first_ms": one.first_timestamp, "max_ms": one.max_timestamp,
        "readable": last >= log.log_start, "path": one.path,
    }  # fmt: skip


def segment(cluster: Cluster, names: dict[str, Any]) -> dict[str, Any]:
    topic, state = known(cluster, names)
    broker, base = names.get("broker"), names.get("base")
    own = held_by(cluster, broker, state) if type(broker) is int else None
    one = next((s for s in own.log.segments if s.base_offset == base), None) if own is not None else None
    if own is None or one is None:
        raise CommandRefused("NOT_FOUND", f"Broker {broker} has no segment {base} of {state.topic}-{state.partition}.")
    log = own.log
    number = log.segments.index(one)
    index, times = one.index.entries(), one.times.entries()
    counts = [batch.count for batch in one.batches(one.base_offset)] if one.size <= COUNTED_BYTES else None
    return {
        **_row(log, one), "broker": broker, "topic": topic.name, "partition": state.partition,
        "number": number, "segments": len(log.segments),
        "batches": len(counts) if counts is not None else None, "records": sum(counts) if counts is not None else None,
        "offsets": one.next_offset - one.base_offset, "log_start": log.log_start,
        "previous": log.segments[number - 1].base_offset if number else None,
        "following": log.segments[number + 1].base_offset if number + 1 < len(log.segments) else None,
        "rolls": {"segment.bytes": log.config.segment_bytes, "segment.ms": log.config.segment_ms},
        "index": [{"offset": offset, "position": position} for offset, position in _ends(index)],
        "times": [{"timestamp_ms": stamp, "offset": offset} for stamp, offset in _ends(times)],
        "retention": {"retention.ms": log.config.retention_ms, "retention.bytes": log.config.retention_bytes,
                      "cleanup.policy": log.config.cleanup_policy},
        "age_ms": (cluster.world.now + cluster.world.calendar_offset) // MILLISECOND - one.largest_timestamp,
    }  # fmt: skip


def _ends(entries: list[tuple[int, int]]) -> list[tuple[int, int]]:
    half = ENTRIES_SHOWN // 2
    return entries if len(entries) <= ENTRIES_SHOWN else entries[:half] + entries[-half:]


# --- a broker ---------------------------------------------------------------------------------------------


def broker(cluster: Cluster, names: dict[str, Any]) -> dict[str, Any]:
    number = names.get("broker")
    if type(number) is not int or number not in cluster.places:
        raise CommandRefused("BROKER_ID_NOT_REGISTERED", f"There is no broker {number}.")
    place, machine, alive = cluster.places[number], cluster.broker(number), cluster.alive(number)
    node, registered = cluster.world.nodes[f"B{number}"], cluster.image.brokers.get(number)
    heard = cluster.controller.heard_at.get(number)
    now = cluster.world.now
    links = [
        {"source": source, "target": target, "cut": link.is_cut,
         "extra_ms": (link.latency_ns - link.usual_ns) / MILLISECOND}
        for (source, target), link in cluster.world.links.all()
        if node.name in (source, target) and (link.is_cut or link.latency_ns != link.usual_ns)
    ]  # fmt: skip
    return {
        "broker": number, "state": place.state, "alive": alive, "life": place.life,
        "since_ms": place.since / MILLISECOND,
        "epoch": registered.epoch if registered is not None else -1,
        "fenced": registered.fenced if registered is not None else True,
        "heard_ms_ago": (now - heard) // MILLISECOND if heard is not None else None,
        "session_ms": cluster.config.broker_session_timeout_ms,
        "heartbeat_ms": cluster.config.broker_heartbeat_interval_ms,
        "metadata_offset": machine.image.offset, "metadata_end": cluster.image.offset,
        "paused_ms": max(0, node.paused_until - now) // MILLISECOND if node.paused_until >= 0 else 0,
        "clock_ms": (node.clock(now) - now) / MILLISECOND, "fsync_ms": node.disk_ns / MILLISECOND,
        "disk": {"used": place.disk.used, "others": place.disk.others, "quota": place.disk.quota,
                 "failing": place.disk.failing, "files": len(place.disk.files)},
        "appended": machine.appended, "links": links,
        "coordinates": [g["id"] for g in coordinated(cluster) if g["coordinator"] == number],
        "different": [{"name": name, "value": ours, "kafka": kafkas} for name, (ours, kafkas) in DIFFERENT.items()],
    }  # fmt: skip


# --- a group ----------------------------------------------------------------------------------------------


def group(cluster: Cluster, names: dict[str, Any]) -> dict[str, Any]:
    name = names.get("group")
    found = next((g for g in coordinated(cluster) if g["id"] == name), None)
    if found is None:
        raise CommandRefused("GROUP_ID_NOT_FOUND", f"No running coordinator knows a group {name!r}.")
    inner = cluster.broker(found["coordinator"]).groups.find(str(name))
    assert inner is not None
    simulated = {c.name: c for c in cluster.consumers() if c.group == name}
    owners = {
        (topic, number): member
        for member in found["members"] for topic, numbers in member["assigned"].items() for number in numbers
    }  # fmt: skip
    keys = sorted({*owners, *((t, p) for t, ps in found["committed"].items() for p in ps)})
    rows = []
    for topic, number in keys:
        owner = owners.get((topic, number))
        consumer = simulated.get(owner["client"]) if owner is not None else None
        commit = inner.offsets.get((topic, number))
        hw = high_watermark(cluster, topic, number)
        position = consumer.position.get((topic, number)) if consumer is not None else None
        at = position if position is not None else commit.offset if commit is not None else None
        rows.append(
            {"topic": topic, "partition": number, "owner": (owner["client"] or owner["member"]) if owner else "",
             "position": position, "committed": commit.offset if commit is not None else None,
             "committed_at_ms": commit.at_ms if commit is not None else None, "hw": hw,
             "lag": max(0, hw - at) if at is not None else None}
        )  # fmt: skip
    return {
        "group": found["id"], "state": found["state"], "generation": found["generation"],
        "protocol_type": found["protocol_type"], "protocol": found["protocol"], "coordinator": found["coordinator"],
        "offsets_partition": found["partition"], "leader": inner.label(inner.leader) if inner.leader else "",
        "rebalance_timeout_ms": inner.rebalance_timeout_ms,
        "members": [
            {"id": m["client"] or m["member"], "member": m["member"], "instance": m["instance"] or "",
             "host": m["host"], "leader": m["member"] == found["leader"], "session_ms": m["session_ms"],
             "rebalance_ms": m["rebalance_ms"],
             "heartbeat_ms_ago": max(0, (cluster.world.now - m["heartbeat_at"]) // MILLISECOND),
             "protocols": list(inner.members[m["member"]].names),
             "waits": "join" if inner.members[m["member"]].joining is not None
             else "sync" if inner.members[m["member"]].syncing is not None else ""}
            for m in found["members"]
        ],
        "partitions": rows,
    }  # fmt: skip


PAGES: dict[str, Callable[[Cluster, dict[str, Any]], dict[str, Any]]] = {
    "partition": partition,
    "segment": segment,
    "broker": broker,
    "group": group,
    "bytes": dissect.record_bytes,
}
