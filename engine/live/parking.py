"""What real clients do while time stands still: kept in order of arrival, let in when it goes on.

Their sockets stay open. Of each, one more read is kept and then nothing is read, so a client that
goes on sending fills its own buffers. A client that comes anew gets its ApiVersions answered from
here, since some give up on a silent handshake within seconds; the World is handed the same request
later, and its answer, which has been given already, is left out.

``step`` lets the parked in one at a time.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from engine.live.edge import Connection
from engine.wire import codec
from engine.wire.errors import NONE
from engine.wire.messages import ApiVersionsResponse
from engine.wire.versions import API_VERSIONS


@dataclass(slots=True)
class Parked:
    """what: "accept", "frame" (with its bytes) or "close"."""

    connection: Connection
    what: str
    frame: bytes = b""


class Parking:
    """Oldest first. ``waiting``: how many things are parked."""

    def __init__(self) -> None:
        self._lane: deque[Parked] = deque()

    @property
    def waiting(self) -> int:
        return len(self._lane)

    def opened(self, connection: Connection) -> None:
        self._lane.append(Parked(connection, "accept"))

    def received(self, connection: Connection, frames: list[bytes]) -> None:
        for frame in frames:
            self._lane.append(Parked(connection, "frame", frame))
        if connection.number < 0 and not connection.greeted:
            connection.greeted = True
            answer = api_versions_answer(frames[0])
            if answer:
                connection.unsaid = True
                connection.out += answer
                connection.send()

    def closed(self, connection: Connection) -> None:
        self._lane.append(Parked(connection, "close"))

    def take(self) -> Parked | None:
        """The next one to be let in. What a connection wanted that the World has closed is left out."""
        while self._lane:
            parked = self._lane.popleft()
            if parked.connection.wanted:
                return parked
        return None


def api_versions_answer(frame: bytes) -> list[bytes | memoryview]:
    """The answer to a request for ApiVersions, which depends on nothing; [] for any other."""
    try:
        header = codec.decode_header(frame)
        if header.api_key != API_VERSIONS:
            return []
        codec.decode_request(header, frame)
    except codec.UnsupportedVersion as unsupported:
        return codec.refusal(unsupported) or []
    except codec.MalformedRequest:
        return []
    spoken = [(key, *span) for key, span in sorted(codec.SUPPORTED.items())]
    return codec.encode_response(
        header.api_key, header.api_version, header.correlation, ApiVersionsResponse(NONE, spoken)
    )


def without_first_answer(chunks: list[bytes | memoryview]) -> list[bytes | memoryview]:
    """``chunks`` without the first response in them: it has been given already."""
    start = b"".join(chunks[:4])[:4] if len(chunks[0]) < 4 else chunks[0][:4]
    skip = 4 + int.from_bytes(start, "big")
    for index, chunk in enumerate(chunks):
        if skip < len(chunk):
            return [chunk[skip:], *chunks[index + 1 :]]
        skip -= len(chunk)
    return []
