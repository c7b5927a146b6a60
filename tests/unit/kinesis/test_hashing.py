"""Which shard a partition key goes to."""

from __future__ import annotations

import pytest

from engine.kinesis.service.hashing import HASH_KEY_MAX, even_split, hash_key
from engine.kinesis.service.shard import number_of


def test_four_shards_have_the_very_ranges_that_aws_shows() -> None:
    assert even_split(4) == [
        (0, 85070591730234615865843651857942052863),
        (85070591730234615865843651857942052864, 170141183460469231731687303715884105727),
        (170141183460469231731687303715884105728, 255211775190703847597530955573826158591),
        (255211775190703847597530955573826158592, 340282366920938463463374607431768211455),
    ]


@pytest.mark.parametrize("shards", [1, 2, 3, 7, 10, 200])
def test_ranges_meet_and_cover_all_hash_keys(shards: int) -> None:
    ranges = even_split(shards)
    assert ranges[0][0] == 0
    assert ranges[-1][1] == HASH_KEY_MAX
    assert all(left[1] + 1 == right[0] for left, right in zip(ranges, ranges[1:], strict=False))


@pytest.mark.parametrize("key", ["1", "2"])
def test_the_keys_of_the_lecture_both_go_to_the_last_of_four(key: str) -> None:
    low, high = even_split(4)[3]
    assert low <= hash_key(key) <= high


def test_a_hash_key_is_the_md5_of_the_key() -> None:
    assert hash_key("1") == 0xC4CA4238A0B923820DCC509A6F75849B


@pytest.mark.parametrize(
    ("shard_id", "number"),
    [("shardId-000000000003", 3), ("shardId-00000000003", 3), ("3", 3), ("shardId-x", -1), ("shardId--1", -1),
     ("", -1), ("shardId-2147483648", -1), ("shardId-", -1)],
)  # fmt: skip
def test_a_shard_is_found_by_its_number_however_many_noughts_stand_before_it(shard_id: str, number: int) -> None:
    assert number_of(shard_id) == number
