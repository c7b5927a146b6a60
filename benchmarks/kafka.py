"""Riacho beside two brokers in native code, in one run: as ratios, since what slows this machine slows all alike.

    python benchmarks/kafka.py              about five minutes, on a machine that does nothing else
    python benchmarks/kafka.py --quick      smaller loads, one round
    python benchmarks/kafka.py b e          these rows only

Each server and each client is a process of its own (servers.py, loads.py), each server fresh for each measurement.
Riacho runs as ``play`` starts it: its journal is on, three brokers, links of 0 ms; librdkafka's mock cluster and tansu
keep one copy in memory. The servers of a row take turns (A B C A B C); a figure is the median of its rounds.

A row's *goal* is what the design promises; half of it (a latency: twice) is the *target*, below which the exit
code is 1. A neighbour that cannot be had is said to be missing, and what is measured against it is not judged.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # instead of this folder: its kafka.py and engine.py are neither

from house.venv import begin  # noqa: E402

ROUNDS = 3
LOAD_S = 180.0
SMALL, LARGE = 100, 1_000  # bytes of a record


@dataclass(slots=True)
class Load:
    """One measurement of one server. what: a load of benchmarks/loads.py, "": another figure of the one before."""

    name: str
    what: str
    settings: dict[str, Any]
    figure: str = "rate"


@dataclass(slots=True)
class Goal:
    """Riacho's figure over a neighbour's, or the figure itself (over: ""). goal: at least; of a latency: at most."""

    load: str
    riacho: str
    over: str
    goal: float
    latency: bool = False

    @property
    def target(self) -> float:
        return self.goal * 2 if self.latency else self.goal / 2


@dataclass(slots=True)
class Row:
    """servers: by short name (see ``main``). loads: done in order on each."""

    letter: str
    title: str
    servers: tuple[str, ...]
    loads: list[Load]
    goals: list[Goal]
    rounds: int = ROUNDS


def rows(quick: bool) -> list[Row]:
    """What is measured. quick: a fifth of it, once."""
    less = 5 if quick else 1

    def requests(count: int, idempotent: bool) -> Load:
        return Load("produce", "requests", {"count": count // less, "idempotent": idempotent})

    def bulk(count: int, size: int) -> list[Load]:
        return [
            Load("produce", "produce", {"count": count // less, "size": size}),
            Load("consume", "consume", {"count": count // less}),
        ]

    all_of_them = [
        Row(
            "a", "one message a request, deep pipeline (requests/s)", ("r3", "r1", "mock"), [requests(60_000, False)],
            [Goal("produce", "r3", "mock", 0.7), Goal("produce", "r1", "mock", 0.9)], rounds=5,
        ),
        Row(
            "b", "one idempotent producer, one message a request (requests/s)", ("r3", "mock"),
            [requests(30_000, True)], [Goal("produce", "r3", "mock", 0.5)], rounds=5,
        ),
        Row(
            "c", "1 M x 100 B, idempotent (records/s)", ("r3", "mock", "tansu"), bulk(1_000_000, SMALL),
            [
                Goal("produce", "r3", "mock", 0.8), Goal("produce", "r3", "tansu", 1.3),
                Goal("consume", "r3", "tansu", 1.3),
            ],
        ),
        Row(
            "d", "300 k x 1 KB (records/s)", ("r3", "tansu"), bulk(300_000, LARGE),
            [Goal("produce", "r3", "tansu", 1.5), Goal("consume", "r3", "tansu", 1.0)],
        ),
        Row(
            "e", "synchronous produce (ms)", ("r3", "mock"),
            [Load("p50", "latency", {"count": 5_000 // less}, "p50"), Load("p99", "", {}, "p99")],
            [Goal("p50", "r3", "mock", 2.0, latency=True)],
        ),
        Row(
            "f", "60 connections x 5 under way over 3 leaders (requests/s)", ("r3x3",),
            [Load("produce", "many", {"connections": 60, "depth": 5, "seconds": 4.0 / less})],
            [Goal("produce", "r3x3", "", 40_000)],
        ),
    ]  # fmt: skip
    for row in all_of_them:
        row.rounds = 1 if quick else row.rounds
    return all_of_them


def measure(row: Row, makes: dict[str, Callable[[], Any]], missing: dict[str, str]) -> dict[tuple[str, str], float]:
    """Medians by (load, server). Who cannot be started is added to ``missing``, with the reason."""
    from benchmarks.servers import NotAvailable

    found: dict[tuple[str, str], list[float]] = {}
    for _ in range(row.rounds):
        for name in row.servers:
            if name in missing:
                continue
            try:
                with makes[name]() as server:
                    for load, value in one_round(row, name, server.address).items():
                        found.setdefault((load, name), []).append(value)
            except NotAvailable as problem:
                missing[name] = str(problem)
    return {key: median(values) for key, values in found.items()}


def one_round(row: Row, name: str, address: str) -> dict[str, float]:
    result: dict[str, float] = {}
    figures: dict[str, float] = {}
    for load in row.loads:
        if name == "mock" and load.what == "consume":
            continue  # it has forgotten all but the last 5 MB
        if load.what:
            settings = {"address": address, **load.settings}
            if load.what in ("requests", "produce"):
                settings["check"] = name != "tansu"  # which says that its log ends where its last batch begins
            figures = run(load.what, settings)
        result[load.name] = figures[load.figure]
    return result


def run(load: str, settings: dict[str, Any]) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.loads", load, json.dumps(settings)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LOAD_S)
    if ran.returncode:
        raise SystemExit(f"The load {load} {settings} failed: {ran.stderr[-2_000:]}")
    figures: dict[str, float] = json.loads(ran.stdout)
    return figures


def judge(row: Row, found: dict[tuple[str, str], float], names: dict[str, str], missing: dict[str, str]) -> list[bool]:
    """Print a row's figures and verdicts. Returns, for each goal that can be judged, whether its target is met."""
    print(f"\n({row.letter}) {row.title}")
    for name in row.servers:
        if name in missing:
            print(f"    {names[name]:24} cannot be had: {missing[name]}")
        else:
            measured = [load.name for load in row.loads if (load.name, name) in found]
            print(f"    {names[name]:24} {'   '.join([f'{load} {show(found[load, name])}' for load in measured])}")
    met = []
    for one in row.goals:
        if one.over in missing or one.riacho in missing:
            continue
        value = found[one.load, one.riacho] / (found[one.load, one.over] if one.over else 1.0)
        sense = -1 if one.latency else 1  # more is better, or less
        met.append(value * sense >= one.target * sense)
        verdict = "GOAL" if value * sense >= one.goal * sense else "met" if met[-1] else "MISSED"
        what = f"{names[one.riacho]}{' / ' + names[one.over] if one.over else ''}"
        sign = "<=" if one.latency else ">="
        limits = f"target {sign} {show(one.target)}   goal {sign} {show(one.goal)}"
        print(f"      {one.load:8} {what:46} {show(value):>7}   {limits:36} {verdict}")
    sys.stdout.flush()
    return met


def show(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def main(arguments: list[str]) -> int:
    from benchmarks.servers import Mock, NotAvailable, Riacho, Tansu, tansu_binary

    parser = ArgumentParser(prog="python benchmarks/kafka.py", description="Riacho beside others, in one run.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help="a to f; all without")
    parser.add_argument("--quick", action="store_true", help="smaller loads, one round")
    given = parser.parse_args(arguments)
    makes: dict[str, Callable[[], Any]] = {
        "r3": Riacho, "r1": lambda: Riacho(1), "r3x3": lambda: Riacho(3, 3), "mock": Mock, "tansu": Tansu,
    }  # fmt: skip
    names = {
        "r3": "Riacho, replication 3", "r1": "Riacho, replication 1", "r3x3": "Riacho, replication 3",
        "mock": "librdkafka's mock", "tansu": "tansu",
    }  # fmt: skip
    missing: dict[str, str] = {}
    try:
        tansu_binary()
    except NotAvailable as problem:
        missing["tansu"] = str(problem)
    busy = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores for servers and clients{busy}")
    begun, met = time.monotonic(), []
    for row in rows(given.quick):
        if not given.rows or row.letter in given.rows:
            met += judge(row, measure(row, makes, missing), names, missing)
    print(f"\n{sum(met)} of {len(met)} targets met, in {time.monotonic() - begun:.0f} s")
    return 0 if all(met) else 1


if __name__ == "__main__":
    begin(dev=True)
    sys.exit(main(sys.argv[1:]))
