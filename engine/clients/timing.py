"""When a client does something again: back-off, its one alarm, and the grid of an application's polls.

A client has many deadlines (a retry, a heartbeat, a record that is due) but sets one alarm, for the
soonest. After each message it does whatever is due and names what is due later; a deadline that has
passed without anything to be done about it waits for a message, not for time, so a client can never
spin. An alarm that turns out to be early is answered by setting the next one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.machine import MILLISECOND, Alarm, Effect, Wake

RETRY_BACKOFF_MS = 100  # retry.backoff.ms
RETRY_BACKOFF_MS_MAX = 1_000  # retry.backoff.max.ms
CLOCK = "clock"


def backoff(attempts: int) -> int:
    """Nanoseconds to wait after ``attempts`` failures in a row: 100 ms, doubled up to 1 s.

    Kafka's ExponentialBackoff without its 20 % of jitter: stories that are told twice shall be equal.
    """
    return min(RETRY_BACKOFF_MS << min(max(attempts - 1, 0), 10), RETRY_BACKOFF_MS_MAX) * MILLISECOND


@dataclass(slots=True)
class Backoff:
    """Failures in a row, and until when to wait for that reason."""

    attempts: int = 0
    until: int = 0

    def failed(self, now: int) -> None:
        self.attempts += 1
        self.until = now + backoff(self.attempts)

    def succeeded(self) -> None:
        self.attempts = self.until = 0

    def ready(self, now: int) -> bool:
        return now >= self.until


class AlarmClock:
    """One alarm for the soonest of many deadlines."""

    __slots__ = ("at", "token")

    def __init__(self) -> None:
        self.at: int | None = None  # what the alarm is set for
        self.token = 0

    def set(self, now: int, deadlines: Iterable[int | None], effects: list[Effect]) -> None:
        """Make sure that an alarm rings at the soonest deadline after ``now``."""
        soonest = at = self.at
        for due in deadlines:
            if due is not None and due > now and (soonest is None or due < soonest):
                soonest = due
        if soonest is not None and soonest != at:
            self.token += 1
            self.at = soonest
            effects.append(Wake(soonest, CLOCK, self.token))

    def rang(self, alarm: Alarm) -> bool:
        """Whether ``alarm`` is the one that is set; an earlier one was replaced by a sooner."""
        if alarm.token != self.token:
            return False
        self.at = None
        return True


@dataclass(slots=True)
class Grid:
    """The moments ``start + n * period``: when an application polls. Nothing happens at most of them."""

    start: int
    period: int

    def at_or_after(self, time: int) -> int:
        if time <= self.start:
            return self.start
        return self.start + -(-(time - self.start) // self.period) * self.period

    def after(self, time: int) -> int:
        return self.at_or_after(time + 1)

    def at_or_before(self, time: int) -> int:
        return self.start + max(0, time - self.start) // self.period * self.period
