"""A broker's disk: files in memory, with a quota. It outlives the machine that writes on it.

Theory of operation
-------------------
A file is a list of immutable pieces whose concatenation is its content: record batches, sealed chunks
of them, or plain bytes. Writing is appending a piece, so replicas, snapshots and branches share the
bytes and a copy of a disk copies only lists. Reading by position gives exactly what Kafka's file would
hold.

What was written is there after a crash of the process. A power cut keeps only what was synced:
``synced`` is how far a file is durable.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from engine.storage.chunk import Chunk, Extent
from engine.storage.errors import StorageError
from engine.wire import errors
from engine.wire.batch import Batch

QUOTA_DEFAULT = 1 << 30
_MERGE_BELOW = 1024  # plain bytes are joined to their predecessor up to this size


class DiskFull(StorageError):
    """The write would exceed the disk's quota. Nothing of it was written."""

    error: ClassVar[int] = errors.KAFKA_STORAGE_ERROR


class File:
    """parts: its content in order. size: their bytes. synced: bytes that would survive a power cut."""

    __slots__ = ("parts", "size", "synced")

    def __init__(self) -> None:
        self.parts: list[Extent | bytes] = []
        self.size = 0
        self.synced = 0

    def pieces(self) -> Iterator[bytes | memoryview]:
        for part in self.parts:
            if isinstance(part, Batch):
                yield part.header
                yield part.records
            else:
                yield part.data if isinstance(part, Chunk) else part

    def __deepcopy__(self, memo: object) -> File:
        copy = File()
        copy.parts = self.parts[:]
        copy.size = self.size
        copy.synced = self.synced
        return copy


class MemoryDisk:
    """Files by path (``pedidos-0/00000000000000000000.log``).

    quota: bytes; writing more raises DiskFull and writes nothing. reserved: bytes beyond it for files that
    are written whole (checkpoints), so that a broker whose disk is full can still keep its books.
    """

    __slots__ = ("files", "quota", "reserved", "used")

    def __init__(self, quota: int = QUOTA_DEFAULT, reserved: int = 0) -> None:
        self.files: dict[str, File] = {}
        self.quota, self.reserved = quota, reserved
        self.used = 0

    # --- by path -------------------------------------------------------------------------------

    def open(self, path: str) -> File:
        """The file at ``path``, made if there is none."""
        file = self.files.get(path)
        if file is None:
            file = self.files[path] = File()
        return file

    def exists(self, path: str) -> bool:
        return path in self.files

    def size(self, path: str) -> int:
        return self._file(path).size

    def paths(self, folder: str = "") -> list[str]:
        """Paths in ``folder`` (all of them without), sorted."""
        start = f"{folder}/" if folder else ""
        return sorted(path for path in self.files if path.startswith(start))

    def append(self, path: str, data: bytes) -> None:
        self.extend(self.open(path), data)

    def read_all(self, path: str) -> bytes:
        return b"".join(self._file(path).pieces())

    def read(self, path: str, position: int, size: int) -> bytes:
        """At most ``size`` bytes from ``position`` on; fewer where the file ends."""
        left = size
        found: list[bytes | memoryview] = []
        for piece in self._file(path).pieces():
            if position >= len(piece):
                position -= len(piece)
                continue
            if left <= 0:
                break
            found.append(piece[position : position + left])
            left -= len(found[-1])
            position = 0
        return b"".join(found)

    def write_file(self, path: str, data: bytes) -> None:
        """Replace the whole content, at once and durably: temporary file, fsync, rename."""
        file = self.files.get(path)
        self.require(len(data) - (file.size if file else 0) - self.reserved)
        fresh = File()
        self.files[path] = fresh
        fresh.parts = [data] if data else []
        fresh.size = fresh.synced = len(data)
        self.used += len(data) - (file.size if file else 0)

    def truncate(self, path: str, size: int) -> None:
        """Cut the file to ``size`` bytes, in the middle of a batch if need be."""
        file = self._file(path)
        if size >= file.size:
            return
        keep: list[Extent | bytes] = []
        left = size
        for part in file.parts:
            length = len(part) if isinstance(part, bytes) else part.size
            if length <= left:
                keep.append(part)
                left -= length
                continue
            if left:
                whole = part if isinstance(part, bytes) else part.to_bytes()
                keep.append(whole[:left])
            break
        self.replace(file, keep, size)

    def rename(self, path: str, to: str) -> None:
        """As rename(2): what was at ``to`` is gone."""
        file = self._file(path)
        if path != to:
            self.delete(to)
            del self.files[path]
            self.files[to] = file

    def delete(self, path: str) -> None:
        file = self.files.pop(path, None)
        if file is not None:
            self.used -= file.size

    def sync(self, path: str) -> None:
        file = self._file(path)
        file.synced = file.size

    # --- by file: for logs, which hold on to theirs ---------------------------------------------

    def require(self, size: int) -> None:
        """Raises DiskFull unless ``size`` more bytes can be written."""
        if self.used + size > self.quota:
            raise DiskFull(f"{size:,} bytes more than the {self.used:,} of {self.quota:,} in use")

    def extend(self, file: File, part: Extent | bytes) -> None:
        """Append ``part``. Small pieces of plain bytes are joined, so that an index stays compact."""
        if isinstance(part, bytes):
            size = len(part)
            self.require(size)
            last = file.parts[-1] if file.parts else None
            if isinstance(last, bytes) and len(last) + size <= _MERGE_BELOW:
                file.parts[-1] = last + part
            else:
                file.parts.append(part)
        else:
            size = part.size
            self.require(size)
            file.parts.append(part)
        file.size += size
        self.used += size

    def replace(self, file: File, parts: list[Extent | bytes], size: int) -> None:
        """Give ``file`` another content: what is left after truncation or recovery."""
        self.used += size - file.size
        file.parts = parts
        file.size = size
        file.synced = min(file.synced, size)

    def _file(self, path: str) -> File:
        file = self.files.get(path)
        if file is None:
            raise FileNotFoundError(path)
        return file
