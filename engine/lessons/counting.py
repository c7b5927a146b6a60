"""What became of the records that somebody was told of: lost, handed over more than once, passed over.

Theory of operation
-------------------
Clients and brokers write a ledger (engine/clients/ledger.py). An acknowledged record is there as long as the
leader's log holds its offset *in the leader epoch it was written in*; what lies before the log's start was
deleted as it should be, and what compaction took keeps its epoch. A log that leads is not cut, so it has to be
looked at only when another leads, or the same anew: then all that was acknowledged is held against it. While
nobody leads nothing can be said, and what was said last stays.

Of a simulated producer the acknowledgement counts when it has arrived, of a real one when it was sent. Of a
simulated consumer a record counts when the application was handed it, of a real one when it was sent to a
member of the group: how far the application behind it has got, it keeps to itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.limits import SPREAD_RECORDS_MAX
from engine.quorum.image import NO_LEADER
from engine.wire.batch import CorruptRecord
from engine.wire.records import decode_records

if TYPE_CHECKING:
    from engine.clients.ledger import Ledger, Read, Stretches, Told
    from engine.lessons.looking import Look
    from engine.storage.log import Log

TopicPartition = tuple[str, int]


@dataclass(slots=True)
class Watched:
    """A partition of which something was acknowledged. seen: (leader, epoch, the broker's life) when last compared."""

    seen: tuple[int, int, int] = (-1, -1, -1)
    lost: int = 0


@dataclass(slots=True)
class KeyPlace:
    """Where records of a key were last seen. upto: the log has been read so far. last: the newest one's offset.

    seen: the leader, its epoch, and how much cleaned segments hold: with another of these it is read anew.
    """

    seen: tuple[int, int, int] = (-1, -1, -1)
    upto: int = 0
    last: int = -1


@dataclass(slots=True)
class Counting:
    """watched: by partition. began: where a partition's log began when a group was first handed a record of it.

    keys: by topic, partition, key.
    """

    ledger: Ledger
    watched: dict[TopicPartition, Watched] = field(default_factory=dict)
    began: dict[str, dict[TopicPartition, int]] = field(default_factory=dict)
    keys: dict[tuple[str, int, str], KeyPlace] = field(default_factory=dict)

    # --- at the end of each instant

    def take(self, look: Look) -> None:
        """Enter what was written down since the last time."""
        ledger = self.ledger
        if ledger.told:
            for told in ledger.told:
                self._acknowledged(look, told)
            ledger.told.clear()
        if ledger.sent:
            self._sent(look)
        for group, read in ledger.reads.items():
            began = self.began.get(group)
            if began is None or len(began) != len(read):
                began = self.began.setdefault(group, {})
                for key in read:
                    if key not in began:
                        source = look.source(*key)
                        began[key] = source.log.log_start if source is not None else 0

    def _acknowledged(self, look: Look, told: Told) -> None:
        """The epoch is not in the answer: it is that of the offset in the log of the leader that gave it."""
        held = look.cluster.broker(int(told.node[1:])).partitions.get((told.topic, told.partition))
        if held is None:
            return  # the topic was deleted meanwhile
        log = held.log
        epoch = log.epochs.at(told.first) if told.last < log.log_end else -1  # -1: cut again on the answer's way
        if told.first < log.log_start:
            return
        self.ledger.acknowledge(told.topic, told.partition, epoch, told.first, told.last)
        watched = self.watched.get((told.topic, told.partition))
        if watched is not None and epoch != watched.seen[1]:
            watched.seen = (-1, -1, -1)

    def _sent(self, look: Look) -> None:
        """Whose it was: that of the group in which this client holds the partition; nobody's, if there is none."""
        for sent in self.ledger.sent:
            for broker in look.cluster.brokers():
                for name in [listed.group for listed in broker.groups.list_groups()]:
                    group = look.group(name)
                    if group is None or broker.groups.find(name) is not group:
                        continue
                    for member in group.members.values():
                        if (member.client, member.host) == (sent.client, sent.host):
                            held = look.parts(name).get(member.id, {})
                            if sent.partition in held.get(sent.topic, ()):
                                self.ledger.hand_stretch(name, sent)
        self.ledger.sent.clear()

    def forget(self, topic: str) -> None:
        """It was deleted: another of the same name has other records."""
        ledger = self.ledger
        books: list[dict[TopicPartition, Any]] = [*ledger.reads.values(), *self.began.values()]
        for book in (*books, ledger.acknowledged, self.watched):
            for key in [key for key in book if key[0] == topic]:
                book.pop(key)
        for place in [place for place in self.keys if place[0] == topic]:
            del self.keys[place]

    # --- acknowledged and lost

    def lost(self, look: Look) -> int:
        return sum(self._lost_of(look, key, epochs) for key, epochs in self.ledger.acknowledged.items())

    def _lost_of(self, look: Look, key: TopicPartition, epochs: dict[int, Stretches]) -> int:
        state = look.image.partition(*key)
        if state is None:
            return 0  # somebody wanted it gone
        watched = self.watched.get(key)
        if watched is None:
            watched = self.watched[key] = Watched()
        if state.leader == NO_LEADER or not look.cluster.alive(state.leader):
            return watched.lost
        seen = (state.leader, state.leader_epoch, look.cluster.places[state.leader].life)
        if seen != watched.seen:
            held = look.cluster.broker(state.leader).partitions.get(key)
            if held is None or held.leader is None or held.leader.epoch != state.leader_epoch:
                return watched.lost  # it has not heard of it yet
            watched.seen, watched.lost = seen, sum(_gone(held.log, e, stretches) for e, stretches in epochs.items())
        return watched.lost

    # --- handed over

    def delivered(self, group: str, key: tuple[str | None, int | None]) -> int:
        return sum(read.records for _, read in self._reads(group, key))

    def processed(self, group: str, key: tuple[str | None, int | None]) -> int:
        return sum(read.passed.count for _, read in self._reads(group, key))

    def repeated(self, group: str, key: tuple[str | None, int | None]) -> int:
        return sum(read.again.count for _, read in self._reads(group, key))

    def skipped(self, look: Look, group: str, key: tuple[str | None, int | None]) -> int:
        keys = dict.fromkeys(where for where, _ in self._reads(group, key))
        return sum(self._skipped_of(look, group, where) for where in keys)

    def _skipped_of(self, look: Look, group: str, key: TopicPartition) -> int:
        """Between where the log began when the group came and the last record it was handed."""
        epochs = self.ledger.reads[group][key]
        end = max((read.passed.pairs[-1][1] for read in epochs.values() if read.passed.pairs), default=-1)
        holes = [(self.began.get(group, {}).get(key, 0), end)]
        for read in epochs.values():
            holes = [part for first, last in holes for part in read.passed.missing(first, last)]
        source = look.source(*key)
        if source is None or not holes:
            return 0
        if not look.compacts(key[0]):
            return sum(last - first + 1 for first, last in holes)
        return sum(_records(source.log, first, last) for first, last in holes)

    def _reads(self, group: str, key: tuple[str | None, int | None]) -> list[tuple[TopicPartition, Read]]:
        topic, partition = key
        return [
            (where, read)
            for where, epochs in self.ledger.reads.get(group, {}).items()
            if topic in (None, where[0]) and partition in (None, where[1])
            for read in epochs.values()
        ]

    # --- keys

    def spread(self, look: Look, topic: str, key: str) -> int | None:
        """Partitions that hold records of this key now; None: it takes longer to find out."""
        found = [self._holds(look, p.topic, p.partition, key) for p in look.partitions(topic)]
        return None if None in found else sum(map(bool, found))

    def _holds(self, look: Look, topic: str, partition: int, key: str) -> bool | None:
        source = look.source(topic, partition)
        if source is None:
            return False
        log = source.log
        cleaned = sum(segment.size for segment in log.segments[:-1]) if look.compacts(topic) else 0
        seen = (source.broker, source.state.leader_epoch, cleaned)
        place = self.keys.setdefault((topic, partition, key), KeyPlace())
        if place.seen != seen or log.log_end < place.upto:
            place.seen, place.upto, place.last = seen, log.log_start, -1
        wanted, left = key.encode(), SPREAD_RECORDS_MAX
        begin = max(place.upto, log.log_start)
        for batch in log.batches(begin, log.log_end) if begin < log.log_end else ():
            place.upto = batch.next_offset
            try:
                offsets = [record.offset for record in decode_records(batch) if record.key == wanted]
            except CorruptRecord:
                continue
            place.last = max(place.last, *offsets) if offsets else place.last
            left -= batch.count
            if left <= 0 and place.upto < log.log_end:
                return None
        return place.last >= log.log_start and place.last >= 0


def _gone(log: Log, epoch: int, stretches: Stretches) -> int:
    """How many of what was written in this epoch the log does not hold any more, though it should."""
    begin, end = _range(log, epoch)
    lost = 0
    for first, last in stretches.pairs:
        first = max(first, log.log_start)
        if first <= last:
            kept = min(last, end - 1) - max(first, begin) + 1
            lost += last - first + 1 - max(0, kept)
    return lost


def _range(log: Log, epoch: int) -> tuple[int, int]:
    """From where to where (excluded) the log holds what was written in this epoch; (0, 0): nowhere."""
    entries: list[tuple[int, int]] = log.epochs.entries
    for number, (known, start) in enumerate(entries):
        if known == epoch:
            return start, entries[number + 1][1] if number + 1 < len(entries) else log.log_end
    return 0, 0


def _records(log: Log, first: int, last: int) -> int:
    """Records really there, in a log that was compacted."""
    found = 0
    for batch in log.batches(max(first, log.log_start), last + 1):
        try:
            found += sum(first <= record.offset <= last for record in decode_records(batch))
        except CorruptRecord:
            continue
    return found
