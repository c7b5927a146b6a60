"""What readers were handed, put on record: in the book of a lesson, and as traffic for those who look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import events
from engine.kinesis.gateway.batches import Found
from engine.kinesis.gateway.callers import Call
from engine.kinesis.service.errors import THROUGHPUT, KinesisError
from engine.kinesis.service.outcomes import Read, Subscribe
from engine.kinesis.service.shard import CLOSED
from engine.machine import SECOND, Effect, Tell

if TYPE_CHECKING:
    from engine.kinesis.gateway.gateway import Gateway

TOLD_AGAIN = 10 * SECOND  # a refusal of the same kind
REFUSALS_MAX = 500  # kinds remembered


def handed(
    g: Gateway, stream: str, shard: str, number: int, client: str, at: int, records: list[Found], effects: list[Effect]
) -> None:
    """Records were handed to a reader: for the book, and for those who look."""
    first, last = (records[0][0], records[-1][0]) if records else (at, at)
    if g.book is not None:
        found = g.account.streams.get(stream)
        shards = found.shards if found is not None else []
        own = shards[number].parents if shards else []
        parents = [(p.id, 0, p.end) for n in own if (p := shards[n]).state == CLOSED]
        g.book.read(stream, shard, client, first, len(records), parents)
    if g.traced and records:
        effects.append(Tell(events.RecordsRead(stream, shard, first, last, client)))


def end_of(g: Gateway, asked: Read | Subscribe) -> int:
    """The offset after the last record of a shard that is closed; -1 while it is not."""
    stream = g.account.streams.get(asked.stream)
    if stream is None or stream.created_ms != asked.created_ms:
        return -1
    shard = stream.shards[asked.partition]
    return shard.end if shard.state == CLOSED else -1


def finished(g: Gateway, stream: str, shard: str, client: str, effects: list[Effect]) -> None:
    """A reader was told that nothing more will come of a shard."""
    if g.book is not None:
        g.book.finished(stream, shard)
    if g.traced:
        effects.append(Tell(events.ShardDone(stream, shard, client)))


def read_refused(g: Gateway, now: int, operation: str, error: KinesisError) -> None:
    """A reader asked too often, or for too much, of a shard."""
    if g.book is not None and operation == "GetRecords" and error.code == THROUGHPUT and error.shard:
        g.book.read_refused(now, error.stream, error.shard)


def acted(g: Gateway, now: int, call: Call) -> None:
    """A real client did something of its own accord; reading on goes on by itself. A page's click is a person's."""
    if g.ledger is None or call.operation == "GetRecords" or call.operation.startswith(("Describe", "List")):
        return
    caller = g.callers.outside.get(call.connection)
    if caller is not None and not caller.here:
        g.ledger.client_at = now


def first(g: Gateway, now: int, kind: tuple[str, str, str]) -> bool:
    """Whether a refusal of this kind is to be told: none was for ten seconds. A long outage must not flood the rest."""
    if now < g.refused.get(kind, -TOLD_AGAIN) + TOLD_AGAIN:
        return False
    g.refused.pop(kind, None)
    g.refused[kind] = now
    if len(g.refused) > REFUSALS_MAX:
        del g.refused[next(iter(g.refused))]
    return True
