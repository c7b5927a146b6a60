"""What each command does. One function a command; all may raise CommandRefused, before they change anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine import commands as c
from engine import events
from engine.clients.admin import Moves, topic_of
from engine.clients.composer import LookAgain
from engine.cluster import faults, hands, kinesis, resets
from engine.cluster.faults import place_of, running
from engine.cluster.pace import limits
from engine.commands import CommandRefused
from engine.limits import BROKERS_MAX, BURST_BYTES_MAX
from engine.quorum import configs, moves, partitions, topics
from engine.wire.errors import error_name
from engine.wire.messages import MorePartitions, Reassign

if TYPE_CHECKING:
    from engine.cluster.cluster import Cluster
    from engine.lessons.referee import Referee


def carry_out(cluster: Cluster, command: c.Command) -> dict[str, Any]:
    """Do it. Returns what the caller should know besides "ok", e.g. the name given to something new."""
    return ACTIONS[type(command)](cluster, command) or {}


def refuse(code: str, reason: str) -> CommandRefused:
    return CommandRefused(code, reason)


# --- records and topics: asked of the brokers by a client, as anybody would


def _writable(cluster: Cluster, name: str) -> Any:
    topic = cluster.image.topics.get(name)
    if topic is None:
        raise refuse("UNKNOWN_TOPIC_OR_PARTITION", f"There is no topic {name!r}: create it first.")
    if topic.internal:
        raise refuse("INVALID_TOPIC_EXCEPTION", f"{name} belongs to the brokers.")
    return topic


def produce(cluster: Cluster, command: c.Produce) -> None:
    topic = _writable(cluster, command.topic)
    if command.partition is not None and command.partition not in topic.partitions:
        raise refuse(
            "UNKNOWN_TOPIC_OR_PARTITION",
            f"{command.topic} has the partitions 0 to {len(topic.partitions) - 1}, not {command.partition}.",
        )
    _write(cluster, topic, command)


def _write(cluster: Cluster, topic: Any, command: c.Produce | c.Burst) -> None:
    composer: Any = cluster.world.nodes["composer"].machine
    if composer.metadata.partitions(topic.name) not in (0, len(topic.partitions)):
        cluster.world.order("composer", LookAgain(topic.name))
    cluster.world.order("composer", command)


def burst(cluster: Cluster, command: c.Burst) -> dict[str, Any]:
    topic = _writable(cluster, command.topic)
    keys = [len(key.encode()) for key in command.keys] or [0]
    each = len(command.value.encode()) + max(keys) * (1 + command.value.count("{key}"))
    if each * command.records > BURST_BYTES_MAX:
        raise refuse(
            "POLICY_VIOLATION",
            f"{command.records} records of {each:,} bytes are more than {BURST_BYTES_MAX:,} together.",
        )
    _write(cluster, topic, command)
    return {"records": command.records}


def create_topic(cluster: Cluster, command: c.CreateTopic) -> None:
    new = topic_of(command)
    try:
        topics.create(cluster.image, new, bytes(16), (command.partitions, command.replication))  # would it be made?
    except topics.Refusal as refusal:
        raise refuse(error_name(refusal.error), refusal.message) from None
    cluster.world.order("admin", command)


def add_partitions(cluster: Cluster, command: c.AddPartitions) -> None:
    try:
        partitions.add(cluster.image, MorePartitions(command.topic, command.partitions))  # would they be made?
    except configs.Refusal as refusal:
        raise refuse(error_name(refusal.error), refusal.message) from None
    cluster.world.order("admin", command)


def move_replicas(cluster: Cluster, command: c.MoveReplicas) -> None:
    topic = cluster.image.topics.get(command.topic)
    if topic is None:
        raise refuse("UNKNOWN_TOPIC_OR_PARTITION", f"There is no topic {command.topic!r}.")
    numbers = list(topic.partitions) if command.partition is None else [command.partition]
    if command.partition is None and command.replicas is None:  # what there is to call off
        numbers = [n for n, p in topic.partitions.items() if moves.moves(p)] or numbers
    wishes, turn = [], 0
    for number in numbers:
        replicas = command.replicas and command.replicas[turn:] + command.replicas[:turn]
        wishes.append(Reassign(command.topic, number, replicas))
        turn = (turn + 1) % max(1, len(command.replicas or ()))
        try:
            moves.begin(cluster.image, wishes[-1])  # would it be begun?
        except configs.Refusal as refusal:
            raise refuse(error_name(refusal.error), refusal.message) from None
    cluster.world.order("admin", Moves(command.topic, wishes))


def delete_topic(cluster: Cluster, command: c.DeleteTopic) -> None:
    topic = cluster.image.topics.get(command.topic)
    if topic is None:
        raise refuse("UNKNOWN_TOPIC_OR_PARTITION", f"There is no topic {command.topic!r}.")
    if topic.internal:
        raise refuse("INVALID_TOPIC_EXCEPTION", f"{command.topic} belongs to the brokers.")
    cluster.world.order("admin", command)


def set_topic(cluster: Cluster, command: c.SetTopic) -> None:
    topic = cluster.image.topics.get(command.topic)
    if topic is None:
        raise refuse("UNKNOWN_TOPIC_OR_PARTITION", f"There is no topic {command.topic!r}.")
    if topic.internal:
        raise refuse("INVALID_TOPIC_EXCEPTION", f"{command.topic} belongs to the brokers.")
    if not command.configs:
        raise refuse("INVALID_REQUEST", "Nothing is to be changed: name at least one config.")
    try:
        configs.check({**topic.configs, **command.configs})
    except configs.Refusal as refusal:
        raise refuse(error_name(refusal.error), refusal.message) from None
    cluster.world.order("admin", command)


# --- brokers


def stop_broker(cluster: Cluster, command: c.StopBroker) -> None:
    place = running(cluster, command.broker)
    if place.state == "stopping":
        raise refuse("BROKER_NOT_AVAILABLE", f"Broker {command.broker} is stopping already.")
    place.state, place.since = "stopping", cluster.world.now
    cluster.world.order(f"B{command.broker}", command)


def crash_broker(cluster: Cluster, command: c.CrashBroker) -> None:
    place = running(cluster, command.broker)
    place.state, place.since = "crashed", cluster.world.now
    leads = len(cluster.image.led_by(command.broker))
    cluster.world.crash_node(f"B{command.broker}")
    cluster.world.tell(f"B{command.broker}", events.BrokerCrashed(command.broker, leads))


def start_broker(cluster: Cluster, command: c.StartBroker) -> None:
    place_of(cluster, command.broker)
    if cluster.alive(command.broker):
        raise refuse("DUPLICATE_BROKER_REGISTRATION", f"Broker {command.broker} is running already.")
    cluster.start_broker(command.broker)


def add_broker(cluster: Cluster, command: c.AddBroker) -> dict[str, Any]:
    if len(cluster.places) >= BROKERS_MAX:
        raise refuse("POLICY_VIOLATION", f"A sandbox has at most {BROKERS_MAX} brokers.")
    broker = max(cluster.places) + 1
    cluster.add_broker(broker)
    cluster.world.tell(f"B{broker}", events.BrokerAdded(broker))
    return {"broker": broker}


# --- time


def pause(cluster: Cluster, command: c.Pause) -> None:
    if cluster.pace.paused:
        raise refuse("INVALID_REQUEST", "It is paused already.")
    cluster.pace.paused = True
    cluster.world.tell("edge", events.Paused())


def resume(cluster: Cluster, command: c.Resume) -> None:
    if not cluster.pace.paused:
        raise refuse("INVALID_REQUEST", "It is not paused.")
    cluster.pace.paused = False
    cluster.world.tell("edge", events.Resumed())


def step(cluster: Cluster, command: c.Step) -> None:
    if not cluster.pace.paused:
        raise refuse("INVALID_REQUEST", "Pause first: a step is one meaningful event of a paused sandbox.")


def speed(cluster: Cluster, command: c.Speed) -> dict[str, Any]:
    least, most, by = limits(cluster)
    cluster.pace.asked = command.speed
    given = min(max(command.speed, least), most)
    cluster.world.tell("edge", events.SpeedSet(given, command.speed, by if given != command.speed else ""))
    return {"speed": given}


# --- lessons


def _referee(cluster: Cluster) -> Referee:
    if cluster.referee is None:
        raise refuse("NO_LESSON", "There is no lesson in this sandbox: begin a level or a scene.")
    return cluster.referee


def predict(cluster: Cluster, command: c.Predict) -> dict[str, Any]:
    world = cluster.world
    world.do("lesson", _referee(cluster).predict(world.now, command.question, command.option))
    return {"question": command.question, "option": command.option}


def show_solution(cluster: Cluster, command: c.ShowSolution) -> None:
    cluster.world.do("lesson", _referee(cluster).show_solution())


ACTIONS: dict[type[c.Command], Callable[..., Any]] = {
    c.Produce: produce,
    c.Burst: burst,
    c.CreateTopic: create_topic,
    c.AddPartitions: add_partitions,
    c.MoveReplicas: move_replicas,
    c.DeleteTopic: delete_topic,
    c.SetTopic: set_topic,
    c.StopBroker: stop_broker,
    c.CrashBroker: crash_broker,
    c.StartBroker: start_broker,
    c.AddBroker: add_broker,
    c.AddProducer: hands.add_producer,
    c.SetProducer: hands.order_producer,
    c.StartProducer: hands.order_producer,
    c.StopProducer: hands.order_producer,
    c.RemoveProducer: hands.remove_producer,
    c.RestartProducer: hands.restart_producer,
    c.AddGroup: hands.add_group,
    c.AddConsumer: hands.add_consumer,
    c.ResetOffsets: resets.reset_offsets,
    c.SetConsumer: hands.order_consumer,
    c.StopConsumer: hands.order_consumer,
    c.StartConsumer: hands.order_consumer,
    c.RemoveConsumer: hands.remove_consumer,
    c.CrashConsumer: hands.crash_consumer,
    c.RemoveGroup: hands.remove_group,
    c.Pause: pause,
    c.Resume: resume,
    c.Step: step,
    c.Speed: speed,
    c.Predict: predict,
    c.ShowSolution: show_solution,
    **faults.ACTIONS,
    **kinesis.ACTIONS,
}
