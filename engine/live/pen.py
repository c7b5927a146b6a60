"""The pen of a journal: what one instant brought reaches the operating system in one call, whole or not at all.

What is taken waits until it is written. A write that fails leaves the file as it was before: no half group is
ever followed by another. What is written is durable once it is synced, the files that were left behind included.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from crc32c import crc32c

from engine.live.blocks import BLOCK_HEAD_BYTES, pack_head, sync_folder

_WRITEV_MAX = 1000  # IOV_MAX is 1024 where there is a limit
_JOINED_MAX = 65_536  # smaller groups are cheaper to join than to scatter


class Pen:
    """At the end of the file ``path``. waiting: bytes that were taken and not yet written."""

    def __init__(self, path: Path) -> None:
        self._chunks: list[bytes | memoryview] = []
        self.waiting = 0
        self._unsynced = False
        self._left: list[BinaryIO] = []  # no longer written, not yet synced
        self._file = _open_at_end(path)
        self._fd = self._file.fileno()

    def take(self, parts: Sequence[bytes | memoryview]) -> None:
        """A block's content, in pieces."""
        size = crc = 0
        for part in parts:
            size += len(part)
            crc = crc32c(part, crc)
        self._chunks.append(pack_head(size, crc))
        self._chunks.extend(parts)
        self.waiting += size + BLOCK_HEAD_BYTES

    def drop(self) -> None:
        """What waits is never written."""
        self._chunks, self.waiting = [], 0

    def write(self, end: int) -> None:
        """Hand what waits to the operating system. end: where the file ends, and still does if this raises OSError."""
        chunks, size = self._chunks, self.waiting
        self._chunks, self.waiting = [], 0
        try:
            self._hand_over(chunks, size)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._fd, end)
            raise
        self._unsynced = True

    def _hand_over(self, chunks: list[bytes | memoryview], size: int) -> None:
        if size <= _JOINED_MAX or not hasattr(os, "writev"):
            chunks = [b"".join(chunks)]
        left = size
        while left:
            done = os.writev(self._fd, chunks[:_WRITEV_MAX]) if len(chunks) > 1 else os.write(self._fd, chunks[0])
            left -= done
            if left:
                chunks = _after(chunks, done)

    def turn(self, path: Path) -> None:
        """Go on at the end of another file. Raises OSError; then this one is gone on with."""
        file = _open_at_end(path)
        self._left.append(self._file)
        self._file, self._fd = file, file.fileno()
        self._unsynced = True

    def sync(self, folder: Path) -> None:
        """Make durable what was written, and in ``folder`` the names of files; nothing if there is nothing new.

        Called in a thread. Raises OSError.
        """
        if self._unsynced:
            self._unsynced = False
            left, self._left = self._left, []
            for file in left:
                os.fsync(file.fileno())
                file.close()
            os.fsync(self._fd)
            if left:
                sync_folder(folder)

    def close(self) -> None:
        self._file.close()


def _after(chunks: list[bytes | memoryview], done: int) -> list[bytes | memoryview]:
    """What of ``chunks`` is left to write when ``done`` bytes were."""
    for index, chunk in enumerate(chunks):
        if done < len(chunk):
            rest: list[bytes | memoryview] = [memoryview(chunk)[done:]] if done else [chunk]
            return rest + chunks[index + 1 :]
        done -= len(chunk)
    return []


def _open_at_end(path: Path) -> BinaryIO:
    return open(path, "ab", buffering=0)  # noqa: SIM115
