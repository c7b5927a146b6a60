"""The engine host as a process of its own: started, watched, started again, ended.

It has the second core to itself, since a busy interpreter lock would halve the engine. It ends when
its socket to us closes, however we end, so no orphan keeps the Kafka ports. One that dies is started
again after a pause that doubles; one that dies ``QUICK_DEATHS_MAX`` times in a row within seconds of
its start is given up, with its last words.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from playground.engine_client import EngineClient

ROOT = Path(__file__).resolve().parent.parent
QUICK_SECONDS = 10.0
QUICK_DEATHS_MAX = 4
PAUSE_SECONDS = 0.25
ENDING_SECONDS = 10.0
LAST_WORDS = 12  # lines


class HostProcess:
    """Start with ``run`` as a task; ``stop`` ends both. arguments: the host's own, --control-port aside."""

    def __init__(self, client: EngineClient, arguments: list[str], *, module: str = "engine.live.host") -> None:
        self.client = client
        self.arguments = arguments
        self.module = module
        self.process: subprocess.Popen[str] | None = None
        self.lives = 0
        self._said: deque[str] = deque(maxlen=LAST_WORDS)
        self._stopping = asyncio.Event()

    def launch(self) -> None:
        """The first life may begin before anything else is loaded: it is what takes time."""
        command = [sys.executable, "-m", self.module, *self.arguments, "--control-port", str(self.client.port)]
        if self.client.aws:  # any free port would be another one now, and clients have this one
            command += ["--aws-port-before", str(urlsplit(self.client.aws).port)]
        environment = {**os.environ, "RIACHO_CONTROL_TOKEN": self.client.token, "PYTHONUNBUFFERED": "1"}
        self._said.clear()
        self.lives += 1
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            errors="replace",
        )  # fmt: skip

    async def run(self) -> None:
        """Keep one alive until stopped or given up."""
        quick_deaths = 0
        while not self._stopping.is_set():
            if self.process is None:
                self.launch()
            born = time.monotonic()
            code = await self._death()
            self.process = None
            if self._stopping.is_set() or self.client.has_failed():
                return
            quick_deaths = quick_deaths + 1 if time.monotonic() - born < QUICK_SECONDS else 0
            # Ctrl-C reaches the host too; a moment later we know that we are ending as well.
            await asyncio.sleep(PAUSE_SECONDS * 2 ** max(0, quick_deaths - 1))
            if self._stopping.is_set() or self.client.has_failed():
                return
            if quick_deaths >= QUICK_DEATHS_MAX:
                reason = f"The engine has ended {quick_deaths} times right after its start (the last time with {code})."
                self.client.fail({"code": "HOST_DIES", "reason": "\n  ".join([reason, *self._said])})
                return
            if self.client.state != "lost":
                self.client.set_state("lost")
            print(f"The engine has stopped (exit code {code}); starting it again.", file=sys.stderr, flush=True)

    async def stop(self) -> None:
        """End it: its socket closes, it writes down what it has to. If it does not, it is made to."""
        self._stopping.set()
        await self.client.close()
        process = self.process
        if process is None:
            return
        for end in (process.terminate, process.kill):
            if await asyncio.to_thread(_ended, process, ENDING_SECONDS):
                return
            end()
        await asyncio.to_thread(process.wait)

    def kill(self) -> None:
        """At once (a second Ctrl-C)."""
        if self.process is not None:
            self.process.kill()

    async def _death(self) -> int:
        """Pass on what it says until it ends: its exit code. A thread works with every event loop, on every system."""
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[int] = loop.create_future()
        process = self.process
        assert process is not None and process.stderr is not None
        stderr = process.stderr

        def finish(code: int) -> None:
            if not ended.done():
                ended.set_result(code)

        def listen() -> None:
            for line in stderr:
                self._said.append(line.rstrip())
                sys.stderr.write(line)
                sys.stderr.flush()
            code = process.wait()
            with suppress(RuntimeError):  # the loop may be gone by now
                loop.call_soon_threadsafe(finish, code)

        threading.Thread(target=listen, name="engine-host", daemon=True).start()
        return await ended


def _ended(process: subprocess.Popen[str], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True
