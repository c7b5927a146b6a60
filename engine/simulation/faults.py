"""Faults: what goes wrong in a simulated cluster, chosen by the seed.

Each fault is a function of (rig, dice) that gives commands (engine/commands/) and notes with ``rig.after`` those
that end it; what is left at the end of the safety phase is undone by ``heal``. Bounded on purpose: so many brokers
stay up that there is something left to check. It returns whether anything was possible.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine import commands as c
from engine.machine import MILLISECOND
from engine.quorum.controller import CONTROLLER

if TYPE_CHECKING:
    from engine.simulation.rig import Rig
    from engine.world.dice import Dice

CRC_COVERS_FROM = 17  # of a batch: where its CRC begins, which is followed by what it covers
Fault = Callable[["Rig", "Dice"], bool]


def _goes_down(rig: Rig, dice: Dice, how: Callable[[int], c.Command], broker: int, least_ms: int) -> bool:
    """It comes back after up to 4 s."""
    if len(rig.alive()) <= rig.least_alive:
        return False
    if not rig.attempt(how(broker)):
        return False
    rig.after(dice.between(least_ms, 4_000), c.StartBroker(broker))
    return True


def _leader(rig: Rig, dice: Dice) -> int | None:
    """A living leader of something."""
    alive = rig.alive()
    topics = rig.cluster.image.topics.values()
    leaders = [p.leader for topic in topics for p in topic.partitions.values() if p.leader in alive]
    return dice.choice(leaders) if leaders else None


# --- brokers


def crash(rig: Rig, dice: Dice) -> bool:
    """A broker's process is killed; it comes back after 0.1 to 4 s, often before it was missed."""
    alive = rig.alive()
    return bool(alive) and _goes_down(rig, dice, c.CrashBroker, dice.choice(alive), 100)


def crash_leader(rig: Rig, dice: Dice) -> bool:
    """The same, aimed: the leader of a partition, in the middle of its work."""
    broker = _leader(rig, dice)
    return broker is not None and _goes_down(rig, dice, c.CrashBroker, broker, 1_600)


def stop(rig: Rig, dice: Dice) -> bool:
    """A controlled shutdown."""
    alive = rig.alive()
    return bool(alive) and _goes_down(rig, dice, c.StopBroker, dice.choice(alive), 500)


def pause(rig: Rig, dice: Dice) -> bool:
    """A broker stands still (a long garbage collection), sometimes longer than its session."""
    alive = rig.alive()
    return bool(alive) and rig.attempt(c.PauseBroker(dice.choice(alive), dice.between(50, 3_500)))


def skew(rig: Rig, dice: Dice) -> bool:
    """A broker's clock jumps, or runs up to 5 % wrong."""
    broker = dice.choice(list(rig.cluster.places))
    skew_ms = rig.world.nodes[f"B{broker}"].skew_ns // MILLISECOND
    if dice.chance(0.5):
        return rig.attempt(c.SkewClock(broker, skew_ms, dice.between(-50_000, 50_000)))
    return rig.attempt(c.SkewClock(broker, dice.between(-200, 2_000)))


# --- disks


def power_off(rig: Rig, dice: Dice) -> bool:
    """The power of a broker goes: unsynced pages are lost, tails are torn."""
    alive = rig.alive()
    return bool(alive) and _goes_down(rig, dice, c.PowerOffBroker, dice.choice(alive), 100)


def power_off_leader(rig: Rig, dice: Dice) -> bool:
    broker = _leader(rig, dice)
    return broker is not None and _goes_down(rig, dice, c.PowerOffBroker, broker, 100)


def bit_flip(rig: Rig, dice: Dice) -> bool:
    """A broker is killed, and in a log that it will look through when it starts a bit has turned over.

    Only there: what lies before the recovery point is not read again by Kafka, and nothing repairs it. And only in
    what a batch's checksum covers, or in the checksum: Kafka does not notice another base offset or leader epoch.
    """
    alive = rig.alive()
    if len(alive) <= rig.least_alive:
        return False
    broker = dice.choice(alive)
    found = []
    for partition in rig.cluster.broker(broker).partitions.values():
        segment = partition.log.segments[-1]
        if segment.base_offset >= partition.log.recovery_point and segment.file.size:
            found += [(segment.path, at) for at in _covered(segment, dice)]
    if not found or not rig.attempt(c.CrashBroker(broker)):
        return False
    path, byte = dice.choice(found)
    rig.do(c.FlipBit(broker, path, byte, dice.below(8)))
    rig.after(dice.between(100, 4_000), c.StartBroker(broker))
    return True


def _covered(segment: Any, dice: Dice) -> list[int]:
    """A byte of each batch that its checksum protects."""
    found, position = [], 0
    for batch in segment.batches(segment.base_offset):
        found.append(position + CRC_COVERS_FROM + dice.below(batch.size - CRC_COVERS_FROM))
        position += batch.size
    return found


def slow_disk(rig: Rig, dice: Dice) -> bool:
    """Each fsync takes up to a second."""
    broker = dice.choice(list(rig.cluster.places))
    rig.do(c.SlowDisk(broker, dice.between(20, 1_000)))
    rig.after(dice.between(500, 4_000), c.SlowDisk(broker, 0))
    return True


def full_disk(rig: Rig, dice: Dice) -> bool:
    """Nothing more can be written to a broker's logs for a while."""
    broker = dice.choice(list(rig.cluster.places))
    rig.do(c.FillDisk(broker))
    rig.after(dice.between(200, 4_000), c.FreeDisk(broker))
    return True


def fsync_error(rig: Rig, dice: Dice) -> bool:
    """A broker's fsyncs fail; it ends its process at the first. The disk is replaced, the broker comes back."""
    alive = rig.alive()
    if len(alive) <= rig.least_alive:
        return False
    broker = dice.choice(alive)
    rig.do(c.FailDisk(broker))
    ms = dice.between(500, 4_000)
    rig.after(ms, c.FailDisk(broker, mended=True))
    rig.after(ms, c.StartBroker(broker))
    return True


# --- the network


def _two(rig: Rig, dice: Dice) -> tuple[str, str]:
    """Two brokers, or a broker and the controller or a client."""
    brokers = [f"B{b}" for b in rig.cluster.places]
    one = dice.choice(brokers)
    clients = [name for name, hand in rig.cluster.hands.items() if not hand.removing]
    others = [*brokers, *brokers, CONTROLLER, CONTROLLER, *clients]
    return one, dice.choice([n for n in others if n != one])


def reset(rig: Rig, dice: Dice) -> bool:
    """Connections break, with what is on its way: executed maybe, the answer lost."""
    for _ in range(dice.between(1, 3)):
        one, other = _two(rig, dice)
        rig.do(c.ResetConnections(one, other))
    return True


def cut_one_way(rig: Rig, dice: Dice) -> bool:
    """What one node sends to another waits; the way back is open."""
    one, other = _two(rig, dice)
    if dice.chance(0.5):
        one, other = other, one
    return _cut(rig, dice, one, other, both=False)


def cut_both_ways(rig: Rig, dice: Dice) -> bool:
    return _cut(rig, dice, *_two(rig, dice), both=True)


def _cut(rig: Rig, dice: Dice, one: str, other: str, *, both: bool) -> bool:
    rig.do(c.CutLink(one, other, both))
    rig.after(dice.between(100, 4_000), c.HealLinks(dice.choice((one, other))))
    return True


def isolate(rig: Rig, dice: Dice) -> bool:
    """A broker is cut off from the other brokers and the controller; clients still reach it."""
    broker = dice.choice(list(rig.cluster.places))
    rig.do(c.IsolateBroker(broker))
    rig.after(dice.between(500, 5_000), c.HealLinks(f"B{broker}"))
    return True


def delay(rig: Rig, dice: Dice) -> bool:
    """A slow link."""
    one, other = _two(rig, dice)
    rig.do(c.DelayLink(one, other, dice.between(5, 400), dice.chance(0.5)))
    rig.after(dice.between(200, 4_000), c.HealLinks(one))
    return True


# --- consumers


def consumer_crash(rig: Rig, dice: Dice) -> bool:
    """A consumer's process is killed, another one starts."""
    names = rig.consumers()
    if len(names) < 2:
        return False
    name = dice.choice(names)
    group = rig.group(name)
    rig.do(c.CrashConsumer(name))
    return rig.attempt(c.AddConsumer(group))


def consumers_change(rig: Rig, dice: Dice) -> bool:
    """One joins, or one says goodbye."""
    names = rig.consumers()
    if not names:
        return False
    if dice.chance(0.5) or len(names) < 3:
        return rig.attempt(c.AddConsumer(rig.group(dice.choice(names))))
    name = dice.choice(names)
    if sum(rig.group(other) == rig.group(name) for other in names) < 2:
        return False
    return rig.attempt(c.RemoveConsumer(name))


def consumer_stuck(rig: Rig, dice: Dice) -> bool:
    """A slow consumer: it stops polling for a while, its heartbeats go on."""
    name = dice.choice(rig.consumers())
    rig.do(c.StopConsumer(name))
    rig.after(dice.between(500, 4_000), c.StartConsumer(name))
    return True


def consumer_pause(rig: Rig, dice: Dice) -> bool:
    """A zombie: a consumer stands still, often until the group goes on without it, and then wakes up."""
    return rig.attempt(c.PauseConsumer(dice.choice(rig.consumers()), dice.choice((500, 2_000, 6_500, 7_500))))


FAULTS: dict[str, Fault] = {
    f.__name__: f
    for f in (
        crash, crash_leader, stop, pause, skew, power_off, power_off_leader, bit_flip, slow_disk, full_disk,
        fsync_error, reset, cut_one_way, cut_both_ways, isolate, delay, consumer_crash, consumers_change,
        consumer_stuck, consumer_pause,
    )
}  # fmt: skip


def heal(rig: Rig) -> None:
    """Faults off: everything that is wrong is put right."""
    rig.healed_at = rig.world.now
    rig.later.clear()
    cluster, world = rig.cluster, rig.world
    rig.do(c.HealLinks())
    for broker, place in cluster.places.items():
        node: Any = world.nodes[f"B{broker}"]
        rig.do(c.SkewClock(broker, node.skew_ns // MILLISECOND))
        rig.do(c.SlowDisk(broker, 0))
        rig.do(c.FreeDisk(broker))
        failing = place.disk.failing
        rig.do(c.FailDisk(broker, mended=True))
        if node.alive and failing:
            _await_fsyncs(rig, broker)
        if node.alive and place.state == "running":
            continue
        if node.alive:  # a shutdown under way: let it end
            world.advance(world.now + 3_000 * MILLISECOND)
        rig.attempt(c.StartBroker(broker))
    for name in rig.consumers():
        rig.attempt(c.StartConsumer(name))
        if _works_in_vain(rig, name):
            rig.attempt(c.SetConsumer(name, work_ms=1))


def _await_fsyncs(rig: Rig, broker: int) -> None:
    """What the disk was asked for while it failed will fail, and the broker then ends its process: a fault's work."""
    flushes = rig.cluster.broker(broker).logs.flushes
    asked = list(flushes)
    while rig.cluster.alive(broker) and any(token in flushes for token in asked):
        rig.world.advance(rig.world.now + 100 * MILLISECOND)


def _works_in_vain(rig: Rig, consumer: str) -> bool:
    """What one poll brings can take longer than max.poll.interval.ms: it leaves its group before it may commit.

    It then reads the same again, and for ever, as with Kafka: a fault of its settings, to be put right as others are.
    """
    machine: Any = rig.world.nodes[rig.cluster.hands[consumer].node].machine
    slow = getattr(machine, "work_ms", 0) * MILLISECOND
    return bool(slow * machine.max_poll_records >= machine.max_poll_interval)
