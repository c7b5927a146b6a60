"""What the gateway asks leaders besides puts: where an offset is, and what stands there.

A job is asked of the leader of its partition, and again after a back-off while it is refused for a passing reason.
``PATIENCE`` after it was given, its caller is told that it failed. What has no deadline (closing a shard, pushing to a
subscription) goes on until it succeeds or is called off.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.clients.metadata import Metadata
from engine.clients.outcomes import STALE
from engine.clients.timing import backoff
from engine.kinesis.gateway.batches import Found, decode
from engine.machine import SECOND, Effect
from engine.peers import Answer, Peers
from engine.wire import errors
from engine.wire.messages import (
    EARLIEST,
    LATEST,
    FetchPart,
    FetchRequest,
    ListedOffset,
    ListOffsetsPart,
    ListOffsetsRequest,
)
from engine.world.loop import FOREVER

PATIENCE = 10 * SECOND
ANSWER_WITHIN = 2 * SECOND  # a leader's; then another attempt is made
TAG = "job"
RECORD_OVERHEAD = 1 << 10  # bytes of a batch that are not its records' keys and values, generously
RECORD_BYTES = 1 << 20
# Passing reasons: that there is no such offset yet (KIP-207) among them.
AGAIN = STALE | {errors.OFFSET_NOT_AVAILABLE, errors.REQUEST_TIMED_OUT}

FIND, READ = "find", "read"


@dataclass(slots=True, eq=False)
class Job:
    """what: FIND an offset or READ from one. about: whose it is; it comes back with the outcome.

    FIND: timestamp in milliseconds since 1970, or LATEST; an earlier one than the log's start finds that.
    READ: offset, limit (records), bytes_max, horizon_ms (what is older is passed over).
    """

    about: Any
    topic: str
    partition: int
    what: str
    deadline: int
    timestamp: int = LATEST
    offset: int = 0
    limit: int = 0
    bytes_max: int = 0
    horizon_ms: int = 0
    number: int = 0
    attempts: int = 0
    ready_at: int = 0
    asked: bool = False
    done: bool = False


@dataclass(slots=True)
class Outcome:
    """error: 0, or why it was given up. offset: found, or where reading goes on. end: the high watermark."""

    job: Job
    error: int
    offset: int = -1
    end: int = -1
    records: list[Found] | None = None


class Jobs:
    """outcomes: since last drained. fresh: a job was given since ``go_on``."""

    def __init__(self, metadata: Metadata, peers: Peers) -> None:
        self.metadata, self.peers = metadata, peers
        self.outcomes: list[Outcome] = []
        self.fresh = False
        self._waiting: dict[int, Job] = {}
        self._asked: dict[int, Job] = {}
        self._deadlines: deque[Job] = deque()  # of those that have one: all are equally patient, so in order
        self._number = 0

    @property
    def busy(self) -> bool:
        return bool(self._waiting or self._deadlines)

    def give(self, job: Job) -> Job:
        self.fresh = True
        self._number += 1
        job.number = self._number
        self._waiting[job.number] = job
        if job.deadline != FOREVER:
            self._deadlines.append(job)
        self.metadata.want(job.topic)
        return job

    def call_off(self, job: Job) -> None:
        job.done = True
        self._waiting.pop(job.number, None)

    def drop(self, topic: str) -> None:
        """The topic is going: what was asked about it has no answer."""
        for job in [job for job in (*self._waiting.values(), *self._asked.values()) if job.topic == topic]:
            self._end(Outcome(job, errors.UNKNOWN_TOPIC_OR_PARTITION))

    # --- asking

    def go_on(self, now: int, effects: list[Effect]) -> None:
        self.fresh = False
        while self._deadlines and (self._deadlines[0].done or self._deadlines[0].deadline <= now):
            job = self._deadlines.popleft()
            if not job.done:
                self._end(Outcome(job, errors.REQUEST_TIMED_OUT))
        if not self._waiting:
            return
        for number, job in list(self._waiting.items()):
            if job.ready_at > now:
                continue
            node = self.metadata.leader(job.topic, job.partition)
            if node is None:
                continue
            del self._waiting[number]
            self._asked[number] = job
            effects += self.peers.ask(now, node, _body(job), (TAG, number))

    def due(self, now: int) -> Iterator[int]:
        if self._deadlines:
            yield self._deadlines[0].deadline
        for job in self._waiting.values():
            if job.ready_at > now:
                yield job.ready_at

    # --- answers

    def answered(self, now: int, answer: Answer) -> None:
        job = self._asked.pop(answer.tag[1], None)
        if job is None or job.done:
            return
        if answer.body is None:
            self._again(now, job, errors.NETWORK_EXCEPTION)
        elif job.what == FIND:
            self._found(now, job, answer.body.parts)
        else:
            self._fetched(now, job, answer.body.parts[0])

    def _found(self, now: int, job: Job, parts: list[ListedOffset]) -> None:
        bad = next((part.error for part in parts if part.error), 0)
        if bad:
            self._again(now, job, bad)
            return
        latest, start = parts[0].offset, parts[1].offset
        offset = latest if len(parts) == 2 or parts[2].offset < 0 else parts[2].offset
        self._end(Outcome(job, 0, max(offset, start), latest))

    def _fetched(self, now: int, job: Job, part: Any) -> None:
        if part.error == errors.OFFSET_OUT_OF_RANGE:
            # Before the log's start: what stood there has gone. Beyond its end: it was lost with its leaders.
            if job.offset < part.log_start:
                job.offset = part.log_start
                self._waiting[job.number] = job
            else:
                self._end(Outcome(job, 0, job.offset, part.high_watermark, []))
            return
        if part.error:
            self._again(now, job, part.error)
            return
        records, after = decode(part.records, job.offset, job.limit, job.bytes_max, job.horizon_ms)
        self._end(Outcome(job, 0, after, part.high_watermark, records))

    def _again(self, now: int, job: Job, error: int) -> None:
        if error not in AGAIN:
            self._end(Outcome(job, error))
            return
        self.metadata.refresh()
        job.attempts += 1
        job.ready_at = now + backoff(job.attempts)
        self._waiting[job.number] = job

    def _end(self, outcome: Outcome) -> None:
        job = outcome.job
        job.done = True
        self._waiting.pop(job.number, None)
        self.outcomes.append(outcome)


def _body(job: Job) -> Any:
    if job.what == READ:
        most = min(job.bytes_max, job.limit * RECORD_BYTES) + RECORD_OVERHEAD
        return FetchRequest(0, 0, [FetchPart(job.topic, job.partition, job.offset, most)], max_bytes=most)
    times = [LATEST, EARLIEST] if job.timestamp == LATEST else [LATEST, EARLIEST, job.timestamp]
    return ListOffsetsRequest([ListOffsetsPart(job.topic, job.partition, time) for time in times])
