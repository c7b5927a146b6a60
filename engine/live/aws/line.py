"""A connection of one AWS client into one sandbox's World: what the reception has for it (engine/live/guest.py).

A request is one frame: ``b"<Operation> <software> <version> <label>\\n"`` and its parameters as JSON. An answer
comes as 4 bytes of length and a kind with the rest: 'A' a whole answer, b"<status> <code or ->\\n" and JSON; 'E' an
event of a stream, b"<type>\\n" and JSON; 'Z' that stream's end. One request at a time; the answers keep their order.
"""

from __future__ import annotations

from typing import Protocol

from engine.live.reception import Reception

WHOLE, EVENT, END = b"A", b"E", b"Z"


class Hearer(Protocol):
    """Who waits for the answer. ``answered`` (unless a stream follows), ``ended`` and ``lost`` are the last of it."""

    def answered(self, status: int, code: str, body: bytes) -> None: ...
    def event(self, kind: str, body: bytes) -> None: ...
    def ended(self) -> None: ...
    def lost(self) -> None: ...


class Line:
    """hearer: of the request under way; None: there is none. The rest as in ``Guest``."""

    broker = -1
    greeted = True  # there is nothing to greet: AWS's clients wait for their answer

    def __init__(self, desk: Reception, node: str, peer: str, address: str) -> None:
        self._desk = desk
        self.node, self.peer, self.address = node, peer, address
        self.number = -1
        self.alive = self.wanted = True
        self.unsaid = False
        self.client = ""
        self.parked = self.came_at = 0
        self.arrivals: list[int] = []
        self.out: list[bytes | memoryview] = []
        self.hearer: Hearer | None = None
        self._rest = b""
        desk.opened(self)

    def ask(self, frame: bytes, hearer: Hearer) -> None:
        """Send a request. The answer may come before this returns."""
        self.hearer = hearer
        self._desk.received(self, [frame])

    def hang_up(self) -> None:
        """The client has gone."""
        if self.alive:
            self.alive, self.hearer = False, None
            self._desk.closed(self)

    # --- what the reception does --------------------------------------------------------------------

    def send(self) -> None:
        """The World has said something."""
        chunks, self.out = self.out, []
        data = bytes(chunks[0]) if len(chunks) == 1 and not self._rest else b"".join((self._rest, *chunks))
        at, end = 0, len(data)
        while end - at >= 4:
            to = at + 4 + int.from_bytes(data[at : at + 4], "big")
            if to > end:
                break
            self._say(data[at + 4 : to])
            at = to
        self._rest = data[at:]

    def _say(self, answer: bytes) -> None:
        hearer = self.hearer
        if hearer is None:
            return
        head, _, body = answer.partition(b"\n")
        kind, said = head[:1], head[1:].decode()
        if kind == EVENT:
            hearer.event(said, body)
            return
        self.hearer = None  # whoever waits for events after it says so again
        if kind == END:
            hearer.ended()
            return
        status, _, code = said.partition(" ")
        hearer.answered(int(status), "" if code == "-" else code, body)

    def drop(self) -> None:
        """The sandbox has closed it: it hears no more of us."""
        self.alive = self.wanted = False
        hearer, self.hearer = self.hearer, None
        if hearer is not None:
            hearer.lost()

    def abort(self) -> None:
        """Too much waits for time to go on: whoever brings more is turned away."""
        hearer = self.hearer
        self.hang_up()
        if hearer is not None:
            hearer.lost()

    # One request at a time waits at most, and the HTTP connection behind it reads no further meanwhile.
    def hold(self) -> None: ...
    def read_more(self) -> None: ...
    def release(self) -> None:
        self.parked = 0
        self.arrivals.clear()
