"""Which settings of two clusters are not the same, and where two branches parted: what a comparison is about.

What happened in each is for everybody to see in their states; here is only what somebody chose.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.cluster.readers import groups
from engine.quorum.configs import TOPIC_CONFIGS

if TYPE_CHECKING:
    from engine.cluster import Cluster
    from engine.live.entry import Entry
    from engine.live.kept import Kept

PRODUCER = ("acks", "rate", "keys", "linger_ms", "running")
MEMBER = ("running", "poll_ms")


def settings(cluster: Cluster) -> dict[tuple[str, str], Any]:
    """By (what, of which): producers' and topics' settings, groups' assignors and members, brokers."""
    found: dict[tuple[str, str], Any] = {("brokers", ""): len(cluster.places)}
    for topic in cluster.image.topics.values():
        if not topic.internal:
            found["partitions", topic.name] = len(topic.partitions)
            for name, value in topic.configs.items():
                found[name, topic.name] = value
    for producer in cluster.producers():
        if not cluster.hands[producer.name].removing:
            for name in PRODUCER:
                found[name, producer.name] = getattr(producer, name)
            found["enable.idempotence", producer.name] = producer.sender.idempotent
    for group in groups(cluster):
        found["assignor", group["id"]] = group["protocol"]
        found["members", group["id"]] = len(group["members"])
        for member in group["members"]:
            for name in MEMBER:
                found[name, member["id"]] = member.get(name)
    return found


def differences(a: Cluster, b: Cluster) -> list[dict[str, Any]]:
    """[{"what", "of", "a", "b"}]: null where there is no such thing; a config that is not set has its default."""
    ours, theirs = settings(a), settings(b)
    found = []
    for what, of in dict.fromkeys([*ours, *theirs]):
        there = any(of in cluster.image.topics for cluster in (a, b))
        default = TOPIC_CONFIGS.get(what) if there else None
        left, right = ours.get((what, of), default), theirs.get((what, of), default)
        if left != right:
            found.append({"what": what, "of": of, "a": left, "b": right})
    return found


def parted_at(kept: Mapping[str, Kept], a: Entry, b: Entry) -> int | None:
    """The virtual milliseconds up to which both have the same past; None if they have none in common."""
    ways = [_way(kept, a), _way(kept, b)]
    for name, until in ways[0].items():
        if name in ways[1]:
            both = [ms for ms in (until, ways[1][name]) if ms is not None]
            return min(both) if both else None
    return None


def _way(kept: Mapping[str, Kept], entry: Entry) -> dict[str, int | None]:
    """By id, the sandboxes it comes from, and until when it is each of them; None: it is that one still."""
    way: dict[str, int | None] = {entry.id: None}
    while entry.parent and entry.parent not in way:
        way[entry.parent] = entry.parent_ms
        if entry.parent not in kept:
            break
        entry = kept[entry.parent].entry
    return way
