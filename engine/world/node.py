"""A place where a machine stands: its lives, its clock, its disk's speed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.machine import Machine

_MILLION = 1_000_000


class Node:
    """A machine by name, across its lives.

    incarnation: running number of its lives, 0 before the first. alive: it runs.
    life: the incarnation while it takes messages, otherwise -1 (dead, or paused): the one number the
    loop compares. touched: sequence of the last entry it was handed in this instant, -1 for none.
    connections: ids of those it is an end of, in order of opening.
    disk_ns: how long a Sync takes. disk_error: what it ends with, "" for success.

    The clock: ``clock(now) = now + skew_ns``, running ``rate_ppm`` too fast since the rate was set.
    """

    __slots__ = (
        "name", "number", "machine", "incarnation", "alive", "life", "touched", "paused_until", "connections",
        "disk_ns", "disk_error", "synced_at", "skewed", "_skew_ns", "_rate_ppm", "_rate_since",
    )  # fmt: skip

    def __init__(self, name: str, number: int, machine: Machine) -> None:
        self.name, self.number, self.machine = name, number, machine
        self.incarnation = 0
        self.alive = False
        self.life = -1
        self.touched = -1
        self.paused_until = -1
        self.connections: dict[int, None] = {}
        self.disk_ns = 0
        self.disk_error = ""
        self.synced_at = 0
        self.skewed = False
        self._skew_ns = self._rate_ppm = self._rate_since = 0

    @property
    def skew_ns(self) -> int:
        return self._skew_ns

    @skew_ns.setter
    def skew_ns(self, skew_ns: int) -> None:
        """A step of the clock. Alarms already set keep their moment, as those of a monotonic timer do."""
        self._skew_ns = skew_ns
        self.skewed = bool(skew_ns or self._rate_ppm)

    @property
    def rate_ppm(self) -> int:
        return self._rate_ppm

    def set_rate(self, now: int, rate_ppm: int) -> None:
        """From ``now`` on the clock gains ``rate_ppm`` millionths; what it gained so far stays, as skew."""
        assert rate_ppm > -_MILLION, "a clock does not run backwards"
        skew_ns = self.clock(now) - now
        self._rate_ppm, self._rate_since = rate_ppm, now
        self.skew_ns = skew_ns

    def clock(self, now: int) -> int:
        """What this node takes the time to be."""
        return now + self._skew_ns + (now - self._rate_since) * self._rate_ppm // _MILLION

    def when(self, clock: int) -> int:
        """The first moment at which this node's clock shows ``clock`` or more (clock(when(x)) >= x)."""
        on_the_way = clock - self._skew_ns - self._rate_since
        return self._rate_since - (-on_the_way * _MILLION // (_MILLION + self._rate_ppm))
