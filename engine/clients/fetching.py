"""Fetching ahead of the application: one long poll a leader, and a buffer from which polls are served.

Theory of operation
-------------------
As long as something a leader sent is still in the buffer, that leader is not asked for more (the
rule of Kafka's 4.0 client), so the buffer holds at most one answer a leader. Then all of its
partitions are asked for in one request, which waits at the broker until there is something, or twenty
seconds (Kafka's client: half a second, over and over; an idle consumer here costs almost nothing).
Should another partition become fetchable meanwhile (a leader moved, a position became known), the
request would be a long time without it: it is given up and asked anew with all.

What is buffered are *stretches*: the offsets that one batch brought. Records are decoded only where offsets
have gaps (compaction), or where somebody keeps a record of values.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from engine.clients.metadata import Metadata
from engine.clients.positions import VALID, Place, Positions, TopicPartition
from engine.clients.timing import RETRY_BACKOFF_MS, Backoff
from engine.machine import MILLISECOND, Effect
from engine.peers import Answer, Peers
from engine.storage.chunk import batches_of
from engine.wire import errors
from engine.wire.batch import Batch
from engine.wire.messages import FetchedPart, FetchPart, FetchRequest, FetchResponse
from engine.wire.records import decode_records, fingerprint

MAX_WAIT_MS = 20_000  # less than the patience with a request
MAX_BYTES = 10_485_760  # of one answer
EMPTY_ANSWER_MIN = RETRY_BACKOFF_MS * MILLISECOND  # an empty answer sooner than this is not followed at once
FETCH = "fetch"

# The picture of the cluster was old: get a new one (FetchCollector.handleInitializeErrors).
STALE = frozenset((
    errors.NOT_LEADER_OR_FOLLOWER, errors.REPLICA_NOT_AVAILABLE, errors.KAFKA_STORAGE_ERROR,
    errors.FENCED_LEADER_EPOCH, errors.OFFSET_NOT_AVAILABLE, errors.UNKNOWN_TOPIC_OR_PARTITION,
    errors.UNKNOWN_TOPIC_ID, errors.INCONSISTENT_TOPIC_ID, errors.LEADER_NOT_AVAILABLE,
))  # fmt: skip


@dataclass(slots=True)
class Stretch:
    """offsets: of the records to hand out. after: the position once all are. checks: their fingerprints, if kept.

    epoch: the leader epoch they were written in, for the referee of a lesson.
    """

    DERIVED: ClassVar[tuple[str, ...]] = ("epoch",)

    key: TopicPartition
    offsets: Sequence[int]
    after: int
    checks: list[int] | None = None
    taken: int = 0
    epoch: int = -1


@dataclass(slots=True)
class Handed:
    """Records of one partition and leader epoch that the application got in one poll."""

    topic: str
    partition: int
    epoch: int = -1
    offsets: list[int] = field(default_factory=list)
    checks: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Line:
    """The fetching from one leader. asked: number of the long poll under way, 0 if none; keys: what it asks for."""

    asked: int = 0
    asked_at: int = 0
    keys: tuple[TopicPartition, ...] = ()
    backoff: Backoff = field(default_factory=Backoff)


class Fetching:
    """peers: of its own, for its connections are closed to give a long poll up."""

    def __init__(self, positions: Positions, metadata: Metadata, peers: Peers, *, keep_record: bool) -> None:
        self.positions, self.metadata, self.peers = positions, metadata, peers
        self.keep_record = keep_record
        self.buffer: deque[Stretch] = deque()
        self._buffered: dict[TopicPartition, int] = {}  # stretches in the buffer
        self._lines: dict[str, Line] = {}
        self._order: dict[TopicPartition, None] = {}  # those served longest ago come first
        self._number = 0

    def stop(self) -> list[Effect]:
        """Give up all long polls and all that is buffered: the partitions are not held any more."""
        effects: list[Effect] = []
        for node in self._lines:
            effects += self.peers.hang_up(node)
        self._lines.clear()
        self.buffer.clear()
        self._buffered.clear()
        self._order.clear()
        return effects

    def forget(self, keys: list[TopicPartition]) -> None:
        """What is buffered of these is nobody's any more; an answer under way is taken for the others only."""
        self.buffer = deque(stretch for stretch in self.buffer if stretch.key not in keys)
        for key in keys:
            self._buffered.pop(key, None)
            self._order.pop(key, None)

    # --- asking -------------------------------------------------------------------------------------

    def go_on(self, now: int, effects: list[Effect]) -> None:
        for node, places in self._fetchable(now).items():
            line = self._lines.setdefault(node, Line())
            if not line.backoff.ready(now):
                continue
            if line.asked:
                if all((place.topic, place.partition) in line.keys for place in places):
                    continue
                effects += self.peers.hang_up(node)
            self._ask(now, node, line, places, effects)

    def due(self) -> Iterator[int]:
        for line in self._lines.values():
            yield line.backoff.until

    def _fetchable(self, now: int) -> dict[str, list[Place]]:
        """What to ask each leader for, those left out that still have something buffered."""
        found: dict[str, list[Place]] = {}
        full: dict[str, None] = {}
        for key, place in self.positions.places.items():
            if key not in self._order:
                self._order[key] = None
            if place.needs == VALID and self._buffered.get(key):
                full[self.metadata.leader(*key) or ""] = None
        for key in self._order:
            held = self.positions.places.get(key)
            if held is None or held.needs != VALID or not held.backoff.ready(now):
                continue
            node = self.metadata.leader(*key)
            if node is not None and node not in full:
                found.setdefault(node, []).append(held)
        return found

    def _ask(self, now: int, node: str, line: Line, places: list[Place], effects: list[Effect]) -> None:
        parts = [
            FetchPart(p.topic, p.partition, p.fetch_from, leader_epoch=self.metadata.epoch(p.topic, p.partition))
            for p in places
        ]
        self._number += 1
        line.asked, line.asked_at = self._number, now
        line.keys = tuple((place.topic, place.partition) for place in places)
        body = FetchRequest(MAX_WAIT_MS, 1, parts, max_bytes=MAX_BYTES)
        offsets = tuple(place.fetch_from for place in places)
        effects += self.peers.ask(now, node, body, (FETCH, node, self._number, offsets))

    # --- answers ------------------------------------------------------------------------------------

    def answered(self, now: int, answer: Answer) -> None:
        _, node, number, offsets = answer.tag
        line = self._lines.get(node)
        if line is None or line.asked != number:
            return
        line.asked = 0
        body: FetchResponse | None = answer.body
        if body is None or body.error:
            self.metadata.refresh()
            line.backoff.failed(now)
            return
        line.backoff.succeeded()
        asked = dict(zip(line.keys, offsets, strict=True))
        fruitful = False
        for part in body.parts:
            key = (part.topic, part.partition)
            place = self.positions.places.get(key)
            if place is not None and place.needs == VALID and asked.get(key) == place.fetch_from:
                fruitful = self._take(now, place, part) or fruitful
        if not fruitful and now - line.asked_at < EMPTY_ANSWER_MIN:
            line.backoff.until = line.asked_at + EMPTY_ANSWER_MIN

    def _take(self, now: int, place: Place, part: FetchedPart) -> bool:
        """Take what was fetched of one partition. Returns whether it was anything."""
        if part.error == errors.OFFSET_OUT_OF_RANGE:
            self.positions.out_of_range(now, place)
            return True
        if part.error:
            if part.error in STALE:
                self.metadata.refresh()
            place.backoff.failed(now)
            return True
        place.backoff.succeeded()
        found = False
        for batch in (batch for piece in part.records for batch in batches_of(piece)):
            if batch.next_offset > place.fetch_from:
                self._buffer(place, batch)
                found = True
        if found:
            key = (place.topic, place.partition)
            self._order.pop(key, None)
            self._order[key] = None
        return found

    def _buffer(self, place: Place, batch: Batch) -> None:
        key = (place.topic, place.partition)
        start = place.fetch_from
        offsets: Sequence[int]
        checks: list[int] | None = None
        if batch.is_control:
            offsets = ()
        elif self.keep_record or batch.count != batch.next_offset - batch.base_offset:
            records = [record for record in decode_records(batch) if record.offset >= start]
            offsets = [record.offset for record in records]
            checks = [fingerprint(record) for record in records] if self.keep_record else None
        else:
            offsets = range(max(start, batch.base_offset), batch.next_offset)
        self.buffer.append(Stretch(key, offsets, batch.next_offset, checks, epoch=batch.leader_epoch))
        self._buffered[key] = self._buffered.get(key, 0) + 1
        place.fetch_from = batch.next_offset

    # --- the application ----------------------------------------------------------------------------

    def poll(self, most: int) -> list[Handed]:
        """Hand the application up to ``most`` records; the positions move past them."""
        handed: dict[tuple[TopicPartition, int], Handed] = {}
        while self.buffer and most > 0:
            stretch = self.buffer[0]
            place = self.positions.places[stretch.key]
            offsets = list(stretch.offsets[stretch.taken : stretch.taken + most])
            if offsets:
                got = handed.setdefault((stretch.key, stretch.epoch), Handed(*stretch.key, stretch.epoch))
                got.offsets += offsets
                if stretch.checks is not None:
                    got.checks += stretch.checks[stretch.taken : stretch.taken + most]
            stretch.taken += len(offsets)
            most -= len(offsets)
            if stretch.taken < len(stretch.offsets):
                place.position = offsets[-1] + 1
                break
            place.position = stretch.after
            self.buffer.popleft()
            self._buffered[stretch.key] -= 1
        return list(handed.values())

