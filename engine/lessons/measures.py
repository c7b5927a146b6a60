"""The one table of what a clause can ask of a cluster.

A measure belongs to a *subject* (a group, a topic, ..., or "" for the cluster as a whole), has a name, and is
a function of the cluster as it is in this instant; its docstring is what authors read. What it returns is
compared by a condition. None: it cannot be said now (no such group, no leader); then no condition holds.

Rows that count ("delivered", "record_lost") count from the sandbox's first moment, unless they say otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.lessons import measures_groups, measures_kinesis
from engine.lessons.conditions import Value
from engine.lessons.looking import Look
from engine.lessons.measuring import MEASURES, SUBJECTS, Fields, Measure, measure, names
from engine.quorum.image import NO_LEADER

__all__ = ["MEASURES", "SUBJECTS", "Fields", "Measure", "measures_groups", "measures_kinesis", "names"]


# --- topics


@measure("topic", "partitions")
def partitions(look: Look, it: Fields, _: Any) -> Value:
    """How many it has; 0 if there is no such topic."""
    return len(look.partitions(it["topic"]))


@measure("topic", "replicas")
def replicas(look: Look, it: Fields, _: Any) -> Value:
    """Replicas of the partition; of a topic, the least of any partition."""
    return min((len(p.replicas) for p in _parts(look, it)), default=None)


@measure("topic", "isr")
def isr(look: Look, it: Fields, _: Any) -> Value:
    """In-sync replicas of the partition; of a topic, the least of any partition."""
    return min((len(p.isr) for p in _parts(look, it)), default=None)


@measure("topic", "leaderless")
def topic_leaderless(look: Look, it: Fields, _: Any) -> Value:
    """Partitions without a leader."""
    return sum(int(p.leader == NO_LEADER) for p in _parts(look, it))


@measure("topic", "leader", needs=("partition",), least=-1)
def leader(look: Look, it: Fields, _: Any) -> Value:
    """The broker that leads it, -1 for none."""
    return next((int(p.leader) for p in _parts(look, it)), None)


@measure("topic", "leader_epoch", needs=("partition",))
def leader_epoch(look: Look, it: Fields, _: Any) -> Value:
    """How often another has led it, or the same anew."""
    return next((int(p.leader_epoch) for p in _parts(look, it)), None)


def _parts(look: Look, it: Fields) -> list[Any]:
    return look.partitions(it["topic"], it.get("partition"))


def _sum(look: Look, it: Fields, of: Callable[[Any], int]) -> int | None:
    """Over the leaders' replicas; while there is no leader, the one that has most."""
    found = [look.source(p.topic, p.partition) for p in _parts(look, it)]
    return sum(of(replica) for replica in found if replica is not None) if found else None


@measure("topic", "records")
def records(look: Look, it: Fields, _: Any) -> Value:
    """Offsets from the log's start to its end, all partitions together. (Compaction leaves holes, which count.)"""
    return _sum(look, it, lambda replica: replica.log.log_end - replica.log.log_start)


@measure("topic", "appended")
def appended(look: Look, it: Fields, _: Any) -> Value:
    """Log ends, all partitions together: records ever appended, deleted ones too."""
    return _sum(look, it, lambda replica: replica.log.log_end)


@measure("topic", "end")
def end(look: Look, it: Fields, _: Any) -> Value:
    """The log's end: the offset of the next record. Of a topic: all partitions together."""
    return _sum(look, it, lambda replica: replica.log.log_end)


@measure("topic", "start")
def start(look: Look, it: Fields, _: Any) -> Value:
    """The log's start: the first offset that can still be read. Of a topic: all partitions together."""
    return _sum(look, it, lambda replica: replica.log.log_start)


@measure("topic", "hw")
def high_watermark(look: Look, it: Fields, _: Any) -> Value:
    """The high watermark: consumers read up to there. Of a topic: all partitions together."""
    return _sum(look, it, lambda replica: replica.high_watermark)


@measure("topic", "unreadable")
def unreadable(look: Look, it: Fields, _: Any) -> Value:
    """Records on the leader that consumers cannot read yet: from the high watermark to the end."""
    return _sum(look, it, lambda replica: replica.log.log_end - replica.high_watermark)


@measure("topic", "segments")
def segments(look: Look, it: Fields, _: Any) -> Value:
    """Segments of the leader's log, all partitions together."""
    return _sum(look, it, lambda replica: len(replica.log.segments))


@measure("topic", "spread", takes=("key", "partitions"))
def spread(look: Look, it: Fields, argument: Any) -> Value:
    """Partitions that hold records of a key now: {key: ana, partitions: 2}; without partitions: at least one."""
    return look.counting.spread(look, it["topic"], argument["key"])


# --- brokers


@measure("broker", "state", str)
def broker_state(look: Look, it: Fields, _: Any) -> Value:
    """running, starting, stopping, stopped or crashed."""
    return look.broker_state(it["broker"])


@measure("broker", "leads")
def leads(look: Look, it: Fields, _: Any) -> Value:
    """Partitions of people's topics that it leads."""
    return sum(int(p.leader == it["broker"]) for p in look.all_partitions())


@measure("broker", "holds")
def broker_holds(look: Look, it: Fields, _: Any) -> Value:
    """Partitions of people's topics of which it has a replica."""
    return sum(it["broker"] in p.replicas for p in look.all_partitions())


# --- who writes; who is connected


def _records(look: Look, it: Fields, of: Callable[[Any], int]) -> Value:
    producer = look.producer(it["producer"])
    return int(of(producer)) if producer is not None else None


@measure("producer", "sent")
def sent(look: Look, it: Fields, _: Any) -> Value:
    """Records this simulated producer took from its application."""
    return _records(look, it, lambda producer: producer.sent)


@measure("producer", "acked")
def acked(look: Look, it: Fields, _: Any) -> Value:
    """Of those, acknowledged (with acks=0: sent)."""
    return _records(look, it, lambda producer: producer.acked)


@measure("producer", "failed")
def failed(look: Look, it: Fields, _: Any) -> Value:
    """Of those, given up."""
    return _records(look, it, lambda producer: producer.failed)


@measure("producer", "waiting")
def waiting(look: Look, it: Fields, _: Any) -> Value:
    """Of those, without an outcome yet."""
    return _records(look, it, lambda producer: producer.waiting)


@measure("producer", "acks", str)
def acks(look: Look, it: Fields, _: Any) -> Value:
    """Its acks: "0", "1" or "all"."""
    producer = look.producer(it["producer"])
    return str(producer.acks) if producer is not None else None


@measure("client", "connected", bool)
def connected(look: Look, it: Fields, _: Any) -> Value:
    """A real client with this client id is connected over TCP ("*": any). May be left out: then it must be."""
    return look.connected(it["client"])


# --- the cluster


@measure("", "brokers")
def brokers(look: Look, it: Fields, _: Any) -> Value:
    """Brokers that run."""
    return sum(look.broker_state(number) == "running" for number in look.cluster.places)


@measure("", "record_lost")
def record_lost(look: Look, it: Fields, _: Any) -> Value:
    """Acknowledged records that the leader's log does not hold though nobody deleted them: neither retention,
    compaction nor DeleteRecords. Of real producers too (acks=0 acknowledges nothing). While a partition has no leader
    its last number stays. "record_lost: true" is the same as "> 0"."""
    return look.counting.lost(look)


@measure("", "leaderless")
def leaderless(look: Look, it: Fields, _: Any) -> Value:
    """Partitions of people's topics without a leader."""
    return sum(p.leader == NO_LEADER for p in look.all_partitions())


@measure("", "under_replicated")
def under_replicated(look: Look, it: Fields, _: Any) -> Value:
    """Partitions of people's topics that lack a replica in their ISR."""
    return sum(len(p.isr) < len(p.replicas) for p in look.all_partitions())


@measure("", "refused", takes=("error", "records"))
def refused(look: Look, it: Fields, argument: Any) -> Value:
    """Records that producers, real ones too, were told an error for since the lesson began, each time they were told
    it: {error: NOT_ENOUGH_REPLICAS, records: "> 3"}; without records: at least one. "*": any error."""
    wanted, refusals = argument["error"], look.counting.ledger.refusals
    return sum(count for error, count in refusals.items() if wanted in ("*", error))
