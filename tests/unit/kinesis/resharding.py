"""What the tests of splits, merges and UpdateShardCount do to the stream ``s``, and ask of it."""

from __future__ import annotations

import itertools
from typing import Any

from engine.kinesis.service.hashing import HASH_KEY_MAX
from tests.unit.kinesis.rig import Rig

QUARTER = 1 << 126


def split(rig: Rig, shard: str = "shardId-000000000003", cut: int = 3 * QUARTER + QUARTER // 2) -> None:
    rig.call("SplitShard", StreamName="s", ShardToSplit=shard, NewStartingHashKey=str(cut))


def merge(rig: Rig, one: str, other: str) -> None:
    rig.call("MergeShards", StreamName="s", ShardToMerge=one, AdjacentShardToMerge=other)


def scale(rig: Rig, target: int) -> Any:
    return rig.call("UpdateShardCount", StreamName="s", TargetShardCount=target, ScalingType="UNIFORM_SCALING")


def open_ranges(rig: Rig) -> list[tuple[int, int]]:
    ranges = [
        (int(shard["HashKeyRange"]["StartingHashKey"]), int(shard["HashKeyRange"]["EndingHashKey"]))
        for shard in rig.shards()
        if "EndingSequenceNumber" not in shard["SequenceNumberRange"]
    ]
    return sorted(ranges)


def whole(ranges: list[tuple[int, int]]) -> bool:
    meets = all(left[1] + 1 == right[0] for left, right in itertools.pairwise(ranges))
    return meets and (ranges[0][0], ranges[-1][1]) == (0, HASH_KEY_MAX)
