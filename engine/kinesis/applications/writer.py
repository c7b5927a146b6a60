"""A simulated application that puts records into a stream, at an even pace.

One record a call goes by PutRecord, more by PutRecords; at most ``CALLS_MAX`` calls are under way. What was throttled,
or failed inside, it puts again after a pause that doubles, as an SDK does: the records after it wait, so they pile up
behind a shard that is too hot. After ``ATTEMPTS_MAX`` attempts, or when ``WAITING_MAX`` records wait, one is lost.
"""

from __future__ import annotations

from base64 import b64encode
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from engine.clients.purchases import purchase
from engine.clients.sources import Feed
from engine.commands import RemoveStreamProducer, SetStreamProducer
from engine.events import StreamProducerChanged
from engine.kinesis.applications.application import LOST, THROTTLED, Application
from engine.machine import MILLISECOND, SECOND, Effect, Tell
from engine.world.dice import Dice

CALLS_MAX = 10
WAITING_MAX = 10_000
ATTEMPTS_MAX = 8
PAUSE_MS, PAUSE_MS_MAX = 100, 500
LINGER = 200 * MILLISECOND  # so long records are gathered for one PutRecords, at most


@dataclass(slots=True)
class Made:
    """A record. attempts: calls that did not take it. unsure: of those, calls that may have written it all the same."""

    key: str
    data: bytes
    attempts: int = 0
    unsure: int = 0


class StreamProducer(Application):
    """rate: records per second. keys, batch: as in the command. feed: where its records come from; None: purchases.

    sent: records made. Each is acked, failed, or still waiting. throttled: how often one was.
    acknowledged, if ``keep_record``: (shard, sequence number, data, unsure) of each record, whose data are then like
    no other's; lost: (data, unsure) of those that were given up.
    """

    def __init__(
        self, name: str, stream: str, dice: Dice, *, rate: float = 1.0, keys: str = "few", batch: int = 1,
        feed: Feed | None = None, calendar_offset: int = 0, life: int = 0, keep_record: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(name, stream, calendar_offset=calendar_offset, life=life)
        self.dice, self.rate, self.keys, self.batch, self.feed = dice, rate, keys, batch, feed
        self.sent = self.acked = self.failed = self.throttled = 0
        self.keep_record = keep_record
        self.acknowledged: list[tuple[str, str, bytes, int]] = []
        self.lost: list[tuple[bytes, int]] = []
        self._queue: deque[Made] = deque()
        self._calls: dict[int, list[Made]] = {}
        self._number = 0
        self._since = 0  # when this stretch of even pace began
        self._made = 0  # records made in it
        self._not_before = 0
        self._pauses = 0  # in a row

    @property
    def source(self) -> str:
        return self.feed.source.name if self.feed is not None else "purchases"

    @property
    def waiting(self) -> int:
        return len(self._queue) + sum(len(call) for call in self._calls.values())

    def _started(self, now: int, effects: list[Effect]) -> None:
        self._since = now

    def _ordered(self, now: int, command: object, effects: list[Effect]) -> None:
        self._make(now)
        if isinstance(command, RemoveStreamProducer):
            self.running, self.leaving = False, True
            self._tell("removed", "", effects)
        elif isinstance(command, SetStreamProducer):
            self._since, self._made = now, 0
            for what in ("rate", "keys", "batch"):
                value = getattr(command, what)
                if value is not None and value != getattr(self, what):
                    setattr(self, what, value)
                    self._tell(what, f"{value:g}" if what == "rate" else str(value), effects)
            if command.running is not None and command.running != self.running:
                self.running = command.running
                self._tell("started" if self.running else "stopped", "", effects)

    def _tell(self, what: str, value: str, effects: list[Effect]) -> None:
        effects.append(Tell(StreamProducerChanged(self.name, what, value)))

    # --- making records

    def _at(self, n: int) -> int:
        return self._since + int(n * SECOND / self.rate)

    def _make(self, now: int) -> None:
        while self.running and (at := self._at(self._made)) <= now:
            self._made += 1
            made = self._one(self.calendar_ms(at))
            if made is None:
                self.running = self.feed is None or not self.feed.over
                continue
            self.sent += 1
            if self.keep_record:
                made.data += b" %s %d" % (self.name.encode(), self.sent)
            if self.waiting >= WAITING_MAX:
                self.failed += 1
            else:
                self._queue.append(made)

    def _one(self, at_ms: int) -> Made | None:
        keys = "many" if self.keys == "random" else self.keys
        if self.feed is None:
            key, value = purchase(self.dice, keys)
        else:
            fed = self.feed.next(self.dice, keys, at_ms)
            if fed is None:
                return None
            key, value, _ = fed
        if self.keys == "random" or key is None:
            return Made(f"{self.dice.below(1 << 32):08x}", value)
        return Made(key.decode("utf-8", "replace"), value)

    def _next(self) -> int:
        """When it wakes to make records: for each one, or for as many as go in one call."""
        period = min(self.batch * SECOND / self.rate, LINGER)
        at = self._at(self._made)
        if self.batch > 1 and period > SECOND / self.rate:
            at += -(at - self._since) % int(period)
        return at

    # --- putting them

    def _go_on(self, now: int, effects: list[Effect]) -> None:
        if self.running and self._next() <= now:
            self._make(now)
        while self._queue and len(self._calls) < CALLS_MAX and now >= self._not_before:
            self._put([self._queue.popleft() for _ in range(min(self.batch, len(self._queue)))], now, effects)

    def _put(self, records: list[Made], now: int, effects: list[Effect]) -> None:
        self._number += 1
        self._calls[self._number] = records
        entries = [{"Data": b64encode(made.data).decode(), "PartitionKey": made.key} for made in records]
        if len(records) == 1:
            self.call(now, "PutRecord", {"StreamName": self.stream, **entries[0]}, self._number, effects)
        else:
            self.call(now, "PutRecords", {"StreamName": self.stream, "Records": entries}, self._number, effects)

    def _said(self, now: int, tag: Any, error: str, body: dict[str, Any], effects: list[Effect]) -> None:
        records = self._calls.pop(tag)
        told = body.get("Records") or [body if not error else {"ErrorCode": error}] * len(records)
        again: list[Made] = []
        for made, result in zip(records, told, strict=True):
            wrong = result.get("ErrorCode")
            if not wrong:
                self.acked += 1
                if self.keep_record:
                    self.acknowledged.append((result["ShardId"], result["SequenceNumber"], made.data, made.unsure))
                continue
            self.throttled += wrong in THROTTLED
            made.attempts += 1
            made.unsure += wrong == LOST
            if made.attempts < ATTEMPTS_MAX and (wrong in THROTTLED or wrong == LOST):
                again.append(made)
            else:
                self.failed += 1
                if self.keep_record:
                    self.lost.append((made.data, made.unsure))
        if again:
            self._queue.extendleft(reversed(again))
            self._not_before = now + min(PAUSE_MS << min(self._pauses, 10), PAUSE_MS_MAX) * MILLISECOND
            self._pauses += 1
        else:
            self._pauses = 0
        assert self.sent == self.acked + self.failed + self.waiting

    def _calling(self) -> bool:
        return bool(self._calls or self._queue)

    def _due(self, now: int) -> Iterable[int | None]:
        if self.running:
            yield self._next()
        if self._queue:
            yield self._not_before
