"""How a record that was offered ends: in exactly one of two ways, which ``outcomes`` reports once.

- acknowledged: by the leader alone (acks=1), by all in-sync replicas (acks=all), or just sent (acks=0);
- failed: refused for good, or not acknowledged ``delivery.timeout.ms`` after its batch's first record was
  made. A failed record may have been appended all the same: the answer may be what was lost.
"""

from __future__ import annotations

from engine.clients.accumulator import Accumulator, ProducerBatch
from engine.clients.metadata import Metadata
from engine.clients.outcomes import Outcome
from engine.clients.sequences import Sequences
from engine.wire import errors
from engine.wire.records import Record


class Endings:
    """What the ``Sender`` is for its records at last. outcomes: since last drained."""

    metadata: Metadata
    accumulator: Accumulator
    sequences: Sequences
    outcomes: list[Outcome]

    def acknowledge(self, batch: ProducerBatch, base_offset: int, node: str = "") -> None:
        batch.done = True
        if batch.sequence >= 0:
            self.sequences.acknowledged(batch)
        self.end(batch.topic, batch.partition, batch.records, errors.NONE, base_offset, node)

    def fail(self, batch: ProducerBatch, error: int) -> None:
        batch.done = True
        self.end(batch.topic, batch.partition, batch.records, error)

    def give_up(self, too_old: int, under_way: list[ProducerBatch]) -> None:
        """What was made by ``too_old`` fails: of what waits, and of what is under way."""
        expired = list(self.accumulator.expired(too_old))
        expired += [batch for batch in under_way if batch.created_at <= too_old]
        for batch in expired:
            self.sequences.given_up(batch)
            self.fail(batch, errors.REQUEST_TIMED_OUT)
        unplaced = self.accumulator.unplaced
        while unplaced and unplaced[0].created_at <= too_old:
            it = unplaced.popleft()
            view = self.metadata.topics.get(it.topic)
            why = view.error if view and view.error else errors.REQUEST_TIMED_OUT
            self.end(it.topic, -1 if it.partition is None else it.partition, [it.record], why)

    def end(
        self, topic: str, partition: int, records: list[Record], error: int, base_offset: int = -1, node: str = ""
    ) -> None:
        self.accumulator.release(len(records))
        self.outcomes.append(Outcome(topic, partition, records, base_offset, error, node=node))
