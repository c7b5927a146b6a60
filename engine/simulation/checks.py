"""What is looked at when the faults have stopped: has all come to rest, and does the ledger agree?

The ledger: what producers were told is written and what consumers were handed, against what is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.clients.consumer import Consumer
from engine.clients.producer import Producer
from engine.clients.sender import DELIVERY_TIMEOUT
from engine.cluster.readers import coordinated
from engine.machine import MILLISECOND, SECOND
from engine.quorum.topics import OFFSETS_TOPIC
from engine.simulation.invariants import Violated
from engine.simulation.shadow import Key
from engine.wire.records import decode_records, fingerprint

if TYPE_CHECKING:
    from engine.simulation.rig import Rig

CONVERGE = 30 * SECOND


def unrest(rig: Rig) -> str:
    """What is not as it should be, or ""."""
    cluster = rig.cluster
    for topic in cluster.image.topics.values():
        for p in topic.partitions.values():
            name = f"{p.topic}-{p.partition}"
            if p.adding or p.removing:
                return f"{name} is being moved: {p.adding} come, {p.removing} go"
            if p.leader < 0:
                return f"{name} has no leader"
            if sorted(p.isr) != sorted(p.replicas):
                return f"{name} has the isr {p.isr} of {p.replicas}"
            ends = [cluster.broker(b).partitions[p.topic, p.partition].log.log_end for b in p.replicas]
            mark = cluster.broker(p.leader).partitions[p.topic, p.partition].high_watermark
            if any(end != mark for end in ends):
                return f"{name} ends at {ends}, high watermark {mark}"
    waiting = [p.name for p in cluster.producers() if not p.idle]
    if waiting:
        return f"producers wait: {waiting}"
    return _lag(rig)


def patience(rig: Rig) -> int:
    """How long all may take to come to rest: longer where an application takes its time with what it has to read, and
    where Kafka too lets records wait until they time out."""
    overtaken = any(p.sender.sequences.overtaken() for p in rig.cluster.producers())
    work = max([_work(rig, consumer) for consumer in rig.cluster.consumers()], default=0)
    return CONVERGE + 2 * work + (DELIVERY_TIMEOUT if overtaken else 0)


def _work(rig: Rig, consumer: Consumer) -> int:
    """How long it works on all that it has not read of its partitions, without the waiting in between."""
    left = 0
    for topic, partitions in consumer.assigned.items():
        for p in [rig.cluster.image.topics[topic].partitions[number] for number in partitions]:
            if p.leader >= 0:
                mark = rig.cluster.broker(p.leader).partitions[p.topic, p.partition].high_watermark
                left += max(0, mark - consumer.position.get((p.topic, p.partition), mark))
    return left * consumer.work_ms * MILLISECOND


def _lag(rig: Rig) -> str:
    owners: dict[tuple[str, str, int], Consumer] = {}
    for consumer in rig.cluster.consumers():
        for topic, partitions in consumer.assigned.items():
            for partition in partitions:
                owners[consumer.group, topic, partition] = consumer
    for group, settings in rig.cluster.group_settings.items():
        for p in rig.cluster.image.topics[settings["topic"]].partitions.values():
            owner = owners.get((group, p.topic, p.partition))
            if owner is None:
                return f"{p.topic}-{p.partition} has no owner in {group}"
            end = rig.cluster.broker(p.leader).partitions[p.topic, p.partition].high_watermark
            if owner.position.get((p.topic, p.partition)) != end:
                return f"{group} lags on {p.topic}-{p.partition}"
    return ""


# --- the ledger


class Ledger:
    """values: CRC of the value at (partition, offset), in the leaders' logs. starts: where those begin."""

    def __init__(self, rig: Rig) -> None:
        self.rig, self.watch = rig, rig.watch
        self.values: dict[tuple[Key, int], int] = {}
        self.starts: dict[Key, int] = {}
        self.compacted: dict[Key, dict[bytes | None, int]] = {}
        for topic in rig.cluster.image.topics.values():
            for p in topic.partitions.values():
                self._read((p.topic, p.partition), rig.cluster.broker(p.leader).partitions[p.topic, p.partition].log)

    def _read(self, key: Key, log: Any) -> None:
        """16: each sequence once."""
        self.starts[key] = log.log_start
        if log.config.compacts:
            self.compacted[key] = {}
        once: dict[tuple[int, int, int], None] = {}
        for batch in log.batches(log.log_start, log.log_end):
            name = (batch.producer_id, batch.producer_epoch, batch.base_sequence)
            if batch.base_sequence >= 0:
                if name in once:
                    raise Violated(16, "EachSequenceOnce", f"{key[0]}-{key[1]}: {name} is there twice")
                once[name] = None
            for record in decode_records(batch):
                self.values[key, record.offset] = fingerprint(record)
                if key in self.compacted:
                    self.compacted[key][record.key] = record.offset

    def excused(self, key: Key, offset: int) -> bool:
        """It need not be there: retention or compaction took it, or a power cut that nobody could outlive."""
        if offset < self.starts[key] or self.watch.is_forgiven(key, offset):
            return True
        return key in self.compacted and (key, offset) not in self.values

    def close(self) -> None:
        for producer in self.rig.cluster.producers():
            self._acknowledged(producer)
        for consumer in self.rig.cluster.consumers():
            self.rig.delivered += consumer.delivered_log
        for topic, partition, offset, crc in self.rig.delivered:
            key = (topic, partition)
            if self.values.get((key, offset)) != crc and not self.excused(key, offset):
                what = f"{topic}-{partition}@{offset} was delivered otherwise"
                raise Violated(13, "AnOffsetMeansOneValueForEver", what)
        self._offsets()

    def _acknowledged(self, producer: Producer) -> None:
        """10: what was acknowledged with acks=all is there."""
        if producer.acks != "all":
            return
        for topic, partition, offset, crc in producer.acknowledged:
            key = (topic, partition)
            if self.values.get((key, offset)) != crc and not self.excused(key, offset):
                raise Violated(10, "NothingAcknowledgedIsLost", f"{producer.name}: {topic}-{partition}@{offset}")

    def _offsets(self) -> None:
        """19: an offset whose commit was answered is remembered by whoever coordinates now."""
        if any(topic == OFFSETS_TOPIC for topic, _ in self.watch.forgiven):
            return
        known = {g["id"]: g["committed"] for g in coordinated(self.rig.cluster)}
        for consumer in self.rig.cluster.consumers():
            for (topic, partition), offset in consumer.committed.items():
                found = known.get(consumer.group, {}).get(topic, {}).get(partition, -1)
                if found < offset and not self.watch.forgiven.get((topic, partition)):
                    what = f"{consumer.name} committed {topic}-{partition}@{offset}; {found} is known"
                    raise Violated(19, "CommittedOffsetsSurvive", what)
