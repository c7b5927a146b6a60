"""The program of a worker: reads lines to run from its standard input, one frame each, until that closes.

    python -I -c "..." (playground/shell/pool.py)   with an environment of its own, in which there is nothing

Everything is imported and read first; then the process gives up what it does not need (guard.py), says that it is
ready, and takes lines. A second thread listens for "stop".
"""

from __future__ import annotations

import faulthandler
import gc
import os
import queue
import signal
import threading
import time
from contextlib import suppress
from types import SimpleNamespace
from typing import IO, Any

from playground.shell import frames, limits
from playground.shell.worker import guard, manual
from playground.shell.worker.aws import Aws
from playground.shell.worker.virtual import Virtual
from playground.shell.worker.words import Words


class Work:
    def __init__(self, source: IO[bytes], sink: IO[bytes]) -> None:
        self.source, self.sink = source, sink
        self.waiting: queue.SimpleQueue[tuple[dict[str, Any], bytes] | None] = queue.SimpleQueue()
        self.words = Words()
        self.aws = Aws(self.words)
        self.wake = threading.Event()
        self.virtual = Virtual(self.aws, self.words, self.wake)
        self.guard = guard.Guard()

    def run(self) -> None:
        _sleep_lightly(self.wake)
        signal.signal(signal.SIGINT, self.aws.interrupt)
        told = {"operations": manual.operations(self.aws.shared), "options": manual.global_options(self.aws.shared)}
        self._rehearse()
        gc.collect()
        gc.freeze()  # the models stay: no collection need look at them again
        threading.Thread(target=self._listen, name="listen", daemon=True).start()
        self.guard.close()
        frames.write(self.sink, {"ready": told})
        while (asked := self.waiting.get()) is not None:
            self._serve(*asked)

    def _rehearse(self) -> None:
        """What the first command would have to import and read, while that is still allowed and nobody waits."""
        access = {"endpoint": "http://127.0.0.1:9", "access_key": "x", "secret_key": "x", "label": "rehearsal"}
        self.aws.begin(access)
        put = "put-record --stream-name x --partition-key x --data eA== --generate-cli-skeleton output"
        for line in (
            f"aws kinesis {put}",
            "aws kinesis list-streams --generate-cli-skeleton output --output yaml",
            "aws kinesis help | head -1",
            "aws kinesis list-shards --output table --generate-cli-skeleton output",
            "aws kinesis list-streams --output text --generate-cli-skeleton output",
        ):
            self.virtual.run(line, b"", lambda text, is_error: None)

    def _listen(self) -> None:
        with suppress(EOFError, ValueError, OSError):
            while True:
                message, state = frames.read(self.source)
                if "stop" in message:
                    self.virtual.stop()
                else:
                    self.waiting.put((message, state))
        # Nobody is there any more. The line that runs, if one does, ends with us.
        os._exit(0)

    def _serve(self, message: dict[str, Any], state: bytes) -> None:
        self.words.speak(message["language"])
        self.virtual.history = message.get("history", [])
        access = {**message["access"], "label": message["label"]}
        self.guard.allow(access["endpoint"])
        self.aws.begin(access)
        guard.allow_cpu(message["cpu"])
        self.virtual.seconds, self.virtual.bytes_max = message["seconds"], message["bytes"]
        # Should the web process be gone, nobody else would end a line that hangs: this does, whatever holds the lock.
        faulthandler.dump_traceback_later(message["seconds"] + 4 * limits.GRACE_SECONDS, exit=True, file=2)
        try:
            done, after = self.virtual.run(message["run"], state, self._emit)
        finally:
            faulthandler.cancel_dump_traceback_later()
        self.guard.allow_nothing()
        frames.write(self.sink, {"done": done}, after)

    def _emit(self, text: str, is_error: bool) -> None:
        frames.write(self.sink, {"out": text, "err": is_error})


def _sleep_lightly(wake: threading.Event) -> None:
    """Waiters and retries of botocore sleep for seconds: let "stop" wake them."""
    from botocore import endpoint, waiter

    def sleep(seconds: float) -> None:
        if wake.wait(seconds):
            raise KeyboardInterrupt

    for module in (waiter, endpoint):
        module.time = SimpleNamespace(sleep=sleep, time=time.time)


def main() -> None:
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "rb") as nothing, open(os.devnull, "ab") as nowhere:
        # What prints by mistake must not get between the frames.
        os.dup2(nothing.fileno(), 0)
        os.dup2(nowhere.fileno(), 1)
    Work(source, sink).run()
