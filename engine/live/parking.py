"""What real clients do while time stands still: kept in order of arrival, let in when it goes on.

Their sockets stay open. Of each, one more read is kept and then nothing is read, so a client that
goes on sending fills its own buffers; when all that was kept has been let in (``step``), one more
read is. A client that comes anew gets its ApiVersions answered from here, since some give up on a
silent handshake within seconds; the World is handed the same request later, and its answer, which
has been given already, is left out.

``step`` lets the parked in one at a time. Who came and went without having asked for anything but
that greeting was never there. Beyond ``PARKED_BYTES_MAX`` whoever brings more is turned away.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from time import monotonic_ns

from engine.limits import PARKED_BYTES_MAX
from engine.live.guest import Guest
from engine.live.log import log
from engine.wire import codec
from engine.wire.errors import NONE
from engine.wire.messages import ApiVersionsResponse
from engine.wire.versions import API_VERSIONS


@dataclass(slots=True)
class Parked:
    """what: "accept", "frame" (with its bytes) or "close"."""

    connection: Guest
    what: str
    frame: bytes = b""


class Parking:
    """Oldest first. ``waiting``: how many things are parked; ``kept``: their bytes."""

    def __init__(self) -> None:
        self._lane: deque[Parked] = deque()
        self.kept = 0

    @property
    def waiting(self) -> int:
        return len(self._lane)

    def opened(self, connection: Guest) -> None:
        connection.came_at = monotonic_ns()
        self._lane.append(Parked(connection, "accept"))

    def received(self, connection: Guest, frames: list[bytes]) -> None:
        if self.kept > PARKED_BYTES_MAX:
            log(f"{connection.peer} was turned away: {PARKED_BYTES_MAX:,} bytes wait for time to go on, the limit.")
            connection.abort()
            return
        now = monotonic_ns()
        for frame in frames:
            self._lane.append(Parked(connection, "frame", frame))
            connection.arrivals.append(now)
            self.kept += len(frame)
        connection.parked += len(frames)
        if connection.number < 0 and not connection.greeted:
            connection.greeted = True
            connection.client, answer = greeting(frames[0])
            if answer:
                connection.unsaid = True
                connection.out += answer
                connection.send()

    def closed(self, connection: Guest) -> None:
        if connection.number < 0 and connection.parked == connection.unsaid:
            self.forget(connection)
        else:
            self._lane.append(Parked(connection, "close"))

    def forget(self, connection: Guest) -> None:
        """Whatever it wanted, it does not want it any more."""
        self.kept -= sum(len(parked.frame) for parked in self._lane if parked.connection is connection)
        self._lane = deque(parked for parked in self._lane if parked.connection is not connection)

    def take(self) -> Parked | None:
        """The next one to be let in. What a connection wanted that the World has closed is left out."""
        while self._lane:
            parked = self._lane.popleft()
            self.kept -= len(parked.frame)
            parked.connection.parked -= parked.what == "frame"
            if parked.connection.wanted:
                return parked
        return None


def greeting(frame: bytes) -> tuple[str, list[bytes | memoryview]]:
    """(the client's name, the answer) to a request for ApiVersions, which depends on nothing; no answer to others."""
    client = ""
    try:
        header = codec.decode_header(frame)
        client = header.client_id or ""
        if header.api_key != API_VERSIONS:
            return client, []
        codec.decode_request(header, frame)
    except codec.UnsupportedVersion as unsupported:
        return client, codec.refusal(unsupported) or []
    except codec.MalformedRequest:
        return client, []
    spoken = [(key, *span) for key, span in sorted(codec.SUPPORTED.items())]
    answer = codec.encode_response(
        header.api_key, header.api_version, header.correlation, ApiVersionsResponse(NONE, spoken)
    )
    return client, answer


def without_first_answer(chunks: list[bytes | memoryview]) -> list[bytes | memoryview]:
    """``chunks`` without the first response in them: it has been given already."""
    start = b"".join(chunks[:4])[:4] if len(chunks[0]) < 4 else chunks[0][:4]
    skip = 4 + int.from_bytes(start, "big")
    for index, chunk in enumerate(chunks):
        if skip < len(chunk):
            return [chunk[skip:], *chunks[index + 1 :]]
        skip -= len(chunk)
    return []
