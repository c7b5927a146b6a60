"""SubscribeToShard through the gateway: records are pushed as they arrive, and the line has an end."""

from __future__ import annotations

import pytest

from engine.machine import SECOND
from tests.unit.kinesis.worldly import HALF, Gated, text

ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/s"


@pytest.fixture
def gated():
    gated = Gated()
    gated.call("RegisterStreamConsumer", StreamARN=ARN, ConsumerName="painel")
    gated.pass_ms(4_000)
    return gated


def subscribed(gated, shard=0, **start):
    listener = gated.connect()
    told = gated.call("DescribeStreamConsumer", StreamARN=ARN, ConsumerName="painel")["ConsumerDescription"]
    gated.send(
        "SubscribeToShard", listener, ConsumerARN=told["ConsumerARN"], ShardId=f"shardId-{shard:012d}",
        StartingPosition=start or {"Type": "LATEST"},
    )  # fmt: skip
    assert gated.answer(listener) == {}
    gated.event(listener)  # where it stands
    return listener


def test_a_record_is_pushed_as_soon_as_it_is_there(gated):
    listener = subscribed(gated)
    began = gated.world.now
    gated.put_on(0, "um")
    event = gated.event(listener)
    assert [text(record) for record in event["Records"]] == ["um"] and event["MillisBehindLatest"] == 0
    assert gated.world.now - began < SECOND // 20


def test_from_the_horizon_all_is_pushed_first(gated):
    gated.put_on(0, "old")
    listener = gated.connect()
    arn = gated.call("DescribeStreamConsumer", StreamARN=ARN, ConsumerName="painel")
    gated.send(
        "SubscribeToShard", listener, ConsumerARN=arn["ConsumerDescription"]["ConsumerARN"],
        ShardId="shardId-000000000000", StartingPosition={"Type": "TRIM_HORIZON"},
    )  # fmt: skip
    gated.answer(listener)
    assert [text(record) for record in gated.event(listener)["Records"]] == ["old"]


def test_while_nothing_comes_an_empty_event_says_how_far_it_is(gated):
    listener = subscribed(gated)
    event = gated.event(listener, 6_000)
    assert event["Records"] == [] and event["ContinuationSequenceNumber"]


def test_after_five_minutes_the_line_ends(gated):
    listener = subscribed(gated)
    gated.pass_ms(295_000)
    gated.put_on(0, "in time")
    gated.pass_ms(10_000)
    seen = []
    while (event := gated.event(listener)) is not None:
        seen += [text(record) for record in event["Records"]]
    assert seen == ["in time"]
    assert gated.gateway.subscriptions.all == []


def test_at_a_closed_shards_end_the_children_are_named_and_the_line_ends(gated):
    listener = subscribed(gated)
    gated.put_on(0, "last")
    gated.event(listener)
    gated.call("SplitShard", StreamName="s", ShardToSplit="shardId-000000000000", NewStartingHashKey=str(HALF // 2))
    gated.active()
    gated.pass_ms(6_000)
    events = []
    while (event := gated.event(listener)) is not None:
        events.append(event)
    assert len(events[-1]["ChildShards"]) == 2 and "ContinuationSequenceNumber" not in events[-1]


def test_who_hangs_up_is_not_pushed_to_any_more(gated):
    listener = subscribed(gated)
    assert gated.state()["kinesis"]["streams"][0]["consumers"][0]["subscribed"] == ["shardId-000000000000"]
    gated.hang_up(listener)
    gated.put_on(0, "nobody listens")
    assert gated.gateway.subscriptions.all == []
    assert gated.state()["kinesis"]["streams"][0]["consumers"][0]["subscribed"] == []


def test_a_consumer_that_is_deregistered_hears_the_end(gated):
    listener = subscribed(gated)
    gated.call("DeregisterStreamConsumer", StreamARN=ARN, ConsumerName="painel")
    gated.pass_ms(5_000)
    while gated.event(listener) is not None:
        pass
    assert gated.gateway.subscriptions.all == []


def test_pushing_outlives_a_leader(gated):
    listener = subscribed(gated)
    gated.do("crash_broker", broker=gated.leader())
    gated.put_on(0, "after it")
    seen = []
    while not seen:
        seen += [text(record) for record in gated.event(listener)["Records"]]
    assert seen == ["after it"]
