"""The gateway: where calls of Kinesis Data Streams meet the brokers. A machine, and a client of theirs as any other.

Theory of operation
-------------------
``Account`` (account.py) knows the service: it answers a call, or says what is to be asked of the log. The gateway knows
brokers: puts go by lanes (lanes.py), questions to leaders are jobs (jobs.py), topics are ordered (topics.py), records
are pushed to subscriptions (subscriptions.py). What came of it goes back to the account, which makes the answer
(serving.py).

It takes in what it is handed and acts once, at the end of the instant (``settle``): what many callers put in one
instant leaves as one batch a shard.

The gateway itself never crashes, and no fault is for it: AWS's control plane is taken as given. The brokers behind it
crash, and the links to them break, as they do for everybody. Who hears nothing for ten seconds is answered
InternalFailureException, as AWS's callers are; SDKs then try again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from engine.clients.client import Client
from engine.clients.metadata import TAG as METADATA
from engine.commands import CallAws, SetKinesis
from engine.events import ThrottlingSet
from engine.kinesis.gateway import acting, jobs, lanes, serving, telling, topics
from engine.kinesis.gateway.book import Book
from engine.kinesis.gateway.callers import Callers
from engine.kinesis.gateway.jobs import Jobs
from engine.kinesis.gateway.lanes import Lanes
from engine.kinesis.gateway.serving import Held
from engine.kinesis.gateway.subscriptions import Subscriptions
from engine.kinesis.gateway.topics import Topics
from engine.kinesis.service.account import Account
from engine.kinesis.service.outcomes import SealShard
from engine.machine import (
    MILLISECOND,
    NOTHING,
    Accepted,
    Alarm,
    CalendarSet,
    Closed,
    Effect,
    Effects,
    Frame,
    Message,
    Request,
    Response,
    Tell,
)
from engine.peers import Answer, Peers, answer_of
from engine.quorum.streams import GATEWAY

CALLS_SHOWN = 20


@dataclass(slots=True)
class GoOn:
    """Something was done to the gateway from outside: what follows from it is due now."""


class Gateway(Client):
    """bootstrap: names of brokers' nodes. brokers: how many there are.

    calls: the last ones, for people: (number, operation, client, stream, virtual time, error). calls_made: how many.
    held: calls that wait for a shard to be closed. sealing: shards that wait for what is on its way to them.
    refused: when a refusal was told last, by what it was. iterator: the one that a command was handed last.
    book: where a lesson is held. due_at: when the account has something to do by itself.
    """

    def __init__(self, bootstrap: list[str], brokers: int, *, calendar_offset: int = 0, life: int = 0) -> None:
        super().__init__(GATEWAY, bootstrap, calendar_offset=calendar_offset, life=life)
        self.peers = Peers(GATEWAY, lanes.ANSWER_WITHIN, life)  # its callers wait less long than Kafka's clients do
        self.account = Account(brokers=brokers)
        self.callers = Callers()
        self.lanes = Lanes(self.metadata, Peers(GATEWAY, lanes.ANSWER_WITHIN, life, "produces", 1))
        self.jobs = Jobs(self.metadata, Peers(GATEWAY, jobs.ANSWER_WITHIN, life, "questions", 2))
        self.topics = Topics(self.metadata, Peers(GATEWAY, topics.ANSWER_WITHIN, life, "orders", 3))
        self.subscriptions = Subscriptions(self.account, self.callers, self.jobs)
        self.held: list[Held] = []
        self.sealing: list[SealShard] = []
        self.calls: deque[tuple[int, str, str, str, int, str]] = deque(maxlen=CALLS_SHOWN)
        self.calls_made = 0
        self.refused: dict[tuple[str, str, str], int] = {}
        self.iterator = ""
        self.book: Book | None = None
        self.due_at: int | None = None

    # --- the Machine

    def handle(self, now: int, message: Message) -> Effects:
        effects: list[Effect] = []
        kind = message.__class__
        if kind is Frame:
            taken = self.callers.read(message, effects)  # type: ignore[arg-type]
            if taken is not None:
                telling.acted(self, now, taken[0])
                serving.call(self, now, *taken, effects)
        elif kind is Response:
            answer = answer_of(self._lines(), message)  # type: ignore[arg-type]
            if answer is not None:
                self._answered(now, answer, effects)
        elif kind is Request:
            asked = self.callers.asked(message)  # type: ignore[arg-type]
            if asked is not None:
                serving.call(self, now, asked, message.body.parameters, effects)  # type: ignore[union-attr]
        elif kind is Alarm and message.name == lanes.ALARM:  # type: ignore[union-attr]
            self.lanes.expire(now, effects)
        elif kind is Accepted:
            self.callers.accept(message.connection, message.peer, message.address)  # type: ignore[union-attr]
        elif kind is CalendarSet:
            before, self.calendar_offset = self.calendar_offset, message.offset  # type: ignore[union-attr]
            moved = (self.calendar_offset - before) // MILLISECOND
            self.account.calendar_moved((now + before) // MILLISECOND, moved)
        elif kind is Closed and self.callers.close(message.connection, effects):  # type: ignore[union-attr]
            self.subscriptions.hang_up(message.connection)  # type: ignore[union-attr]
            serving.let_go(self, message.connection)  # type: ignore[union-attr]
        else:
            return self._others(now, message)
        return effects or NOTHING

    def settle(self, now: int) -> Effects:
        effects: list[Effect] = []
        self._go_on(now, effects)
        if self.metadata.wants_an_answer(now):
            effects += self.metadata.go_on(now, self.peers)
        self.clock.set(now, self._due(now), effects)
        if self.callers.ready:
            self.callers.flush(effects)
        return effects or NOTHING

    def _others(self, now: int, message: Message) -> Effects:
        """What every client is handed; what follows from it is done in ``settle``."""
        return super().handle(now, message)

    def _finish(self, now: int, effects: list[Effect]) -> list[Effect]:
        return effects

    def command(self, now: int, command: CallAws) -> tuple[list[Effect], int]:
        """A call by command: what it comes to at once, and its number. Raises CommandRefused."""
        effects: list[Effect] = []
        number = self.calls_made + 1
        serving.command(self, now, command, effects)
        return effects, number

    # --- a client

    def _lines(self) -> tuple[Peers, ...]:
        return self.lanes.peers, self.jobs.peers, self.peers, self.topics.peers

    def _ordered(self, now: int, command: object, effects: list[Effect]) -> None:
        if isinstance(command, SetKinesis):
            self.account.set_throttling(command.throttle)
            effects.append(Tell(ThrottlingSet(command.throttle)))

    def _answered(self, now: int, answer: Answer, effects: list[Effect]) -> None:
        match answer.tag[0]:
            case lanes.PUT | lanes.IDENTIFY:
                self.lanes.answered(now, answer)
            case jobs.TAG:
                self.jobs.answered(now, answer)
            case topics.TAG:
                self.topics.answered(now, answer)
            case _:
                assert answer.tag[0] == METADATA
                self.metadata.answered(now, answer)

    def _go_on(self, now: int, effects: list[Effect]) -> None:
        account, lanes, jobs, topics = self.account, self.lanes, self.jobs, self.topics
        again = True
        while again:
            if account.pending or (self.due_at is not None and self.due_at <= now):
                acting.act(self, now, effects)
            if lanes.finished:
                serving.put_over(self, now, effects)
            if self.sealing:
                acting.seal(self)
            if topics.busy:
                topics.go_on(now, effects)
            if jobs.busy:
                jobs.go_on(now, effects)
            if jobs.outcomes or topics.ready or topics.gone:
                serving.log_said(self, now, effects)
            if self.subscriptions.all:
                self.subscriptions.go_on(now, effects)
            if self.held:
                serving.call_again(self, now, effects)
            again = bool(account.pending or lanes.finished or jobs.fresh)
        if lanes.eager:
            lanes.go_on(now, effects)

    def _due(self, now: int) -> Iterable[int | None]:
        found = [self.due_at, self.metadata.due()]
        if self.lanes.eager:
            found.append(self.lanes.due(now))
        if self.jobs.busy:
            found += self.jobs.due(now)
        if self.topics.busy:
            found += self.topics.due()
        if self.subscriptions.all:
            found.append(self.subscriptions.due())
        if self.held:
            found.append(self.held[0].deadline)
        return found
