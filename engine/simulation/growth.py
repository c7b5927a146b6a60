"""What administrators do to a cluster that lives: more partitions and brokers, replicas elsewhere, restarts.

None of it is a fault, and all of it happens among faults. A share of the seeds has it (``Rig.grows``): their clients
look for new partitions often, some groups rebalance cooperatively, and some applications take their time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine import commands as c

if TYPE_CHECKING:
    from engine.simulation.rig import Rig
    from engine.world.dice import Dice

SHARE = 0.4  # of the seeds
BROKERS_MOST, PARTITIONS_MOST = 5, 5


def prepared(scenario: dict[str, Any], dice: Dice) -> dict[str, Any]:
    """The scenario of such a run."""
    age = {"metadata_max_age_ms": 2_000}
    first: dict[str, Any] = {"assignor": "cooperative-sticky"} if dice.chance(0.6) else {}
    if dice.chance(0.5):
        first |= {"work_ms": dice.between(1, 40), "max_poll_interval_ms": dice.choice((3_000, 300_000))}
    second: dict[str, Any] = {
        "commit": dice.choice(("auto", "after", "before")), "auto_commit_interval_ms": dice.between(100, 3_000),
    }  # fmt: skip
    groups = [{**group, **age, **habits} for group, habits in zip(scenario["groups"], (first, second), strict=True)]
    producers = [{**p, **age, "partitioner": dice.choice(("murmur2", "crc32"))} for p in scenario["producers"]]
    return {**scenario, "groups": groups, "producers": producers}


def add_partitions(rig: Rig, dice: Dice) -> bool:
    topic = dice.choice([t for t in rig.cluster.image.topics.values() if not t.internal])
    count = len(topic.partitions) + dice.between(1, 2)
    return count <= PARTITIONS_MOST and rig.attempt(c.AddPartitions(topic.name, count))


def add_broker(rig: Rig, dice: Dice) -> bool:
    return len(rig.cluster.places) < BROKERS_MOST and rig.attempt(c.AddBroker())


def move_replicas(rig: Rig, dice: Dice) -> bool:
    """To any brokers, as many as before or one more or less; the groups' own topic too. It may be called off soon."""
    topic = dice.choice(list(rig.cluster.image.topics.values()))
    p = dice.choice(list(topic.partitions.values()))
    brokers = list(rig.cluster.places)
    target: list[int] = []
    wanted = max(1, len(p.replicas) - len(p.adding) + dice.choice((0, 0, 0, 1, -1)))
    while brokers and len(target) < wanted:
        target.append(brokers.pop(dice.below(len(brokers))))
    if dice.chance(0.3):
        rig.after(dice.choice((2, 5, 10, 300)), c.MoveReplicas(p.topic, p.partition))
    return rig.attempt(c.MoveReplicas(p.topic, p.partition, target))


def restart_producer(rig: Rig, dice: Dice) -> bool:
    producers = [name for name, hand in rig.cluster.hands.items() if hand.kind == "producer"]
    return rig.attempt(c.RestartProducer(dice.choice(producers)))


GROWTH: tuple[Callable[[Rig, Dice], bool], ...] = (
    move_replicas, move_replicas, move_replicas, add_partitions, add_broker, restart_producer,
)  # fmt: skip


def grow(rig: Rig) -> None:
    """Now and then."""
    if rig.grows and rig.growth.chance(0.6):
        rig.growth.choice(GROWTH)(rig, rig.growth)
