"""What it costs when nobody looks: the processor time of ``play`` with its demo, as started.

    python benchmarks/idle.py [SECONDS]       60 without; Linux only

Starts ``manage.py play --no-browser`` on free ports with a fresh data folder, waits until it has come to rest, and
prints the share of a core that the web process and the engine host take. The exit code is 0 iff the host takes less
than ``HOST_MOST`` of a core. Besides: how many steps a second an idle cluster makes, in virtual time.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # instead of this folder: its engine.py is not the engine

from house.venv import begin  # noqa: E402

HOST_MOST = 0.02
SECONDS = 60.0
REST_S = 10.0
START_S = 60.0


def main(seconds: float) -> int:
    from benchmarks.servers import cpu_s

    if not Path("/proc/self/stat").exists():
        print("Processor time is read from /proc, which this system does not have.")
        return 1
    with tempfile.TemporaryDirectory(prefix="riacho-benchmark-") as data:
        command = [
            sys.executable, "manage.py", "play", "--no-browser", "--port", "0", "--kafka-port", "0", "--data", data,
        ]  # fmt: skip
        play = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        try:
            assert play.stdout is not None
            if not any(line.startswith("kafka ") for line in play.stdout):
                print("play did not start.")
                return 1
            host = host_of(play.pid)
            time.sleep(REST_S)
            before = cpu_s(play.pid), cpu_s(host)
            time.sleep(seconds)
            web, engine = cpu_s(play.pid) - before[0], cpu_s(host) - before[1]
        finally:
            play.terminate()
            play.wait(30)
    print(f"web process   {web / seconds:7.2%} of a core")
    print(f"engine host   {engine / seconds:7.2%} of a core (at most {HOST_MOST:.0%})")
    for name, scenario in scenarios().items():
        print(f"{name:52} {steps_a_second(scenario):5.1f} steps/s")
    return 0 if engine / seconds < HOST_MOST else 1


def host_of(play: int) -> int:
    """The engine host among a process's children."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(") ")[2].split()[1])
            words = (stat.parent / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue  # it has ended meanwhile
        if parent == play and b"engine.live.host" in words:
            return int(stat.parent.name)
    raise SystemExit("There is no engine host.")


def scenarios() -> dict[str, dict[str, Any]]:
    from engine.cluster.scenario import DEMO

    return {
        "the demo: a record a second, two groups": DEMO,
        "idle: three brokers and two groups, no producer": {**DEMO, "producers": []},
        "three brokers alone (heartbeats each half second)": {**DEMO, "producers": [], "groups": []},
    }


def steps_a_second(scenario: dict[str, Any]) -> float:
    """Agenda entries a second of virtual time, once it has come to rest."""
    from engine.cluster import Cluster
    from engine.machine import SECOND

    world = Cluster(scenario, 1).world
    world.advance(world.now + 20 * SECOND)
    before = world.steps
    world.advance(world.now + 60 * SECOND)
    return (world.steps - before) / 60


if __name__ == "__main__":
    begin(dev=True)
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS))
