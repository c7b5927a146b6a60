"""Fetch by hand: the request is read, the response written. See engine/wire/hot/__init__.py."""

from __future__ import annotations

from struct import Struct, error
from typing import Any

from engine.wire.errors import MalformedRequest
from engine.wire.hot.names import by_topic, names, new_name, null, start_of_topic
from engine.wire.messages import FetchedPart, FetchPart, FetchRequest, FetchResponse
from engine.wire.primitives import chunks_of, read_uvarint, skip_tags, uvarint
from engine.wire.versions import FETCH, FLEXIBLE

FETCH_COMPACT = FLEXIBLE[FETCH]

_INT16, _INT32, _INT64_PAIR = Struct(">h"), Struct(">i"), Struct(">qq")

# --- request ------------------------------------------------------------------------------------------

_HEAD = Struct(">iiiib")  # replica, wait, least and most bytes, isolation
_SESSION = Struct(">ii")
_PART_4, _PART_5, _PART_9, _PART_12 = Struct(">iqi"), Struct(">iqqi"), Struct(">iiqqi"), Struct(">iiqiqi")


def decode_fetch(version: int, frame: bytes, at: int) -> FetchRequest:
    """The Fetch request in ``frame``, its body starting ``at``."""
    try:
        replica, max_wait_ms, min_bytes, max_bytes, isolation = _HEAD.unpack_from(frame, at)
        request = FetchRequest(max_wait_ms, min_bytes, [], replica, -1, max_bytes, isolation)
        at += _HEAD.size
        if version >= 7:
            request.session_id, request.session_epoch = _SESSION.unpack_from(frame, at)
            at += _SESSION.size
        if version >= FETCH_COMPACT:
            _decode_compact(request, frame, at)
        else:
            _decode_plain(request, version, frame, at)
    except (error, IndexError):
        raise MalformedRequest("a Fetch request that is cut off") from None
    return request


def _decode_compact(request: FetchRequest, frame: bytes, at: int) -> None:
    parts, unpack, size = request.parts, _PART_12.unpack_from, _PART_12.size
    topics, at = _count_compact(frame, at)
    for _ in range(topics):
        topic, at = _string_compact(frame, at)
        partitions, at = _count_compact(frame, at)
        for _ in range(partitions):
            partition, leader_epoch, offset, last_epoch, log_start, max_bytes = unpack(frame, at)
            parts.append(FetchPart(topic, partition, offset, max_bytes, leader_epoch, last_epoch, log_start))
            at += size
            at = at + 1 if frame[at] == 0 else skip_tags(frame, at)
        at = at + 1 if frame[at] == 0 else skip_tags(frame, at)
    topics, at = _count_compact(frame, at)
    for _ in range(topics):
        topic, at = _string_compact(frame, at)
        partitions, at = _count_compact(frame, at)
        if partitions * 4 > len(frame) - at:
            raise MalformedRequest("forgotten partitions that are cut off")
        request.forgotten += [(topic, partition) for partition in _ints(partitions, frame, at)]
        at = skip_tags(frame, at + 4 * partitions)
    request.rack, at = _string_compact(frame, at)
    skip_tags(frame, at)


def _decode_plain(request: FetchRequest, version: int, frame: bytes, at: int) -> None:
    parts = request.parts
    leader_epoch = log_start = -1
    topics, at = _count_plain(frame, at)
    for _ in range(topics):
        topic, at = _string_plain(frame, at)
        partitions, at = _count_plain(frame, at)
        for _ in range(partitions):
            if version >= 9:
                partition, leader_epoch, offset, log_start, max_bytes = _PART_9.unpack_from(frame, at)
                at += _PART_9.size
            elif version >= 5:
                partition, offset, log_start, max_bytes = _PART_5.unpack_from(frame, at)
                at += _PART_5.size
            else:
                partition, offset, max_bytes = _PART_4.unpack_from(frame, at)
                at += _PART_4.size
            parts.append(FetchPart(topic, partition, offset, max_bytes, leader_epoch, -1, log_start))
    if version >= 7:
        topics, at = _count_plain(frame, at)
        for _ in range(topics):
            topic, at = _string_plain(frame, at)
            partitions, at = _count_plain(frame, at)
            if partitions * 4 > len(frame) - at:
                raise MalformedRequest("forgotten partitions that are cut off")
            request.forgotten += [(topic, partition) for partition in _ints(partitions, frame, at)]
            at += 4 * partitions
    if version >= 11:
        request.rack, at = _string_plain(frame, at)


def _count_compact(frame: bytes, at: int) -> tuple[int, int]:
    count = frame[at]
    at += 1
    if count >= 0x80:
        count, at = read_uvarint(frame, at - 1)
    if not count:
        raise null("an array")
    return count - 1, at


def _count_plain(frame: bytes, at: int) -> tuple[int, int]:
    count: int = _INT32.unpack_from(frame, at)[0]
    if count < 0:
        raise null("an array")
    return count, at + 4


def _string_compact(frame: bytes, at: int) -> tuple[str, int]:
    size, at = _count_compact(frame, at)
    raw = frame[at : at + size]
    return names.get(raw) or new_name(raw, size), at + size


def _string_plain(frame: bytes, at: int) -> tuple[str, int]:
    size: int = _INT16.unpack_from(frame, at)[0]
    if size < 0:
        raise null("a string")
    at += 2
    if size > len(frame) - at:
        raise MalformedRequest("a string that is cut off")
    raw = frame[at : at + size]
    return names.get(raw) or new_name(raw, size), at + size


def _ints(count: int, frame: bytes, at: int) -> tuple[int, ...]:
    return Struct(f">{count}i").unpack_from(frame, at)


# --- response -----------------------------------------------------------------------------------------

# Length, correlation, [tagged fields of the header,] throttle, [error, session,] and how many topics (if plain).
_ANSWER_4, _ANSWER_7, _ANSWER_12 = Struct(">iiii"), Struct(">iiihii"), Struct(">iiBihi")
# Partition, error, high watermark, last stable offset, [log start]: what goes before the aborted transactions.
_FETCHED_4, _FETCHED_5 = Struct(">ihqq"), Struct(">ihqqq")
# The same with what goes between there and the records, in the usual case that there are none aborted.
_WHOLE_4, _WHOLE_5 = Struct(">ihqqii"), Struct(">ihqqqii")
_WHOLE_11, _WHOLE_12 = Struct(">ihqqqiii"), Struct(">ihqqqBi")
_DIVERGING = Struct(">BBBiqB")  # one field, tag 0, 13 bytes: epoch, end offset, no tagged fields of its own


def encode_fetched(version: int, correlation: int, response: FetchResponse) -> list[bytes | memoryview]:
    """The Fetch response, its length first, as a scatter list: records are neither joined nor copied."""
    compact = version >= FETCH_COMPACT
    topics = by_topic(response.parts)
    chunks: list[bytes | memoryview] = []
    run = _answer(version, correlation, response, len(topics))
    first = run
    length = -4
    for topic, parts in topics:
        run += start_of_topic(topic, len(parts), compact)
        for part in parts:
            pieces, size = chunks_of(part.records)
            run += _before_records(version, part, size)
            if size:
                length += len(run) + size
                chunks.append(b"" if run is first else bytes(run))  # the first waits for the whole length
                chunks += pieces
                run = bytearray()
            if compact:
                run += b"\0" if part.diverging is None else _DIVERGING.pack(1, 0, 13, *part.diverging, 0)
        if compact:
            run += b"\0"
    if compact:
        run += b"\0"
    length += len(run)
    _INT32.pack_into(first, 0, length)
    if run is first:
        return [bytes(first)]
    chunks[0] = bytes(first)
    if run:
        chunks.append(bytes(run))
    return chunks


def _answer(version: int, correlation: int, response: FetchResponse, topics: int) -> bytearray:
    throttle_ms = response.throttle_ms
    if version >= FETCH_COMPACT:
        head = _ANSWER_12.pack(0, correlation, 0, throttle_ms, response.error, response.session_id)
        return bytearray(head + uvarint(topics + 1))
    if version >= 7:
        return bytearray(_ANSWER_7.pack(0, correlation, throttle_ms, response.error, response.session_id, topics))
    return bytearray(_ANSWER_4.pack(0, correlation, throttle_ms, topics))


def _before_records(version: int, part: FetchedPart, size: int) -> bytes:
    """A partition of the answer up to its records, the number of their bytes included."""
    if part.aborted is not None:
        return _with_aborted(version, part, part.aborted, size)
    if version >= FETCH_COMPACT:
        return _WHOLE_12.pack(
            part.partition,
            part.error,
            part.high_watermark,
            part.last_stable,
            part.log_start,
            0,
            part.preferred_replica,
        ) + uvarint(size + 1)
    if version >= 11:
        return _WHOLE_11.pack(
            part.partition,
            part.error,
            part.high_watermark,
            part.last_stable,
            part.log_start,
            -1,
            part.preferred_replica,
            size,
        )
    if version >= 5:
        return _WHOLE_5.pack(
            part.partition, part.error, part.high_watermark, part.last_stable, part.log_start, -1, size
        )
    return _WHOLE_4.pack(part.partition, part.error, part.high_watermark, part.last_stable, -1, size)


def _with_aborted(version: int, part: FetchedPart, aborted: list[tuple[int, int]], size: int) -> bytes:
    numbers: list[Any] = [part.partition, part.error, part.high_watermark, part.last_stable]
    out = _FETCHED_5.pack(*numbers, part.log_start) if version >= 5 else _FETCHED_4.pack(*numbers)
    compact = version >= FETCH_COMPACT
    out += uvarint(len(aborted) + 1) if compact else _INT32.pack(len(aborted))
    for transaction in aborted:
        out += _INT64_PAIR.pack(*transaction) + (b"\0" if compact else b"")
    if version >= 11:
        out += _INT32.pack(part.preferred_replica)
    return out + (uvarint(size + 1) if compact else _INT32.pack(size))
