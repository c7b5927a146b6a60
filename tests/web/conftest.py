"""The web half against a stand-in for the engine host, all in one event loop a test."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import pytest
from channels.testing import HttpCommunicator, WebsocketCommunicator

from playground import runtime
from playground.asgi import application
from playground.engine_client import EngineClient
from playground.hub import Hub
from tests.support.fake_host import FakeHost

TOKEN = "secret"


@dataclass
class Reply:
    """headers: names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> tuple[int, str]:
        """Status and code of a refusal, which must be JSON."""
        assert self.headers["content-type"] == "application/json"
        assert self.json()["ok"] is False
        return self.status, self.json()["error"]["code"]


@dataclass
class Web:
    """host: the stand-in, connected and ready unless asked otherwise."""

    hub: Hub
    client: EngineClient
    host: FakeHost

    async def get(self, path: str, *, method: str = "GET", **headers: str) -> Reply:
        return await self._request(method, path, b"", headers)

    async def post(
        self, path: str, body: Any, *, content_type: str = "application/json", method: str = "POST", **headers: str
    ) -> Reply:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"content-type": content_type, "content-length": str(len(data)), **headers}
        return await self._request(method, path, data, sent)

    async def _request(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Reply:
        sent = {"host": "127.0.0.1", **headers}
        raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in sent.items()]
        asking = HttpCommunicator(application, method, path, body, raw)
        await asking.send_input({"type": "http.request", "body": body})
        start = await asking.receive_output(5)
        parts = []
        while True:  # a streamed answer ends with a part that has no body
            part = await asking.receive_output(5)
            parts.append(part.get("body", b""))
            if not part.get("more_body"):
                break
        await asking.wait()
        names = {name.decode().lower(): value.decode() for name, value in start["headers"]}
        return Reply(start["status"], names, b"".join(parts))

    @asynccontextmanager
    async def socket(self, path: str = "/ws/sandboxes/demo", **headers: str) -> AsyncIterator[WebsocketCommunicator]:
        sent = {"host": "127.0.0.1", **headers}
        raw = [(name.encode(), value.encode()) for name, value in sent.items()]
        communicator = WebsocketCommunicator(application, path, headers=raw)
        connected, _ = await communicator.connect()
        assert connected
        try:
            yield communicator
        finally:
            await communicator.disconnect()

    async def settled(self, condition: Callable[[], bool]) -> None:
        """Until messages under way on the local sockets have arrived."""
        async with asyncio.timeout(5):
            while not condition():
                await asyncio.sleep(0.001)


class Scene(Protocol):
    """Runs a coroutine function with a ``Web``. ready: the host has said it is."""

    def __call__(self, play: Callable[[Web], Awaitable[None]], *, ready: bool = True) -> None: ...


@pytest.fixture
def scene() -> Scene:
    def run(play: Callable[[Web], Awaitable[None]], *, ready: bool = True) -> None:
        async def whole() -> None:
            hub = Hub()
            client = EngineClient(hub=hub, token=TOKEN)
            before = runtime.install(runtime.Runtime(hub, client))
            client.open()
            await client.listen()
            host = FakeHost()
            await host.connect(client.port, TOKEN, ready=ready)
            try:
                if ready:
                    await client.wait_until("ready")
                await play(Web(hub, client, host))
            finally:
                await client.close()
                await host.die()
                runtime.install(before)  # a whole playground may be standing in this process

        asyncio.run(whole())

    return run
