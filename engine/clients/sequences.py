"""The client's half of exactly-once within a partition: producer id, epoch and sequence numbers.

Theory of operation (KIP-98, KIP-360; Kafka's ``TransactionManager``)
---------------------------------------------------------------------
Each batch carries (producer id, epoch, sequence of its first record). The leader appends a batch only
if its sequence follows the last one, and answers a duplicate with its old offset. So a batch whose
answer was lost can simply be sent again, in order and with the same numbers.

- Numbers are given when a batch is first sent, and kept for every later attempt.
- While a batch is being sent again, later ones of its partition wait: one at a time until it is
  through. So at most five may be under way, and still nothing changes places.
- A batch given up (delivery timeout) after it was sent leaves its partition *unresolved*: nobody
  knows whether its numbers were used. Nothing new is sent there until the others are answered; if
  the next expected number then is not ours, there is a gap.
- A gap, a producer the broker has forgotten (UNKNOWN_PRODUCER_ID), or a batch refused for good
  cannot be mended under the same epoch. The producer *bumps* its epoch by itself and numbers what is
  under way in that partition anew from 0. Other partitions take the new epoch once nothing of theirs
  is under way. Kafka's client bumps at once; ours waits until all that is on the wire to that
  partition is answered, so that nothing can be appended under both epochs.
- One hole is Kafka's own (KAFKA-14359, KAFKA-15591). A leader takes any first sequence of a producer it
  knows nothing of. If it refuses that producer's first batches for now (NOT_ENOUGH_REPLICAS, say) and takes a
  later one that was under way, the first can never follow: they are *overtaken*, and are sent again and
  again until ``delivery.timeout.ms`` is over. The application is told; nothing is lost unsaid.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.clients.accumulator import ProducerBatch, TopicPartition
from engine.wire import errors

SEQUENCE_MAX = 0x7FFFFFFF
EPOCH_MAX = 0x7FFF


def advance(sequence: int, by: int) -> int:
    """Sequences wrap to 0 after 2^31 - 1 (DefaultRecordBatch.incrementSequence)."""
    return (sequence + by) & SEQUENCE_MAX


@dataclass(slots=True)
class Numbering:
    """One partition's numbers. under_way: batches that have a number and no outcome yet, in order.

    unresolved: the number after the last batch that was given up with its outcome unknown, or -1.
    """

    producer_id: int
    producer_epoch: int
    next: int = 0
    acknowledged: int = -1  # last sequence
    unresolved: int = -1
    under_way: list[ProducerBatch] = field(default_factory=list)


class Sequences:
    """producer_id: -1 until the broker has given one (InitProducerId)."""

    def __init__(self) -> None:
        self.producer_id = -1
        self.producer_epoch = -1
        self._numbering: dict[TopicPartition, Numbering] = {}
        self._to_rewrite: dict[TopicPartition, None] = {}  # a bump of the epoch is wanted for these

    def identify(self, producer_id: int, producer_epoch: int) -> None:
        """The broker's answer to InitProducerId."""
        self.producer_id, self.producer_epoch = producer_id, producer_epoch

    # --- sending ------------------------------------------------------------------------------------

    def may_send(self, batch: ProducerBatch) -> bool:
        """Whether ``batch``, the first that waits in its partition, may be sent now."""
        numbering = self._numbering.get(batch.key)
        if numbering is None:
            return True
        if batch.key in self._to_rewrite:
            return False
        if batch.sequence >= 0:  # sent before: one at a time until all of these are through
            return not numbering.under_way or numbering.under_way[0] is batch
        return numbering.unresolved < 0 and not (numbering.under_way and self._stale(numbering))

    def number(self, batch: ProducerBatch) -> None:
        """Give ``batch`` its numbers, unless it has some."""
        if batch.sequence >= 0:
            return
        numbering = self._of(batch.key)
        if not numbering.under_way and self._stale(numbering):
            numbering = self._restart(batch.key)
        batch.producer_id, batch.producer_epoch = numbering.producer_id, numbering.producer_epoch
        batch.sequence = numbering.next
        numbering.next = advance(numbering.next, len(batch.records))
        numbering.under_way.append(batch)

    def overtaken(self) -> bool:
        """Whether batches wait in vain, until they time out, as later ones of their partition are acknowledged."""
        return any(it.under_way and it.under_way[0].sequence < it.acknowledged for it in self._numbering.values())

    # --- outcomes -----------------------------------------------------------------------------------

    def acknowledged(self, batch: ProducerBatch) -> None:
        numbering = self._of(batch.key)
        if batch.producer_epoch == numbering.producer_epoch:
            numbering.acknowledged = max(numbering.acknowledged, batch.last_sequence)
        self._drop(numbering, batch)

    def refused(self, batch: ProducerBatch) -> None:
        """``batch`` failed for good and was not appended: its numbers leave a gap."""
        self._drop(self._of(batch.key), batch)
        self._to_rewrite[batch.key] = None

    def given_up(self, batch: ProducerBatch) -> None:
        """``batch`` ran out of time. If it was ever sent, nobody knows whether it was appended."""
        if batch.sequence < 0:
            return
        numbering = self._of(batch.key)
        self._drop(numbering, batch)
        after = advance(batch.last_sequence, 1)
        numbering.unresolved = max(numbering.unresolved, after)

    def sends_again(self, batch: ProducerBatch, error: int, log_start: int) -> bool:
        """Whether ``batch`` is to be sent again after OUT_OF_ORDER_SEQUENCE_NUMBER or UNKNOWN_PRODUCER_ID.

        Always, for the idempotent producer; what differs is whether the epoch must be bumped first
        (TransactionManager.canRetry).
        """
        numbering = self._of(batch.key)
        if error == errors.UNKNOWN_PRODUCER_ID:
            if log_start >= 0:  # else the broker did not say enough: ask until it does
                self._to_rewrite[batch.key] = None
            return True
        if error == errors.OUT_OF_ORDER_SEQUENCE_NUMBER:
            # The first after all that is acknowledged, or after all that was given up: before it, there is a gap.
            # Any other only waits for an earlier one that is sent again.
            first = numbering.unresolved if numbering.unresolved >= 0 else advance(numbering.acknowledged, 1)
            if batch.sequence == first:
                self._to_rewrite[batch.key] = None
            return True
        return False

    def mend(self) -> None:
        """Resolve what can be resolved and bump the epoch if need be. Called before each sending."""
        for key, numbering in self._numbering.items():
            if numbering.unresolved >= 0 and not numbering.under_way:
                if numbering.next != advance(numbering.acknowledged, 1):
                    self._to_rewrite[key] = None
                numbering.unresolved = -1
        if not self._to_rewrite or self.producer_id < 0:
            return
        if any(batch.on_wire for key in self._to_rewrite for batch in self._of(key).under_way):
            return
        if self.producer_epoch == EPOCH_MAX:
            self.producer_id = self.producer_epoch = -1  # a new id must be asked for; numbers wait for it
            return
        self.producer_epoch += 1
        for key in self._to_rewrite:
            self._restart(key)
        self._to_rewrite.clear()

    # --- inside -------------------------------------------------------------------------------------

    def _of(self, key: TopicPartition) -> Numbering:
        numbering = self._numbering.get(key)
        if numbering is None:
            numbering = self._numbering[key] = Numbering(self.producer_id, self.producer_epoch)
        return numbering

    def _restart(self, key: TopicPartition) -> Numbering:
        """Number what is under way in ``key`` anew, from 0, under the present epoch."""
        numbering = self._of(key)
        numbering.producer_id, numbering.producer_epoch = self.producer_id, self.producer_epoch
        numbering.next, numbering.acknowledged, numbering.unresolved = 0, -1, -1
        for batch in numbering.under_way:
            batch.producer_id, batch.producer_epoch = self.producer_id, self.producer_epoch
            batch.sequence = numbering.next
            batch.encoded = None
            numbering.next = advance(numbering.next, len(batch.records))
        return numbering

    def _stale(self, numbering: Numbering) -> bool:
        return (numbering.producer_id, numbering.producer_epoch) != (self.producer_id, self.producer_epoch)

    @staticmethod
    def _drop(numbering: Numbering, batch: ProducerBatch) -> None:
        numbering.under_way = [b for b in numbering.under_way if b is not batch]
