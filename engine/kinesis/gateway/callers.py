"""Who calls the gateway: connections from outside and from inside the World, calls in, answers out.

From outside, a call is one frame and an answer bytes (the AWS port makes HTTP of both):

    request   b"<Operation> <software> <version> <label>\\n" + JSON
    answer    4 bytes of length, then b"A" and b"<status> <code or ->\\n" + JSON: the whole answer
              b"E" and b"<type>\\n" + JSON: one event of a stream of them, behind an answer without a body
              b"Z": that stream is over

The calls of one connection are answered in their order: each takes a place, and answers leave from the front. A
simulated application asks with ``AwsCall`` and hears ``AwsAnswer`` (and ``AwsEvent``) instead.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson

from engine import events
from engine.machine import Close, Effect, Frame, Request, Response, Tell, Write

CALLS_WAITING_MAX = 1_000  # of one connection; one more closes it
COMMAND = -1  # the connection of a call that came by command


@dataclass(slots=True)
class AwsCall:
    """parameters: as in JSON, blobs in base64. software, version: of the application."""

    operation: str
    parameters: dict[str, Any]


@dataclass(slots=True)
class AwsAnswer:
    """error: "" or AWS's code. body: JSON."""

    status: int
    error: str
    body: bytes


@dataclass(slots=True)
class AwsEvent:
    """One event of a subscription, on its way to a simulated application. kind "": the stream of them is over."""

    shard: str
    kind: str
    body: bytes


@dataclass(slots=True)
class Call:
    """One call under way. place: the caller's own number for it. client: what the caller is called."""

    connection: int
    place: int
    operation: str
    client: str
    stream: str = ""


@dataclass(slots=True)
class Caller:
    """One connection. taken, gone: places given and left. kept: what waits for its turn, by place.

    ended: places that are complete, but whose turn it is not.
    head: the first line of its last call, and what that says.
    """

    peer: str
    address: str = ""
    client: str = ""
    software: str = ""
    version: str = ""
    calls: int = 0
    taken: int = 0
    gone: int = 0
    kept: dict[int, list[bytes]] = field(default_factory=dict)
    ended: dict[int, None] = field(default_factory=dict)
    head: bytes = b""
    operation: str = ""

    @property
    def waiting(self) -> int:
        return self.taken - self.gone

    @property
    def here(self) -> bool:
        """No client from outside: somebody at a page of the sandbox's."""
        return self.peer.startswith("aws:")


class Callers:
    """outside: real clients' connections. inside: those of simulated applications, by the node's name."""

    def __init__(self) -> None:
        self.outside: dict[int, Caller] = {}
        self.inside: dict[int, Caller] = {}
        self.ready: dict[int, list[bytes | memoryview]] = {}

    def accept(self, connection: int, peer: str, address: str) -> None:
        of_the_world = not peer.startswith(("tcp:", "aws:"))
        (self.inside if of_the_world else self.outside)[connection] = Caller(peer.removeprefix("tcp:"), address)

    def close(self, connection: int, out: list[Effect]) -> bool:
        """Forget a connection that is gone. Returns whether it was one of ours."""
        self.ready.pop(connection, None)
        gone = self.outside.pop(connection, None)
        if gone is None:
            return self.inside.pop(connection, None) is not None
        if gone.client and not gone.here and not self._connected(gone.client):
            out.append(Tell(events.AwsClientGone(gone.client)))
        return True

    def _connected(self, client: str) -> bool:
        return any(c.client == client and not c.here for c in self.outside.values())

    # --- in

    def read(self, frame: Frame, out: list[Effect]) -> tuple[Call, Any] | None:
        """The call in a frame: its parameters, or None for them if they are no JSON. None: nobody is there any more."""
        number, data = frame.connection, frame.data
        caller = self.outside.get(number)
        if caller is None:
            return None
        if caller.waiting >= CALLS_WAITING_MAX:
            self._hang_up(number, out)
            return None
        end = data.find(b"\n")
        head = data[:end]
        if end < 0 or (head != caller.head and not self._introduce(caller, bytes(head), out)):
            self._hang_up(number, out)
            return None
        place = caller.taken
        caller.taken = place + 1
        caller.calls += 1
        try:
            given = orjson.loads(data[end + 1 :]) if len(data) > end + 1 else {}
        except orjson.JSONDecodeError:
            given = None
        return Call(number, place, caller.operation, caller.client), given

    def asked(self, request: Request) -> Call | None:
        """The call of a simulated application."""
        caller = self.inside.get(request.connection)
        if caller is None:
            return None
        caller.client, caller.software = request.client, "riacho"
        caller.calls += 1
        return Call(request.connection, request.correlation, request.body.operation, request.client)

    def _introduce(self, caller: Caller, head: bytes, out: list[Effect]) -> bool:
        said = head.decode("utf-8", "replace").split(" ")
        if len(said) != 4:
            return False
        known = caller.client
        caller.head = head
        caller.operation, caller.software, caller.version, client = said
        if client != known:
            new = not self._connected(client)
            caller.client = client
            if new and not caller.here:
                out.append(Tell(events.AwsClientConnected(client, caller.software, caller.version)))
        return True

    def _hang_up(self, connection: int, out: list[Effect]) -> None:
        if connection in self.ready:
            out.append(Write(connection, self.ready.pop(connection)))
        self.close(connection, out)
        out.append(Close(connection))

    # --- out

    def answer(self, call: Call, status: int, error: str, body: bytes, out: list[Effect], *, last: bool = True) -> None:
        """The whole answer to a call. last: no events follow."""
        if call.connection in self.inside:
            out.append(Response(call.connection, call.place, AwsAnswer(status, error, body)))
            return
        head = b"A200 -\n" if not error else b"A%d %s\n" % (status, error.encode())
        self._leave(call, (len(head) + len(body)).to_bytes(4, "big") + head + body, last)

    def event(self, call: Call, shard: str, kind: str, body: bytes, out: list[Effect]) -> None:
        if call.connection in self.inside:
            out.append(Response(call.connection, call.place, AwsEvent(shard, kind, body)))
            return
        head = b"E" + kind.encode() + b"\n"
        self._leave(call, (len(head) + len(body)).to_bytes(4, "big") + head + body, False)

    def over(self, call: Call, shard: str, out: list[Effect]) -> None:
        """No more events follow."""
        if call.connection in self.inside:
            out.append(Response(call.connection, call.place, AwsEvent(shard, "", b"")))
            return
        self._leave(call, b"\0\0\0\1Z", True)

    def there(self, call: Call) -> bool:
        return call.connection in self.outside or call.connection in self.inside

    def _leave(self, call: Call, chunk: bytes, last: bool) -> None:
        number = call.connection
        caller = self.outside.get(number)
        if caller is None:
            return
        if call.place != caller.gone:
            caller.kept.setdefault(call.place, []).append(chunk)
            if last:
                caller.ended[call.place] = None
            return
        ready = self.ready.setdefault(number, [])
        ready.append(chunk)
        if not last:
            return
        caller.gone += 1
        while caller.kept and caller.gone in caller.kept:
            ready += caller.kept.pop(caller.gone)
            if caller.gone not in caller.ended:
                break  # events of it are still to come
            del caller.ended[caller.gone]
            caller.gone += 1

    def flush(self, out: list[Effect]) -> None:
        ready, self.ready = self.ready, {}
        for number, chunks in ready.items():
            out.append(Write(number, chunks))
