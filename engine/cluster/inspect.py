"""Looking inside: the keys on a tape's tail, and all that is known of one record."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from engine.cluster.readers import groups
from engine.commands import CommandRefused
from engine.quorum.image import NO_LEADER
from engine.storage.log import Log
from engine.wire.batch import Batch, CorruptRecord
from engine.wire.compression import NAMES
from engine.wire.partitioners import explain, murmur2
from engine.wire.records import Record, decode_records

if TYPE_CHECKING:
    from engine.cluster.cluster import Cluster
    from engine.quorum.records import PartitionRecord
    from engine.replication.partition import Partition

TAIL = 64  # offsets shown of a partition
LOOKED_INTO_MAX = 256  # records of a batch that are decoded for the tail; of a larger one the keys stay unknown
HUES = 8
SHOWN_MAX = 20_000  # bytes of a key or value sent to a browser; the rest is cut, and said so


class Tails:
    """The last keys of each log as characters: "0".."7" a hue, "-" no key, "x" no record, "?" not looked at.

    Decoded batches are remembered while they are on the tail. It is made for those who look and is
    no part of the state.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], dict[tuple[int, int], str]] = {}

    def __reduce__(self) -> tuple[type[Tails], tuple[()]]:
        return Tails, ()  # copies and snapshots look anew

    def of(self, log: Log) -> dict[str, Any]:
        first = max(log.log_start, log.log_end - TAIL)
        before = self._known.get((log.topic, log.partition), {})
        now: dict[tuple[int, int], str] = {}
        keys = ["x"] * (log.log_end - first)
        for batch in log.batches(first, log.log_end):
            name = (batch.base_offset, batch.crc)  # compaction leaves another batch in its place
            marks = before.get(name)
            if marks is None:
                marks = _marks(batch)
            now[name] = marks
            for i, mark in enumerate(marks):
                at = batch.base_offset + i - first
                if 0 <= at < len(keys):
                    keys[at] = mark
        self._known[log.topic, log.partition] = now
        return {"first": first, "keys": "".join(keys)}


def _marks(batch: Batch) -> str:
    size = batch.last_offset - batch.base_offset + 1
    if size > LOOKED_INTO_MAX:
        return "?" * size
    marks = ["x"] * size
    try:
        for record in decode_records(batch):
            marks[record.offset - batch.base_offset] = hue(record.key)
    except CorruptRecord:
        return "?" * size  # a client may send what nobody can read; the broker does not look inside
    return "".join(marks)


def hue(key: bytes | None) -> str:
    return "-" if key is None else str((murmur2(key) & 0x7FFFFFFF) % HUES)


def record(cluster: Cluster, topic: str, partition: int, offset: int) -> dict[str, Any]:
    """All that is known of one record; its shape is told in docs/api.md."""
    image = cluster.image
    state = image.partition(topic, partition)
    if state is None:
        raise CommandRefused("UNKNOWN_TOPIC_OR_PARTITION", f"There is no {topic}-{partition}.")
    held = {
        b: p
        for b in state.replicas
        if b in cluster.places and (p := cluster.broker(b).partitions.get((topic, partition))) is not None
    }
    source = held.get(state.leader) or max(held.values(), key=lambda p: p.log.log_end, default=None)
    batch = source.log.batch_at(offset) if source and source.log.log_start <= offset < source.log.log_end else None
    if source is None or batch is None:
        end = source.log.log_end if source else 0
        raise CommandRefused("OFFSET_OUT_OF_RANGE", f"{topic}-{partition} has no record {offset}; it ends at {end}.")
    found = _find(batch, offset)
    return {
        "topic": topic,
        "partition": partition,
        "offset": offset,
        "key": shown(found.key),
        "value": shown(found.value),
        "headers": [[name, _text(value)] for name, value in found.headers],
        "timestamp_ms": found.timestamp,
        "timestamp_type": "LogAppendTime" if batch.log_append_time else "CreateTime",
        "batch": _batch(batch),
        "partitioner": _partitioner(found.key, partition, len(image.topics[topic].partitions)),
        "replicas": [
            {"broker": b, "has": b in held and _has(held[b], batch, offset), "in_sync": b in state.isr,
             "alive": cluster.alive(b), "leader": b == state.leader}
            for b in state.replicas
        ],
        "committed": offset < source.high_watermark,
        "leaderless": state.leader == NO_LEADER,
        "delivered": _delivered(cluster, topic, partition, offset),
    }  # fmt: skip


def held_by(cluster: Cluster, broker: int, state: PartitionRecord) -> Partition | None:
    """The replica of a partition on a broker, as that has it in memory (or had it when it died)."""
    if broker not in cluster.places:
        return None
    return cluster.broker(broker).partitions.get((state.topic, state.partition))


def _find(batch: Batch, offset: int) -> Record:
    try:
        for found in decode_records(batch):
            if found.offset == offset:
                return found
    except CorruptRecord as corrupt:
        reason = f"The batch at {batch.base_offset} cannot be read: {corrupt}."
        raise CommandRefused("CORRUPT_MESSAGE", reason) from None
    raise CommandRefused("OFFSET_OUT_OF_RANGE", f"Offset {offset} is within a batch, but its record is gone.")


def _batch(batch: Batch) -> dict[str, Any]:
    return {
        "base_offset": batch.base_offset, "last_offset": batch.last_offset, "count": batch.count, "bytes": batch.size,
        "epoch": batch.leader_epoch, "compression": NAMES[batch.compression], "producer_id": batch.producer_id,
        "producer_epoch": batch.producer_epoch, "base_sequence": batch.base_sequence, "crc": batch.crc,
    }  # fmt: skip


def _has(partition: Partition, batch: Batch, offset: int) -> bool:
    """Whether a replica holds this very record: the same offset from the same epoch."""
    log = partition.log
    if not log.log_start <= offset < log.log_end:
        return False
    own = log.batch_at(offset)
    return own is not None and own.crc == batch.crc and own.leader_epoch == batch.leader_epoch


def _partitioner(key: bytes | None, actual: int, partitions: int) -> dict[str, Any]:
    if key is None:
        return {"murmur2": None, "crc32": None, "partitions": partitions, "actual": actual, "explains": "no key"}
    chosen = explain(key, partitions)
    by = [name for name in ("murmur2", "crc32") if chosen[name] == actual]
    explains = {0: "neither", 1: by[0] if by else "", 2: "both"}[len(by)]
    return {**chosen, "partitions": partitions, "actual": actual, "explains": explains}


def _delivered(cluster: Cluster, topic: str, partition: int, offset: int) -> list[dict[str, Any]]:
    """To whom it was delivered: known exactly of simulated consumers, by what was fetched of real ones."""
    found = []
    for group in groups(cluster):
        for member in group["members"]:
            position = member["position"].get(topic, {}).get(str(partition))
            if position is not None:
                how = "position" if member["kind"] == "sim" else "fetched"
                found.append(
                    {"group": group["id"], "consumer": member["id"], "kind": member["kind"], "how": how,
                     "delivered": offset < position}
                )  # fmt: skip
    return found


def shown(data: bytes | None) -> dict[str, Any] | None:
    """Bytes for people: as text if they are text, in base64 in any case."""
    if data is None:
        return None
    cut = data[:SHOWN_MAX]
    return {
        "text": _text(data), "base64": base64.b64encode(cut).decode(), "bytes": len(data), "cut": len(cut) < len(data),
    }  # fmt: skip


def _text(data: bytes | None) -> str | None:
    if data is None:
        return None
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return text[:SHOWN_MAX] if all(c.isprintable() or c in "\t\n\r" for c in text[:SHOWN_MAX]) else None
