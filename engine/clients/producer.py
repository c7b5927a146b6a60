"""A simulated producer: purchases at an even pace, sent as Kafka's Java producer would.

Records are spaced exactly: record n of a stretch is made ``n / rate`` seconds after its start, and that
is its timestamp. Up to 100 records a second each leaves by itself, unless a ``linger.ms`` is asked for; above
that it is 20 ms: the producer wakes so often, makes what has come due meanwhile, and sends it in batches.

While it is stopped it makes nothing and sends what it has. An order to change the rate, the acks or
the kinds of keys holds from the next record; what waits already goes out under the new acks.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy

from engine.clients.purchases import purchase
from engine.clients.writing import WritingClient
from engine.commands import RemoveProducer, SetProducer, StartProducer, StopProducer
from engine.commands.clients import METADATA_AGE_MS
from engine.events import ProducerChanged
from engine.machine import MILLISECOND, SECOND, Effect, Tell
from engine.wire.records import Record
from engine.world.dice import Dice

RATE_ONE_BY_ONE_MAX = 100.0  # records/s; above it they are made in bursts
LINGER_MS = 20


class Producer(WritingClient):
    """rate: records per second. acks: "0", "1", "all". keys: "none", "few", "many", "hot".

    linger_ms: how long records are gathered; 0: as the rate asks for.
    """

    def __init__(
        self, name: str, topic: str, bootstrap: list[str], dice: Dice, *, rate: float = 1.0, acks: str = "all",
        keys: str = "few", idempotent: bool = True, calendar_offset: int = 0, life: int = 0, running: bool = True,
        keep_record: bool = False, linger_ms: int = 0, partitioner: str = "murmur2",
        metadata_max_age_ms: int = METADATA_AGE_MS,
    ) -> None:  # fmt: skip
        super().__init__(
            name, bootstrap, acks=acks, idempotent=idempotent, calendar_offset=calendar_offset, life=life,
            keep_record=keep_record, partitioner=partitioner, metadata_max_age_ms=metadata_max_age_ms,
        )  # fmt: skip
        self.topic, self.dice, self.rate, self.keys = topic, dice, rate, keys
        self.linger_ms = linger_ms
        self.running = running
        self._since = 0  # when this stretch of even pace began
        self._made = 0  # records made in it

    def reborn(self, now: int, bootstrap: list[str], calendar_offset: int, life: int) -> Producer:
        """The same application, started anew after its process died: a new client, that is to say a new producer id.

        It remembers what it has made and got no answer for, as one with a database of its own would, and sends it
        again: whether it was appended, it cannot know. So idempotence, which tells repetitions by producer id and
        sequence, does not help here.
        """
        new = copy(self)
        WritingClient.__init__(
            new, self.name, bootstrap, acks=self.acks, idempotent=self.sender.wants_idempotence,
            calendar_offset=calendar_offset, life=life, keep_record=self.keep_record, partitioner=self.partitioner,
            metadata_max_age_ms=self.metadata.max_age // MILLISECOND,
        )  # fmt: skip
        again = self.sender.unanswered()
        new.sent, new.acked, new.failed = self.sent - len(again), self.acked, self.failed
        new.acknowledged = self.acknowledged
        for record in again:
            new.write(now, self.topic, record)
        return new

    @property
    def acks(self) -> str:
        return self.sender.acks

    @property
    def partitioner(self) -> str:
        return self.sender.partitioner.name

    # --- what it writes about: purchases, all on time (feeding.py: anything else)

    @property
    def source(self) -> str:
        return "purchases"

    @property
    def late(self) -> int:
        return 0

    @property
    def repeated(self) -> int:
        return 0

    @property
    def rows(self) -> tuple[int, int] | None:
        return None

    @property
    def idle(self) -> bool:
        """Stopped, and nothing under way: it can be removed and nothing is lost."""
        return not self.running and not self.waiting

    def _started(self, now: int, effects: list[Effect]) -> None:
        self.metadata.want(self.topic)
        self._since, self._made = now, 0

    def _ordered(self, now: int, command: object, effects: list[Effect]) -> None:
        if isinstance(command, StartProducer) and not self.running:
            self.running = True
            self._since, self._made = now, 0
            self._tell("started", "", effects)
        elif isinstance(command, StopProducer | RemoveProducer):
            if self.running:
                self._make(now)
            self.running = False
            self._tell("stopped" if isinstance(command, StopProducer) else "removed", "", effects)
        elif isinstance(command, SetProducer):
            self._set(now, command, effects)

    def _set(self, now: int, command: SetProducer, effects: list[Effect]) -> None:
        if command.rate is not None and command.rate != self.rate:
            if self.running:
                self._make(now)
            if self._made:
                self._since, self._made = self._at(self._made - 1), 1  # the next one a new interval after the last
            self.rate = command.rate
            self._tell("rate", f"{command.rate:g}", effects)
        if command.acks is not None and command.acks != self.acks:
            self.sender.acks = command.acks
            self._tell("acks", command.acks, effects)
        if command.keys is not None and command.keys != self.keys:
            self.keys = command.keys
            self._tell("keys", command.keys, effects)

    def _tell(self, what: str, value: str, effects: list[Effect]) -> None:
        effects.append(Tell(ProducerChanged(self.name, what, value)))

    def _at(self, n: int) -> int:
        """When record ``n`` of this stretch is due."""
        return self._since + int(n * SECOND / self.rate)

    def _make(self, now: int) -> None:
        """Make what has come due."""
        while self.running and (at := self._at(self._made)) <= now:
            self._made += 1
            self._make_one(now, at)

    def _make_one(self, now: int, at: int) -> None:
        key, value = purchase(self.dice, self.keys)
        self.write(now, self.topic, Record(0, self.calendar_ms(at), key, value))

    def _go_on(self, now: int, effects: list[Effect]) -> None:
        if self.running and self._next() <= now:
            self._make(now)
        super()._go_on(now, effects)

    def _next(self) -> int:
        """When the producer wakes to make records: for each one, or for a burst."""
        at = self._at(self._made)
        linger_ms = self.linger_ms or (LINGER_MS if self.rate > RATE_ONE_BY_ONE_MAX else 0)
        if linger_ms:
            at += -(at - self._since) % (linger_ms * MILLISECOND)
        return at

    def _due(self, now: int) -> Iterable[int | None]:
        due = list(super()._due(now))
        if self.running:
            due.append(self._next())
        return due
