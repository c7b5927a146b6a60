"""The sparse offset index: for about every 4 KiB of log, which offset is where (``OffsetIndex.java``).

An entry has 8 bytes: the last offset of a batch, relative to the segment's base, and the batch's
position. Kafka looks a fetch's offset up here and then scans the log from the position found. Here the
log's pieces lie in memory in order and are searched themselves, so no read depends on the index. It is
kept because it is part of Kafka's folder, and because a full index is one reason to begin a segment.
"""

from __future__ import annotations

import struct
from bisect import bisect_left, bisect_right

from engine.storage.disk import File, MemoryDisk

ENTRY_BYTES = 8
_entry = struct.Struct(">II")


class OffsetIndex:
    """The entries are the file's bytes and nothing else. indexed_at: position of the last one, 0 without."""

    __slots__ = ("disk", "file", "base_offset", "entries_max", "indexed_at", "full")

    def __init__(self, disk: MemoryDisk, file: File, base_offset: int, bytes_max: int) -> None:
        self.disk = disk
        self.file = file
        self.base_offset = base_offset
        self.entries_max = bytes_max // ENTRY_BYTES
        self.indexed_at = 0
        self.full = False

    def __len__(self) -> int:
        return self.file.size // ENTRY_BYTES

    def append(self, last_offset: int, position: int) -> None:
        self.disk.extend(self.file, _entry.pack(last_offset - self.base_offset, position))
        self.indexed_at = position
        self.full = len(self) >= self.entries_max

    def entries(self) -> list[tuple[int, int]]:
        """(offset, position) of each entry."""
        data = b"".join(self.file.pieces())
        return [(self.base_offset + offset, position) for offset, position in _entry.iter_unpack(data)]

    def lookup(self, offset: int) -> tuple[int, int]:
        """The last entry at or before ``offset``; (base offset, 0) if there is none."""
        entries = self.entries()
        number = bisect_right(entries, offset, key=lambda entry: entry[0])
        return entries[number - 1] if number else (self.base_offset, 0)

    def truncate_to(self, offset: int) -> None:
        """Drop the entries of ``offset`` and later."""
        entries = self.entries()
        keep = bisect_left(entries, offset, key=lambda entry: entry[0])
        if keep < len(entries):
            self.reset(entries[:keep])

    def open(self, log_size: int) -> bool:
        """Believe what is in the file; False if it cannot be right (``OffsetIndex.sanityCheck``)."""
        tail = self.file.tail(ENTRY_BYTES)
        _, self.indexed_at = _entry.unpack(tail) if len(tail) == ENTRY_BYTES else (0, 0)
        self.full = bool(tail) and len(self) >= self.entries_max
        return not self.file.size % ENTRY_BYTES and (not tail or 0 < self.indexed_at < log_size)

    def reset(self, entries: list[tuple[int, int]]) -> None:
        data = b"".join([_entry.pack(offset - self.base_offset, position) for offset, position in entries])
        self.disk.replace(self.file, [data] if data else [], len(data))
        self.indexed_at = entries[-1][1] if entries else 0
        self.full = bool(entries) and len(entries) >= self.entries_max
