"""How events reach the producer: some later than they happened, some more than once.

A sensor out of reach keeps what it measured and sends it when it can; whoever heard no answer sends
again. Both are everyday in the world outside, and nothing a broker could notice: a late event has its own
(old) timestamp at a high offset, a repeated one is the same bytes at two offsets. Neither is what the
idempotent producer guards against: that is the same *record*, sent again by the client below.
"""

from __future__ import annotations

from bisect import insort

from engine.clients.sources.base import Source
from engine.world.dice import Dice

HELD_MAX = 64  # late events on their way; while there are so many, all others are on time
RECENT_MAX = 8  # events back from which one can be sent again

Sent = tuple[bytes | None, bytes, int]  # key, value, when it happened (milliseconds since 1970)


class Feed:
    """late, repeated: of 100 events. over: the source has come to its end, and all was sent."""

    def __init__(self, source: Source, late: int | None = None, repeated: int | None = None) -> None:
        self.source = source
        self.late = source.late if late is None else late
        self.repeated = source.repeated if repeated is None else repeated
        self.over = False
        self._held: list[tuple[int, int, bytes | None, bytes, int]] = []  # due, number, then as Sent
        self._recent: list[Sent] = []
        self._number = 0

    def next(self, dice: Dice, keys: str, at_ms: int) -> Sent | None:
        """What is sent at ``at_ms``. None: nothing, now (all that is left is late) or ever (``over``)."""
        if self._held and self._held[0][0] <= at_ms:
            return self._remembered(self._held.pop(0)[2:])
        while True:
            chance = dice.below(100) if self.late or self.repeated else 100
            if chance < self.repeated and self._recent:
                return self._recent[dice.below(len(self._recent))]
            made = self.source.event(dice, keys, at_ms)
            if made is None:
                self.over = not self._held
                return None
            event = (*made, at_ms)
            if not self.repeated <= chance < self.repeated + self.late or len(self._held) >= HELD_MAX:
                return self._remembered(event)
            self._number += 1
            insort(self._held, (at_ms + dice.between(*self.source.late_ms), self._number, *event))

    def rewind(self) -> None:
        self.source.rewind()
        self.over = False

    def _remembered(self, event: Sent) -> Sent:
        if self.repeated:
            self._recent = [*self._recent[1 - RECENT_MAX :], event]
        return event
