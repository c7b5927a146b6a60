"""What the reception needs of a connection, a Kafka client's (edge.py) as an AWS client's (aws/line.py)."""

from __future__ import annotations

from typing import Protocol


class Guest(Protocol):
    """number: the World's name for it, -1 until the World has accepted it. node: whom it came to; broker: which, or -1.

    peer: where it comes from. address: the HOST:PORT it came in by. out: replies of this instant.
    alive: it is open. wanted: the World has not closed it.
    greeted: it came while the sandbox was paused and its first request was looked at by the edge;
    unsaid: the edge has answered that one, so the World's first answer is left out; client: its name there.
    parked: frames of it that wait for time to go on; arrivals: when those read while time stands still
    came, on the wall clock, and came_at: when it did itself, if that was then.
    """

    number: int
    peer: str
    address: str
    alive: bool
    wanted: bool
    greeted: bool
    unsaid: bool
    client: str
    parked: int
    came_at: int
    arrivals: list[int]
    out: list[bytes | memoryview]

    @property
    def node(self) -> str: ...
    @property
    def broker(self) -> int: ...
    def __hash__(self) -> int: ...
    def send(self) -> None: ...
    def hold(self) -> None: ...
    def read_more(self) -> None: ...
    def release(self) -> None: ...
    def abort(self) -> None: ...
    def drop(self) -> None: ...
