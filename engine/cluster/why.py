"""Why? The chain of causes of what happened, walked backwards milestone by milestone (why_rules.py).

=============  ===============================  ===========================================================
about          named by                         the question
=============  ===============================  ===========================================================
"event"        n                                why did this milestone happen?
"leader"       topic, partition                 why has this partition this leader, or none?
"isr"          topic, partition                 why is the ISR as it is?
"uncommitted"  topic, partition, offset         why is this record not committed yet?
"lag"          group, topic, partition          why is this group behind?
"broker"       broker                           why is this broker in the state it is in?
"group"        group                            why did this group rebalance last?
"producer"     producer                         why did this producer's writes fail last?
"shard"        stream, shard                    why is this shard open or closed? (why_streams.py)
=============  ===============================  ===========================================================

``asked`` answers ({findings}, number of the milestone to begin with): what the state says (whynot.py), and where the
chain begins. What the agenda really did between two links is added by engine/live/asks/why.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.cluster import whynot
from engine.cluster.inspect import held_by
from engine.cluster.readers import coordinated, high_watermark
from engine.cluster.why_rules import because
from engine.cluster.why_story import Story
from engine.cluster.why_streams import shard_story
from engine.cluster.whynot import Finding, finding, known, leading, partition_of
from engine.cluster.whynot_idle import idle
from engine.commands import CommandRefused
from engine.events import Told
from engine.machine import MILLISECOND

if TYPE_CHECKING:
    from engine.cluster.cluster import Cluster

LINKS_MAX = 12  # of a chain; it ends there, and says so
Start = tuple[list[Finding], int | None]


def story_of(cluster: Cluster) -> Story:
    return Story(list(cluster.world.told), cluster.config)


def asked(cluster: Cluster, story: Story, about: str, names: dict[str, Any]) -> Start:
    """(findings, the place in the story at which the chain begins, None if nothing is told of it)."""
    if about not in QUESTIONS:
        raise CommandRefused("INVALID_REQUEST", f"Why is asked about {', '.join(QUESTIONS)}.")
    return QUESTIONS[about](cluster, story, names)


def chain(story: Story, start: int) -> list[tuple[Told, str, dict[str, Any]]]:
    """(milestone, how the next one led to it, with what), the latest first; the last one's "how" is ""."""
    found: list[tuple[Told, str, dict[str, Any]]] = []
    at: int | None = start
    while at is not None and len(found) < LINKS_MAX:
        cause = because(story, at)
        found.append((story.told[at], cause.via if cause else "", cause.params if cause else {}))
        at = cause.cause if cause else None
    return found


# --- questions ------------------------------------------------------------------------------------------


def _event(cluster: Cluster, story: Story, names: dict[str, Any]) -> Start:
    number = names.get("n")
    first = story.told[0].number if story.told else 0
    at = number - first if type(number) is int else -1
    if not 0 <= at < len(story.told):
        raise CommandRefused("NOT_FOUND", f"The event {number} is not known at this moment.")
    return [], at


def _leader(cluster: Cluster, story: Story, names: dict[str, Any]) -> Start:
    _, state = known(cluster, names)
    codes = ("leader_elected", "leader_missing")
    last = story.last(len(story.told), *codes, topic=state.topic, partition=state.partition)
    if last is None:  # it has been led by the first one ever since
        last = story.last(len(story.told), "topic_created", topic=state.topic)
    found = whynot.leaderless(cluster, names)
    if found[0]["code"] == "leader.unnoticed":  # the last election is an old story: its leader has died since
        last = story.last(len(story.told), "broker_crashed", "broker_powered_off", broker=state.leader) or last
    return found, last


def _isr(cluster: Cluster, story: Story, names: dict[str, Any]) -> Start:
    topic, state = known(cluster, names)
    where: dict[str, Any] = {"topic": state.topic, "partition": state.partition}
    end = len(story.told)
    out = [b for b in state.replicas if b not in state.isr]
    if not out:
        last = story.last(end, "isr_shrunk", "isr_expanded", **where)
        return [finding("isr.full", ok=True, select=partition_of(**where), isr=list(state.isr), **where)], last
    found, first = [], None
    held = leading(cluster, state)
    for broker in out:
        at = _left_isr(story, state.topic, state.partition, broker)
        first = at if first is None or (at is not None and at > first) else first
        own = held_by(cluster, broker, state)
        behind = max(0, held.log.log_end - own.log.log_end) if held is not None and own is not None else 0
        alive = cluster.alive(broker) if broker in cluster.places else False
        code = "isr.dead" if not alive else "isr.behind" if behind else "isr.returning"
        why = {"about": "event", "n": story.told[at].number} if at is not None else None
        select = {"kind": "broker", "id": broker}
        found.append(finding(code, select=select, broker=broker, behind=behind, why=why, **where))
    if len(state.isr) < (least := topic.min_insync_of(state)):
        found.append(finding("isr.below-min", isr=list(state.isr), min_insync=least, **where))
    return found, first


def _left_isr(story: Story, topic: str, partition: int, broker: int) -> int | None:
    return story.last(len(story.told), "isr_shrunk", topic=topic, partition=partition, of=lambda e: broker in e.out)


def _uncommitted(cluster: Cluster, story: Story, names: dict[str, Any]) -> Start:
    _, state = known(cluster, names)
    offset = names.get("offset")
    where: dict[str, Any] = {"topic": state.topic, "partition": state.partition}
    held = leading(cluster, state)
    if held is None or held.leader is None or type(offset) is not int:
        return whynot.leaderless(cluster, names), story.last(len(story.told), "leader_missing", **where)
    if offset < held.high_watermark:
        return [finding("read.here", ok=True, hw=held.high_watermark, offset=offset, **where)], None
    found, start = [], None
    for broker, progress in held.leader.followers.items():
        waited_for = broker in held.leader.isr or (held.leader.pending is not None and broker in held.leader.pending)
        if not waited_for or progress.log_end > offset:
            continue
        select, why = {"kind": "broker", "id": broker}, None
        name, leader = f"B{broker}", f"B{state.leader}"
        codes: tuple[str, ...] = ()
        disk = cluster.places[broker].disk
        if not cluster.alive(broker):
            code, codes = "commit.dead", ("broker_crashed", "broker_powered_off", "broker_stopped")
        elif whynot.standing_still(cluster, name):
            code, codes = "commit.frozen", ("broker_paused",)
        elif whynot.cut(cluster, leader, name) is not None:
            code, codes = "commit.cut", ("link_cut", "broker_isolated")
        elif disk.used + disk.others + whynot.SMALL_WRITE > disk.quota:
            code, codes = "commit.disk", ("disk_filled", "disk_full", "storage_full")
        else:
            code = "commit.on-its-way"
        at = story.last(len(story.told), *codes, broker=broker) if codes else None
        if at is not None:
            start, why = at, {"about": "event", "n": story.told[at].number}
        found.append(finding(code, select=select, why=why, broker=broker, end=progress.log_end, offset=offset,
                             lag_max_ms=cluster.config.replica_lag_time_max_ms, **where))  # fmt: skip
    return found, start


def _lag(cluster: Cluster, story: Story, names: dict[str, Any]) -> Start:
    _, state = known(cluster, names)
    name = names.get("group")
    where: dict[str, Any] = {"topic": state.topic, "partition": state.partition}
    group = next((g for g in coordinated(cluster) if g["id"] == name), None)
    if group is None:
        raise CommandRefused("GROUP_ID_NOT_FOUND", f"No running coordinator knows a group {name!r}.")
    hw = high_watermark(cluster, state.topic, state.partition)
    owner = next((m for m in group["members"] if state.partition in m["assigned"].get(state.topic, ())), None)
    committed = group["committed"].get(state.topic, {}).get(state.partition)
    if owner is None:
        at = committed if committed is not None else 0
        found = [finding("lag.nobody", group=name, at=at, lag=max(0, hw - at), **where)]
        codes = ("assignment_made", "group_emptied", "rebalance_started", "member_expired", "member_left")
        return found, story.last(len(story.told), *codes, group=name)
    who = owner["client"] or owner["member"]
    consumer = next((c for c in cluster.consumers() if c.name == who and c.group == name), None)
    position = consumer.position.get((state.topic, state.partition)) if consumer is not None else committed
    at = position if position is not None else committed if committed is not None else 0
    select = {"kind": "member", "group": name, "id": who}
    found = [finding("lag.here", ok=hw <= at, select=select, group=name, member=who, at=at, hw=hw, lag=max(0, hw - at),
                     exact=consumer is not None, **where)]  # fmt: skip
    rest = [it for it in idle(cluster, {"group": name, "member": who}) if _concerns(it, where)]
    if consumer is not None and consumer.running and hw > at:
        rate = sum(p.rate for p in cluster.producers() if p.topic == state.topic and p.running)
        most = consumer.max_poll_records * 1000 / consumer.poll_ms
        held = sum(len(ps) for ps in owner["assigned"].values())
        partitions = len(cluster.image.topics[state.topic].partitions)
        share = rate * held / partitions
        if share > most:
            found.append(finding("lag.too-slow", member=who, rate=share, most=most, poll_ms=consumer.poll_ms,
                                 max_poll_records=consumer.max_poll_records, **where))  # fmt: skip
    start = next((it["why"]["n"] for it in rest if it["why"] and it["why"]["about"] == "event"), None)
    first = story.told[0].number if story.told else 0
    return found + rest, start - first if start is not None else None


def _concerns(it: Finding, where: dict[str, Any]) -> bool:
    """Of what is said of a consumer, that which touches this partition or the whole of it."""
    params = it["params"]
    if it["code"] in ("idle.even", "idle.nobody-writes"):
        return False
    return "partition" not in params or (params["topic"], params["partition"]) == (where["topic"], where["partition"])


def _broker(cluster: Cluster, story: Story, names: dict[str, Any]) -> Start:
    number = names.get("broker")
    if type(number) is not int or number not in cluster.places:
        raise CommandRefused("BROKER_ID_NOT_REGISTERED", f"There is no broker {number}.")
    codes = ("broker_crashed", "broker_powered_off", "broker_stopped", "broker_stopping", "broker_fenced",
             "broker_unfenced", "broker_started", "broker_paused", "broker_isolated", "log_dir_failed")  # fmt: skip
    since = cluster.world.now - cluster.places[number].since
    found = finding(f"broker.{cluster.places[number].state}", ok=cluster.alive(number), broker=number,
                    since_ms=since // MILLISECOND)  # fmt: skip
    return [found], story.last(len(story.told), *codes, broker=number)


def _group(cluster: Cluster, story: Story, names: dict[str, Any]) -> Start:
    codes = ("rebalance_started", "generation_formed", "assignment_made", "group_emptied")
    return [], story.last(len(story.told), *codes, group=names.get("group"))


def _producer(cluster: Cluster, story: Story, names: dict[str, Any]) -> Start:
    at = story.last(len(story.told), "produce_refused", producer=names.get("producer"))
    producer = next((p for p in cluster.producers() if p.name == names.get("producer")), None)
    found = whynot.refused(cluster, {"topic": producer.topic, "acks": producer.acks}) if producer is not None else []
    return found, at


QUESTIONS: dict[str, Callable[[Cluster, Story, dict[str, Any]], Start]] = {
    "event": _event, "leader": _leader, "isr": _isr, "uncommitted": _uncommitted, "lag": _lag, "broker": _broker,
    "group": _group, "producer": _producer, "shard": shard_story,
}  # fmt: skip
