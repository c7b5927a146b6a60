"""Roles as the metadata image gives them, and the ISR."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import events
from engine.broker import group_log, upkeep
from engine.broker.produce import high_watermark_moved
from engine.machine import MILLISECOND, Wake
from engine.peers import Answer
from engine.quorum.controller import CONTROLLER
from engine.quorum.image import TopicState
from engine.quorum.messages import AlterPartitionRequest, IsrChange
from engine.quorum.records import PartitionRecord
from engine.quorum.topics import OFFSETS_TOPIC
from engine.replication.leader import Leader
from engine.replication.partition import Partition
from engine.storage import checkpoints
from engine.storage.checkpoints import PARTITION_METADATA
from engine.storage.log import Log, LogConfig
from engine.wire import errors

if TYPE_CHECKING:
    from engine.broker.broker import Broker

ISR_AGAIN_MS = 250


# --- roles


def reconcile(broker: Broker, now: int, changed: list[tuple[str, int]]) -> None:
    """Make the replicas what the image says they are."""
    for key in changed:
        state = broker.image.partition(*key)
        if state is None or broker.broker not in state.replicas:
            _drop(broker, now, key)
        else:
            _assume(broker, now, state)
    if not broker.isr_alarm and any(p.leader is not None for p in broker.partitions.values()):
        broker.isr_alarm = True
        broker.out.append(Wake(now + broker.config.replica_lag_time_max_ms * MILLISECOND // 2, "isr"))


def _assume(broker: Broker, now: int, state: PartitionRecord) -> None:
    key = (state.topic, state.partition)
    partition = broker.partitions.get(key)
    if partition is not None and partition.topic_id != broker.image.topics[state.topic].topic_id:
        _drop(broker, now, key)  # deleted, and made anew, in the same records
        partition = None
    if partition is None:
        partition = broker.partitions[key] = _open(broker, now, state)
    partition.min_insync = broker.image.topics[state.topic].min_insync_of(state)
    was = partition.high_watermark
    led = partition.role.__class__ is Leader
    epoch = partition.role.epoch if partition.role is not None else -1
    if partition.become(now, state):
        high_watermark_moved(broker, partition, was)
    leads = partition.role.__class__ is Leader
    if led and (not leads or partition.role.epoch != epoch):  # type: ignore[union-attr]
        _wake_all(broker, partition)  # those who wait for the old epoch are told NOT_LEADER_OR_FOLLOWER
    if state.topic == OFFSETS_TOPIC:
        if leads and (not led or partition.role.epoch != epoch):  # type: ignore[union-attr]
            group_log.load(broker, now, partition)
        elif led and not leads:
            group_log.unload(broker, now, state.partition)


def _wake_all(broker: Broker, partition: Partition) -> None:
    broker.acks.touch(partition.key)
    broker.polls.touch(partition.key)
    broker.polls.touch(partition.end_key)
    broker.deletes.touch(partition.start_key)


def _open(broker: Broker, now: int, state: PartitionRecord) -> Partition:
    """The replica on this disk, empty if there is none, or if it is of another topic of the same name."""
    topic, logs, disk = broker.image.topics[state.topic], broker.logs, broker.disk
    key = (state.topic, state.partition)
    folder = f"{state.topic}-{state.partition}"
    identity = checkpoints.partition_metadata(topic.topic_id)
    config = log_config(broker, topic)
    if disk.exists(f"{folder}/{PARTITION_METADATA}") and disk.read_all(f"{folder}/{PARTITION_METADATA}") != identity:
        for path in disk.paths(folder):
            disk.delete(path)
        for offsets in (broker.checkpointed, logs.recovery_points, logs.log_starts, logs.cleaned):
            offsets.pop(key, None)
    held = sum(disk.size(path) for path in disk.paths(folder) if path.endswith(".log"))
    log = Log(
        disk, *key, config, recovery_point=logs.recovery_points.get(key, 0), log_start=logs.log_starts.get(key, 0),
        clean=logs.clean, now_ms=broker.calendar_ms(now),
    )  # fmt: skip
    if log.size < held and not logs.clean:
        broker.tell(events.LogRecovered(*key, broker.broker, held - log.size, log.log_end))
    disk.write_file(f"{folder}/{PARTITION_METADATA}", identity)
    high_watermark = broker.checkpointed.get(key, log.log_start)
    partition = Partition(broker.broker, state, log, high_watermark, topic.min_insync_of(state), topic.topic_id)
    upkeep.opened(broker, now, partition)
    return partition


def log_config(broker: Broker, topic: TopicState) -> LogConfig:
    """A topic's configs, and the broker's where it has none."""
    config = LogConfig.of({"max.message.bytes": str(broker.config.message_max_bytes), **topic.configs})
    if config.compacts:  # or a log that is written to slowly would not be cleaned in time (LogConfig.maxSegmentMs)
        config.segment_ms = min(config.segment_ms, config.max_compaction_lag_ms)
    return config


def configure(broker: Broker, now: int, name: str) -> None:
    """The configs of a topic have changed."""
    topic = broker.image.topics.get(name)
    for partition in broker.partitions.values():
        if topic is not None and partition.topic_id == topic.topic_id:
            partition.configure(log_config(broker, topic), topic.min_insync_of(partition.state))
            upkeep.opened(broker, now, partition)


def sweep(broker: Broker) -> None:
    """Remove the replicas of topics that were deleted, or moved, while this broker was away (Kafka's stray logs)."""
    wanted = {
        f"{p.topic}-{p.partition}": checkpoints.partition_metadata(broker.image.topics[p.topic].topic_id)
        for p in broker.image.held_by(broker.broker)
    }
    for path in broker.disk.paths():
        folder, _, name = path.rpartition("/")
        if name == PARTITION_METADATA and broker.disk.read_all(path) != wanted.get(folder):
            for stray in broker.disk.paths(folder):
                broker.disk.delete(stray)
            topic, _, number = folder.rpartition("-")
            for offsets in (broker.checkpointed, broker.logs.recovery_points, broker.logs.log_starts):
                offsets.pop((topic, int(number)), None)


def _drop(broker: Broker, now: int, key: tuple[str, int]) -> None:
    partition = broker.partitions.pop(key, None)
    if partition is None:
        return
    partition.role = None
    _wake_all(broker, partition)
    if key[0] == OFFSETS_TOPIC:
        group_log.unload(broker, now, key[1])
    upkeep.dropped(broker, key)
    partition.log.delete()


# --- the ISR


def expand(broker: Broker, now: int, partition: Partition, follower: int) -> None:
    """``follower`` has caught up: ask the controller to count it in."""
    role = partition.leader
    state = broker.image.brokers.get(follower)
    assert role is not None
    if state is None or not state.active or state.epoch != role.followers[follower].broker_epoch:
        return
    wanted = [b for b in partition.state.replicas if b in role.isr or b == follower]
    _alter(broker, now, [role.ask_for(partition, wanted, "caught up")])


def expand_all(broker: Broker, now: int) -> None:
    """The image has changed: count in who was not eligible before, without waiting for its next fetch."""
    for partition in broker.partitions.values():
        broker.deletes.touch(partition.start_key)  # nobody waits for a broker that is fenced
        role = partition.leader
        for follower in role.followers if role is not None else ():
            if role.wants_in(partition, follower):  # type: ignore[union-attr]
                expand(broker, now, partition, follower)


def shrink(broker: Broker, now: int) -> None:
    """The alarm that looks for followers which lag too long."""
    lag_max = broker.config.replica_lag_time_max_ms * MILLISECOND
    changes: list[IsrChange] = []
    leads = False
    for partition in broker.partitions.values():
        role = partition.leader
        if role is None:
            continue
        leads = True
        if role.pending is None and (out := role.lagging(now, partition, lag_max)):
            changes.append(role.ask_for(partition, [b for b in role.isr if b not in out], "lag"))
    if changes:
        _alter(broker, now, changes)
    broker.isr_alarm = leads
    if leads:
        broker.out.append(Wake(now + lag_max // 2, "isr"))


def _alter(broker: Broker, now: int, changes: list[IsrChange]) -> None:
    request = AlterPartitionRequest(broker.broker, broker.epoch, changes)
    broker.out += broker.control.ask(now, CONTROLLER, request, ("isr", changes))


def isr_answered(broker: Broker, now: int, answer: Answer) -> None:
    """The controller answered, or did not.

    A granted change arrives as a record, and so does what made the controller refuse a stale one:
    until then the proposal stays pending, for it may have been carried out and the answer lost. Only
    INELIGIBLE_REPLICA says for certain that it was not. Without an answer the same is asked again.
    """
    changes: list[IsrChange] = answer.tag[1]
    if answer.body is None or answer.body.error:
        broker.isr_again += changes
        if len(broker.isr_again) == len(changes):
            broker.out.append(Wake(now + ISR_AGAIN_MS * MILLISECOND, "isr-again"))
        return
    for change, error in zip(changes, answer.body.errors, strict=True):
        role = _asking(broker, change)
        if error == errors.INELIGIBLE_REPLICA and role is not None:
            partition = broker.partitions[change.topic, change.partition]
            was = partition.high_watermark
            if role.give_up(partition):
                high_watermark_moved(broker, partition, was)


def ask_isr_again(broker: Broker, now: int) -> None:
    changes, broker.isr_again = broker.isr_again, []
    changes = [change for change in changes if _asking(broker, change) is not None]
    if changes:
        _alter(broker, now, changes)


def _asking(broker: Broker, change: IsrChange) -> Leader | None:
    """The leader that still waits for this very change."""
    partition = broker.partitions.get((change.topic, change.partition))
    role = partition.leader if partition is not None else None
    if role is None or role.pending is None:
        return None
    return role if (role.epoch, role.partition_epoch) == (change.leader_epoch, change.partition_epoch) else None
