"""All brokers' folders at a glance: of each partition its segments, with what they hold and how much of it is durable.

It only looks: sizes come from the disks, base offsets from the names of files, as somebody with a shell would read
them. A broker whose process is down has its folder all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.cluster.files import folder_of, kind_of
from engine.limits import SEGMENTS_SHOWN_MAX

if TYPE_CHECKING:
    from engine.cluster.cluster import Cluster

INDEXES = ("index", "timeindex", "txnindex")


def overview(cluster: Cluster) -> dict[str, Any]:
    """{"brokers": [{"broker", "state", "used", "quota", "folders": [...]}]}; see ``_segments`` and docs/api.md."""
    return {"brokers": [_broker(cluster, number) for number in cluster.places]}


def _broker(cluster: Cluster, number: int) -> dict[str, Any]:
    place = cluster.places[number]
    disk = place.disk
    names: dict[str, list[str]] = {}
    for path in disk.paths():
        folder, _, name = path.rpartition("/")
        if folder:
            names.setdefault(folder, []).append(name)
    folders = []
    for folder, inside in names.items():
        held = folder_of(cluster, number, folder)
        segments = _segments(disk.files, folder, inside)
        partition = cluster.broker(number).partitions.get((held["topic"], held["partition"]))
        folders.append(
            {
                **held,
                "bytes": sum(disk.files[f"{folder}/{name}"].size for name in inside),
                "end": partition.log.log_end if partition is not None and cluster.alive(number) else None,
                "count": len(segments),
                "segments": segments[-SEGMENTS_SHOWN_MAX:],
            }
        )
    return {"broker": number, "state": place.state, "used": disk.used, "quota": disk.quota, "folders": folders}


def _segments(files: dict[str, Any], folder: str, names: list[str]) -> list[dict[str, Any]]:
    """[{"base", "file", "bytes", "synced", "indexes"}] by base offset, the active one last.

    passing: what is happening to a file that is not a segment's own any more ("deleted", "cleaned", "swap").
    indexes: bytes of the segment's index files together.
    """
    segments: list[dict[str, Any]] = []
    indexes: dict[int, int] = {}
    for name in sorted(names):
        kind, passing = kind_of(name)
        file = files[f"{folder}/{name}"]
        if kind == "log":
            base = int(name[:20])
            segments.append({"base": base, "file": name, "bytes": file.size, "synced": file.synced, "passing": passing})
        elif kind in INDEXES and not passing:
            indexes[int(name[:20])] = indexes.get(int(name[:20]), 0) + file.size
    for segment in segments:
        segment["indexes"] = 0 if segment["passing"] else indexes.get(segment["base"], 0)
    return segments
