"""One run: a seed becomes a cluster, a load, and a sequence of faults; then it must come to rest.

    safety phase (faults on): the invariants hold after every step
    liveness phase (faults off): one leader each, full ISR, all clients done, no lag (invariant 20)
    the end: nothing acknowledged with acks=all is missing, nothing is there twice

Everything follows from the seed: the same seed is the same run, on any machine.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from engine import commands as c
from engine.clients.consumer import Consumer
from engine.clients.producer import Producer
from engine.cluster import Cluster, actions
from engine.cluster.readers import coordinated
from engine.machine import MILLISECOND, SECOND
from engine.simulation import faults
from engine.simulation.invariants import Violated
from engine.simulation.watch import Watch
from engine.simulation.wired import Wired
from engine.wire.records import decode_records
from engine.world.dice import Dice
from engine.world.world import World

CONVERGE_S = 30  # how long after the last fault it may take


@dataclass(slots=True)
class Report:
    """violation: None if all held. story: the last events before it."""

    seed: int
    steps: int
    digest: str
    faults: int
    acknowledged: int
    coverage: dict[str, int]
    violation: Violated | None = None
    story: list[str] = field(default_factory=list)


class Rig:
    """A cluster under test, with what was planned for it."""

    def __init__(self, seed: int, *, wired: bool = False) -> None:
        dice = Dice(seed, "plan")
        brokers = 3 if dice.chance(0.7) else 4
        self.least_alive = 1 if dice.chance(0.3) else 2
        world = Wired if wired else World
        self.cluster = Cluster(plan(dice, brokers), seed, keep_record=True, world=world)
        self.dice = Dice(seed, "faults")
        self.later: list[tuple[int, int, str, Any]] = []
        self.faults = 0
        self._number = 0
        self.delivered: list[tuple[str, int, int, int]] = []
        self.watch = self.cluster.world.observer = Watch(self.cluster)

    def do(self, command: c.Command) -> None:
        actions.carry_out(self.cluster, command)

    def at(self, ms: int, what: str, target: Any) -> None:
        """A fault's end, ``ms`` from now."""
        self._number += 1
        self.later.append((self.cluster.world.now + ms * MILLISECOND, self._number, what, target))
        self.later.sort(key=lambda one: one[:2])

    def forget(self, consumer: str) -> None:
        """A consumer goes: keep what it had received."""
        machine: Any = self.cluster.world.nodes[self.cluster.hands[consumer].node].machine
        self.delivered += machine.delivered_log

    def run_until(self, until: int) -> None:
        """Let time pass, ending faults when they are due."""
        world = self.cluster.world
        while self.later and self.later[0][0] <= until:
            due, _, what, target = self.later.pop(0)
            world.advance(max(due, world.now))
            faults.end(self, what, target)
        world.advance(max(until, world.now))


def plan(dice: Dice, brokers: int) -> dict[str, Any]:
    """A scenario by the seed: links, topics, who writes and who reads."""
    return {
        "name": "simulation",
        "link_us": dice.choice((0, 200, 1_000, 3_000)),
        "brokers": brokers,
        "config": {
            "replica_lag_time_max_ms": 3_000,
            "group_initial_rebalance_delay_ms": 100,
            "consumer_session_timeout_ms": 6_000,
            "consumer_heartbeat_interval_ms": 1_000,
            "leader_imbalance_check_interval_ms": 7_000,
        },
        "topics": [
            {"topic": "pedidos", "partitions": 2, "replication": 3, "min_insync_replicas": dice.between(1, 2)},
            {"topic": "cliques", "partitions": 1, "replication": 2, "min_insync_replicas": 1},
        ],
        "producers": [
            {"producer": "safe", "topic": "pedidos", "rate": 20.0, "acks": "all"},
            {"producer": "plain", "topic": "pedidos", "rate": 10.0, "acks": "all", "idempotent": False},
            {"producer": "quick", "topic": "cliques", "rate": 10.0, "acks": "1", "idempotent": False},
        ],
        "groups": [
            {"group": "g", "topic": "pedidos", "consumers": 2, "poll_ms": 200, "assignor": dice.choice(
                ("range", "roundrobin", "sticky"))},
            {"group": "h", "topic": "cliques", "consumers": 1, "poll_ms": 500},
        ],
    }  # fmt: skip


def simulate(
    seed: int, seconds: float = 30.0, kinds: Sequence[str] = tuple(faults.FAULTS), least: int = 3, *,
    wired: bool = False,
) -> Report:  # fmt: skip
    """Run one seed. seconds: virtual, of both phases together. least: faults that must have happened.

    wired: a share of the messages goes through Kafka's bytes; the run is the same.
    """
    rig = Rig(seed, wired=wired)
    try:
        _safety(rig, seconds * 0.6, kinds, least)
        _liveness(rig, seconds * 0.4)
        _ledger(rig)
    except Violated as violated:
        return _report(rig, seed, violated)
    except Exception as failure:
        failed = Violated(0, "NothingFails", f"{type(failure).__name__}: {failure}")
        failed.__cause__ = failure
        return _report(rig, seed, failed)
    return _report(rig, seed, None)


def _report(rig: Rig, seed: int, violated: Violated | None) -> Report:
    world = rig.cluster.world
    acknowledged = sum(len(p.acknowledged) for p in rig.cluster.producers())
    story = [f"{t.at / SECOND:10.6f} {t.node:12} {t.event}" for t in list(world.told)[-30:]] if violated else []
    return Report(
        seed, world.steps, world.digest(), rig.faults, acknowledged, rig.watch.coverage, violated, story
    )


def _safety(rig: Rig, seconds: float, kinds: Sequence[str], least: int) -> None:
    world = rig.cluster.world
    end = world.now + int(seconds * SECOND)
    rig.run_until(world.now + 500 * MILLISECOND)
    while world.now < end:
        fault = faults.FAULTS[rig.dice.choice(kinds)]
        rig.faults += fault(rig, rig.dice)
        rig.run_until(world.now + rig.dice.between(50, 2_500) * MILLISECOND)
    while rig.faults < least or not rig.watch.coverage.get("leader_elected"):
        rig.faults += faults.crash_leader(rig, rig.dice)
        rig.run_until(world.now + 2 * SECOND)


def _liveness(rig: Rig, seconds: float) -> None:
    """Faults off: it must come to rest, and stay there."""
    world = rig.cluster.world
    faults.heal(rig)
    rig.run_until(world.now + int(seconds * SECOND))
    for producer in rig.cluster.producers():
        rig.do(c.StopProducer(producer.name))
    deadline = world.now + CONVERGE_S * SECOND
    while (missing := _unrest(rig)) and world.now < deadline:
        rig.run_until(world.now + 250 * MILLISECOND)
    if missing:
        raise Violated(20, "WhenFaultsStopAllIsWell", f"after {CONVERGE_S} s without faults: {missing}")


def _unrest(rig: Rig) -> str:
    """What is not as it should be, or ""."""
    cluster = rig.cluster
    for topic in cluster.image.topics.values():
        for p in topic.partitions.values():
            name = f"{p.topic}-{p.partition}"
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


def _lag(rig: Rig) -> str:
    owners: dict[tuple[str, str, int], Consumer] = {}
    for consumer in rig.cluster.consumers():
        for topic, partitions in consumer.assigned.items():
            for partition in partitions:
                owners[consumer.group, topic, partition] = consumer
    for group, settings in rig.cluster.group_settings.items():
        topic = rig.cluster.image.topics[settings["topic"]]
        for p in topic.partitions.values():
            owner = owners.get((group, p.topic, p.partition))
            if owner is None:
                return f"{p.topic}-{p.partition} has no owner in {group}"
            end = rig.cluster.broker(p.leader).partitions[p.topic, p.partition].high_watermark
            if owner.position.get((p.topic, p.partition)) != end:
                return f"{group} lags on {p.topic}-{p.partition}"
    return ""


def _ledger(rig: Rig) -> None:
    """What was acknowledged with acks=all is there; an idempotent producer's batch is there once."""
    cluster = rig.cluster
    values: dict[tuple[str, int, int], int] = {}
    for topic in cluster.image.topics.values():
        for p in topic.partitions.values():
            log = cluster.broker(p.leader).partitions[p.topic, p.partition].log
            once: set[tuple[int, int, int]] = set()
            for batch in log.batches(log.log_start, log.log_end):
                name = (batch.producer_id, batch.producer_epoch, batch.base_sequence)
                if batch.producer_id >= 0 and name in once:
                    raise Violated(16, "EachSequenceOnce", f"{p.topic}-{p.partition}: {name} is there twice")
                once.add(name)
                for record in decode_records(batch):
                    values[p.topic, p.partition, record.offset] = zlib.crc32(record.value or b"")
    for producer in cluster.producers():
        _acknowledged(producer, values)
    for consumer in cluster.consumers():
        rig.delivered += consumer.delivered_log
    _delivered(rig, values)
    _offsets(rig)


def _acknowledged(producer: Producer, values: dict[tuple[str, int, int], int]) -> None:
    if producer.acks != "all":
        return
    for topic, partition, offset, crc in producer.acknowledged:
        if values.get((topic, partition, offset)) != crc:
            raise Violated(10, "NothingAcknowledgedIsLost", f"{producer.name}: {topic}-{partition}@{offset}")


def _delivered(rig: Rig, values: dict[tuple[str, int, int], int]) -> None:
    for topic, partition, offset, crc in rig.delivered:
        if values.get((topic, partition, offset)) != crc:
            raise Violated(13, "AnOffsetMeansOneValueForEver", f"{topic}-{partition}@{offset} was delivered otherwise")


def _offsets(rig: Rig) -> None:
    """19: an offset whose commit was answered is remembered by whoever coordinates now."""
    known = {g["id"]: g["committed"] for g in coordinated(rig.cluster)}
    for consumer in rig.cluster.consumers():
        for (topic, partition), offset in consumer.committed.items():
            found = known.get(consumer.group, {}).get(topic, {}).get(partition, -1)
            if found < offset:
                what = f"{consumer.name} committed {topic}-{partition}@{offset}; {found} is known"
                raise Violated(19, "CommittedOffsetsSurvive", what)
