"""Fetch (key 1): one path for consumers and followers.

A consumer reads up to the high watermark, a follower up to the log end. A fetch that finds less than
``min_bytes`` waits, until there is enough or ``max_wait_ms`` is over. What a follower asks for is
also news: it has everything below that offset (replication/leader.py).

A moved high watermark does not answer a waiting follower at once: it learns of it with its next
records, or when its wait ends, and a follower that knows that it lacks that news waits briefly only
(fetcher.py). So a produce costs each follower one exchange instead of two. A moved log start does answer it:
somebody may wait for that (deletion.py).

No fetch sessions (KIP-227): every answer says session 0, and clients go on with whole fetches.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine import events
from engine.broker import accounting, replicas
from engine.broker.produce import high_watermark_moved
from engine.machine import MILLISECOND, Origin
from engine.replication.leader import Leader
from engine.replication.partition import Partition
from engine.replication.purgatory import Operation
from engine.wire import errors
from engine.wire.messages import FetchedPart, FetchPart, FetchRequest, FetchResponse

if TYPE_CHECKING:
    from engine.broker.broker import Broker

WAIT_MAX_MS = 60_000


@dataclass(slots=True, eq=False)
class FetchWait(Operation):
    """keys: of the partitions it asks for. response: what there was when it was found to be enough."""

    origin: Origin
    request: FetchRequest
    response: FetchResponse | None = None


def fetch(broker: Broker, now: int, origin: Origin, request: FetchRequest) -> None:
    follower = request.replica >= 0
    if follower and origin.connection in broker.outside.connections:  # no broker comes from outside, whatever it says
        refused = [FetchedPart(p.topic, p.partition, errors.TOPIC_AUTHORIZATION_FAILED) for p in request.parts]
        broker.answer(origin, FetchResponse(refused))
        return
    found: list[Partition | None] = []
    for asked in request.parts:
        partition = broker.partitions.get((asked.topic, asked.partition))
        found.append(partition)
        if follower and partition is not None and partition.role.__class__ is Leader:
            _progress(broker, now, request, asked, partition)
    keys = _nothing_new(request, found)
    if not keys or request.max_wait_ms <= 0 or broker.polls.full:
        response, enough = _read(broker, request)
        if enough or request.max_wait_ms <= 0 or broker.polls.full:
            _answer(broker, origin, request, response)
            return
        keys = [p.end_key if follower else p.key for p in found if p is not None]
    watched = tuple(keys) if len(keys) == 1 else tuple(dict.fromkeys(keys))
    wait = FetchWait(watched, origin, request)
    wake = broker.polls.wait(now, wait, min(request.max_wait_ms, WAIT_MAX_MS) * MILLISECOND)
    if wake is not None:
        broker.out.append(wake)


def settle(broker: Broker, now: int) -> None:
    last: FetchRequest | None = None
    read: tuple[FetchResponse, bool]

    def ready(wait: FetchWait) -> bool:
        nonlocal last, read
        if last is None or not _alike(last, wait.request):  # followers mostly lack the same
            last, read = wait.request, _read(broker, wait.request)
        if read[1]:
            wait.response = read[0]
        return read[1]

    for wait in broker.polls.settle(ready):
        assert wait.response is not None
        _answer(broker, wait.origin, wait.request, wait.response)


def _alike(one: FetchRequest, other: FetchRequest) -> bool:
    """Two followers' requests have the same answer."""
    sizes = one.max_bytes == other.max_bytes and one.min_bytes == other.min_bytes
    return one.replica >= 0 <= other.replica and sizes and one.parts == other.parts


def expire(broker: Broker, now: int, patience: int) -> None:
    expired, wake = broker.polls.ring(now, patience)
    if wake is not None:
        broker.out.append(wake)
    for wait in expired:
        _answer(broker, wait.origin, wait.request, _read(broker, wait.request)[0])


def _answer(broker: Broker, origin: Origin, request: FetchRequest, response: FetchResponse) -> None:
    if request.replica < 0 and origin.connection in broker.outside.connections:
        for asked, part in zip(request.parts, response.parts, strict=True):
            if part.records:
                _delivered(broker, origin, asked, part)
    broker.answer(origin, response)


def _progress(broker: Broker, now: int, request: FetchRequest, asked: FetchPart, partition: Partition) -> None:
    """Take note of how far a follower of ours is; it may move the high watermark or earn a place in the ISR."""
    role: Leader = partition.role  # type: ignore[assignment]
    log, replica = partition.log, request.replica
    if asked.leader_epoch != role.epoch or (asked.last_epoch != log.epochs.latest and _diverges(partition, asked)):
        return
    if not log.log_start <= asked.offset <= log.log_end:
        return  # it will be told so, and go elsewhere: it does not have what we have
    was = partition.high_watermark
    progress = role.followers.get(replica)
    if progress is not None and progress.log_start != asked.log_start:
        progress.log_start = asked.log_start
        broker.deletes.touch(partition.start_key)
    if role.fetched(now, partition, replica, request.replica_epoch, asked.offset):
        high_watermark_moved(broker, partition, was)
    if replica not in role.isr and role.wants_in(partition, replica):
        replicas.expand(broker, now, partition, replica)


def _diverges(partition: Partition, asked: FetchPart) -> tuple[int, int] | None:
    """Where the fetcher's log left ours, if it did: (epoch, end offset) (KIP-595).

    An epoch older than all we know: its records have left our log, and the fetcher's end where ours begins. They may
    be those of a leader that nobody heard, and nothing of ours tells. Kafka would let it go on, and into the ISR; here
    it is told, and keeps what it knows to be committed (fetcher.py).
    """
    log = partition.log
    if asked.last_epoch < 0 or (asked.last_epoch == log.epochs.latest and asked.offset <= log.log_end):
        return None
    epoch, end = log.epoch_end(asked.last_epoch)
    if epoch < asked.last_epoch or end < asked.offset or (0 <= asked.log_start < log.log_start == end == asked.offset):
        return (epoch, end)
    return None


def _nothing_new(request: FetchRequest, found: list[Partition | None]) -> list[Hashable] | None:
    """The usual case, told quickly: there is nothing that the fetcher does not have. What it watches then.

    A follower waits for the log's end to move, a consumer for the high watermark. None: look closer.
    """
    follower = request.replica >= 0
    keys: list[Hashable] = []
    for asked, partition in zip(request.parts, found, strict=True):
        if partition is None or partition.role.__class__ is not Leader:
            return None
        log = partition.log
        if asked.offset != (log.log_end if follower else partition.high_watermark):
            return None
        if asked.leader_epoch != partition.role.epoch and (follower or asked.leader_epoch != -1):
            return None
        if asked.last_epoch not in (log.epochs.latest, -1) or 0 <= asked.log_start < log.log_start:
            return None
        keys.append(partition.end_key if follower else partition.key)
    return keys if request.min_bytes > 0 else None


def _read(broker: Broker, request: FetchRequest) -> tuple[FetchResponse, bool]:
    """The answer as it would be now, and whether it is worth sending (an error, divergence or enough bytes)."""
    follower = request.replica >= 0
    parts: list[FetchedPart] = []
    budget, total, enough = request.max_bytes, 0, not request.parts
    for asked in request.parts:
        partition = broker.partitions.get((asked.topic, asked.partition))
        error = _refusal(broker, partition, asked, follower)
        if error or partition is None:
            parts.append(FetchedPart(asked.topic, asked.partition, error))
            enough = True
            continue
        log, mark = partition.log, partition.high_watermark
        part = FetchedPart(asked.topic, asked.partition, 0, mark, mark, log.log_start, [])
        parts.append(part)
        if follower and (diverging := _diverges(partition, asked)) is not None:
            part.diverging, enough = diverging, True
            continue
        if not log.log_start <= asked.offset <= log.log_end:
            part.error, enough = errors.OFFSET_OUT_OF_RANGE, True
            continue
        if follower and 0 <= asked.log_start < log.log_start:
            enough = True  # its log begins too early
        limit = log.log_end if follower else mark
        if asked.offset < limit and (budget > 0 or not total):
            part.records = log.read(asked.offset, min(asked.max_bytes, budget), limit)
            size = size_of(part.records)
            total += size
            budget -= size
    return FetchResponse(parts), enough or total >= request.min_bytes


def _refusal(broker: Broker, partition: Partition | None, asked: FetchPart, follower: bool) -> int:
    if partition is None or partition.role.__class__ is not Leader:
        known = broker.image.partition(asked.topic, asked.partition) is not None
        return errors.NOT_LEADER_OR_FOLLOWER if known else errors.UNKNOWN_TOPIC_OR_PARTITION
    epoch = partition.role.epoch
    if asked.leader_epoch == epoch or (asked.leader_epoch == -1 and not follower):
        return errors.NONE
    if asked.leader_epoch < epoch:
        return errors.FENCED_LEADER_EPOCH
    return errors.UNKNOWN_LEADER_EPOCH


def size_of(records: list[Any]) -> int:
    return sum([piece.size for piece in records])


def _delivered(broker: Broker, origin: Origin, asked: FetchPart, part: FetchedPart) -> None:
    """Remember for the stage how far a real client has fetched; what it does with it, it keeps to itself."""
    last = part.records[-1].last_offset
    broker.partitions[part.topic, part.partition].fetched_by[origin.connection] = last + 1
    if broker.ledger is not None:
        accounting.fetched(broker, origin, asked, part)
    if broker.traced:
        broker.tell(events.Delivered(part.topic, part.partition, "", origin.client, asked.offset, last))
