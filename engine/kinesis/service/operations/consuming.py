"""RegisterStreamConsumer, DeregisterStreamConsumer, DescribeStreamConsumer, ListStreamConsumers: enhanced fan-out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.kinesis.service import lifecycle, parameters
from engine.kinesis.service.calling import (
    NOTHING,
    Call,
    active,
    answer,
    consumer_not_active,
    consumer_of,
    no_stream,
    seconds,
    stream_name,
    stream_of_arn,
    there,
)
from engine.kinesis.service.errors import IN_USE, INVALID, LIMIT, KinesisError
from engine.kinesis.service.operations import paging
from engine.kinesis.service.operations.tagging import checked
from engine.kinesis.service.outcomes import Outcome
from engine.kinesis.service.quotas import CONSUMERS_CREATING_MAX, CONSUMERS_MAX, LASTS_MS
from engine.kinesis.service.stream import CREATING, DELETING, Consumer, Stream
from engine.machine import MILLISECOND

if TYPE_CHECKING:
    from engine.kinesis.service.account import Account

_CONSUMERS = 100  # of one answer


def register(account: Account, call: Call) -> Outcome:
    stream = stream_of_arn(account, call)
    name = stream_name(call.p, "ConsumerName")
    active(account, stream)
    if name in stream.consumers:
        text = f"Consumer {name} under stream {stream.name} already exists for account {account.account_id}."
        raise KinesisError(IN_USE, text, stream=stream.name)
    if len(stream.consumers) >= CONSUMERS_MAX:
        text = f"This request would exceed the limit of {CONSUMERS_MAX} registered consumers for stream {stream.name}."
        raise KinesisError(LIMIT, text, stream=stream.name)
    if sum(each.status == CREATING for each in stream.consumers.values()) >= CONSUMERS_CREATING_MAX:
        text = f"This request would exceed the limit of {CONSUMERS_CREATING_MAX} consumers in the CREATING state for "
        raise KinesisError(LIMIT, f"{text}stream {stream.name}.", stream=stream.name)
    tags = checked(account, stream.name, {}, parameters.text_map(call.p, "Tags"))
    due = call.now + LASTS_MS["consumer"] * MILLISECOND
    consumer = Consumer(name, call.calendar_ms // 1000, CREATING, due, tags)
    stream.consumers[name] = consumer
    lifecycle.tell(account, "consumer_registered", stream, consumer=name)
    return answer({"Consumer": described(stream, consumer)})


def deregister(account: Account, call: Call) -> Outcome:
    stream, consumer = consumer_of(account, call)
    if consumer.status == CREATING:
        raise consumer_not_active(account, stream, consumer)
    if consumer.status != DELETING:
        consumer.status = DELETING
        consumer.due = call.now + LASTS_MS["deregister"] * MILLISECOND
        consumer.subscribed.clear()
    return NOTHING


def describe(account: Account, call: Call) -> Outcome:
    stream, consumer = consumer_of(account, call)
    return answer({"ConsumerDescription": {**described(stream, consumer), "StreamARN": stream.arn}})


def list_consumers(account: Account, call: Call) -> Outcome:
    stream = stream_of_arn(account, call)
    limit = min(_CONSUMERS, parameters.optional_integer(call.p, "MaxResults", 1, 10_000) or _CONSUMERS)
    token = parameters.optional_text(call.p, "NextToken")
    created = parameters.moment_ms(call.p, "StreamCreationTimestamp")
    if created is not None and created // 1000 != stream.calendar_ms // 1000:
        raise no_stream(account, stream.name)
    there(account, stream)
    names = sorted(stream.consumers)
    if token is not None:
        place = paging.opened(account, call, token)
        if place.created_ms != stream.created_ms:
            raise KinesisError(INVALID, "Invalid NextToken.", stream=stream.name)
        names = [name for name in names if name > place.stream]
    body: dict[str, object] = {"Consumers": [described(stream, stream.consumers[name]) for name in names[:limit]]}
    if len(names) > limit:
        body["NextToken"] = paging.token(account, call, names[limit - 1], stream.created_ms, 0)
    return answer(body)


def described(stream: Stream, consumer: Consumer) -> dict[str, object]:
    return {
        "ConsumerName": consumer.name,
        "ConsumerARN": consumer.arn(stream.arn),
        "ConsumerStatus": consumer.status,
        "ConsumerCreationTimestamp": seconds(consumer.created * 1000),
    }
