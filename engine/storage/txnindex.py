"""The transaction index: which stretches of a segment belong to aborted transactions (``TransactionIndex.java``).

An entry has 34 bytes: a version (0), the producer's id, the first and last offset of its transaction
and the last stable offset when it ended. It stands in the segment that holds the end marker. Readers of
committed data are handed the entries that overlap what they read, and skip those records. Most segments
have none: the file is made with the first entry.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from engine.storage.disk import MemoryDisk

ENTRY_BYTES = 34
VERSION = 0
_entry = struct.Struct(">hqqqq")


class AbortedTransaction(NamedTuple):
    """first_offset, last_offset: of the transaction, its marker included. last_stable: when it was aborted."""

    producer_id: int
    first_offset: int
    last_offset: int
    last_stable: int


class TransactionIndex:
    __slots__ = ("disk", "path", "base_offset")

    def __init__(self, disk: MemoryDisk, path: str, base_offset: int) -> None:
        self.disk = disk
        self.path = path
        self.base_offset = base_offset

    def append(self, aborted: AbortedTransaction) -> None:
        """Transactions end in the order of their markers."""
        self.disk.append(self.path, _entry.pack(VERSION, *aborted))

    def entries(self) -> list[AbortedTransaction]:
        if not self.disk.exists(self.path):
            return []
        return [AbortedTransaction(*fields) for _, *fields in _entry.iter_unpack(self.disk.read_all(self.path))]

    def collect(self, from_offset: int, to_offset: int) -> tuple[list[AbortedTransaction], bool]:
        """(those that overlap ``from_offset`` up to, not including, ``to_offset``, whether no later one can)."""
        found = []
        for aborted in self.entries():
            if aborted.last_offset >= from_offset and aborted.first_offset < to_offset:
                found.append(aborted)
            if aborted.last_stable >= to_offset:
                return found, True
        return found, False

    def truncate_to(self, offset: int) -> None:
        """Drop what ended at ``offset`` or later."""
        keep = [aborted for aborted in self.entries() if aborted.last_offset < offset]
        if self.disk.exists(self.path):
            data = b"".join([_entry.pack(VERSION, *aborted) for aborted in keep])
            self.disk.replace(self.disk.open(self.path), [data] if data else [], len(data))

    def open(self) -> bool:
        """Whether the file can be right (``TransactionIndex.sanityCheck``)."""
        if not self.disk.exists(self.path):
            return True
        data = self.disk.read_all(self.path)
        if len(data) % ENTRY_BYTES or any(version != VERSION for version, *_ in _entry.iter_unpack(data)):
            return False
        entries = self.entries()
        return all(self.base_offset <= one.last_offset for one in entries) and all(
            one.last_offset < two.last_offset for one, two in zip(entries, entries[1:], strict=False)
        )
