"""What a log remembers of each idempotent producer (KIP-98; ``ProducerStateManager.java``).

Theory of operation
-------------------
A producer numbers its records, one sequence a partition. It has at most five batches under way, so the
last five are remembered with their offsets: a batch sent again is answered with where it already is.
Anything else must continue the sequence, or come from a newer epoch and begin at 0. Of a producer that
left no trace any sequence is taken (its records may have been deleted), as Kafka does since 2.5.

Followers note what they copy without judging it, so that whoever becomes leader knows the same.
All of this follows from the log's content; truncation brings back what was known before. So that a log
need not be gone through whenever it is opened, it is written down at times (engine/storage/snapshots.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from engine.storage.errors import InvalidProducerEpoch, OutOfOrderSequence
from engine.wire.batch import SEQUENCE_MAX, Batch

REMEMBERED = 5  # batches a producer; the most a client keeps under way on a connection
Mark: TypeAlias = tuple[int, int, int, int]  # first and last sequence, first and last offset


class ProducerEntry:
    """marks: its last batches of ``epoch``, oldest first.

    first_offset: of its oldest batch that was seen, -1 if it was taken from a snapshot. timestamp: its last
    batch's. coordinator_epoch, transaction_start: of transactions, -1 without.
    """

    __slots__ = ("epoch", "marks", "first_offset", "timestamp", "coordinator_epoch", "transaction_start")

    def __init__(self, epoch: int, first_offset: int) -> None:
        self.epoch = epoch
        self.marks: list[Mark] = []
        self.first_offset = first_offset
        self.timestamp = self.coordinator_epoch = self.transaction_start = -1

    def copy(self) -> ProducerEntry:
        other = ProducerEntry(self.epoch, self.first_offset)
        other.marks = self.marks[:]
        other.timestamp = self.timestamp
        other.coordinator_epoch, other.transaction_start = self.coordinator_epoch, self.transaction_start
        return other


class ProducerStates:
    """entries: by producer id, in order of their first batches."""

    __slots__ = ("entries",)

    def __init__(self) -> None:
        self.entries: dict[int, ProducerEntry] = {}

    def check(self, batch: Batch) -> tuple[int, int] | None:
        """May a client append this batch? None if so; (first, last offset) if it is here already.

        Raises OutOfOrderSequence or InvalidProducerEpoch.
        """
        entry = self.entries.get(batch.producer_id)
        if entry is None:
            return None
        epoch, first = batch.numbering
        if epoch == entry.epoch:
            last = entry.marks[-1][1] if entry.marks else -1
            if first == last + 1 or (first == 0 and last == SEQUENCE_MAX):
                return None
            wanted = (first, batch.last_sequence)
            for mark in entry.marks:
                if mark[:2] == wanted:
                    return mark[2:]
            raise OutOfOrderSequence(f"producer {batch.producer_id}: sequence {first} after {last}")
        if epoch < entry.epoch:
            raise InvalidProducerEpoch(f"producer {batch.producer_id}: epoch {epoch}, but {entry.epoch} was here")
        if first != 0:
            raise OutOfOrderSequence(f"producer {batch.producer_id}: sequence {first} begins epoch {epoch}")
        return None

    def note(self, batch: Batch) -> None:
        """``batch``, which has a producer id, was appended."""
        entry = self.entries.get(batch.producer_id)
        epoch, first = batch.numbering
        if entry is None:
            entry = self.entries[batch.producer_id] = ProducerEntry(epoch, batch.base_offset)
        elif entry.epoch != epoch:
            entry.epoch = epoch
            entry.marks.clear()
        entry.timestamp = batch.max_timestamp
        if batch.is_control:  # a transaction's end: it has an epoch but no place in the sequence
            return
        marks = entry.marks
        if len(marks) == REMEMBERED:
            del marks[0]
        base, last = batch.base_offset, batch.last_offset
        marks.append((first, first + last - base & SEQUENCE_MAX if first >= 0 else -1, base, last))

    def truncate(self, removed: Iterable[Batch], log_end: int, backwards: Iterable[Batch]) -> list[int]:
        """``removed`` went from the end of the log; ``backwards`` are the batches left, newest first.

        Only the producers of removed batches are looked for, and no further back than needed. Returns those
        of which nothing is left: an older snapshot may know them.
        """
        gone: list[int] = []
        wanted: dict[int, list[Batch]] = {}
        for batch in removed:
            entry = self.entries.get(batch.producer_id)
            if entry is None or batch.producer_id in wanted:
                continue
            if entry.first_offset >= log_end:
                del self.entries[batch.producer_id]
                gone.append(batch.producer_id)
            else:
                wanted[batch.producer_id] = []
        if wanted:
            gone += self._restore(wanted, iter(backwards))
        return gone

    def _restore(self, wanted: dict[int, list[Batch]], backwards: Iterator[Batch]) -> list[int]:
        open_ones = len(wanted)
        complete: dict[int, bool] = {}
        while open_ones and (batch := next(backwards, None)) is not None:
            producer = batch.producer_id
            found = wanted.get(producer)
            if found is None or producer in complete:
                continue
            if found and batch.producer_epoch != found[0].producer_epoch:
                complete[producer] = True
                open_ones -= 1
                continue
            found.append(batch)
            data = sum(not b.is_control for b in found)
            if data == REMEMBERED or batch.base_offset <= self.entries[producer].first_offset:
                complete[producer] = True
                open_ones -= 1
        for producer, found in wanted.items():
            if not found:
                del self.entries[producer]
                continue
            self.entries[producer].marks.clear()
            self.entries[producer].epoch = found[0].producer_epoch
            for batch in reversed(found):
                self.note(batch)
        return [producer for producer, found in wanted.items() if not found]

    def expire(self, now_ms: int, after_ms: int) -> list[int]:
        """Forget producers whose last batch is older than ``after_ms`` (``producer.id.expiration.ms``). Who it was."""
        gone = [producer for producer, entry in self.entries.items() if now_ms - entry.timestamp > after_ms]
        for producer in gone:
            del self.entries[producer]
        return gone

    def clear(self) -> None:
        self.entries.clear()

    def __deepcopy__(self, memo: object) -> ProducerStates:
        copy = ProducerStates()
        copy.entries = {producer: entry.copy() for producer, entry in self.entries.items()}
        return copy
