"""How fast a sandbox's time runs, and how fast it may while real clients are attached.

A real client lives by its own clock: its heartbeats and its patience are in real seconds, its session
in virtual ones. So the faster or slower time runs here, the sooner one side believes the other dead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.limits import SPEED_WITH_CLIENTS, SPEED_WITH_MEMBERS

if TYPE_CHECKING:
    from engine.cluster.cluster import Cluster

SPEED_FREE = (1 / 64, 64.0)


@dataclass(slots=True)
class Pace:
    """asked: the speed people set; what it comes to is told by ``limits``. The host follows (engine/live).

    frozen: time stands still because nobody is there to see it; the first who comes ends that.
    """

    paused: bool = False
    asked: float = 1.0
    frozen: bool = False

    @property
    def still(self) -> bool:
        """Virtual time does not pass."""
        return self.paused or self.frozen


def limits(cluster: Cluster) -> tuple[float, float, str]:
    """(least speed, most speed, the real client for whose sake it is limited or "")."""
    attached = [connection for _, connection in cluster.connections() if connection.software]
    if not attached:
        gateway = cluster.gateway
        callers = gateway.callers.outside.values() if gateway is not None else ()
        calling = next((caller for caller in callers if caller.client and not caller.here), None)
        return (*SPEED_WITH_CLIENTS, calling.client) if calling is not None else (*SPEED_FREE, "")
    names = dict.fromkeys((connection.client, connection.host) for connection in attached)
    for broker in cluster.places:
        if cluster.alive(broker):
            for member in cluster.broker(broker).groups.members():
                if (member.client, member.host) in names:
                    return (*SPEED_WITH_MEMBERS, member.client or attached[0].peer)
    return (*SPEED_WITH_CLIENTS, attached[0].client or attached[0].peer)
