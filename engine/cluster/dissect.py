"""A record as it lies in the leader's segment: its bytes, each field with its place (anatomy.py) and its meaning."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from engine.cluster import anatomy
from engine.cluster.inspect import held_by
from engine.cluster.veiling import veil_of
from engine.cluster.whynot import known, leading
from engine.commands import CommandRefused
from engine.quorum.records import PartitionRecord
from engine.storage.chunk import Chunk
from engine.storage.log import Log
from engine.storage.segment import Segment

if TYPE_CHECKING:
    from engine.cluster.cluster import Cluster

BYTES_SHOWN = 4096  # of a record
PACKED_SHOWN = 256  # of a compressed batch, after its header


def freshest_log(cluster: Cluster, state: PartitionRecord) -> Log | None:
    logs = [own.log for b in state.replicas if (own := held_by(cluster, b, state)) is not None]
    return max(logs, key=lambda log: log.log_end, default=None)


def record_bytes(cluster: Cluster, names: dict[str, Any]) -> dict[str, Any]:
    """The batch's header and the record itself as they lie in the leader's segment, each field with its place."""
    _, state = known(cluster, names)
    offset = names.get("offset")
    held = leading(cluster, state)
    log = held.log if held is not None else freshest_log(cluster, state)
    batch = log.batch_at(offset) if log is not None and type(offset) is int else None
    if log is None or batch is None:
        raise CommandRefused("OFFSET_OUT_OF_RANGE", f"{state.topic}-{state.partition} has no record {offset}.")
    one = next(s for s in reversed(log.segments) if s.base_offset <= batch.base_offset)
    at = _position(one, batch.base_offset)
    veil = veil_of(cluster, f"{state.topic}-{state.partition}", b"")
    sealed = veil is not None and veil.covers(batch)
    data = (veil.batch(batch) if veil is not None and sealed else batch).to_bytes()
    whole = anatomy.batch(data, 0, 0, len(data))
    items = whole.pop("items", [])
    own = next((it for it in items if it["about"].get("offset") == offset), None)
    shown = _cut(data, whole, own)
    return {
        "topic": state.topic, "partition": state.partition, "offset": offset, "path": one.path, "at": at,
        "batch_bytes": len(data), "batch": whole, "record": own,
        "inside": next((it for it in whole["about"].get("inside", []) if it["offset"] == offset), None),
        "pieces": shown, **({"sealed": True} if sealed else {}),
    }  # fmt: skip


def _position(one: Segment, offset: int) -> int:
    """At which byte of the segment's file the batch with ``offset`` begins."""
    number = one.find(offset)
    at = sum(part.size for part in one.extents[:number])
    part = one.extents[number]
    return at + part.position(part.find(offset)) if isinstance(part, Chunk) else at


def _cut(data: bytes, whole: dict[str, Any], own: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Stretches of the batch, in base64: its header, and the record (or what follows, when it is compressed)."""
    header = anatomy.width(anatomy.BATCH)
    stretches = [(0, header)]
    if own is not None:
        stretches.append((own["at"], min(own["at"] + own["size"], own["at"] + BYTES_SHOWN)))
    else:
        stretches.append((header, min(len(data), header + PACKED_SHOWN)))
    return [{"at": a, "size": b - a, "data": base64.b64encode(data[a:b]).decode()} for a, b in stretches]
