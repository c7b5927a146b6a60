"""What is wrong just now, as faults left it: read from the nodes, the disks and the links, for people.

Nobody keeps a list of faults: a fault is what it did. So one that was undone, or that ended by itself, is
not here, whoever ended it and how.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.machine import MILLISECOND
from engine.quorum.controller import CONTROLLER

if TYPE_CHECKING:
    from engine.cluster.cluster import Cluster


def faults(cluster: Cluster) -> list[dict[str, Any]]:
    """Their shape is told in docs/api.md. A node is named as commands name it."""
    return [*_of_brokers(cluster), *_of_clients(cluster), *_of_links(cluster)]


def _of_brokers(cluster: Cluster) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for broker, place in cluster.places.items():
        name = f"B{broker}"
        node = cluster.world.nodes[name]
        if node.paused_until >= 0:
            found.append({"kind": "paused", "node": name, "until_ms": node.paused_until / MILLISECOND})
        if node.disk_ns:
            found.append({"kind": "slow_disk", "node": name, "ms": node.disk_ns // MILLISECOND})
        if place.disk.others:
            found.append({"kind": "full_disk", "node": name})
        if place.disk.failing:
            found.append({"kind": "broken_disk", "node": name})
        if node.skewed:
            ahead = (node.clock(cluster.world.now) - cluster.world.now) // MILLISECOND
            found.append({"kind": "skewed_clock", "node": name, "ms": ahead, "drift_ppm": node.rate_ppm})
    return found


def _of_clients(cluster: Cluster) -> list[dict[str, Any]]:
    until = {name: cluster.world.nodes[hand.node].paused_until for name, hand in cluster.hands.items()}
    return [
        {"kind": "paused", "node": name, "until_ms": at / MILLISECOND} for name, at in until.items() if at >= 0
    ]  # fmt: skip


def _of_links(cluster: Cluster) -> list[dict[str, Any]]:
    """Cuts and delays, both ways as one where they are equal; a broker cut off from all others as isolated."""
    names = {hand.node: name for name, hand in cluster.hands.items()}
    cuts: dict[tuple[str, str], None] = {}
    delays: dict[tuple[str, str], int] = {}
    nodes = cluster.world.nodes
    for (source, target), link in cluster.world.links.all():
        late = link.latency_ns != link.usual_ns
        if (link.is_cut or late) and source in nodes and target in nodes:  # a client that is gone leaves its links
            way = names.get(source, source), names.get(target, target)
            if link.is_cut:
                cuts[way] = None
            if late:
                delays[way] = (link.latency_ns - link.usual_ns) // MILLISECOND
    found: list[dict[str, Any]] = []
    inside = [CONTROLLER, *cluster.broker_names()]
    for name in inside[1:] if cuts else ():
        ways = [way for other in inside if other != name for way in ((name, other), (other, name))]
        if all(way in cuts for way in ways) and len(inside) > 2:
            found.append({"kind": "isolated", "node": name})
    alone = [one["node"] for one in found]
    for source, target in cuts:
        both = (target, source) in cuts
        if both and (source > target or _told(source, target, alone, inside)):
            continue
        found.append({"kind": "cut", "node": source, "other": target, "both": both})
    for (source, target), ms in delays.items():
        both = delays.get((target, source)) == ms
        if not both or source < target:
            found.append({"kind": "delayed", "node": source, "other": target, "both": both, "ms": ms})
    return found


def _told(source: str, target: str, alone: list[str], inside: list[str]) -> bool:
    return source in inside and target in inside and (source in alone or target in alone)
