"""One TCP connection of a real client: bytes in, whole Kafka frames to the sandbox, replies out.

Theory of operation
-------------------
A connection knows nothing of Kafka but the four bytes of length. Whole frames go to its ``Desk``
(the sandbox); replies gather in ``out`` while an instant is computed and leave with one system call
when it has been written down (``send``).

Bounds, and what happens at them:

- The first frame may have ``FIRST_FRAME_BYTES_MAX`` bytes, later ones ``FRAME_BYTES_MAX`` (Kafka's
  socket.request.max.bytes): the connection is closed with a line in the log.
- A client that does not read its replies is not read from either once ``OUT_BYTES_HIGH`` bytes wait
  for it, until it has read most of them. At ``OUT_BYTES_MAX`` the connection is closed.
- Requests that may bring much more than they are (Fetch) are handed on ``FETCHES_A_TURN`` at a time:
  thousands of them fit in one read.
- ``hold`` (the sandbox is paused): one read of at most ``PARKED_READ_BYTES`` is kept, then nothing is
  read any more until ``read_more`` or ``release``.

Nagle's algorithm is off: asyncio sees to that.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any, Protocol

from engine.limits import FIRST_FRAME_BYTES_MAX, FRAME_BYTES_MAX, OUT_BYTES_HIGH, OUT_BYTES_MAX, PARKED_READ_BYTES
from engine.live.frames import BadFrame, FrameSplitter
from engine.live.log import log

FETCHES_A_TURN = 16
_FETCH = b"\x00\x01"  # how a frame of API key 1 begins
HEADER_BYTES_MIN = 8  # API key, version, correlation: the least a Kafka request consists of
_CHUNKS_MAX = 1000  # of one writev; IOV_MAX is 1024 where there is a limit
_SCATTER = hasattr(os, "writev")


class Desk(Protocol):
    """Who a connection hands things to."""

    def opened(self, connection: Connection) -> None: ...
    def received(self, connection: Connection, frames: list[bytes]) -> None: ...
    def closed(self, connection: Connection) -> None: ...


class Connection(asyncio.Protocol):
    """number: the World's name for it, -1 until the World has accepted it. broker: whose port it came to.

    peer: "tcp:HOST:PORT". address: the HOST:PORT it came in by. out: replies of this instant.
    alive: the socket is open. wanted: the World has not closed it.
    greeted: it came while the sandbox was paused and its first request was looked at by the edge;
    unsaid: the edge has answered that one, so the World's first answer is left out; client: its name there.
    parked: frames of it that wait for time to go on; arrivals: when those read while time stands still
    came, on the wall clock, and came_at: when it did itself, if that was then.
    """

    __slots__ = (
        "_backlog", "_choked", "_fd", "_held", "_read_bytes", "_splitter", "_transport", "address", "alive",
        "arrivals", "broker", "came_at", "client", "desk", "greeted", "number", "out", "parked", "peer", "unsaid",
        "wanted",
    )  # fmt: skip

    def __init__(self, desk: Desk, broker: int, advertise: str = "") -> None:
        self.desk, self.broker, self.address = desk, broker, advertise
        self.number = -1
        self.peer = ""
        self.alive = False
        self.wanted = True
        self.greeted = self.unsaid = False
        self.client = ""
        self.parked = self.came_at = 0
        self.arrivals: list[int] = []
        self.out: list[bytes | memoryview] = []
        self._splitter = FrameSplitter(HEADER_BYTES_MIN, FRAME_BYTES_MAX, FIRST_FRAME_BYTES_MAX)
        self._held = self._choked = False
        self._backlog: list[bytes] = []  # read, but not handed on yet; while there is any, nothing is read
        self._fd = -1
        self._read_bytes = 0  # at most, of one read, as the transport would have it
        self._transport: asyncio.Transport

    @property
    def node(self) -> str:
        """Whom it came to, as the World calls it."""
        return f"B{self.broker}"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.peer = "tcp:" + _address(transport.get_extra_info("peername"))
        host, _, port = _address(transport.get_extra_info("sockname")).rpartition(":")
        self.address = f"{self.address or host}:{port}"
        self._fd = transport.get_extra_info("socket").fileno()
        transport.set_write_buffer_limits(high=OUT_BYTES_HIGH)
        self.alive = True
        self.desk.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.out.clear()
        self._fd = -1
        if self.alive:
            self.alive = False
            self.desk.closed(self)

    def data_received(self, data: bytes) -> None:
        try:
            frames = self._splitter.feed(data)
        except BadFrame as error:
            log(f"Kafka port of broker {self.broker}: {self.peer} sent {error}. Connection closed.")
            self._transport.abort()
            return
        if frames:
            if len(frames) > FETCHES_A_TURN and not self._held:
                frames = self._portion(frames)
            self.desk.received(self, frames)
        if self._held and (frames or self._splitter.kept >= PARKED_READ_BYTES):
            self._transport.pause_reading()

    def _portion(self, frames: list[bytes]) -> list[bytes]:
        """As many of ``frames`` as are handed on in one turn; the rest waits for the next."""
        fetches = 0
        for index, frame in enumerate(frames):
            fetches += frame[:2] == _FETCH
            if fetches > FETCHES_A_TURN:
                self._backlog = frames[index:]
                self._transport.pause_reading()
                asyncio.get_running_loop().call_soon(self._go_on)
                return frames[:index]
        return frames

    def _go_on(self) -> None:
        """Hand on what is left, and read again, unless something stands against it."""
        if self._held or self._choked or not self.alive:
            return
        if self._backlog:
            frames, self._backlog = self._backlog, []
            self.desk.received(self, self._portion(frames))
        if not self._backlog and not self._choked:
            self._transport.resume_reading()

    # --- out ----------------------------------------------------------------------------------------

    def send(self) -> None:
        """Write what has gathered in ``out``, with one system call if the socket takes it."""
        chunks = self.out
        self.out = []
        transport = self._transport
        if _SCATTER and len(chunks) <= _CHUNKS_MAX and not transport.get_write_buffer_size() and self._fd >= 0:
            try:
                done = os.writev(self._fd, chunks)
            except (BlockingIOError, InterruptedError):
                done = 0
            except OSError:
                transport.abort()
                return
            for index, chunk in enumerate(chunks):
                size = len(chunk)
                if done < size:
                    rest: Any = chunk if not done else memoryview(chunk)[done:]
                    transport.write(rest)
                    for later in chunks[index + 1 :]:
                        transport.write(later)
                    break
                done -= size
        else:
            transport.write(b"".join(chunks))
        if self._choked and transport.get_write_buffer_size() > OUT_BYTES_MAX:
            log(f"{self.peer} has left {OUT_BYTES_MAX:,} bytes of replies unread. Connection closed.")
            transport.abort()

    def pause_writing(self) -> None:
        self._choked = True
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        self._choked = False
        self._go_on()

    # --- control ------------------------------------------------------------------------------------

    def hold(self) -> None:
        """Read once more, keep that, then stop."""
        if self._held:
            return
        self._held = True
        if self._backlog:  # read already
            frames, self._backlog = self._backlog, []
            self.desk.received(self, frames)
        # What asyncio reads at once is four times that; there is no other way to tell it.
        self._read_bytes = getattr(self._transport, "max_size", 0)
        if self._read_bytes:
            self._transport.max_size = PARKED_READ_BYTES  # type: ignore[attr-defined]

    def read_more(self) -> None:
        """Still held, but what was kept has been used up: read once more, and stop again."""
        if self.alive and not self._choked and not self._backlog:
            self._transport.resume_reading()

    def release(self) -> None:
        self._held = False
        self.parked = 0
        self.arrivals.clear()
        if self._read_bytes:
            self._transport.max_size = self._read_bytes  # type: ignore[attr-defined]
        self._go_on()

    def abort(self) -> None:
        """Close it at once. The desk hears of it as if the client had done so."""
        self._transport.abort()

    def drop(self) -> None:
        """Close it once its replies are written. The desk hears no more of it."""
        self.alive = self.wanted = False
        self._transport.close()


def _address(name: Any) -> str:
    """HOST:PORT of a socket's name; an IPv4 address that came through an IPv6 socket is shown as what it is."""
    if not isinstance(name, tuple):
        return "?:0"
    return f"{str(name[0]).removeprefix('::ffff:')}:{name[1]}"
