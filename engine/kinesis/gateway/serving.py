"""How a call goes its way through the gateway: to the account, to the log, and back as an answer.

One function a stretch of the way. ``g`` is the gateway; what is to be done is appended to ``effects``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from engine import events
from engine.commands import CallAws, CommandRefused
from engine.kinesis.gateway import telling
from engine.kinesis.gateway.callers import COMMAND, Call
from engine.kinesis.gateway.jobs import FIND, PATIENCE, READ, Job, Outcome
from engine.kinesis.gateway.lanes import Ticket
from engine.kinesis.gateway.subscriptions import Subscription
from engine.kinesis.gateway.telling import finished, first, handed, read_refused
from engine.kinesis.service import outcomes as o
from engine.kinesis.service.errors import EXPIRED_ITERATOR, THROUGHPUT, KinesisError, internal, serialization
from engine.machine import Effect, Tell
from engine.wire.messages import LATEST

if TYPE_CHECKING:
    from engine.kinesis.gateway.gateway import Gateway

ANSWER_SHOWN = 1_000  # characters of an answer in an event
TOLD_ALREADY = (THROUGHPUT, EXPIRED_ITERATOR)  # by an event of their own
LAST_ITERATOR = "$SHARD_ITERATOR"  # in a command: the iterator that a command was handed last


@dataclass(slots=True, eq=False)
class Held:
    """A call that waits for a shard to be closed."""

    call: Call
    given: dict[str, Any]
    stream: str
    deadline: int


# --- in ---------------------------------------------------------------------------------------------------


def call(g: Gateway, now: int, call: Call, given: Any, effects: list[Effect]) -> None:
    """Carry a call out as far as that can be done now. given: its parameters, None if they were no JSON."""
    try:
        if not isinstance(given, dict):
            raise serialization()
        outcome = g.account.call(now, g.calendar_ms(now), call.operation, given, call.client)
    except KinesisError as error:
        call.stream = error.stream or _named(given)
        refuse(g, now, call, error, effects)
        return
    _go(g, now, call, given, outcome, effects)


def command(g: Gateway, now: int, command: CallAws, effects: list[Effect]) -> None:
    """The same by command. Raises CommandRefused for what the account refuses at once."""
    given = {k: g.iterator if v == LAST_ITERATOR else v for k, v in command.parameters.items()}
    asked = Call(COMMAND, g.calls_made, command.operation, command.client)
    try:
        outcome = g.account.call(now, g.calendar_ms(now), command.operation, given, command.client)
    except KinesisError as error:
        raise CommandRefused(error.code, error.message or error.code) from None
    if isinstance(outcome, o.Subscribe):
        g.account.unsubscribe(outcome)
        raise CommandRefused("InvalidArgumentException", "SubscribeToShard needs a caller who stays to listen.")
    _go(g, now, asked, given, outcome, effects)


def _go(g: Gateway, now: int, call: Call, given: dict[str, Any], outcome: o.Outcome, effects: list[Effect]) -> None:
    kind = outcome.__class__
    if kind is o.Done:
        g.due_at = g.account.due()
        done: o.Done = outcome  # type: ignore[assignment]
        call.stream = done.stream or _named(given)
        if done.ended:
            finished(g, done.stream, done.ended, call.client, effects)
        answer(g, now, call, done.body, effects)
        return
    call.stream = outcome.stream
    if kind is o.Put:
        _put(g, now, call, outcome, effects)  # type: ignore[arg-type]
    elif kind is o.Read:
        g.jobs.give(read_of(outcome, (call, outcome), now + PATIENCE))  # type: ignore[arg-type]
    elif kind is o.Locate:
        g.jobs.give(find_of(outcome, (call, outcome), now + PATIENCE))  # type: ignore[arg-type]
    elif kind is o.Subscribe:
        g.callers.answer(call, 200, "", b"", effects, last=False)
        _note(g, now, call, "")
        g.subscriptions.begin(now, call, outcome)  # type: ignore[arg-type]
    else:
        g.held.append(Held(call, given, call.stream, now + PATIENCE))


def _put(g: Gateway, now: int, call: Call, put: o.Put, effects: list[Effect]) -> None:
    if g.book is not None:
        for shard in dict.fromkeys(shard for _, shard in put.failed):
            g.book.refused(now, put.stream, shard, sum(one == shard for _, one in put.failed))
    if put.parts:
        g.lanes.offer(now, call, put, effects)
    else:
        _put_done(g, now, call, put, [], effects)


def read_of(read: o.Read, about: Any, deadline: int) -> Job:
    return Job(
        about, read.topic, read.partition, READ, deadline, offset=read.offset, limit=read.limit,
        bytes_max=read.bytes_max, horizon_ms=read.horizon_ms,
    )  # fmt: skip


def find_of(locate: o.Locate, about: Any, deadline: int) -> Job:
    timestamp = LATEST if locate.what == "latest" else max(0, locate.timestamp_ms)
    return Job(about, locate.topic, locate.partition, FIND, deadline, timestamp)


def call_again(g: Gateway, now: int, effects: list[Effect]) -> None:
    """Who waited for a shard to be closed need not any more, or has waited long enough."""
    held, g.held = g.held, []
    for one in held:
        if not g.account.waiting(one.stream):
            call(g, now, one.call, one.given, effects)
        elif one.deadline <= now:
            refuse(g, now, one.call, internal(), effects)
        else:
            g.held.append(one)


def let_go(g: Gateway, connection: int) -> None:
    """The caller is gone; what it put is put all the same."""
    g.held = [one for one in g.held if one.call.connection != connection]


# --- what the log said --------------------------------------------------------------------------------------


def put_over(g: Gateway, now: int, effects: list[Effect]) -> None:
    finished: list[Ticket] = g.lanes.finished
    g.lanes.finished = []
    for ticket in finished:
        _put_done(g, now, ticket.call, ticket.put, ticket.results, effects)
        put = ticket.put
        for part, (offset, error) in zip(put.parts, ticket.results, strict=True):
            if error:
                _tell_failed(g, now, ticket.call, part, effects)
                continue
            if g.subscriptions.all:
                g.subscriptions.touch(put.topic, part.partition)
            if g.book is not None:
                g.book.put(put.stream, part.shard, len(part.keys))
            if g.traced:
                for at, key in enumerate(part.keys, offset):
                    shown = key.decode("utf-8", "replace")
                    effects.append(Tell(events.RecordPut(put.stream, part.shard, at, shown, put.client)))


def _put_done(
    g: Gateway, now: int, call: Call, put: o.Put, results: list[tuple[int, int]], effects: list[Effect]
) -> None:
    try:
        body = g.account.put_done(put, results)
    except KinesisError as error:
        refuse(g, now, call, error, effects)
    else:
        answer(g, now, call, body, effects)


def log_said(g: Gateway, now: int, effects: list[Effect]) -> None:
    """Jobs and orders of topics have come to something."""
    account, calendar_ms = g.account, g.calendar_ms(now)
    said, g.jobs.outcomes = g.jobs.outcomes, []
    for outcome in said:
        about = outcome.job.about
        if isinstance(about, Subscription):
            g.subscriptions.heard(now, calendar_ms, about, outcome, effects, g)
        elif isinstance(about, o.SealShard):
            if not outcome.error:
                account.sealed(about.stream, about.shard, outcome.offset, now, calendar_ms)
        else:
            of, asked = about
            _asked(g, now, of, asked, outcome, effects)
    for topic in g.topics.ready:
        account.topic_ready(topic, now, calendar_ms)
    for topic in g.topics.gone:
        account.topic_gone(topic, now, calendar_ms)
    g.topics.ready.clear()
    g.topics.gone.clear()
    g.due_at = account.due()


def _asked(g: Gateway, now: int, call: Call, asked: o.Read | o.Locate, outcome: Outcome, effects: list[Effect]) -> None:
    try:
        if outcome.error:
            raise internal()
        if isinstance(asked, o.Locate):
            body = g.account.located(asked, outcome.offset)
        else:
            records, offset = outcome.records or [], outcome.offset
            end = telling.end_of(g, asked)
            if outcome.job.what == FIND:
                if outcome.end > asked.offset:  # its new leader had not said so yet
                    g.jobs.give(read_of(asked, (call, asked), now + PATIENCE))
                    return
                offset = end
            elif not records and offset < end and offset >= outcome.end:
                # A closed shard that holds less than it did: is that all there is, or is a new leader not sure yet?
                g.jobs.give(Job((call, asked), asked.topic, asked.partition, FIND, now + PATIENCE))
                return
            body = g.account.read_done(asked, records, offset, outcome.end)
            if body.startswith(b'{"Records":[],'):
                records = []  # what was found lies further on than one answer looks
            handed(g, asked.stream, asked.shard, asked.partition, call.client, asked.offset, records, effects)
            if b'"NextShardIterator":null' in body:
                finished(g, asked.stream, asked.shard, call.client, effects)
    except KinesisError as error:
        refuse(g, now, call, error, effects)
        return
    answer(g, now, call, body, effects)


# --- out --------------------------------------------------------------------------------------------------


def answer(g: Gateway, now: int, call: Call, body: bytes, effects: list[Effect]) -> None:
    _note(g, now, call, "")
    if call.connection != COMMAND:
        g.callers.answer(call, 200, "", body, effects)
        return
    _keep_iterator(g, body)
    _tell_answered(call, "", body, effects)


def refuse(g: Gateway, now: int, call: Call, error: KinesisError, effects: list[Effect]) -> None:
    _note(g, now, call, error.code)
    read_refused(g, now, call.operation, error)
    if error.code not in TOLD_ALREADY and first(g, now, (call.operation, call.stream, error.code)):
        effects.append(Tell(events.CallRefused(call.operation, call.stream, call.client, error.code)))
    body = orjson.dumps({"message": error.message} if error.message else {})
    if call.connection != COMMAND:
        g.callers.answer(call, error.status, error.code, body, effects)
    else:
        _tell_answered(call, error.code, body, effects)


def _note(g: Gateway, now: int, call: Call, error: str) -> None:
    g.calls_made += 1
    g.calls.append((g.calls_made, call.operation, call.client, call.stream, now, error))


def _tell_answered(call: Call, error: str, body: bytes, effects: list[Effect]) -> None:
    text = body.decode("utf-8", "replace")[:ANSWER_SHOWN]
    effects.append(Tell(events.CallAnswered(call.operation, call.stream, call.client, error, text)))


def _keep_iterator(g: Gateway, body: bytes) -> None:
    if b"ShardIterator" in body:
        told = orjson.loads(body)
        g.iterator = told.get("ShardIterator") or told.get("NextShardIterator") or g.iterator


def _tell_failed(g: Gateway, now: int, call: Call, part: o.PutPart, effects: list[Effect]) -> None:
    if first(g, now, (call.operation, call.stream, part.shard)):
        effects.append(Tell(events.PutFailed(call.stream, part.shard, call.client, len(part.keys))))


def _named(given: Any) -> str:
    """The stream that a call names, for people."""
    if not isinstance(given, dict):
        return ""
    name = given.get("StreamName")
    if isinstance(name, str):
        return name
    arn = next((given[k] for k in ("StreamARN", "ResourceARN", "ConsumerARN") if isinstance(given.get(k), str)), "")
    return arn.partition(":stream/")[2].partition("/")[0] if arn else ""
