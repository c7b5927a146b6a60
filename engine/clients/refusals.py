"""One event for a burst of failures: a long outage must not flood the timeline.

Failures of one partition with one error are a burst until a record gets through there again. The first
instant of a burst is told, with the number of records that failed in it; the client's counters say
how many it were in the end. What flickers is told at most every ten seconds.
"""

from __future__ import annotations

from engine.events import ProduceRefused
from engine.machine import SECOND, Effect, Tell

QUIET = 10 * SECOND  # a burst lasts at least so long

Key = tuple[str, int, str]  # topic, partition (-1: none was chosen), error


class Refusals:
    def __init__(self, producer: str) -> None:
        self.producer = producer
        self._bursts: dict[Key, int] = {}  # when it was told
        self._fresh: dict[Key, int] = {}  # records failed in this instant, of bursts not told yet

    def failed(self, now: int, topic: str, partition: int, error: str, records: int) -> None:
        key = (topic, partition, error)
        if key not in self._bursts:
            self._bursts[key] = now
            self._fresh[key] = 0
        if key in self._fresh:
            self._fresh[key] += records

    def got_through(self, now: int, topic: str, partition: int) -> None:
        over = [k for k, at in self._bursts.items() if k[0] == topic and k[1] in (partition, -1) and now >= at + QUIET]
        for key in over:
            del self._bursts[key]

    def tell(self, effects: list[Effect]) -> None:
        for (topic, partition, error), records in self._fresh.items():
            effects.append(Tell(ProduceRefused(self.producer, topic, partition, error, records)))
        self._fresh.clear()
