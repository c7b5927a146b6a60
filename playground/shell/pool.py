"""A few worker processes for all shells: whoever has a line gets one that is free, or waits for its turn.

Workers are started when the first shell opens (that takes a second, which the reader spends reading), one more
whenever a line finds none free, and ended when no shell has been open for a while. First come, first served.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from playground.shell import limits
from playground.shell.process import Ended, WorkerProcess


class Turn:
    """One line on its way: waiting, then in a worker. ``stop`` ends it in either."""

    def __init__(self) -> None:
        self.worker: WorkerProcess | None = None
        self.stopped = False
        self.waiting: asyncio.Future[WorkerProcess] | None = None

    def stop(self) -> None:
        self.stopped = True
        if self.worker is not None:
            self.worker.stop("asked")
        elif self.waiting is not None and not self.waiting.done():
            self.waiting.cancel()


class Pool:
    """told: what the first worker said of the commands there are (worker/main.py); {} before that."""

    def __init__(self) -> None:
        self.workers: list[WorkerProcess] = []
        self.free: list[WorkerProcess] = []
        self.queue: deque[asyncio.Future[WorkerProcess]] = deque()
        self.told: dict[str, Any] = {}
        self.wanted = False
        self.closed = False

    def warm(self) -> None:
        """Somebody has opened a shell: let a worker be there when the first line comes."""
        self.wanted = True
        if not self.workers and not self.closed:
            self._start()

    async def run(
        self, turn: Turn, message: dict[str, Any], state: bytes, emit: Callable[[str, bool], None],
        waits: Callable[[str], None],
    ) -> Ended:  # fmt: skip
        """waits: is called when it has to wait, for a worker to come up ("starting") or for its turn ("busy").

        Raises ChildProcessError: no worker comes up.
        """
        try:
            turn.worker = await self._take(turn, waits)
        except asyncio.CancelledError:
            waiting = turn.waiting
            if waiting is not None and waiting.done() and not waiting.cancelled() and waiting.exception() is None:
                self._give_back(waiting.result())  # it came in the very moment
            if not turn.stopped:
                raise
            return Ended(stopped="asked")
        try:
            return await turn.worker.run(message, state, emit)
        except asyncio.CancelledError:
            turn.worker.kill("asked")  # whoever asked has gone in the middle of it
            raise
        finally:
            self._give_back(turn.worker)
            turn.worker = None

    async def _take(self, turn: Turn, waits: Callable[[str], None]) -> WorkerProcess:
        while self.free:
            worker = self.free.pop()
            if worker.alive:
                return worker
        if len(self.workers) < limits.WORKERS_MAX:
            self._start()
        turn.waiting = asyncio.get_running_loop().create_future()
        self.queue.append(turn.waiting)
        waits("busy" if all(worker.ready.done() for worker in self.workers) else "starting")
        return await turn.waiting

    def _start(self) -> None:
        worker = WorkerProcess(self._ended)
        self.workers.append(worker)
        worker.ready.add_done_callback(lambda ready: self._up(worker, ready))

    def _up(self, worker: WorkerProcess, ready: asyncio.Future[dict[str, Any]]) -> None:
        if ready.cancelled() or ready.exception() is not None:
            # Whoever waits hears it now, instead of waiting for a worker that will not come either.
            while self.queue:
                waiting = self.queue.popleft()
                if not waiting.done():
                    waiting.set_exception(ChildProcessError(str(ready.exception())))
            return
        self.told = self.told or ready.result()
        self._give_back(worker)

    def _give_back(self, worker: WorkerProcess) -> None:
        if not worker.alive or self.closed:
            return
        if worker.lines >= limits.WORKER_LINES_MAX:
            worker.close()
            self.workers.remove(worker)
            if self.queue or (self.wanted and not self.workers):
                self._start()
            return
        while self.queue:
            waiting = self.queue.popleft()
            if not waiting.done():
                waiting.set_result(worker)
                return
        if len(self.free) < limits.WORKERS_KEPT:
            self.free.append(worker)
        else:
            worker.close()

    def _ended(self, worker: WorkerProcess) -> None:
        if worker in self.free:
            self.free.remove(worker)
        if worker in self.workers:
            self.workers.remove(worker)
        came_up = worker.ready.exception() is None
        waited_for = any(not waiting.done() for waiting in self.queue)
        if came_up and not self.closed and (waited_for or (self.wanted and not self.workers)):
            self._start()

    def rest(self) -> None:
        """No shell is open: the workers that wait for work may go."""
        self.wanted = False
        while self.free:
            self.free.pop().close()

    def close(self) -> None:
        """For good."""
        self.closed = True
        for worker in self.workers:
            worker.close()
            worker.kill("asked")
