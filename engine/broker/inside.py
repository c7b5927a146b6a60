"""Simulated clients as a broker sees them: their answers leave in the order of their requests, as on TCP.

Clients rely on it: an idempotent producer that heard of its fifth batch before the first four would
send a sixth, and a broker that remembers five batches could not tell a repetition of the first any
more. Connections between brokers are not kept in order: a follower may put a second fetch beside one
that waits (fetcher.py).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from engine.machine import Effect, Origin, Response


@dataclass(slots=True)
class Line:
    """asked: correlations that wait for an answer, in order. kept: answers kept back."""

    asked: deque[int] = field(default_factory=deque)
    kept: dict[int, Any] = field(default_factory=dict)


class Inside:
    """Connections of simulated clients, by number."""

    def __init__(self) -> None:
        self.lines: dict[int, Line] = {}

    def accept(self, connection: int) -> None:
        self.lines[connection] = Line()

    def close(self, connection: int) -> None:
        self.lines.pop(connection, None)

    def answer(self, origin: Origin, response: Any, out: list[Effect]) -> None:
        """Send ``response`` in its turn. None: this request has no answer (acks=0)."""
        line = self.lines[origin.connection]
        asked, kept = line.asked, line.kept
        kept[origin.correlation] = response
        while asked and asked[0] in kept:
            correlation = asked.popleft()
            answer = kept.pop(correlation)
            if answer is not None:
                out.append(Response(origin.connection, correlation, answer))
