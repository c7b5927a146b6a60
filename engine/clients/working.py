"""A consumer whose application takes time for its records, or commits by a rule of its own.

Theory of operation
-------------------
The loop that nearly everybody writes: poll, work on each record in turn (``work_ms`` each), poll again. What a poll
brought lies on the *desk*; while anything is there, or a commit that the application waits for is not answered, it does
not poll. Heartbeats go on all the while: to its group a slow consumer is not a dead one. But who does not poll for
``max.poll.interval.ms`` leaves the group by itself, in the middle of its work, which it then goes on with: for
nothing, as its partitions are somebody else's, and cannot be committed. With its next poll it joins again.

When positions are committed (``commit``):

- "auto" (``enable.auto.commit``): in polls, by a timer; and when it gives its partitions up or is closed. Whoever is
  closed in the middle of its desk commits what it has not done: that is Java's ``close()`` too.
- "after": once the desk is empty, and it waits for the answer (``commitSync``). A crash repeats what was on the desk.
- "before": as soon as the desk is full, and it waits for the answer before it begins. A crash skips what was on it.
- "never".
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

from engine.clients.commits import ManualCommits, PacedCommits
from engine.clients.consumer import Consumer
from engine.clients.fetching import Handed
from engine.clients.membership import HOLDING
from engine.commands import SetConsumer
from engine.events import Processed
from engine.machine import MILLISECOND, SECOND, Effect, Tell

API_TIMEOUT = 60 * SECOND  # default.api.timeout.ms: so long an application waits for its commit
AUTO, AFTER, BEFORE, NEVER = "auto", "after", "before", "never"
AUTO_COMMIT_MS = 5_000  # auto.commit.interval.ms


class WorkingConsumer(Consumer):
    """desk: (topic, partition, offset, leader epoch) of what is to be done, the first under way until ``done_at``.

    committing: the application waits for its commit.
    """

    def __init__(
        self, *given: Any, work_ms: int = 0, commit: str = AUTO, auto_commit_interval_ms: int = AUTO_COMMIT_MS,
        **settings: Any,
    ) -> None:  # fmt: skip
        super().__init__(*given, **settings)
        parts = self.membership, self.positions, self.coordinator, self.group_peers
        if commit != AUTO:
            self.commits = ManualCommits(*parts)
        elif auto_commit_interval_ms != AUTO_COMMIT_MS:
            self.commits = PacedCommits(*parts, auto_commit_interval_ms)
        self._settle_down(work_ms, commit)

    @classmethod
    def of(cls, consumer: Consumer) -> WorkingConsumer:
        """The same, in the middle of its life: from now on its records may take time."""
        working = cls.__new__(cls)
        working.__dict__.update(consumer.__dict__)
        working._settle_down(0, AUTO)
        working.done = consumer.delivered
        return working

    def _settle_down(self, work_ms: int, commit: str) -> None:
        self.work_ms, self.commit = work_ms, commit
        self.desk: deque[tuple[str, int, int, int]] = deque()
        self.done = 0
        self._pace = 0  # what each of the desk takes
        self.done_at: int | None = None
        self.committing = False

    @property
    def processed(self) -> int:
        return self.done

    @property
    def working(self) -> list[tuple[str, int, int]]:
        return [(topic, partition, offset) for topic, partition, offset, _ in self.desk]

    @property
    def busy(self) -> bool:
        return self.committing or bool(self.desk)

    def _set(self, now: int, command: SetConsumer, effects: list[Effect]) -> None:
        super()._set(now, command, effects)
        if command.work_ms is not None and command.work_ms != self.work_ms:
            self.work_ms = command.work_ms  # what is on the desk is done with as it was begun
            self._tell("work_ms", str(command.work_ms), effects)

    # --- work ---------------------------------------------------------------------------------------

    def _receive(self, now: int, effects: list[Effect]) -> list[Handed]:
        found = super()._receive(now, effects)
        self.desk += ((one.topic, one.partition, offset, one.epoch) for one in found for offset in one.offsets)
        self._pace = self.work_ms * MILLISECOND
        if self.desk and self.commit == BEFORE:
            self._commit_and_wait(now)
        elif self.desk:
            self._begin(now, effects)
        return found

    def _done_with(self, found: list[Handed]) -> None:
        """Each when its time is over."""

    def _begin(self, now: int, effects: list[Effect]) -> None:
        self.done_at = now + self._pace
        self._work(now, effects)

    def _work(self, now: int, effects: list[Effect]) -> None:
        """Be done with what is due."""
        while self.done_at is not None and self.done_at <= now:
            topic, partition, offset, epoch = self.desk.popleft()
            self.done += 1
            if self.ledger is not None:
                self.ledger.done(self.group, (topic, partition), epoch, [offset])
            if self.traced and self._pace:
                effects.append(Tell(Processed(topic, partition, self.group, self.name, offset)))
            self.done_at = self.done_at + self._pace if self.desk else None
            if not self.desk and self.commit == AFTER and self.membership.state in HOLDING:
                self._commit_and_wait(now)

    def _commit_and_wait(self, now: int) -> None:
        self.committing = True
        self.commits.flush(now + API_TIMEOUT)

    def _go_on_behind(self, now: int, effects: list[Effect]) -> None:
        self._work(now, effects)
        super()._go_on_behind(now, effects)
        if self.committing and self.commits.flushed(now):
            self.committing = False
            self.commits.give_up()
            if self.desk:
                self._begin(now, effects)

    def _due(self, now: int) -> Iterable[int | None]:
        return () if self.left else (self.done_at, *super()._due(now))

    def _leave(self, now: int, effects: list[Effect]) -> None:
        super()._leave(now, effects)
        self.desk.clear()  # it is closed where it stands
        self.done_at = None

    # --- polls --------------------------------------------------------------------------------------

    def _next_poll(self, now: int) -> int | None:
        return None if self.busy else super()._next_poll(now)

    def _commit_all(self, deadline: int) -> None:
        if self.commit == AUTO:
            super()._commit_all(deadline)

    def _poll_interval_over(self) -> int | None:
        return super()._poll_interval_over() if not (self.busy and self.running) else self._interval_end()

    def _walk_out(self, now: int, effects: list[Effect]) -> None:
        self._tell("too_slow", str((now - self._polled_at) // MILLISECOND), effects)
        super()._walk_out(now, effects)
