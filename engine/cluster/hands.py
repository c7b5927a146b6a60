"""What commands do about simulated clients: one function a command, as in actions.py.

A client that is removed says goodbye first; ``tidy`` takes it away once it has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import commands as c
from engine import events
from engine.clients.consumer import Consumer
from engine.clients.cooperative import CooperativeConsumer
from engine.clients.feeding import FeedProducer
from engine.clients.producer import Producer
from engine.clients.sources import SOURCES, Feed, Rows, RowsRefused, read_table
from engine.clients.working import WorkingConsumer
from engine.cluster.readers import coordinated
from engine.cluster.roster import Hand
from engine.commands import CommandRefused
from engine.groups.assignors import COOPERATIVE
from engine.limits import CONSUMERS_PER_GROUP_MAX, GROUPS_MAX, PRODUCERS_MAX

if TYPE_CHECKING:
    from engine.cluster.cluster import Cluster

GROUP_DEFAULTS: dict[str, Any] = {
    "assignor": "range", "poll_ms": 1000, "max_poll_records": 500, "start_at": "earliest",
}  # fmt: skip


HABITS = ("work_ms", "max_poll_interval_ms", "commit", "auto_commit_interval_ms", "metadata_max_age_ms")


def hand_of(cluster: Cluster, name: str, kind: str) -> Hand:
    hand = cluster.hands.get(name)
    if hand is None or hand.kind != kind or hand.removing:
        known = ", ".join(n for n, h in cluster.hands.items() if h.kind == kind and not h.removing) or "none"
        raise CommandRefused("UNKNOWN_MEMBER_ID", f"There is no simulated {kind} {name!r}; there are: {known}.")
    return hand


def free_name(cluster: Cluster, stem: str) -> str:
    """A name that nobody bears, nor a crashed consumer that its group has not missed yet."""
    taken = {*cluster.hands, *(m["client"] for group in coordinated(cluster) for m in group["members"])}
    number = 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def _known(cluster: Cluster, topic: str) -> None:
    if topic not in cluster.image.topics:
        raise CommandRefused("UNKNOWN_TOPIC_OR_PARTITION", f"There is no topic {topic!r}: create it first.")


# --- producers


def add_producer(cluster: Cluster, command: c.AddProducer) -> dict[str, Any]:
    _known(cluster, command.topic)
    if len([h for h in cluster.hands.values() if h.kind == "producer"]) >= PRODUCERS_MAX:
        raise CommandRefused("POLICY_VIOLATION", f"A sandbox has at most {PRODUCERS_MAX} simulated producers.")
    name = command.producer or free_name(cluster, "app")
    if name in cluster.hands:
        raise CommandRefused("INVALID_REQUEST", f"There is a client {name!r} already.")
    world, feed = cluster.world, feed_of(command)
    common: dict[str, Any] = {
        "rate": command.rate, "acks": command.acks, "keys": command.keys, "idempotent": command.idempotent,
        "linger_ms": command.linger_ms, "calendar_offset": world.calendar_offset, "life": world.steps,
        "keep_record": cluster.keep_record, "partitioner": command.partitioner,
        "metadata_max_age_ms": command.metadata_max_age_ms,
    }  # fmt: skip
    where = name, command.topic, cluster.broker_names(), world.dice(f"producer {name}")
    producer = Producer(*where, **common) if feed is None else FeedProducer(*where, feed, **common)
    enter(cluster, name, f"producer:{name}", "producer", "", producer)
    world.tell(name, events.ProducerAdded(name, command.topic))
    return {"producer": name}


def feed_of(command: c.AddProducer | c.AddStreamProducer) -> Feed | None:
    """Where its records come from; None: purchases, all on time."""
    if command.source != "rows":
        if command.rows is not None or command.key_field is not None:
            raise CommandRefused("INVALID_REQUEST", "rows and key_field are for the source 'rows' only.")
        if command.source == "purchases" and command.late is None and command.repeated is None:
            return None
        return Feed(SOURCES[command.source](), command.late, command.repeated)
    if command.rows is None:
        raise CommandRefused("INVALID_REQUEST", "The source 'rows' needs rows: CSV or JSON, as text.")
    try:
        table = read_table(command.rows, command.key_field)
    except RowsRefused as refused:
        raise CommandRefused("INVALID_REQUEST", str(refused)) from None
    return Feed(Rows(table, command.loop), command.late, command.repeated)


def enter(cluster: Cluster, name: str, node: str, kind: str, group: str, machine: Any) -> None:
    cluster.hands[name] = Hand(node, kind, group)
    machine.ledger = cluster.ledger
    cluster.world.add_node(node, machine)


def order_producer(cluster: Cluster, command: Any) -> None:
    hand = hand_of(cluster, command.producer, "producer")
    mishaps = isinstance(command, c.SetProducer) and (command.late is not None or command.repeated is not None)
    if mishaps and not isinstance(cluster.world.nodes[hand.node].machine, FeedProducer):
        raise CommandRefused(
            "INVALID_REQUEST",
            f"{command.producer} was added without late and repeated: add one with them, 0 for now if you like.",
        )
    cluster.world.order(hand.node, command)


def remove_producer(cluster: Cluster, command: c.RemoveProducer) -> None:
    hand = hand_of(cluster, command.producer, "producer")
    hand.removing = True
    cluster.world.order(hand.node, command)


def restart_producer(cluster: Cluster, command: c.RestartProducer) -> dict[str, Any]:
    hand = hand_of(cluster, command.producer, "producer")
    world = cluster.world
    old: Any = world.nodes[hand.node].machine
    new = old.reborn(world.now, cluster.broker_names(), world.calendar_offset, world.steps)
    new.ledger, again = cluster.ledger, new.waiting
    world.crash_node(hand.node)
    world.start_node(hand.node, new)
    world.tell(command.producer, events.ProducerChanged(command.producer, "restarted", str(again)))
    return {"again": again}


# --- consumers


def add_group(cluster: Cluster, command: c.AddGroup) -> dict[str, Any]:
    _known(cluster, command.topic)
    if any(h.group == command.group and not h.removing for h in cluster.hands.values()):
        raise CommandRefused("INVALID_GROUP_ID", f"There is a group {command.group!r} already: add a consumer to it.")
    if len({h.group for h in cluster.hands.values() if h.kind == "consumer"}) >= GROUPS_MAX:
        raise CommandRefused("POLICY_VIOLATION", f"A sandbox has at most {GROUPS_MAX} simulated groups.")
    cluster.group_settings[command.group] = {
        "topic": command.topic, "assignor": command.assignor, "poll_ms": command.poll_ms,
        "max_poll_records": command.max_poll_records, "start_at": command.start_at,
        **_habits(command),
    }  # fmt: skip
    return {"consumers": [_add_consumer(cluster, command.group) for _ in range(command.consumers)]}


def _habits(command: c.AddGroup) -> dict[str, Any]:
    """What its applications do otherwise than most: where all is as usual, a plain Consumer will do."""
    usual = c.AddGroup(command.group, command.topic)
    return {name: said for name in HABITS if (said := getattr(command, name)) != getattr(usual, name)}


def add_consumer(cluster: Cluster, command: c.AddConsumer) -> dict[str, Any]:
    group = command.group
    if group not in cluster.group_settings:
        if command.topic is None:
            raise CommandRefused("GROUP_ID_NOT_FOUND", f"There is no simulated group {group!r}: give its topic.")
        _known(cluster, command.topic)
    if len([h for h in cluster.hands.values() if h.group == group]) >= CONSUMERS_PER_GROUP_MAX:
        raise CommandRefused(
            "GROUP_MAX_SIZE_REACHED", f"A group has at most {CONSUMERS_PER_GROUP_MAX} simulated consumers."
        )
    if group not in cluster.group_settings:
        cluster.group_settings[group] = {"topic": command.topic, **GROUP_DEFAULTS}
    own = {name: said for name in HABITS[:2] if (said := getattr(command, name)) is not None}
    return {"consumer": _add_consumer(cluster, group, command.poll_ms, own)}


def _add_consumer(
    cluster: Cluster, group: str, poll_ms: int | None = None, own: dict[str, Any] | None = None
) -> str:
    world, settings = cluster.world, cluster.group_settings[group]
    name = free_name(cluster, f"{group}-")
    habits = {**{name: settings[name] for name in HABITS if name in settings}, **(own or {})}
    kind: type[Consumer] = WorkingConsumer if habits else Consumer
    if settings["assignor"] == COOPERATIVE:
        kind = CooperativeConsumer
    consumer = kind(
        name, group, [settings["topic"]], cluster.broker_names(),
        assignor=settings["assignor"], poll_ms=poll_ms or settings["poll_ms"],
        max_poll_records=settings["max_poll_records"], start_at=settings["start_at"],
        session_ms=cluster.config.consumer_session_timeout_ms,
        heartbeat_ms=cluster.config.consumer_heartbeat_interval_ms,
        calendar_offset=world.calendar_offset, life=world.steps, keep_record=cluster.keep_record, **habits,
    )  # fmt: skip
    enter(cluster, name, f"consumer:{name}", "consumer", group, consumer)
    world.tell(name, events.ConsumerAdded(group, name))
    return name


def order_consumer(cluster: Cluster, command: Any) -> None:
    name = hand_of(cluster, command.consumer, "consumer").node
    node = cluster.world.nodes[name]
    if isinstance(command, c.SetConsumer) and command.work_ms and type(node.machine) is Consumer:
        node.machine = WorkingConsumer.of(node.machine)
    cluster.world.order(name, command)


def remove_consumer(cluster: Cluster, command: c.RemoveConsumer) -> None:
    hand = hand_of(cluster, command.consumer, "consumer")
    hand.removing = True
    cluster.world.order(hand.node, command)


def crash_consumer(cluster: Cluster, command: c.CrashConsumer) -> None:
    hand = hand_of(cluster, command.consumer, "consumer")
    cluster.world.remove_node(hand.node)
    del cluster.hands[command.consumer]
    cluster.world.tell(command.consumer, events.ConsumerChanged(hand.group, command.consumer, "crashed", ""))


def remove_group(cluster: Cluster, command: c.RemoveGroup) -> None:
    members = [n for n, h in cluster.hands.items() if h.group == command.group and not h.removing]
    if not members:
        raise CommandRefused("GROUP_ID_NOT_FOUND", f"There is no simulated consumer in a group {command.group!r}.")
    for name in members:
        remove_consumer(cluster, c.RemoveConsumer(name))
    cluster.group_settings.pop(command.group, None)


def tidy(cluster: Cluster) -> None:
    """Take away clients that have said goodbye."""
    for name, hand in list(cluster.hands.items()):
        if hand.removing and cluster.world.nodes[hand.node].machine.idle:  # type: ignore[attr-defined]
            cluster.world.remove_node(hand.node)
            del cluster.hands[name]
