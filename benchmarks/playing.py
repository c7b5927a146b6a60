"""``manage.py play`` for a benchmark: on free ports, with a fresh data folder, and a sandbox that is busy.

with Playing() as play:
    sandbox = play.sandbox(scenario(brokers=3, partitions=6))
    with play.busy(sandbox, rate=5_000, partitions=6):
        ...

A real client (confluent-kafka, in a process of its own) writes the records, as a busy cluster's would, and a
simulated group reads them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from benchmarks.servers import cpu_s

ROOT = Path(__file__).resolve().parent.parent
TOPIC = "FIAP"
START_S = 60.0
SIZE, LINGER_MS = 100, 50  # of what the client writes: bytes a record, and how long it gathers them


def scenario(*, brokers: int, partitions: int, consumers: int = 3) -> dict[str, Any]:
    """One topic, replication 3, and one group that reads it."""
    topic = {"topic": TOPIC, "partitions": partitions, "replication": 3, "min_insync_replicas": 2}
    group = {"group": "A", "topic": TOPIC, "consumers": consumers, "poll_ms": 200, "max_poll_records": 10_000}
    return {"name": "busy", "brokers": brokers, "topics": [topic], "groups": [group]}


class Playing:
    """url: of the page. process: the web process; host: the engine's process id."""

    def __init__(self) -> None:
        self.url = ""
        self.host = 0
        self.process: subprocess.Popen[str]
        self._data = tempfile.TemporaryDirectory(prefix="riacho-benchmark-")

    def __enter__(self) -> Playing:
        command = [
            sys.executable, "manage.py", "play", "--no-browser", "--port", "0", "--kafka-port", "0",
            "--data", self._data.name,
        ]  # fmt: skip
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("web "):
                self.url = line.removeprefix("web ").strip().partition("/?")[0].rstrip("/")
            if line.startswith("kafka "):
                break
        else:
            raise SystemExit("play did not start.")
        self.host = host_of(self.process.pid)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        self.process.wait(30)
        self._data.cleanup()

    def ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """JSON from the API."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=START_S) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def sandbox(self, given: dict[str, Any]) -> str:
        """A new sandbox's id, once it is open."""
        name = str(self.ask("/api/sandboxes", {"scenario": given, "seed": 1})["id"])
        until = time.monotonic() + START_S
        while not any(row["id"] == name and row["state"] == "open" for row in self.ask("/api/sandboxes")["sandboxes"]):
            if time.monotonic() > until:
                raise SystemExit("The sandbox was not opened.")
            time.sleep(0.05)
        return name

    @contextmanager
    def busy(self, sandbox: str, *, rate: int, partitions: int) -> Iterator[None]:
        """A real client writes ``rate`` records/s. Whoever asks, checks with ``written`` that it did."""
        row = next(row for row in self.ask("/api/sandboxes")["sandboxes"] if row["id"] == sandbox)
        told = {
            "address": row["kafka"][0], "seconds": 3_600, "rate": rate, "size": SIZE, "topic": TOPIC,
            "partitions": partitions, "linger_ms": LINGER_MS,
        }  # fmt: skip
        client = subprocess.Popen([sys.executable, "-m", "benchmarks.loads", "steady", json.dumps(told)], cwd=ROOT)
        try:
            yield
            if client.poll() is not None:
                raise SystemExit("The client that writes gave up.")
        finally:
            client.kill()
            client.wait()

    def state(self, sandbox: str) -> dict[str, Any]:
        return self.ask(f"/api/sandboxes/{sandbox}/state")

    def events(self, sandbox: str, since: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask(f"/api/sandboxes/{sandbox}/events?since={since}")["events"]
        return found

    def cpu_s(self) -> tuple[float, float]:
        """Seconds of processor time: of the web process, of the engine."""
        return cpu_s(self.process.pid), cpu_s(self.host)


def written(state: dict[str, Any]) -> int:
    """Records in a state's own topics."""
    topics = [topic for topic in state["topics"] if not topic["internal"]]
    return sum(partition["end"] for topic in topics for partition in topic["partitions"])


def host_of(play: int) -> int:
    """The process id of the engine that a ``play`` has started."""
    for thread in Path(f"/proc/{play}/task").iterdir():
        children = (thread / "children").read_text().split()
        if children:
            return int(children[0])
    raise SystemExit("play has started no engine.")
