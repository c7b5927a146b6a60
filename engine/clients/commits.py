"""Committing positions: every five seconds at a poll, and before giving partitions up.

``enable.auto.commit`` as Kafka's consumer does it: a timer is looked at in each poll; when it has run
out, the positions *before* that poll's records are committed, for those the application has seen to.
So after a crash up to five seconds of records are handed out twice: at least once, not exactly once.

Unlike Kafka's, ours commits only what has changed: an idle consumer would write the same offsets
every five seconds. The timer goes on as if it had: ``due_at`` tells at which poll it runs out next.
"""

from __future__ import annotations

from engine.clients.coordinator import CoordinatorFinder
from engine.clients.membership import Membership
from engine.clients.positions import Positions, TopicPartition
from engine.clients.timing import RETRY_BACKOFF_MS, Backoff, Grid
from engine.machine import MILLISECOND, SECOND, Effect
from engine.peers import Answer, Peers
from engine.wire import errors
from engine.wire.messages import CommitPart, OffsetCommitRequest, OffsetCommitResponse

INTERVAL = 5 * SECOND  # auto.commit.interval.ms
COMMIT = "offset_commit"

# Worth asking again. Kafka's also repeats UNKNOWN_TOPIC_OR_PARTITION: a deleted topic then holds up the
# rebalance that takes it away, until the rebalance timeout.
RETRIABLE = frozenset((
    errors.COORDINATOR_LOAD_IN_PROGRESS, errors.REQUEST_TIMED_OUT, errors.NETWORK_EXCEPTION,
    errors.NOT_COORDINATOR, errors.COORDINATOR_NOT_AVAILABLE,
))  # fmt: skip


class Commits:
    """committed: the offsets last known to be committed, of the partitions held. interval: auto.commit.interval.ms."""

    interval = INTERVAL

    def __init__(
        self, membership: Membership, positions: Positions, coordinator: CoordinatorFinder, peers: Peers
    ) -> None:
        self.membership, self.positions, self.coordinator, self.peers = membership, positions, coordinator, peers
        self.committed: dict[TopicPartition, int] = {}
        self._polled_at = 0
        self._timer = 0  # when the auto-commit interval is over
        self._under_way: dict[TopicPartition, int] | None = None
        self._flush_until: int | None = None  # something waits for a commit, at most until then
        self._backoff = Backoff()

    def begin(self, now: int) -> None:
        """A new generation, nothing known to be committed."""
        self.committed = {}
        self._timer = now + self.interval
        self._polled_at = now
        self._flush_until = None

    def keep(self, keys: list[TopicPartition]) -> None:
        """Only these are held any more."""
        self.committed = {key: offset for key, offset in self.committed.items() if key in keys}

    def dirty(self) -> dict[TopicPartition, int]:
        """What there is to commit."""
        known = self.positions.known()
        return {key: offset for key, offset in known.items() if self.committed.get(key, -1) != offset}

    # --- at polls -----------------------------------------------------------------------------------

    def due_at(self, grid: Grid, after: int) -> int | None:
        """The first poll after ``after`` at which the timer will have run out. None: there is no timer."""
        first = grid.at_or_after(self._timer)
        if first > after:
            return first
        period = grid.at_or_after(grid.start + self.interval) - grid.start  # it runs out again so often
        return first + ((after - first) // period + 1) * period

    def polled(self, now: int, grid: Grid, effects: list[Effect]) -> None:
        """The application polls: commit if the timer has run out."""
        due_at = self.due_at(grid, self._polled_at)
        self._polled_at = now
        if due_at is not None and due_at <= now and self._under_way is None and (dirty := self.dirty()):
            self._timer = now + self.interval
            self._send(now, dirty, effects)

    # --- before giving up ---------------------------------------------------------------------------

    def flush(self, deadline: int) -> None:
        """Commit what there is without waiting for a poll, and be ``flushed`` then or at ``deadline``."""
        self._flush_until = deadline
        self._backoff.succeeded()

    def flushed(self, now: int) -> bool:
        until = self._flush_until
        return until is None or now >= until or (self._under_way is None and not self.dirty())

    def give_up(self) -> None:
        """What cannot be committed any more is not tried again."""
        self._flush_until = None

    def go_on(self, now: int, effects: list[Effect]) -> None:
        if self._flush_until is None or self._under_way is not None or not self._backoff.ready(now):
            return
        dirty = self.dirty()
        if dirty:
            self._send(now, dirty, effects)

    def due(self) -> tuple[int | None, int | None]:
        return (self._backoff.until, self._flush_until) if self._flush_until is not None else (None, None)

    # --- requests and answers -----------------------------------------------------------------------

    def _send(self, now: int, offsets: dict[TopicPartition, int], effects: list[Effect]) -> None:
        node, member = self.coordinator.node, self.membership
        if node is None:
            self._timer = now + RETRY_BACKOFF_MS * MILLISECOND  # at the next poll, if it is known then
            return
        self._under_way = offsets
        parts = [CommitPart(topic, partition, offset) for (topic, partition), offset in offsets.items()]
        body = OffsetCommitRequest(member.group, member.generation, member.member, parts)
        effects += self.peers.ask(now, node, body, (COMMIT, member.generation))

    def answered(self, now: int, answer: Answer) -> int:
        """Take the answer to OffsetCommit. Returns the error, for whoever must heed it."""
        offsets, self._under_way = self._under_way or {}, None
        if answer.tag[1] != self.membership.generation:
            return errors.NONE
        body: OffsetCommitResponse | None = answer.body
        if body is None:
            return self._failed(now, errors.NETWORK_EXCEPTION)
        bad = errors.NONE
        for part in body.parts:
            key = (part.topic, part.partition)
            if part.error:
                bad = bad or part.error
            elif key in self.positions.places and key in offsets:
                self.committed[key] = offsets[key]
        if bad:
            return self._failed(now, bad)
        self._backoff.succeeded()
        return errors.NONE

    def _failed(self, now: int, error: int) -> int:
        if error in RETRIABLE:
            self._backoff.failed(now)
            self._timer = now + RETRY_BACKOFF_MS * MILLISECOND
        else:
            self.give_up()
        return error


class PacedCommits(Commits):
    """With an ``auto.commit.interval.ms`` of its own."""

    def __init__(
        self, membership: Membership, positions: Positions, coordinator: CoordinatorFinder, peers: Peers,
        interval_ms: int,
    ) -> None:  # fmt: skip
        super().__init__(membership, positions, coordinator, peers)
        self.interval = interval_ms * MILLISECOND


class ManualCommits(Commits):
    """``enable.auto.commit=false``: what the application does not commit is not committed."""

    def due_at(self, grid: Grid, after: int) -> int | None:
        return None
