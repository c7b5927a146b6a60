"""The brokers' own compacted topic: committed offsets outlive compaction and a change of coordinators."""

from __future__ import annotations

from engine import events
from engine.cluster.readers import coordinated
from engine.machine import SECOND
from engine.quorum.topics import OFFSETS_TOPIC
from tests.unit.cluster.sandbox import BUSY, Sandbox

CONFIG = {"offsets_topic_segment_bytes": 1024, "log_cleaner_backoff_ms": 1000}


def run(box, seconds):
    box.world.advance(box.world.now + seconds * SECOND)


def committed(box):
    (group,) = [one for one in coordinated(box.cluster) if one["id"] == "A"]
    return group["committed"]["pedidos"]


def test_committed_offsets_outlive_compaction_and_their_coordinator():
    box = Sandbox({**BUSY, "config": CONFIG})
    run(box, 120)
    coordinator = box.coordinator("A")
    compacted = [e for e in box.told(events.LogCompacted) if e.topic == OFFSETS_TOPIC]
    assert compacted and sum(e.removed for e in compacted) > 20
    partition = compacted[-1].partition
    for broker in (1, 2, 3):
        log = box.cluster.broker(broker).partitions[OFFSETS_TOPIC, partition].log
        records = sum(batch.count for batch in log.batches(log.log_start, log.log_end))
        assert records < log.log_end / 2
    before = committed(box)
    box.do("crash_broker", broker=coordinator)
    run(box, 10)
    assert box.coordinator("A") != coordinator
    after = committed(box)
    assert all(after[p] >= before[p] for p in before)
    box.do("start_broker", broker=coordinator)
    run(box, 30)
    assert all(committed(box)[p] > before[p] for p in before)
    assert box.group("A")["lag"] < 20
