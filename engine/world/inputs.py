"""All that comes into a World from outside: the only things a journal must keep.

An input has a position, not only a time: it is applied after exactly ``step`` agenda entries. So a
click in the middle of an instant (paused, stepping) is replayed in the middle of that instant.

All inputs of one turn of the host's event loop form a *group*: same step, same time, applied
together. Groups need no mark of their own in a journal: neighbours with equal position are one.

=============  =======================================================  ================================
source         payload                                                  what the World does
=============  =======================================================  ================================
"accept"       (peer, node name, address), e.g. ("tcp:10.0.0.7:51234",  opens an outside connection;
               "B1", "127.0.0.1:19092")                                 the result is its id
"frame"        (connection, data): one request, without its length      hands the node a ``Frame``
"close"        connection                                               hands the node ``Closed``
"calendar"     offset in nanoseconds since 1970                         hands all ``CalendarSet``
"restart"      for the director, e.g. {"away_ms": 1200}                 closes all outside connections,
                                                                        then asks the director
"branch"       for the director: {"cluster_id", "of", "step", "name"}   the same; what it was one of goes on
                                                                        without it, real clients included
others         for the director ("command": {"id", "do", ...};          asks the director
               "rebase"; "freeze", "thaw": nobody is there to see time
               pass; "quota": {"full", "bytes", "limit"}, for all its disks;
               "kinesis": {}, before the first connection to its gateway;
               "gave_up": {"connection", "client", "patience_ms",
               "why"}, who waited too long for time to go on)
=============  =======================================================  ================================

A payload is plain data. ``actor`` says who did it, for people ("web:ab12", "tcp", "host").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from engine.world.world import World

ACCEPT, FRAME, CLOSE, CALENDAR, RESTART, COMMAND, REBASE, BRANCH, FREEZE, THAW, QUOTA, GAVE_UP, KINESIS = (
    "accept", "frame", "close", "calendar", "restart", "command", "rebase", "branch", "freeze", "thaw", "quota",
    "gave_up", "kinesis",
)  # fmt: skip


@dataclass(slots=True)
class Input:
    """held: applied in the middle of an instant, which was not finished first (paused, stepping)."""

    step: int
    at: int
    actor: str
    source: str
    payload: Any
    held: bool = False


class Director(Protocol):
    """Who carries out the inputs that are not the World's own: the scenario (engine/cluster/).

    It is part of the World's state, is copied with it, and must be plain data. What it returns is
    the input's result. It may raise CommandRefused: then that is the result.
    """

    def apply(self, world: World, given: Input) -> Any: ...


def groups(inputs: Iterable[Input]) -> Iterator[list[Input]]:
    """Inputs that belong together, in order."""
    for _, group in groupby(inputs, key=lambda given: (given.step, given.at)):
        yield list(group)
