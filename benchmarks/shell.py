"""How long a command takes in the browser's shell, from the WebSocket's point of view: sent until told that it is done.

    python benchmarks/shell.py [LINES]       210 without

The whole playground runs in this process, as in the tests, with the shell's workers beside it. What a line costs: the
way there and back, the session's bytes made into a bash and back again, and what the command does. The exit code is 0
iff the median of all is at most ``MEDIAN_MOST``.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parent.parent)  # instead of this folder: its engine.py is not the engine

from house.venv import begin  # noqa: E402

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

    from tests.support.server import PlaygroundServer

MEDIAN_MOST = 50.0  # ms
STREAM = "ftf-meu-stream"
PUT = f"aws kinesis put-record --stream-name {STREAM} --partition-key 1 --data dGVzdGU="
ITERATOR = f"aws kinesis get-shard-iterator --stream-name {STREAM} --shard-id shardId-000000000003"
LINES = {
    "echo": "echo oi",
    "put-record": PUT,
    "put-record into jq": f"{PUT} | jq -r .ShardId",
    "list-streams": "aws kinesis list-streams",
    "describe-stream": f"aws kinesis describe-stream --stream-name {STREAM}",
    "iterator into a variable": f"IT=$({ITERATOR} --shard-iterator-type LATEST --query ShardIterator --output text)",
    "get-records": "aws kinesis get-records --shard-iterator $IT",
}


class Shell:
    def __init__(self, url: str) -> None:
        from websockets.sync.client import connect

        self.socket: ClientConnection = connect(f"{url.replace('http', 'ws', 1)}/ws/shell/demo/?lang=en")
        self.until("hello")

    def until(self, kind: str) -> dict[str, Any]:
        while True:
            message: dict[str, Any] = json.loads(self.socket.recv(60))
            if message["t"] == "out":
                self.socket.send(json.dumps({"t": "ack", "n": len(message["d"])}))
            if message["t"] == "refused":
                raise SystemExit(f"refused: {message}")
            if message["t"] == kind:
                return message

    def run(self, line: str) -> float:
        """Milliseconds."""
        began = time.perf_counter()
        self.socket.send(json.dumps({"t": "run", "line": line}))
        done = self.until("done")
        assert done["exit"] == 0, (line, done)
        return (time.perf_counter() - began) * 1000


def measure(server: PlaygroundServer, lines: int) -> dict[str, list[float]]:
    """Of each kind of line the milliseconds of each one. Without throttling: here it is about the shell."""
    server.do("speed", speed=8)
    shell = Shell(server.url)
    shell.run(f"aws kinesis create-stream --stream-name {STREAM} --shard-count 4")
    server.wait_for(lambda state: [one["status"] for one in state["kinesis"]["streams"]] == ["ACTIVE"])
    server.do("set_kinesis", throttle=False)
    for line in LINES.values():
        shell.run(line)
    taken: dict[str, list[float]] = {name: [] for name in LINES}
    for _ in range(max(1, lines // len(LINES))):
        for name, line in LINES.items():
            taken[name].append(shell.run(line))
    shell.socket.close()
    return taken


def median(taken: dict[str, list[float]]) -> float:
    return statistics.median(ms for each in taken.values() for ms in each)


def main(lines: int) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")
    import django

    django.setup()
    from tests.support.server import PlaygroundServer

    server = PlaygroundServer()
    server.begin()
    try:
        taken = measure(server, lines)
    finally:
        server.close()
    for name, each in taken.items():
        print(f"{name:26} p50 {statistics.median(each):6.1f} ms   max {max(each):6.1f} ms")
    print(f"{'all':26} p50 {median(taken):6.1f} ms   (at most {MEDIAN_MOST:.0f})")
    return 0 if median(taken) <= MEDIAN_MOST else 1


if __name__ == "__main__":
    begin(dev=True)
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 210))
