"""Kinesis in a sandbox: the gateway comes when it is first needed, and what the commands about streams do.

A sandbox in which nobody ever asked for a stream has no gateway, and goes through the same steps as if there were none
to be had.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from engine import commands as c
from engine import events
from engine.cluster import hands
from engine.commands import CommandRefused
from engine.kinesis.applications.worker import StreamConsumer
from engine.kinesis.applications.writer import StreamProducer
from engine.kinesis.gateway.book import Book
from engine.kinesis.gateway.gateway import Gateway, GoOn
from engine.limits import STREAM_CONSUMERS_MAX, STREAM_PRODUCERS_MAX
from engine.quorum.streams import GATEWAY

if TYPE_CHECKING:
    from engine.cluster.cluster import Cluster

PRODUCER, CONSUMER = "stream_producer", "stream_consumer"  # kinds of hands
CONSUMER_NAME = re.compile(r"[a-zA-Z0-9_.-]{1,128}")


def gateway(cluster: Cluster) -> Gateway | None:
    """The gateway, if there is one yet."""
    node = cluster.world.nodes.get(GATEWAY)
    machine = node.machine if node is not None else None
    return machine if isinstance(machine, Gateway) else None


def opened(cluster: Cluster) -> Gateway:
    """The gateway, which is made if there is none yet."""
    there = gateway(cluster)
    if there is not None:
        return there
    world = cluster.world
    made = Gateway(cluster.broker_names(), len(cluster.places), calendar_offset=world.calendar_offset, life=world.steps)
    made.ledger = cluster.ledger
    made.book = Book() if cluster.ledger is not None else None
    world.add_node(GATEWAY, made)
    world.tell(GATEWAY, events.KinesisOpened())
    return made


def adopt(cluster: Cluster, spec: dict[str, Any]) -> None:
    """A stream of the scenario: ACTIVE once its topic is there."""
    world = cluster.world
    made = opened(cluster)
    made.account.adopt(world.now, made.calendar_ms(world.now), spec)
    world.order(GATEWAY, GoOn())


def ready(cluster: Cluster) -> bool:
    """Nothing is left to be done to the topics under the streams."""
    there = gateway(cluster)
    return there is None or not (there.topics.busy or there.account.pending)


# --- commands


def call_aws(cluster: Cluster, command: c.CallAws) -> dict[str, Any]:
    """What AWS would refuse at once is refused at once; what comes of the rest is told by ``call_answered``."""
    world, made = cluster.world, opened(cluster)
    effects, call = made.command(world.now, command)
    world.do(GATEWAY, effects)
    world.order(GATEWAY, GoOn())
    return {"call": call}


def tell_refused(cluster: Cluster, command: c.Command, error: str) -> None:
    """A person hears of it in the answer; what a lesson's own call came to has to be told."""
    if isinstance(command, c.CallAws):
        stream = str(command.parameters.get("StreamName", ""))
        cluster.world.tell(GATEWAY, events.CallRefused(command.operation, stream, command.client, error))


def set_kinesis(cluster: Cluster, command: c.SetKinesis) -> None:
    opened(cluster)
    cluster.world.order(GATEWAY, command)


def _stream_known(cluster: Cluster, stream: str) -> None:
    there = gateway(cluster)
    if there is None or stream not in there.account.streams:
        raise CommandRefused("ResourceNotFoundException", f"There is no stream {stream!r}: create it first.")


def _most(cluster: Cluster, kind: str, most: int, called: str) -> None:
    if len([hand for hand in cluster.hands.values() if hand.kind == kind]) >= most:
        raise CommandRefused("POLICY_VIOLATION", f"A sandbox has at most {most} simulated {called}.")


def _name(cluster: Cluster, asked: str | None, stem: str) -> str:
    name = asked or hands.free_name(cluster, stem)
    if name in cluster.hands:
        raise CommandRefused("INVALID_REQUEST", f"There is a client {name!r} already.")
    return name


def add_stream_producer(cluster: Cluster, command: c.AddStreamProducer) -> dict[str, Any]:
    _stream_known(cluster, command.stream)
    _most(cluster, PRODUCER, STREAM_PRODUCERS_MAX, "producers of streams")
    name, world, feed = _name(cluster, command.producer, "put"), cluster.world, hands.feed_of(command)
    machine = StreamProducer(
        name, command.stream, world.dice(f"stream producer {name}"), rate=command.rate, keys=command.keys,
        batch=command.batch, feed=feed, calendar_offset=world.calendar_offset, life=world.steps,
        keep_record=cluster.keep_record,
    )  # fmt: skip
    hands.enter(cluster, name, f"{PRODUCER}:{name}", PRODUCER, "", machine)
    world.tell(name, events.StreamProducerAdded(name, command.stream))
    return {"producer": name}


def add_stream_consumer(cluster: Cluster, command: c.AddStreamConsumer) -> dict[str, Any]:
    _stream_known(cluster, command.stream)
    _most(cluster, CONSUMER, STREAM_CONSUMERS_MAX, "consumers of streams")
    name, world = _name(cluster, command.consumer, "kcl"), cluster.world
    if command.fan_out and not CONSUMER_NAME.fullmatch(name):
        raise CommandRefused(
            "INVALID_REQUEST", "With fan_out its name is registered with AWS: a-z, A-Z, 0-9, '.', '_' and '-' only."
        )
    machine = StreamConsumer(
        name, command.stream, poll_ms=command.poll_ms, limit=command.limit, shards=command.shards,
        start_at=command.start_at, fan_out=command.fan_out, work_ms=command.work_ms,
        calendar_offset=world.calendar_offset, life=world.steps, keep_record=cluster.keep_record,
    )  # fmt: skip
    hands.enter(cluster, name, f"{CONSUMER}:{name}", CONSUMER, "", machine)
    world.tell(name, events.StreamConsumerAdded(name, command.stream))
    return {"consumer": name}


def order_producer(cluster: Cluster, command: c.SetStreamProducer | c.RemoveStreamProducer) -> None:
    hand = hands.hand_of(cluster, command.producer, PRODUCER)
    hand.removing = isinstance(command, c.RemoveStreamProducer)
    cluster.world.order(hand.node, command)


def order_consumer(cluster: Cluster, command: c.SetStreamConsumer | c.RemoveStreamConsumer) -> None:
    hand = hands.hand_of(cluster, command.consumer, CONSUMER)
    hand.removing = isinstance(command, c.RemoveStreamConsumer)
    cluster.world.order(hand.node, command)


def crash_consumer(cluster: Cluster, command: c.CrashStreamConsumer) -> None:
    """Its process is killed and begins anew at once: what it was handed and had not checkpointed comes again."""
    hand, world = hands.hand_of(cluster, command.consumer, CONSUMER), cluster.world
    old: Any = world.nodes[hand.node].machine
    new = old.reborn(world.steps, world.calendar_offset)
    world.crash_node(hand.node)
    world.tell(command.consumer, events.StreamConsumerChanged(command.consumer, "crashed", ""))
    world.start_node(hand.node, new)


ACTIONS: dict[type[c.Command], Any] = {
    c.CallAws: call_aws,
    c.SetKinesis: set_kinesis,
    c.AddStreamProducer: add_stream_producer,
    c.SetStreamProducer: order_producer,
    c.RemoveStreamProducer: order_producer,
    c.AddStreamConsumer: add_stream_consumer,
    c.SetStreamConsumer: order_consumer,
    c.CrashStreamConsumer: crash_consumer,
    c.RemoveStreamConsumer: order_consumer,
}
