"""What the host tells the director of a sandbox: of time that did not pass here, of room, of being a branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import events
from engine.cluster import kinesis
from engine.cluster.patience import SESSION
from engine.groups.membership import EndSessions
from engine.world.inputs import BRANCH, FREEZE, GAVE_UP, KINESIS, QUOTA, REBASE, RESTART, THAW, Input

if TYPE_CHECKING:
    from engine.cluster.cluster import Cluster

SOURCES = (RESTART, REBASE, BRANCH, FREEZE, THAW, QUOTA, GAVE_UP, KINESIS)


def apply(cluster: Cluster, given: Input) -> None:
    """Put it on record, and do what follows from it."""
    tell, payload = cluster.world.tell, given.payload
    if given.source == RESTART:
        tell("edge", events.Restarted(payload.get("inputs", 0), payload.get("away_ms", 0)))
    elif given.source == REBASE:
        tell("edge", events.Rebased(payload.get("behind_ms", 0)))
    elif given.source == FREEZE:
        cluster.pace.frozen = True
    elif given.source == THAW:
        cluster.pace.frozen = False
        tell("edge", events.Thawed(payload.get("away_ms", 0)))
    elif given.source == BRANCH:
        cluster.pace.frozen = False
        _rename(cluster, payload["cluster_id"])
        tell("edge", events.Branched(payload["of"], payload["step"], payload["name"]))
    elif given.source == GAVE_UP:
        if payload["why"] == SESSION:
            for broker in cluster.broker_names():
                cluster.world.order(broker, EndSessions(payload["connection"]))
        cluster.world.close_outside(payload["connection"])
        tell("edge", events.ClientGaveUp(payload["client"], payload["patience_ms"], payload["why"]))
    elif given.source == KINESIS:
        kinesis.opened(cluster)
    elif given.source == QUOTA:
        _limit(cluster, payload["full"])
        told, limit = payload["bytes"], payload["limit"]
        tell("edge", events.StorageFull(told, limit) if payload["full"] else events.StorageFreed(told))


def _rename(cluster: Cluster, cluster_id: str) -> None:
    """A branch is a cluster of its own: no client that knew the other takes it for that."""
    cluster.cluster_id = cluster_id
    for broker in cluster.brokers():
        broker.cluster_id = cluster_id


def _limit(cluster: Cluster, full: bool) -> None:
    """Make all disks as full as they are, or as large as they were. Books (checkpoints) can always be kept."""
    cluster.storage_full = full
    for place in cluster.places.values():
        place.disk.quota = place.disk.used if full else cluster.config.disk_quota_bytes
