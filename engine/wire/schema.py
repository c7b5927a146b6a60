"""The language in which the tables of engine/wire/schemas/ describe Kafka's messages.

Theory of operation
-------------------
A ``Record`` lists the fields of a dataclass in the order in which they travel, each with its kind
(engine/wire/kinds.py) and the versions that carry it:

    Record(m.HeartbeatRequest, F("group", STRING), ..., F("instance", NULL_STRING, since=3))

An ``Api`` is a record for the request and one for the response. The dataclasses know no versions and
are flatter than Kafka's messages: kinds bridge most of the difference. Where they are not enough, a
field may have ``get`` and ``put``, and a record ``fill``; a field of Kafka's that nobody needs is
``Unused``.

Version and flexibility are asked of the Reader or Writer. Only the list of fields of a version is
worked out beforehand, once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from engine.wire.kinds import NEVER, Kind
from engine.wire.primitives import Reader, Writer


class F:
    """A field: attribute ``name`` of the record, carried from version ``since`` to ``until``.

    tag: it travels among the tagged fields, and only if it is not None.
    get(message, version): what to write, if not just the attribute.
    put(value, version): {attribute: value} of what was read, if not just the one attribute.
    """

    __slots__ = ("get", "kind", "name", "put", "since", "tag", "until")

    def __init__(
        self,
        name: str,
        kind: Kind,
        *,
        since: int = 0,
        until: int = NEVER,
        tag: int | None = None,
        get: Callable[[Any, int], Any] | None = None,
        put: Callable[[Any, int], dict[str, Any]] | None = None,
    ) -> None:
        self.name, self.kind, self.since, self.until = name, kind, since, until
        self.tag, self.get, self.put = tag, get, put

    def value(self, message: Any, version: int) -> Any:
        return getattr(message, self.name) if self.get is None else self.get(message, version)


def Unused(kind: Kind, constant: Any, *, since: int = 0, until: int = NEVER) -> F:  # noqa: N802
    """A field of Kafka's that we have no use for: ``constant`` is written, what is read is dropped."""
    return F("", kind, since=since, until=until, get=lambda message, version: constant, put=lambda value, version: {})


class Record:
    """A dataclass as a structure of Kafka's.

    fill(values, version): sets what a version does not carry and the dataclass has no default for.
    bare: it has no tagged fields of its own even in flexible versions (see ``One``).
    """

    def __init__(
        self,
        cls: type[Any],
        *fields: F,
        fill: Callable[[dict[str, Any], int], None] | None = None,
        bare: bool = False,
    ) -> None:
        self.cls, self.fields, self.fill, self.bare = cls, fields, fill, bare
        always = [f for f in fields if f.since == 0 and f.until == NEVER and f.tag is None]
        self.least = max(1, sum(f.kind.least for f in always))
        self._plain: dict[int, list[F]] = {}
        self._tagged: dict[int, dict[int, F]] = {}

    def carried(self, version: int) -> Iterable[F]:
        return [f for f in self.fields if f.since <= version <= f.until]

    def _of(self, version: int) -> tuple[list[F], dict[int, F]]:
        plain = self._plain.get(version)
        if plain is None:
            carried = self.carried(version)
            self._tagged[version] = {f.tag: f for f in carried if f.tag is not None}
            plain = self._plain[version] = [f for f in carried if f.tag is None]
        return plain, self._tagged[version]

    def read(self, reader: Reader, **values: Any) -> Any:
        version = reader.version
        plain, tagged = self._of(version)
        for field in plain:
            value = field.kind.read(reader)
            if field.put is None:
                values[field.name] = value
            else:
                values.update(field.put(value, version))
        if reader.flexible and not self.bare:
            if tagged:
                self._read_tagged(reader, tagged, values)
            else:
                reader.skip_tags()
        if self.fill is not None:
            self.fill(values, version)
        return self.cls(**values)

    def write(self, writer: Writer, message: Any) -> None:
        version = writer.version
        plain, tagged = self._of(version)
        for field in plain:
            field.kind.write(writer, field.value(message, version))
        if writer.flexible and not self.bare:
            writer.tags(self._tagged_values(writer, tagged, message) if tagged else ())

    def _read_tagged(self, reader: Reader, tagged: dict[int, F], values: dict[str, Any]) -> None:
        for _ in range(reader.uvarint()):
            tag, size = reader.uvarint(), reader.uvarint()
            raw = reader.take(size)
            if tag in tagged:
                inner = Reader(raw, 0, reader.version, True)
                values[tagged[tag].name] = tagged[tag].kind.read(inner)

    def _tagged_values(self, writer: Writer, tagged: dict[int, F], message: Any) -> Iterable[tuple[int, bytes]]:
        for tag, field in tagged.items():
            value = field.value(message, writer.version)
            if value is not None:
                inner = Writer(writer.version, True)
                field.kind.write(inner, value)
                yield tag, bytes(inner.out)


class Api:
    """The two records of one API, by its key. Versions: engine/wire/versions.py."""

    __slots__ = ("key", "request", "response")

    def __init__(self, key: int, request: Record, response: Record) -> None:
        self.key, self.request, self.response = key, request, response
