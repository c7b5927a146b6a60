"""SubscribeToShard: one subscription of a consumer to a shard at a time, for five minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.kinesis.service import lifecycle, parameters
from engine.kinesis.service.calling import Call, consumer_not_active, consumer_of_arn, shard_to_read, there
from engine.kinesis.service.errors import IN_USE, LIMIT, KinesisError, dry_run
from engine.kinesis.service.operations.iterators import KINDS, begin
from engine.kinesis.service.outcomes import Outcome, Subscribe
from engine.kinesis.service.quotas import RESUBSCRIBE_NS, SUBSCRIPTION_NS
from engine.kinesis.service.stream import ACTIVE
from engine.machine import SECOND

if TYPE_CHECKING:
    from engine.kinesis.service.account import Account


def subscribe_to_shard(account: Account, call: Call) -> Outcome:
    """Not within five seconds of one that succeeded; after that a new one takes its place."""
    stream, consumer = consumer_of_arn(account, call, "ConsumerARN")
    shard_id = parameters.text(call.p, "ShardId", 128)
    position = parameters.structure(call.p, "StartingPosition")
    kind = parameters.choice(position, "Type", KINDS)
    there(account, stream)
    if consumer.status != ACTIVE:
        raise consumer_not_active(account, stream, consumer)
    shard = shard_to_read(account, stream, shard_id)
    held = consumer.subscribed.get(shard.number)
    if held is not None and call.now - held[1] < SECOND and account.throttling:
        text = f"Rate exceeded for consumer {consumer.name} and shard {shard.id} in stream {stream.name} under account "
        raise KinesisError(LIMIT, f"{text}{account.account_id}.", stream=stream.name, shard=shard.id)
    if held is not None and call.now - held[1] < RESUBSCRIBE_NS:
        raise KinesisError(
            IN_USE,
            "Another active subscription exists for this consumer: "
            f"{account.account_id}:{stream.name}:{shard.id}:{consumer.name}",
            stream=stream.name,
            shard=shard.id,
        )
    start = begin(account, call, stream, shard, kind, position, "SequenceNumber")
    if call.p.get("DryRun"):
        raise dry_run()
    account.subscriptions += 1
    consumer.subscribed[shard.number] = (account.subscriptions, call.now)
    lifecycle.tell(
        account, "shard_subscribed", stream, shard=shard.id, consumer=consumer.name, client=call.client, start=kind
    )
    return Subscribe(
        consumer.arn(stream.arn), consumer.name, stream.name, stream.topic, stream.created_ms, shard.id, shard.number,
        start, account.subscriptions, call.now + SUBSCRIPTION_NS, call.client,
    )  # fmt: skip
