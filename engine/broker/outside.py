"""TCP clients as a broker sees them: frames in, frames out, in the order of the requests.

Kafka answers the requests of one connection in their order. We go on with the next request while
one waits, but keep its answer back until those before it have gone: each request takes a place, and
answers leave from the front. Bytes are gathered a connection and leave once an instant (``flush``).

Whatever is wrong with a frame, its connection is closed, never the broker: an unknown key, a version
we do not speak, bytes that do not parse.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine import events
from engine.machine import Accepted, Close, Effect, Frame, Origin, Tell, Write
from engine.wire import codec, errors
from engine.wire.hot import Pattern, pattern_of
from engine.wire.messages import ApiVersionsRequest, ProducedPart, ProduceResponse
from engine.wire.versions import PRODUCE, PRODUCE_LOWEST_SERVED

ASKED_MAX = 10_000  # requests of one connection that wait for answers; one more closes it


@dataclass(slots=True)
class Connection:
    """peer: ``HOST:PORT`` of the client. address: ``HOST:PORT`` by which it came in."""

    peer: str
    address: str
    host: str
    client: str = ""
    software: str = ""
    version: str = ""
    produced: dict[str, int] = field(default_factory=dict)  # records, by topic: for people
    taken: int = 0  # places given
    gone: int = 0  # answers that left
    asked: dict[int, tuple[int, int, int]] = field(default_factory=dict)  # key, version, correlation; by place
    kept: dict[int, list[Any]] = field(default_factory=dict)  # answers kept back, by place
    pattern: Pattern | None = None  # of its last Produce request


class Outside:
    """node: the broker's name, for the log line of a closed connection."""

    def __init__(self, node: str) -> None:
        self.node = node
        self.connections: dict[int, Connection] = {}
        self.ready: dict[int, list[Any]] = {}

    def accept(self, message: Accepted) -> None:
        peer = message.peer.removeprefix("tcp:")
        self.connections[message.connection] = Connection(peer, message.address, peer.rpartition(":")[0])

    def close(self, connection: int, out: list[Effect]) -> bool:
        """Forget a connection that is gone. Returns whether it was one of ours."""
        gone = self.connections.pop(connection, None)
        self.ready.pop(connection, None)
        if gone is None:
            return False
        if gone.software and not self.connected(gone.client):
            out.append(Tell(events.ClientGone(gone.client)))
        return True

    def hang_up(self, connection: int, out: list[Effect]) -> None:
        """Close it from our side."""
        if connection in self.ready:  # what was answered before still goes out
            out.append(Write(connection, self.ready.pop(connection)))
        self.close(connection, out)
        out.append(Close(connection))

    def connected(self, client: str) -> bool:
        return any(c.client == client and c.software for c in self.connections.values())

    def read(self, frame: Frame, out: list[Effect]) -> tuple[Origin, Any] | None:
        """The request in a frame, with a place for its answer. None: the connection is gone or was closed."""
        number = frame.connection
        connection = self.connections.get(number)
        if connection is None:
            return None
        pattern = connection.pattern
        if pattern is not None and (repeated := pattern.read(frame.data)) is not None:
            if len(connection.asked) >= ASKED_MAX:
                self.hang_up(number, out)
                return None
            place = connection.taken
            connection.taken = place + 1
            connection.asked[place] = (PRODUCE, pattern.version, repeated[0])
            return Origin(number, place, pattern.client, connection.host), repeated[1]
        try:
            header = codec.decode_header(frame.data)
            request = codec.decode_request(header, frame.data)
        except codec.UnsupportedVersion as unsupported:
            refusal = codec.refusal(unsupported)
            if refusal is None:
                self.hang_up(number, out)
            else:
                self._leave(number, connection, self._take_place(connection), refusal)
            return None
        except codec.MalformedRequest:
            self.hang_up(number, out)
            return None
        if len(connection.asked) >= ASKED_MAX:
            self.hang_up(number, out)
            return None
        client = header.client_id
        if client and client != connection.client:
            connection.client = client
        if request.__class__ is ApiVersionsRequest:
            self._introduce(connection, request, out)
        place = self._take_place(connection)
        connection.asked[place] = (header.api_key, header.api_version, header.correlation)
        origin = Origin(number, place, client, connection.host)
        if header.api_key == PRODUCE and header.api_version < PRODUCE_LOWEST_SERVED:
            # Advertised, because older clients look for version 0, but not served (KIP-896).
            parts = [ProducedPart(p.topic, p.partition, errors.UNSUPPORTED_VERSION) for p in request.parts]
            self.answer(origin, ProduceResponse(parts))
            return None
        if header.api_key == PRODUCE:
            connection.pattern = pattern_of(header.api_version, client, frame.data, header.body_offset, request)
        return origin, request

    def answer(self, origin: Origin, response: Any) -> None:
        """Write ``response`` in its turn. None: this request has no answer (acks=0)."""
        connection = self.connections[origin.connection]
        asked = connection.asked.pop(origin.correlation)
        chunks: list[Any] = codec.encode_response(*asked, response) if response is not None else []
        self._leave(origin.connection, connection, origin.correlation, chunks)

    def _take_place(self, connection: Connection) -> int:
        place = connection.taken
        connection.taken = place + 1
        return place

    def _leave(self, number: int, connection: Connection, place: int, chunks: list[Any]) -> None:
        if place != connection.gone:
            connection.kept[place] = chunks
            return
        ready = self.ready.get(number)
        if ready is None:
            ready = self.ready[number] = []
        ready += chunks
        connection.gone += 1
        kept = connection.kept
        while kept and connection.gone in kept:
            ready += kept.pop(connection.gone)
            connection.gone += 1

    def flush(self, out: list[Effect]) -> None:
        ready, self.ready = self.ready, {}
        for number, chunks in ready.items():
            if chunks:
                out.append(Write(number, chunks))

    def _introduce(self, connection: Connection, request: ApiVersionsRequest, out: list[Effect]) -> None:
        if connection.software:
            return
        known = self.connected(connection.client)
        connection.software = request.software_name or "?"
        connection.version = request.software_version
        if not known:
            out.append(
                Tell(
                    events.ClientConnected(
                        connection.client, request.software_name, request.software_version,
                        int(self.node[1:]), connection.peer,
                    )
                )
            )  # fmt: skip
