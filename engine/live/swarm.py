"""Many seeds on all cores, each in a cluster of its own: what ``manage.py simulate`` runs.

    python -m engine.live.swarm --seeds 200 --seconds 30 [--faults crash,isolate] [--first SEED]
    python -m engine.live.swarm --soak FILE [--minutes M]     on and on, totals kept in FILE
    python -m engine.live.swarm --export SEED --to FILE       the moment before a seed fails, as a .riacho file

With --streams the runs are those of engine/simulation/streams.py. It writes lines of JSON, for whoever shows them:
{"t": "progress", ...} twice a second, {"t": "failure", ...} with the story and the smallest run found that fails
likewise, {"t": "done", ...} at the end. One seed in twenty is run by two workers, whose texts hash differently: another
digest is a failure too. Exit code 1 if anything failed.
"""

from __future__ import annotations

import argparse
import json
import os
import selectors
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import IO, Any

from engine.commands import to_json as command_json
from engine.events import to_json as event_json
from engine.live.failing import before_failure
from engine.live.soak import GOAL, Totals, load, save
from engine.machine import MILLISECOND
from engine.simulation.harness import Report, simulate
from engine.simulation.shrinking import shrink
from engine.simulation.streams import kind_of
from engine.world.dice import Dice

FIRST = 1_000_000  # seeds of a soak begin here: others are used by tests
TWICE_EVERY = 20
SHORT_S, LONG_S = 5, 120
FAILURES_MAX = 5  # then it stops: the first few are enough to work on
SAVE_S, TELL_S = 5.0, 0.5


def duration(seed: int) -> float:
    """How long a seed of a soak runs: 5 to 120 virtual seconds, short ones more often."""
    dice = Dice(seed, "duration")
    return float(dice.between(SHORT_S, dice.choice((10, 20, 40, LONG_S))))


class Worker:
    """A process and what it was asked. hash_seed: what it hashes texts with."""

    def __init__(self, hash_seed: int) -> None:
        self.hash_seed = hash_seed
        self.asked: dict[str, Any] | None = None
        self.process = subprocess.Popen(
            [sys.executable, "-m", "engine.live.swarm_worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
        )  # fmt: skip
        assert self.process.stdin is not None and self.process.stdout is not None
        self.input: IO[str] = self.process.stdin
        self.output: IO[str] = self.process.stdout

    def ask(self, job: dict[str, Any]) -> None:
        self.asked = job
        self.input.write(json.dumps({name: job[name] for name in ("seed", "seconds", "faults", "streams")}) + "\n")
        self.input.flush()

    def answer(self) -> dict[str, Any]:
        line = self.output.readline()
        if not line:
            raise RuntimeError(f"a worker ended in the middle of {self.asked}")
        done: dict[str, Any] = json.loads(line)
        return done


class Swarm:
    """jobs: what is still to be run. again: to be run once more, by another worker than the first."""

    def __init__(self, jobs: Iterator[dict[str, Any]], totals: Totals, cores: int) -> None:
        self.jobs, self.totals = jobs, totals
        self.workers = [Worker(number + 1) for number in range(max(cores, 2))]
        self.again: deque[tuple[dict[str, Any], dict[str, Any], Worker]] = deque()
        self.failed: list[dict[str, Any]] = []

    def run(self, until: float) -> Iterator[None]:
        """Goes on until there is no job, too many failed, or it is ``until``; yields now and then."""
        selector = selectors.DefaultSelector()
        for worker in self.workers:
            selector.register(worker.output, selectors.EVENT_READ, worker)
            self._next(worker, until)
        while any(worker.asked for worker in self.workers):
            for key, _ in selector.select(TELL_S):
                worker = key.data
                self._take(worker, worker.answer())
                self._next(worker, until)
            yield

    def _next(self, worker: Worker, until: float) -> None:
        worker.asked = None
        for number, (job, _, first) in enumerate(self.again):
            if first is not worker:
                job["other"] = self.again[number][1]
                del self.again[number]
                worker.ask(job)
                return
        if monotonic() < until and len(self.failed) < FAILURES_MAX:
            fresh = next(self.jobs, None)
            if fresh is not None:
                worker.ask(fresh)

    def _take(self, worker: Worker, done: dict[str, Any]) -> None:
        job = worker.asked
        assert job is not None
        other = job.pop("other", None)
        if other is None and job["twice"] and done["violation"] is None:
            self.again.append((job, done, worker))
            for idle in self.workers:
                if idle.asked is None and idle is not worker:
                    self._next(idle, monotonic())
            return
        if other is not None:
            self.totals.twice += 1
            if other["digest"] != done["digest"]:
                done["violation"] = f"two digests under two hash seeds: {other['digest']} and {done['digest']}"
        self.totals.add(done)
        if done["violation"] is not None:
            self.failed.append({**done, "kinds": job["faults"], "streams": job["streams"]})

    def close(self) -> None:
        for worker in self.workers:
            worker.input.close()
        for worker in self.workers:
            worker.process.wait()


def job_of(seed: int, seconds: float, faults: list[str], streams: bool) -> dict[str, Any]:
    return {"seed": seed, "seconds": seconds, "faults": faults, "streams": streams, "twice": seed % TWICE_EVERY == 0}


def seeds(first: int, count: int, seconds: float, faults: list[str], streams: bool) -> Iterator[dict[str, Any]]:
    for seed in range(first, first + count):
        yield job_of(seed, seconds, faults, streams)


def soaking(totals: Totals) -> Iterator[dict[str, Any]]:
    done, seed = dict.fromkeys(totals.beyond), totals.next
    while totals.events < GOAL:
        if seed not in done:
            yield job_of(seed, duration(seed), [], totals.streams)
        seed += 1


def say(**message: Any) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def told_of(found: Report) -> dict[str, Any]:
    """A run that failed, for people."""
    script = [{"at_ms": done.at / MILLISECOND, **command_json(done.command)} for done in found.script]
    return {
        "seed": found.seed, "seconds": found.seconds, "violation": str(found.violation), "faults": script,
        "streams": found.kind is kind_of(True), "at_ms": found.failed_at / MILLISECOND,
        "story": [event_json(told) for told in found.story],
    }  # fmt: skip


def explain(failed: dict[str, Any]) -> None:
    """Run it once more here, make it smaller, and tell both."""
    found = simulate(failed["seed"], failed["seconds"], failed["kinds"], kind=kind_of(failed["streams"]))
    if found.violation is None:
        say(t="failure", seed=failed["seed"], seconds=failed["seconds"], streams=failed["streams"],
            kinds=failed["kinds"],
            violation=failed["violation"], story=[], faults=[], at_ms=0.0, smallest=None)  # fmt: skip
        return
    smaller = list(shrink(found))
    say(t="failure", **told_of(found), kinds=failed["kinds"], smallest=told_of(smaller[-1]) if smaller else None)


def main(arguments: list[str]) -> int:
    asked = _parser().parse_args(arguments)
    kind = kind_of(asked.streams)
    unknown = [name for name in asked.faults if name not in kind.FAULTS]
    if unknown:
        say(t="refused", reason=f"There is no fault {unknown[0]!r}. There are: {', '.join(kind.FAULTS)}.")
        return 2
    if asked.export is not None:
        return before_failure(asked.export, asked.seconds, asked.faults, kind, asked.to, say)
    try:
        fresh = Totals(next=asked.first, streams=asked.streams)
        totals = load(asked.soak, asked.first or FIRST, asked.streams) if asked.soak else fresh
    except ValueError as problem:
        say(t="refused", reason=str(problem))
        return 2
    few = seeds(asked.first, asked.seeds, asked.seconds, asked.faults, asked.streams)
    jobs = soaking(totals) if asked.soak else few
    swarm = Swarm(jobs, totals, asked.cores or os.cpu_count() or 1)
    begun = saved = told = monotonic()
    before, wanted = (totals.seeds, totals.events), asked.seeds if not asked.soak else 0
    until = begun + asked.minutes * 60 if asked.minutes else float("inf")

    def progress(kind: str) -> None:
        took = max(monotonic() - begun, 1e-9)
        seeds_per_s, events_per_s = (totals.seeds - before[0]) / took, (totals.events - before[1]) / took
        say(t=kind, wanted=wanted, goal=GOAL if asked.soak else 0, seeds_per_s=seeds_per_s, events_per_s=events_per_s,
            short_of=totals.short_of(), **totals.to_json())  # fmt: skip

    try:
        for _ in swarm.run(until):
            if monotonic() - told > TELL_S:
                told = monotonic()
                progress("progress")
            if asked.soak and monotonic() - saved > SAVE_S:
                saved = monotonic()
                save(asked.soak, totals)
    except KeyboardInterrupt:
        pass  # what is under way is not counted; a soak goes on with it next time
    finally:
        swarm.close()
        if asked.soak:
            save(asked.soak, totals)
    for failed in swarm.failed:
        explain(failed)
    progress("done")
    return 1 if totals.failures else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m engine.live.swarm")
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--faults", type=lambda text: [name for name in text.split(",") if name], default=[])
    parser.add_argument("--streams", action="store_true")
    parser.add_argument("--cores", type=int, default=0)
    parser.add_argument("--soak", type=Path)
    parser.add_argument("--minutes", type=float, default=0.0)
    parser.add_argument("--export", type=int)
    parser.add_argument("--to", type=Path)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
