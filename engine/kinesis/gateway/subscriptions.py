"""SubscribeToShard: records are pushed as they arrive, for five minutes, to whoever stays on the line.

Everything is put through the gateway, so it knows when there is something new in a shard (``touch``): nobody waits at a
broker for it. A subscription reads until it has caught up, one answer of the log an event; then it rests until it is
touched, or until ``REST`` is over, when an empty event says how far it is, as AWS's do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.kinesis.gateway.callers import Call, Callers
from engine.kinesis.gateway.jobs import FIND, READ, Job, Jobs, Outcome
from engine.kinesis.gateway.telling import end_of, finished, handed
from engine.kinesis.service.account import Account
from engine.kinesis.service.outcomes import Locate, Subscribe
from engine.kinesis.service.quotas import PUSH_BYTES
from engine.machine import SECOND, Effect
from engine.wire.messages import LATEST
from engine.world.loop import FOREVER

if TYPE_CHECKING:
    from engine.kinesis.gateway.gateway import Gateway

REST = 5 * SECOND
EVENT_BYTES, EVENT_RECORDS = 1 << 20, 10_000  # of one event, about
EVENT = "SubscribeToShardEvent"


@dataclass(slots=True, eq=False)
class Subscription:
    """offset: where it stands, -1 until that is found. job: under way. fresh: there may be more to read.

    at: when something is to be done about it by itself. told: an event was sent, at least the first.
    """

    call: Call
    asked: Subscribe
    offset: int = -1
    job: Job | None = None
    fresh: bool = True
    at: int = 0
    told: bool = False
    over: bool = False

    @property
    def key(self) -> tuple[str, int]:
        return self.asked.topic, self.asked.partition


class Subscriptions:
    """eager: those that something is to be done about."""

    def __init__(self, account: Account, callers: Callers, jobs: Jobs) -> None:
        self.account, self.callers, self.jobs = account, callers, jobs
        self.all: list[Subscription] = []
        self.by_key: dict[tuple[str, int], list[Subscription]] = {}
        self._due: int | None = None

    def begin(self, now: int, call: Call, asked: Subscribe) -> None:
        start = asked.start
        one = Subscription(call, asked, start if isinstance(start, int) else -1, at=now)
        for old in self.by_key.get(one.key, []):
            if old.asked.consumer == asked.consumer and not self.account.subscribed(old.asked):
                old.at = now  # its place was taken: it ends
        self.all.append(one)
        self.by_key.setdefault(one.key, []).append(one)
        self._due = now

    def touch(self, topic: str, partition: int) -> None:
        """Something was put there."""
        for one in self.by_key.get((topic, partition), ()):
            one.fresh = True
            if one.job is None:
                one.at = 0
                self._due = 0

    def hang_up(self, connection: int) -> None:
        """The caller is gone."""
        for one in [one for one in self.all if one.call.connection == connection]:
            self._end(one)

    def drop(self, topic: str) -> None:
        for one in self.all:
            if one.asked.topic == topic:
                one.at = self._due = 0

    def due(self) -> int | None:
        return self._due

    def go_on(self, now: int, effects: list[Effect]) -> None:
        if self._due is None or self._due > now:
            return
        for one in list(self.all):
            if one.at <= now:
                self._one(now, one, effects)
        self._due = min((one.at for one in self.all), default=None)

    def _one(self, now: int, one: Subscription, effects: list[Effect]) -> None:
        asked = one.asked
        if now >= asked.until or not self.account.subscribed(asked):
            self.callers.over(one.call, one.asked.shard, effects)
            self._end(one)
            return
        one.at = asked.until
        if one.job is not None:
            return
        if one.offset < 0:
            locate = asked.start
            assert isinstance(locate, Locate)
            timestamp = LATEST if locate.what == "latest" else max(0, locate.timestamp_ms)
            one.job = self.jobs.give(Job(one, asked.topic, asked.partition, FIND, FOREVER, timestamp))
            return
        one.fresh = False
        one.job = self.jobs.give(
            Job(one, asked.topic, asked.partition, READ, FOREVER, offset=one.offset, limit=EVENT_RECORDS,
                bytes_max=EVENT_BYTES)
        )  # fmt: skip

    def heard(
        self, now: int, calendar_ms: int, one: Subscription, outcome: Outcome, effects: list[Effect], g: Gateway
    ) -> None:
        """What the log said of it."""
        one.job = None
        if one.over:
            return
        one.at = now
        self._due = now if self._due is None else min(self._due, now)
        if outcome.error or not self.account.subscribed(one.asked):
            return
        if one.offset < 0:
            one.offset = outcome.offset
            return
        asked, account = one.asked, self.account
        records, before = outcome.records or [], one.offset
        end = end_of(g, asked)
        if outcome.job.what == FIND:  # see below
            one.offset = end if outcome.end <= before else before
        else:
            one.offset = max(one.offset, outcome.offset)
            if not records and outcome.end <= one.offset < end:
                # A closed shard that holds less than it did: is that all there is, or is a new leader not sure yet?
                one.job, one.at = self.jobs.give(Job(one, asked.topic, asked.partition, FIND, FOREVER)), asked.until
                return
        at_end = account.at_end(asked, one.offset)
        if records or not one.told or at_end or not one.fresh:
            body = account.event_done(asked, records, one.offset, outcome.end, now, calendar_ms)
            self.callers.event(one.call, asked.shard, EVENT, body, effects)
            one.told = True
            handed(g, asked.stream, asked.shard, asked.partition, asked.client, before, records, effects)
        if at_end:
            finished(g, asked.stream, asked.shard, asked.client, effects)
            self.callers.over(one.call, one.asked.shard, effects)
            self._end(one)
            return
        if one.offset < outcome.end or one.fresh:
            size = sum(len(key) + len(value) for _, _, key, value in records)
            one.at = now + (size * SECOND // PUSH_BYTES if account.throttling else 0)
        else:
            one.at = min(now + REST, asked.until)

    def _end(self, one: Subscription) -> None:
        one.over = True
        if one.job is not None:
            self.jobs.call_off(one.job)
        self.account.unsubscribe(one.asked)
        self.all.remove(one)
        of = self.by_key[one.key]
        of.remove(one)
        if not of:
            del self.by_key[one.key]
