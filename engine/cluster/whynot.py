"""Why not? Answers about what does not happen, read off the state as it is: nothing is tried out, nothing is guessed.

=============  ==========================  ================================================================
about          named by                    the question
=============  ==========================  ================================================================
"idle"         group, member               why does this consumer get nothing?
"unreadable"   topic, partition, offset    why can this record not be read?
"refused"      topic, partition, acks      why would a write be refused? (or: would it be?)
"leaderless"   topic, partition            why has this partition no leader?
=============  ==========================  ================================================================

("idle" stands in whynot_idle.py, those about streams in why_streams.py.) An answer is a list of findings, the one that
decides first. A finding is {"code", "params", "ok", "select", "why"}: its sentence is made from the catalogues (section
"why") by its code; ok: it is no trouble; select: what it speaks of, as the drawer opens it; why: the question to go on
with (why.py); each None if there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.commands import CommandRefused
from engine.machine import MILLISECOND
from engine.quorum.image import NO_LEADER, TopicState
from engine.quorum.records import PartitionRecord
from engine.replication.partition import Partition
from engine.storage.log import Log
from engine.wire.batch import CorruptRecord
from engine.wire.records import decode_records

if TYPE_CHECKING:
    from engine.cluster.cluster import Cluster

Finding = dict[str, Any]
SMALL_WRITE = 200  # bytes: a batch of one record, and what it adds to the indexes
PARTITIONS_TOLD = 12  # findings of one kind: a consumer of a hundred partitions is told of the first few


def finding(
    code: str, *, ok: bool = False, select: dict[str, Any] | None = None, why: dict[str, Any] | None = None,
    **params: Any,
) -> Finding:  # fmt: skip
    return {"code": code, "params": params, "ok": ok, "select": select, "why": why}


def partition_of(topic: str, partition: int) -> dict[str, Any]:
    return {"kind": "partition", "topic": topic, "partition": partition}


def told_last(cluster: Cluster, *codes: str, **match: Any) -> dict[str, Any] | None:
    """The question why about the last milestone of these codes whose parameters are these; None if none is kept."""
    for told in reversed(cluster.world.told):
        event = told.event
        if event.code in codes and all(getattr(event, name, value) == value for name, value in match.items()):
            return {"about": "event", "n": told.number}
    return None


# --- what all of them need ------------------------------------------------------------------------------


def known(cluster: Cluster, names: dict[str, Any]) -> tuple[TopicState, PartitionRecord]:
    """Raises CommandRefused."""
    topic, partition = names.get("topic"), names.get("partition")
    state = cluster.image.topics.get(topic) if isinstance(topic, str) else None
    record = state.partitions.get(partition) if state is not None and type(partition) is int else None
    if state is None or record is None:
        raise CommandRefused("UNKNOWN_TOPIC_OR_PARTITION", f"There is no partition {topic}-{partition}.")
    return state, record


def leading(cluster: Cluster, state: PartitionRecord) -> Partition | None:
    """The leader's replica, if its process runs and knows that it leads."""
    if state.leader == NO_LEADER or state.leader not in cluster.places or not cluster.alive(state.leader):
        return None
    held = cluster.broker(state.leader).partitions.get((state.topic, state.partition))
    return held if held is not None and held.leader is not None else None


def cut(cluster: Cluster, one: str, other: str) -> tuple[str, str] | None:
    """(source, target) of a direction between two nodes on which nothing gets through, or None."""
    links = dict(cluster.world.links.all())  # not ``between``: asking makes no link
    for pair in ((one, other), (other, one)):
        if (link := links.get(pair)) is not None and link.is_cut:
            return pair
    return None


def standing_still(cluster: Cluster, node: str) -> int:
    """For how many more milliseconds a node's process is paused; 0 if it is not."""
    until = cluster.world.nodes[node].paused_until
    return max(0, until - cluster.world.now) // MILLISECOND if until >= 0 else 0


def no_leader(cluster: Cluster, state: PartitionRecord, *, prefix: str) -> Finding | None:
    """Why nobody serves this partition just now, if nobody does. prefix: of the code, which tells what for."""
    where: dict[str, Any] = {"topic": state.topic, "partition": state.partition}
    select, why = partition_of(**where), {"about": "leader", **where}
    if state.leader == NO_LEADER:
        return finding(f"{prefix}.leaderless", select=select, why=why, isr=list(state.isr), **where)
    if not cluster.alive(state.leader):
        heard = cluster.controller.heard_at.get(state.leader, cluster.world.now)
        silent = (cluster.world.now - heard) // MILLISECOND
        left = max(0, cluster.config.broker_session_timeout_ms - silent)
        return finding(
            f"{prefix}.unnoticed", select=select, why=why, broker=state.leader, silent_ms=silent, left_ms=left, **where
        )
    if ms := standing_still(cluster, f"B{state.leader}"):
        return finding(f"{prefix}.frozen", select=select, broker=state.leader, ms=ms, **where)
    if leading(cluster, state) is None:
        return finding(f"{prefix}.learning", select=select, broker=state.leader, **where)
    return None


# --- a missing leader -----------------------------------------------------------------------------------


def leaderless(cluster: Cluster, names: dict[str, Any]) -> list[Finding]:
    topic, state = known(cluster, names)
    where: dict[str, Any] = {"topic": state.topic, "partition": state.partition}
    missing = no_leader(cluster, state, prefix="leader")
    if missing is None:
        return [finding("leader.here", ok=True, select=partition_of(**where), broker=state.leader,
                        epoch=state.leader_epoch, **where)]  # fmt: skip
    found = [missing]
    if state.leader != NO_LEADER:
        return found
    ends = {b: _log(cluster, b, state) for b in state.replicas}
    dead = [b for b in state.isr if not cluster.alive(b)]
    stale = [b for b in state.replicas if b not in state.isr and cluster.image.active(b)]
    best = max((log.log_end for b in state.isr if (log := ends[b]) is not None), default=0)
    for broker in dead:
        found.append(finding("leader.start", select={"kind": "broker", "id": broker}, broker=broker, **where))
    if stale:
        most = max((log.log_end for b in stale if (log := ends[b]) is not None), default=0)
        found.append(
            finding("leader.stale", brokers=stale, lost=max(0, best - most), end=most, was=best,
                    unclean=topic.configs.get("unclean.leader.election.enable") == "true", **where)
        )  # fmt: skip
    else:
        found.append(finding("leader.no-other", replicas=list(state.replicas), **where))
    return found


def _log(cluster: Cluster, broker: int, state: PartitionRecord) -> Log | None:
    held = cluster.broker(broker).partitions.get((state.topic, state.partition)) if broker in cluster.places else None
    return held.log if held is not None else None


# --- a record that cannot be read -----------------------------------------------------------------------


def unreadable(cluster: Cluster, names: dict[str, Any]) -> list[Finding]:
    topic, state = known(cluster, names)
    offset = names.get("offset")
    if type(offset) is not int or offset < 0:
        raise CommandRefused("INVALID_REQUEST", "offset is a whole number, 0 or more.")
    where: dict[str, Any] = {"topic": state.topic, "partition": state.partition, "offset": offset}
    found: list[Finding] = []
    missing = no_leader(cluster, state, prefix="read")
    held = leading(cluster, state) if missing is None else _freshest(cluster, state)
    if missing is not None:
        found.append(missing)
    if held is None:
        return found
    log, hw = held.log, held.high_watermark
    if offset < log.log_start:
        return [_gone(cluster, topic, log.log_start, where), *found]
    if offset >= log.log_end:
        return [finding("read.not-written", end=log.log_end, **where), *found]
    batch = log.batch_at(offset)
    try:
        there = batch is not None and any(record.offset == offset for record in decode_records(batch))
    except CorruptRecord:
        return [finding("read.corrupt", base=batch.base_offset if batch else offset, **where), *found]
    if not there:
        return [finding("read.compacted", why=_compacted(cluster, state), **where), *found]
    if offset >= hw:
        role = held.leader
        lacking = [b for b, p in role.followers.items() if b in role.isr and p.log_end <= offset] if role else []
        why = {"about": "uncommitted", **where}
        found.append(finding("read.above", select=partition_of(state.topic, state.partition), why=why, hw=hw,
                             isr=list(state.isr), lacking=lacking, **where))  # fmt: skip
        return found
    return [*found, finding("read.here", ok=True, hw=hw, **where)]


def _compacted(cluster: Cluster, state: PartitionRecord) -> dict[str, Any] | None:
    return told_last(cluster, "log_compacted", topic=state.topic, partition=state.partition)


def _freshest(cluster: Cluster, state: PartitionRecord) -> Partition | None:
    held = [
        p for b in state.replicas
        if b in cluster.places and (p := cluster.broker(b).partitions.get((state.topic, state.partition))) is not None
    ]  # fmt: skip
    return max(held, key=lambda p: p.log.log_end, default=None)


def _gone(cluster: Cluster, topic: TopicState, start: int, where: dict[str, Any]) -> Finding:
    """Before the log's start: by retention, or because somebody asked for it (DeleteRecords)."""
    offset = where["offset"]
    for told in reversed(cluster.world.told):
        event: Any = told.event
        if event.code not in ("segments_deleted", "records_deleted"):
            continue
        if (event.topic, event.partition) == (where["topic"], where["partition"]) and event.was <= offset < event.to:
            by = getattr(event, "why", "asked")
            why = {"about": "event", "n": told.number}
            return finding("read.deleted", why=why, start=start, by=by, at_ms=told.at / MILLISECOND, **where)
    return finding("read.deleted", start=start, by="", at_ms=0, **where)


# --- a write that would be refused ----------------------------------------------------------------------


def refused(cluster: Cluster, names: dict[str, Any]) -> list[Finding]:
    """acks: "0", "1" or "all" (if left out). partition: may be left out; then all of the topic are looked at."""
    acks = names.get("acks") or "all"
    topic = cluster.image.topics.get(names.get("topic"))
    if topic is None:
        return [finding("write.no-topic", topic=str(names.get("topic") or ""))]
    one = names.get("partition") is not None
    states = [known(cluster, names)[1]] if one else list(topic.partitions.values())
    trouble = [it for state in states if (it := _refusal(cluster, topic, state, acks)) is not None]
    found = trouble[:PARTITIONS_TOLD]
    if "compact" in topic.configs.get("cleanup.policy", ""):
        found.append(finding("write.needs-key", topic=topic.name))
    fine = len(states) - len(trouble)
    if fine:
        found.append(finding("write.fine", ok=True, topic=topic.name, partitions=fine, acks=acks,
                             min_insync=topic.min_insync))  # fmt: skip
    return found


def _refusal(cluster: Cluster, topic: TopicState, state: PartitionRecord, acks: str) -> Finding | None:
    where: dict[str, Any] = {"topic": state.topic, "partition": state.partition}
    select = partition_of(**where)
    if (missing := no_leader(cluster, state, prefix="write")) is not None:
        return missing
    held = leading(cluster, state)
    assert held is not None and held.leader is not None
    disk = cluster.places[state.leader].disk
    if disk.used + disk.others + SMALL_WRITE > disk.quota:
        return finding("write.disk", select={"kind": "broker", "id": state.leader}, broker=state.leader,
                       why=told_last(cluster, "disk_filled", "disk_full", "storage_full", broker=state.leader),
                       **where)  # fmt: skip
    isr = held.leader.isr
    if acks == "all" and len(isr) < held.min_insync:
        return finding("write.not-enough", select=select, why={"about": "isr", **where}, isr=list(isr),
                       min_insync=held.min_insync, **where)  # fmt: skip
    if acks == "all":
        slow = [b for b in isr if b != state.leader and not _follows(cluster, state.leader, b)]
        if slow:
            return finding("write.waits", select=select, brokers=slow, isr=list(isr), **where)
    return None


def _follows(cluster: Cluster, leader: int, follower: int) -> bool:
    """A follower of the ISR can copy just now: it lives, is not paused, and the link carries both ways."""
    name = f"B{follower}"
    return cluster.alive(follower) and not standing_still(cluster, name) and cut(cluster, f"B{leader}", name) is None
