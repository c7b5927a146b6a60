"""Faults: what goes wrong in a simulated cluster, chosen by the seed.

Each fault is a function of (rig, dice). It acts at once and, where it must end, notes its end in
``rig.later``; what is left at the end of the safety phase is undone by ``heal``. Bounded on purpose:
with three brokers at most one is down for good at a time, or there would be nothing left to check.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine import commands as c
from engine.commands import CommandRefused
from engine.machine import MILLISECOND

if TYPE_CHECKING:
    from engine.simulation.harness import Rig
    from engine.world.dice import Dice


def _alive(rig: Rig) -> list[int]:
    return [b for b in rig.cluster.places if rig.cluster.alive(b)]


def crash(rig: Rig, dice: Dice) -> bool:
    """A broker's process is killed; it comes back after 0.1 to 4 s, often before it was missed."""
    alive = _alive(rig)
    if len(alive) <= rig.least_alive:
        return False
    broker = dice.choice(alive)
    rig.do(c.CrashBroker(broker))
    rig.at(dice.between(100, 4_000), "start", broker)
    return True


def crash_leader(rig: Rig, dice: Dice) -> bool:
    """The same, aimed: the leader of a partition, in the middle of its work."""
    leaders = [p.leader for t in rig.cluster.image.topics.values() for p in t.partitions.values() if p.leader > 0]
    alive = [b for b in leaders if b in _alive(rig)]
    if not alive or len(_alive(rig)) <= rig.least_alive:
        return False
    broker = dice.choice(alive)
    rig.do(c.CrashBroker(broker))
    rig.at(dice.between(1_600, 4_000), "start", broker)
    return True


def stop(rig: Rig, dice: Dice) -> bool:
    """A controlled shutdown."""
    alive = _alive(rig)
    if len(alive) <= rig.least_alive:
        return False
    broker = dice.choice(alive)
    if rig.cluster.places[broker].state != "running":
        return False
    rig.do(c.StopBroker(broker))
    rig.at(dice.between(500, 4_000), "start", broker)
    return True


def pause(rig: Rig, dice: Dice) -> bool:
    """A broker stands still (a long garbage collection), sometimes longer than its session."""
    broker = dice.choice(_alive(rig))
    until = rig.cluster.world.now + dice.between(50, 3_500) * MILLISECOND
    rig.cluster.world.pause_node(f"B{broker}", until)
    return True


def reset(rig: Rig, dice: Dice) -> bool:
    """Connections break, with what is on its way: executed maybe, the answer lost."""
    world = rig.cluster.world
    for _ in range(dice.between(1, 4)):
        open_now = [number for number, end in world.connections.by_id.items() if end.open]
        if open_now:
            world.reset_connection(dice.choice(open_now))
    return True


def _two(rig: Rig, dice: Dice) -> tuple[str, str]:
    names = [f"B{b}" for b in rig.cluster.places] + ["C1"]
    one = dice.choice(names)
    return one, dice.choice([n for n in names if n != one])


def cut_one_way(rig: Rig, dice: Dice) -> bool:
    """What one node sends to another waits; the way back is open."""
    one, other = _two(rig, dice)
    rig.cluster.world.links.cut(one, other)
    rig.at(dice.between(100, 4_000), "heal", (one, other))
    return True


def cut_both_ways(rig: Rig, dice: Dice) -> bool:
    one, other = _two(rig, dice)
    rig.cluster.world.links.cut(one, other)
    rig.cluster.world.links.cut(other, one)
    ms = dice.between(100, 4_000)
    rig.at(ms, "heal", (one, other))
    rig.at(ms, "heal", (other, one))
    return True


def isolate(rig: Rig, dice: Dice) -> bool:
    """A broker is cut off from the other brokers and the controller; clients still reach it."""
    broker = f"B{dice.choice(list(rig.cluster.places))}"
    ms = dice.between(500, 5_000)
    for other in ["C1", *(f"B{b}" for b in rig.cluster.places)]:
        if other != broker:
            rig.cluster.world.links.cut(broker, other)
            rig.cluster.world.links.cut(other, broker)
            rig.at(ms, "heal", (broker, other))
            rig.at(ms, "heal", (other, broker))
    return True


def delay(rig: Rig, dice: Dice) -> bool:
    """A slow link."""
    one, other = _two(rig, dice)
    rig.cluster.world.links.delay(one, other, dice.between(5, 400) * MILLISECOND)
    rig.at(dice.between(200, 4_000), "heal", (one, other))
    return True


def skew(rig: Rig, dice: Dice) -> bool:
    """A broker's clock jumps, or runs up to 5 % wrong."""
    node = rig.cluster.world.nodes[f"B{dice.choice(list(rig.cluster.places))}"]
    if dice.chance(0.5):
        node.set_rate(rig.cluster.world.now, dice.between(-50_000, 50_000))
    else:
        node.skew_ns = dice.between(0, 2_000) * MILLISECOND
    return True


def consumer_crash(rig: Rig, dice: Dice) -> bool:
    """A consumer's process is killed, another one starts."""
    names = [n for n, h in rig.cluster.hands.items() if h.kind == "consumer" and not h.removing]
    if len(names) < 2:
        return False
    name = dice.choice(names)
    group = rig.cluster.hands[name].group
    rig.forget(name)
    rig.do(c.CrashConsumer(name))
    rig.do(c.AddConsumer(group))
    return True


def consumers_change(rig: Rig, dice: Dice) -> bool:
    """One joins, or one says goodbye."""
    names = [n for n, h in rig.cluster.hands.items() if h.kind == "consumer" and not h.removing]
    group = rig.cluster.hands[dice.choice(names)].group
    if dice.chance(0.5) or len(names) < 3:
        rig.do(c.AddConsumer(group))
    else:
        name = dice.choice(names)
        if sum(rig.cluster.hands[other].group == rig.cluster.hands[name].group for other in names) > 1:
            rig.forget(name)
            rig.do(c.RemoveConsumer(name))
    return True


def consumer_stuck(rig: Rig, dice: Dice) -> bool:
    """A slow consumer: it stops polling for a while, its heartbeats go on."""
    name = dice.choice([n for n, h in rig.cluster.hands.items() if h.kind == "consumer" and not h.removing])
    rig.do(c.StopConsumer(name))
    rig.at(dice.between(500, 4_000), "unstick", name)
    return True


def consumer_pause(rig: Rig, dice: Dice) -> bool:
    """A zombie: a consumer stands still, often until the group goes on without it, and then wakes up."""
    names = [n for n, h in rig.cluster.hands.items() if h.kind == "consumer" and not h.removing]
    world = rig.cluster.world
    until = world.now + dice.choice((500, 2_000, 6_500, 7_500)) * MILLISECOND
    world.pause_node(rig.cluster.hands[dice.choice(names)].node, until)
    return True


FAULTS: dict[str, Callable[[Rig, Dice], bool]] = {
    f.__name__: f
    for f in (
        crash, crash_leader, stop, pause, reset, cut_one_way, cut_both_ways, isolate, delay, skew, consumer_crash,
        consumers_change, consumer_stuck, consumer_pause,
    )
}  # fmt: skip


def end(rig: Rig, what: str, target: object) -> None:
    """A fault's end has come."""
    cluster = rig.cluster
    try:
        if what == "start" and not cluster.alive(target):  # type: ignore[arg-type]
            rig.do(c.StartBroker(target))  # type: ignore[arg-type]
        elif what == "start":
            rig.at(500, "start", target)  # still on its way down
        elif what == "heal":
            cluster.world.links.heal(*target)  # type: ignore[misc]
        elif what == "unstick":
            rig.do(c.StartConsumer(target))  # type: ignore[arg-type]
    except CommandRefused:
        pass  # the consumer has gone meanwhile


def heal(rig: Rig) -> None:
    """Faults off: everything that is wrong is put right."""
    rig.later.clear()
    world = rig.cluster.world
    world.links.heal()
    for broker in rig.cluster.places:
        node = world.nodes[f"B{broker}"]
        node.set_rate(world.now, 0)
        if node.alive and rig.cluster.places[broker].state == "running":
            continue
        if node.alive:  # a shutdown under way: let it end
            world.advance(world.now + 3_000 * MILLISECOND)
        if not node.alive:
            rig.do(c.StartBroker(broker))
    for name, hand in list(rig.cluster.hands.items()):
        if hand.kind == "consumer" and not hand.removing:
            rig.do(c.StartConsumer(name))
