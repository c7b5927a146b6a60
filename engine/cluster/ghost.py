"""The ghost consumer: where a reader would begin, and what it would be handed first. It joins nothing, asks no broker,
fetches nothing and commits nothing: it is worked out from the logs as they are, by the rules that brokers and
consumers go by (engine/broker/offsets.py, engine/clients/positions.py).

start: "earliest", "latest", "committed" (of ``group``), "timestamp" (``ms`` since 1970), "offset" (``offset``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.cluster.inspect import held_by, hue, shown
from engine.cluster.readers import coordinated
from engine.cluster.whynot import known, leading, no_leader
from engine.commands import CommandRefused
from engine.quorum.records import PartitionRecord
from engine.replication.partition import Partition
from engine.storage.log import Log
from engine.wire.batch import CorruptRecord
from engine.wire.records import Record, decode_records

if TYPE_CHECKING:
    from engine.cluster.cluster import Cluster

STARTS = ("earliest", "latest", "committed", "timestamp", "offset")
RECORDS_SHOWN = 5


def look(cluster: Cluster, names: dict[str, Any]) -> dict[str, Any]:
    """Raises CommandRefused. The shape is told in docs/api.md."""
    _, state = known(cluster, names)
    start = names.get("start")
    if start not in STARTS:
        raise CommandRefused("INVALID_REQUEST", f"start is one of {', '.join(STARTS)}.")
    held = leading(cluster, state)
    missing = no_leader(cluster, state, prefix="ghost")
    seen = held if held is not None else _freshest(cluster, state)
    if seen is None:
        raise CommandRefused("NOT_LEADER_OR_FOLLOWER", f"No replica of {state.topic}-{state.partition} can be seen.")
    log, hw = seen.log, seen.high_watermark
    asked, offset, code = _begin(cluster, names, str(start), seen, state)
    records = _records(log, offset, hw)
    group = names.get("group") or ""
    return {
        "topic": state.topic, "partition": state.partition, "start": start, "group": group, "asked": asked,
        "offset": offset, "code": code, "log_start": log.log_start, "hw": hw, "end": log.log_end,
        "to_read": max(0, hw - offset), "above": max(0, log.log_end - max(hw, offset)),
        "skipped": max(0, offset - log.log_start), "leaderless": missing is not None,
        "records": [_brief(record) for record in records],
        "committed": _commits(cluster, state),
        "first_ms": _stamp(log, log.log_start), "last_ms": max((s.max_timestamp for s in log.segments), default=-1),
    }  # fmt: skip


def _freshest(cluster: Cluster, state: PartitionRecord) -> Partition | None:
    held = [own for b in state.replicas if (own := held_by(cluster, b, state)) is not None]
    return max(held, key=lambda p: p.log.log_end, default=None)


def _begin(
    cluster: Cluster, names: dict[str, Any], start: str, seen: Partition, state: PartitionRecord
) -> tuple[Any, int, str]:
    """(what was asked for, the offset it leads to, how: a code of the catalogues)."""
    log, hw = seen.log, seen.high_watermark
    if start == "earliest":
        return None, log.log_start, "earliest"
    if start == "latest":
        return None, hw, "latest"
    if start == "committed":
        asked = {row["group"]: row["offset"] for row in _commits(cluster, state)}.get(str(names.get("group")))
        if asked is None:
            return None, log.log_start, "no-commit"
        return asked, *_in_range(asked, log, hw, "committed")
    if start == "timestamp":
        ms = names.get("ms")
        if type(ms) not in (int, float) or ms is None or ms < 0:
            raise CommandRefused("INVALID_REQUEST", "ms is a number of milliseconds since 1970.")
        try:
            found = log.offset_for_time(int(ms))
        except CorruptRecord as corrupt:
            raise CommandRefused("CORRUPT_MESSAGE", f"A batch on the way cannot be read: {corrupt}.") from None
        if found is None or found[0] >= hw:
            return ms, hw, "after-all"
        return ms, found[0], "timestamp"
    offset = names.get("offset")
    if type(offset) is not int or offset < 0:
        raise CommandRefused("INVALID_REQUEST", "offset is a whole number, 0 or more.")
    return offset, *_in_range(offset, log, hw, "offset")


def _in_range(offset: int, log: Log, hw: int, code: str) -> tuple[int, str]:
    """A position outside the log is answered OFFSET_OUT_OF_RANGE: then auto.offset.reset decides (here: earliest)."""
    if offset < log.log_start:
        return log.log_start, "too-early"
    if offset > log.log_end:
        return log.log_start, "too-late"
    if offset > hw:
        return offset, "above"
    return offset, code


def _records(log: Log, offset: int, hw: int) -> list[Record]:
    found: list[Record] = []
    if not log.log_start <= offset < hw:
        return found
    for batch in log.batches(offset, hw):
        try:
            found += [record for record in decode_records(batch) if offset <= record.offset < hw]
        except CorruptRecord:
            break
        if len(found) >= RECORDS_SHOWN:
            break
    return found[:RECORDS_SHOWN]


def _brief(record: Record) -> dict[str, Any]:
    return {
        "offset": record.offset, "timestamp_ms": record.timestamp, "hue": hue(record.key), "key": shown(record.key),
        "value": shown(record.value),
    }  # fmt: skip


def _commits(cluster: Cluster, state: PartitionRecord) -> list[dict[str, Any]]:
    """Who has committed what here."""
    return [
        {"group": group["id"], "offset": group["committed"][state.topic][state.partition]}
        for group in coordinated(cluster)
        if state.partition in group["committed"].get(state.topic, {})
    ]


def _stamp(log: Log, offset: int) -> int:
    batch = log.batch_at(offset)
    return -1 if batch is None else batch.base_timestamp
