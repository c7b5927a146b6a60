"""One worker process, seen from the web process: started with nothing in its environment, listened to by a thread.

A thread with a blocking read works with every event loop and on every system (host_process.py does the same).
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playground.shell import frames, limits

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]
# Isolated (-I): no folder of the working directory, no variables, nobody's site-packages of their own. Our own code
# comes last on the path, so that nothing lying beside it can stand in for a library.
PROGRAM = (
    "import sys; sys.dont_write_bytecode = True; sys.path.append(sys.argv[1]); "
    "from playground.shell.worker.main import main; main()"
)
ENVIRONMENT = {
    "HOME": os.path.join(os.devnull, "home"),  # can exist nowhere
    "PATH": "", "TZ": "UTC", "LANG": "C.UTF-8", "AWS_EC2_METADATA_DISABLED": "true", "AWS_RETRY_MODE": "standard",
    "AWS_EXECUTION_ENV": "RiachoShell",
    # argparse asks for them with each option it makes; the browser folds long lines itself
    "COLUMNS": "100", "LINES": "30", "AWS_CONFIG_FILE": os.path.join(os.devnull, "config"),
    "AWS_SHARED_CREDENTIALS_FILE": os.path.join(os.devnull, "credentials"), "NO_PROXY": "*",
}  # fmt: skip
SMALL = 32 * 1024  # bytes that a pipe takes at once, whatever the other end does


@dataclass(slots=True)
class Ended:
    """What became of a line. done: what the worker told (worker/virtual.py); stopped: why it did not get to its end.

    state: the shell's bytes after it; None: as before it (the worker died, or more of the line has to come).
    """

    done: dict[str, Any] = field(default_factory=dict)
    state: bytes | None = None
    stopped: str | None = None


class WorkerProcess:
    """ready: what it told when it came up; fails with ChildProcessError when it did not. lines: run so far."""

    def __init__(self, ended: Callable[[WorkerProcess], None]) -> None:
        self.loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[dict[str, Any]] = self.loop.create_future()
        self.ready.add_done_callback(lambda future: future.cancelled() or future.exception())
        self.lines = 0
        self.alive = True
        self._ended = ended
        self._line: asyncio.Future[Ended] | None = None
        self._emit: Callable[[str, bool], None] = lambda text, is_error: None
        self._stop_for: str | None = None
        self._timers: list[asyncio.TimerHandle] = []
        environment = dict(ENVIRONMENT)
        if "SYSTEMROOT" in os.environ:
            environment["SYSTEMROOT"] = os.environ["SYSTEMROOT"]  # without it Windows has no sockets
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-c", PROGRAM, str(ROOT)], env=environment, cwd=os.path.abspath(os.sep),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for ``play``; a worker ends when its input closes
        )  # fmt: skip
        threading.Thread(target=self._listen, name="shell-worker", daemon=True).start()

    async def run(self, message: dict[str, Any], state: bytes, emit: Callable[[str, bool], None]) -> Ended:
        """One line; never fails: however it ends, that is told."""
        assert self._line is None and self.alive
        self.lines += 1
        line: asyncio.Future[Ended] = self.loop.create_future()
        self._line = line
        self._emit = emit
        self._stop_for = None
        self._timers = [
            self.loop.call_later(limits.LINE_SECONDS + limits.GRACE_SECONDS, self.stop),
            self.loop.call_later(limits.LINE_SECONDS + 2 * limits.GRACE_SECONDS, self.kill, "time"),
        ]
        may = {"seconds": limits.LINE_SECONDS, "cpu": limits.LINE_CPU_SECONDS, "bytes": limits.STATE_BYTES_MAX}
        try:
            await self._write({**message, **may}, state)
            return await line
        finally:
            for timer in self._timers:
                timer.cancel()
            self._line = None

    def stop(self, why: str = "time") -> None:
        """End the line soon; if it does not listen, its worker."""
        self._stop_for = why
        with suppress(OSError, ValueError):
            assert self.process.stdin is not None
            frames.write(self.process.stdin, {"stop": True})
        self._timers.append(self.loop.call_later(limits.GRACE_SECONDS, self.kill, why))

    def kill(self, why: str | None = None) -> None:
        if self.alive:
            self._stop_for = why
            self.process.kill()

    def close(self) -> None:
        """Its input closes: it ends."""
        with suppress(OSError, ValueError):
            assert self.process.stdin is not None
            self.process.stdin.close()

    async def _write(self, message: dict[str, Any], state: bytes) -> None:
        assert self.process.stdin is not None
        with suppress(OSError, ValueError):  # it has just died: its end is on its way
            if len(state) < SMALL:
                frames.write(self.process.stdin, message, state)
            else:
                await asyncio.to_thread(frames.write, self.process.stdin, message, state)

    # --- the other thread ---------------------------------------------------------------------------

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with suppress(EOFError, OSError, ValueError, RuntimeError):
            while True:
                message, data = frames.read(self.process.stdout)
                self.loop.call_soon_threadsafe(self._told, message, data)
        if self.process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(limits.GRACE_SECONDS)
            self.process.kill()
        code = self.process.wait()
        self.process.stdout.close()
        with suppress(RuntimeError):  # the loop may be gone by now
            self.loop.call_soon_threadsafe(self._died, code)

    # --- back in the loop ---------------------------------------------------------------------------

    def _told(self, message: dict[str, Any], data: bytes) -> None:
        if "out" in message:
            self._emit(message["out"], message["err"])
        elif "done" in message:
            done = message["done"]
            if self._line is not None and not self._line.done():
                stopped = done.get("stopped")
                if stopped == "asked" and self._stop_for:
                    stopped = self._stop_for
                self._line.set_result(Ended(done, None if done.get("more") else data, stopped))
        elif not self.ready.done():
            self.ready.set_result(message["ready"])

    def _died(self, code: int) -> None:
        self.alive = False
        self.close()
        if not self.ready.done():
            self.ready.set_exception(ChildProcessError(f"a worker of the shell ended before it was ready, with {code}"))
        if self._line is not None and not self._line.done():
            why = self._stop_for or _why(code)
            if why == "worker":
                log.warning("A line took its worker of the shell down, which ended with %s", code)
            self._line.set_result(Ended(stopped=why))
        self._ended(self)


def _why(code: int) -> str:
    return "cpu" if code == -getattr(signal, "SIGXCPU", 0) else "worker"
