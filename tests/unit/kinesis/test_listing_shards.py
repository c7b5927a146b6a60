"""ListShards: filters, pages, and shards whose records have all expired."""

from __future__ import annotations

from typing import Any

import pytest

from engine.kinesis.service.errors import KinesisError
from tests.unit.kinesis.rig import EPOCH_MS, Rig


@pytest.fixture
def rig() -> Rig:
    """Two shards; from second 104 on the first is 2 and 3; from second 208 on these are 4."""
    rig = Rig()
    rig.stream(shards=2)
    rig.live(90)
    rig.call("SplitShard", StreamName="s", ShardToSplit="shardId-000000000000", NewStartingHashKey=str(1 << 126))
    rig.live(104)
    rig.call(
        "MergeShards", StreamName="s", ShardToMerge="shardId-000000000002", AdjacentShardToMerge="shardId-000000000003"
    )
    rig.live(96)
    assert rig.now == 300 * 10**9
    return rig


def numbers(shards: list[Any]) -> list[int]:
    return [int(shard["ShardId"][-3:]) for shard in shards]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (None, [0, 1, 2, 3, 4]),
        ({"Type": "FROM_TRIM_HORIZON"}, [0, 1, 2, 3, 4]),
        ({"Type": "AT_TRIM_HORIZON"}, [0, 1]),
        ({"Type": "AT_LATEST"}, [1, 4]),
        ({"Type": "AFTER_SHARD_ID", "ShardId": "shardId-000000000002"}, [3, 4]),
        ({"Type": "AT_TIMESTAMP", "Timestamp": EPOCH_MS / 1000 + 50}, [0, 1]),
        ({"Type": "AT_TIMESTAMP", "Timestamp": EPOCH_MS / 1000 + 150}, [1, 2, 3]),
        ({"Type": "AT_TIMESTAMP", "Timestamp": EPOCH_MS / 1000 + 250}, [1, 4]),
        ({"Type": "AT_TIMESTAMP", "Timestamp": 5}, [0, 1]),
        ({"Type": "FROM_TIMESTAMP", "Timestamp": EPOCH_MS / 1000 + 150}, [1, 2, 3, 4]),
        ({"Type": "FROM_TIMESTAMP", "Timestamp": EPOCH_MS / 1000 + 250}, [1, 4]),
    ],
)
def test_a_filter_shows_the_shards_of_a_moment(rig: Rig, wanted: Any, expected: list[int]) -> None:
    p = {"ShardFilter": wanted} if wanted else {}
    assert numbers(rig.shards(**p)) == expected
    token, found = None, []
    for _ in range(5):
        asked = {"NextToken": token} if token else {"StreamName": "s", **p}
        page = rig.call("ListShards", MaxResults=1, **asked)
        found += numbers(page["Shards"])
        token = page.get("NextToken")
        if token is None:
            break
    assert found == expected


@pytest.mark.parametrize(
    "wanted",
    [{"Type": "AFTER_SHARD_ID"}, {"Type": "AT_TIMESTAMP"}, {"Type": "AT_LATEST", "ShardId": "shardId-000000000002"},
     {"Type": "AT_LATEST", "Timestamp": 5}],
)  # fmt: skip
def test_a_filter_needs_what_it_needs_and_no_more(rig: Rig, wanted: Any) -> None:
    with pytest.raises(KinesisError, match="be provided for the shard filter type") as caught:
        rig.shards(ShardFilter=wanted)
    assert caught.value.code == "InvalidArgumentException"


def test_closed_shards_go_when_all_their_records_have_expired(rig: Rig) -> None:
    rig.live(86_400 - 300 + 150)
    assert numbers(rig.shards()) == [1, 2, 3, 4]
    rig.live(100)
    assert numbers(rig.shards()) == [1, 4]
    assert numbers(rig.shards(ShardFilter={"Type": "AT_TRIM_HORIZON"})) == [1, 4]


def test_a_shard_id_is_where_a_listing_goes_on(rig: Rig) -> None:
    assert numbers(rig.shards(ExclusiveStartShardId="shardId-000000000003")) == [4]


@pytest.mark.parametrize(
    ("p", "text"),
    [
        ({}, "Either NextToken or StreamName should be provided."),
        ({"StreamName": "s", "NextToken": "x"}, "NextToken and StreamName cannot be provided together."),
        ({"NextToken": "x", "ExclusiveStartShardId": "y"}, "NextToken and ExclusiveStartShardId or ShardFilter cannot"),
        ({"NextToken": "x"}, "Invalid NextToken."),
    ],
)
def test_what_does_not_go_together_is_refused(rig: Rig, p: dict[str, Any], text: str) -> None:
    with pytest.raises(KinesisError, match=text) as caught:
        rig.call("ListShards", **p)
    assert caught.value.code == "InvalidArgumentException"


def test_an_iterator_is_no_next_token(rig: Rig) -> None:
    with pytest.raises(KinesisError, match="Invalid NextToken."):
        rig.call("ListShards", NextToken=rig.iterator())


def test_a_next_token_expires_after_five_minutes(rig: Rig) -> None:
    token = rig.call("ListShards", StreamName="s", MaxResults=1)["NextToken"]
    rig.live(300)
    rig.call("ListShards", NextToken=token)
    rig.live(1)
    with pytest.raises(KinesisError) as caught:
        rig.call("ListShards", NextToken=token)
    assert caught.value.code == "ExpiredNextTokenException"


def test_a_stream_is_told_from_an_earlier_one_by_its_creation(rig: Rig) -> None:
    assert len(rig.shards(StreamCreationTimestamp=EPOCH_MS / 1000)) == 5
    with pytest.raises(KinesisError, match="not found"):
        rig.shards(StreamCreationTimestamp=EPOCH_MS / 1000 + 5)
    token = rig.call("ListShards", StreamName="s", MaxResults=1)["NextToken"]
    rig.call("DeleteStream", StreamName="s")
    rig.live(10)
    rig.stream()
    with pytest.raises(KinesisError, match="not found"):
        rig.call("ListShards", NextToken=token)
