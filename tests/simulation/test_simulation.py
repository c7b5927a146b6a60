"""Clusters under faults: the invariants hold after every step, and when the faults stop all is well.

``python -m tests.simulation.test_simulation SEED`` runs one seed and prints its story. The long part,
five hundred seeds, runs with ``manage.py test --full``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from engine.simulation.harness import Report, simulate

ROOT = Path(__file__).resolve().parents[2]
SECONDS, SHORT = 30.0, 20.0
FRESH = range(10_000, 10_040)
CHUNK = 8
MANY = range(20_000, 20_500)
FAULTS_LEAST = 3
# What must have happened in each few runs: where nothing happened, nothing was proved.
EXPECTED = (
    "leader_elected", "isr_shrunk", "isr_expanded", "log_truncated", "broker_fenced", "broker_unfenced",
    "rebalance_started", "generation_formed", "coordinator_moved", "partitions_added", "replicas_moved",
)  # fmt: skip
SHOWN = ("steps", "leader_elected", "log_truncated", "isr_shrunk", "broker_fenced", "rebalance_started")


def kept() -> list[tuple[int, float, str]]:
    """(seed, for how long, what it found)"""
    lines = (ROOT / "tests/simulation/seeds.txt").read_text(encoding="utf-8").splitlines()
    found = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    runs = [(*seed.partition("@")[::2], why) for seed, why in found]
    return [(int(seed), float(seconds or SECONDS), why) for seed, seconds, why in runs]


def check(seed: int, seconds: float = SECONDS, *, wired: bool = False) -> Report:
    """One seed, in which all held and something happened."""
    report = simulate(seed, seconds, wired=wired)
    assert report.violation is None, f"seed {seed}:\n" + "\n".join(report.lines())
    assert report.faults >= FAULTS_LEAST, f"seed {seed}: {report.faults} faults"
    assert report.coverage["leader_elected"] >= 1, f"seed {seed}: nobody was elected"
    assert report.acknowledged > 0, f"seed {seed}: nothing was acknowledged"
    return report


def check_all(seeds: range, seconds: float) -> None:
    """Every fourth goes through Kafka's bytes (engine/simulation/wired.py)."""
    total: Counter[str] = Counter()
    for seed in seeds:
        report = check(seed, seconds, wired=seed % 4 == 0)
        total.update(report.coverage)
        total.update(steps=report.steps, acknowledged=report.acknowledged, faults=report.faults)
    print(
        f"{len(seeds)} seeds from {seeds[0]}, {total['faults']} faults, {total['acknowledged']} acknowledged: "
        + ", ".join(f"{total[name]} {name}" for name in SHOWN)
    )
    assert [code for code in EXPECTED if not total[code]] == []


@pytest.mark.parametrize(("seed", "seconds"), [(seed, seconds) for seed, seconds, _ in kept()])
def test_a_kept_seed_holds(seed: int, seconds: float) -> None:
    check(seed, seconds)


def test_a_kept_seed_says_what_it_found_and_is_kept_once() -> None:
    assert all(len(why) > 20 for _, _, why in kept())
    assert len(kept()) == len({seed for seed, _, _ in kept()}) > 0


@pytest.mark.parametrize("first", FRESH[::CHUNK])
def test_fresh_seeds_hold(first: int) -> None:
    check_all(range(first, first + CHUNK), SHORT)


@pytest.mark.full
@pytest.mark.timeout(900)
@pytest.mark.parametrize("first", MANY[::25])
def test_five_hundred_seeds_hold(first: int) -> None:
    check_all(range(first, first + 25), SECONDS)


# --- the same everywhere ------------------------------------------------------------------------------


def elsewhere(seeds: range, hash_seed: int) -> list[str]:
    """Digests from a process of its own, in which texts hash otherwise."""
    script = f"from engine.simulation.harness import simulate\nfor s in {seeds!r}: print(simulate(s, {SHORT}).digest)"
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
    )  # fmt: skip
    return ran.stdout.split()


def test_a_share_of_the_seeds_is_the_same_under_every_hash_seed() -> None:
    """Nothing may depend on the order of a set or on ``hash``."""
    seeds = FRESH[:3]
    assert elsewhere(seeds, 0) == elsewhere(seeds, 4711) == [simulate(seed, SHORT).digest for seed in seeds]


@pytest.mark.full
@pytest.mark.timeout(900)
def test_a_larger_share_is_too() -> None:
    assert elsewhere(MANY[:40], 0) == elsewhere(MANY[:40], 4711)


def test_other_seeds_are_other_runs() -> None:
    assert len({simulate(seed, 5.0).digest for seed in range(5)}) == 5


if __name__ == "__main__":
    found = simulate(int(sys.argv[1]), SECONDS)
    print(f"seed {found.seed}: {found.steps} steps, {found.faults} faults, digest {found.digest}")
    print(dict(sorted(found.coverage.items())))
    print("\n".join(found.lines()) or "all held")
