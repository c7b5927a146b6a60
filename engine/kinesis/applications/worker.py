"""A simulated worker that reads a stream as the Kinesis Client Library does: leases, checkpoints, parents first.

It lists the shards, holds a lease of each it may read (leases.py), and asks each for records every ``poll_ms``; or,
with enhanced fan-out, registers as a consumer and has the records pushed. What it was handed it deals with (``work_ms``
a record) and then checkpoints: after a crash it goes on from there.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable
from typing import Any

import orjson

from engine.commands import RemoveStreamConsumer, SetStreamConsumer
from engine.events import LeaseDone, LeaseTaken, StreamConsumerChanged
from engine.kinesis.applications.application import LOST, THROTTLED, Application
from engine.kinesis.applications.leases import Lease, Leases
from engine.kinesis.gateway.callers import AwsEvent
from engine.kinesis.service import sequence
from engine.machine import MILLISECOND, SECOND, Effect, Effects, Message, Response, Tell

LIST, ITERATE, READ, REGISTER, DESCRIBE, SUBSCRIBE = "list", "iterate", "read", "register", "describe", "subscribe"
AGAIN = 1 * SECOND  # after what went wrong
SUBSCRIBE_AGAIN = 5 * SECOND  # AWS's own: one subscription of a shard in five seconds


class StreamConsumer(Application):
    """limit: of one GetRecords. fan_out: records are pushed. work_ms: what a record takes.

    delivered: records dealt with. throttled: calls. taken, if ``keep_record``: (shard, offset, data) of each, in order.
    """

    def __init__(
        self, name: str, stream: str, *, poll_ms: int = 1000, limit: int = 10_000, shards: list[str] | None = None,
        start_at: str = "TRIM_HORIZON", fan_out: bool = False, work_ms: int = 0, calendar_offset: int = 0,
        life: int = 0, keep_record: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(name, stream, calendar_offset=calendar_offset, life=life)
        self.poll_ms, self.limit, self.fan_out, self.work_ms = poll_ms, limit, fan_out, work_ms
        self.leases = Leases(start_at, shards or [])
        self.delivered = self.throttled = self.empty = 0
        self.keep_record = keep_record
        self.taken: list[tuple[str, int, bytes]] = []
        self.arn = ""  # of the registered consumer
        self._registered = False
        self._active = False
        self._asking = ""  # what it asks about the stream as a whole
        self._ask_at = 0
        self._list = True  # the shards are to be listed
        self._token = ""
        self._busy_until = 0

    def reborn(self, life: int, calendar_offset: int) -> StreamConsumer:
        """Started anew after a crash: with its lease table, which is kept elsewhere (DynamoDB, for a real one)."""
        new = StreamConsumer(
            self.name, self.stream, poll_ms=self.poll_ms, limit=self.limit, start_at=self.leases.start_at,
            fan_out=self.fan_out, work_ms=self.work_ms, calendar_offset=calendar_offset, life=life,
            keep_record=self.keep_record,
        )  # fmt: skip
        new.leases = self.leases.reborn()
        new.delivered, new.throttled, new.empty, new.taken = self.delivered, self.throttled, self.empty, self.taken
        new.running = self.running
        return new

    @property
    def idle(self) -> bool:
        return self.leaving

    def handle(self, now: int, message: Message) -> Effects:
        if isinstance(message, Response) and message.body.__class__ is AwsEvent:
            effects: list[Effect] = []
            self._pushed(now, message.body, effects)
            return self._finish(now, effects)
        return super().handle(now, message)

    def _ordered(self, now: int, command: object, effects: list[Effect]) -> None:
        if isinstance(command, RemoveStreamConsumer):
            self.running, self.leaving = False, True
            self._tell("removed", "", effects)
        elif isinstance(command, SetStreamConsumer):
            for what in ("poll_ms", "limit"):
                value = getattr(command, what)
                if value is not None and value != getattr(self, what):
                    setattr(self, what, value)
                    self._tell(what, str(value), effects)
            for lease in self.leases.held.values():
                lease.ready_at = min(lease.ready_at, now + self.poll_ms * MILLISECOND)
            if command.running is not None and command.running != self.running:
                self.running = command.running
                self._tell("started" if self.running else "stopped", "", effects)

    def _tell(self, what: str, value: str, effects: list[Effect]) -> None:
        effects.append(Tell(StreamConsumerChanged(self.name, what, value)))

    # --- what it does next

    def _go_on(self, now: int, effects: list[Effect]) -> None:
        if not self.running:
            return
        self._about_the_stream(now, effects)
        for lease in self.leases.take() if not self._list else ():
            effects.append(Tell(LeaseTaken(self.name, self.stream, lease.shard, lease.checkpoint)))
        for lease in self.leases.held.values():
            if not lease.done and not lease.asked and max(lease.ready_at, self._busy_until) <= now:
                self._ask(now, lease, effects)

    def _about_the_stream(self, now: int, effects: list[Effect]) -> None:
        if self._asking or self._ask_at > now:
            return
        if self._list:
            told = {"NextToken": self._token} if self._token else {"StreamName": self.stream}
            self._of_stream(now, LIST, "ListShards", told, effects)
        elif self.fan_out and not self._active:
            what, operation = (DESCRIBE, "DescribeStreamConsumer") if self._registered else (
                REGISTER, "RegisterStreamConsumer")  # fmt: skip
            named = {"StreamARN": self._stream_arn(), "ConsumerName": self.name}
            self._of_stream(now, what, operation, named, effects)

    def _stream_arn(self) -> str:
        return f"arn:aws:kinesis:us-east-1:000000000000:stream/{self.stream}"

    def _of_stream(self, now: int, what: str, operation: str, told: dict[str, Any], effects: list[Effect]) -> None:
        self._asking = what
        self.call(now, operation, told, (what, ""), effects)

    def _ask(self, now: int, lease: Lease, effects: list[Effect]) -> None:
        if self.fan_out:
            if self._active and not lease.subscribed:
                lease.asked = True
                told = {"ConsumerARN": self.arn, "ShardId": lease.shard, "StartingPosition": lease.starting()}
                self.call(now, "SubscribeToShard", told, (SUBSCRIBE, lease.shard), effects)
            return
        lease.asked = True
        if not lease.iterator:
            self.call(now, "GetShardIterator", lease.iterate(self.stream), (ITERATE, lease.shard), effects)
        else:
            asked: dict[str, Any] = {"ShardIterator": lease.iterator, "Limit": self.limit}
            self.call(now, "GetRecords", asked, (READ, lease.shard), effects)

    def _due(self, now: int) -> Iterable[int | None]:
        if not self.running:
            return
        if not self._asking and (self._list or (self.fan_out and not self._active)):
            yield self._ask_at
        for lease in self.leases.held.values():
            if not lease.done and not lease.asked and not lease.subscribed:
                yield max(lease.ready_at, self._busy_until)

    # --- what it is told

    def _said(self, now: int, tag: Any, error: str, body: dict[str, Any], effects: list[Effect]) -> None:
        what, shard = tag
        self.throttled += error in THROTTLED
        if not shard:
            self._asking = ""
            self._of_stream_said(now, what, error, body)
            return
        lease = self.leases.held[shard]
        lease.asked = False
        if error:
            self._refused(now, what, lease, error)
        elif what == ITERATE:
            lease.iterator = body["ShardIterator"]
        elif what == READ:
            self._read(now, lease, body, effects)
        elif what == SUBSCRIBE:
            lease.subscribed = True

    def _of_stream_said(self, now: int, what: str, error: str, body: dict[str, Any]) -> None:
        if what == REGISTER:
            self._registered = error in ("", "ResourceInUseException")  # the latter: before it crashed
            self._ask_at = now + AGAIN
        elif error:
            self._ask_at = now + AGAIN
            self._registered = self._registered and error != "ResourceNotFoundException"
        elif what == LIST:
            self.leases.learn(body["Shards"])
            self._token = body.get("NextToken") or ""
            self._list = bool(self._token)
        elif what == DESCRIBE:
            self._active = body["ConsumerDescription"]["ConsumerStatus"] == "ACTIVE"
            self.arn = body["ConsumerDescription"]["ConsumerARN"]
            self._ask_at = now + AGAIN

    def _refused(self, now: int, what: str, lease: Lease, error: str) -> None:
        if what == SUBSCRIBE:
            lease.ready_at = now + SUBSCRIBE_AGAIN
        elif error in THROTTLED or error == LOST:
            lease.ready_at = now + max(self.poll_ms * MILLISECOND, AGAIN)
        else:  # the iterator has expired, or the stream is busy or gone
            lease.iterator = ""
            lease.ready_at = now + AGAIN

    def _read(self, now: int, lease: Lease, body: dict[str, Any], effects: list[Effect]) -> None:
        self._deal_with(now, lease, body["Records"])
        lease.behind_ms = body.get("MillisBehindLatest", -1)
        lease.iterator = body.get("NextShardIterator") or ""
        lease.ready_at = now + self.poll_ms * MILLISECOND
        if not lease.iterator:
            self._finished(lease, effects)

    def _deal_with(self, now: int, lease: Lease, records: list[dict[str, Any]]) -> None:
        self.empty += not records
        for record in records:
            lease.position = sequence.parse(record["SequenceNumber"]).offset + 1
            if self.keep_record:
                self.taken.append((lease.shard, lease.position - 1, b64decode(record["Data"])))
        if records:
            lease.checkpoint = records[-1]["SequenceNumber"]
            self.delivered += len(records)
            self._busy_until = max(self._busy_until, now) + len(records) * self.work_ms * MILLISECOND

    def _finished(self, lease: Lease, effects: list[Effect]) -> None:
        lease.done = True
        self._list = True  # a child may have another parent, of which nobody has heard yet
        effects.append(Tell(LeaseDone(self.name, self.stream, lease.shard)))

    def _pushed(self, now: int, event: AwsEvent, effects: list[Effect]) -> None:
        lease = self.leases.held.get(event.shard)
        if lease is None or lease.done:
            return
        if not event.kind:  # five minutes are over, or the stream has gone
            lease.subscribed = False
            lease.ready_at = now
            return
        body = orjson.loads(event.body)
        self._deal_with(now, lease, body["Records"])
        lease.behind_ms = body.get("MillisBehindLatest", -1)
        following = body.get("ContinuationSequenceNumber")
        if following:
            lease.checkpoint = following
        else:
            self._finished(lease, effects)
