"""A host in a thread, for tests: the same code without a process, a control socket, or a journal.

    host = HostThread.start(scenario={...})
    host.kafka                      # ["127.0.0.1:20020", ...]
    host.aws                        # "http://127.0.0.1:34127"
    host.call("command", command={"do": "pause"})
    host.stop()
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson

from engine.live.asks.asking import Binary
from engine.live.framing import Assembled, Part
from engine.live.hosting import CannotBegin, Host, HostConfig

TIMEOUT_S = 30.0


class AskRefused(Exception):
    """A question was answered with an error: status as in HTTP, error {"code", "reason", "takes"?}."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        super().__init__(f"{status} {error['code']}: {error['reason']}")
        self.status, self.error, self.code = status, error, error["code"]


class Heard:
    """What a host has sent, decoded: an ``Outlet``. Of frames the last thousand."""

    def __init__(self) -> None:
        self.notices: list[dict[str, Any]] = []
        self.frames: deque[dict[str, Any]] = deque(maxlen=1_000)
        self._frames = Assembled()
        self.told: list[dict[str, Any]] = []
        self.news = threading.Condition()

    def ready(self) -> bool:
        return True

    def notice(self, message: dict[str, Any]) -> None:
        with self.news:
            self.notices.append(message)
            self.news.notify_all()

    def part(self, sandbox: str, part: Part) -> None:
        with self.news:
            if (frame := self._frames.heard(part.kind, orjson.loads(part.json))) is not None:
                self.frames.append(frame)
            self.news.notify_all()

    def events(self, sandbox: str, last: int, events: bytes) -> None:
        with self.news:
            self.told += orjson.loads(events)
            self.news.notify_all()


class HostThread:
    """heard: what it has sent, decoded (notices, frames, told: the numbered events).

    Use ``start``; ``stop`` raises whatever broke the host. Also a context manager.
    """

    def __init__(self, config: HostConfig) -> None:
        self.config = config
        self.sandbox = config.name
        self.kafka: list[str] = []
        self.aws = ""
        self.heard = Heard()
        self.host: Host
        self._loop: asyncio.AbstractEventLoop
        self._begun = threading.Event()
        self._error: BaseException | None = None
        self._stop: asyncio.Event
        self._thread = threading.Thread(target=self._main, name="engine-host", daemon=True)

    @classmethod
    def start(
        cls,
        scenario: dict[str, Any] | None = None,
        data_dir: Path | str | None = None,
        *,
        kafka_port: int = 0,
        kafka_host: str = "127.0.0.1",
        advertise: str = "",
        seed: int = 1,
        name: str = "demo",
    ) -> HostThread:
        """A host that listens. Raises CannotBegin."""
        data = Path(data_dir) if data_dir is not None else None
        host = cls(HostConfig(data, kafka_host, kafka_port, advertise, scenario, seed, name))
        host._thread.start()
        host._begun.wait()
        if host._error is not None:
            host._thread.join()
            raise host._error
        return host

    def call(self, ask: str, **fields: Any) -> Any:
        """The result of a question; fields as in engine/live/asks/. Bytes are "data", both ways. Raises AskRefused."""
        data = {"data": fields.pop("data")} if "data" in fields else {}
        question = orjson.loads(orjson.dumps({"id": 1, "ask": ask, "sandbox": self.sandbox, **fields})) | data
        future = asyncio.run_coroutine_threadsafe(self.host.facade.answer(question), self._loop)
        answer = future.result(TIMEOUT_S)
        result = answer.get("result")
        data = {}
        if isinstance(result, Binary):
            answer, data = {**answer, "result": result.about}, {"data": result.data}
        answer = orjson.loads(orjson.dumps(answer))
        if not answer["ok"]:
            raise AskRefused(answer["status"], answer["error"])
        return answer["result"] | data if data else answer["result"]

    def do(self, do: str, **fields: Any) -> Any:
        """A command: ``do("crash_broker", broker=2)``."""
        return self.call("command", actor="test", command={"do": do, **fields})

    def wait_for(self, found: Callable[[], Any], timeout: float = TIMEOUT_S) -> Any:
        """What ``found`` returns once it is true; it is asked again whenever the host has sent something."""
        with self.heard.news:
            if not self.heard.news.wait_for(found, timeout):
                raise TimeoutError("it did not come to that")
            return found()

    def stop(self) -> None:
        """End it. Raises what broke it, if something did."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(TIMEOUT_S)
        if self._error is not None:
            raise self._error

    def __enter__(self) -> HostThread:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # --- in the thread ------------------------------------------------------------------------------

    def _main(self) -> None:
        try:
            asyncio.run(self._run())
        except BaseException as error:
            self._error = error
        self._begun.set()

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self.host = Host(self.config, self.heard)
        try:
            await self.host.begin()
            stage = self.host.facade.sandboxes.get(self.config.name)  # none: it could not be opened
            self.kafka = stage.sandbox.listeners.addresses() if stage is not None else []
            self.aws = self.host.aws.url if self.host.aws is not None else ""
            self._begun.set()
            stop = self._loop.create_task(self._stop.wait())
            await asyncio.wait((stop, self.host.broken), return_when=asyncio.FIRST_COMPLETED)
            stop.cancel()
        finally:
            await self.host.end()
        if self.host.broken.done():
            raise self.host.broken.result()


__all__ = ["AskRefused", "CannotBegin", "HostThread"]
