"""Totals of many simulated runs, and the file in which a soak keeps them from one evening to the next.

Seeds are taken in order and end in any; ``next`` is the first that is not done, ``beyond`` those after it that
are. So whenever it is stopped, nothing is counted twice and nothing is left out.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from engine.live.journal import BEHAVIOUR

GOAL = 300_000_000  # events
# What must have happened in each million of events, or nothing was proved.
LEAST_PER_MILLION = {
    "leader_elected": 20, "log_truncated": 20, "rebalance_started": 20, "acknowledged": 50_000,
}  # fmt: skip
LEAST_WITH_STREAMS = {
    "leader_elected": 20, "log_truncated": 20, "shards_split": 20, "shards_merged": 20, "put_throttled": 20,
    "lease_done": 20, "acknowledged": 50_000,
}  # fmt: skip


@dataclass(slots=True)
class Totals:
    """seeds, events, virtual_seconds, cpu_seconds: of all runs. twice: seeds that were run under two hash seeds.

    streams: the runs are those with Kinesis streams.
    """

    next: int = 0
    beyond: list[int] = field(default_factory=list)
    seeds: int = 0
    events: int = 0
    virtual_seconds: float = 0.0
    cpu_seconds: float = 0.0
    faults: int = 0
    twice: int = 0
    coverage: dict[str, int] = field(default_factory=dict)
    failures: list[dict[str, Any]] = field(default_factory=list)
    behaviour: int = BEHAVIOUR
    streams: bool = False

    def add(self, done: dict[str, Any]) -> None:
        self.seeds += 1
        self.events += done["steps"]
        self.virtual_seconds += done["seconds"]
        self.cpu_seconds += done["cpu"]
        self.faults += done["faults"]
        told = {**done["coverage"], "acknowledged": done["acknowledged"]}
        for code, count in told.items():
            self.coverage[code] = self.coverage.get(code, 0) + count
        if done["violation"] is not None:
            self.failures.append({name: done[name] for name in ("seed", "seconds", "violation")})
        self._finished(done["seed"])

    def _finished(self, seed: int) -> None:
        self.beyond.append(seed)
        self.beyond.sort()
        while self.beyond and self.beyond[0] == self.next:
            self.beyond.pop(0)
            self.next += 1

    def per_million(self, code: str) -> float:
        return self.coverage.get(code, 0) * 1e6 / max(self.events, 1)

    def short_of(self) -> list[str]:
        """What has not happened often enough."""
        wanted = LEAST_WITH_STREAMS if self.streams else LEAST_PER_MILLION
        return [code for code, least in wanted.items() if self.per_million(code) < least]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def load(path: Path, first: int, streams: bool = False) -> Totals:
    """Raises ValueError with the reason."""
    if not path.exists():
        return Totals(next=first, streams=streams)
    try:
        totals = Totals(**json.loads(path.read_text(encoding="utf-8")))
    except (TypeError, json.JSONDecodeError) as problem:
        raise ValueError(f"{path} is no file of a soak ({problem}): name another one.") from None
    if totals.behaviour != BEHAVIOUR:
        raise ValueError(f"{path} counts runs of behaviour {totals.behaviour}, this is {BEHAVIOUR}: begin a new file.")
    if totals.streams != streams:
        kind = "with" if totals.streams else "without"
        raise ValueError(f"{path} counts runs {kind} streams: name another one.")
    return totals


def save(path: Path, totals: Totals) -> None:
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(json.dumps(totals.to_json(), indent=1) + "\n", encoding="utf-8")
    os.replace(fresh, path)
