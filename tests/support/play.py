"""``manage.py play`` as a process, for tests. With ``fake=True``: in front of a stand-in for the engine host."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0

# As play.py's Command does, with another host module.
FAKE = """
import os, sys, pathlib
os.environ["DJANGO_SETTINGS_MODULE"] = "playground.settings"
import django; django.setup()
from playground.management.commands.play import CannotPlay, Play
options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
try:
    Play(options.get("--host", "127.0.0.1"), int(options["--port"]), int(options["--kafka-port"]),
         pathlib.Path(options["--data"]), "", True, module="tests.support.fake_host").run()
except CannotPlay as problem:
    sys.exit(f"CommandError: {problem}")
"""


class Played:
    """One run. lines: what it has printed so far; errors: the same on stderr."""

    def __init__(self, *arguments: str, fake: bool) -> None:
        way = ["-c", FAKE] if fake else ["manage.py", "play", "--no-browser", "--aws-port", "0"]
        self.process = subprocess.Popen(
            [sys.executable, *way, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)}, start_new_session=True,
        )  # fmt: skip
        self.lines: list[str] = []
        self.errors: list[str] = []
        self._readers = [
            threading.Thread(target=self._read, args=pair, daemon=True)
            for pair in ((self.process.stdout, self.lines), (self.process.stderr, self.errors))
        ]
        for reader in self._readers:
            reader.start()

    @staticmethod
    def _read(stream: Any, into: list[str]) -> None:
        for line in stream:
            into.append(line.rstrip("\n"))

    def printed(self, start: str) -> str:
        """The rest of the line that begins with ``start``, once it is there."""
        line: str = self.until(lambda: next((line for line in self.lines if line.startswith(start)), None))
        return line[len(start) :]

    def until(self, found: Any, seconds: float = PATIENCE) -> Any:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if result := found():
                return result
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError(f"It did not come to that. It said:\n{self.lines}\n" + "\n".join(self.errors))

    def get(self, path: str) -> tuple[int, Any]:
        """Status and JSON. The page's address must have been printed."""
        return self._ask(urllib.request.Request(self.url + path))

    def command(self, **command: Any) -> tuple[int, Any]:
        return self.post("/api/sandboxes/demo/commands", **command)

    def post(self, path: str, **fields: Any) -> tuple[int, Any]:
        body, headers = json.dumps(fields).encode(), {"Content-Type": "application/json"}
        return self._ask(urllib.request.Request(f"{self.url}{path}", body, headers))

    @staticmethod
    def _ask(request: urllib.request.Request) -> tuple[int, Any]:
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.load(refusal)

    @property
    def url(self) -> str:
        return self.printed("web ").partition("/?")[0]

    def children(self) -> list[int]:
        """The processes it has started."""
        found: list[int] = []
        for thread in Path(f"/proc/{self.process.pid}/task").iterdir():  # a child belongs to the thread that made it
            with suppress(OSError):  # threads come and go
                found += [int(pid) for pid in (thread / "children").read_text().split()]
        return found

    def end(self, number: int = signal.SIGINT) -> int:
        """Send a signal to the whole group, as Ctrl-C does: the exit code."""
        os.killpg(self.process.pid, number)
        return self.wait()

    def wait(self) -> int:
        code = self.process.wait(PATIENCE)
        for reader in self._readers:
            reader.join(5)
        return code


@contextmanager
def played(*arguments: str, fake: bool = False) -> Iterator[Played]:
    run = Played(*arguments, fake=fake)
    try:
        yield run
    finally:
        if run.process.poll() is None:
            os.killpg(run.process.pid, signal.SIGKILL)
            run.wait()


def free_ports(count: int) -> int:
    """The first of ``count`` free ports in a row, below those the system gives away by itself.

    By real chance: other tests, in other processes with the same seed, look for ports at the same time.
    """
    for _ in range(100):
        first = 20_000 + secrets.randbelow(12_000 - count)
        sockets = []
        try:
            for port in range(first, first + count):
                sockets.append(socket.create_server(("127.0.0.1", port)))
            return first
        except OSError:
            continue
        finally:
            for each in sockets:
                each.close()
    raise AssertionError("no free ports")
