"""Many runs: totals that are counted once, failures that shrink, and moments that can be opened."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from engine.live.failing import moment_before
from engine.live.moments import bring_back, pack, unpack
from engine.live.soak import LEAST_PER_MILLION, LEAST_WITH_STREAMS, Totals, load, save
from engine.live.swarm import LONG_S, SHORT_S, duration, main, soaking
from engine.simulation.harness import simulate
from engine.simulation.shrinking import shrink
from engine.simulation.streams import StreamRig
from tests.simulation.flaws import forgets_whom_it_lets_in, passes_over_the_last

ROOT = Path(__file__).resolve().parents[2]


def done(seed: int, **more: object) -> dict[str, object]:
    return {
        "seed": seed, "seconds": 10.0, "steps": 1_000, "faults": 3, "acknowledged": 100, "cpu": 0.5, "violation": None,
        "coverage": {"leader_elected": 2}, **more,
    }  # fmt: skip


@pytest.fixture
def careless(monkeypatch):
    """A leader that forgets whom it is letting in: it takes a few faults until that shows (8)."""
    forgets_whom_it_lets_in(monkeypatch)


def failing_run():
    runs = (simulate(seed, 20.0, ("pause",)) for seed in range(60))
    return next(run for run in runs if run.violation is not None)


@pytest.fixture
def hasty(monkeypatch):
    """A reader of streams that passes over the last record of many (23)."""
    passes_over_the_last(monkeypatch)


def failing_run_of_streams():
    runs = (simulate(seed, 6.0, kind=StreamRig) for seed in range(20))
    return next(run for run in runs if run.violation is not None)


# --- totals


def test_seeds_end_in_any_order_and_each_counts_once():
    totals = Totals(next=5)
    for seed in (6, 5, 8):
        totals.add(done(seed))
    assert (totals.next, totals.beyond, totals.seeds, totals.events) == (7, [8], 3, 3_000)
    jobs = soaking(totals)
    assert [next(jobs)["seed"] for _ in range(3)] == [7, 9, 10]


def test_a_soak_goes_on_where_it_was(tmp_path):
    file = tmp_path / "soak.json"
    totals = load(file, 100)
    totals.add(done(100))
    totals.add(done(102, violation="invariant 1: no"))
    save(file, totals)
    again = load(file, 100)
    assert again == totals
    assert again.failures == [{"seed": 102, "seconds": 10.0, "violation": "invariant 1: no"}]


def test_a_soak_with_streams_does_not_go_on_with_one_without(tmp_path):
    file = tmp_path / "soak.json"
    save(file, load(file, 100, streams=True))
    assert load(file, 100, streams=True).streams
    with pytest.raises(ValueError, match=r"soak\.json counts runs with streams"):
        load(file, 100)


@pytest.mark.parametrize("text", ["", "{", '{"what": 1}', '{"behaviour": -1}'])
def test_a_file_that_is_no_soaks_is_refused(tmp_path, text):
    file = tmp_path / "soak.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"soak\.json"):
        load(file, 0)


def test_a_soak_says_what_has_not_happened_often_enough():
    totals = Totals()
    totals.add(done(0))
    assert totals.per_million("leader_elected") == 2_000
    assert totals.short_of() == ["log_truncated", "rebalance_started"]
    assert set(totals.short_of()) < set(LEAST_PER_MILLION)
    totals.streams = True
    assert {"shards_split", "put_throttled"} < set(totals.short_of()) < set(LEAST_WITH_STREAMS)


def test_durations_follow_from_the_seed_and_reach_from_5_to_120_seconds():
    durations = [duration(seed) for seed in range(2_000)]
    assert durations == [duration(seed) for seed in range(2_000)]
    assert min(durations) == SHORT_S and 0.95 * LONG_S < max(durations) <= LONG_S


# --- a run that failed


def test_a_failure_shrinks_to_fewer_faults_and_still_fails_likewise(careless):
    found = failing_run()
    smaller = list(shrink(found, 25))
    assert smaller
    last = smaller[-1]
    assert last.violation.number == found.violation.number
    assert len(last.script) < len(found.script)
    again = simulate(last.seed, last.seconds, script=last.script, heal_at=last.healed_at)
    assert (again.digest, str(again.violation)) == (last.digest, str(last.violation))


def test_the_moment_before_is_brought_back_from_its_scenario_seed_and_inputs(careless):
    came_back(failing_run())


def test_so_is_that_of_a_run_with_streams(hasty):
    found = failing_run_of_streams()
    assert found.kind is StreamRig and "streams" in found.scenario
    came_back(found)


def came_back(found):
    moment = unpack(pack(moment_before(found)))
    assert moment.step == found.steps - 1
    work = bring_back(moment)
    with pytest.raises(StopIteration) as end:
        while True:
            next(work)
    world = end.value.value.world
    assert (world.steps, world.digest()) == (moment.step, moment.digest)


def test_a_script_done_again_is_the_same_run(careless):
    found = failing_run()
    again = simulate(found.seed, found.seconds, script=found.script, heal_at=found.healed_at)
    assert (again.digest, again.steps) == (found.digest, found.steps)


def test_a_run_with_streams_shrinks_as_one_with_streams(hasty):
    found = failing_run_of_streams()
    again = simulate(found.seed, found.seconds, script=found.script, heal_at=found.healed_at, kind=StreamRig)
    assert (again.digest, again.steps) == (found.digest, found.steps)
    last = list(shrink(found, 12))[-1]
    assert last.kind is StreamRig and last.violation.number == found.violation.number
    assert len(last.script) < len(found.script)


# --- all of it


def swarm(*arguments: str) -> tuple[int, list[dict[str, object]]]:
    ran = subprocess.run(
        [sys.executable, "-m", "engine.live.swarm", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return ran.returncode, [json.loads(line) for line in ran.stdout.splitlines()]


def test_a_swarm_runs_seeds_in_processes_and_some_of_them_twice(tmp_path):
    code, told = swarm("--cores=2", f"--soak={tmp_path / 'no'}", "--minutes=0.02")
    assert code == 0
    last = told[-1]
    assert (last["t"], last["failures"]) == ("done", [])
    assert last["seeds"] >= 1 and last["twice"] >= 1
    assert load(tmp_path / "no", 0).seeds == last["seeds"]


def test_a_soak_begins_at_the_seed_it_was_given_and_goes_on_where_it_was(tmp_path):
    file = tmp_path / "from-here"
    assert swarm("--cores=1", f"--soak={file}", "--first=77", "--minutes=0.01")[0] == 0
    begun = load(file, 0)
    assert begun.next == 77 + begun.seeds > 77
    assert swarm("--cores=1", f"--soak={file}", "--first=5", "--minutes=0.01")[0] == 0
    assert load(file, 0).next > begun.next


def test_with_streams_a_swarm_runs_the_worlds_with_streams():
    code, told = swarm("--streams", "--cores=2", "--seeds=2", "--seconds=2")
    assert code == 0
    last = told[-1]
    alone = [simulate(seed, 2.0, kind=StreamRig) for seed in range(2)]
    assert last["streams"] and last["events"] == sum(run.steps for run in alone)
    assert last["coverage"]["lease_taken"] == sum(run.coverage["lease_taken"] for run in alone)


def test_faults_are_those_of_the_kind_of_run(capsys):
    assert main(["--streams", "--faults=consumer_pause"]) == 2
    assert "gateway_cut" in json.loads(capsys.readouterr().out)["reason"]
    assert main(["--faults=split"]) == 2
    assert "consumer_pause" in json.loads(capsys.readouterr().out)["reason"]


def test_a_fault_that_does_not_exist_is_refused():
    code, told = swarm("--faults=crash,earthquake")
    assert code == 2
    reason = str(told[0]["reason"])
    assert told[0]["t"] == "refused" and "earthquake" in reason and "power_off" in reason


def test_a_seed_that_holds_has_no_moment_before(tmp_path):
    code, told = swarm("--export=1", "--seconds=5", f"--to={tmp_path / 'x.riacho'}")
    assert code == 1
    assert "nothing fails" in str(told[0]["reason"])
    assert not (tmp_path / "x.riacho").exists()
