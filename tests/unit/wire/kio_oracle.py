"""kio as the oracle: its messages, generated from Kafka's own descriptions, turned into ours.

``ours(cls, entity)`` goes by kio's names alone and knows nothing of the codec's tables: a field at
the wrong place in a table ends up under the wrong name here. ``entities(schema)`` draws kio's messages.
"""

from __future__ import annotations

import io
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from hypothesis import strategies as st
from kio.index import load_request_schema, load_response_schema
from kio.schema.errors import ErrorCode
from kio.serial import entity_reader, entity_writer

from engine.wire import messages as m
from tests.unit.wire.kio_names import BY_TOPIC, DROPPED, RENAMED, RENAMED_IN
from tests.unit.wire.strategies import DATES_MS, MILLISECONDS, NAMES

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def decode(schema: type[Any], data: bytes, at: int) -> Any:
    """kio's reading of ``data`` from ``at`` to its very end."""
    entity, size = entity_reader(schema)(data, at)
    assert at + size == len(data), f"{len(data) - at - size} bytes are left"
    return entity


def encode(schema: type[Any], entity: Any) -> bytes:
    out = io.BytesIO()
    entity_writer(schema)(out, entity)
    return out.getvalue()


def request_schema(key: int, version: int) -> type[Any]:
    return load_request_schema(key, version)


def response_schema(key: int, version: int) -> type[Any]:
    return load_response_schema(key, version)


# --- kio's message -> ours --------------------------------------------------------------------------


def ours(cls: type[Any], entity: Any) -> Any:
    """``entity`` as a ``cls`` of engine/wire/messages/."""
    if special := SPECIAL.get(type(entity).__name__):
        return special(entity)
    return cls(**_values(cls, entity))


def _values(cls: type[Any], entity: Any, *without: str) -> dict[str, Any]:
    hints = get_type_hints(cls)
    values: dict[str, Any] = {}
    for field in fields(entity):
        where = type(entity).__name__
        name = RENAMED_IN.get((where, field.name)) or RENAMED.get(field.name, field.name)
        if field.name in DROPPED or field.name in without or (where, field.name) == ("FetchRequest", "cluster_id"):
            continue
        if field.name in ("topics", "topic_data", "responses") and "parts" in hints:
            name = "parts"
        values[name] = _value(hints[name], getattr(entity, field.name))
    return values


def _value(hint: Any, value: Any) -> Any:
    """``value`` of kio's as the type ``hint`` of ours."""
    optional = get_origin(hint) in (Union, UnionType)
    if optional:
        hint = next(choice for choice in get_args(hint) if choice is not type(None))
    if get_origin(hint) is tuple:  # a structure without names; kio has a default one where we have None
        found = _leaves(value)
        return None if found == (-1, -1) else found
    if get_origin(hint) is dict:
        return {pair[0]: pair[1] for pair in map(_leaves, value or ())}
    if hint == list[Any]:  # records
        return [value] if value else []
    if isinstance(value, tuple):
        (item,) = get_args(hint) or (Any,)
        if value and _is_by_topic(value[0]):
            return [part for entry in value for part in _parts(item, entry)]
        return [_value(item, each) for each in value]
    if is_dataclass(value):
        return ours(hint, value)
    if hint is Any and isinstance(value, bytes):
        return value
    return _scalar(value, hint, optional)


def _is_by_topic(entity: Any) -> bool:
    return type(entity).__name__ in BY_TOPIC


def _parts(cls: Any, entry: Any) -> list[Any]:
    """One topic and its partitions, flat."""
    topic, partitions = _scalar_values(entry)
    if get_origin(cls) is tuple:
        return [(topic, partition) for partition in partitions]
    return [cls(topic=topic, **_values(cls, partition)) for partition in partitions]


def _scalar_values(entity: Any) -> tuple[Any, ...]:
    return tuple(getattr(entity, field.name) for field in fields(entity))


def _leaves(entity: Any) -> tuple[Any, ...]:
    return tuple(list(v) if isinstance(v, tuple) else _scalar(v, Any, True) for v in _scalar_values(entity))


def _scalar(value: Any, hint: Any, optional: bool) -> Any:
    if isinstance(value, IntEnum):
        return int(value)
    if isinstance(value, timedelta):
        return value // timedelta(milliseconds=1)
    if isinstance(value, datetime):
        return (value - EPOCH) // timedelta(milliseconds=1)
    if isinstance(value, UUID):
        return value.bytes
    if value is None and not optional:  # kio's word for a date of -1, an id of zeros, no records
        return {int: -1, bytes: m.NO_ID, Any: b""}[hint]
    return value


def _metadata(entity: Any) -> m.MetadataRequest:
    values = _values(m.MetadataRequest, entity, "topics")
    if entity.topics is None or (entity.__version__ == 0 and not entity.topics):
        return m.MetadataRequest(None, **values)
    return m.MetadataRequest(*_names_and_ids(entity.topics), **values)


def _delete_topics(entity: Any) -> m.DeleteTopicsRequest:
    timeout_ms = _scalar(entity.timeout, int, False)
    if entity.__version__ < 6:
        return m.DeleteTopicsRequest(list(entity.topic_names), timeout_ms=timeout_ms)
    return m.DeleteTopicsRequest(*_names_and_ids(entity.topics), timeout_ms=timeout_ms)


def _names_and_ids(topics: Any) -> tuple[list[str], list[bytes]]:
    found = [(topic.name, _scalar(getattr(topic, "topic_id", None), bytes, False)) for topic in topics]
    names = [name for name, topic_id in found if name is not None and topic_id == m.NO_ID]
    return names, [topic_id for name, topic_id in found if name is None or topic_id != m.NO_ID]


def _join(entity: Any) -> m.JoinGroupRequest:
    values = _values(m.JoinGroupRequest, entity)
    values.setdefault("rebalance_timeout_ms", values["session_timeout_ms"])
    return m.JoinGroupRequest(**values, requires_known_member=entity.__version__ >= 4)


def _metadata_response(entity: Any) -> m.MetadataResponse:
    return m.MetadataResponse(**({"cluster_id": None, "controller": -1} | _values(m.MetadataResponse, entity)))


def _find(entity: Any) -> m.FindCoordinatorRequest:
    if entity.__version__ < 4:
        return m.FindCoordinatorRequest([entity.key], getattr(entity, "key_type", 0))
    return m.FindCoordinatorRequest(**_values(m.FindCoordinatorRequest, entity))


def _found(entity: Any) -> m.FindCoordinatorResponse:
    if entity.__version__ >= 4:
        return m.FindCoordinatorResponse(**_values(m.FindCoordinatorResponse, entity))
    throttle_ms = _scalar(getattr(entity, "throttle_time", 0), int, False)
    message = getattr(entity, "error_message", None)
    one = m.Coordinator("", entity.node_id, entity.host, entity.port, int(entity.error_code), message)
    return m.FindCoordinatorResponse([one], throttle_ms)


def _leave(entity: Any) -> m.LeaveGroupRequest:
    if entity.__version__ < 3:
        return m.LeaveGroupRequest(entity.group_id, [m.Leaver(entity.member_id)])
    return m.LeaveGroupRequest(**_values(m.LeaveGroupRequest, entity))


def _offset_fetch(entity: Any) -> m.OffsetFetchRequest:
    if entity.__version__ >= 8:
        return m.OffsetFetchRequest(**_values(m.OffsetFetchRequest, entity))
    group = m.OffsetFetchGroup(**_values(m.OffsetFetchGroup, entity, "require_stable"))
    return m.OffsetFetchRequest([group], getattr(entity, "require_stable", False))


def _offset_fetched(entity: Any) -> m.OffsetFetchResponse:
    if entity.__version__ >= 8:
        return m.OffsetFetchResponse(**_values(m.OffsetFetchResponse, entity))
    group = m.FetchedOffsets("", **_values(m.FetchedOffsets, entity, "throttle_time"))
    return m.OffsetFetchResponse([group], _scalar(getattr(entity, "throttle_time", 0), int, False))


SPECIAL: dict[str, Any] = {
    "CreatePartitionsAssignment": lambda entity: list(entity.broker_ids),
    "DeleteTopicsRequest": _delete_topics,
    "FindCoordinatorRequest": _find,
    "FindCoordinatorResponse": _found,
    "JoinGroupRequest": _join,
    "LeaveGroupRequest": _leave,
    "MetadataRequest": _metadata,
    "MetadataResponse": _metadata_response,
    "OffsetFetchRequest": _offset_fetch,
    "OffsetFetchResponse": _offset_fetched,
}


# --- messages of kio's, at random -------------------------------------------------------------------


def _half(bits: int) -> st.SearchStrategy[int]:
    return st.integers(-(1 << bits - 1), (1 << bits - 1) - 1)


_KAFKA_TYPES: dict[str, st.SearchStrategy[Any]] = {
    "bool": st.booleans(),
    "bytes": st.binary(max_size=20),
    "datetime_i64": DATES_MS.map(lambda ms: None if ms < 0 else EPOCH + timedelta(milliseconds=ms)),
    "error_code": st.sampled_from(ErrorCode),
    "int8": _half(8),
    "int16": _half(16),
    "int32": _half(32),
    "int64": _half(64),
    "records": st.binary(max_size=100),
    "string": NAMES,
    "timedelta_i32": MILLISECONDS.map(lambda ms: timedelta(milliseconds=ms)),
    "timedelta_i64": MILLISECONDS.map(lambda ms: timedelta(milliseconds=ms)),
    "uuid": st.none() | st.binary(min_size=16, max_size=16).filter(any).map(lambda raw: UUID(bytes=raw)),
}


def entities(schema: type[Any]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(schema)
    return st.builds(
        schema,
        **{field.name: _of(hints[field.name], field.metadata.get("kafka_type")) for field in fields(schema)},
    )


def _of(hint: Any, kafka_type: str | None) -> st.SearchStrategy[Any]:
    if get_origin(hint) in (Union, UnionType):
        inner = next(choice for choice in get_args(hint) if choice is not type(None))
        plain = _of(inner, kafka_type)
        return plain if kafka_type in ("datetime_i64", "uuid") else st.none() | plain
    if get_origin(hint) is tuple:
        return st.lists(_of(get_args(hint)[0], kafka_type), max_size=3).map(tuple)
    return entities(hint) if kafka_type is None else _KAFKA_TYPES[kafka_type]
