"""The time index: up to which timestamp the log has come, at which offset (``TimeIndex.java``).

An entry has 12 bytes: the largest timestamp so far in the segment (ms), and the last offset, relative to
the segment's base, of the batch that holds it. One is added whenever the offset index gets one, if the
largest timestamp has grown since, and a last one when the segment is closed. So timestamps and offsets
increase along it, and every record before an entry's offset is stamped no later than the entry.

As with the offset index no read depends on it here: the log's pieces know their largest timestamps.
"""

from __future__ import annotations

import struct
from bisect import bisect_left

from engine.storage.disk import File, MemoryDisk

ENTRY_BYTES = 12
_entry = struct.Struct(">qI")


class TimeIndex:
    """The entries are the file's bytes and nothing else. latest: the last entry's timestamp, -1 without."""

    __slots__ = ("disk", "file", "base_offset", "entries_max", "latest", "full")

    def __init__(self, disk: MemoryDisk, file: File, base_offset: int, bytes_max: int) -> None:
        self.disk = disk
        self.file = file
        self.base_offset = base_offset
        self.entries_max = bytes_max // ENTRY_BYTES
        self.latest = -1
        self.full = False

    def __len__(self) -> int:
        return self.file.size // ENTRY_BYTES

    def maybe_append(self, timestamp: int, offset: int) -> None:
        """``timestamp`` is the largest so far, in the batch that ends at ``offset``."""
        if timestamp > self.latest:
            self.disk.extend(self.file, _entry.pack(timestamp, offset - self.base_offset))
            self.latest = timestamp
            # One less than there is room for: closing the segment may add one to a full index.
            self.full = len(self) >= self.entries_max - 1

    def entries(self) -> list[tuple[int, int]]:
        """(timestamp, offset) of each entry."""
        data = b"".join(self.file.pieces())
        return [(stamp, self.base_offset + offset) for stamp, offset in _entry.iter_unpack(data)]

    def truncate_to(self, offset: int) -> None:
        """Drop the entries of ``offset`` and later."""
        entries = self.entries()
        keep = bisect_left(entries, offset, key=lambda entry: entry[1])
        if keep < len(entries):
            self.reset(entries[:keep])

    def reset(self, entries: list[tuple[int, int]]) -> None:
        data = b"".join([_entry.pack(stamp, offset - self.base_offset) for stamp, offset in entries])
        self.disk.replace(self.file, [data] if data else [], len(data))
        self.latest = entries[-1][0] if entries else -1
        self.full = bool(entries) and len(entries) >= self.entries_max - 1

    def open(self, largest_timestamp: int) -> bool:
        """Believe what is in the file; False if it cannot be right (``TimeIndex.sanityCheck``)."""
        tail = self.file.tail(ENTRY_BYTES)
        self.latest, _ = _entry.unpack(tail) if len(tail) == ENTRY_BYTES else (-1, 0)
        self.full = bool(tail) and len(self) >= self.entries_max - 1
        return not self.file.size % ENTRY_BYTES and -1 <= self.latest <= largest_timestamp
