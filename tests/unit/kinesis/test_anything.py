"""Whatever goes in, nothing but AWS's errors comes out."""

from __future__ import annotations

import random
from typing import Any

import pytest

from engine.kinesis.service.catalogue import OPERATIONS
from engine.kinesis.service.errors import KinesisError
from tests.unit.kinesis.rig import Rig
from tests.unit.kinesis.test_refusals import ARN, GOOD, good, ready

VALUES: list[Any] = [
    None, True, 0, -1, 5, 1 << 70, 1.5, float("nan"), "", "s", "a b", "x" * 3_000, "shardId-000000000000", ARN + "s",
    ARN, [], [None], ["s"], [{}], {}, {"a": 1}, {"Type": "LATEST"}, {"StreamMode": 5}, "\ud800", "\0", "LATEST", "KMS",
    "49633292692649386396011545902288683459201911545520980018", [{"Data": 5}],
]  # fmt: skip


@pytest.mark.parametrize("operation", OPERATIONS)
def test_whatever_comes_the_answer_is_one_of_awss(operation: str) -> None:
    dice = random.Random(operation)
    names = sorted(
        {name for p in GOOD.values() for name in p} | {"StreamName", "StreamARN", "NextToken", "ShardFilter"}
    )
    rig = ready()
    rig.account.set_throttling(False)
    for _ in range(80):
        there = "s" in rig.account.streams and rig.account.streams["s"].status == "ACTIVE"
        p = good(rig, operation) if there else {}
        for name in dice.sample(names, 2) + dice.sample(sorted(p), min(1, len(p))):
            p[name] = dice.choice(VALUES)
        try:
            rig.ask(operation, **p)
        except KinesisError as error:
            assert error.code
        rig.live(10)


@pytest.mark.parametrize("p", [None, [], "x", 5])
def test_parameters_that_are_no_structure_are_refused(p: Any) -> None:
    with pytest.raises(KinesisError) as caught:
        Rig().account.call(0, 0, "ListStreams", p, "test")
    assert caught.value.code == "SerializationException"
