"""Files made of blocks: what the journal, the checkpoints and the packs have in common on disk.

A file begins with an eight-byte magic. Each block is its size and the CRC32C of its content (each
four bytes, big-endian), then the content. The first block is the file's header: JSON.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from struct import Struct
from typing import Any, BinaryIO

from crc32c import crc32c

MAGIC_BYTES = 8
HEADER_BYTES_MAX = 16 << 20
_BLOCK = Struct(">II")
BLOCK_HEAD_BYTES = _BLOCK.size


class NotOurs(Exception):
    """The file is not what its name says, or its header is damaged; the text completes "FILE ..."."""


def pack_head(size: int, crc: int) -> bytes:
    return _BLOCK.pack(size, crc)


def pack_block(body: bytes) -> bytes:
    return _BLOCK.pack(len(body), crc32c(body)) + body


def read_block(file: BinaryIO, end: int) -> bytes | None:
    """The next block's content, None if there is no whole one before ``end``."""
    start = file.read(_BLOCK.size)
    if len(start) < _BLOCK.size:
        return None
    size, crc = _BLOCK.unpack(start)
    if not 0 < size <= end - file.tell():
        return None  # 0: what a power cut can leave is a run of zeros, which has the right CRC
    body = file.read(size)
    return body if len(body) == size and crc32c(body) == crc else None


def opening(magic: bytes, header: dict[str, Any]) -> bytes:
    """The bytes with which a file begins."""
    return magic + pack_block(json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode())


def read_opening(file: BinaryIO, magic: bytes, what: str) -> dict[str, Any]:
    """The header; the file is positioned behind it. Raises NotOurs. what: "a journal of Riacho"."""
    if file.read(MAGIC_BYTES) != magic:
        raise NotOurs(f"is not {what}")
    end = os.fstat(file.fileno()).st_size if not isinstance(file, io.BytesIO) else len(file.getbuffer())
    body = read_block(file, min(end, HEADER_BYTES_MAX))
    try:
        header = json.loads(body) if body is not None else None
    except ValueError:
        header = None
    if not isinstance(header, dict):
        raise NotOurs("has a damaged header")
    return header


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """A file that gets its name only once it is whole and durable: temporary name, fsync, rename."""
    making = path.with_name(path.name + ".new")
    try:
        with open(making, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(making, path)
    except BaseException:
        with contextlib.suppress(OSError):
            making.unlink()
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a new name in ``folder`` durable, where folders can be synced (not on Windows)."""
    with contextlib.suppress(OSError):
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
