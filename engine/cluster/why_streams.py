"""Why, and why not, of Kinesis streams: read off the gateway's state, as whynot.py does for the cluster.

=============  ==========================  =======================================================================
about          named by                    the question
=============  ==========================  =======================================================================
"throttled"    stream, shard               why are puts into this shard refused? (or: would they be?)
"emptyread"    stream, shard, client       why does this caller's GetRecords come back empty?
"child"        stream, shard               why is this shard not read yet, though its parents are?
"shard"        stream, shard               (why) why is this shard open or closed?
=============  ==========================  =======================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.cluster.why_story import Story
from engine.cluster.whynot import Finding, finding, leading, no_leader, told_last
from engine.commands import CommandRefused
from engine.kinesis.gateway.gateway import Gateway
from engine.kinesis.service.quotas import IN_BYTES, IN_RECORDS, ITERATOR_MS, LOOK_MS
from engine.kinesis.service.shard import CLOSED, Shard
from engine.kinesis.service.stream import ACTIVE, UPDATING, Stream
from engine.machine import MILLISECOND, SECOND
from engine.quorum.records import PartitionRecord

if TYPE_CHECKING:
    from engine.cluster.cluster import Cluster

LATELY_MS = 10_000  # a refusal as old as that is still what somebody asks about
HOT_SHARE = 0.5  # of a stream's records in a second: more in one shard of several makes it hot

Place = tuple[Gateway, Stream, Shard]


def _place(cluster: Cluster, names: dict[str, Any]) -> Place:
    gateway = cluster.gateway
    stream = gateway.account.streams.get(names.get("stream", "")) if gateway is not None else None
    shard = next((s for s in stream.shards if s.id == names.get("shard")), None) if stream is not None else None
    if gateway is None or stream is None or shard is None:
        raise CommandRefused("NOT_FOUND", f"There is no shard {names.get('shard')!r} of {names.get('stream')!r}.")
    return gateway, stream, shard


def _where(stream: Stream, shard: Shard) -> dict[str, Any]:
    return {"stream": stream.name, "shard": shard.id}


def _select(stream: Stream, shard: Shard) -> dict[str, Any]:
    return {"kind": "shard", **_where(stream, shard)}


def _record(cluster: Cluster, stream: Stream, shard: Shard) -> PartitionRecord | None:
    """Of the partition behind it."""
    topic = cluster.image.topics.get(stream.topic)
    return topic.partitions.get(shard.number) if topic is not None else None


def _unled(cluster: Cluster, stream: Stream, shard: Shard, prefix: str) -> list[Finding]:
    """Whether the partition behind it has nobody to serve it."""
    record = _record(cluster, stream, shard)
    missing = no_leader(cluster, record, prefix=prefix) if record is not None else None
    return [] if missing is None else [missing]


# --- puts ----------------------------------------------------------------------------------------------


def throttled(cluster: Cluster, names: dict[str, Any]) -> list[Finding]:
    gateway, stream, shard = _place(cluster, names)
    where = _where(stream, shard)
    if stream.status not in (ACTIVE, UPDATING):
        return [finding("put.not-active", select={"kind": "stream", "stream": stream.name}, status=stream.status,
                        **where)]  # fmt: skip
    if not shard.taking:
        children = [stream.shards[number].id for number in shard.children]
        return [finding("put.closed", children=children, **where)]
    found = _unled(cluster, stream, shard, "write")
    if not gateway.account.throttling:
        return [*found, finding("put.no-limits", ok=True, **where)]
    now = cluster.world.now
    records, size = shard.inward.rate(now // SECOND)
    ago = now // MILLISECOND - shard.throttled_ms
    if shard.throttled_ms < 0 or ago > LATELY_MS or not shard.throttled_in:
        return [*found, finding("put.free", ok=not found, records=records, most=IN_RECORDS, **where)]
    why = told_last(cluster, "put_throttled", **where)
    found.append(finding("put.over", why=why, records=records, most=IN_RECORDS, share=100 * size // IN_BYTES,
                         refused=shard.throttled_in, ago_ms=max(0, ago), **where))  # fmt: skip
    return found + _hot(cluster, stream, shard, records, where)


def _hot(cluster: Cluster, stream: Stream, shard: Shard, records: int, where: dict[str, Any]) -> list[Finding]:
    """Whether one shard bears what several could, and what would help."""
    second = cluster.world.now // SECOND
    others = [s for s in stream.shards if s.taking and s is not shard]
    rest = sum(s.inward.rate(second)[0] for s in others)
    one_key = [p for p in cluster.stream_producers() if p.stream == stream.name and p.running and p.keys == "hot"]
    found = [
        finding("put.one-key", select={"kind": "stream-producer", "id": p.name}, producer=p.name, **where)
        for p in one_key[:3]
    ]
    if others and records > HOT_SHARE * (records + rest):
        found.append(finding("put.one-shard", others=len(others), rest=rest, **where))
    if not one_key:
        found.append(finding("put.split", select=_select(stream, shard), **where))
    return found


# --- reads ---------------------------------------------------------------------------------------------


def empty_read(cluster: Cluster, names: dict[str, Any]) -> list[Finding]:
    gateway, stream, shard = _place(cluster, names)
    client = str(names.get("client"))
    where: dict[str, Any] = {**_where(stream, shard), "client": client}
    position = gateway.account.positions.get((client, stream.name, shard.id))
    if position is None:
        raise CommandRefused("NOT_FOUND", f"{client!r} has no iterator of {shard.id}.")
    found = _unled(cluster, stream, shard, "read")
    age = (cluster.world.now - position.now) // MILLISECOND
    if age > ITERATOR_MS:
        why = told_last(cluster, "iterator_expired", **where)
        return [finding("get.expired", why=why, age_ms=age, **where), *found]
    record = _record(cluster, stream, shard)
    held = leading(cluster, record) if record is not None else None
    if held is None:
        return found
    start, hw, end = held.log.log_start, held.high_watermark, held.log.log_end
    at = position.offset
    if at < hw:
        if position.behind_ms > 0:
            found.append(finding("get.gap", behind_ms=position.behind_ms, look_ms=LOOK_MS, at=at, **where))
        return [*found, finding("get.records", ok=not found, records=hw - max(at, start), at=at, **where)]
    if at < end:
        why = {"about": "uncommitted", "topic": stream.topic, "partition": shard.number, "offset": at}
        return [*found, finding("get.uncommitted", why=why, at=at, hw=hw, **where)]
    if shard.state == CLOSED:
        children = [stream.shards[number].id for number in shard.children]
        return [*found, finding("get.done", children=children, **where)]
    if position.kind == "LATEST" and end > start:
        found.append(finding("get.latest", records=end - start, **where))
    return [*found, finding("get.even", at=at, **where)]


# --- children ------------------------------------------------------------------------------------------


def child(cluster: Cluster, names: dict[str, Any]) -> list[Finding]:
    gateway, stream, shard = _place(cluster, names)
    where = _where(stream, shard)
    if not shard.parents:
        return [finding("child.none", ok=True, **where)]
    readers = [c for c in cluster.stream_consumers() if c.stream == stream.name]
    found: list[Finding] = []
    for reader in readers:
        if shard.id in reader.leases.held:
            found.append(finding("child.read", ok=True, consumer=reader.name, **where))
            continue
        for number in shard.parents:
            parent = stream.shards[number]
            lease = reader.leases.held.get(parent.id)
            if lease is None or lease.done:
                continue
            left = max(0, parent.end - max(0, lease.position))
            select = {"kind": "stream-consumer", "id": reader.name}
            found.append(finding("child.parent", select=select, consumer=reader.name, parent=parent.id, left=left,
                                 **where))  # fmt: skip
            if parent.state != CLOSED:
                found.append(finding("child.sealing", parent=parent.id, **where))
            if not reader.running:
                found.append(finding("child.stopped", select=select, consumer=reader.name, **where))
    return found or [finding("child.nobody", ok=True, **where)]


# --- why a shard is as it is ---------------------------------------------------------------------------


def shard_story(cluster: Cluster, story: Story, names: dict[str, Any]) -> tuple[list[Finding], int | None]:
    _, stream, shard = _place(cluster, names)
    where = _where(stream, shard)
    children = [stream.shards[number].id for number in shard.children]
    parents = [stream.shards[number].id for number in shard.parents]
    if shard.state == CLOSED:
        found = finding("shard.closed", children=children, records=shard.end, **where)
    else:
        found = finding("shard.open", ok=True, parents=parents, **where)

    def concerns(event: Any) -> bool:
        named = (*getattr(event, "parents", ()), *getattr(event, "children", ()), getattr(event, "parent", ""),
                 getattr(event, "child", ""), getattr(event, "shard", ""))  # fmt: skip
        return shard.id in named

    codes = ("shards_split", "shards_merged", "shard_closed")
    at = story.last(len(story.told), *codes, of=concerns, stream=stream.name)
    return [found], at if at is not None else story.last(len(story.told), "stream_created", stream=stream.name)


QUESTIONS: dict[str, Callable[[Cluster, dict[str, Any]], list[Finding]]] = {
    "throttled": throttled, "emptyread": empty_read, "child": child,
}  # fmt: skip
