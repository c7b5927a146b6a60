"""Kafka's bytes <-> the dataclasses of engine/wire/messages/, version by version.

    header = decode_header(frame)                 # a frame: one request without its 4 bytes of length
    request = decode_request(header, frame)
    chunks = encode_response(header.api_key, header.api_version, header.correlation, response)

Bad bytes raise ``MalformedRequest`` and nothing else; a key or version we do not speak raises
``UnsupportedVersion``, for which ``refusal`` knows the answer. Both end the connection otherwise.

The other direction (``encode_request``, ``decode_response``) is what clients do: our tests, and
``round_trip``, by which a simulation proves that its messages would survive the wire.

Produce and Fetch are hand-coded in engine/wire/hot/, everything else goes by the tables in
engine/wire/schemas/.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from struct import Struct, error
from typing import Any

from engine.wire import errors
from engine.wire.errors import MalformedRequest, UnsupportedVersion
from engine.wire.hot import decode_fetch, decode_produce, encode_fetched, encode_produced
from engine.wire.messages import ApiVersionsResponse, FetchedPart, ProducePart
from engine.wire.primitives import INT16, INT32, Reader, Writer, chunks_of, skip_tags
from engine.wire.schema import Record
from engine.wire.schemas import APIS
from engine.wire.versions import API_VERSIONS, FETCH, FLEXIBLE, PRODUCE, SUPPORTED

__all__ = [
    "SUPPORTED",
    "Header",
    "MalformedRequest",
    "UnsupportedVersion",
    "api_key_of",
    "decode_header",
    "decode_request",
    "decode_response",
    "encode_request",
    "encode_response",
    "refusal",
    "round_trip",
]

_HEADER = Struct(">hhih")  # API key, version, correlation, length of the client id
_ANSWER = Struct(">ii")  # length of what follows, correlation
_CLIENTS_MAX = 1_000

_clients: dict[bytes, str] = {}  # client ids seen: nothing that could not be decoded anew


@dataclass(slots=True)
class Header:
    """Header of a request. client_id: "" if the client gave none. body_offset: where the body starts."""

    api_key: int
    api_version: int
    correlation: int
    client_id: str
    body_offset: int


def decode_header(frame: bytes) -> Header:
    """Read the header (v1, or v2 of a flexible version) and check that we speak what follows."""
    try:
        key, version, correlation, size = _HEADER.unpack_from(frame)
    except error:
        raise MalformedRequest(f"a request of {len(frame)} bytes") from None
    spoken = SUPPORTED.get(key)
    if spoken is None or not spoken[0] <= version <= spoken[1]:
        raise UnsupportedVersion(key, version, correlation)
    position = 10
    client = ""
    if size > 0:
        position = 10 + size
        if position > len(frame):
            raise MalformedRequest("a client id that is cut off")
        raw = frame[10:position]
        client = _clients.get(raw) or _client(raw)
    elif size < -1:
        raise MalformedRequest(f"a client id of {size} bytes")
    if version >= FLEXIBLE[key]:
        if position < len(frame) and frame[position] == 0:
            position += 1
        else:
            position = skip_tags(frame, position)
    return Header(key, version, correlation, client, position)


def _client(raw: bytes) -> str:
    """A client id not seen yet. One that is no UTF-8 is still a client's name."""
    if len(_clients) >= _CLIENTS_MAX:
        _clients.clear()
    client = _clients[raw] = raw.decode(errors="replace")
    return client


def decode_request(header: Header, frame: bytes) -> Any:
    """The body of the request in ``frame``. Records of a Produce request are views of ``frame``."""
    key, version = header.api_key, header.api_version
    if key == PRODUCE:
        return decode_produce(version, frame, header.body_offset)
    if key == FETCH:
        return decode_fetch(version, frame, header.body_offset)
    return _read(APIS[key].request, key, version, frame, header.body_offset)


def encode_response(api_key: int, api_version: int, correlation: int, response: Any) -> list[bytes | memoryview]:
    """The answer in pieces, its 4 bytes of length first. Records of a Fetch response are not copied."""
    if api_key == FETCH:
        return encode_fetched(api_version, correlation, response)
    if api_key == PRODUCE and api_version >= 5:
        return [encode_produced(api_version, correlation, response)]
    return [_answer(api_key, api_version, correlation, response)]


def refusal(unsupported: UnsupportedVersion) -> list[bytes | memoryview] | None:
    """What is written for a request we do not speak; None: nothing, the connection is closed.

    Only ApiVersions is answered, in version 0 and with its own range, so that the client may ask again (KIP-511).
    """
    if unsupported.api_key != API_VERSIONS:
        return None
    body = ApiVersionsResponse(errors.UNSUPPORTED_VERSION, [(API_VERSIONS, *SUPPORTED[API_VERSIONS])])
    return encode_response(API_VERSIONS, 0, unsupported.correlation, body)


# --- the other direction ----------------------------------------------------------------------------


def encode_request(api_key: int, api_version: int, correlation: int, client_id: str | None, request: Any) -> bytes:
    """A frame: the request with its header, without the 4 bytes of length."""
    flexible = api_version >= FLEXIBLE[api_key]
    head = Writer(api_version, False)  # the client id is never a compact string
    for form, value in ((INT16, api_key), (INT16, api_version), (INT32, correlation)):
        head.number(form, value)
    head.string(client_id)
    writer = Writer(api_version, flexible)
    writer.out = head.out
    writer.tags()
    APIS[api_key].request.write(writer, request)
    return bytes(writer.out)


def decode_response(api_key: int, api_version: int, data: bytes) -> Any:
    """The body of the answer in ``data``: from the correlation on, without the 4 bytes of length."""
    position = 4
    if _has_flexible_header(api_key, api_version):
        position = skip_tags(data, position)
    return _read(APIS[api_key].response, api_key, api_version, data, position)


def api_key_of(kind: type[Any]) -> int:
    """The API key of a request's or response's dataclass; KeyError if it is no message of Kafka's."""
    return _KEYS[kind]


def round_trip(message: Any) -> Any:
    """``message`` (a request or response) through bytes in the highest version we speak: an equal one.

    For simulations, which hand each other dataclasses: a message that would not survive the wire
    does not survive this either. Two things are taken over as they are: attributes which even the
    highest version does not carry (a reason to join, say), and records, which inside the World are
    lists of batches (that their bytes came through whole is checked). Anything that is no message of
    Kafka's comes back untouched.
    """
    key = _KEYS.get(type(message))
    if key is None:
        return message
    version = SUPPORTED[key][1]
    asks = type(message) is APIS[key].request.cls
    if asks:
        frame = encode_request(key, version, 0, "", message)
        copy = decode_request(decode_header(frame), frame)
    else:
        copy = decode_response(key, version, b"".join(encode_response(key, version, 0, message))[4:])
    record = APIS[key].request if asks else APIS[key].response
    carried = {field.name for field in record.carried(version)} | {"topic_ids"}  # these travel within another
    for field in fields(message):
        if field.name not in carried:
            setattr(copy, field.name, getattr(message, field.name))
    if key in (PRODUCE, FETCH):
        _take_over_records(message, copy)
    return copy


def _take_over_records(message: Any, copy: Any) -> None:
    for was, came in zip(message.parts, copy.parts, strict=True):
        if isinstance(was, ProducePart | FetchedPart):
            sent, received = (b"".join(chunks_of(part.records)[0]) for part in (was, came))
            if sent != received:
                raise AssertionError(f"records of {was.topic}-{was.partition} changed on the wire")
            came.records = was.records


# --- by the tables ----------------------------------------------------------------------------------


def _read(record: Record, key: int, version: int, data: bytes, position: int) -> Any:
    try:
        return record.read(Reader(data, position, version, version >= FLEXIBLE[key]))
    except error:
        raise MalformedRequest("a message that is cut off") from None


def _answer(key: int, version: int, correlation: int, response: Any) -> bytes:
    writer = Writer(version, version >= FLEXIBLE[key])
    writer.out += bytes(_ANSWER.size)
    if _has_flexible_header(key, version):
        writer.tags()
    APIS[key].response.write(writer, response)
    _ANSWER.pack_into(writer.out, 0, len(writer.out) - 4, correlation)
    return bytes(writer.out)


def _has_flexible_header(key: int, version: int) -> bool:
    """ApiVersions' answer never has: who asks does not know yet what we speak (KIP-511)."""
    return version >= FLEXIBLE[key] and key != API_VERSIONS


_KEYS: dict[type[Any], int] = {record.cls: key for key, api in APIS.items() for record in (api.request, api.response)}
