"""Why does this consumer get nothing? (whynot.py tells what an answer is.)

From the outside in: its process, its coordinator, its group, its share, and then each partition it holds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.clients.consumer import Consumer
from engine.cluster import why_streams, whynot
from engine.cluster.readers import coordinated
from engine.cluster.whynot import (
    PARTITIONS_TOLD,
    Finding,
    cut,
    finding,
    leading,
    no_leader,
    partition_of,
    standing_still,
    told_last,
)
from engine.commands import CommandRefused
from engine.events import AssignmentMade
from engine.groups.partition import partition_for
from engine.machine import MILLISECOND
from engine.quorum.topics import OFFSETS_TOPIC

if TYPE_CHECKING:
    from engine.cluster.cluster import Cluster


def idle(cluster: Cluster, names: dict[str, Any]) -> list[Finding]:
    name, asked = names.get("member"), names.get("group")
    consumer = next((c for c in cluster.consumers() if c.name == name and c.group == asked), None)
    group = next((g for g in coordinated(cluster) if g["id"] == asked), None)
    member = next((m for m in group["members"] if name in (m["client"], m["member"])), None) if group else None
    if consumer is None and member is None:
        raise CommandRefused("UNKNOWN_MEMBER_ID", f"There is no consumer {name!r} in group {asked!r}.")
    who: dict[str, Any] = {"group": asked, "member": name}
    found = _process(cluster, consumer, member, who)
    if group is None:
        return [*found, _no_coordinator(cluster, who)]
    if group["state"] in ("PreparingRebalance", "CompletingRebalance"):
        found.append(_rebalancing(cluster, group, who))
        return found
    if member is None:
        state = consumer.membership.state if consumer is not None else ""
        return [*found, finding("idle.joining", state=state, select={"kind": "group", "id": asked}, **who)]
    topics = [cluster.image.topics[t] for t in member["topics"] if t in cluster.image.topics]
    if not topics:
        return [*found, finding("idle.no-topic", topics=list(member["topics"]), **who)]
    if not any(member["assigned"].values()):
        partitions = sum(len(t.partitions) for t in topics)
        members = sum(1 for m in group["members"] if any(t in m["topics"] for t in member["topics"]))
        busy = [m["client"] or m["member"] for m in group["members"] if any(m["assigned"].values())]
        why = told_last(cluster, "assignment_made", group=asked)
        if moving := _moving(cluster, asked):
            found.append(finding("idle.moving", select={"kind": "group", "id": asked}, why=why, moving=moving, **who))
            return found
        found.append(finding("idle.spare", select={"kind": "group", "id": asked}, why=why, partitions=partitions,
                             members=members, busy=busy, topics=[t.name for t in topics], **who))  # fmt: skip
        return found
    return found + _partitions(cluster, consumer, group, member, who)


def _process(cluster: Cluster, consumer: Consumer | None, member: Any, who: dict[str, Any]) -> list[Finding]:
    """Whether its process can take anything at all."""
    if consumer is None:
        if member["host"]:
            return []
        left = member["heartbeat_at"] // MILLISECOND + member["session_ms"] - cluster.world.now // MILLISECOND
        why = _did(cluster, who, "crashed")
        return [finding("idle.dead", why=why, left_ms=max(0, left), **who)]
    node = cluster.hands[consumer.name].node
    if ms := standing_still(cluster, node):
        return [finding("idle.asleep", ms=ms, why=_did(cluster, who, "paused"), **who)]
    if not consumer.running:
        why = _did(cluster, who, "stopped")
        return [finding("idle.stuck", why=why, max_ms=consumer.max_poll_interval // MILLISECOND, **who)]
    if consumer.working:
        why = _did(cluster, who, "too_slow")
        max_ms = consumer.max_poll_interval // MILLISECOND
        return [finding("idle.working", why=why, records=len(consumer.working), work_ms=consumer.work_ms, max_ms=max_ms,
                        **who)]  # fmt: skip
    return []


def _moving(cluster: Cluster, group: Any) -> list[str]:
    """What its members have still to give up, in the cooperative protocol."""
    made = (t.event for t in reversed(cluster.world.told) if isinstance(t.event, AssignmentMade))
    return next((list(event.moving) for event in made if event.group == group), [])


def _did(cluster: Cluster, who: dict[str, Any], what: str) -> dict[str, Any] | None:
    return told_last(cluster, "consumer_changed", consumer=who["member"], what=what)


def _no_coordinator(cluster: Cluster, who: dict[str, Any]) -> Finding:
    topic = cluster.image.topics.get(OFFSETS_TOPIC)
    if topic is None:
        return finding("idle.no-offsets-topic", **who)
    state = topic.partitions[partition_for(who["group"], len(topic.partitions))]
    missing = no_leader(cluster, state, prefix="coordinator")
    return missing if missing is not None else finding("idle.joining", state="", **who)


def _rebalancing(cluster: Cluster, group: dict[str, Any], who: dict[str, Any]) -> Finding:
    inner = cluster.broker(group["coordinator"]).groups.find(group["id"])
    waits = [] if inner is None else [
        inner.label(m.id) for m in inner.members.values()
        if (m.joining is None if group["state"] == "PreparingRebalance" else m.id in inner.unsynced)
    ]  # fmt: skip
    why = told_last(cluster, "rebalance_started", group=group["id"])
    return finding("idle.rebalancing", select={"kind": "group", "id": group["id"]}, why=why, state=group["state"],
                   waits=waits, **who)  # fmt: skip


def _partitions(
    cluster: Cluster, consumer: Consumer | None, group: dict[str, Any], member: dict[str, Any], who: dict[str, Any]
) -> list[Finding]:
    """It has partitions, and its process runs: what of each."""
    found: list[Finding] = []
    even: list[str] = []
    for topic, numbers in member["assigned"].items():
        for number in numbers:
            state = cluster.image.partition(topic, number)
            if state is None:
                continue
            where: dict[str, Any] = {"topic": topic, "partition": number}
            select = partition_of(**where)
            if (missing := no_leader(cluster, state, prefix="read")) is not None:
                found.append(missing)
                continue
            node = cluster.hands[consumer.name].node if consumer is not None else ""
            broken = cut(cluster, node, f"B{state.leader}") if node else None
            if broken is not None:
                found.append(finding("idle.cut", select=select, source=broken[0], target=broken[1], **who, **where))
                continue
            held = leading(cluster, state)
            assert held is not None
            committed = group["committed"].get(topic, {}).get(number)
            position = consumer.position.get((topic, number)) if consumer is not None else None
            at = position if position is not None else committed
            if position is None and consumer is not None:
                found.append(finding("idle.no-position", select=select, **who, **where))
            elif at is not None and at < held.high_watermark:
                lag = held.high_watermark - at
                if consumer is not None:
                    found.append(finding("idle.next-poll", ok=True, select=select, lag=lag, at=at,
                                         poll_ms=consumer.poll_ms, **who, **where))  # fmt: skip
                else:
                    found.append(finding("idle.behind", select=select, lag=lag, at=at, **who, **where))
            elif held.log.log_end > held.high_watermark:
                why = {"about": "uncommitted", **where, "offset": held.high_watermark}
                found.append(finding("idle.above", select=select, why=why, hw=held.high_watermark,
                                     waiting=held.log.log_end - held.high_watermark, **who, **where))  # fmt: skip
            else:
                even.append(f"{topic}-{number}")
    found = found[:PARTITIONS_TOLD]
    if even:
        found.append(finding("idle.even", ok=True, parts=even, **who))
        found += _nobody_writes(cluster, member, who)
    return found


def _nobody_writes(cluster: Cluster, member: dict[str, Any], who: dict[str, Any]) -> list[Finding]:
    silent = []
    for topic in member["assigned"]:
        simulated = any(p.topic == topic and p.running for p in cluster.producers())
        real = any(topic in connection.produced for _, connection in cluster.connections())
        if not simulated and not real:
            silent.append(topic)
    return [finding("idle.nobody-writes", topics=silent, **who)] if silent else []


QUESTIONS: dict[str, Callable[[Cluster, dict[str, Any]], list[Finding]]] = {
    "idle": idle,
    "unreadable": whynot.unreadable,
    "refused": whynot.refused,
    "leaderless": whynot.leaderless,
    **why_streams.QUESTIONS,
}


def answer(cluster: Cluster, about: str, names: dict[str, Any]) -> list[Finding]:
    """Any question of whynot.py. Raises CommandRefused when it makes no sense."""
    if about not in QUESTIONS:
        raise CommandRefused("INVALID_REQUEST", f"Why not is asked about {', '.join(QUESTIONS)}.")
    return QUESTIONS[about](cluster, names)
