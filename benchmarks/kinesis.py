"""Kinesis by boto3, beside others who speak it and beside a stub that only answers: ratios of one run.

    python benchmarks/kinesis.py            about four minutes, on a machine that does nothing else
    python benchmarks/kinesis.py --quick    smaller loads, one round
    python benchmarks/kinesis.py a          these rows only

(a) put_record, put_records and get_records, one boto3 client in one thread, four shards, records of 100 bytes. The
    servers take turns; a figure is the median of the rounds. Riacho runs as ``play`` starts it (journal on, three
    brokers, links of 0 ms), its throttling off, each stream kept three times. boto3 itself is the slowest part: what
    it can reach at most is measured against the stub. The goal of each: 1.2 times the best of the others, or 0.85 of
    the stub. The others keep one copy in memory: beside them stands Riacho with one broker, for what replication costs.
(b) The same three against a shard with 1,000 records and one with a million, by turns: as fast, within a fifth.

Exit code 1 when a goal is missed. Who cannot be had is said to be missing, and what needs it is not judged.
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
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)

from house.venv import begin  # noqa: E402

OPERATIONS = ("put_record", "put_records", "get_records")
OURS, ONE_COPY = "Riacho", "one copy"
OVER_BEST, OVER_STUB, FLAT = 1.2, 0.85, 0.2
LOAD_S = 400.0


def run(load: str, server: Any, settings: dict[str, Any]) -> dict[str, float]:
    keys = {"access_key": "AKIAEXAMPLE", "secret_key": "secret"}
    if hasattr(server, "ask"):  # Riacho: its own keys, and no throttling
        access = server.ask("aws_access", owner="", all=True)
        keys = {name: access[name] for name in keys}
        server.ask("command", actor="benchmark", command={"id": "t", "do": "set_kinesis", "throttle": False})
    command = [
        sys.executable, "-m", "benchmarks.aws_loads", load, json.dumps({"endpoint": server.aws, **keys, **settings})
    ]  # fmt: skip
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LOAD_S)
    if ran.returncode:
        raise SystemExit(f"The load {load} against {server.name} failed: {ran.stderr[-2_000:]}{server.said()}")
    figures: dict[str, float] = json.loads(ran.stdout)
    return figures


def beside(quick: bool) -> bool:
    from benchmarks.aws_peers import Kinesalite, Ministack, Moto, Stub
    from benchmarks.servers import NotAvailable, Riacho

    def one_copy() -> Riacho:
        return Riacho(replication=1, brokers=1)

    makes: dict[str, Callable[[], Any]] = {
        OURS: Riacho, ONE_COPY: one_copy, "moto": Moto, "kinesalite": Kinesalite, "ministack": Ministack, "stub": Stub,
    }  # fmt: skip
    found: dict[str, list[dict[str, float]]] = {}
    missing: dict[str, str] = {}
    sizes = {"ones": 300, "many": 5_000} if quick else {"ones": 1_000, "many": 20_000}
    for _ in range(1 if quick else 3):
        for name, make in makes.items():
            if name in missing:
                continue
            try:
                with make() as server:
                    found.setdefault(name, []).append(run("beside", server, {**sizes, "stub": name == "stub"}))
            except NotAvailable as problem:
                missing[name] = str(problem)
    print("\n(a) boto3, one thread, four shards (records/s)")
    figures = {
        name: {each: median(one[each] for one in rounds) for each in OPERATIONS} for name, rounds in found.items()
    }
    print(f"    {'':12}{''.join(f'{each:>14}' for each in OPERATIONS)}")
    for name, its in figures.items():
        print(f"    {name:12}{''.join(f'{its[each]:>14,.0f}' for each in OPERATIONS)}")
    for name, why in missing.items():
        print(f"    {name:12} cannot be had: {why}")
    met = [judged(each, figures) for each in OPERATIONS]
    print("    with one copy, as the others:")
    for each in OPERATIONS:
        judged(each, figures, ONE_COPY)
    return all(met)


def judged(operation: str, figures: dict[str, dict[str, float]], whose: str = OURS) -> bool:
    ours = figures[whose][operation]
    others = {name: its[operation] for name, its in figures.items() if name not in (OURS, ONE_COPY, "stub")}
    best = max(others, key=lambda name: others[name]) if others else ""
    over_best = ours / others[best] if best else 0.0
    over_stub = ours / figures["stub"][operation] if "stub" in figures else 0.0
    met = over_best >= OVER_BEST or over_stub >= OVER_STUB
    said = f"{over_best:.2f} x {best or '-'} (>= {OVER_BEST})   {over_stub:.2f} x stub (>= {OVER_STUB})"
    print(f"      {operation:14} {said:56} {'GOAL' if met else 'MISSED'}")
    return met


def flat(quick: bool) -> bool:
    from benchmarks.servers import Riacho

    sizes = [1_000, 100_000 if quick else 1_000_000]
    with Riacho() as server:
        settings = {"ones": 200, "many": 4_000, "reads": 5_000, "rounds": 3 if quick else 9, "sizes": sizes}
        figures = run("flat", server, settings)
    print(f"\n(b) a shard that holds {sizes[0]:,} records and one that holds {sizes[1]:,}, by turns (records/s)")
    met = []
    for each in OPERATIONS:
        few, many, ratio = figures[f"{each} few"], figures[f"{each} many"], figures[each]
        met.append(ratio >= 1 - FLAT)
        said = f"{few:>10,.0f}   {many:>10,.0f}   {ratio:.2f} (>= {1 - FLAT})"
        print(f"      {each:14} {said:56} {'GOAL' if met[-1] else 'MISSED'}")
    return all(met)


def main(arguments: list[str]) -> int:
    parser = ArgumentParser(prog="python benchmarks/kinesis.py", description="Kinesis by boto3, beside others.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help="a, b; both without")
    parser.add_argument("--quick", action="store_true", help="smaller loads, one round")
    given = parser.parse_args(arguments)
    busy = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores for server and client{busy}")
    begun = time.monotonic()
    met = [row(given.quick) for letter, row in (("a", beside), ("b", flat)) if not given.rows or letter in given.rows]
    print(f"\n{'all goals met' if all(met) else 'a goal is missed'}, in {time.monotonic() - begun:.0f} s")
    return 0 if all(met) else 1


if __name__ == "__main__":
    begin(dev=True)
    sys.exit(main(sys.argv[1:]))
