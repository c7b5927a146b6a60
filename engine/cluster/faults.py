"""What the commands of engine/commands/faults.py do, as in actions.py: refused before anything has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine import commands as c
from engine import events
from engine.cluster.hands import hand_of
from engine.cluster.roster import Place
from engine.commands import CommandRefused
from engine.machine import MILLISECOND
from engine.quorum.controller import CONTROLLER
from engine.world.node import Node

if TYPE_CHECKING:
    from engine.cluster.cluster import Cluster

IO_ERROR = "EIO: the disk does not answer for what it was given"


def place_of(cluster: Cluster, broker: int) -> Place:
    if broker not in cluster.places:
        known = ", ".join(map(str, cluster.places))
        raise CommandRefused("BROKER_ID_NOT_REGISTERED", f"There is no broker {broker}; there are {known}.")
    return cluster.places[broker]


def running(cluster: Cluster, broker: int) -> Place:
    place = place_of(cluster, broker)
    if not cluster.alive(broker):
        raise CommandRefused("BROKER_NOT_AVAILABLE", f"Broker {broker} is not running.")
    return place


def _node(cluster: Cluster, broker: int) -> Node:
    place_of(cluster, broker)
    return cluster.world.nodes[f"B{broker}"]


def _named(cluster: Cluster, name: str) -> str:
    """The node of that name, or that of the simulated client of that name."""
    if name in cluster.hands:
        return cluster.hands[name].node
    if name not in cluster.world.nodes:
        known = ", ".join((CONTROLLER, *cluster.broker_names(), *cluster.hands))
        raise CommandRefused("INVALID_REQUEST", f"There is no node {name!r}; there are {known}.")
    return name


# --- brokers


def power_off(cluster: Cluster, command: c.PowerOffBroker) -> dict[str, Any]:
    place = running(cluster, command.broker)
    place.state, place.since = "crashed", cluster.world.now
    leads = len(cluster.image.led_by(command.broker))
    cluster.world.crash_node(f"B{command.broker}")
    before = place.disk.used
    place.disk.power_off(cluster.world.dice(f"power {command.broker}"))
    lost = before - place.disk.used
    cluster.world.tell(f"B{command.broker}", events.BrokerPoweredOff(command.broker, leads, lost))
    return {"lost_bytes": lost}


def pause(cluster: Cluster, command: c.PauseBroker) -> None:
    running(cluster, command.broker)
    cluster.world.pause_node(f"B{command.broker}", cluster.world.now + command.ms * MILLISECOND)
    cluster.world.tell(f"B{command.broker}", events.BrokerPaused(command.broker, command.ms))


def skew_clock(cluster: Cluster, command: c.SkewClock) -> None:
    node = _node(cluster, command.broker)
    node.set_rate(cluster.world.now, command.drift_ppm)
    node.skew_ns = command.ms * MILLISECOND
    cluster.world.tell(node.name, events.ClockSkewed(command.broker, command.ms, command.drift_ppm))


# --- disks


def slow_disk(cluster: Cluster, command: c.SlowDisk) -> None:
    node = _node(cluster, command.broker)
    node.disk_ns = command.ms * MILLISECOND
    cluster.world.tell(node.name, events.DiskSlowed(command.broker, command.ms))


def fill_disk(cluster: Cluster, command: c.FillDisk) -> None:
    place_of(cluster, command.broker).disk.fill()
    cluster.world.tell(f"B{command.broker}", events.DiskFilled(command.broker))


def free_disk(cluster: Cluster, command: c.FreeDisk) -> None:
    place_of(cluster, command.broker).disk.free()
    cluster.world.tell(f"B{command.broker}", events.DiskFreed(command.broker))


def fail_disk(cluster: Cluster, command: c.FailDisk) -> None:
    place, node = place_of(cluster, command.broker), _node(cluster, command.broker)
    place.disk.failing, node.disk_error = not command.mended, "" if command.mended else IO_ERROR
    made = events.DiskMended(command.broker) if command.mended else events.DiskBroken(command.broker)
    cluster.world.tell(node.name, made)


def flip_bit(cluster: Cluster, command: c.FlipBit) -> None:
    disk = place_of(cluster, command.broker).disk
    if not disk.exists(command.path):
        raise CommandRefused("INVALID_REQUEST", f"Broker {command.broker} has no file {command.path!r}.")
    size = disk.size(command.path)
    if not 0 <= command.byte < size:
        raise CommandRefused("INVALID_REQUEST", f"{command.path} has {size:,} bytes; they are counted from 0.")
    disk.flip_bit(command.path, command.byte, command.bit)
    flipped = events.BitFlipped(command.broker, command.path, command.byte, command.bit)
    cluster.world.tell(f"B{command.broker}", flipped)


# --- the network


def _directions(cluster: Cluster, command: c.CutLink | c.DelayLink) -> list[tuple[str, str]]:
    source, target = _named(cluster, command.source), _named(cluster, command.target)
    if source == target:
        raise CommandRefused("INVALID_REQUEST", "A node needs no link to reach itself: name two.")
    return [(source, target), (target, source)][: 1 + command.both]


def cut_link(cluster: Cluster, command: c.CutLink) -> None:
    for source, target in _directions(cluster, command):
        cluster.world.links.cut(source, target)
    cluster.world.tell("edge", events.LinkCut(command.source, command.target, command.both))


def delay_link(cluster: Cluster, command: c.DelayLink) -> None:
    for source, target in _directions(cluster, command):
        cluster.world.links.delay(source, target, command.ms * MILLISECOND)
    cluster.world.tell("edge", events.LinkDelayed(command.source, command.target, command.both, command.ms))


def isolate_broker(cluster: Cluster, command: c.IsolateBroker) -> None:
    name = _node(cluster, command.broker).name
    for other in (CONTROLLER, *cluster.broker_names()):
        if other != name:
            cluster.world.links.cut(name, other)
            cluster.world.links.cut(other, name)
    cluster.world.tell(name, events.BrokerIsolated(command.broker))


def heal_links(cluster: Cluster, command: c.HealLinks) -> None:
    links = cluster.world.links
    if command.node is None and command.other is not None:
        raise CommandRefused("INVALID_REQUEST", "Of other alone nothing follows: name both ends, node and other.")
    node = None if command.node is None else _named(cluster, command.node)
    other = None if command.other is None else _named(cluster, command.other)
    links.heal(node, other)
    if node is not None:
        links.heal(other, node)
    cluster.world.tell("edge", events.LinksHealed(command.node or "", command.other or ""))


def reset_connections(cluster: Cluster, command: c.ResetConnections) -> dict[str, Any]:
    world = cluster.world
    node = _named(cluster, command.node)
    other = None if command.other is None else _named(cluster, command.other)
    found = []
    for number, end in world.connections.by_id.items():
        names = [] if end.outside or end.peer.outside else [end.node.name, end.peer.node.name]
        if node in names and (other is None or other in names):
            found.append(number)
    for number in found:
        world.reset_connection(number)
    world.tell("edge", events.ConnectionsReset(command.node, command.other or "", len(found)))
    return {"connections": len(found)}


def pause_consumer(cluster: Cluster, command: c.PauseConsumer) -> None:
    hand = hand_of(cluster, command.consumer, "consumer")
    cluster.world.pause_node(hand.node, cluster.world.now + command.ms * MILLISECOND)
    changed = events.ConsumerChanged(hand.group, command.consumer, "paused", str(command.ms))
    cluster.world.tell(command.consumer, changed)


def end_pause(cluster: Cluster, command: c.EndPause) -> None:
    node = cluster.world.nodes[_named(cluster, command.node)]
    if node.paused_until < 0:
        raise CommandRefused("INVALID_REQUEST", f"{command.node} does not stand still.")
    cluster.world.unpause_node(node.name)
    if command.node in cluster.hands:
        group = cluster.hands[command.node].group
        cluster.world.tell(command.node, events.ConsumerChanged(group, command.node, "woken", ""))
    else:
        cluster.world.tell(node.name, events.BrokerPaused(int(node.name[1:]), 0))


def drop_client(cluster: Cluster, command: c.DropClient) -> dict[str, Any]:
    """Those of a simulated client of that name, and those of real ones."""
    world = cluster.world
    hand = cluster.hands.get(command.client)
    found = [] if hand is None or command.host is not None else list(world.nodes[hand.node].connections)
    names = dict.fromkeys(cluster.hands)
    for broker in cluster.places:
        for number, connection in cluster.broker(broker).outside.connections.items() if cluster.alive(broker) else ():
            name = connection.client or connection.peer
            names[name] = None
            if name == command.client and command.host in (None, connection.host):
                found.append(number)
    for number, caller in cluster.gateway.callers.outside.items() if cluster.gateway is not None else ():
        names[caller.client or caller.peer] = None
        if command.client == (caller.client or caller.peer) and command.host in (None, caller.peer.rpartition(":")[0]):
            found.append(number)
    if not found and (hand is None or command.host is not None):
        known = ", ".join(names) or "none"
        raise CommandRefused("UNKNOWN_MEMBER_ID", f"No client {command.client!r} is connected; there are: {known}.")
    for number in found:
        world.reset_connection(number)
    world.tell("edge", events.ConnectionsReset(command.client, "", len(found)))
    return {"connections": len(found)}


ACTIONS: dict[type[c.Command], Callable[..., Any]] = {
    c.PowerOffBroker: power_off,
    c.PauseBroker: pause,
    c.SlowDisk: slow_disk,
    c.FillDisk: fill_disk,
    c.FreeDisk: free_disk,
    c.FailDisk: fail_disk,
    c.FlipBit: flip_bit,
    c.CutLink: cut_link,
    c.DelayLink: delay_link,
    c.IsolateBroker: isolate_broker,
    c.HealLinks: heal_links,
    c.ResetConnections: reset_connections,
    c.SkewClock: skew_clock,
    c.PauseConsumer: pause_consumer,
    c.EndPause: end_pause,
    c.DropClient: drop_client,
}
