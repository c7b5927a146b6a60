"""A broker's dealings with the controller: registration, heartbeats, and reading the metadata log.

    start: register -> epoch -> read the log from 0 -> heartbeats -> unfenced once caught up: serving
    stop: heartbeats say so -> leaderships move -> "you may stop" -> halt

The heartbeat's answer tells whether we are fenced; the log tells everything else. A broker that
cannot reach the controller goes on serving what it leads: it cannot know that it was replaced. Its
followers know, so nothing with acks=all is acknowledged by it any more.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from engine import events
from engine.broker import fetcher, flushing, group_log, producers, replicas
from engine.machine import MILLISECOND, Halt, Wake
from engine.peers import Answer
from engine.quorum.controller import CONTROLLER
from engine.quorum.messages import (
    HeartbeatRequest,
    HeartbeatResponse,
    MetadataFetchRequest,
    MetadataFetchResponse,
    RegisterRequest,
)
from engine.quorum.records import ConfigRecord, MetadataRecord, PartitionRecord, RemoveTopic
from engine.wire import errors

if TYPE_CHECKING:
    from engine.broker.broker import Broker

AGAIN_MS = 250  # after an answer that did not come
METADATA_WAIT_MS = 10_000


def register(broker: Broker, now: int) -> None:
    request = RegisterRequest(broker.broker, broker.life, broker.config.broker_rack)
    broker.out += broker.control.ask(now, CONTROLLER, request, ("register",))


def heartbeat(broker: Broker, now: int) -> None:
    """Send one; the alarm for the next is set by whatever comes of it."""
    if broker.epoch >= 0 and not broker.heartbeat_under_way:
        broker.heartbeat_under_way = True
        request = HeartbeatRequest(broker.broker, broker.epoch, broker.image.offset, broker.stopping)
        broker.out += broker.control.ask(now, CONTROLLER, request, ("heartbeat", now))


def stop(broker: Broker, now: int) -> None:
    """Begin a controlled shutdown."""
    if not broker.stopping:
        broker.stopping = True
        broker.tell(events.BrokerStopping(broker.broker, len(broker.image.led_by(broker.broker))))
        heartbeat(broker, now)


def fetch_metadata(broker: Broker, now: int) -> None:
    request = MetadataFetchRequest(broker.broker, broker.image.offset, METADATA_WAIT_MS)
    broker.out += broker.metadata.ask(now, CONTROLLER, request, ("metadata", broker.image.offset))


def answers(broker: Broker, now: int, found: list[Answer]) -> None:
    for answer in found:
        match answer.tag[0]:
            case "register":
                if answer.body is None:
                    broker.out.append(Wake(now + AGAIN_MS * MILLISECOND, "reregister"))
                else:
                    broker.epoch = answer.body.epoch
                    fetch_metadata(broker, now)
            case "heartbeat":
                _heard(broker, now, answer.tag[1], answer.body)
            case "metadata":
                if answer.body is None:
                    broker.out.append(Wake(now + AGAIN_MS * MILLISECOND, "metadata-again"))
                elif answer.tag[1] == broker.image.offset:  # otherwise another fetch brought these records before
                    _learn(broker, now, answer.body)
            case "isr":
                replicas.isr_answered(broker, now, answer)
            case "ids":
                producers.block(broker, now, answer.body)
            case "forward":
                broker.answer(answer.tag[1], answer.body or answer.tag[2])
            case "auto-create":
                pass  # the client asks for the topic again, and finds it


def _heard(broker: Broker, now: int, sent: int, body: HeartbeatResponse | None) -> None:
    broker.heartbeat_under_way = False
    if body is not None and body.may_stop:
        flushing.stop(broker, now)
        broker.tell(events.BrokerStopped(broker.broker))
        broker.out.append(Halt())
        return
    if body is not None and body.error == errors.STALE_BROKER_EPOCH:
        broker.epoch = -1  # the controller does not know this life: begin it again
        register(broker, now)
    elif body is not None and not body.error and body.fenced != broker.fenced:
        broker.fenced = body.fenced
    # Until it is unfenced a broker asks quickly: it is waited for.
    interval = 100 if broker.fenced else broker.config.broker_heartbeat_interval_ms
    broker.out.append(Wake(max(sent + interval * MILLISECOND, now), "heartbeat"))


def _learn(broker: Broker, now: int, body: MetadataFetchResponse) -> None:
    """Fold the records in and act on what they change here."""
    first = broker.image.offset == 0
    changed: dict[tuple[str, int], None] = {}
    configured: dict[str, None] = {}
    if body.base is not None:
        broker.image = copy.deepcopy(body.base)  # nobody changes a message, and we fold on in ours
        changed = dict.fromkeys((t.name, p) for t in body.base.topics.values() for p in t.partitions)
        changed |= dict.fromkeys(broker.partitions)
    for record in body.records:
        _note(broker, now, record, changed)
        broker.image.apply(record)
        if record.__class__ is ConfigRecord:
            configured[record.topic] = None
    if first:
        replicas.sweep(broker)
    for topic in configured:
        replicas.configure(broker, now, topic)
    if changed:
        replicas.reconcile(broker, now, list(changed))
        fetcher.fetch_all(broker, now)
    replicas.expand_all(broker, now)
    fetch_metadata(broker, now)
    if first:
        interval = broker.config.replica_high_watermark_checkpoint_interval_ms * MILLISECOND
        broker.out.append(Wake(now + interval, "checkpoint"))
    if first or broker.stopping:
        heartbeat(broker, now)


def _note(broker: Broker, now: int, record: MetadataRecord, changed: dict[tuple[str, int], None]) -> None:
    match record:
        case PartitionRecord():
            changed[record.topic, record.partition] = None
        case RemoveTopic():
            changed |= dict.fromkeys((record.name, p) for p in broker.image.topics[record.name].partitions)
            group_log.topic_deleted(broker, now, record.name)
