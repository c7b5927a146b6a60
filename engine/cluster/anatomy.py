"""What the bytes of Kafka's files mean: each field with its place, its name and its value.

Names are those of Kafka's documentation ("Record Batch", "Record") and, where that is silent, of its
sources (``OffsetIndex``, ``TimeIndex``, ``AbortedTxn``, ``ProducerStateManager``, ``CheckpointFile``).

A *field* is {"name", "at", "size", "value", "type"}: ``at`` counts from the file's beginning, type is as
Kafka writes it. An *item* is a stretch of fields that belong together: {"kind", "at", "size", "about",
"fields", "items"?}. Nothing here believes a byte: what makes no sense becomes an item of kind "damaged".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, TypeAlias

from crc32c import crc32c

from engine.wire.batch import (
    COMPRESSION_MASK,
    CONTROL,
    CRC_START,
    HEADER_BYTES,
    LENGTH_OVERHEAD,
    LOG_APPEND_TIME,
    MAGIC,
    TRANSACTIONAL,
    CorruptRecord,
    batch_of,
)
from engine.wire.compression import NAMES
from engine.wire.records import decode_records

Field: TypeAlias = "dict[str, Any]"
Item: TypeAlias = "dict[str, Any]"
Layout: TypeAlias = "tuple[tuple[str, str], ...]"

TEXT_SHOWN_MAX = 240  # characters of a key or value beside its bytes; the bytes themselves are all there
EXACT_MAX = 2**53  # larger numbers lose digits in a browser, so they are passed on as text
INSIDE_MAX = 20  # records of a compressed batch that are unpacked to be shown
RECORDS_MAX = 2_000  # of one page; more of them end in an item of kind "more"

BATCH: Layout = (
    ("baseOffset", "int64"), ("batchLength", "int32"), ("partitionLeaderEpoch", "int32"), ("magic", "int8"),
    ("crc", "uint32"), ("attributes", "int16"), ("lastOffsetDelta", "int32"), ("baseTimestamp", "int64"),
    ("maxTimestamp", "int64"), ("producerId", "int64"), ("producerEpoch", "int16"), ("baseSequence", "int32"),
    ("recordsCount", "int32"),
)  # fmt: skip
INDEX: Layout = (("relativeOffset", "uint32"), ("position", "uint32"))
TIME_INDEX: Layout = (("timestamp", "int64"), ("relativeOffset", "uint32"))
ABORTED: Layout = (
    ("version", "int16"), ("producerId", "int64"), ("firstOffset", "int64"), ("lastOffset", "int64"),
    ("lastStableOffset", "int64"),
)  # fmt: skip
SNAPSHOT_HEAD: Layout = (("version", "int16"), ("crc", "uint32"), ("entries", "int32"))
SNAPSHOT_ENTRY: Layout = (
    ("producerId", "int64"), ("producerEpoch", "int16"), ("lastSequence", "int32"), ("lastOffset", "int64"),
    ("offsetDelta", "int32"), ("timestamp", "int64"), ("coordinatorEpoch", "int32"), ("currentTxnFirstOffset", "int64"),
)  # fmt: skip
_FORMS = {"int8": "b", "int16": "h", "int32": "i", "int64": "q", "uint32": "I"}


def width(layout: Layout) -> int:
    """Bytes of one structure."""
    return struct.calcsize(">" + "".join(_FORMS[kind] for _, kind in layout))


def fields(layout: Layout, data: bytes, at: int) -> list[Field]:
    """The fields of the structure that ``data`` begins with; ``at``: where that is in the file."""
    found = []
    position = 0
    for name, kind in layout:
        form = struct.Struct(">" + _FORMS[kind])
        (value,) = form.unpack_from(data, position)
        found.append(_field(name, at + position, form.size, value, kind))
        position += form.size
    return found


def entries(kind: str, layout: Layout, data: bytes, at: int, number: int = 0, **about: Any) -> Iterator[Item]:
    """Fixed-size entries, the first of them number ``number``; what is left at the end is damaged."""
    size = width(layout)
    for start in range(0, len(data) - size + 1, size):
        told = {"number": number + start // size, **about}
        yield item(kind, at + start, size, told, fields(layout, data[start : start + size], at + start))
    if rest := len(data) % size:
        yield damaged(at + len(data) - rest, rest, "cut")


def item(kind: str, at: int, size: int, about: dict[str, Any], found: list[Field]) -> Item:
    return {"kind": kind, "at": at, "size": size, "about": about, "fields": found}


def damaged(at: int, size: int, why: str) -> Item:
    """why: "cut", "zeros", "length", "magic"."""
    return item("damaged", at, size, {"why": why}, [])


# --- record batches


def batch_size(data: bytes, position: int) -> int:
    """Bytes of the batch that begins there, as its header says; 0 when there cannot be one."""
    if position + LENGTH_OVERHEAD > len(data):
        return 0
    base, length = struct.unpack_from(">qi", data, position)
    return LENGTH_OVERHEAD + length if base >= 0 and length >= HEADER_BYTES - LENGTH_OVERHEAD else 0


def why_not(data: bytes, position: int) -> str:
    """Why no whole batch begins there; "" if one does."""
    size = batch_size(data, position)
    if not size:
        return "zeros" if not data[position:].strip(b"\0") else "length"
    if position + HEADER_BYTES > len(data):
        return "cut"
    if data[position + 16] != MAGIC:
        return "magic"
    return "cut" if position + size > len(data) else ""


def batch(data: bytes, at: int, start: int, end: int) -> Item:
    """A whole batch; of its records those that touch the stretch from ``start`` to ``end`` of the file."""
    found = fields(BATCH, data, at)
    value = {field["name"]: field["value"] for field in found}
    attributes = int(value["attributes"])
    codec = attributes & COMPRESSION_MASK
    compression = NAMES[codec] if codec < len(NAMES) else "unknown"
    first = struct.unpack_from(">q", data)[0]
    about = {
        "first": first, "last": first + value["lastOffsetDelta"], "count": value["recordsCount"],
        "epoch": value["partitionLeaderEpoch"], "compression": compression,
        "crc_fits": crc32c(data[CRC_START:]) == value["crc"], "control": bool(attributes & CONTROL),
        "transactional": bool(attributes & TRANSACTIONAL),
        "time": "LogAppendTime" if attributes & LOG_APPEND_TIME else "CreateTime",
    }  # fmt: skip
    whole = item("batch", at, len(data), about, found)
    if codec:
        found.append(_field("records", at + HEADER_BYTES, len(data) - HEADER_BYTES, None, compression))
        about["inside"] = _inside(data)
    else:
        whole["items"] = list(_records(data, at, start, end, first, int(value["baseTimestamp"])))
    return whole


def _inside(data: bytes) -> list[dict[str, Any]]:
    """The first records of a compressed batch, unpacked: they have no bytes of their own in the file."""
    try:
        records = decode_records(batch_of(data[:HEADER_BYTES], data[HEADER_BYTES:]))
    except CorruptRecord:
        return []
    return [
        {"offset": r.offset, "timestamp": r.timestamp, "key": None if r.key is None else text(r.key),
         "value": None if r.value is None else text(r.value)}
        for r in records[:INSIDE_MAX]
    ]  # fmt: skip


def _records(data: bytes, at: int, start: int, end: int, first: int, time: int) -> Iterator[Item]:
    position, shown = HEADER_BYTES, 0
    while position < len(data) and at + position < end:
        try:
            length, body = _varint(data, position)
        except IndexError:
            length, body = -1, position
        stop = body + length
        if length < 1 or stop > len(data):
            yield damaged(at + position, len(data) - position, "length")
            return
        if at + stop > start:
            if shown == RECORDS_MAX:
                yield item("more", at + position, len(data) - position, {}, [])
                return
            shown += 1
            yield _record(data, position, stop, at, first, time)
        position = stop


def _record(data: bytes, position: int, stop: int, at: int, first: int, time: int) -> Item:
    start = position
    reader = _RecordReader(data, position, stop, at)
    about: dict[str, Any] = {}
    try:
        reader.varint("length")
        reader.plain("attributes", 1)
        about["timestamp"] = time + reader.varint("timestampDelta", "varlong")
        about["offset"] = first + reader.varint("offsetDelta")
        reader.sized("keyLength", "key")
        reader.sized("valueLength", "value")
        for _ in range(max(0, reader.varint("headersCount"))):
            reader.sized("headerKeyLength", "headerKey")
            reader.sized("headerValueLength", "headerValue")
        whole = reader.position == stop
    except (IndexError, ValueError):
        whole = False
    if not whole:
        return damaged(at + start, stop - start, "length")
    return item("record", at + start, stop - start, about, reader.found)


class _RecordReader:
    def __init__(self, data: bytes, position: int, stop: int, at: int) -> None:
        self.data, self.position, self.stop, self.at = data, position, stop, at
        self.found: list[Field] = []

    def varint(self, name: str, kind: str = "varint") -> int:
        value, after = _varint(self.data, self.position)
        self._add(name, after - self.position, value, kind)
        return value

    def plain(self, name: str, size: int) -> None:
        self._add(name, size, self.data[self.position], "int8")

    def sized(self, length: str, name: str) -> None:
        size = self.varint(length)
        if size > 0:
            self._add(name, size, text(self.data[self.position : self.position + size]), "bytes")

    def _add(self, name: str, size: int, value: Any, kind: str) -> None:
        if self.position + size > self.stop:
            raise ValueError(name)
        self.found.append(_field(name, self.at + self.position, size, value, kind))
        self.position += size


def _varint(data: bytes, position: int) -> tuple[int, int]:
    rest = shift = 0
    while True:
        byte = data[position]
        position += 1
        rest |= (byte & 0x7F) << shift
        if byte < 0x80:
            return rest >> 1 ^ -(rest & 1), position
        shift += 7
        if shift > 63:
            raise IndexError("a varint of more than ten bytes")


# --- files of text


def lines(data: bytes, layout: tuple[str, ...], heads: tuple[str, ...] = ()) -> Iterator[Item]:
    """A file of lines: the first ones hold one field each (``heads``), the others those of ``layout``."""
    at = 0
    for number, line in enumerate(data.splitlines(keepends=True)):
        names = heads[number : number + 1] or layout
        yield item("line", at, len(line), {"number": number}, list(_words(line, names, at)))
        at += len(line)


def properties(data: bytes) -> Iterator[Item]:
    """``name=value`` (meta.properties) or ``name: value`` (partition.metadata), with comments."""
    at = 0
    for number, line in enumerate(data.splitlines(keepends=True)):
        bare = line.rstrip(b"\r\n")
        mark = next((m for m in (b"=", b": ") if m in bare), b"")
        if bare.startswith(b"#") or not mark:
            found = [_field("comment", at, len(bare), text(bare), "text")] if bare else []
        else:
            name, _, value = bare.partition(mark)
            found = [_field("property", at, len(name), text(name), "text")]
            if value:
                found.append(_field("setting", at + len(name) + len(mark), len(value), text(value), "text"))
        yield item("line", at, len(line), {"number": number}, found)
        at += len(line)


def _words(line: bytes, names: tuple[str, ...], at: int) -> Iterator[Field]:
    """As many words as names, from the right: a topic is never split."""
    bare = line.rstrip(b"\r\n")
    words = bare.rsplit(b" ", len(names) - 1) if len(names) > 1 else [bare]
    for name, word in zip(names, words, strict=False):
        number = int(word) if word.removeprefix(b"-").isdigit() and name != "topic" else None
        yield _field(name, at, len(word), text(word) if number is None else number, "text")
        at += len(word) + 1


def text(data: bytes) -> str | None:
    """The bytes as people read them, if they are text; None if not."""
    try:
        whole = data.decode()
    except UnicodeDecodeError:
        return None
    return whole[:TEXT_SHOWN_MAX] if all(c.isprintable() or c in "\t\n\r" for c in whole[:TEXT_SHOWN_MAX]) else None


def _field(name: str, at: int, size: int, value: Any, kind: str) -> Field:
    exact = value if not isinstance(value, int) or -EXACT_MAX < value < EXACT_MAX else str(value)
    return {"name": name, "at": at, "size": size, "value": exact, "type": kind}
