"""Shard iterators: what is one, how long it holds, and where it may stand."""

from __future__ import annotations

from typing import Any

import pytest

from engine.kinesis.service.errors import KinesisError
from tests.unit.kinesis.rig import Rig

THREE = "shardId-000000000003"


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    rig.stream()
    return rig


# --- iterators that are none -------------------------------------------------------------------------------


def test_an_iterator_expires_after_five_minutes(rig: Rig) -> None:
    iterator = rig.iterator(THREE)
    rig.live(300)
    assert rig.read(iterator)["Records"] == []
    rig.live(0.001)
    with pytest.raises(KinesisError) as caught:
        rig.read(iterator)
    assert caught.value.code == "ExpiredIteratorException"
    assert caught.value.message == (
        "Iterator expired. The iterator was created at time Wed Sep 14 12:56:37 UTC 2022 while right now it is "
        "Wed Sep 14 13:01:37 UTC 2022 which is further in the future than the tolerated delay of 300000 milliseconds."
    )
    assert "iterator_expired" in rig.events()


def test_a_calendar_that_was_moved_lets_no_iterator_expire(rig: Rig) -> None:
    iterator = rig.iterator(THREE)
    rig.offset_ms += 86_400_000
    assert rig.read(iterator)["Records"] == []


def changed(iterator: str, how: str) -> str:
    return {
        "garbage": "nonsense", "quoted": f'"{iterator}"', "cut": iterator[:-4], "longer": iterator + "AAAA",
        "changed": iterator[:40] + ("A" if iterator[40] != "A" else "B") + iterator[41:], "spaced": " " + iterator,
        "in two lines": iterator[:76] + "\n" + iterator[76:], "not ascii": "é" * 40, "short": "AAAAAAAAAAE=",
        "another version": "B" + iterator[1:],
    }[how]  # fmt: skip


@pytest.mark.parametrize(
    "how", ["garbage", "quoted", "cut", "longer", "changed", "spaced", "in two lines", "not ascii", "short",
            "another version"],
)  # fmt: skip
def test_what_is_no_iterator_is_invalid(rig: Rig, how: str) -> None:
    with pytest.raises(KinesisError, match="Invalid ShardIterator.") as caught:
        rig.read(changed(rig.iterator(THREE), how))
    assert caught.value.code == "InvalidArgumentException"


@pytest.mark.parametrize(
    ("value", "code"),
    [(None, "ValidationException"), ("", "ValidationException"), (7, "SerializationException"),
     ("A" * 513, "ValidationException")],
)  # fmt: skip
def test_an_iterator_must_be_a_text_that_could_be_one(rig: Rig, value: object, code: str) -> None:
    with pytest.raises(KinesisError) as caught:
        rig.call("GetRecords", ShardIterator=value)
    assert caught.value.code == code


def test_an_iterator_of_another_stream_is_invalid(rig: Rig) -> None:
    rig.stream("t", 1)
    with pytest.raises(KinesisError, match="Invalid ShardIterator."):
        rig.read(rig.iterator(THREE), StreamARN="arn:aws:kinesis:us-east-1:000000000000:stream/t")


def test_an_iterator_of_a_deleted_stream_leads_nowhere_even_if_one_of_that_name_is_there(rig: Rig) -> None:
    iterator = rig.iterator(THREE)
    rig.call("DeleteStream", StreamName="s")
    rig.live(10)
    text = f"Shard {THREE} in stream s under account 000000000000 does not exist"
    with pytest.raises(KinesisError, match=text):
        rig.read(iterator)
    rig.stream()
    with pytest.raises(KinesisError, match=text):
        rig.read(iterator)


def test_a_next_token_is_no_iterator(rig: Rig) -> None:
    token = rig.call("ListShards", StreamName="s", MaxResults=1)["NextToken"]
    with pytest.raises(KinesisError, match="Invalid ShardIterator."):
        rig.read(token)


def test_an_iterator_looks_like_one_of_aws(rig: Rig) -> None:
    assert rig.iterator(THREE).startswith("AAAAAAAAAA")
    assert 150 < len(rig.iterator(THREE)) < 300
    rig.live(1)
    long = "n" * 128
    rig.stream(long, 1)
    assert len(rig.iterator(name=long)) <= 512


# --- where to begin: what does not go together --------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "p", "text"),
    [
        ("LATEST", {"StartingSequenceNumber": "1"}, "Request specified LATEST and also a StartingSequenceNumber."),
        ("AT_SEQUENCE_NUMBER", {}, "Request specified AT_SEQUENCE_NUMBER and no StartingSequenceNumber."),
        ("AT_SEQUENCE_NUMBER", {"StartingSequenceNumber": "1"}, "is invalid."),
        ("AT_TIMESTAMP", {}, "Current request has no timestamp parameter."),
        ("AT_TIMESTAMP", {"Timestamp": 4e9}, "cannot be greater than the currentTimestampInMillis"),
    ],
)
def test_places_that_do_not_go_together_are_refused(rig: Rig, kind: str, p: dict[str, Any], text: str) -> None:
    with pytest.raises(KinesisError) as caught:
        rig.iterator(THREE, kind, **p)
    assert caught.value.code == "InvalidArgumentException"
    assert text in caught.value.message


def test_a_number_of_another_shard_or_stream_is_refused(rig: Rig) -> None:
    number = rig.put("1")["SequenceNumber"]
    with pytest.raises(KinesisError, match="It encodes shardId-000000000003, while it was used in a call to a shard"):
        rig.iterator("shardId-000000000000", "AT_SEQUENCE_NUMBER", StartingSequenceNumber=number)
    rig.stream("t")
    with pytest.raises(KinesisError, match="is invalid because it did not come from this stream."):
        rig.iterator(THREE, "AT_SEQUENCE_NUMBER", "t", StartingSequenceNumber=number)


@pytest.mark.parametrize(
    ("shard", "text"),
    [("shardId-000000000009", "Shard shardId-000000000009 in stream s under account 000000000000 does not exist"),
     ("shardId-x", "Could not find shard shardId-x in stream s under account 000000000000.")],
)  # fmt: skip
def test_a_shard_that_is_not_there_is_not_found(rig: Rig, shard: str, text: str) -> None:
    with pytest.raises(KinesisError, match=text) as caught:
        rig.iterator(shard)
    assert caught.value.code == "ResourceNotFoundException"


def test_a_shard_id_of_the_slide_with_a_nought_too_few_is_understood(rig: Rig) -> None:
    rig.put("1")
    assert len(rig.read(rig.iterator("shardId-00000000003"))["Records"]) == 1
