"""A room full of viewers: how late a frame is, and whether the engine keeps time meanwhile.

    python benchmarks/viewers.py             300 viewers, 20,000 records/s, a minute
    python benchmarks/viewers.py --quick     the same for ten seconds
    python benchmarks/viewers.py --viewers 30 --seconds 20 --partitions 100 --brokers 12

Starts ``play`` (a web process and an engine host) with a sandbox to which a real client (confluent-kafka, a process of
its own) writes 20,000 records/s of 100 bytes, gathered for 50 ms, and which a simulated group reads. The viewers are
WebSockets of one more process on the same machine (lookers.py), which takes its share of the same cores; the first of
them decodes every frame. Latency is counted from the making of a frame in the engine host to its last byte at a viewer.

The exit code is 0 iff the p99 is at most 100 ms at 9 frames/s or more for the slowest viewer, nothing was rebased,
at least 95 % of the records asked for were written, and virtual time ran at 0.99 of the wall clock or more.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # instead of this folder: its engine.py is not the engine

from house.venv import begin  # noqa: E402

P99_MS_MOST, FRAMES_LEAST, TIME_LEAST, RATE_LEAST = 100.0, 9.0, 0.99, 0.95
WARM_S = 3.0
RATE = 20_000


def main(arguments: list[str]) -> int:
    parser = ArgumentParser(description="Latency of frames for many viewers of one busy sandbox.")
    parser.add_argument("--viewers", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--brokers", type=int, default=3)
    parser.add_argument("--partitions", type=int, default=6)
    parser.add_argument("--quick", action="store_true", help="ten seconds")
    given = parser.parse_args(arguments)
    if not Path("/proc/self/stat").exists():
        print("Processor time is read from /proc, which this system does not have.")
        return 1
    seconds = 10.0 if given.quick else given.seconds
    from benchmarks.playing import Playing, scenario, written

    with Playing() as play:
        sandbox = play.sandbox(scenario(brokers=given.brokers, partitions=given.partitions))
        with play.busy(sandbox, rate=RATE, partitions=given.partitions):
            time.sleep(WARM_S)
            command = [
                sys.executable, "-m", "benchmarks.lookers", play.url, sandbox, str(given.viewers), str(seconds),
            ]  # fmt: skip
            viewers = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
            time.sleep(WARM_S)
            before, began, used = play.state(sandbox), time.monotonic(), play.cpu_s()
            time.sleep(max(1.0, seconds - WARM_S))
            after, wall, done = play.state(sandbox), time.monotonic() - began, play.cpu_s()
            said, _ = viewers.communicate(timeout=seconds + 60)
            if viewers.returncode:
                print("The viewers could not do it.")
                return 1
        rebases = sum(event["code"] == "rebased" for event in play.events(sandbox, before["event"]))
    seen = json.loads(said)
    figures = {
        "rate": (written(after) - written(before)) / wall,
        "time": (after["at_ms"] - before["at_ms"]) / 1_000 / wall,
        "web": (done[0] - used[0]) / wall,
        "host": (done[1] - used[1]) / wall,
        "rebases": rebases,
        **seen,
    }
    return report(given, figures)


def report(given: Any, f: dict[str, Any]) -> int:
    print(f"{given.viewers} viewers of {given.brokers} brokers x {given.partitions} partitions x 3 replicas;"
          f" {os.cpu_count()} cores, Python {platform.python_version()};"
          " the viewers in one more process on the same cores")  # fmt: skip
    print(f"records/s          {f['rate']:10,.0f}")
    print(f"frames/s           {f['frames']:10.1f}  (slowest viewer {f['slowest']:.1f})")
    print(f"frame latency, ms  {f['p50']:10.0f}  p99 {f['p99']:.0f}, max {f['max']:.0f}")
    print(f"bytes a frame      {f['bytes']:10,.0f}  largest {f['bytes_max']:,}")
    print(f"virtual/wall time  {f['time']:10.3f}  {f['rebases']} rebases")
    print(f"cores              host {f['host']:.2f}, web {f['web']:.2f}, viewers {f['cpu']:.2f}")
    good = (
        f["p99"] <= P99_MS_MOST and f["slowest"] >= FRAMES_LEAST and f["time"] >= TIME_LEAST and not f["rebases"]
        and f["rate"] >= RATE_LEAST * RATE
    )  # fmt: skip
    print("reached" if good else "NOT reached")
    return 0 if good else 1


if __name__ == "__main__":
    begin(dev=True)
    sys.exit(main(sys.argv[1:]))
