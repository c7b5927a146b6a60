"""UpdateShardCount: from one number of even shards to another."""

from __future__ import annotations

import pytest

from engine.kinesis.service.errors import KinesisError
from engine.kinesis.service.hashing import HASH_KEY_MAX
from tests.unit.kinesis.resharding import QUARTER, open_ranges, scale, split, whole
from tests.unit.kinesis.rig import Rig


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    rig.stream()
    return rig


def test_doubling_splits_every_shard_once(rig: Rig) -> None:
    answer = scale(rig, 8)
    assert (answer["CurrentShardCount"], answer["TargetShardCount"], answer["StreamName"]) == (4, 8, "s")
    rig.live(10)
    shards = rig.shards()
    assert len(shards) == 12
    assert [shard["ParentShardId"] for shard in shards[4:]] == [shards[n // 2]["ShardId"] for n in range(8)]
    assert {high - low for low, high in open_ranges(rig)} == {(1 << 125) - 1}


def test_halving_merges_pairs(rig: Rig) -> None:
    scale(rig, 2)
    rig.live(10)
    assert open_ranges(rig) == [(0, 2 * QUARTER - 1), (2 * QUARTER, HASH_KEY_MAX)]
    assert len(rig.shards()) == 6


TARGETS = [(was, to) for was in range(1, 8) for to in range((was + 1) // 2, 2 * was + 1) if to != was]


@pytest.mark.parametrize(("first", "target"), TARGETS)
def test_any_target_from_half_to_double_ends_in_shards_of_one_size(first: int, target: int) -> None:
    rig = Rig()
    rig.stream(shards=first)
    scale(rig, target)
    rig.live(10)
    ranges = open_ranges(rig)
    assert len(ranges) == target
    assert whole(ranges)
    sizes = [high - low for low, high in ranges]
    assert max(sizes) - min(sizes) < 1 << 70
    assert rig.status() == "ACTIVE"
    lineage(rig)


def lineage(rig: Rig) -> None:
    """Every closed shard has children that cover its range; every child's parents are closed."""
    shards = {shard["ShardId"]: shard for shard in rig.shards()}
    stream = rig.account.streams["s"]
    for shard in stream.shards:
        closed = "EndingSequenceNumber" in shards[shard.id]["SequenceNumberRange"]
        assert closed == bool(shard.children)
        if closed:
            children = stream.children(shard)
            assert min(child.low for child in children) <= shard.low
            assert max(child.high for child in children) >= shard.high
        for parent in shard.parents:
            assert stream.shards[parent].created < shard.created


def test_doubled_and_halved_again_the_ranges_are_as_before() -> None:
    rig = Rig()
    rig.stream(shards=3)
    before = open_ranges(rig)
    for target in (6, 3, 6, 3):
        scale(rig, target)
        rig.live(10)
    assert open_ranges(rig) == before
    assert len(rig.shards()) == 3 + 6 + 3 + 6 + 3


def test_uneven_shards_become_even(rig: Rig) -> None:
    split(rig, "shardId-000000000000", 1000)
    rig.live(10)
    scale(rig, 4)
    rig.live(10)
    assert len(open_ranges(rig)) == 4
    assert whole(open_ranges(rig))


@pytest.mark.parametrize(("target", "way"), [(9, "up over double"), (1, "down below half")])
def test_no_more_than_double_no_less_than_half(rig: Rig, target: int, way: str) -> None:
    with pytest.raises(KinesisError) as caught:
        scale(rig, target)
    assert caught.value.code == "LimitExceededException"
    assert caught.value.message == (
        f"UpdateShardCount cannot scale {way} your current open shard count. Current open shard count: 4 "
        f"Target shard count: {target}"
    )


def test_nothing_to_do_is_said(rig: Rig) -> None:
    with pytest.raises(KinesisError, match="already has 4 open shards of the same size"):
        scale(rig, 4)


def test_ten_times_a_day_and_no_more() -> None:
    rig = Rig()
    rig.stream(shards=1)
    for target in (2, 1) * 5:
        scale(rig, target)
        rig.live(60)
    with pytest.raises(KinesisError, match="10 successful UpdateShardCount calls") as caught:
        scale(rig, 2)
    assert caught.value.code == "LimitExceededException"
    rig.live(86_400)
    scale(rig, 2)


def test_an_account_has_so_many_shards_and_a_stream_so_many_in_its_life(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig()
    rig.stream(shards=150)
    with pytest.raises(KinesisError, match="Current shard count for the account: 150. Limit: 200. Number of add"):
        scale(rig, 300)
    monkeypatch.setattr("engine.kinesis.service.operations.resharding.STREAM_SHARDS_MAX", 200)
    with pytest.raises(KinesisError, match="would have had 225 shards in its life"):
        scale(rig, 75)


def test_children_are_told_when_they_open(rig: Rig) -> None:
    split(rig, "shardId-000000000003", 3 * QUARTER + QUARTER // 2)
    rig.live(10)
    told = dict(rig.told)
    children = ["shardId-000000000004", "shardId-000000000005"]
    assert told["shard_closed"] == {"stream": "s", "shard": "shardId-000000000003", "end": 0}
    assert told["shards_split"] == {
        "stream": "s",
        "parent": "shardId-000000000003",
        "children": children,
    }
    scale(rig, 10)
    assert dict(rig.told)["shards_updated"] == {"stream": "s", "was": 5, "to": 10}


# --- on demand ---------------------------------------------------------------------------------------------


def busy(rig: Rig, seconds: int, records: int, key: str = "0") -> None:
    """So many records a second to the shard of a hash key."""
    for _ in range(seconds):
        for count in (min(records, 500), records - 500):
            if count > 0:
                record = {"Data": "", "PartitionKey": "k", "ExplicitHashKey": key}
                rig.call("PutRecords", StreamName="s", Records=[record] * count)
        rig.live(1)


def test_a_stream_on_demand_splits_a_shard_that_is_busy_for_half_a_minute() -> None:
    rig = Rig()
    rig.stream(StreamModeDetails={"StreamMode": "ON_DEMAND"})
    busy(rig, 29, 600)
    assert len(rig.shards()) == 4
    busy(rig, 10, 600)
    assert len(rig.shards()) == 6
    assert rig.shards()[4]["ParentShardId"] == "shardId-000000000000"
    assert whole(open_ranges(rig))
    assert dict(rig.told)["shards_updated"] == {"stream": "s", "was": 4, "to": 5}


def test_less_traffic_or_pauses_split_nothing() -> None:
    rig = Rig()
    rig.stream(StreamModeDetails={"StreamMode": "ON_DEMAND"})
    busy(rig, 40, 400)
    for _ in range(3):
        busy(rig, 20, 600)
        rig.live(5)
    assert len(rig.shards()) == 4


def test_a_provisioned_stream_stays_as_it_is(rig: Rig) -> None:
    busy(rig, 40, 1_000)
    assert len(rig.shards()) == 4


def test_a_stream_on_demand_grows_no_further_than_the_account_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.kinesis.service.demand.SHARDS_MAX", 4)
    rig = Rig()
    rig.stream(StreamModeDetails={"StreamMode": "ON_DEMAND"})
    busy(rig, 40, 600)
    assert len(rig.shards()) == 4
