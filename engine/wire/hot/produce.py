"""Produce by hand: the request is read, the response written. See engine/wire/hot/__init__.py."""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct, error

from engine.wire.errors import MalformedRequest
from engine.wire.hot.names import (
    by_topic,
    compact_name,
    names,
    new_name,
    null,
    plain_name,
    remember,
    start_of_topic,
)
from engine.wire.messages import ProducedPart, ProducePart, ProduceRequest, ProduceResponse
from engine.wire.primitives import read_uvarint, skip_tags, uvarint
from engine.wire.versions import FLEXIBLE, PRODUCE, SUPPORTED

PRODUCE_COMPACT = FLEXIBLE[PRODUCE]

_INT16, _INT32 = Struct(">h"), Struct(">i")
_LENGTH_CORRELATION = Struct(">ii")

# --- Produce request ----------------------------------------------------------------------------------

_ACKS_TIMEOUT, _ACKS_TIMEOUT_COUNT = Struct(">hi"), Struct(">hii")
_PARTITION_SIZE = Struct(">ii")


def decode_produce(version: int, frame: bytes, at: int) -> ProduceRequest:
    """The Produce request in ``frame``, its body starting ``at``."""
    try:
        if version >= PRODUCE_COMPACT:
            return _decode_produce_compact(frame, at)
        return _decode_produce_plain(version, frame, at)
    except (error, IndexError):
        raise MalformedRequest("a Produce request that is cut off") from None


def _decode_produce_compact(frame: bytes, at: int) -> ProduceRequest:
    view, end = memoryview(frame), len(frame)
    transactional_id, at = _transactional_id(frame, at) if frame[at] else (None, at + 1)
    acks, timeout_ms = _ACKS_TIMEOUT.unpack_from(frame, at)
    topics, at = frame[at + 6], at + 7
    if topics >= 0x80:
        topics, at = read_uvarint(frame, at - 1)
    if not topics:
        raise null("topics")
    parts = []
    for _ in range(topics - 1):
        size = frame[at]
        at += 1
        if size >= 0x80:
            size, at = read_uvarint(frame, at - 1)
        if not size:
            raise null("name of a topic")
        raw = frame[at : at + size - 1]
        topic = names.get(raw) or new_name(raw, size - 1)
        at += size - 1
        partitions = frame[at]
        at += 1
        if partitions >= 0x80:
            partitions, at = read_uvarint(frame, at - 1)
        if not partitions:
            raise null("partitions")
        for _ in range(partitions - 1):
            partition = _INT32.unpack_from(frame, at)[0]
            size = frame[at + 4]
            at += 5
            if size >= 0x80:
                size, at = read_uvarint(frame, at - 1)
            stop = at + size - 1 if size else at
            if stop > end:
                raise MalformedRequest("records that are cut off")
            parts.append(ProducePart(topic, partition, view[at:stop]))
            at = stop + 1 if frame[stop] == 0 else skip_tags(frame, stop)
        at = at + 1 if frame[at] == 0 else skip_tags(frame, at)
    if frame[at]:
        skip_tags(frame, at)
    return ProduceRequest(acks, timeout_ms, parts, transactional_id)


def _transactional_id(frame: bytes, at: int) -> tuple[str | None, int]:
    size, at = read_uvarint(frame, at)
    return (new_name(frame[at : at + size - 1], size - 1), at + size - 1) if size else (None, at)


def _decode_produce_plain(version: int, frame: bytes, at: int) -> ProduceRequest:
    view, end = memoryview(frame), len(frame)
    transactional_id = None
    if version >= 3:
        size = _INT16.unpack_from(frame, at)[0]
        at += 2
        if size >= 0:
            transactional_id = new_name(frame[at : at + size], size)
            at += size
        elif size < -1:
            raise null("transactional id")
    acks, timeout_ms, topics = _ACKS_TIMEOUT_COUNT.unpack_from(frame, at)
    at += 10
    if topics < 0:
        raise null("topics")
    parts = []
    for _ in range(topics):
        size = _INT16.unpack_from(frame, at)[0]
        if size < 0:
            raise null("name of a topic")
        at += 2
        raw = frame[at : at + size]
        topic = names.get(raw) or new_name(raw, size)
        partitions = _INT32.unpack_from(frame, at + size)[0]
        if partitions < 0:
            raise null("partitions")
        at += size + 4
        for _ in range(partitions):
            partition, size = _PARTITION_SIZE.unpack_from(frame, at)
            at += 8
            stop = at + size if size != -1 else at
            if not at <= stop <= end:
                raise MalformedRequest("records that are cut off")
            parts.append(ProducePart(topic, partition, view[at:stop]))
            at = stop
    return ProduceRequest(acks, timeout_ms, parts, transactional_id)


# --- Produce response ---------------------------------------------------------------------------------

# Runs of constants in between. After a partition's numbers: no errors of single records, no message.
_PRODUCED_SUFFIX = {
    version: b"\1\0\0" if version >= PRODUCE_COMPACT else b"\0\0\0\0\xff\xff" if version >= 8 else b""
    for version in range(5, SUPPORTED[PRODUCE][1] + 1)
}
_PRODUCED = Struct(">ihqqq")
_produced: dict[tuple[int, str], tuple[Callable[..., bytes], int, bytes, bytes, bytes]] = {}


def encode_produced(version: int, correlation: int, response: ProduceResponse) -> bytes:
    """The Produce response, its length first, in a version from 5 on."""
    parts = response.parts
    if len(parts) == 1:
        part = parts[0]
        if part.message is None:
            shape = _produced.get((version, part.topic)) or _shape_of_one(version, part.topic)
            pack, size, prefix, suffix, tail = shape
            return pack(
                size,
                correlation,
                prefix,
                part.partition,
                part.error,
                part.base_offset,
                part.append_time_ms,
                part.log_start,
                suffix,
                response.throttle_ms,
                tail,
            )
    return _encode_produced_many(version, correlation, response)


def _shape_of_one(version: int, topic: str) -> tuple[Callable[..., bytes], int, bytes, bytes, bytes]:
    """How the answer about one partition of ``topic`` is packed, and the constants in it: remembered."""
    suffix = _PRODUCED_SUFFIX[version]
    if version >= PRODUCE_COMPACT:
        prefix, tail = b"\0\2" + compact_name(topic) + b"\2", b"\0"
        suffix += b"\0"  # the topic's tagged fields
    else:
        prefix, tail = b"\0\0\0\1" + plain_name(topic) + b"\0\0\0\1", b""
    form = Struct(f">ii{len(prefix)}sihqqq{len(suffix)}si{len(tail)}s")
    shape = form.pack, form.size - 4, prefix, suffix, tail
    remember(_produced, (version, topic), shape)
    return shape


def _encode_produced_many(version: int, correlation: int, response: ProduceResponse) -> bytes:
    compact = version >= PRODUCE_COMPACT
    topics = by_topic(response.parts)
    out = bytearray(8)
    if compact:
        out += b"\0" + uvarint(len(topics) + 1)
    else:
        out += _INT32.pack(len(topics))
    suffix, end_of_topic = _PRODUCED_SUFFIX[version], b"\0" if compact else b""
    for topic, parts in topics:
        out += start_of_topic(topic, len(parts), compact)
        for part in parts:
            out += _PRODUCED.pack(part.partition, part.error, part.base_offset, part.append_time_ms, part.log_start)
            out += suffix if part.message is None else _suffix_with_message(version, part)
        out += end_of_topic
    out += _INT32.pack(response.throttle_ms) + end_of_topic
    _LENGTH_CORRELATION.pack_into(out, 0, len(out) - 4, correlation)
    return bytes(out)


def _suffix_with_message(version: int, part: ProducedPart) -> bytes:
    raw = (part.message or "").encode()
    if version >= PRODUCE_COMPACT:
        return b"\1" + uvarint(len(raw) + 1) + raw + b"\0"
    return b"\0\0\0\0" + _INT16.pack(len(raw)) + raw if version >= 8 else b""
