"""Many viewers in one process: each a WebSocket that reads what it is sent and does nothing else.

    python -m benchmarks.lookers URL SANDBOX COUNT SECONDS       prints what was measured as JSON

A frame's latency is the time from its making in the engine host ("made", by the wall clock of this machine) to its
arrival here, all of its bytes read. The first viewer puts the states together as a browser does, so that the
others' frames are known to mean something.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import sys
import time
from statistics import quantiles
from urllib.parse import urlsplit

from engine.live.framing import Assembled

MADE = re.compile(rb'"made":(\d+)')
SETTLE_S = 3.0


class Looker(asyncio.Protocol):
    """latencies: milliseconds, while ``counting``. sizes: bytes of messages with frames. missed: gaps in numbers."""

    counting = False

    def __init__(self, request: bytes, reads: bool) -> None:
        self._request, self._reads = request, reads
        self._data = b""
        self._open = False
        self.latencies: list[float] = []
        self.sizes: list[int] = []
        self.missed = 0
        self.events: list[int] = []
        self.seen = Assembled()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        if Looker.counting:
            raise SystemExit("a viewer lost its line")

    def data_received(self, data: bytes) -> None:
        data = self._data + data if self._data else data
        at = 0
        if not self._open:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self._data = data
                return
            self._open, at = True, end + 4
        while (start := _payload(data, at)) is not None:
            begin, size = start
            if begin + size > len(data):
                break
            if data[at] & 15 == 1:
                self._message(data[begin : begin + size])
            elif data[at] & 15 == 9:
                self._pong(data[begin : begin + size])
            at = begin + size
        self._data = data[at:]

    def _pong(self, said: bytes) -> None:
        """What was asked with, back again: another answer counts as none, and the line is closed."""
        self._transport.write(bytes((0x8A, 0x80 | len(said))) + bytes(4) + said)

    def _message(self, text: bytes) -> None:
        frames = text.startswith(b'{"t":"frame"')
        if frames and Looker.counting:
            now = time.time() * 1_000
            self.sizes.append(len(text))
            self.latencies += [now - int(made) for made in MADE.findall(text)]
        if not self._reads:
            return
        message = json.loads(text)
        if frames:
            for part in message["p"]:
                kind = "key" if "k" in part else "delta" if "d" in part else "detail"
                if self.seen.heard(kind, part) is None and kind == "delta":  # type: ignore[arg-type]
                    self.missed += 1
        self.events += [event["n"] for event in message.get("events", ())]


def _payload(data: bytes, at: int) -> tuple[int, int] | None:
    """Where a WebSocket frame's payload begins, and its size."""
    if len(data) < at + 2:
        return None
    size = data[at + 1] & 127
    more = {126: 2, 127: 8}.get(size, 0)
    if len(data) < at + 2 + more:
        return None
    return at + 2 + more, int.from_bytes(data[at + 2 : at + 2 + more], "big") if more else size


async def look(url: str, sandbox: str, count: int, seconds: float) -> dict[str, float]:
    place = urlsplit(url)
    host, port = place.hostname or "", place.port or 80
    loop = asyncio.get_running_loop()
    key = base64.b64encode(os.urandom(16)).decode()
    request = (
        f"GET /ws/sandboxes/{sandbox} HTTP/1.1\r\nHost: {place.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()
    lookers = []
    for number in range(count):
        looker = Looker(request, reads=number == 0)
        await loop.create_connection(lambda looker=looker: looker, host, port)  # type: ignore[misc]
        lookers.append(looker)
    await asyncio.sleep(SETTLE_S)
    Looker.counting = True
    busy = time.process_time()
    await asyncio.sleep(seconds)
    busy = time.process_time() - busy
    Looker.counting = False
    all_of_them = [one for looker in lookers for one in looker.latencies]
    percents = quantiles(all_of_them, n=1000)
    first = lookers[0]
    whole = first.events == list(range(first.events[0], first.events[0] + len(first.events)))
    if first.missed or not whole or min(len(looker.latencies) for looker in lookers) == 0:
        raise SystemExit("a viewer missed something")
    return {
        "frames": sum(len(looker.latencies) for looker in lookers) / count / seconds,
        "slowest": min(len(looker.latencies) for looker in lookers) / seconds,
        "p50": percents[499], "p99": percents[989], "max": max(all_of_them),
        "bytes": sum(first.sizes) / len(first.sizes), "bytes_max": max(first.sizes), "cpu": busy / seconds,
    }  # fmt: skip


if __name__ == "__main__":
    given = sys.argv
    print(json.dumps(asyncio.run(look(given[1], given[2], int(given[3]), float(given[4])))))
