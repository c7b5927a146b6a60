"""When which log has something to do: one alarm for the earliest, none when nobody waits.

Kafka's log manager and cleaner go through all logs at fixed intervals. Here nobody is woken to find nothing:
each log says when it may have something to do next, on the same grid of intervals, and logs into which
nothing is written say no more.
"""

from __future__ import annotations

from typing import TypeAlias

from engine.machine import Wake

Key: TypeAlias = "tuple[str, int]"  # topic, partition


class Timetable:
    """name: of the alarm. interval: nanoseconds; moments are rounded up to its multiples."""

    __slots__ = ("alarm_at", "due", "interval", "name")

    def __init__(self, name: str, interval: int) -> None:
        assert interval > 0
        self.name, self.interval = name, interval
        self.due: dict[Key, int] = {}
        self.alarm_at = -1

    def note(self, now: int, key: Key, at: int = 0) -> list[Wake]:
        """``key`` has something to do at ``at``; without, at the next turn. The earlier of two moments counts.

        Returns the alarm to set, if there is one to set.
        """
        at = -(-max(at, now + 1) // self.interval) * self.interval
        known = self.due.get(key)
        if known is None or at < known:
            self.due[key] = at
        return self._wake(at)

    def forget(self, key: Key) -> None:
        self.due.pop(key, None)

    def ring(self, now: int, token: int) -> list[Key]:
        """An alarm rang: whose turn it is. Nobody's, if an earlier alarm has been set since."""
        if token != self.alarm_at:
            return []
        self.alarm_at = -1
        turns = [key for key, at in self.due.items() if at <= now]
        for key in turns:
            del self.due[key]
        return turns

    def again(self) -> list[Wake]:
        """After a ring, when all has been noted: the alarm for the next turn."""
        return self._wake(min(self.due.values())) if self.due else []

    def _wake(self, at: int) -> list[Wake]:
        if 0 <= self.alarm_at <= at:
            return []
        self.alarm_at = at
        return [Wake(at, self.name, at)]
