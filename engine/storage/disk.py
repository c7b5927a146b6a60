"""A broker's disk: files in memory, with a quota. It outlives the machine that writes on it.

Theory of operation
-------------------
A file is a list of immutable pieces whose concatenation is its content: record batches, sealed chunks
of them, or plain bytes. Writing is appending a piece, so replicas, snapshots and branches share the
bytes and a copy of a disk copies only lists. Reading by position gives exactly what Kafka's file would
hold. Pieces in a list never change, except that small ones at its end are joined; truncation and
replacement make a new list.

What was written is there after a crash of the process, for the operating system has it. A power cut
keeps only what was synced, and an unknown part of the rest (engine/storage/damage.py): ``synced`` is how
far a file is durable. Names (a new file, a rename, a deletion) are durable at once, as on a file system
with a journal.

A flipped bit is not seen while its page is in memory: it comes to light when the file is read again from
the platter (``reread``), which a log does when it is opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any, ClassVar

from engine.storage import damage
from engine.storage.chunk import Chunk, Extent
from engine.storage.errors import StorageError
from engine.wire import errors
from engine.wire.batch import SMALL_BELOW, Batch
from engine.world.snapshots import freezes

if TYPE_CHECKING:
    from engine.storage.damage import Chance
    from engine.world.snapshots import Freezer

QUOTA_DEFAULT = 1 << 30
_MERGE_BELOW = 1024  # plain bytes are joined to their predecessor up to this size


class DiskFull(StorageError):
    """The write would exceed the disk's quota. Nothing of it was written."""

    error: ClassVar[int] = errors.KAFKA_STORAGE_ERROR


class SyncFailed(StorageError):
    """fsync returned an error: nobody knows what is on the platter. ``synced`` stays where it was."""

    error: ClassVar[int] = errors.KAFKA_STORAGE_ERROR


@freezes
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

    def tail(self, size: int) -> bytes:
        """The last ``size`` bytes, fewer if there are no more."""
        found = b""
        for part in reversed(self.parts):
            found = damage.to_bytes(part) + found
            if len(found) >= size:
                break
        return found[-size:]

    def __deepcopy__(self, memo: object) -> File:
        copy = File()
        copy.parts = self.parts[:]
        copy.size = self.size
        copy.synced = self.synced
        return copy

    def __freeze__(self, freezer: Freezer) -> Any:
        parts: Any = self.parts
        if self.size > _MERGE_BELOW or len(parts) > 1 or (parts and type(parts[0]) is not bytes):
            parts = freezer.prefix(parts, _loose, self.size)  # those in the list never change, except for the last ones
        return File, (), (None, {"parts": parts, "size": self.size, "synced": self.synced})


def _loose(parts: list[Extent | bytes]) -> int:
    """How many at the end may still be joined to one: small batches (segment.py), or the last piece of plain bytes."""
    loose = 0
    for part in reversed(parts):
        if not isinstance(part, Batch) or part.size >= SMALL_BELOW:
            break
        loose += 1
    return max(1, loose)


class MemoryDisk:
    """Files by path (``pedidos-0/00000000000000000000.log``).

    quota: bytes; writing more raises DiskFull and writes nothing. reserved: bytes beyond it for files that
    are written whole (checkpoints) and for indexes, so that a broker whose disk is full can keep its books.
    used: bytes of all files. others: bytes that something else takes of the quota (``fill``).
    failing: every fsync raises SyncFailed. rot: flipped bits that nobody has read yet, by path.
    """

    __slots__ = ("files", "quota", "reserved", "used", "others", "failing", "rot")

    def __init__(self, quota: int = QUOTA_DEFAULT, reserved: int = 0) -> None:
        self.files: dict[str, File] = {}
        self.quota, self.reserved = quota, reserved
        self.used = self.others = 0
        self.failing = False
        self.rot: dict[str, list[tuple[int, int]]] = {}

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
        return sorted([path for path in self.files if path.startswith(start)])

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

    def write_file(self, path: str, data: bytes, *, durable: bool = True) -> None:
        """Replace the whole content at once: temporary file, fsync (unless told not to), rename."""
        file = self.files.get(path)
        self.require(len(data) - (file.size if file else 0) - self.reserved)
        self.rot.pop(path, None)
        fresh = File()
        self.files[path] = fresh
        fresh.parts = [data] if data else []
        fresh.size = len(data)
        fresh.synced = len(data) if durable else 0
        self.used += len(data) - (file.size if file else 0)

    def truncate(self, path: str, size: int) -> None:
        """Cut the file to ``size`` bytes, in the middle of a batch if need be."""
        file = self._file(path)
        if size < file.size:
            self.replace(file, damage.beginning(file.parts, size), size)

    def rename(self, path: str, to: str) -> None:
        """As rename(2): what was at ``to`` is gone."""
        file = self._file(path)
        if path != to:
            self.delete(to)
            del self.files[path]
            self.files[to] = file
            if path in self.rot:
                self.rot[to] = self.rot.pop(path)

    def delete(self, path: str) -> None:
        file = self.files.pop(path, None)
        if file is not None:
            self.used -= file.size
            self.rot.pop(path, None)

    def sync(self, path: str) -> None:
        """fsync(2). A file that was deleted or renamed meanwhile needs none. Raises SyncFailed."""
        file = self.files.get(path)
        if file is None:
            return
        if self.failing:
            raise SyncFailed(f"fsync of {path}: the disk does not answer for what it was given")
        file.synced = file.size

    # --- by file: for logs, which hold on to theirs ---------------------------------------------

    def require(self, size: int) -> None:
        """Raises DiskFull unless ``size`` more bytes can be written."""
        if self.used + self.others + size > self.quota:
            taken = self.used + self.others
            raise DiskFull(f"{size:,} bytes more than the {taken:,} of {self.quota:,} in use")

    def extend(self, file: File, part: Extent | bytes) -> None:
        """Append ``part``. Small pieces of plain bytes are joined, so that an index stays compact."""
        if isinstance(part, bytes):
            size = len(part)
            self.require(size - self.reserved)  # an index goes on as long as its log does
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

    # --- faults ---------------------------------------------------------------------------------

    def fill(self, left: int = 0) -> None:
        """Something else takes all but ``left`` bytes of what is free."""
        self.others = max(0, self.quota - self.used - left)

    def free(self) -> None:
        """What ``fill`` took is there again."""
        self.others = 0

    def power_off(self, dice: Chance) -> None:
        """The power goes: of what no file had synced an unknown part is lost (engine/storage/damage.py)."""
        for path in [path for path in self.rot if path in self.files]:
            self._anew(path)
        self.reread()
        for path in sorted(self.files):
            file = self.files[path]
            if file.synced < file.size:
                parts, size = damage.after_power_loss(file.parts, file.size, file.synced, dice)
                self.used += size - file.size
                file = self._anew(path)
                file.parts, file.size = parts, size
            file.synced = file.size  # what is there now lies on the platter

    def flip_bit(self, path: str, byte: int, bit: int) -> None:
        """Bit ``bit`` (0 to 7) of a byte turns over on the platter; memory does not know yet."""
        assert 0 <= byte < self._file(path).size and 0 <= bit < 8, (path, byte, bit)
        self.rot.setdefault(path, []).append((byte, bit))

    def reread(self, path: str | None = None) -> None:
        """From here on the file (all of them without ``path``) is as it lies on the platter."""
        for name in [path] if path is not None else sorted(self.rot):
            flips = self.rot.pop(name, None)
            if flips and name in self.files:
                file = self.files[name]
                file.parts = damage.flipped(file.parts, flips)

    def _anew(self, path: str) -> File:
        """A copy in the file's place: who died with the old one in mind, and is looked at, goes on seeing that one."""
        self.files[path] = deepcopy(self.files[path])
        return self.files[path]

    def _file(self, path: str) -> File:
        file = self.files.get(path)
        if file is None:
            raise FileNotFoundError(path)
        return file
