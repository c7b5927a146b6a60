"""Kinds: each reads and writes one value of a message. Words of the language of engine/wire/schema.py.

The simple ones are constants (``INT32``, ``STRING``), the others are made of kinds (``Array(INT32)``).
Our dataclasses are flatter than Kafka's messages; the kinds that bridge the difference are ``ByTopic``
(partitions that name their topic <-> an array of topics, each with its partitions), ``TopicPartitions``,
``Dict``, ``Tuple`` and ``One`` (a list of exactly one, written as if it were no list).
"""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from struct import Struct
from typing import TYPE_CHECKING, Any, Protocol

from engine.wire import primitives
from engine.wire.errors import MalformedRequest
from engine.wire.primitives import Reader, Writer, chunks_of

if TYPE_CHECKING:
    from engine.wire.schema import Record

NEVER = 0x7FFF  # a version that will not come


class Kind(Protocol):
    """least: a value takes at least so many bytes, in whatever version."""

    least: int

    def read(self, reader: Reader) -> Any: ...

    def write(self, writer: Writer, value: Any) -> None: ...


# --- simple kinds -----------------------------------------------------------------------------------


class _Number:
    def __init__(self, form: Struct) -> None:
        self.form, self.least = form, form.size

    def read(self, reader: Reader) -> int:
        return reader.number(self.form)

    def write(self, writer: Writer, value: int) -> None:
        writer.number(self.form, value)


class _Bool:
    least = 1

    def read(self, reader: Reader) -> bool:
        return reader.number(primitives.INT8) != 0

    def write(self, writer: Writer, value: bool) -> None:
        writer.number(primitives.INT8, 1 if value else 0)


class _Id:
    least = 16

    def read(self, reader: Reader) -> bytes:
        return reader.take(16)

    def write(self, writer: Writer, value: bytes) -> None:
        if len(value) != 16:
            raise ValueError(f"an id of {len(value)} bytes")
        writer.out += value


class String:
    """nullable: from this version on None may be written; before, "" stands for it. Read as strictly."""

    least = 1

    def __init__(self, nullable: int = NEVER) -> None:
        self.nullable = nullable

    def read(self, reader: Reader) -> str | None:
        value = reader.string()
        if value is None and reader.version < self.nullable:
            raise MalformedRequest("null where there must be a string")
        return value

    def write(self, writer: Writer, value: str | None) -> None:
        writer.string("" if value is None and writer.version < self.nullable else value)


class _Bytes:
    least = 1

    def read(self, reader: Reader) -> bytes:
        value = reader.bytes_()
        if value is None:
            raise MalformedRequest("null where there must be bytes")
        return value

    def write(self, writer: Writer, value: bytes | memoryview) -> None:
        writer.bytes_(value)


class _ProducedRecords:
    """Read as one view (empty for null)."""

    least = 1

    def read(self, reader: Reader) -> memoryview:
        return reader.records() or memoryview(b"")

    def write(self, writer: Writer, value: Any) -> None:
        writer.chunks(*chunks_of(value))


class _FetchedRecords(_ProducedRecords):
    """Read as a list of one view, or none."""

    def read(self, reader: Reader) -> Any:
        view = reader.records()
        return [view] if view else []


INT8, INT16, INT32, INT64 = (
    _Number(form) for form in (primitives.INT8, primitives.INT16, primitives.INT32, primitives.INT64)
)
BOOL, ID, BYTES = _Bool(), _Id(), _Bytes()
STRING, NULL_STRING = String(), String(nullable=0)
PRODUCED_RECORDS, FETCHED_RECORDS = _ProducedRecords(), _FetchedRecords()


# --- kinds made of kinds ----------------------------------------------------------------------------


class Array:
    """A list. nullable: from this version on None may be written; before, an empty list stands for it."""

    least = 1

    def __init__(self, kind: Kind, nullable: int = NEVER) -> None:
        self.kind, self.nullable = kind, nullable

    def read(self, reader: Reader) -> list[Any] | None:
        count = reader.count(self.kind.least)
        if count < 0:
            if reader.version < self.nullable:
                raise MalformedRequest("null where there must be an array")
            return None
        read = self.kind.read
        return [read(reader) for _ in range(count)]

    def write(self, writer: Writer, value: list[Any] | None) -> None:
        if value is None and writer.version >= self.nullable:
            writer.count(-1)
            return
        self.write_all(writer, value or [])

    def write_all(self, writer: Writer, value: list[Any]) -> None:
        writer.count(len(value))
        write = self.kind.write
        for item in value:
            write(writer, item)


class Tuple:
    """A structure without names. unused: kinds after the named ones, with the constants written for them."""

    def __init__(self, *kinds: Kind, unused: tuple[tuple[Kind, Any], ...] = ()) -> None:
        self.kinds, self.unused = kinds, unused
        self.least = sum(kind.least for kind in kinds) + sum(kind.least for kind, _ in unused)

    def read(self, reader: Reader) -> tuple[Any, ...]:
        value = tuple([kind.read(reader) for kind in self.kinds])
        for kind, _ in self.unused:
            kind.read(reader)
        if reader.flexible:
            reader.skip_tags()
        return value

    def write(self, writer: Writer, value: tuple[Any, ...]) -> None:
        for kind, item in zip(self.kinds, value, strict=True):
            kind.write(writer, item)
        for kind, constant in self.unused:
            kind.write(writer, constant)
        writer.tags()


class Single:
    """A structure of one member: the value stands for both."""

    def __init__(self, kind: Kind) -> None:
        self.kind, self.least = kind, kind.least

    def read(self, reader: Reader) -> Any:
        value = self.kind.read(reader)
        if reader.flexible:
            reader.skip_tags()
        return value

    def write(self, writer: Writer, value: Any) -> None:
        self.kind.write(writer, value)
        writer.tags()


class Dict:
    """A dict, as an array of (key, value). Of a key that comes twice the last value is kept; null is empty."""

    least = 1

    def __init__(self, key: Kind, value: Kind, unused: tuple[tuple[Kind, Any], ...] = ()) -> None:
        self.pair = Tuple(key, value, unused=unused)
        self.array = Array(self.pair, nullable=0)

    def read(self, reader: Reader) -> dict[Any, Any]:
        return dict(self.array.read(reader) or ())

    def write(self, writer: Writer, value: dict[Any, Any]) -> None:
        self.array.write(writer, list(value.items()))


class One:
    """A list of one, where a version has room for one only. Of more, the first is written; of none, ``empty``."""

    def __init__(self, kind: Kind, empty: Any) -> None:
        self.kind, self.empty, self.least = kind, empty, kind.least

    def read(self, reader: Reader) -> list[Any]:
        return [self.kind.read(reader)]

    def write(self, writer: Writer, value: list[Any]) -> None:
        self.kind.write(writer, value[0] if value else self.empty)


class ByTopic:
    """A flat list whose records name their ``topic``, as an array of (topic, array of partitions).

    Neighbours of one topic share an entry, so the order of the list is kept both ways.
    """

    least = 1

    def __init__(self, record: Record) -> None:
        self.record, self.partitions = record, Array(record)

    def read(self, reader: Reader) -> list[Any]:
        flat: list[Any] = []
        for _ in range(_count(reader, 1 + 1)):
            topic = STRING.read(reader)
            for _ in range(_count(reader, self.record.least)):
                flat.append(self.record.read(reader, topic=topic))
            if reader.flexible:
                reader.skip_tags()
        return flat

    def write(self, writer: Writer, value: list[Any]) -> None:
        topics = [(topic, list(parts)) for topic, parts in groupby(value, attrgetter("topic"))]
        writer.count(len(topics))
        for topic, parts in topics:
            STRING.write(writer, topic)
            self.partitions.write_all(writer, parts)
            writer.tags()


class TopicPartitions:
    """A list of (topic, partition), as an array of (topic, array of partition numbers); None if null."""

    least = 1

    def __init__(self, nullable: int = NEVER) -> None:
        self.array = Array(Tuple(STRING, Array(INT32)), nullable)

    def read(self, reader: Reader) -> list[tuple[str, int]] | None:
        topics = self.array.read(reader)
        if topics is None:
            return None
        return [(topic, partition) for topic, partitions in topics for partition in partitions]

    def write(self, writer: Writer, value: list[tuple[str, int]] | None) -> None:
        grouped = groupby(value or (), lambda part: part[0])
        topics = [(topic, [partition for _, partition in parts]) for topic, parts in grouped]
        self.array.write(writer, None if value is None else topics)


def _count(reader: Reader, least: int) -> int:
    count = reader.count(least)
    if count < 0:
        raise MalformedRequest("null where there must be an array")
    return count
