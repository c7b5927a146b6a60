"""Reading and writing Kafka's primitive types: integers, strings, arrays' lengths, tagged fields.

A ``Reader`` or ``Writer`` knows its API's version and whether that version is *flexible* (KIP-482):
then lengths of strings, bytes and arrays are unsigned varints of length + 1 (0 is null), and every
structure ends in a section of tagged fields, which a reader skips when it does not know the tag.

Robustness: whatever the bytes, a Reader raises only ``MalformedRequest`` (and ``struct.error`` at
the end of the data, which the codec turns into it). A length is believed only as far as there are
bytes left for it, so hostile counts allocate nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from struct import Struct
from typing import Any

from engine.wire.errors import MalformedRequest

INT8, INT16, INT32, INT64 = Struct(">b"), Struct(">h"), Struct(">i"), Struct(">q")
MAX_VARINT_BYTES = 5


def read_uvarint(data: bytes, position: int) -> tuple[int, int]:
    """An unsigned varint of at most 32 bits at ``position``, and the position after it."""
    value = shift = 0
    for at in range(position, min(position + MAX_VARINT_BYTES, len(data))):
        byte = data[at]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            if value > 0xFFFFFFFF:
                break
            return value, at + 1
        shift += 7
    raise MalformedRequest("a varint that is cut off or longer than 32 bits")


def uvarint(value: int) -> bytes:
    """``value`` as an unsigned varint."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def skip_tags(data: bytes, position: int) -> int:
    """The position after a section of tagged fields, none of which is looked at."""
    count, position = read_uvarint(data, position)
    if count > len(data) - position:
        raise MalformedRequest(f"{count} tagged fields in {len(data) - position} bytes")
    for _ in range(count):
        _, position = read_uvarint(data, position)
        size, position = read_uvarint(data, position)
        position += size
        if position > len(data):
            raise MalformedRequest("a tagged field that is cut off")
    return position


class Reader:
    """Takes values off ``data`` from ``position`` on. Byte values are copies, except ``records``: views of ``data``."""

    __slots__ = ("data", "flexible", "position", "version")

    def __init__(self, data: bytes, position: int, version: int, flexible: bool) -> None:
        self.data, self.position, self.version, self.flexible = data, position, version, flexible

    def number(self, form: Struct) -> int:
        position = self.position
        self.position = position + form.size
        value: int = form.unpack_from(self.data, position)[0]
        return value

    def uvarint(self) -> int:
        value, self.position = read_uvarint(self.data, self.position)
        return value

    def remaining(self) -> int:
        return len(self.data) - self.position

    def count(self, least: int = 1) -> int:
        """Length of an array whose elements take ``least`` bytes or more each; -1 for null."""
        count = self.uvarint() - 1 if self.flexible else self.number(INT32)
        if count < -1 or count * least > self.remaining():
            raise MalformedRequest(f"an array of {count} in {self.remaining()} bytes")
        return count

    def string(self) -> str | None:
        raw = self._sized(self.uvarint() - 1 if self.flexible else self.number(INT16))
        try:
            return None if raw is None else raw.decode()
        except UnicodeDecodeError as error:
            raise MalformedRequest(f"a string that is not UTF-8: {raw!r}") from error

    def bytes_(self) -> bytes | None:
        return self._sized(self._bytes_size())

    def records(self) -> memoryview | None:
        size = self._bytes_size()
        start = self.position
        return None if self._sized_skip(size) else memoryview(self.data)[start : self.position]

    def take(self, size: int) -> bytes:
        raw = self._sized(size)
        if raw is None:
            raise MalformedRequest("null where there must be a value")
        return raw

    def skip_tags(self) -> None:
        self.position = skip_tags(self.data, self.position)

    def _bytes_size(self) -> int:
        return self.uvarint() - 1 if self.flexible else self.number(INT32)

    def _sized_skip(self, size: int) -> bool:
        """Go past ``size`` bytes; True if it is null (-1)."""
        if size < -1 or size > self.remaining():
            raise MalformedRequest(f"{size} bytes announced, {self.remaining()} there")
        self.position += max(size, 0)
        return size < 0

    def _sized(self, size: int) -> bytes | None:
        start = self.position
        return None if self._sized_skip(size) else self.data[start : self.position]


class Writer:
    """Appends values to ``out``. A value that its type cannot hold is our own mistake and raises."""

    __slots__ = ("flexible", "out", "version")

    def __init__(self, version: int, flexible: bool) -> None:
        self.out, self.version, self.flexible = bytearray(), version, flexible

    def number(self, form: Struct, value: int) -> None:
        self.out += form.pack(value)

    def uvarint(self, value: int) -> None:
        if value < 0x80:
            self.out.append(value)
        else:
            self.out += uvarint(value)

    def count(self, count: int) -> None:
        """Length of an array; -1 for null."""
        self._size(count, INT32)

    def string(self, value: str | None) -> None:
        raw = None if value is None else value.encode()
        self._size(-1 if raw is None else len(raw), INT16)
        self.out += raw or b""

    def bytes_(self, value: bytes | memoryview | None) -> None:
        self._size(-1 if value is None else len(value), INT32)
        self.out += value or b""

    def chunks(self, chunks: Iterable[bytes | memoryview], size: int) -> None:
        """One value of bytes that is given in pieces."""
        self._size(size, INT32)
        for chunk in chunks:
            self.out += chunk

    def tags(self, fields: Iterable[tuple[int, bytes]] = ()) -> None:
        """The section of tagged fields, given in ascending order as (tag, encoded value)."""
        if self.flexible:
            fields = list(fields)
            self.uvarint(len(fields))
            for tag, raw in fields:
                self.uvarint(tag)
                self.uvarint(len(raw))
                self.out += raw

    def _size(self, size: int, form: Struct) -> None:
        if self.flexible:
            self.uvarint(size + 1)
        else:
            self.number(form, size)


def chunks_of(records: Any) -> tuple[list[bytes | memoryview], int]:
    """The bytes of a ``records`` field in pieces, and how many they are together.

    records: None, bytes, a view, or a list of those and of ``Batch`` (engine/wire/batch.py), which
    gives its pieces by ``chunks()``. Pieces are handed on as they are: never joined, never copied.
    """
    if records is None:
        return [], 0
    if isinstance(records, (bytes, memoryview)):
        return [records], len(records)
    chunks: list[bytes | memoryview] = []
    for item in records:
        if isinstance(item, (bytes, memoryview)):
            chunks.append(item)
        else:
            chunks += item.chunks()
    return chunks, sum(map(len, chunks))
