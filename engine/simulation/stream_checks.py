"""What must hold of streams: the order of a shard, parents before children, nothing lost, nothing written twice.

While a run goes on it is looked at what brokers append (``NoChildBeforeItsParentsEnd``); at its end, what writers were
told and what workers were handed is compared with what the shards' logs hold (``Ledger``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.kinesis.applications.worker import StreamConsumer
from engine.kinesis.service import sequence
from engine.kinesis.service.shard import CLOSED, SEALED, WAITING, Shard
from engine.kinesis.service.stream import Stream
from engine.quorum.streams import STREAMS
from engine.simulation.invariants import Invariant, Violated
from engine.simulation.shadow import Change, Key
from engine.wire.records import decode_records

if TYPE_CHECKING:
    from engine.simulation.streams import StreamRig
    from engine.simulation.watch import Watch


class NoChildBeforeItsParentsEnd(Invariant):
    """21: a shard's log is empty until its parents are closed, and does not grow once it is closed itself."""

    number = 21

    def appended(self, watch: Watch, change: Change) -> None:
        topic, partition = change.shadow.key
        if not topic.startswith(STREAMS):
            return
        gateway = watch.cluster.gateway
        stream = gateway.account.streams.get(topic.removeprefix(STREAMS)) if gateway is not None else None
        if stream is None or partition >= len(stream.shards) or watch.forgiven.get(change.shadow.key):
            return
        shard = stream.shards[partition]
        if shard.state == WAITING:
            raise self.fail(f"{stream.name}: {shard.id} has records, and its parents are not closed")
        if shard.state in (SEALED, CLOSED) and change.shadow.end > shard.end:
            raise self.fail(f"{stream.name}: {shard.id} was closed at {shard.end} and grew to {change.shadow.end}")


def unrest(rig: StreamRig) -> str:
    """What has not come to rest of streams, their writers and workers, or ""."""
    cluster = rig.cluster
    assert cluster.gateway is not None
    for stream in cluster.gateway.account.streams.values():
        if stream.status != "ACTIVE":
            return f"{stream.name} is {stream.status}"
    waiting = [p.name for p in cluster.stream_producers() if p.waiting]
    if waiting:
        return f"writers wait: {waiting}"
    for worker in cluster.stream_consumers():
        behind = _behind(rig, worker)
        if behind:
            return behind
    return ""


def _behind(rig: StreamRig, worker: StreamConsumer) -> str:
    stream = rig.stream
    for shard in stream.shards:
        if any(rig.watch.forgiven.get((stream.topic, number)) for number in _family(stream, shard)):
            continue  # records that were read may be gone: nobody can say where it should stand
        lease = worker.leases.held.get(shard.id)
        if lease is None:
            return f"{worker.name} does not know {shard.id}"
        if shard.state == CLOSED:
            if not lease.done:
                return f"{worker.name} has not finished {shard.id}"
            continue
        p = rig.cluster.image.partition(stream.topic, shard.number)
        end = rig.cluster.broker(p.leader).partitions[p.topic, p.partition].high_watermark
        if max(0, lease.position) != end:
            return f"{worker.name} stands at {lease.position} of {shard.id}, which ends at {end}"
    return ""


def _family(stream: Stream, shard: Shard) -> list[int]:
    """Its number, and its ancestors'."""
    found = [shard.number]
    for parent in shard.parents:
        found += _family(stream, stream.shards[parent])
    return found


class Ledger:
    """logs: the records (offset: data) of each shard, in the leaders' logs. copies: how often each record is there."""

    def __init__(self, rig: StreamRig) -> None:
        self.rig, self.stream = rig, rig.stream
        self.logs: dict[str, dict[int, bytes]] = {}
        self.copies: dict[bytes, int] = {}
        for shard in self.stream.shards:
            p = rig.cluster.image.partition(self.stream.topic, shard.number)
            log = rig.cluster.broker(p.leader).partitions[p.topic, p.partition].log
            held = self.logs[shard.id] = {}
            for batch in log.batches(log.log_start, log.log_end):
                for record in decode_records(batch):
                    data = record.value or b""
                    held[record.offset] = data
                    self.copies[data] = self.copies.get(data, 0) + 1

    def close(self) -> None:
        for producer in self.rig.cluster.stream_producers():
            for shard, number, data, unsure in producer.acknowledged:
                self._acknowledged(producer.name, shard, number, data, unsure)
            for data, unsure in producer.lost:
                if self.copies.get(data, 0) > unsure:
                    what = f"{producer.name} was told no, and {data!r} is there"
                    raise Violated(24, "WhatWasRefusedIsNotThere", what)
        for worker in self.rig.cluster.stream_consumers():
            self._taken(worker)

    def _acknowledged(self, name: str, shard: str, number: str, data: bytes, unsure: int) -> None:
        offset = sequence.parse(number).offset
        if self.logs[shard].get(offset) != data and not self._excused(shard, offset):
            raise Violated(22, "NothingPutIsLost", f"{name} put {data!r} as {shard}@{offset}, and it is not there")
        if self.copies.get(data, 0) > 1 + unsure and not self.rig.watch.forgiven:
            raise Violated(24, "NothingIsWrittenTwice", f"{name} put {data!r} once, and it is there more often")

    def _taken(self, worker: StreamConsumer) -> None:
        """23: in order, without a gap, each as it stands there; and parents first."""
        upto: dict[str, int] = {}
        shards = {shard.id: shard for shard in self.stream.shards}
        for name, offset, data in worker.taken:
            if self.logs[name].get(offset) != data and not self._excused(name, offset):
                raise Violated(23, "AShardIsReadAsItIs", f"{worker.name}: {name}@{offset} is another record")
            before = upto.get(name)
            if before is None:
                self._parents(worker, shards[name], upto)
            if offset > (before or 0) and not any(self._excused(name, at) for at in range(before or 0, offset)):
                raise Violated(23, "AShardIsReadAsItIs", f"{worker.name}: {name} from {before} to {offset}")
            upto[name] = max(before or 0, offset + 1)

    def _parents(self, worker: StreamConsumer, shard: Shard, upto: dict[str, int]) -> None:
        for number in shard.parents:
            parent = self.stream.shards[number]
            if upto.get(parent.id, 0) < parent.end and not self._excused(parent.id, parent.end - 1):
                read = f"{parent.id} read to {upto.get(parent.id, 0)} of {parent.end}"
                what = f"{worker.name} read {shard.id} with {read}"
                raise Violated(21, "ParentsAreReadFirst", what)

    def _excused(self, shard: str, offset: int) -> bool:
        """A power cut that nobody could outlive took it."""
        key: Key = (self.stream.topic, int(shard.removeprefix("shardId-")))
        return self.rig.watch.is_forgiven(key, offset)
