"""What all simulated clients share: one message in, everything that is due done, one alarm set.

A client is made of parts (metadata, sender, membership, ...) that are plain data and never act by
themselves. ``handle`` lets the message change their state and then calls ``go_on``, which asks each
part to do what can be done now. ``go_on`` is idempotent: called once more it does nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.clients.ledger import Ledger
from engine.clients.metadata import metadata_of
from engine.clients.timing import CLOCK, AlarmClock
from engine.commands.clients import METADATA_AGE_MS
from engine.machine import (
    MILLISECOND,
    NOTHING,
    SECOND,
    Alarm,
    CalendarSet,
    Closed,
    Effect,
    Effects,
    Message,
    Order,
    Response,
)
from engine.peers import Answer, Peers, answer_of

REQUEST_TIMEOUT = 30 * SECOND  # request.timeout.ms
REQUEST_TIMEOUT_MS = REQUEST_TIMEOUT // MILLISECOND


class Client:
    """Base of the simulated clients: a Machine once ``_ordered``, ``_answered``, ``_go_on`` and ``_due`` are there.

    name: the node's name, the client id and what people call it. bootstrap: names of brokers' nodes.
    calendar_offset: nanoseconds from virtual time to 1970, for timestamps.
    life: a number that differs in each life of this client.
    """

    DERIVED = ("ledger",)  # a way to what belongs to the referee

    def __init__(
        self, name: str, bootstrap: list[str], *, calendar_offset: int = 0, life: int = 0,
        metadata_max_age_ms: int = METADATA_AGE_MS,
    ) -> None:  # fmt: skip
        self.traced = False
        self.name = name
        self.calendar_offset = calendar_offset
        self.metadata = metadata_of(bootstrap, metadata_max_age_ms)
        self.peers = Peers(name, REQUEST_TIMEOUT, life)
        self.clock = AlarmClock()
        self.ledger: Ledger | None = None  # what its application was told, where a lesson is going on

    # --- the Machine --------------------------------------------------------------------------------

    def start(self, now: int) -> Effects:
        effects: list[Effect] = []
        self._started(now, effects)
        return self._finish(now, effects)

    def handle(self, now: int, message: Message) -> Effects:
        effects: list[Effect] = []
        kind = message.__class__
        if kind is Alarm and message.name == CLOCK:  # type: ignore[union-attr]
            if not self.clock.rang(message):  # type: ignore[arg-type]
                return NOTHING
        elif kind is Order:
            self._ordered(now, message.command, effects)  # type: ignore[union-attr]
        elif kind is CalendarSet:
            self.calendar_offset = message.offset  # type: ignore[union-attr]
            return NOTHING
        elif kind is Response:
            answer = answer_of(self._lines(), message)  # type: ignore[arg-type]
            if answer is not None:
                self._answered(now, answer, effects)
        else:
            for peers in self._lines():
                for answer in peers.on(now, message, effects):
                    self._answered(now, answer, effects)
            if kind is Closed:
                self.metadata.refresh()  # as NetworkClient does: the broker may be gone for good
        return self._finish(now, effects)

    def settle(self, now: int) -> Effects:
        return NOTHING

    def calendar_ms(self, at: int) -> int:
        """The timestamp of a record made at ``at``, in milliseconds since 1970."""
        return (at + self.calendar_offset) // MILLISECOND

    def _finish(self, now: int, effects: list[Effect]) -> list[Effect]:
        self._go_on(now, effects)
        if self.metadata.wants_an_answer(now):
            effects += self.metadata.go_on(now, self.peers)
        self.clock.set(now, self._due(now), effects)
        return effects

    # --- what a client adds -------------------------------------------------------------------------

    def _lines(self) -> tuple[Peers, ...]:
        """All its ``Peers``."""
        return (self.peers,)

    def _started(self, now: int, effects: list[Effect]) -> None:
        """Its life begins."""

    def _ordered(self, now: int, command: object, effects: list[Effect]) -> None:
        """A command for it."""

    def _answered(self, now: int, answer: Answer, effects: list[Effect]) -> None:
        """What it asked was answered, or never will be."""

    def _go_on(self, now: int, effects: list[Effect]) -> None:
        """Do all that can be done now."""

    def _due(self, now: int) -> Iterable[int | None]:
        """When there may be more to do, should no message come."""
        return (self.metadata.due(),)

