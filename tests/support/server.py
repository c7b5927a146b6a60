"""The whole playground inside the test's process: the real server, the real engine, real sockets.

Twisted's reactor can run once a process, so there is one server a session, in a thread; the engine
host has a thread of its own and is made anew for each test (``begin``): that takes a few milliseconds.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from engine.live.hosting import Host, HostConfig
from engine.live.link import connect
from playground import runtime
from playground.engine_client import EngineClient
from playground.hub import Hub

PATIENCE = 30.0


class PlaygroundServer:
    """url: of the page. kafka: where brokers listen, in this test. client: the facade, in the server's loop."""

    def __init__(self) -> None:
        from playground.asgi import application
        from playground.server import PlaygroundServer as Server
        from playground.server import loop

        self.client = EngineClient(hub=Hub(), token=secrets.token_urlsafe())
        runtime.install(runtime.Runtime(self.client.hub, self.client))
        self.client.open()
        self.server = Server(application, host="127.0.0.1", port=0)
        self.server.listen()
        self.url = f"http://127.0.0.1:{self.server.port}"
        self.loop = loop()
        self._engine: Engine | None = None
        self._thread = threading.Thread(target=self._serve, name="web", daemon=True)
        self._thread.start()
        self._within(self.client.listen())

    def _serve(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.server.run()

    def _within(self, coroutine: Any) -> Any:
        future: Future[Any] = asyncio.run_coroutine_threadsafe(coroutine, self.loop)
        return future.result(PATIENCE + 5)  # whoever waits inside says what for

    def begin(self, scenario: dict[str, Any] | None = None, *, seed: int = 1) -> None:
        """A new engine in place of the old one. scenario None: the demo."""
        self.end()
        config = HostConfig(None, kafka_port=0, scenario=scenario, seed=seed)
        self._engine = Engine(config, self.client.port, self.client.token)
        self._within(self.client.wait_until("ready"))

    def end(self) -> None:
        """Without an engine, as when it has died."""
        if self._engine is not None:
            self._engine.stop()
            self._within(self.client.wait_until("lost"))
            self._engine = None

    def close(self) -> None:
        self.end()
        self._within(self.client.close())
        self.server.stop()
        self._thread.join(PATIENCE)

    @property
    def kafka(self) -> list[str]:
        return list(self.client.kafka)

    @property
    def aws_url(self) -> str:
        return self.client.aws

    def aws_access(self, sandbox: str = "demo") -> dict[str, str]:
        """How AWS clients reach a sandbox: endpoint, region, access_key, secret_key."""
        access: dict[str, str] = self.ask("aws_access", sandbox=sandbox, owner="", all=True)
        return access

    def ask(self, ask: str, **fields: Any) -> Any:
        """A question to the host (engine/live/control.py): its result. Raises playground.engine_client.Refused."""
        return self._within(self.client.ask(ask, timeout=PATIENCE, **{"sandbox": "demo", **fields}))

    def do(self, do: str, **fields: Any) -> Any:
        """A command: ``do("crash_broker", broker=2)``."""
        command = {"id": secrets.token_hex(6), "do": do, **fields}
        return self.ask("command", actor="test", command=command)

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self.ask("state")
        return state

    def wait_for(self, holds: Callable[[dict[str, Any]], Any], seconds: float = PATIENCE) -> Any:
        """What ``holds`` says of the state, once it is true."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := holds(self.state()):
                return found
            time.sleep(0.02)
        raise AssertionError(f"It did not come to that: {self.state()}")


class Engine:
    """A host in a thread, at the end of a real control socket, with nothing on disk."""

    def __init__(self, config: HostConfig, port: int, token: str) -> None:
        self._begun = threading.Event()
        self._error: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop
        self._link: Any = None
        self._thread = threading.Thread(target=self._main, args=(config, port, token), name="engine", daemon=True)
        self._thread.start()
        self._begun.wait(PATIENCE)
        if self._error is not None:
            raise self._error

    def _main(self, config: HostConfig, port: int, token: str) -> None:
        try:
            asyncio.run(self._run(config, port, token))
        except BaseException as error:
            self._error = error
        self._begun.set()

    async def _run(self, config: HostConfig, port: int, token: str) -> None:
        self._loop = asyncio.get_running_loop()
        self._link = await connect(port, token)
        host = Host(config, self._link)
        self._link.facade = host.facade
        try:
            await host.begin()
            self._begun.set()
            await asyncio.wait((self._link.closed, host.broken), return_when=asyncio.FIRST_COMPLETED)
        finally:
            await host.end()
            self._link.close()
        if host.broken.done():
            raise host.broken.result()

    def stop(self) -> None:
        """Raises what broke it, if something did."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._link.close)
            self._thread.join(PATIENCE)
        if self._error is not None:
            raise self._error
