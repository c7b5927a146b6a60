"""How fast a sandbox's time runs, and how fast it may while real clients are attached.

A real client lives by its own clock: its heartbeats and its patience are in real seconds, its session
in virtual ones. So the faster or slower time runs here, the sooner one side believes the other dead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.cluster.readers import coordinated
from engine.limits import SPEED_WITH_CLIENTS, SPEED_WITH_MEMBERS

if TYPE_CHECKING:
    from engine.cluster.cluster import Cluster

SPEED_FREE = (1 / 64, 64.0)


@dataclass(slots=True)
class Pace:
    """asked: the speed people set; what it comes to is told by ``limits``. The host follows (engine/live)."""

    paused: bool = False
    asked: float = 1.0


def limits(cluster: Cluster) -> tuple[float, float, str]:
    """(least speed, most speed, the real client for whose sake it is limited or "")."""
    attached = [connection for _, connection in cluster.connections() if connection.software]
    if not attached:
        return (*SPEED_FREE, "")
    names = [connection.client or connection.peer for connection in attached]
    for group in coordinated(cluster):
        for member in group["members"]:
            if member["client"] in names and member["client"] not in cluster.hands:
                return (*SPEED_WITH_MEMBERS, member["client"])
    return (*SPEED_WITH_CLIENTS, names[0])
