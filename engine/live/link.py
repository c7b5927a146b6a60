"""The line from a host to the web process: questions in, answers, notices, frames and events out."""

from __future__ import annotations

import asyncio
from typing import Any

from engine.live.asks.asking import Binary
from engine.live.control import Facade
from engine.live.envelope import MESSAGE_BYTES_MAX, pack_binary, pack_events, pack_json, pack_part, unpack_json
from engine.live.frames import BadFrame, FrameSplitter
from engine.live.framing import Part
from engine.live.log import log

_UNREAD_MAX = 1 << 20  # bytes the web process has not read yet: frames are left out until it has


class ControlLink(asyncio.Protocol):
    """An ``Outlet``. ``closed`` is done when the socket is gone; ``facade`` is set before questions can come."""

    facade: Facade

    def __init__(self, token: str) -> None:
        self._token = token
        self._splitter = FrameSplitter(1, MESSAGE_BYTES_MAX)
        self._transport: asyncio.Transport
        self._tasks: set[asyncio.Task[None]] = set()
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._token.encode() + b"\n")

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.closed.done():
            self.closed.set_result(None)

    def data_received(self, data: bytes) -> None:
        try:
            for frame in self._splitter.feed(data):
                task = asyncio.get_running_loop().create_task(self._answer(unpack_json(frame)))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        except (BadFrame, ValueError) as error:
            log(f"The control socket brought {error}. Closed.")
            self._transport.abort()

    async def _answer(self, question: dict[str, Any]) -> None:
        answer = await self.facade.answer(question)
        result = answer.get("result")
        if isinstance(result, Binary):
            self._transport.write(pack_binary({**answer, "result": result.about}, result.data))
        else:
            self._transport.write(pack_json(answer))

    # --- an Outlet ----------------------------------------------------------------------------------

    def ready(self) -> bool:
        return self._transport.get_write_buffer_size() < _UNREAD_MAX

    def notice(self, message: dict[str, Any]) -> None:
        self._transport.write(pack_json(message))

    def part(self, sandbox: str, part: Part) -> None:
        self._transport.write(pack_part(sandbox, part))

    def events(self, sandbox: str, last: int, events: bytes) -> None:
        self._transport.write(pack_events(sandbox, last, events))

    def close(self) -> None:
        self._transport.close()


async def connect(port: int, token: str) -> ControlLink:
    """Raises OSError when nobody listens."""
    _, link = await asyncio.get_running_loop().create_connection(lambda: ControlLink(token), "127.0.0.1", port)
    return link
