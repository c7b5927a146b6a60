"""Hypothesis strategies for every message, made by walking the codec's own tables.

What a version does not carry is left at its default, so a message drawn for a version comes back
from it as it went in. (That the tables themselves are right is for the oracle to say: test_kio.py.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st

from engine.wire import kinds as k
from engine.wire.schema import F, Record
from engine.wire.schemas import APIS
from engine.wire.schemas.wanted import Wanted
from engine.wire.versions import SUPPORTED

ERRORS = st.integers(-1, 133)
NAMES = st.sampled_from(["FIAP", "orders", "a", "été", "t" * 200]) | st.text(max_size=6)
IDS = st.binary(min_size=16, max_size=16).filter(any)
# Two fields whose whole range the oracle cannot hold: it reads them as dates and lengths of time.
DATES_MS = st.just(-1) | st.integers(0, 4_102_444_800_000)
MILLISECONDS = st.integers(-(2**31), 2**31 - 1)


def every_version() -> Iterator[tuple[int, int]]:
    for key, (lowest, highest) in SUPPORTED.items():
        for version in range(lowest, highest + 1):
            yield key, version


def requests(key: int, version: int) -> st.SearchStrategy[Any]:
    return of_record(APIS[key].request, version)


def responses(key: int, version: int) -> st.SearchStrategy[Any]:
    return of_record(APIS[key].response, version)


def of_record(record: Record, version: int, **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    fields = dict(given)
    for field in record.carried(version):
        if field.name:
            fields |= _of_field(field, version)

    def build(values: dict[str, Any]) -> Any:
        if record.fill is not None:
            record.fill(values, version)
        return record.cls(**values)

    return st.fixed_dictionaries(fields).map(build)


def _of_field(field: F, version: int) -> dict[str, st.SearchStrategy[Any]]:
    if field.name == "error":
        return {"error": ERRORS}
    if field.name == "append_time_ms":
        return {"append_time_ms": DATES_MS}
    if field.name == "diverging":
        return {"diverging": st.none() | st.tuples(st.integers(0, 99), st.integers(0, 2**63 - 1))}
    kind = field.kind
    if isinstance(kind, k.Array) and isinstance(kind.kind, Record) and kind.kind.cls is Wanted:
        ids = {"topic_ids": st.lists(IDS, max_size=2)} if version >= (10 if field.name == "topics" else 6) else {}
        names = st.lists(NAMES, max_size=3)
        if version == 0:
            return {field.name: names.map(lambda found: found or None)}
        return {field.name: names} | ids  # None, all topics, has a test of its own
    return {field.name: of_kind(kind, version)}


def of_kind(kind: k.Kind, version: int) -> st.SearchStrategy[Any]:
    """Values of ``kind`` that survive ``version``."""
    if isinstance(kind, Record):
        return of_record(kind, version)
    if isinstance(kind, k.String):
        return (st.none() | NAMES) if version >= kind.nullable else NAMES
    if isinstance(kind, k.Array):
        lists = st.lists(of_kind(kind.kind, version), max_size=3)
        return (st.none() | lists) if version >= kind.nullable else lists
    if isinstance(kind, k.Tuple):
        return st.tuples(*(ERRORS if inner is k.INT16 else of_kind(inner, version) for inner in kind.kinds))
    if isinstance(kind, k.Single):
        return of_kind(kind.kind, version)
    if isinstance(kind, k.Dict):
        key, value = kind.pair.kinds
        return st.dictionaries(of_kind(key, version), of_kind(value, version), max_size=3)
    if isinstance(kind, k.One):
        return of_kind(kind.kind, version).map(lambda one: [one])
    if isinstance(kind, k.ByTopic):
        return st.lists(of_record(kind.record, version, topic=NAMES), max_size=4)
    if isinstance(kind, k.TopicPartitions):
        lists = st.lists(st.tuples(NAMES, of_kind(k.INT32, version)), max_size=4)
        return (st.none() | lists) if version >= kind.array.nullable else lists
    return _SIMPLE[type(kind)](kind)


def _numbers(kind: Any) -> st.SearchStrategy[int]:
    half = 1 << (8 * kind.form.size - 1)
    return st.integers(-half, half - 1)


_SIMPLE: dict[type[Any], Callable[[Any], st.SearchStrategy[Any]]] = {
    type(k.INT8): _numbers,
    type(k.BOOL): lambda kind: st.booleans(),
    type(k.ID): lambda kind: IDS,
    type(k.BYTES): lambda kind: st.binary(max_size=20),
    type(k.PRODUCED_RECORDS): lambda kind: st.binary(max_size=200),
    type(k.FETCHED_RECORDS): lambda kind: st.lists(st.binary(min_size=1, max_size=200), max_size=1),
}
