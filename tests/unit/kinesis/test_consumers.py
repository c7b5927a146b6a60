"""Registered consumers, and what SubscribeToShard pushes to them."""

from __future__ import annotations

from typing import Any

import pytest

from engine.kinesis.service.errors import KinesisError
from engine.kinesis.service.outcomes import Locate, Subscribe
from engine.machine import SECOND
from tests.unit.kinesis.rig import EPOCH_MS, Rig

ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/s"
THREE = "shardId-000000000003"


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    rig.stream()
    rig.call("RegisterStreamConsumer", StreamARN=ARN, ConsumerName="c")
    rig.live(5)
    return rig


def consumer_arn(rig: Rig) -> str:
    return str(rig.account.streams["s"].consumers["c"].arn(ARN))


def subscribe(rig: Rig, kind: str = "TRIM_HORIZON", shard: str = THREE, **position: Any) -> Subscribe:
    start = {"Type": kind, **position}
    outcome = rig.ask("SubscribeToShard", ConsumerARN=consumer_arn(rig), ShardId=shard, StartingPosition=start)
    assert isinstance(outcome, Subscribe)
    return outcome


def test_a_consumers_arn_tells_when_it_was_made(rig: Rig) -> None:
    created = EPOCH_MS // 1000 + 10
    assert consumer_arn(rig) == f"{ARN}/consumer/c:{created}"
    for p in ({"ConsumerARN": consumer_arn(rig)}, {"StreamARN": ARN, "ConsumerName": "c"}):
        described = rig.call("DescribeStreamConsumer", **p)["ConsumerDescription"]
        assert described == {
            "ConsumerName": "c", "ConsumerARN": consumer_arn(rig), "ConsumerStatus": "ACTIVE",
            "ConsumerCreationTimestamp": float(created), "StreamARN": ARN,
        }  # fmt: skip


def test_a_consumer_comes_and_goes_in_a_few_seconds(rig: Rig) -> None:
    answer = rig.call("RegisterStreamConsumer", StreamARN=ARN, ConsumerName="d")
    assert answer["Consumer"]["ConsumerStatus"] == "CREATING"
    with pytest.raises(KinesisError, match="Consumer d with creation timestamp .* is not in ACTIVE status.") as caught:
        rig.call("DeregisterStreamConsumer", StreamARN=ARN, ConsumerName="d")
    assert caught.value.code == "ResourceInUseException"
    rig.live(5)
    for _ in range(2):
        rig.call("DeregisterStreamConsumer", StreamARN=ARN, ConsumerName="d")
    listed = rig.call("ListStreamConsumers", StreamARN=ARN)["Consumers"]
    assert [(consumer["ConsumerName"], consumer["ConsumerStatus"]) for consumer in listed] == [
        ("c", "ACTIVE"), ("d", "DELETING")
    ]  # fmt: skip
    rig.live(5)
    with pytest.raises(KinesisError, match="Consumer d .* not found") as caught:
        rig.call("DescribeStreamConsumer", StreamARN=ARN, ConsumerName="d")
    assert caught.value.code == "ResourceNotFoundException"
    assert rig.events()[-2:] == ["consumer_registered", "consumer_deregistered"]


def test_a_name_is_taken_once_and_there_are_twenty(rig: Rig) -> None:
    with pytest.raises(KinesisError, match="already exists") as caught:
        rig.call("RegisterStreamConsumer", StreamARN=ARN, ConsumerName="c")
    assert caught.value.code == "ResourceInUseException"
    for n in range(19):
        rig.call("RegisterStreamConsumer", StreamARN=ARN, ConsumerName=f"c{n}")
        rig.live(1)
    with pytest.raises(KinesisError, match="20 registered consumers") as caught:
        rig.call("RegisterStreamConsumer", StreamARN=ARN, ConsumerName="more")
    assert caught.value.code == "LimitExceededException"
    first = rig.call("ListStreamConsumers", StreamARN=ARN, MaxResults=15)
    rest = rig.call("ListStreamConsumers", StreamARN=ARN, NextToken=first["NextToken"])
    assert (len(first["Consumers"]), len(rest["Consumers"])) == (15, 5)


def test_no_more_than_five_are_registered_at_once() -> None:
    rig = Rig(throttling=False)
    rig.stream()
    for n in range(5):
        rig.call("RegisterStreamConsumer", StreamARN=ARN, ConsumerName=f"c{n}")
    with pytest.raises(KinesisError, match="5 consumers in the CREATING state"):
        rig.call("RegisterStreamConsumer", StreamARN=ARN, ConsumerName="c5")


def test_a_stream_with_consumers_is_deleted_only_if_they_may_go_too(rig: Rig) -> None:
    with pytest.raises(KinesisError, match="has 1 registered consumers") as caught:
        rig.call("DeleteStream", StreamName="s")
    assert caught.value.code == "ResourceInUseException"
    subscribed = subscribe(rig)
    rig.call("DeleteStream", StreamName="s", EnforceConsumerDeletion=True)
    assert not rig.account.subscribed(subscribed)


# --- SubscribeToShard ---------------------------------------------------------------------------------------


def test_records_are_pushed_and_the_continuation_goes_on_after_them(rig: Rig) -> None:
    numbers = [rig.put("1")["SequenceNumber"] for _ in range(3)]
    asked = subscribe(rig)
    assert (asked.start, asked.until) == (0, rig.now + 300 * SECOND)
    event = rig.push(asked, 0, 2)
    assert [record["SequenceNumber"] for record in event["Records"]] == numbers[:2]
    assert event["ContinuationSequenceNumber"] == numbers[1]
    rig.live(6)
    again = subscribe(rig, "AFTER_SEQUENCE_NUMBER", SequenceNumber=event["ContinuationSequenceNumber"])
    assert again.start == 2


def test_an_event_without_records_continues_where_it_stood(rig: Rig) -> None:
    asked = subscribe(rig, "LATEST")
    assert isinstance(asked.start, Locate)
    event = rig.push(asked, 0)
    assert (event["Records"], event["MillisBehindLatest"]) == ([], 0)
    rig.live(6)
    assert subscribe(rig, "AFTER_SEQUENCE_NUMBER", SequenceNumber=event["ContinuationSequenceNumber"]).start == 0


def test_the_last_event_of_a_closed_shard_has_children_and_no_continuation(rig: Rig) -> None:
    rig.put("1")
    asked = subscribe(rig)
    assert not rig.account.at_end(asked, 1)
    cut = str(3 * (1 << 126) + 1000)
    rig.call("SplitShard", StreamName="s", ShardToSplit=THREE, NewStartingHashKey=cut)
    rig.live(10)
    assert rig.account.at_end(asked, 1)
    event = rig.push(asked, 0)
    assert "ContinuationSequenceNumber" not in event
    assert [child["ShardId"] for child in event["ChildShards"]] == ["shardId-000000000004", "shardId-000000000005"]


def test_within_five_seconds_there_is_no_second_one_and_then_it_takes_the_place(rig: Rig) -> None:
    first = subscribe(rig)
    rig.live(2)
    with pytest.raises(KinesisError) as caught:
        subscribe(rig)
    assert (caught.value.code, caught.value.message) == (
        "ResourceInUseException",
        f"Another active subscription exists for this consumer: 000000000000:s:{THREE}:c",
    )
    subscribe(rig, shard="shardId-000000000002")
    rig.live(3)
    second = subscribe(rig)
    assert (rig.account.subscribed(first), rig.account.subscribed(second)) == (False, True)
    rig.account.unsubscribe(first)
    assert rig.account.subscribed(second)
    rig.account.unsubscribe(second)
    assert not rig.account.subscribed(second)
    assert rig.account.snapshot(rig.now)["streams"][0]["consumers"][0]["subscribed"] == ["shardId-000000000002"]


def test_one_that_ended_at_once_still_counts(rig: Rig) -> None:
    rig.account.unsubscribe(subscribe(rig))
    with pytest.raises(KinesisError) as caught:
        subscribe(rig)
    assert caught.value.code == "LimitExceededException"
    rig.live(2)
    with pytest.raises(KinesisError) as caught:
        subscribe(rig)
    assert caught.value.code == "ResourceInUseException"


def test_a_consumer_that_goes_is_pushed_nothing_more(rig: Rig) -> None:
    asked = subscribe(rig)
    rig.call("DeregisterStreamConsumer", ConsumerARN=consumer_arn(rig))
    assert not rig.account.subscribed(asked)
    with pytest.raises(KinesisError, match="is not in ACTIVE status"):
        subscribe(rig)


def test_a_stream_that_is_gone_ends_what_is_pushed(rig: Rig) -> None:
    asked = subscribe(rig)
    rig.call("DeleteStream", StreamName="s", EnforceConsumerDeletion=True)
    rig.live(10)
    assert rig.account.at_end(asked, 0)
    with pytest.raises(KinesisError, match="Stream s under account 000000000000 not found."):
        rig.push(asked, 0)


@pytest.mark.parametrize(
    ("position", "code"),
    [
        (None, "ValidationException"),
        ({}, "ValidationException"),
        ({"Type": "SOMEWHERE"}, "ValidationException"),
        ({"Type": "AT_SEQUENCE_NUMBER"}, "InvalidArgumentException"),
        ({"Type": "LATEST", "SequenceNumber": "5"}, "InvalidArgumentException"),
        ({"Type": "AT_TIMESTAMP"}, "InvalidArgumentException"),
    ],
)
def test_a_start_that_cannot_be_is_refused(rig: Rig, position: object, code: str) -> None:
    with pytest.raises(KinesisError) as caught:
        rig.ask("SubscribeToShard", ConsumerARN=consumer_arn(rig), ShardId=THREE, StartingPosition=position)
    assert caught.value.code == code
    assert not rig.account.streams["s"].consumers["c"].subscribed


def test_an_old_arn_is_no_consumer_of_that_name_today(rig: Rig) -> None:
    with pytest.raises(KinesisError, match="not found") as caught:
        rig.call("DescribeStreamConsumer", ConsumerARN=f"{ARN}/consumer/c:5")
    assert caught.value.code == "ResourceNotFoundException"
