"""Split, merge, UpdateShardCount: ranges, lineage, and the moment between a parent's end and its children."""

from __future__ import annotations

import pytest

from engine.kinesis.service.errors import KinesisError
from engine.kinesis.service.hashing import HASH_KEY_MAX
from engine.kinesis.service.outcomes import Later
from engine.kinesis.service.sequence import parse
from tests.unit.kinesis.resharding import QUARTER, merge, open_ranges, scale, split, whole
from tests.unit.kinesis.rig import Rig

ZERO, ONE, THREE, FOUR, FIVE = (f"shardId-{n:012d}" for n in (0, 1, 3, 4, 5))


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    rig.stream()
    return rig


# --- split, merge ------------------------------------------------------------------------------------------


def test_a_split_closes_the_parent_and_opens_two_children(rig: Rig) -> None:
    rig.put("1")
    split(rig)
    assert rig.status() == "UPDATING"
    rig.live(10)
    assert rig.status() == "ACTIVE"
    parent, *children = rig.shards()[3:]
    assert "EndingSequenceNumber" in parent["SequenceNumberRange"]
    assert [(child["ShardId"], child["ParentShardId"]) for child in children] == [(FOUR, THREE), (FIVE, THREE)]
    assert all("AdjacentParentShardId" not in child for child in children)
    assert children[1]["HashKeyRange"]["StartingHashKey"] == str(3 * QUARTER + QUARTER // 2)
    assert whole(open_ranges(rig))
    assert rig.topics["__kinesis.s"].partitions == 6


def test_a_childs_numbers_come_after_its_parents(rig: Rig) -> None:
    rig.put("1")
    split(rig)
    rig.live(10)
    last = rig.shards()[3]["SequenceNumberRange"]["EndingSequenceNumber"]
    assert int(rig.put("1")["SequenceNumber"]) > int(last)
    assert parse(last).shard == 3


def test_a_merge_has_two_parents_and_one_child(rig: Rig) -> None:
    merge(rig, ZERO, ONE)
    rig.live(10)
    child = rig.shards()[4]
    assert (child["ParentShardId"], child["AdjacentParentShardId"]) == (ZERO, ONE)
    assert child["HashKeyRange"] == {"StartingHashKey": "0", "EndingHashKey": str(2 * QUARTER - 1)}
    assert whole(open_ranges(rig))
    assert rig.events()[-4:] == ["shard_closed", "shard_closed", "shards_merged", "stream_active"]


def test_shards_may_be_named_in_either_order(rig: Rig) -> None:
    merge(rig, ONE, ZERO)
    rig.live(10)
    assert whole(open_ranges(rig))
    assert rig.shards()[4]["ParentShardId"] == ONE


def test_the_end_of_a_closed_shard_is_a_null_iterator_and_its_children(rig: Rig) -> None:
    rig.put("1")
    split(rig)
    rig.live(10)
    answer = rig.read(rig.iterator(THREE))
    assert len(answer["Records"]) == 1
    assert answer["NextShardIterator"] is None
    assert [child["ShardId"] for child in answer["ChildShards"]] == [FOUR, FIVE]
    assert answer["ChildShards"][0]["ParentShards"] == [THREE]


def test_a_reader_at_the_tip_learns_of_the_end_though_nothing_came(rig: Rig) -> None:
    iterator = rig.iterator(THREE, "LATEST")
    split(rig)
    rig.live(10)
    answer = rig.read(iterator)
    assert (answer["Records"], answer["NextShardIterator"]) == ([], None)
    assert len(answer["ChildShards"]) == 2


@pytest.mark.parametrize("kind", ["LATEST", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"])
def test_an_iterator_at_the_ending_number_of_a_closed_shard_stands_at_its_end(rig: Rig, kind: str) -> None:
    rig.put("1")
    split(rig)
    rig.live(10)
    number = rig.shards()[3]["SequenceNumberRange"]["EndingSequenceNumber"]
    p = {} if kind == "LATEST" else {"StartingSequenceNumber": number}
    answer = rig.read(rig.iterator(THREE, kind, **p))
    assert (answer["Records"], answer["NextShardIterator"]) == ([], None)


def test_no_child_opens_before_all_that_was_sent_to_the_parents_has_arrived(rig: Rig) -> None:
    rig.sealing = False
    merge(rig, ZERO, ONE)
    rig.live(10)
    assert [seal.shard for seal in rig.seals] == [ZERO, ONE]
    rig.account.sealed("s", ZERO, 7, rig.now, rig.calendar_ms)
    assert len(rig.shards()) == 4
    assert rig.ask("PutRecord", StreamName="s", PartitionKey="1", ExplicitHashKey="0", Data="") == Later("s")
    rig.account.sealed("s", ONE, 9, rig.now, rig.calendar_ms)
    rig.settle()
    assert [rig.account.streams["s"].shards[n].end for n in (0, 1)] == [7, 9]
    assert rig.put("1", ExplicitHashKey="0")["ShardId"] == FOUR
    assert rig.status() == "ACTIVE"


def test_a_seal_that_is_told_twice_or_of_nothing_is_nothing(rig: Rig) -> None:
    split(rig)
    rig.live(10)
    before = rig.shards()
    rig.account.sealed("s", THREE, 99, rig.now, rig.calendar_ms)
    rig.account.sealed("t", THREE, 99, rig.now, rig.calendar_ms)
    assert rig.shards() == before


@pytest.mark.parametrize("cut", [3 * QUARTER, 3 * QUARTER + 1, HASH_KEY_MAX, 0])
def test_a_cut_outside_the_shard_is_refused(rig: Rig, cut: int) -> None:
    with pytest.raises(KinesisError, match="is not both greater than one plus the shard's StartingHashKey") as caught:
        split(rig, THREE, cut)
    assert caught.value.code == "InvalidArgumentException"


def test_shards_that_do_not_meet_are_not_merged(rig: Rig) -> None:
    with pytest.raises(KinesisError, match="are not an adjacent pair of shards eligible for merging"):
        merge(rig, ZERO, THREE)


def test_a_closed_shard_is_neither_split_nor_merged(rig: Rig) -> None:
    split(rig)
    rig.live(10)
    with pytest.raises(KinesisError, match="has already been merged or split"):
        split(rig)
    with pytest.raises(KinesisError, match="has already been merged or split"):
        merge(rig, "shardId-000000000002", THREE)


def test_only_one_resharding_at_a_time(rig: Rig) -> None:
    split(rig)
    for change in (split, lambda rig: merge(rig, ZERO, ONE), lambda rig: scale(rig, 8)):
        with pytest.raises(KinesisError, match="Stream s under account 000000000000 not ACTIVE, instead in state UPD"):
            change(rig)


def test_shards_of_a_stream_on_demand_are_its_own_business() -> None:
    rig = Rig()
    rig.stream(StreamModeDetails={"StreamMode": "ON_DEMAND"})
    assert len(rig.shards()) == 4
    for change in (split, lambda rig: merge(rig, ZERO, ONE), lambda rig: scale(rig, 8)):
        with pytest.raises(KinesisError, match="is in On-Demand mode") as caught:
            change(rig)
        assert caught.value.code == "ValidationException"
