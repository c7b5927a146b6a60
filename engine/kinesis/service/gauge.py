"""What has gone into or out of a shard in this virtual second, and what it still owes for a large answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Gauge:
    """One direction of one shard. count: records in, or calls out. debt: bytes beyond the seconds they went in.

    A record or an answer may be larger than a second's bytes: it is let through when nothing is owed, and then nothing
    else is until that many seconds are over (10 MiB out of a shard: five seconds).
    """

    second: int = -1
    count: int = 0
    bytes: int = 0
    debt: int = 0
    last_count: int = 0  # of the second before
    last_bytes: int = 0

    def turn(self, second: int, bytes_max: int) -> None:
        """It is ``second`` now. bytes_max: what a second allows; 0: nothing is owed (throttling is off)."""
        passed = second - self.second
        if not passed:
            return
        self.debt = max(0, self.debt + self.bytes - bytes_max * passed) if bytes_max and self.second >= 0 else 0
        self.last_count, self.last_bytes = (self.count, self.bytes) if passed == 1 else (0, 0)
        self.second, self.count, self.bytes = second, 0, 0

    def rate(self, second: int) -> tuple[int, int]:
        """(count, bytes) of the last whole second before ``second``. Looking changes nothing."""
        if second == self.second:
            return self.last_count, self.last_bytes
        return (self.count, self.bytes) if second == self.second + 1 else (0, 0)
