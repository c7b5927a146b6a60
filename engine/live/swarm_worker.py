"""A process of the swarm: it runs the seeds it is given, one after the other, until nobody asks any more.

A line of JSON in, ``{"seed", "seconds", "faults", "streams"}``; a line of JSON out. Each worker has a hash seed of
its own (``PYTHONHASHSEED``): a seed that two of them ran must have come to the same digest.
"""

from __future__ import annotations

import gc
import json
import signal
import sys
from time import process_time
from typing import Any

from engine.simulation.harness import Report, simulate
from engine.simulation.streams import kind_of

STEPS_BETWEEN_COLLECTIONS = 150_000


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    begun = process_time()
    report = simulate(asked["seed"], asked["seconds"], asked["faults"], kind=kind_of(asked["streams"]))
    return {**summary(report), "cpu": process_time() - begun}


def summary(report: Report) -> dict[str, Any]:
    violation = report.violation
    return {
        "seed": report.seed, "seconds": report.seconds, "steps": report.steps, "digest": report.digest,
        "faults": report.faults, "acknowledged": report.acknowledged, "coverage": report.coverage,
        "violation": None if violation is None else str(violation),
    }  # fmt: skip


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the swarm says when to end: it closes the pipe
    gc.collect()
    gc.freeze()
    gc.disable()
    steps = 0
    for line in sys.stdin:
        done = answer(json.loads(line))
        sys.stdout.write(json.dumps(done) + "\n")
        sys.stdout.flush()
        steps += done["steps"]
        if steps > STEPS_BETWEEN_COLLECTIONS:
            steps = 0
            gc.collect()


if __name__ == "__main__":
    main()
