"""The journal: every input of a sandbox, in the order and the grouping in which the World took them.

Theory of operation
-------------------
The World is a function of its inputs, so the journal *is* the sandbox: opened again, it is replayed
from the start. It is written before any byte that depends on an input leaves the process, with one
system call an instant: killing the process loses nothing that anybody was told. It is synced to the
disk once a second, in a thread: a power cut may cost that second.

File: an eight-byte magic, then blocks. A block is its size and the CRC32C of its content (each four
bytes, big-endian), then the content. The first block is the header: JSON with the format, the
behaviour the inputs were made under, the scenario and the seed. Each further block is a *group*: the
inputs of one instant. A group without inputs is a *mark*: "up to this step the engine had gone of
itself (timers, its own clients) when something left the process".

A crash can leave half a block at the end. On opening, everything from the first block that is not
whole is cut off, kept beside the journal in ``journal.cut``, and said.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from typing import Any, BinaryIO

from crc32c import crc32c

from engine.live.groups import Group, pack_group, unpack_group

MAGIC = b"RIACHO-J"
FORMAT = 1
# Raised when the engine does something else with the same inputs: then older journals would not replay as they were.
BEHAVIOUR = 1
_BLOCK = Struct(">II")
_WRITEV_MAX = 1000  # IOV_MAX is 1024 where there is a limit
_JOINED_MAX = 65_536  # smaller groups are cheaper to join than to scatter


class JournalError(Exception):
    """code: DATA_FOLDER, DATA_IN_USE, NOT_A_JOURNAL or DIFFERENT_BEHAVIOUR; the text names the way out."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class JournalFull(Exception):
    """Nothing more can be written down: code JOURNAL_FULL (our own limit) or DISK_FULL (or broken); with the reason."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


@dataclass(slots=True)
class Header:
    scenario: dict[str, Any]
    seed: int
    behaviour: int = BEHAVIOUR


class Journal:
    """An open journal, positioned at its end.

    size: bytes so far. cut: bytes of a torn tail that were cut off when it was opened.
    Use ``create`` or ``open``; then ``groups`` once, before the first ``append``.
    """

    def __init__(self, path: Path, file: BinaryIO, header: Header, start: int, limit: int) -> None:
        self.path, self.header, self.limit = path, header, limit
        self.size = start
        self.cut = 0
        self._start = start
        self._file = file
        self._fd = file.fileno()
        self._waiting: list[bytes | memoryview] = []
        self._waiting_bytes = 0
        self._dirty = False

    # --- opening ------------------------------------------------------------------------------------

    @classmethod
    def create(cls, path: Path, header: Header, limit: int) -> Journal:
        """A new journal. The header is in place, whole and durable, before the file has its name."""
        body = json.dumps(
            {"format": FORMAT, "behaviour": header.behaviour, "scenario": header.scenario, "seed": header.seed}
        ).encode()
        start = MAGIC + _BLOCK.pack(len(body), crc32c(body)) + body
        making = path.with_suffix(".new")
        with open(making, "wb") as file:
            file.write(start)
            file.flush()
            os.fsync(file.fileno())
        os.replace(making, path)
        _sync_folder(path.parent)
        return cls(path, _open_at_end(path), header, len(start), limit)

    @classmethod
    def open(cls, path: Path, limit: int, behaviour: int = BEHAVIOUR) -> Journal:
        """An existing journal. Raises JournalError when it cannot be carried on."""
        with open(path, "rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise _unusable("NOT_A_JOURNAL", path, "is not a journal of Riacho")
            body = _read_block(file)
            if body is None:
                raise _unusable("NOT_A_JOURNAL", path, "has a damaged header")
            start = file.tell()
        data = json.loads(body)
        if data["format"] != FORMAT or data["behaviour"] != behaviour:
            was = f"format {data['format']}, behaviour {data['behaviour']}"
            now = f"format {FORMAT}, behaviour {behaviour}"
            why = f"was written by another version of Riacho ({was}; this one has {now}) and would not replay as it was"
            raise _unusable("DIFFERENT_BEHAVIOUR", path, why)
        header = Header(data["scenario"], data["seed"], data["behaviour"])
        return cls(path, _open_at_end(path), header, start, limit)

    def groups(self) -> Iterator[tuple[Group, int]]:
        """All groups, each with the bytes read so far; at the end, a torn tail is cut off."""
        with open(self.path, "rb") as file:
            file.seek(self._start)
            whole = self._start
            while (body := _read_block(file)) is not None:
                whole = file.tell()
                yield unpack_group(body), whole
            length = os.fstat(file.fileno()).st_size
            if length > whole:
                file.seek(whole)
                with open(self.path.with_suffix(".cut"), "wb") as aside:
                    shutil.copyfileobj(file, aside)
        if length > whole:
            self.cut = length - whole
            os.ftruncate(self._fd, whole)
            os.fsync(self._fd)
        self.size = whole

    # --- writing ------------------------------------------------------------------------------------

    def append(self, step: int, at: int, held: bool, inputs: Sequence[Any]) -> None:
        """Take one group; it is written by the next ``flush``."""
        parts = pack_group(step, at, held, inputs)
        if len(parts) == 1:
            body: bytes | memoryview = parts[0]
            size, crc = len(body), crc32c(body)
            self._waiting.append(_BLOCK.pack(size, crc))
            self._waiting.append(body)
        else:
            size = crc = 0
            for part in parts:
                size += len(part)
                crc = crc32c(part, crc)
            self._waiting.append(_BLOCK.pack(size, crc))
            self._waiting.extend(parts)
        self._waiting_bytes += size + _BLOCK.size

    def flush(self) -> None:
        """Hand all that was appended to the operating system. Raises JournalFull; then nothing of it is kept."""
        if not self._waiting:
            return
        chunks, size = self._waiting, self._waiting_bytes
        self._waiting, self._waiting_bytes = [], 0
        if self.size + size > self.limit:
            raise JournalFull(
                "JOURNAL_FULL",
                f"The journal {self.path} has reached its limit of {self.limit:,} bytes.",
            )
        try:
            self._write(chunks, size)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._fd, self.size)
            raise self._failed(error) from None
        self.size += size
        self._dirty = True

    def _write(self, chunks: list[bytes | memoryview], size: int) -> None:
        if size <= _JOINED_MAX or not hasattr(os, "writev"):
            chunks = [b"".join(chunks)]
        while chunks:
            done = os.writev(self._fd, chunks[:_WRITEV_MAX]) if len(chunks) > 1 else os.write(self._fd, chunks[0])
            chunks = _after(chunks, done)

    def sync(self) -> None:
        """Make durable what was flushed; does nothing if there is nothing new. Called in a thread."""
        if self._dirty:
            self._dirty = False
            try:
                os.fsync(self._fd)
            except OSError as error:
                raise self._failed(error) from None

    def close(self) -> None:
        """Raises JournalFull if what was appended last cannot be written."""
        try:
            self.flush()
            self.sync()
        finally:
            self._file.close()

    def _failed(self, error: OSError) -> JournalFull:
        return JournalFull("DISK_FULL", f"The journal {self.path} could not be written: {error.strerror}.")


def _after(chunks: list[bytes | memoryview], done: int) -> list[bytes | memoryview]:
    """What of ``chunks`` is left to write when ``done`` bytes were."""
    for index, chunk in enumerate(chunks):
        if done < len(chunk):
            rest: list[bytes | memoryview] = [memoryview(chunk)[done:]] if done else [chunk]
            return rest + chunks[index + 1 :]
        done -= len(chunk)
    return []


def _read_block(file: io.BufferedReader) -> bytes | None:
    """The next block's content, None if there is no whole one."""
    start = file.read(_BLOCK.size)
    if len(start) < _BLOCK.size:
        return None
    size, crc = _BLOCK.unpack(start)
    if not 0 < size <= os.fstat(file.fileno()).st_size - file.tell():
        return None  # 0: what a power cut can leave is a run of zeros, which has the right CRC
    body = file.read(size)
    return body if crc32c(body) == crc else None


def _open_at_end(path: Path) -> BinaryIO:
    return open(path, "ab", buffering=0)  # noqa: SIM115


def _unusable(code: str, path: Path, why: str) -> JournalError:
    return JournalError(
        code, f"{path} {why}. Move that file away (the sandbox then begins anew), or start with another --data folder."
    )


def _sync_folder(folder: Path) -> None:
    """Make a new name in ``folder`` durable, where folders can be synced (not on Windows)."""
    with contextlib.suppress(OSError):
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
