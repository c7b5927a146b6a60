"""A record's path in time: made, sent, appended, copied, committed, acknowledged, delivered, read and committed.

=============  =========================================  ==================================================
ask            takes, besides "sandbox"                   result
=============  =========================================  ==================================================
"journey"      topic, partition, offset; step and/or ms   {"stops", "until_ms", "from_ms", "problem"}
=============  =========================================  ==================================================

Nobody kept a list: most of it is traffic, told only while somebody looks. So the stretch of the past in which it
happened is done again with a trace. Where it begins is found by looking at the log's end at a few moments: first near
the record's timestamp, and, as that is only what its sender wrote, by halving. A stop: {"code", "at_ms", "sent_ms",
"step", "node", "from", "params"}, in the order of time; sent_ms: of what travelled there, when it left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.cluster import Cluster
from engine.cluster.inspect import held_by
from engine.cluster.readers import coordinated
from engine.events import Told
from engine.live.asks.asking import Handler, Question, Refused, invalid
from engine.live.asks.time import cluster_at, moment_of, out_of_reach
from engine.live.history import Gone, History, Unreachable
from engine.machine import MILLISECOND, SECOND
from engine.quorum.image import NO_LEADER
from engine.wire import codec
from engine.wire.batch import Batch
from engine.world.trace import Entry, Trace

if TYPE_CHECKING:
    from engine.live.control import Facade

AROUND = 250 * MILLISECOND  # before the record's timestamp: where to look first
NEAR = 500 * MILLISECOND  # so narrowly its beginning is sought
STEPS_MAX = 20_000  # done again after the append; what comes later is not told
TRACED = 60_000

Where = tuple[str, int, int]


@dataclass(slots=True)
class Seen:
    """What was told of one record, with the entry of the agenda during which it was."""

    stops: list[dict[str, Any]] = field(default_factory=list)
    appended: Told | None = None
    copies: dict[int, None] = field(default_factory=dict)
    safe: bool = False
    readers: dict[str, None] = field(default_factory=dict)
    commits: dict[str, None] = field(default_factory=dict)


class Path(Trace):
    """A trace that notes what concerns one record."""

    def __init__(self, where: Where, epoch: int, wanted: int, readers: bool) -> None:
        super().__init__(TRACED)
        self.topic, self.partition, self.offset = where
        self.epoch, self.wanted, self.readers = epoch, wanted, readers
        self.seen = Seen()
        self.request: Entry | None = None  # that brought it
        self.answer: Entry | None = None
        self.appended_at = -1  # the step of the append
        self._told: Told | None = None

    def took(self, world: Any, entry: Any, message: Any, effects: Any) -> None:
        super().took(world, entry, message, effects)
        if self.request is not None and self.answer is None:
            self.answer = self._answered(self.entries[-1], self.request)
        self._hear(world)

    def after(self, world: Any, node: Any, message: Any, effects: Any) -> None:
        super().after(world, node, message, effects)
        self._hear(world)

    def enough(self, world: Any) -> bool:
        """All that is wanted has been seen, or it takes too long."""
        seen = self.seen
        if self.appended_at < 0:
            return False
        acknowledged = self.answer is not None or self.request is None or _acks(self.request) == "0"
        read = not self.readers or (len(seen.readers) > 0 and len(seen.commits) > 0)
        done = seen.safe and len(seen.copies) >= self.wanted and acknowledged and read
        return done or world.steps - self.appended_at > STEPS_MAX

    @staticmethod
    def _answered(one: Entry, request: Entry) -> Entry | None:
        if one.kind == "response":
            same = (one.connection, one.correlation) == (request.connection, request.correlation)
        else:
            same = one.kind == "write" and request.kind == "frame" and one.connection == request.connection
        return one if same else None

    def _hear(self, world: Any) -> None:
        fresh = []
        for told in reversed(world.traffic):
            if told is self._told:
                break
            fresh.append(told)
        if fresh:
            self._told = fresh[0]
        for told in reversed(fresh):
            event = told.event
            if (getattr(event, "topic", None), getattr(event, "partition", None)) == (self.topic, self.partition):
                self._note(told, event)

    def _note(self, told: Told, event: Any) -> None:
        seen, offset = self.seen, self.offset
        covers = getattr(event, "first", offset + 1) <= offset <= getattr(event, "last", -1)
        if event.code == "appended" and covers and event.epoch == self.epoch:
            seen.appended, self.appended_at, self.answer = told, told.step, None
            entry = self.get(told.cause)
            self.request = entry if entry is not None and entry.kind in ("request", "frame") else None
            self._stop("path.appended", told, leader=event.broker, epoch=event.epoch, producer=event.producer)
        elif seen.appended is None:
            return
        elif event.code == "replicated" and covers and event.broker not in seen.copies:
            seen.copies[event.broker] = None
            self._stop("path.copied", told, broker=event.broker, leader=event.leader)
        elif event.code == "high_watermark" and event.was <= offset < event.to and not seen.safe:
            seen.safe = True
            self._stop("path.safe", told, hw=event.to, leader=event.broker)
        elif event.code == "delivered" and covers and event.consumer not in seen.readers:
            seen.readers[event.consumer] = None
            code = "path.delivered" if event.group else "path.sent-out"
            self._stop(code, told, group=event.group, consumer=event.consumer)
        elif event.code == "committed" and event.offset > offset and event.group not in seen.commits:
            seen.commits[event.group] = None
            self._stop("path.read", told, group=event.group, consumer=event.client, to=event.offset)

    def _stop(self, code: str, told: Told, **params: Any) -> None:
        entry = self.get(told.cause)
        stop = {"code": code, "at_ms": told.at / MILLISECOND, "sent_ms": None, "step": told.step, "node": told.node,
                "from": "", "params": params}  # fmt: skip
        if entry is not None and entry.kind in ("request", "response", "frame") and entry.at == told.at:
            stop["sent_ms"], stop["from"] = entry.sent / MILLISECOND, entry.source
        self.seen.stops.append(stop)


async def journey(facade: Facade, question: Question) -> dict[str, Any]:
    topic, partition, offset = (question.get(name) for name in ("topic", "partition", "offset"))
    if not isinstance(topic, str) or type(partition) is not int or type(offset) is not int:
        raise invalid("A record is named by topic (text), partition and offset (numbers).")
    where = (topic, partition, offset)
    cluster = await cluster_at(facade, question)
    batch, wanted = _batch(cluster, where)
    readers = any(partition in m["assigned"].get(topic, ()) for g in coordinated(cluster) for m in g["members"])
    stamp = batch.base_timestamp * MILLISECOND - cluster.world.calendar_offset
    made = _made(cluster, batch, offset)
    history = facade.stage(question).sandbox.history
    if history is None:
        raise Refused(409, "NO_HISTORY", "This sandbox keeps no history.")
    step, at, _ = moment_of(question)
    until = history.within(step, at)
    epoch = batch.leader_epoch
    try:
        since = await _before(history, where, stamp, min(until[1], history.now))
        if since is None:
            return {"stops": [], "until_ms": 0, "from_ms": 0, "problem": "HISTORY_GONE"}
        path, end = await _walk(history, since, until, Path(where, epoch, wanted, readers))
    except (Gone, Unreachable) as problem:
        raise out_of_reach(problem) from None
    if path.seen.appended is None:
        return {"stops": [], "until_ms": 0, "from_ms": 0, "problem": "NOT_FOUND"}
    stops = path.seen.stops + _request(path, made)
    stops.sort(key=lambda stop: (stop["at_ms"], stop["step"]))
    return {"stops": stops, "from_ms": stops[0]["at_ms"], "until_ms": end / MILLISECOND, "problem": ""}


def _batch(cluster: Cluster, where: Where) -> tuple[Batch, int]:
    """The record's batch, and how many followers are to copy it. Raises Refused."""
    topic, partition, offset = where
    state = cluster.image.partition(topic, partition)
    if state is None:
        raise Refused(404, "UNKNOWN_TOPIC_OR_PARTITION", f"There is no {topic}-{partition}.")
    order = [state.leader, *state.replicas] if state.leader != NO_LEADER else state.replicas
    for broker in order:
        held = held_by(cluster, broker, state)
        batch = held.log.batch_at(offset) if held is not None else None
        if batch is not None:
            return batch, sum(1 for b in state.isr if b != state.leader)
    raise Refused(404, "OFFSET_OUT_OF_RANGE", f"{topic}-{partition} has no record {offset}.")


def _made(cluster: Cluster, batch: Batch, offset: int) -> float | None:
    """When its sender says it was made, as virtual time; None when the broker stamped it."""
    if batch.log_append_time or batch.count != 1:
        return None
    return (batch.base_timestamp * MILLISECOND - cluster.world.calendar_offset) / MILLISECOND


async def _before(history: History, where: Where, stamp: int, until: int) -> int | None:
    """A time shortly before the record was appended; None if that is no longer remembered."""
    first = history.horizon()[1]
    low, high = first, until
    guess = max(first, min(stamp - AROUND, until))
    if await _end_at(history, where, guess) <= where[2]:
        low = guess
        if stamp + SECOND < until and await _end_at(history, where, max(stamp, guess) + SECOND) > where[2]:
            return low
    else:
        high = guess
        if guess == first or await _end_at(history, where, first) > where[2]:
            return None
    while high - low > NEAR:
        middle = (low + high) // 2
        if await _end_at(history, where, middle) <= where[2]:
            low = middle
        else:
            high = middle
    return low


async def _end_at(history: History, where: Where, at: int) -> int:
    """Where the partition's longest log ended then; 0 if there was none."""
    cluster = (await history.past(at=at)).cluster
    state = cluster.image.partition(where[0], where[1])
    if state is None:
        return 0
    held = [own for b in state.replicas if (own := held_by(cluster, b, state)) is not None]
    return max((own.log.log_end for own in held), default=0)


async def _walk(history: History, since: int, until: tuple[int, int], path: Path) -> tuple[Path, int]:
    """Do it again from there until all is seen. Returns what was seen, and up to when."""
    async with history.room:
        past = await history.begin(history.shelf.before(until[0], since), until[0], since)
        try:
            await history.drive(past, past.go(*until, path), lambda: path.enough(past.world))
            return path, past.now
        finally:
            past.close()


def _request(path: Path, made: float | None) -> list[dict[str, Any]]:
    """The produce request and its answer, from the trace."""
    appended = path.seen.appended
    assert appended is not None
    entry = path.request
    if entry is None:
        return []
    event: Any = appended.event
    who = event.producer or entry.source
    stops = []
    if made is not None and made <= entry.sent / MILLISECOND:
        stops.append(_travel("path.made", made, None, entry, who, who))
    sent = entry.sent / MILLISECOND
    stops.append(_travel("path.sent", sent, None, entry, who, who, to=entry.node, acks=_acks(entry)))
    answer = path.answer
    if answer is not None:
        stops.append(_travel("path.acked", answer.at / MILLISECOND, answer.sent / MILLISECOND, answer, answer.node,
                             who, leader=entry.node))  # fmt: skip
    return stops


def _acks(entry: Entry) -> str:
    """What the producer asked for: "0", "1", "all"; "" if its request cannot be read."""
    body = getattr(entry.message, "body", None)
    if entry.kind == "frame":
        try:
            body = codec.decode_request(codec.decode_header(entry.message.data), entry.message.data)
        except (codec.MalformedRequest, codec.UnsupportedVersion):
            return ""
    return {-1: "all", 0: "0", 1: "1"}.get(getattr(body, "acks", 2), "")


def _travel(
    code: str, at_ms: float, sent_ms: float | None, entry: Entry, node: str, who: str, **params: Any
) -> dict[str, Any]:
    return {"code": code, "at_ms": at_ms, "sent_ms": sent_ms, "step": entry.step, "node": node, "from": entry.source,
            "params": {"producer": who, **params}}  # fmt: skip


ASKS: dict[str, Handler] = {"journey": journey}
