"""What can be asked of a group and its members (measures.py)."""

from __future__ import annotations

from typing import Any

from engine.groups.state import STABLE
from engine.lessons.conditions import Value
from engine.lessons.looking import Look
from engine.lessons.measuring import Fields, measure


@measure("group", "members")
def members(look: Look, it: Fields, _: Any) -> Value:
    """Members the coordinator knows: also those that crashed and were not missed yet. 0 if there is no group."""
    group = look.group(it["group"])
    return len(group.members) if group is not None else 0


@measure("group", "idle_members")
def idle_members(look: Look, it: Fields, _: Any) -> Value:
    """Members without a partition, while the group is Stable; during a rebalance it cannot be said."""
    group = look.group(it["group"])
    if group is None or group.state != STABLE:
        return None
    return sum(not any(held.values()) for held in look.parts(it["group"]).values())


@measure("group", "lag")
def lag(look: Look, it: Fields, _: Any) -> Value:
    """Records between what is committed and the high watermark. A partition that is held, but has no commit, counts
    from where its simulated consumer stands, else from the log's start. With topic, partition: of that only."""
    group = look.group(it["group"])
    if group is None:
        return None
    found = {key: offset.offset for key, offset in group.offsets.items()}
    for member, held in look.parts(group.id).items():
        for topic, partitions in held.items():
            for partition in partitions:
                if (topic, partition) not in found:
                    found[topic, partition] = _stands(look, group.members[member].client, topic, partition)
    total = 0
    for (topic, partition), offset in found.items():
        if it.get("topic", topic) == topic and it.get("partition", partition) == partition:
            source = look.source(topic, partition)
            total += max(0, source.high_watermark - offset) if source is not None else 0
    return total


def _stands(look: Look, client: str, topic: str, partition: int) -> int:
    consumer = look.consumer(client)
    position: int | None = consumer.position.get((topic, partition)) if consumer is not None else None
    source = look.source(topic, partition)
    start = source.log.log_start if source is not None else 0
    return start if position is None else position


@measure("group", "generation")
def generation(look: Look, it: Fields, _: Any) -> Value:
    """The group's generation: one more with each rebalance."""
    group = look.group(it["group"])
    return group.generation if group is not None else None


@measure("group", "state", str)
def group_state(look: Look, it: Fields, _: Any) -> Value:
    """Empty, PreparingRebalance, CompletingRebalance, Stable or Dead."""
    group = look.group(it["group"])
    return group.state if group is not None else None


@measure("group", "rebalances")
def rebalances(look: Look, it: Fields, _: Any) -> Value:
    """Generations formed since the lesson began."""
    return look.generations.get(it["group"], 0)


@measure("group", "delivered")
def delivered(look: Look, it: Fields, _: Any) -> Value:
    """Records handed to the group's applications, each time counted. Of a real client: sent to it as a member. With
    topic, partition: of that only; with consumer: handed to that simulated consumer."""
    if "consumer" in it:
        return look.counting.ledger.consumers.get(it["consumer"], 0)
    return look.counting.delivered(it["group"], (it.get("topic"), it.get("partition")))


@measure("group", "processed")
def processed(look: Look, it: Fields, _: Any) -> Value:
    """Different records that the group's applications are done with: as soon as they are handed over, unless they take
    time (work_ms). With topic, partition: of that only."""
    return look.counting.processed(it["group"], (it.get("topic"), it.get("partition")))


@measure("group", "repeated")
def repeated(look: Look, it: Fields, _: Any) -> Value:
    """Records that the group's applications did more than once. A real client fetches ahead: after a rebalance it may
    be sent again what no application saw. With topic, partition: of that only."""
    return look.counting.repeated(it["group"], (it.get("topic"), it.get("partition")))


@measure("group", "skipped")
def skipped(look: Look, it: Fields, _: Any) -> Value:
    """Records that no application of the group did, though it did a later one of their partition: from where the log
    began when the group was first handed one of it. With topic, partition: of that only."""
    return look.counting.skipped(look, it["group"], (it.get("topic"), it.get("partition")))


@measure("group", "committed", needs=("topic", "partition"))
def committed(look: Look, it: Fields, _: Any) -> Value:
    """The committed offset: the next one to read."""
    group = look.group(it["group"])
    found = group.offsets.get((it["topic"], it["partition"])) if group is not None else None
    return found.offset if found is not None else None


@measure("group", "position", needs=("topic", "partition"))
def position(look: Look, it: Fields, _: Any) -> Value:
    """Where the simulated consumer that holds the partition stands: the next offset its application is handed."""
    group = look.group(it["group"])
    if group is None:
        return None
    for member, held in look.parts(group.id).items():
        if it["partition"] in held.get(it["topic"], ()):
            consumer = look.consumer(group.members[member].client)
            found = consumer.position.get((it["topic"], it["partition"])) if consumer is not None else None
            return found if found is None else int(found)
    return None


@measure("group", "holds", needs=("consumer",))
def holds(look: Look, it: Fields, _: Any) -> Value:
    """Partitions that this member (by its client id) holds."""
    member = look.member_of(it["group"], it["consumer"])
    return sum(map(len, look.parts(it["group"]).get(member, {}).values())) if member is not None else 0


@measure("group", "alive", bool, needs=("consumer",))
def consumer_alive(look: Look, it: Fields, _: Any) -> Value:
    """Its process runs: a simulated consumer that neither crashed nor left."""
    consumer = look.consumer(it["consumer"])
    return bool(consumer is not None and consumer.group == it["group"])
