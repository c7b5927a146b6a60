"""Kinesis streams under faults: resharding under load, throttles, brokers that crash behind the gateway.

A few seeds run always, two thousand with ``--full``. A failure prints its seed and its story; run one by itself with
``python -m tests.simulation.test_streams SEED``.
"""

from __future__ import annotations

import sys
from collections import Counter

import pytest

from engine.simulation.harness import Report, simulate
from engine.simulation.streams import ABOUT_STREAMS, OF_BROKERS, StreamRig

SECONDS = 20.0
FEW, MANY, CHUNK = range(3), range(20_000, 22_000), 50
# What must have happened in each few runs: where nothing happened, nothing was proved.
EXPECTED = (
    "shards_split", "shards_merged", "shard_closed", "leader_elected", "put_throttled", "lease_done",
    "shard_subscribed",
)  # fmt: skip


def run(seed: int, seconds: float = SECONDS) -> Report:
    return simulate(seed, seconds, kind=StreamRig, wired=seed % 4 == 0)


def check_all(seeds: range) -> Counter[str]:
    """All held, and something happened."""
    total: Counter[str] = Counter()
    for seed in seeds:
        report = run(seed)
        assert report.violation is None, f"seed {seed}:\n" + "\n".join(report.lines())
        assert report.acknowledged > 0 and report.coverage["leader_elected"] > 0
        total.update(report.coverage)
        total.update(acknowledged=report.acknowledged, steps=report.steps)
    assert [code for code in EXPECTED if not total[code]] == []
    return total


def test_a_few_seeds_hold() -> None:
    check_all(FEW)


@pytest.mark.full
@pytest.mark.timeout(900)
@pytest.mark.parametrize("first", MANY[::CHUNK])
def test_two_thousand_seeds_hold(first: int) -> None:
    check_all(range(first, first + CHUNK))


def test_a_run_with_streams_is_the_same_run_again() -> None:
    assert run(3, 5.0).digest == run(3, 5.0).digest != run(4, 5.0).digest


def test_what_happens_to_consumers_of_groups_does_not_happen_here() -> None:
    assert sorted(StreamRig.FAULTS) == sorted({**OF_BROKERS, **ABOUT_STREAMS})
    assert not any("consumer" in name for name in StreamRig.FAULTS)


if __name__ == "__main__":
    found = run(int(sys.argv[1]))
    print(f"seed {found.seed}: {found.steps} steps, {found.faults} faults, digest {found.digest}")
    print(dict(sorted(found.coverage.items())))
    print("\n".join(found.lines()) or "all held")
