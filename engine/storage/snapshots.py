"""Producer snapshots: what a log remembers of its producers, in ``<offset>.snapshot`` (``ProducerStateManager.java``).

Replaying a log from its beginning only to learn who wrote last would take long, and what retention has
deleted could not be learnt at all. So the state *as of an offset* is written down whenever a segment is
begun and when the log is closed. Opening a log reads the newest snapshot it can believe and replays what
follows. A snapshot lives as long as the segment that begins at its offset; of others only the newest is
kept.

The file: version (1), CRC32C of all that follows it, number of entries, and 46 bytes an entry. Of each
producer only the last batch is written: after a restart a broker recognises that one if it is sent
again, and those it replayed.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from crc32c import crc32c

from engine.storage.disk import DiskFull, MemoryDisk
from engine.storage.producers import ProducerEntry
from engine.wire.batch import SEQUENCE_MAX

VERSION = 1
SUFFIX = ".snapshot"
_head = struct.Struct(">hI")
_count = struct.Struct(">i")
# producer id and epoch; last sequence, last offset, last minus first offset, timestamp of its last batch;
# epoch of the transaction coordinator, first offset of the open transaction (-1 each without)
_entry = struct.Struct(">qhiqiqiq")


class CorruptSnapshot(Exception):
    """Torn, damaged, or of a version nobody knows."""


def encode(entries: Mapping[int, ProducerEntry]) -> bytes:
    body = [_count.pack(len(entries))]
    for producer, entry in entries.items():
        first, last = entry.marks[-1][2:] if entry.marks else (-1, -1)
        sequence = entry.marks[-1][1] if entry.marks else -1
        body.append(
            _entry.pack(
                producer, entry.epoch, sequence, last, last - first, entry.timestamp, entry.coordinator_epoch,
                entry.transaction_start,
            )
        )  # fmt: skip
    data = b"".join(body)
    return _head.pack(VERSION, crc32c(data)) + data


def decode(data: bytes) -> dict[int, ProducerEntry]:
    """Raises CorruptSnapshot."""
    if len(data) < _head.size + _count.size:
        raise CorruptSnapshot(f"{len(data)} bytes")
    version, crc = _head.unpack_from(data)
    body = data[_head.size :]
    (count,) = _count.unpack_from(body)
    if version != VERSION or crc32c(body) != crc or len(body) != _count.size + count * _entry.size:
        raise CorruptSnapshot(f"version {version}, {count} entries in {len(data)} bytes")
    entries = {}
    for fields in _entry.iter_unpack(body[_count.size :]):
        producer, epoch, sequence, last, delta, timestamp, coordinator, start = fields
        entry = entries[producer] = ProducerEntry(epoch, -1)  # where it began cannot be told
        entry.timestamp, entry.coordinator_epoch, entry.transaction_start = timestamp, coordinator, start
        if last >= 0:
            first_sequence = sequence - delta & SEQUENCE_MAX if sequence >= 0 else -1
            entry.marks.append((first_sequence, sequence, last - delta, last))
    return entries


class Snapshots:
    """The snapshots in one folder. offsets: of which there are some, in order."""

    __slots__ = ("disk", "folder", "offsets")

    def __init__(self, disk: MemoryDisk, folder: str) -> None:
        self.disk = disk
        self.folder = folder
        self.offsets: list[int] = []

    def path(self, offset: int) -> str:
        return f"{self.folder}/{offset:020d}{SUFFIX}"

    def take_up(self, paths: list[str]) -> None:
        """Those of a folder with these files."""
        self.offsets = sorted(int(p[len(self.folder) + 1 : -len(SUFFIX)]) for p in paths if p.endswith(SUFFIX))

    def take(self, offset: int, first: int, entries: Mapping[int, ProducerEntry]) -> None:
        """Write down the state as of ``offset``, unless there is a snapshot as new already, or nothing before it.

        first: where the first segment begins. Not synced: a flush of the segment before it does that. On a full
        disk there is none; the next opening replays more.
        """
        if offset > (self.offsets[-1] if self.offsets else first):
            try:
                self.disk.write_file(self.path(offset), encode(entries), durable=False)
            except DiskFull:
                return
            self.offsets.append(offset)

    def newest(self, first: int, log_end: int) -> tuple[int, dict[int, ProducerEntry]]:
        """(offset, entries) of the newest that can be believed; those that cannot are deleted.

        first: where the first segment begins; what an older snapshot leaves open could not be replayed.
        (first, nothing) if there is none.
        """
        for offset in [o for o in reversed(self.offsets) if first <= o <= log_end]:
            try:
                return offset, decode(self.disk.read_all(self.path(offset)))
            except CorruptSnapshot:
                self.delete(offset)
        return first, {}

    def delete(self, offset: int) -> None:
        if offset in self.offsets:
            self.offsets.remove(offset)
            self.disk.delete(self.path(offset))

    def delete_before(self, first: int) -> None:
        """The first segment begins there now."""
        for offset in [o for o in self.offsets if o < first]:
            self.delete(offset)

    def delete_after(self, log_end: int) -> None:
        """The log was cut there."""
        for offset in [o for o in self.offsets if o > log_end]:
            self.delete(offset)

    def delete_strays(self, bases: list[int]) -> None:
        """Keep those at the ``bases`` of segments, and the newest if it is newer than all of them."""
        for offset in [o for o in self.offsets if o not in bases and (o < bases[-1] or o != self.offsets[-1])]:
            self.delete(offset)
