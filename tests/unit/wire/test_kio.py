"""The codec against kio, whose messages are generated from Kafka's own descriptions.

Both ways: kio reads what we write and finds the same values under Kafka's names; we read what kio
writes, including all that our messages have no room for, and find the same.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.wire.codec import decode_header, decode_request, decode_response, encode_request, encode_response
from engine.wire.schemas import APIS
from engine.wire.versions import FLEXIBLE, SUPPORTED
from tests.unit.wire import kio_oracle as kio
from tests.unit.wire.strategies import every_version, requests, responses

KNOWN = [(key, version) for key, version in every_version() if (key, version) not in ((0, 0), (0, 1), (0, 2))]
# Of each API the oldest version, the newest, and where its bytes become others: tagged fields, short lengths.
TURNS = {(key, version) for key, both in SUPPORTED.items() for version in (*both, FLEXIBLE[key])}
EVERY = pytest.mark.parametrize(
    ("key", "version"), [one if one in TURNS else pytest.param(*one, marks=pytest.mark.full) for one in KNOWN]
)
FEW = settings(max_examples=4, deadline=None)


@EVERY
@FEW
@given(data=st.data())
def test_kio_reads_our_requests(key: int, version: int, data: st.DataObject) -> None:
    request = data.draw(requests(key, version))
    schema = kio.request_schema(key, version)
    frame = encode_request(key, version, 77, "a client", request)
    header = kio_header(schema, frame)
    assert (header.request_api_key, header.request_api_version, header.correlation_id) == (key, version, 77)
    assert header.client_id == "a client"
    entity = kio.decode(schema, frame, decode_header(frame).body_offset)
    assert kio.ours(type(request), entity) == request


@EVERY
@FEW
@given(data=st.data())
def test_kio_reads_our_responses(key: int, version: int, data: st.DataObject) -> None:
    response = data.draw(responses(key, version))
    schema = kio.response_schema(key, version)
    answer = b"".join(encode_response(key, version, 77, response))[4:]
    header = kio.encode(schema.__header_schema__, schema.__header_schema__(correlation_id=77))
    assert answer.startswith(header)
    entity = kio.decode(schema, answer, len(header))
    assert kio.ours(type(response), entity) == response


@EVERY
@FEW
@given(data=st.data())
def test_we_read_kios_requests(key: int, version: int, data: st.DataObject) -> None:
    schema = kio.request_schema(key, version)
    entity = data.draw(kio.entities(schema))
    head = schema.__header_schema__(
        request_api_key=key, request_api_version=version, correlation_id=-1, **client_id(schema, "été")
    )
    frame = kio.encode(schema.__header_schema__, head) + kio.encode(schema, entity)
    header = decode_header(frame)
    assert (header.api_key, header.api_version, header.correlation, header.client_id) == (key, version, -1, "été")
    assert decode_request(header, frame) == kio.ours(APIS[key].request.cls, entity)


@EVERY
@FEW
@given(data=st.data())
def test_we_read_kios_responses(key: int, version: int, data: st.DataObject) -> None:
    schema = kio.response_schema(key, version)
    entity = data.draw(kio.entities(schema))
    header = kio.encode(schema.__header_schema__, schema.__header_schema__(correlation_id=77))
    response = decode_response(key, version, header + kio.encode(schema, entity))
    assert response == kio.ours(APIS[key].response.cls, entity)


def kio_header(schema: type[Any], frame: bytes) -> Any:
    header_schema = schema.__header_schema__
    return kio.decode(header_schema, frame[: decode_header(frame).body_offset], 0)


def client_id(schema: type[Any], name: str) -> dict[str, str]:
    return {"client_id": name}
