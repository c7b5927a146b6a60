"""What applications were told: which records are safe, and which were handed to them.

No log can say it: a record that is cut leaves nothing behind, and whether one was handed over twice only
its readers know. So where a lesson is going on (engine/lessons/), clients and brokers write it down here,
all of them in the same book. It is written to and read by the referee; nobody's doings depend on it.

A record is known by topic, partition, offset and the leader epoch it was written in: after an election the
same offset may come to hold another record. Neighbours are kept as one stretch, so the book stays small.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from engine.limits import STRETCHES_MAX

TopicPartition = tuple[str, int]
_first = itemgetter(0)


class Stretches:
    """A collection of whole numbers as [first, last] pairs: apart from each other, in order.

    Of more than STRETCHES_MAX pairs the lowest are forgotten.
    """

    __slots__ = ("pairs", "count")

    def __init__(self) -> None:
        self.pairs: list[tuple[int, int]] = []
        self.count = 0

    def add(self, first: int, last: int) -> None:
        pairs = self.pairs
        if pairs and first == pairs[-1][1] + 1:  # nearly always
            pairs[-1] = (pairs[-1][0], last)
            self.count += last - first + 1
            return
        low = bisect_right(pairs, first - 1, key=_first)
        if low and pairs[low - 1][1] >= first - 1:
            low -= 1
        high = bisect_right(pairs, last + 1, key=_first)
        gone = pairs[low:high]
        if gone:
            first, last = min(first, gone[0][0]), max(last, gone[-1][1])
        pairs[low:high] = [(first, last)]
        self.count += last - first + 1 - sum(end - begin + 1 for begin, end in gone)
        while len(pairs) > STRETCHES_MAX:
            begin, end = pairs.pop(0)
            self.count -= end - begin + 1

    def common(self, first: int, last: int) -> list[tuple[int, int]]:
        """The parts of it from ``first`` to ``last``."""
        low = max(0, bisect_right(self.pairs, first, key=_first) - 1)
        found = []
        for begin, end in self.pairs[low:]:
            if begin > last:
                break
            if end >= first:
                found.append((max(begin, first), min(end, last)))
        return found

    def missing(self, first: int, last: int) -> list[tuple[int, int]]:
        """The parts from ``first`` to ``last`` that it lacks."""
        found, at = [], first
        for begin, end in self.common(first, last):
            if begin > at:
                found.append((at, begin - 1))
            at = end + 1
        if at <= last:
            found.append((at, last))
        return found


@dataclass(slots=True)
class Read:
    """What a group was handed of one partition. records: how many, each time counted.

    passed: offsets its applications are done with; again: more than once.
    """

    passed: Stretches = field(default_factory=Stretches)
    again: Stretches = field(default_factory=Stretches)
    records: int = 0

    def past(self, first: int, last: int) -> None:
        passed = self.passed
        if passed.pairs and first <= passed.pairs[-1][1]:
            for begin, end in passed.common(first, last):
                self.again.add(begin, end)
        passed.add(first, last)


@dataclass(slots=True)
class Told:
    """An acknowledgement that has just reached a simulated producer. node: the leader that sent it."""

    topic: str
    partition: int
    first: int
    last: int
    node: str


@dataclass(slots=True)
class Sent:
    """Records that have just been sent to a real client that reads; ``records`` of them up to ``last``."""

    client: str
    host: str
    topic: str
    partition: int
    first: int
    last: int
    epoch: int
    records: int


@dataclass(slots=True)
class Ledger:
    """told, sent: since the referee looked last. ended: parts of real producers' requests that are safe, while the
    answer waits for others. acknowledged: by partition and leader epoch.

    refusals: records that a producer was told an error for, by the error's name, each time.
    reads: by group, partition and leader epoch. consumers: records handed to each simulated consumer.
    client_at: when a real client last did something that changes more than itself; -1 for never.
    """

    told: list[Told] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    ended: list[Any] = field(default_factory=list)  # the brokers' PartWait
    acknowledged: dict[TopicPartition, dict[int, Stretches]] = field(default_factory=dict)
    reads: dict[str, dict[TopicPartition, dict[int, Read]]] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)
    consumers: dict[str, int] = field(default_factory=dict)
    client_at: int = -1

    def acknowledge(self, topic: str, partition: int, epoch: int, first: int, last: int) -> None:
        """A producer knows that these are safe."""
        epochs = self.acknowledged.setdefault((topic, partition), {})
        stretches = epochs.get(epoch)
        if stretches is None:
            stretches = epochs[epoch] = Stretches()
        stretches.add(first, last)

    def refuse(self, error: str, records: int) -> None:
        self.refusals[error] = self.refusals.get(error, 0) + records

    def hand(self, group: str, consumer: str, key: TopicPartition, epoch: int, records: int) -> None:
        """A consumer's application was handed so many of a partition."""
        self._read(group, key, epoch).records += records
        self.consumers[consumer] = self.consumers.get(consumer, 0) + records

    def done(self, group: str, key: TopicPartition, epoch: int, offsets: list[int]) -> None:
        """It is done with these, in order."""
        read = self._read(group, key, epoch)
        first, last = offsets[0], offsets[-1]
        if last - first + 1 == len(offsets):
            read.past(first, last)
        else:
            for offset in offsets:
                read.past(offset, offset)

    def hand_stretch(self, group: str, sent: Sent) -> None:
        """Both, for records that were sent to a real member of a group."""
        read = self._read(group, (sent.topic, sent.partition), sent.epoch)
        read.records += sent.records
        read.past(sent.first, sent.last)

    def _read(self, group: str, key: TopicPartition, epoch: int) -> Read:
        epochs = self.reads.setdefault(group, {}).setdefault(key, {})
        read = epochs.get(epoch)
        if read is None:
            read = epochs[epoch] = Read()
        return read
