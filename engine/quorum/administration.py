"""What clients ask of the controller about topics: CreateTopics, DeleteTopics, CreatePartitions, one by one.

Each topic of a request is decided on by itself (``topics``, ``partitions``); what is refused has changed nothing.
client: the name under which it was asked: a broker's, for it passed it on, or the gateway's (streams.py).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from engine import events
from engine.quorum import configs, partitions, streams, topics
from engine.quorum.records import RemoveTopic
from engine.wire import errors
from engine.wire.messages import (
    CreatedTopic,
    CreatePartitionsRequest,
    CreatePartitionsResponse,
    CreateTopicsRequest,
    CreateTopicsResponse,
    DeletedTopic,
    DeleteTopicsRequest,
    DeleteTopicsResponse,
    MadePartitions,
)

if TYPE_CHECKING:
    from engine.quorum.controller import Controller


def create_topics(controller: Controller, body: CreateTopicsRequest, client: str) -> CreateTopicsResponse:
    made: list[CreatedTopic] = []
    times = Counter(new.name for new in body.topics)
    config = controller.config
    for new in body.topics:
        if times[new.name] > 1:  # told once, created never (ControllerApis)
            if new.name not in [topic.name for topic in made]:
                made.append(CreatedTopic(new.name, errors.INVALID_REQUEST, "Duplicate topic name."))
            continue
        defaults = (config.num_partitions, config.default_replication_factor)
        topic_id = controller.dice.below(1 << 128).to_bytes(16, "big")
        try:
            records, created = topics.create(controller.image, new, topic_id, defaults, client)
        except configs.Refusal as refusal:
            made.append(CreatedTopic(new.name, refusal.error, refusal.message))
            continue
        made.append(created)
        if not body.validate_only:
            controller.write(records)
            controller.tell(events.TopicCreated(new.name, created.partitions, created.replication))
    return CreateTopicsResponse(made)


def delete_topics(controller: Controller, body: DeleteTopicsRequest, client: str) -> DeleteTopicsResponse:
    gone = []
    for name in body.names:
        gone.append(_delete(controller, client, name, errors.UNKNOWN_TOPIC_OR_PARTITION))
    for topic_id in body.topic_ids:
        known = controller.image.names.get(topic_id)
        gone.append(_delete(controller, client, known, errors.UNKNOWN_TOPIC_ID, topic_id))
    return DeleteTopicsResponse(gone)


def _delete(
    controller: Controller, client: str, name: str | None, unknown: int, topic_id: bytes = bytes(16)
) -> DeletedTopic:
    topic = controller.image.topics.get(name) if name is not None else None
    if topic is None or name is None:
        return DeletedTopic(name, topic_id, unknown, "There is no such topic.")
    if streams.forbidden(name, client):
        return DeletedTopic(name, topic.topic_id, errors.INVALID_TOPIC_EXCEPTION, f"{name} {streams.owner(name)}.")
    controller.write([RemoveTopic(name)])
    for key in [k for k in controller.leaderless_since if k[0] == name]:
        del controller.leaderless_since[key]
    controller.tell(events.TopicDeleted(name))
    return DeletedTopic(name, topic.topic_id)


def create_partitions(controller: Controller, body: CreatePartitionsRequest, client: str) -> CreatePartitionsResponse:
    made: list[MadePartitions] = []
    times = Counter(new.name for new in body.topics)
    for new in body.topics:
        if times[new.name] > 1:
            if new.name not in [one.name for one in made]:
                made.append(MadePartitions(new.name, errors.INVALID_REQUEST, "Duplicate topic name."))
            continue
        try:
            records = partitions.add(controller.image, new, client)
        except configs.Refusal as refusal:
            made.append(MadePartitions(new.name, refusal.error, refusal.message))
            continue
        made.append(MadePartitions(new.name))
        if not body.validate_only:
            controller.write([*records])
            controller.tell(events.PartitionsAdded(new.name, new.count - len(records), new.count))
    return CreatePartitionsResponse(made)
