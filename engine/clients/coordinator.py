"""Where the coordinator of a consumer's group is, as far as the consumer knows.

Any broker can tell (FindCoordinator). Whoever hears NOT_COORDINATOR or loses the connection calls
``lost``; it is then looked for again, with back-off, until it is found. While the coordinator is
loading its partition it answers itself, so it stays known.
"""

from __future__ import annotations

from engine.clients.metadata import Metadata
from engine.clients.timing import Backoff
from engine.machine import Effect
from engine.peers import Answer, Peers
from engine.wire.messages import FindCoordinatorRequest, FindCoordinatorResponse

TAG = "find_coordinator"


class CoordinatorFinder:
    """node: the coordinator's node, None while it is not known."""

    def __init__(self, group: str, metadata: Metadata) -> None:
        self.group, self.metadata = group, metadata
        self.node: str | None = None
        self._asked = False
        self._backoff = Backoff()

    def lost(self) -> None:
        """It is not there any more, or is not the coordinator any more."""
        self.node = None

    def go_on(self, now: int, peers: Peers, effects: list[Effect]) -> None:
        if self.node is None and not self._asked and self._backoff.ready(now):
            self._asked = True
            effects += peers.ask(now, self.metadata.anyone(), FindCoordinatorRequest([self.group]), (TAG,))

    def due(self) -> int | None:
        return self._backoff.until if self.node is None else None

    def answered(self, now: int, answer: Answer) -> None:
        self._asked = False
        body: FindCoordinatorResponse | None = answer.body
        # Not so fast again, even if it is found: what is found may be lost at once.
        self._backoff.failed(now)
        if body is None:
            self.metadata.unreachable()
            return
        found = body.coordinators[0]
        if not found.error:
            self.node = f"B{found.broker}"

    def heard(self) -> None:
        """The coordinator gave a sensible answer: the next search is a new one."""
        self._backoff.attempts = 0
