"""Shard iterators and GetRecords."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

import pytest

from engine.kinesis.service.outcomes import Done, Locate
from engine.kinesis.service.quotas import LOOK_MS
from engine.kinesis.service.reading import sealed_at
from tests.unit.kinesis.rig import EPOCH_MS, Rig

THREE = "shardId-000000000003"


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    rig.stream()
    return rig


def data(answer: Any) -> list[str]:
    return [b64decode(record["Data"]).decode() for record in answer["Records"]]


def read_on(rig: Rig, iterator: str) -> Any:
    """The first answer with records."""
    for _ in range(20):
        answer = rig.read(iterator)
        if answer["Records"]:
            return answer
        iterator = answer["NextShardIterator"]
        rig.live(1)
    raise AssertionError("nothing but empty answers")


def put(rig: Rig, *texts: str) -> list[str]:
    return [rig.put("1", b64encode(text.encode()).decode())["SequenceNumber"] for text in texts]


def test_a_reader_from_the_trim_horizon_gets_all_and_then_nothing(rig: Rig) -> None:
    numbers = put(rig, "a", "b", "c")
    answer = rig.read(rig.iterator(THREE))
    assert data(answer) == ["a", "b", "c"]
    assert [record["SequenceNumber"] for record in answer["Records"]] == numbers
    assert answer["Records"][0]["PartitionKey"] == "1"
    assert answer["Records"][0]["ApproximateArrivalTimestamp"] == EPOCH_MS / 1000 + 10
    after = rig.read(answer["NextShardIterator"])
    assert (after["Records"], after["MillisBehindLatest"]) == ([], 0)
    assert after["NextShardIterator"]
    assert "ChildShards" not in after


def test_a_reader_of_the_latest_gets_what_comes_later(rig: Rig) -> None:
    put(rig, "a")
    iterator = rig.iterator(THREE, "LATEST")
    put(rig, "b")
    assert data(rig.read(iterator)) == ["b"]


@pytest.mark.parametrize(("kind", "expected"), [("AT_SEQUENCE_NUMBER", ["b", "c"]), ("AFTER_SEQUENCE_NUMBER", ["c"])])
def test_a_sequence_number_is_a_place_that_needs_no_search(rig: Rig, kind: str, expected: list[str]) -> None:
    numbers = put(rig, "a", "b", "c")
    p = {"StreamName": "s", "ShardId": THREE, "ShardIteratorType": kind, "StartingSequenceNumber": numbers[1]}
    assert isinstance(rig.ask("GetShardIterator", **p), Done)
    assert data(rig.read(rig.call("GetShardIterator", **p)["ShardIterator"])) == expected


def test_a_shards_own_starting_number_is_its_beginning(rig: Rig) -> None:
    put(rig, "a")
    start = rig.shards()[3]["SequenceNumberRange"]["StartingSequenceNumber"]
    for kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
        assert data(rig.read(rig.iterator(THREE, kind, StartingSequenceNumber=start))) == ["a"]


def test_a_reader_from_a_moment_gets_what_arrived_then_or_later(rig: Rig) -> None:
    put(rig, "a")
    rig.live(3)
    moment = rig.calendar_ms / 1000
    put(rig, "b")
    rig.live(3)
    put(rig, "c")
    assert data(rig.read(rig.iterator(THREE, "AT_TIMESTAMP", Timestamp=moment))) == ["b", "c"]


def test_limit_cuts_and_the_next_iterator_goes_on(rig: Rig) -> None:
    put(rig, "a")
    rig.live(2)
    put(rig, "b")
    first = rig.read(rig.iterator(THREE), Limit=1)
    assert data(first) == ["a"]
    assert first["MillisBehindLatest"] == 2_000
    assert data(rig.read(first["NextShardIterator"], Limit=1)) == ["b"]


def test_an_iterator_may_be_used_again(rig: Rig) -> None:
    put(rig, "a")
    iterator = rig.iterator(THREE)
    assert data(rig.read(iterator)) == data(rig.read(iterator)) == ["a"]


def test_an_empty_answer_is_not_the_end(rig: Rig) -> None:
    """Nothing arrived for a long time: one look does not get over all of it."""
    rig.live(LOOK_MS / 1000 * 2.2)
    put(rig, "a")
    iterator, empty = rig.iterator(THREE), 0
    behind = []
    while not (answer := rig.read(iterator))["Records"]:
        iterator = answer["NextShardIterator"]
        behind.append(answer["MillisBehindLatest"])
        empty += 1
    assert empty == 2
    assert behind == sorted(behind, reverse=True)
    assert behind[-1] > 0
    assert data(answer) == ["a"]


def test_a_reader_at_the_tip_is_not_sent_through_the_stillness_before_a_record(rig: Rig) -> None:
    iterator = rig.iterator(THREE)
    for _ in range(10):
        iterator = rig.read(iterator)["NextShardIterator"]
        rig.live(100)
    put(rig, "a")
    assert data(rig.read(iterator)) == ["a"]


def test_time_that_was_not_lived_is_no_stillness(rig: Rig) -> None:
    rig.account.calendar_moved(rig.calendar_ms, 86_400_000)
    rig.offset_ms += 86_400_000
    put(rig, "a")
    assert data(rig.read(rig.iterator(THREE))) == ["a"]


# --- what has expired --------------------------------------------------------------------------------------


def test_records_older_than_the_retention_are_not_read(rig: Rig) -> None:
    put(rig, "old")
    rig.live(23 * 3600)
    put(rig, "new")
    rig.live(2 * 3600)
    assert data(read_on(rig, rig.iterator(THREE))) == ["new"]
    locate = rig.ask("GetShardIterator", StreamName="s", ShardId=THREE, ShardIteratorType="TRIM_HORIZON")
    assert isinstance(locate, Locate)
    assert (locate.what, locate.timestamp_ms) == ("horizon", rig.calendar_ms - 86_400_000)


def test_an_iterator_that_stands_before_the_horizon_skips_what_has_expired(rig: Rig) -> None:
    put(rig, "old")
    rig.live(86_400 - 60)
    put(rig, "new")
    iterator = rig.iterator(THREE, "AT_SEQUENCE_NUMBER", StartingSequenceNumber=rig.shards()[3]["SequenceNumberRange"][
        "StartingSequenceNumber"])  # fmt: skip
    rig.live(120)
    assert data(read_on(rig, iterator)) == ["new"]


def test_time_that_was_not_lived_expires_nothing(rig: Rig) -> None:
    put(rig, "a")
    rig.account.calendar_moved(rig.calendar_ms, 30 * 86_400_000)
    rig.offset_ms += 30 * 86_400_000
    put(rig, "b")
    assert data(rig.read(rig.iterator(THREE))) == ["a", "b"]
    rig.live(12 * 3600)
    assert len(rig.read(rig.iterator(THREE))["Records"]) == 2


def test_a_longer_retention_keeps_what_a_shorter_one_would_not(rig: Rig) -> None:
    put(rig, "a")
    rig.call("IncreaseStreamRetentionPeriod", StreamName="s", RetentionPeriodHours=72)
    rig.live(48 * 3600)
    put(rig, "b")
    assert data(rig.read(rig.iterator(THREE))) == ["a", "b"]
    assert rig.topics["__kinesis.s"].configs["retention.ms"] == str(72 * 3_600_000)


# --- encryption ---------------------------------------------------------------------------------------------


def test_each_record_tells_whether_it_came_in_encrypted(rig: Rig) -> None:
    put(rig, "plain")
    rig.live(1)
    rig.call("StartStreamEncryption", StreamName="s", EncryptionType="KMS", KeyId="alias/aws/kinesis")
    assert rig.put("1", "")["EncryptionType"] == "KMS"
    rig.live(5)
    rig.call("StopStreamEncryption", StreamName="s", EncryptionType="KMS", KeyId="alias/aws/kinesis")
    rig.live(5)
    put(rig, "plain again")
    kinds = [record.get("EncryptionType") for record in rig.read(rig.iterator(THREE))["Records"]]
    assert kinds == [None, "KMS", None]
    assert not sealed_at([[5, 9]], 9)


def test_partition_keys_of_all_kinds_come_back_as_they_were(rig: Rig) -> None:
    keys = ['"', "\\", "ção", "日本", "a b", "\u2028", "{}", "0", "<script>"]
    for key in keys:
        rig.put(key, ExplicitHashKey="0")
    answer = rig.read(rig.iterator())
    assert [record["PartitionKey"] for record in answer["Records"]] == keys


def test_where_readers_stand_is_kept_for_people_to_see(rig: Rig) -> None:
    put(rig, "a", "b")
    first = rig.read(rig.iterator(THREE), Limit=1)
    assert [(p["kind"], p["offset"]) for p in rig.account.snapshot(rig.now)["iterators"]] == [("TRIM_HORIZON", 1)]
    rig.read(first["NextShardIterator"], client="other")
    assert [p["client"] for p in rig.account.snapshot(rig.now)["iterators"]] == ["test", "other"]
