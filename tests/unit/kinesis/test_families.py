"""Random reshardings under writing: whoever reads parents before children gets all records, each key's in order."""

from __future__ import annotations

import random
from base64 import b64decode, b64encode
from typing import Any

import pytest

from engine.kinesis.service.errors import KinesisError
from engine.kinesis.service.outcomes import Later
from engine.kinesis.service.stream import ACTIVE
from tests.unit.kinesis.rig import Rig


class Writer:
    """Writes numbers, each key's counted up. A call that has to wait is made again, and nothing of its key before."""

    def __init__(self, rig: Rig, dice: random.Random) -> None:
        self.rig, self.dice = rig, dice
        self.counts: dict[str, int] = {}
        self.waiting: list[tuple[str, str]] = []

    def write(self) -> None:
        key = str(self.dice.randrange(30))
        self.counts[key] = self.counts.get(key, -1) + 1
        self.waiting.append((key, str(self.counts[key])))
        self.go_on()

    def go_on(self) -> None:
        stuck: list[tuple[str, str]] = []
        for key, value in self.waiting:
            if any(key == other for other, _ in stuck) or not self.put(key, value):
                stuck.append((key, value))
        self.waiting = stuck

    def put(self, key: str, value: str) -> bool:
        data = b64encode(value.encode()).decode()
        outcome = self.rig.ask("PutRecord", StreamName="s", PartitionKey=key, Data=data)
        if isinstance(outcome, Later):
            return False
        self.rig.carry_out(outcome)
        return True


def reshape(rig: Rig, dice: random.Random) -> None:
    shards = rig.account.streams["s"].taking
    at = dice.randrange(len(shards))
    try:
        kind = dice.choice(("split", "merge", "scale"))
        if kind == "split":
            cut = dice.randrange(shards[at].low, shards[at].high + 1)
            rig.call("SplitShard", StreamName="s", ShardToSplit=shards[at].id, NewStartingHashKey=str(cut))
        elif kind == "merge":
            one, other = shards[at].id, shards[at - 1].id
            rig.call("MergeShards", StreamName="s", ShardToMerge=one, AdjacentShardToMerge=other)
        else:
            target = dice.randrange(1, 2 * len(shards) + 1)
            rig.call("UpdateShardCount", StreamName="s", TargetShardCount=target, ScalingType="UNIFORM_SCALING")
    except KinesisError as error:
        assert error.code in ("InvalidArgumentException", "ResourceInUseException", "LimitExceededException"), error


def read_all(rig: Rig) -> list[tuple[str, int]]:
    """As the Kinesis Client Library does: children when their parents are read to the end."""
    done: dict[str, None] = {}
    found: list[tuple[str, int]] = []
    shards = {shard["ShardId"]: shard for shard in rig.shards()}
    while len(done) < len(shards):
        for shard_id, shard in shards.items():
            parents = [shard.get("ParentShardId"), shard.get("AdjacentParentShardId")]
            if shard_id in done or not all(parent is None or parent in done for parent in parents):
                continue
            found += read_shard(rig, shard)
            done[shard_id] = None
    return found


def read_shard(rig: Rig, shard: Any) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    closed = "EndingSequenceNumber" in shard["SequenceNumberRange"]
    last = int(shard["SequenceNumberRange"]["StartingSequenceNumber"])
    iterator = rig.iterator(shard["ShardId"])
    for _ in range(1_000):
        answer = rig.read(iterator, Limit=7)
        for record in answer["Records"]:
            assert int(record["SequenceNumber"]) > last
            last = int(record["SequenceNumber"])
            found.append((record["PartitionKey"], int(b64decode(record["Data"]))))
        if answer["NextShardIterator"] is None:
            assert closed
            assert last < int(shard["SequenceNumberRange"]["EndingSequenceNumber"])
            return found
        if not closed and answer["MillisBehindLatest"] == 0:
            return found
        iterator = answer["NextShardIterator"]
    raise AssertionError(f"{shard['ShardId']} has no end")


@pytest.mark.parametrize("seed", range(40))
def test_all_is_read_once_and_in_order_whatever_becomes_of_the_shards(seed: int) -> None:
    dice = random.Random(seed)
    rig = Rig(throttling=False)
    rig.stream(shards=dice.randrange(1, 5))
    writer = Writer(rig, dice)
    for _ in range(150):
        deed = dice.random()
        if deed < 0.7:
            writer.write()
        elif deed < 0.8:
            reshape(rig, dice)
        elif deed < 0.9:
            rig.live(dice.random() * 5)
        else:
            rig.sealing = not rig.sealing
            if rig.sealing:
                rig.seal()
                rig.settle()
        writer.go_on()
    rig.sealing = True
    rig.seal()
    rig.live(60)
    writer.go_on()
    assert not writer.waiting
    assert rig.account.streams["s"].status == ACTIVE
    found = read_all(rig)
    assert len(found) == sum(count + 1 for count in writer.counts.values())
    for key, count in writer.counts.items():
        assert [number for other, number in found if other == key] == list(range(count + 1))
