"""PutRecord, PutRecords: which shard, which number, what is refused."""

from __future__ import annotations

from base64 import b64encode

import pytest

from engine.kinesis.service.errors import KinesisError
from engine.kinesis.service.outcomes import Later, Put
from engine.kinesis.service.sequence import parse
from tests.unit.kinesis.rig import EPOCH_MS, Rig

TOP = str((1 << 128) - 1)
QUARTER = 1 << 126


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    rig.stream()
    return rig


def test_a_record_is_put_and_told_where_it_stands(rig: Rig) -> None:
    answer = rig.put("1")
    assert answer["ShardId"] == "shardId-000000000003"
    number = parse(answer["SequenceNumber"])
    assert (number.shard, number.offset, number.created) == (3, 0, EPOCH_MS // 1000)
    assert "EncryptionType" not in answer


def test_numbers_of_a_shard_grow(rig: Rig) -> None:
    numbers = []
    for _ in range(5):
        numbers.append(int(rig.put("1")["SequenceNumber"]))
        rig.live(0.7)
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize(
    ("hash_key", "shard"),
    [("0", 0), (str(QUARTER - 1), 0), (str(QUARTER), 1), (str(3 * QUARTER - 1), 2), (str(3 * QUARTER), 3), (TOP, 3)],
)
def test_an_explicit_hash_key_is_taken_at_both_ends_of_a_range(rig: Rig, hash_key: str, shard: int) -> None:
    assert rig.put("1", ExplicitHashKey=hash_key)["ShardId"] == f"shardId-{shard:012d}"


def test_an_explicit_hash_key_beyond_all_shards_is_refused(rig: Rig) -> None:
    with pytest.raises(KinesisError, match=r"must be in the range: \[0, 2\^128-1\]") as caught:
        rig.put("1", ExplicitHashKey=str(1 << 128))
    assert caught.value.code == "InvalidArgumentException"


def test_records_of_one_call_keep_their_places_in_the_answer(rig: Rig) -> None:
    keys = [str(n) for n in range(40)]
    answer = rig.call("PutRecords", StreamName="s", Records=[{"Data": "", "PartitionKey": key} for key in keys])
    alone = [rig.put(key)["ShardId"] for key in keys]
    assert answer["FailedRecordCount"] == 0
    assert [record["ShardId"] for record in answer["Records"]] == alone


def test_a_call_makes_one_batch_for_each_shard_in_order(rig: Rig) -> None:
    records = [{"Data": b64encode(b"%d" % n).decode(), "PartitionKey": str(n % 5)} for n in range(50)]
    put = rig.ask("PutRecords", StreamName="s", Records=records)
    assert isinstance(put, Put)
    assert len({part.partition for part in put.parts}) == len(put.parts)
    assert all(part.indexes == sorted(part.indexes) for part in put.parts)
    assert sorted(place for part in put.parts for place in part.indexes) == list(range(50))


def test_a_stream_is_named_by_its_arn_as_well(rig: Rig) -> None:
    arn = "arn:aws:kinesis:us-east-1:000000000000:stream/s"
    assert rig.call("PutRecord", StreamARN=arn, PartitionKey="1", Data="")["ShardId"] == "shardId-000000000003"


def test_what_the_log_does_not_take_is_an_internal_failure(rig: Rig) -> None:
    rig.lost = True
    with pytest.raises(KinesisError, match="Internal service failure.") as caught:
        rig.put("1")
    assert (caught.value.code, caught.value.status) == ("InternalFailureException", 500)
    answer = rig.call("PutRecords", StreamName="s", Records=[{"Data": "", "PartitionKey": "1"}])
    assert answer["FailedRecordCount"] == 1
    assert answer["Records"][0]["ErrorCode"] == "InternalFailureException"


@pytest.mark.parametrize("state", ["CREATING", "DELETING"])
def test_a_stream_that_comes_or_goes_takes_nothing(state: str) -> None:
    rig = Rig()
    rig.call("CreateStream", StreamName="s", ShardCount=1)
    if state == "DELETING":
        rig.live(10)
        rig.call("DeleteStream", StreamName="s")
    assert rig.status() == state
    with pytest.raises(KinesisError, match="Stream s under account 000000000000 not found.") as caught:
        rig.put("1")
    assert caught.value.code == "ResourceNotFoundException"


def test_a_stream_that_is_updating_takes_records(rig: Rig) -> None:
    rig.call("IncreaseStreamRetentionPeriod", StreamName="s", RetentionPeriodHours=48)
    assert rig.status() == "UPDATING"
    assert rig.put("1")["ShardId"] == "shardId-000000000003"


def test_while_a_shard_is_being_sealed_its_writers_wait_and_others_do_not(rig: Rig) -> None:
    rig.sealing = False
    cut = str(3 * QUARTER + (1 << 125))
    rig.call("SplitShard", StreamName="s", ShardToSplit="shardId-000000000003", NewStartingHashKey=cut)
    assert isinstance(rig.ask("PutRecord", StreamName="s", PartitionKey="1", Data=""), Put)
    rig.live(5)
    outcome = rig.ask("PutRecord", StreamName="s", PartitionKey="1", Data="")
    assert outcome == Later("s")
    assert rig.account.waiting("s")
    assert isinstance(rig.ask("PutRecord", StreamName="s", PartitionKey="1", ExplicitHashKey="0", Data=""), Put)
    rig.seal()
    assert not rig.account.waiting("s")
    assert rig.put("1")["ShardId"] == "shardId-000000000004"


@pytest.mark.parametrize(
    ("record", "code", "text"),
    [
        ({"Data": ""}, "ValidationException", "Value null at 'partitionKey'"),
        ({"PartitionKey": "1"}, "ValidationException", "Value null at 'data'"),
        ({"PartitionKey": "", "Data": ""}, "ValidationException", "at 'partitionKey' failed to satisfy constraint"),
        ({"PartitionKey": "k" * 257, "Data": ""}, "ValidationException", "less than or equal to 256"),
        ({"PartitionKey": 1, "Data": ""}, "SerializationException", "PartitionKey"),
        ({"PartitionKey": "1", "Data": "teste"}, "SerializationException", "base64"),
        ({"PartitionKey": "1", "Data": 7}, "SerializationException", "Data"),
        ({"PartitionKey": "\ud800", "Data": ""}, "SerializationException", "PartitionKey"),
        ({"PartitionKey": "1", "Data": "", "ExplicitHashKey": "x"}, "ValidationException", "explicitHashKey"),
        ({"PartitionKey": "1", "Data": "", "ExplicitHashKey": 5}, "ValidationException", "explicitHashKey"),
        ({"PartitionKey": "1", "Data": b64encode(bytes(1 << 20)).decode()}, "ValidationException", "1048576"),
        (
            {"PartitionKey": "1", "Data": "", "SequenceNumberForOrdering": "5"},
            "InvalidArgumentException",
            "used in Put",
        ),
    ],
)
def test_what_is_wrong_with_a_record_is_said(rig: Rig, record: dict[str, object], code: str, text: str) -> None:
    with pytest.raises(KinesisError) as caught:
        rig.call("PutRecord", StreamName="s", **record)
    assert caught.value.code == code
    assert text in caught.value.message


@pytest.mark.parametrize(
    ("records", "code"),
    [(None, "ValidationException"), ([], "ValidationException"), ("x", "SerializationException"),
     ([7], "SerializationException"), ([None], "SerializationException"),
     ([{"Data": "", "PartitionKey": "1"}] * 501, "ValidationException"),
     ([{"Data": b64encode(bytes(1_000_000)).decode(), "PartitionKey": "1"}] * 11, "InvalidArgumentException")],
    ids=["none", "empty", "text", "number", "null", "501", "too many bytes"],
)  # fmt: skip
def test_records_that_are_no_list_of_records_are_refused(rig: Rig, records: object, code: str) -> None:
    with pytest.raises(KinesisError) as caught:
        rig.call("PutRecords", StreamName="s", Records=records)
    assert caught.value.code == code


def test_a_flaw_names_its_place_in_the_call(rig: Rig) -> None:
    with pytest.raises(KinesisError, match=r"Value null at 'records\.2\.member\.partitionKey'"):
        rig.call("PutRecords", StreamName="s", Records=[{"Data": "", "PartitionKey": "1"}, {"Data": ""}])


def test_a_larger_record_goes_where_the_stream_allows_it(rig: Rig) -> None:
    arn = rig.account.streams["s"].arn
    rig.call("UpdateMaxRecordSize", StreamARN=arn, MaxRecordSizeInKiB=10_240)
    rig.live(5)
    assert rig.put("1", b64encode(bytes(9 << 20)).decode())["ShardId"] == "shardId-000000000003"


def test_a_dry_run_writes_nothing(rig: Rig) -> None:
    with pytest.raises(KinesisError) as caught:
        rig.put("1", DryRun=True)
    assert caught.value.code == "DryRunOperationException"
    assert not any(rig.log.values())
