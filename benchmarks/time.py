"""Time in the hand, measured: looking back, branching, what remembering weighs, and what it costs under load.

    python benchmarks/time.py [--quick] [PART ...]      parts: busy, idle, load; all without

Each part runs in processes of its own. The exit code is 0 iff every target is met.

busy    A sandbox with a producer of 20 records/s and two groups lives ten minutes (at eight times the speed), then goes
        on at its usual speed while it is looked back into, at random moments of those ten minutes, as the stage does:
        question in, state as JSON out. Then branches are made at random moments: until the new sandbox
        listens. Weight: what the process's resident memory grew by from before the sandbox was made, history and
        its share of the journal included.
idle    The same for many sandboxes of three brokers and two groups in which nobody writes, each ten minutes old: what
        the process grew by, divided by their number.
load    A real client (confluent-kafka, a process of its own) produces 20,000 records/s of 100 bytes for five
        minutes; the host's resident memory and its clock are read from outside.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import quantiles
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # instead of this folder: its engine.py is not the engine

from house.venv import begin  # noqa: E402

COLLECTED_S = 5.0  # garbage is collected when nobody has been heard for a while
LOOK_MS, BRANCH_MS, BUSY_MB, IDLE_MB = 100.0, 200.0, 60.0, 2.0
SHARE_MOST, STALL_MS = 2.0, 30.0
LOAD_MB, ON_TIME = 1536.0, 0.99
RATE, SIZE = 20_000, 100
SANDBOXES = 20
SPEED = 8.0

GROUPS = [{"group": "A", "topic": "FIAP", "poll_ms": 1000}, {"group": "B", "topic": "FIAP", "poll_ms": 5000}]
TOPIC = {"topic": "FIAP", "partitions": 3, "replication": 3, "min_insync_replicas": 2}
IDLE = {"name": "idle", "link_us": 1000, "brokers": 3, "topics": [TOPIC], "groups": GROUPS}
BUSY = {**IDLE, "name": "busy", "producers": [{"producer": "loja", "topic": "FIAP", "rate": 20.0}]}

Figures = dict[str, float]


class Nobody:
    """An audience that does not listen."""

    def ready(self) -> bool:
        return True

    def frame(self, sandbox: str, state: bytes) -> None:
        pass

    def events(self, sandbox: str, last: int, events: bytes) -> None:
        pass

    def notice(self, message: dict[str, Any]) -> None:
        pass


async def hosted(work: Callable[[Any], Awaitable[Figures]]) -> Figures:
    """Do ``work`` with the facade of a host that has begun, as in the real process."""
    from engine.live.hosting import Host, HostConfig

    with tempfile.TemporaryDirectory(prefix="riacho-benchmark-") as folder:
        host = Host(HostConfig(Path(folder), kafka_port=0, scenario={**IDLE, "groups": []}, seed=1), Nobody())
        await host.begin()
        gc.collect()
        gc.freeze()
        gc.disable()
        try:
            return await work(host.facade)
        finally:
            await host.end()


async def ask(facade: Any, **question: Any) -> Any:
    import orjson

    answer = await facade.answer({"id": 1, **question})
    if not answer["ok"]:
        raise SystemExit(f"{question}: {answer['error']}")
    orjson.dumps(answer)
    return answer["result"]


async def live(facade: Any, sandboxes: list[str], minutes: float) -> float:
    """Let sandboxes live for so many minutes of theirs, fast. Returns how long that took."""
    begun, until = time.perf_counter(), minutes * 60_000
    for name in sandboxes:
        await ask(facade, ask="command", sandbox=name, actor="web", command={"do": "speed", "speed": SPEED})
    left = list(sandboxes)
    while left:
        await asyncio.sleep(0.01)
        for name in tuple(left):
            if facade.sandboxes[name].sandbox.world.now / 1e6 >= until:
                left.remove(name)
            else:
                facade.sandboxes[name].sandbox.look()
                await asyncio.sleep(0)
    for name in sandboxes:
        await ask(facade, ask="command", sandbox=name, actor="web", command={"do": "speed", "speed": 1.0})
    return time.perf_counter() - begun


async def timed(count: int, work: Callable[[], Awaitable[Any]], worked: list[float] | None = None) -> list[float]:
    """Milliseconds that each took. worked: of processor time, which a busy machine disturbs less."""
    took = []
    for _ in range(count):
        await asyncio.sleep(0.02)
        begun, before = time.perf_counter(), time.thread_time()
        await work()
        took.append((time.perf_counter() - begun) * 1e3)
        if worked is not None:
            worked.append((time.thread_time() - before) * 1e3)
    return took


async def busy(facade: Any, quick: bool) -> Figures:
    dice, minutes = random.Random(1), 2.0 if quick else 10.0
    before = resident_mb()
    name = (await ask(facade, ask="create", scenario=BUSY, name="busy", owner="me", seed=1))["id"]
    sandbox = facade.sandboxes[name].sandbox
    history = sandbox.history
    seconds = await live(facade, [name], minutes)
    gc.collect()
    weight = resident_mb() - before
    share = 100 * (history.spent_ns - history.longest_ns) / 1e9 / seconds  # the last one's time has not passed yet
    stall = history.longest_ns / 1e6

    def moment() -> float:
        now: float = sandbox.world.now / 1e6
        return dice.uniform(max(0.0, now - minutes * 60_000), now)

    def looking(**more: Any) -> Callable[[], Awaitable[Any]]:
        return lambda: ask(facade, ask="look", sandbox=name, **{key: value() for key, value in more.items()})

    def step() -> int:
        return dice.randint(history.horizon()[0] + 1, history.step)

    count = 60 if quick else 200
    worked: list[float] = []
    looks = await timed(count, looking(ms=moment), worked)
    moves = await timed(count, looking(step=step, move=lambda: dice.choice(("back", "forward"))))

    async def branch() -> None:
        made.append((await ask(facade, ask="branch", sandbox=name, ms=moment(), name="e se", owner="me"))["id"])

    made: list[str] = []
    branches = []
    for _ in range(10 if quick else 40):
        branches += await timed(1, branch)
        await ask(facade, ask="delete", sandbox=made[-1], owner="me")
    await asyncio.sleep(COLLECTED_S)
    after = resident_mb() - before
    return {
        "look p50": p(looks, 50), "look p95": p(looks, 95), "look work": p(worked, 95), "move p95": p(moves, 95),
        "branch p50": p(branches, 50), "branch p95": p(branches, 95), "weight": weight, "weight after looking": after,
        "share": share, "stall": stall, "snapshots": len(history.shelf.snapshots), "history": history.shelf.size / 1e6,
        "steps": history.step,
    }  # fmt: skip


async def idle(facade: Any, quick: bool) -> Figures:
    before = resident_mb()
    for number in range(SANDBOXES):
        await ask(facade, ask="create", scenario=IDLE, name=f"idle {number}", owner="me", seed=number)
    made = [name for name in facade.sandboxes if name.startswith("idle-")]
    assert len(made) == SANDBOXES
    await live(facade, made, 2.0 if quick else 10.0)
    gc.collect()
    weight = (resident_mb() - before) / SANDBOXES
    histories = [facade.sandboxes[name].sandbox.history for name in made]
    return {"weight": weight, "history": sum(h.shelf.size for h in histories) / 1e6 / SANDBOXES}


def resident_mb(pid: int | str = "self") -> float:
    """Megabytes (10^6 bytes) of memory of a process that are really there."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def p(took: list[float], percent: int) -> float:
    return quantiles(took, n=100)[percent - 1]


# --- under load -----------------------------------------------------------------------------------


def load(quick: bool) -> Figures:
    from benchmarks.servers import Riacho

    seconds = 20.0 if quick else 300.0
    with Riacho(replication=3, partitions=3) as host:
        told = json.dumps({"address": host.address, "seconds": seconds + 4, "rate": RATE, "size": SIZE})
        command = [sys.executable, "-m", "benchmarks.loads", "steady", told]
        client = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            time.sleep(3)  # it has connected, and the load is steady
            most, begun, first = 0.0, time.monotonic(), host.ask("state")
            while time.monotonic() - begun < seconds:
                time.sleep(1)
                most = max(most, resident_mb(host.process.pid))
            last, took = host.ask("state"), time.monotonic() - begun
            events = host.ask("events", limit=10_000)["events"]
            sent = int(json.loads(client.communicate(timeout=60)[0])["acknowledged"])
        finally:
            client.kill()
            client.wait()
        ended = host.ask("state")
    if sent < seconds * RATE * 0.99:
        raise SystemExit(f"the client sent only {sent:,} records")
    return {
        "resident": most,
        "on time": (last["at_ms"] - first["at_ms"]) / 1e3 / took,
        "rebases": sum(event["code"] == "rebased" for event in events),
        "records": sum(part["end"] for topic in ended["topics"] for part in topic["partitions"]),
        "sent": sent,
        "remembered": (ended["at_ms"] - ended["history"]["from_ms"]) / 1e3,
    }


# --- the table ------------------------------------------------------------------------------------


def elsewhere(part: str, quick: bool) -> Figures:
    """A part in a fresh process."""
    command = [sys.executable, __file__, "--part", part, *(["--quick"] if quick else [])]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{part} failed")
    found: Figures = json.loads(done.stdout.splitlines()[-1])
    return found


class Table:
    def __init__(self) -> None:
        self.missed = 0

    def line(self, what: str, figure: float, unit: str, most: float | None = None, least: float | None = None) -> None:
        target = f"at most {most:,g}" if most is not None else f"at least {least:,g}" if least is not None else ""
        good = (most is None or figure <= most) and (least is None or figure >= least)
        self.missed += not good
        print(f"{what:58} {figure:12,.2f} {unit:9} {target:16} {'' if good else 'MISSED'}".rstrip(), flush=True)


def main(arguments: list[str]) -> int:
    quick = "--quick" in arguments
    parts = [one for one in arguments if not one.startswith("--")] or ["busy", "idle", "load"]
    if not Path("/proc/self/statm").exists():
        print("Memory is read from /proc, which this system does not have.")
        return 1
    table = Table()
    if "busy" in parts:
        found = elsewhere("busy", quick)
        table.line("look back, 20 records/s, p50", found["look p50"], "ms")
        table.line("look back, 20 records/s, p95", found["look p95"], "ms", most=LOOK_MS)
        table.line("  of it, processor time, p95", found["look work"], "ms")
        table.line("a meaningful event back or forward, p95", found["move p95"], "ms", most=2 * LOOK_MS)
        table.line("branch, p50", found["branch p50"], "ms")
        table.line("branch, until it listens, p95", found["branch p95"], "ms", most=BRANCH_MS)
        table.line("weight of that sandbox", found["weight"], "MB", most=BUSY_MB)
        table.line("  and after looking back and branching", found["weight after looking"], "MB", most=BUSY_MB)
        table.line("  of it, snapshots by their own account", found["history"], "MB")
        table.line("  snapshots", found["snapshots"], "")
        table.line("  steps", found["steps"], "")
        table.line("snapshots' share of the time, at eight times the speed", found["share"], "%", most=SHARE_MOST)
        table.line("  the longest of them", found["stall"], "ms", most=STALL_MS)
    if "idle" in parts:
        found = elsewhere("idle", quick)
        table.line(f"weight of an idle sandbox (of {SANDBOXES})", found["weight"], "MB", most=IDLE_MB)
        table.line("  of it, snapshots by their own account", found["history"], "MB")
    if "load" in parts:
        found = load(quick)
        table.line(f"{RATE:,} records/s of {SIZE} bytes: resident, at most", found["resident"], "MB", most=LOAD_MB)
        table.line("  virtual over wall time", found["on time"], "", least=ON_TIME)
        table.line("  rebases", found["rebases"], "", most=0)
        table.line("  records acknowledged that are not there", found["sent"] - found["records"], "", most=0)
        table.line("  virtual seconds that can be looked back into", found["remembered"], "s")
    return 1 if table.missed else 0


if __name__ == "__main__":
    begin(dev=True)
    if sys.argv[1:2] == ["--part"]:
        part = {"busy": busy, "idle": idle}[sys.argv[2]]
        print(json.dumps(asyncio.run(hosted(lambda facade: part(facade, "--quick" in sys.argv)))))
    else:
        sys.exit(main(sys.argv[1:]))
