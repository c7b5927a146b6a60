"""What a shard takes and gives in a second, and how often calls may be made: in virtual time."""

from __future__ import annotations

from base64 import b64encode

import pytest

from engine.kinesis.service.errors import KinesisError
from engine.kinesis.service.outcomes import Put
from tests.unit.kinesis.rig import Rig

RATE = "Rate exceeded for shard shardId-000000000000 in stream s under account 000000000000."
KIB_100 = b64encode(bytes(102_399)).decode()  # with a key of one byte: 100 KiB


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    rig.stream(shards=1)
    return rig


def many(rig: Rig, count: int, data: str = "") -> Put:
    records = [{"Data": data, "PartitionKey": "k"}] * count
    outcome = rig.ask("PutRecords", StreamName="s", Records=records)
    assert isinstance(outcome, Put)
    rig.account.put_done(outcome, rig.append(outcome))
    return outcome


def test_a_shard_takes_a_thousand_records_in_a_second(rig: Rig) -> None:
    assert not many(rig, 500).failed
    assert not many(rig, 500).failed
    with pytest.raises(KinesisError) as caught:
        rig.put("k")
    assert (caught.value.code, caught.value.message) == ("ProvisionedThroughputExceededException", RATE)
    rig.live(1)
    assert rig.put("k")


def test_of_a_call_what_is_too_much_fails_and_the_rest_is_taken(rig: Rig) -> None:
    many(rig, 500)
    many(rig, 300)
    answer = rig.call("PutRecords", StreamName="s", Records=[{"Data": "", "PartitionKey": "k"}] * 500)
    assert answer["FailedRecordCount"] == 300
    assert [record.get("ErrorCode") for record in answer["Records"]] == [None] * 200 + [
        "ProvisionedThroughputExceededException"
    ] * 300
    assert answer["Records"][-1]["ErrorMessage"] == RATE
    assert len(rig.log["__kinesis.s", 0]) == 1_000
    assert ("put_throttled", {"stream": "s", "shard": "shardId-000000000000", "client": "test", "why": "records",
                              "records": 300}) in rig.told  # fmt: skip


def test_a_shard_takes_a_mebibyte_in_a_second_keys_counted(rig: Rig) -> None:
    put = many(rig, 11, KIB_100)
    assert len(put.failed) == 1
    assert rig.told[-1][1]["why"] == "bytes"
    rig.live(1)
    assert not many(rig, 10, KIB_100).failed


def test_each_shard_has_its_own_second() -> None:
    rig = Rig()
    rig.stream(shards=2)
    half = str(1 << 127)
    for _ in range(2):
        records = [{"Data": "", "PartitionKey": "k", "ExplicitHashKey": key} for key in ("0", half)] * 250
        assert rig.call("PutRecords", StreamName="s", Records=records)["FailedRecordCount"] == 0
    records = [{"Data": "", "PartitionKey": "k", "ExplicitHashKey": "0"}] * 500
    assert rig.call("PutRecords", StreamName="s", Records=records)["FailedRecordCount"] == 0
    records = [{"Data": "", "PartitionKey": "k", "ExplicitHashKey": key} for key in ("0", half)]
    answer = rig.call("PutRecords", StreamName="s", Records=records)
    assert ["ErrorCode" in record for record in answer["Records"]] == [True, False]


def test_a_record_larger_than_a_second_goes_when_nothing_else_did_and_is_paid_for(rig: Rig) -> None:
    rig.call("UpdateMaxRecordSize", StreamARN=rig.account.streams["s"].arn, MaxRecordSizeInKiB=10_240)
    rig.live(5)
    assert rig.put("k", b64encode(bytes(3 << 20)).decode())
    for _ in range(3):
        with pytest.raises(KinesisError, match=RATE):
            rig.put("k", b64encode(bytes(1 << 20)).decode())
        rig.live(1)
    assert rig.put("k")


def test_a_shard_is_read_five_times_in_a_second(rig: Rig) -> None:
    iterator = rig.iterator()
    for _ in range(5):
        rig.read(iterator)
    with pytest.raises(KinesisError) as caught:
        rig.read(iterator)
    assert (caught.value.code, caught.value.message) == ("ProvisionedThroughputExceededException", RATE)
    assert rig.told[-1] == (
        "read_throttled", {"stream": "s", "shard": "shardId-000000000000", "client": "test", "why": "calls"}
    )  # fmt: skip
    rig.live(1)
    assert rig.read(iterator)["Records"] == []


def test_after_ten_mebibytes_a_shard_rests_for_five_seconds(rig: Rig) -> None:
    for _ in range(10):
        rig.put("k", b64encode(bytes((1 << 20) - 1)).decode())
        rig.live(1)
    answer = rig.read(rig.iterator())
    assert len(answer["Records"]) == 10
    for _ in range(5):
        with pytest.raises(KinesisError, match=RATE):
            rig.read(answer["NextShardIterator"])
        assert rig.told[-1][1]["why"] == "bytes"
        rig.live(1)
    assert rig.read(answer["NextShardIterator"])["Records"] == []


def test_iterators_are_handed_out_five_times_in_a_second(rig: Rig) -> None:
    for _ in range(5):
        rig.iterator()
    with pytest.raises(KinesisError, match=RATE):
        rig.iterator()


def test_a_switch_turns_all_of_it_off_and_on() -> None:
    rig = Rig(throttling=False)
    rig.stream(shards=1)
    for _ in range(5):
        assert not many(rig, 500, b64encode(bytes(2_000)).decode()).failed
    iterator = rig.iterator()
    for _ in range(20):
        rig.read(iterator, Limit=10)
        rig.call("DescribeLimits")
    rig.account.set_throttling(True)
    assert not many(rig, 500).failed, "what was owed is forgiven"
    assert rig.read(iterator, Limit=10)["Records"]


def test_calls_of_an_account_are_counted_by_the_second(rig: Rig) -> None:
    rig.live(5)
    for _ in range(5):
        rig.call("ListStreams")
    with pytest.raises(KinesisError, match="Rate exceeded for account 000000000000.") as caught:
        rig.call("ListStreams")
    assert caught.value.code == "LimitExceededException"
    rig.live(1)
    rig.call("ListStreams")


def test_calls_of_one_stream_are_no_calls_of_another(rig: Rig) -> None:
    rig.stream("t", 1)
    for _ in range(5):
        rig.call("ListTagsForStream", StreamName="s")
    with pytest.raises(KinesisError, match="Rate exceeded for stream s under account 000000000000."):
        rig.call("ListTagsForStream", StreamName="s")
    rig.call("ListTagsForStream", StreamName="t")


def test_what_went_in_the_last_second_is_seen_and_looking_changes_nothing(rig: Rig) -> None:
    rig.live(1)
    many(rig, 300)

    def shard() -> dict[str, object]:
        seen = rig.account.snapshot(rig.now)["streams"][0]["shards"][0]
        assert isinstance(seen, dict)
        return seen

    assert shard()["records_s"] == 0
    rig.live(1)
    assert [shard()["records_s"] for _ in range(2)] == [300, 300]
    assert (shard()["records"], shard()["bytes"]) == (300, 300)
    rig.live(1)
    assert shard()["records_s"] == 0
