"""What the producer and the composer share: a sender, the counters, and the record of outcomes."""

from __future__ import annotations

from collections.abc import Iterable

from engine.clients import metadata
from engine.clients.client import Client
from engine.clients.ledger import Told
from engine.clients.refusals import Refusals
from engine.clients.sender import Sender
from engine.commands.clients import METADATA_AGE_MS
from engine.machine import Effect
from engine.peers import Answer
from engine.wire.errors import error_name
from engine.wire.records import Record, fingerprint

# No code of the protocol: Kafka's client calls it BufferExhaustedException.
BUFFER_EXHAUSTED = "BUFFER_EXHAUSTED"


class WritingClient(Client):
    """sent: records taken from the application. Each is acked, failed, or still ``waiting``.

    acknowledged, if ``keep_record``: (topic, partition, offset, fingerprint) of each record whose
    offset the leader told (with acks=0 it tells none).
    """

    def __init__(
        self, name: str, bootstrap: list[str], *, acks: str, idempotent: bool, calendar_offset: int, life: int,
        keep_record: bool, partitioner: str = "murmur2", metadata_max_age_ms: int = METADATA_AGE_MS,
    ) -> None:  # fmt: skip
        super().__init__(
            name, bootstrap, calendar_offset=calendar_offset, life=life, metadata_max_age_ms=metadata_max_age_ms
        )
        self.sender = Sender(self.metadata, self.peers, acks, idempotent, partitioner)
        self.refusals = Refusals(name)
        self.sent = self.acked = self.failed = 0
        self.keep_record = keep_record
        self.acknowledged: list[tuple[str, int, int, int]] = []

    @property
    def waiting(self) -> int:
        return self.sender.waiting

    def write(self, now: int, topic: str, record: Record, partition: int | None = None) -> None:
        self.sent += 1
        if not self.sender.offer(now, topic, record, partition):
            self.failed += 1
            self.refusals.failed(now, topic, -1 if partition is None else partition, BUFFER_EXHAUSTED, 1)

    def _answered(self, now: int, answer: Answer, effects: list[Effect]) -> None:
        if answer.tag[0] == metadata.TAG:
            self.metadata.answered(now, answer)
        else:
            self.sender.answered(now, answer)

    def _go_on(self, now: int, effects: list[Effect]) -> None:
        self.sender.go_on(now, effects)
        for outcome in self.sender.outcomes:
            count = len(outcome.records)
            if outcome.error:
                self.failed += count if outcome.final else 0
                self.refusals.failed(now, outcome.topic, outcome.partition, error_name(outcome.error), count)
                if self.ledger is not None:
                    self.ledger.refuse(error_name(outcome.error), count)
                continue
            self.acked += count
            self.refusals.got_through(now, outcome.topic, outcome.partition)
            if self.ledger is not None and outcome.base_offset >= 0:
                first, last = outcome.base_offset, outcome.base_offset + count - 1
                self.ledger.told.append(Told(outcome.topic, outcome.partition, first, last, outcome.node))
            if self.keep_record and outcome.base_offset >= 0:
                self.acknowledged += (
                    (outcome.topic, outcome.partition, outcome.base_offset + i, fingerprint(record))
                    for i, record in enumerate(outcome.records)
                )
        self.sender.outcomes.clear()
        self.refusals.tell(effects)
        assert self.sent == self.acked + self.failed + self.waiting

    def _due(self, now: int) -> Iterable[int | None]:
        return (self.metadata.due(), *self.sender.due(now))
