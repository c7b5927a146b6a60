"""What time does to streams: CREATING, ACTIVE, UPDATING, DELETING; and what describing and listing show of it."""

from __future__ import annotations

import pytest

from engine.kinesis.service.account import Account
from engine.kinesis.service.errors import KinesisError
from engine.kinesis.service.outcomes import MakeTopic
from engine.machine import SECOND
from engine.world.plain import copy, state_digest
from tests.unit.kinesis.rig import EPOCH_MS, Rig

ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/"


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_a_stream_is_created_and_active_a_few_seconds_later(rig: Rig) -> None:
    assert rig.call("CreateStream", StreamName="ftf-meu-stream", ShardCount=4) is None
    described = rig.call("DescribeStream", StreamName="ftf-meu-stream")["StreamDescription"]
    assert (described["StreamStatus"], described["Shards"]) == ("CREATING", [])
    rig.live(4.9)
    assert rig.status("ftf-meu-stream") == "CREATING"
    rig.live(0.1)
    described = rig.call("DescribeStream", StreamName="ftf-meu-stream")["StreamDescription"]
    assert described["StreamStatus"] == "ACTIVE"
    assert described["StreamARN"] == ARN + "ftf-meu-stream"
    assert described["StreamCreationTimestamp"] == EPOCH_MS / 1000
    assert [shard["HashKeyRange"]["EndingHashKey"] for shard in described["Shards"]] == [
        "85070591730234615865843651857942052863", "170141183460469231731687303715884105727",
        "255211775190703847597530955573826158591", "340282366920938463463374607431768211455",
    ]  # fmt: skip
    assert rig.events() == ["stream_created", "stream_active"]


def test_its_topic_is_as_the_cluster_can_have_it() -> None:
    for brokers, replication, min_insync in ((1, 1, "1"), (2, 2, "1"), (3, 3, "2"), (5, 3, "2")):
        account = Account(brokers=brokers)
        account.call(0, EPOCH_MS, "CreateStream", {"StreamName": "s", "ShardCount": 2}, "test")
        made = account.advance(0, EPOCH_MS)[0]
        assert isinstance(made, MakeTopic)
        assert (made.topic, made.partitions, made.replication) == ("__kinesis.s", 2, replication)
        assert made.configs["min.insync.replicas"] == min_insync


def test_a_stream_whose_topic_is_not_made_yet_stays_creating(rig: Rig) -> None:
    account = rig.account
    account.call(0, EPOCH_MS, "CreateStream", {"StreamName": "s", "ShardCount": 1}, "test")
    account.advance(0, EPOCH_MS)
    assert account.due() is None
    account.advance(60 * SECOND, EPOCH_MS + 60_000)
    assert rig.status() == "CREATING"
    account.topic_ready("__kinesis.s", 61 * SECOND, EPOCH_MS + 61_000)
    assert rig.status() == "ACTIVE"


def test_a_stream_is_deleted_and_its_name_is_free_again(rig: Rig) -> None:
    rig.stream()
    rig.put("1")
    rig.call("DeleteStream", StreamName="s")
    assert rig.status() == "DELETING"
    assert "__kinesis.s" in rig.topics
    with pytest.raises(KinesisError, match="not ACTIVE, instead in state DELETING"):
        rig.call("DeleteStream", StreamName="s")
    with pytest.raises(KinesisError, match="Stream s under account 000000000000 already exists."):
        rig.call("CreateStream", StreamName="s", ShardCount=1)
    rig.live(5)
    assert not rig.topics
    with pytest.raises(KinesisError, match="Stream s under account 000000000000 not found."):
        rig.call("DescribeStream", StreamName="s")
    rig.stream()
    assert rig.read(rig.iterator("shardId-000000000003"))["Records"] == []


def test_five_streams_may_be_created_at_once(rig: Rig) -> None:
    for n in range(5):
        rig.call("CreateStream", StreamName=f"s{n}", ShardCount=1)
    rig.live(1)
    with pytest.raises(KinesisError, match="5 streams in the CREATING state") as caught:
        rig.call("CreateStream", StreamName="s5", ShardCount=1)
    assert caught.value.code == "LimitExceededException"


def test_ten_streams_may_be_on_demand(rig: Rig) -> None:
    for n in range(10):
        rig.stream(f"s{n}", StreamModeDetails={"StreamMode": "ON_DEMAND"})
    with pytest.raises(KinesisError, match="on-demand stream limit"):
        rig.call("CreateStream", StreamName="t", StreamModeDetails={"StreamMode": "ON_DEMAND"})
    rig.stream("t")
    with pytest.raises(KinesisError, match="on-demand stream limit"):
        rig.call("UpdateStreamMode", StreamARN=ARN + "t", StreamModeDetails={"StreamMode": "ON_DEMAND"})
    limits = rig.call("DescribeLimits")
    assert limits == {
        "ShardLimit": 200, "OpenShardCount": 44, "OnDemandStreamCount": 10, "OnDemandStreamCountLimit": 10
    }  # fmt: skip


@pytest.mark.parametrize(
    ("p", "code"),
    [
        ({"ShardCount": 1}, "ValidationException"),
        ({"StreamName": "a b", "ShardCount": 1}, "ValidationException"),
        ({"StreamName": "n" * 129, "ShardCount": 1}, "ValidationException"),
        ({"StreamName": "s"}, "ValidationException"),
        ({"StreamName": "s", "ShardCount": 0}, "ValidationException"),
        ({"StreamName": "s", "ShardCount": 201}, "LimitExceededException"),
        ({"StreamName": "s", "ShardCount": "4"}, "SerializationException"),
        ({"StreamName": "s", "ShardCount": True}, "SerializationException"),
        ({"StreamName": 5, "ShardCount": 1}, "SerializationException"),
        ({"StreamName": "s", "ShardCount": 1, "StreamModeDetails": "x"}, "SerializationException"),
        ({"StreamName": "s", "ShardCount": 1, "StreamModeDetails": {"StreamMode": "x"}}, "ValidationException"),
        ({"StreamName": "s", "ShardCount": 1, "StreamModeDetails": {"StreamMode": "ON_DEMAND"}}, "ValidationException"),
        ({"StreamName": "s", "ShardCount": 1, "Tags": {"a": 5}}, "SerializationException"),
        ({"StreamName": "s", "ShardCount": 1, "Tags": {"a": "!"}}, "InvalidArgumentException"),
        ({"StreamName": "s", "ShardCount": 1, "MaxRecordSizeInKiB": 5}, "ValidationException"),
    ],
)
def test_a_stream_that_cannot_be_is_refused_and_leaves_nothing(rig: Rig, p: dict[str, object], code: str) -> None:
    with pytest.raises(KinesisError) as caught:
        rig.call("CreateStream", **p)
    assert caught.value.code == code
    assert not rig.account.streams


def test_a_summary_counts_what_describing_lists(rig: Rig) -> None:
    rig.stream(Tags={"Aluno": "Fernando"}, MaxRecordSizeInKiB=2048)
    rig.call("RegisterStreamConsumer", StreamARN=ARN + "s", ConsumerName="c")
    summary = rig.call("DescribeStreamSummary", StreamARN=ARN + "s")["StreamDescriptionSummary"]
    assert (summary["OpenShardCount"], summary["ConsumerCount"], summary["MaxRecordSizeInKiB"]) == (4, 1, 2048)
    assert summary["EnhancedMonitoring"] == [{"ShardLevelMetrics": []}]
    assert "Shards" not in summary


def test_streams_are_listed_page_by_page(rig: Rig) -> None:
    for name in ("c", "a", "b"):
        rig.stream(name, 1)
    first = rig.call("ListStreams", Limit=2)
    assert (first["StreamNames"], first["HasMoreStreams"]) == (["a", "b"], True)
    assert [summary["StreamStatus"] for summary in first["StreamSummaries"]] == ["ACTIVE", "ACTIVE"]
    for p in ({"NextToken": first["NextToken"]}, {"ExclusiveStartStreamName": "b"}):
        last = rig.call("ListStreams", **p)
        assert (last["StreamNames"], last["HasMoreStreams"]) == (["c"], False)
        assert "NextToken" not in last


def test_shards_are_described_page_by_page(rig: Rig) -> None:
    rig.stream(shards=120)
    first = rig.call("DescribeStream", StreamName="s", Limit=10_000)["StreamDescription"]
    assert (len(first["Shards"]), first["HasMoreShards"]) == (100, True)
    rest = rig.call("DescribeStream", StreamName="s", ExclusiveStartShardId=first["Shards"][-1]["ShardId"])
    assert (len(rest["StreamDescription"]["Shards"]), rest["StreamDescription"]["HasMoreShards"]) == (20, False)


def test_a_state_is_plain_data_and_a_copy_of_it_goes_on_alike(rig: Rig) -> None:
    rig.stream(Tags={"a": "b"})
    rig.call("RegisterStreamConsumer", StreamARN=ARN + "s", ConsumerName="c")
    rig.put("1")
    rig.read(rig.iterator("shardId-000000000003"))
    rig.call("UpdateShardCount", StreamName="s", TargetShardCount=6, ScalingType="UNIFORM_SCALING")
    other = copy(rig)
    assert state_digest(other.account) == state_digest(rig.account)
    for each in (rig, other):
        each.live(60)
        each.put("2")
    assert state_digest(other.account) == state_digest(rig.account)
    assert (
        rig.account.streams["s"].taking[0] is rig.account.streams["s"].shards[rig.account.streams["s"].taking[0].number]
    )


def test_a_stream_of_a_scenario_is_active_at_once(rig: Rig) -> None:
    rig.account.adopt(0, EPOCH_MS, {"stream": "s", "shards": 2, "mode": "PROVISIONED", "retention_hours": 48})
    rig.settle()
    assert rig.status() == "ACTIVE"
    assert rig.topics["__kinesis.s"].configs["retention.ms"] == str(48 * 3_600_000)
    assert rig.put("1")["ShardId"] == "shardId-000000000001"
    assert rig.account.due() is None


def test_the_picture_has_all_that_is_drawn(rig: Rig) -> None:
    rig.stream()
    rig.put("1")
    picture = rig.account.snapshot(rig.now)
    assert (picture["region"], picture["account"], picture["throttling"]) == ("us-east-1", "000000000000", True)
    (stream,) = picture["streams"]
    assert (stream["status"], stream["created"], stream["created_ms"], stream["topic"]) == (
        "ACTIVE", EPOCH_MS, 0, "__kinesis.s"
    )  # fmt: skip
    shard = stream["shards"][3]
    assert (shard["id"], shard["partition"], shard["open"], shard["records"], shard["hw"], shard["ending"]) == (
        "shardId-000000000003", 3, True, 1, 1, None
    )  # fmt: skip
    assert shard["to"] == "340282366920938463463374607431768211455"


def test_a_stream_of_a_scenario_begins_when_the_calendar_is_set(rig: Rig) -> None:
    rig.offset_ms = 0
    rig.account.adopt(0, 0, {"stream": "s"})
    rig.settle()
    rig.account.calendar_moved(0, EPOCH_MS)
    rig.offset_ms = EPOCH_MS
    described = rig.call("DescribeStream", StreamName="s")["StreamDescription"]
    assert described["StreamCreationTimestamp"] == EPOCH_MS / 1000
    rig.put("1")
    answer = rig.read(rig.iterator("shardId-000000000003"))
    assert len(answer["Records"]) == 1
    rig.account.calendar_moved(rig.calendar_ms, EPOCH_MS)
    assert rig.call("DescribeStream", StreamName="s")["StreamDescription"] == described
