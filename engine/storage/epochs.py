"""Where each leader epoch began in this log (KIP-101, KIP-279; ``LeaderEpochFileCache.java``).

A leader stamps its epoch on every batch. When leaders change, two logs may differ at their ends; the
list of (epoch, start offset) tells up to where they agree, so a follower cuts what its new leader never
had, and nothing else. Epochs and start offsets both increase along the list.
"""

from __future__ import annotations

from bisect import bisect_right
from operator import itemgetter

UNDEFINED = (-1, -1)
_epoch = itemgetter(0)


class LeaderEpochs:
    """entries: (epoch, start offset), oldest first. latest: the last epoch, -1 without."""

    __slots__ = ("entries", "latest")

    def __init__(self) -> None:
        self.entries: list[tuple[int, int]] = []
        self.latest = -1

    def assign(self, epoch: int, start_offset: int) -> bool:
        """``epoch`` begins at ``start_offset``. Entries that contradict it are dropped.

        Returns whether the list changed. An epoch keeps its first start.
        """
        assert epoch >= 0 and start_offset >= 0, (epoch, start_offset)
        entries = self.entries
        if entries and entries[-1][0] == epoch and start_offset >= entries[-1][1]:
            return False
        while entries and (entries[-1][0] >= epoch or entries[-1][1] >= start_offset):
            entries.pop()
        entries.append((epoch, start_offset))
        self.latest = epoch
        return True

    def end_of(self, epoch: int, log_end: int) -> tuple[int, int]:
        """(the largest known epoch up to ``epoch``, the offset at which it ended); UNDEFINED if unknown.

        An epoch older than all is answered with itself and the start of the first: what it wrote is
        no longer in the log.
        """
        if epoch == -1:
            return UNDEFINED
        if epoch == self.latest:
            return epoch, log_end
        higher = bisect_right(self.entries, epoch, key=_epoch)
        if higher == len(self.entries):
            return UNDEFINED
        floor = self.entries[higher - 1][0] if higher else epoch
        return floor, self.entries[higher][1]

    def at(self, offset: int) -> int:
        """The epoch in which ``offset`` was or would be written, -1 if unknown."""
        number = bisect_right(self.entries, offset, key=itemgetter(1))
        return self.entries[number - 1][0] if number else -1

    def start_after(self, end_offset: int) -> int:
        """Where the first epoch begins, if that is later than ``end_offset``; else 0."""
        return self.entries[0][1] if self.entries and self.entries[0][1] > end_offset else 0

    def truncate_from_end(self, end_offset: int) -> bool:
        """Forget epochs that begin at ``end_offset`` or later. Returns whether there were any."""
        entries = self.entries
        if not entries or entries[-1][1] < end_offset:
            return False
        while entries and entries[-1][1] >= end_offset:
            entries.pop()
        self.latest = entries[-1][0] if entries else -1
        return True

    def truncate_from_start(self, start_offset: int) -> bool:
        """Forget epochs that ended before ``start_offset``; the one it lies in begins there now."""
        entries = self.entries
        number = bisect_right(entries, start_offset, key=itemgetter(1))
        if not number or entries[0][1] == start_offset:
            return False
        entries[:number] = [(entries[number - 1][0], start_offset)]
        return True

    def clear(self) -> None:
        self.entries.clear()
        self.latest = -1

    def checkpoint(self) -> bytes:
        """The content of ``leader-epoch-checkpoint``: version, count, then a line an entry."""
        lines = ["0", str(len(self.entries)), *(f"{epoch} {start}" for epoch, start in self.entries), ""]
        return "\n".join(lines).encode()

    def restore(self, data: bytes) -> None:
        """From a file's content. Raises ValueError if it is none."""
        version, count, *lines = data.decode().splitlines()
        entries = [(int(epoch), int(start)) for epoch, _, start in (line.partition(" ") for line in lines)]
        ordered = all(one[0] < two[0] and one[1] <= two[1] for one, two in zip(entries, entries[1:], strict=False))
        if version != "0" or int(count) != len(entries) or not ordered or min(min(entries, default=(0, 0))) < 0:
            raise ValueError(f"no leader epochs: {data[:60]!r}")
        self.entries = entries
        self.latest = entries[-1][0] if entries else -1
