"""The service as one account has it in one region: every call, and what time and the log make of it.

It is a pure model. ``call`` answers, or says what the log is to be asked (outcomes.py); ``pending`` collects what is to
be done to the log and told to people, and ``advance`` hands it out. Times are virtual nanoseconds; ``calendar_ms`` is
what the calendar shows, for timestamps. Records themselves are only in the log.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine.kinesis.service import lifecycle, pushing, reading, setup, writing
from engine.kinesis.service.calling import Call
from engine.kinesis.service.errors import KinesisError, serialization, unknown_operation
from engine.kinesis.service.operations import HANDLERS
from engine.kinesis.service.outcomes import Action, Locate, Outcome, Put, Read, Subscribe
from engine.kinesis.service.positions import Position
from engine.kinesis.service.stream import DELETING, TOPIC_PREFIX, Stream

__all__ = ["Account", "KinesisError"]

_SET_MS = 100_000_000_000  # of 1973: a calendar that shows less was never set
_JUMPS_MAX = 1_000  # of the calendar; of more the oldest are forgotten


@dataclass(slots=True)
class Account:
    """brokers: how many there are, for replicas. throttling: whether AWS's limits of throughput and calls are held.

    positions: the last iterator of each client and shard. jumps: (calendar ms when it was moved, by how many ms).
    """

    region: str = "us-east-1"
    account_id: str = "000000000000"
    brokers: int = 3
    throttling: bool = True
    streams: dict[str, Stream] = field(default_factory=dict)
    pending: list[Action] = field(default_factory=list)
    calls: dict[str, list[int]] = field(default_factory=dict)
    positions: dict[tuple[str, str, str], Position] = field(default_factory=dict)
    subscriptions: int = 0
    jumps: list[tuple[int, int]] = field(default_factory=list)

    def call(self, now: int, calendar_ms: int, operation: str, p: dict[str, Any], client: str) -> Outcome:
        """Raises ``KinesisError``. p: as the JSON is: blobs in base64, timestamps in seconds since 1970."""
        handler = HANDLERS.get(operation)
        if handler is None:
            raise unknown_operation()
        if not isinstance(p, dict):
            raise serialization("Start of structure or map found where not expected.")
        return handler(self, Call(now, calendar_ms, operation, p, client))

    # --- what came of outcomes: the answers' bodies -----------------------------------------------

    def put_done(self, put: Put, results: list[tuple[int, int]]) -> bytes:
        """results: of each part (the offset of its first record or -1, an error code or 0).

        Raises InternalFailureException if a single record was not taken.
        """
        return writing.done(self, put, results)

    def located(self, locate: Locate, offset: int) -> bytes:
        return reading.located(self, locate, offset)

    def read_done(
        self, read: Read, records: list[tuple[int, int, bytes, bytes]], next_offset: int, high_watermark: int,
        behind_ms: int = -1,
    ) -> bytes:  # fmt: skip
        """records: (offset, timestamp ms, key, value). behind_ms: -1 if it is to be told from the records."""
        return reading.done(self, read, records, next_offset, high_watermark, behind_ms)

    def event_done(
        self, subscribe: Subscribe, records: list[tuple[int, int, bytes, bytes]], next_offset: int,
        high_watermark: int, now: int, calendar_ms: int,
    ) -> bytes:  # fmt: skip
        """One SubscribeToShardEvent."""
        return pushing.event(self, subscribe, records, next_offset, high_watermark, now, calendar_ms)

    def at_end(self, subscribe: Subscribe, next_offset: int) -> bool:
        """Whether the shard is closed and ``next_offset`` is beyond its last record."""
        return pushing.at_end(self, subscribe, next_offset)

    def subscribed(self, subscribe: Subscribe) -> bool:
        """Whether it still holds: nobody took its place, nothing of it was deleted."""
        return pushing.holds(self, subscribe)

    def unsubscribe(self, subscribe: Subscribe) -> None:
        pushing.end(self, subscribe)

    def waiting(self, stream: str) -> bool:
        """Whether writers to some shard of it have to wait (see ``Later``)."""
        found = self.streams.get(stream)
        return found is not None and found.waiting()

    # --- time -------------------------------------------------------------------------------------

    def due(self) -> int | None:
        """When ``advance`` will find something to do by itself, in virtual nanoseconds."""
        times = [at for at in map(lifecycle.due, self.streams.values()) if at]
        return min(times, default=None)

    def advance(self, now: int, calendar_ms: int) -> list[Action]:
        """Let time pass, and hand out all that is pending."""
        for stream in list(self.streams.values()):
            lifecycle.pass_time(self, now, stream)
        actions, self.pending = self.pending, []
        return actions

    def calendar_moved(self, at_ms: int, by_ms: int) -> None:
        """The calendar was moved by ``by_ms`` when it showed ``at_ms``: that stretch was not lived.

        Streams of a scenario are there before the calendar is set for the first time: they begin when it is.
        """
        if at_ms < _SET_MS <= at_ms + by_ms:
            setup.date(self, by_ms, _SET_MS)
        self.jumps.append((at_ms, by_ms))
        del self.jumps[:-_JUMPS_MAX]

    # --- what became of the log -------------------------------------------------------------------

    def topic_ready(self, topic: str, now: int, calendar_ms: int) -> None:
        """It was made, or has as many partitions as it was to have."""
        stream = self._of(topic)
        if stream is not None:
            stream.ready = True
            lifecycle.pass_time(self, now, stream)

    def topic_gone(self, topic: str, now: int, calendar_ms: int) -> None:
        stream = self._of(topic)
        if stream is not None and stream.status == DELETING:
            del self.streams[stream.name]
            for key in [key for key in self.positions if key[1] == stream.name]:
                del self.positions[key]
            lifecycle.tell(self, "stream_deleted", stream)

    def sealed(self, stream: str, shard: str, end_offset: int, now: int, calendar_ms: int) -> None:
        """No put to it is on its way any more; its log ends at ``end_offset``."""
        found = self.streams.get(stream)
        if found is not None:
            for each in found.shards:
                if each.id == shard:
                    lifecycle.sealed(self, calendar_ms, found, each, end_offset)

    def _of(self, topic: str) -> Stream | None:
        return self.streams.get(topic.removeprefix(TOPIC_PREFIX))

    # --- settings, and the picture ----------------------------------------------------------------

    def adopt(self, now: int, calendar_ms: int, spec: dict[str, Any]) -> None:
        """A stream of a scenario: ACTIVE at once. spec: "stream", "shards", "mode", "retention_hours"."""
        setup.adopt(self, now, calendar_ms, spec)

    def set_throttling(self, on: bool) -> None:
        """Whether AWS's limits are held. What was owed is forgiven."""
        setup.set_throttling(self, on)

    def snapshot(self, now: int) -> dict[str, Any]:
        """For people: see docs/api.md, ``kinesis``."""
        return setup.snapshot(self, now)
