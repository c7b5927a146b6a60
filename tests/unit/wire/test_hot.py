"""The hand-made code for Produce and Fetch says byte for byte what the tables say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.wire import hot, versions
from engine.wire import messages as m
from engine.wire.codec import decode_header, decode_request, encode_request, encode_response
from engine.wire.hot import names
from engine.wire.primitives import Reader, Writer
from engine.wire.schemas import APIS
from tests.unit.wire.strategies import requests, responses

PRODUCE = pytest.mark.parametrize("version", range(11))
FETCH = pytest.mark.parametrize("version", range(4, 13))
SOME = settings(max_examples=20, deadline=None)


def by_the_table(key: int, version: int, response: Any) -> bytes:
    """The body of the answer as its table has it."""
    writer = Writer(version, version >= versions.FLEXIBLE[key])
    APIS[key].response.write(writer, response)
    return bytes(writer.out)


def read_by_the_table(key: int, version: int, frame: bytes, at: int) -> Any:
    reader = Reader(frame, at, version, version >= versions.FLEXIBLE[key])
    request = APIS[key].request.read(reader)
    assert reader.position == len(frame)
    return request


def body(chunks: list[Any], flexible: bool) -> bytes:
    data = b"".join(chunks)
    assert data[:4] == (len(data) - 4).to_bytes(4, "big") and data[4:8] == b"\0\0\0\x4d"
    if flexible:
        assert data[8] == 0
    return data[9 if flexible else 8 :]


@PRODUCE
@SOME
@given(data=st.data())
def test_a_produce_request_is_read_as_by_the_table(version: int, data: st.DataObject) -> None:
    request = data.draw(requests(versions.PRODUCE, version))
    frame = encode_request(versions.PRODUCE, version, 1, "c", request)
    at = decode_header(frame).body_offset
    assert hot.decode_produce(version, frame, at) == read_by_the_table(0, version, frame, at) == request


@pytest.mark.parametrize("version", range(5, 11))
@SOME
@given(data=st.data())
def test_a_produce_response_is_written_as_by_the_table(version: int, data: st.DataObject) -> None:
    response = data.draw(responses(versions.PRODUCE, version))
    written = body([hot.encode_produced(version, 77, response)], version >= 9)
    assert written == by_the_table(versions.PRODUCE, version, response)


@FETCH
@SOME
@given(data=st.data())
def test_a_fetch_request_is_read_as_by_the_table(version: int, data: st.DataObject) -> None:
    request = data.draw(requests(versions.FETCH, version))
    frame = encode_request(versions.FETCH, version, 1, "c", request)
    at = decode_header(frame).body_offset
    assert hot.decode_fetch(version, frame, at) == read_by_the_table(1, version, frame, at) == request


@FETCH
@SOME
@given(data=st.data())
def test_a_fetch_response_is_written_as_by_the_table(version: int, data: st.DataObject) -> None:
    response = data.draw(responses(versions.FETCH, version))
    written = body(hot.encode_fetched(version, 77, response), version >= 12)
    assert written == by_the_table(versions.FETCH, version, response)


@pytest.mark.parametrize("size", [0, 1, 126, 127, 128, 129, 16_382, 16_383, 16_384])
@pytest.mark.parametrize("version", [8, 9])
def test_lengths_at_the_edge_of_a_varint_byte_are_right(version: int, size: int) -> None:
    parts = [m.ProducePart("t" * max(1, size % 32_000), partition, bytes(size)) for partition in range(130)]
    request = m.ProduceRequest(-1, 1, parts, "i" * size)
    frame = encode_request(versions.PRODUCE, version, 1, "c", request)
    assert decode_request(decode_header(frame), frame) == request
    produced = m.ProduceResponse([m.ProducedPart(part.topic, part.partition) for part in parts])
    (answer,) = encode_response(versions.PRODUCE, version, 77, produced)
    assert body([answer], version >= 9) == by_the_table(versions.PRODUCE, version, produced)


def test_many_topics_of_a_fetch_are_read() -> None:
    parts = [m.FetchPart(f"topic-{number}", number, 5) for number in range(200)]
    request = m.FetchRequest(1, 1, parts, forgotten=[(f"topic-{number}", number) for number in range(200)])
    for version in range(7, 13):
        frame = encode_request(versions.FETCH, version, 1, "c", request)
        assert decode_request(decode_header(frame), frame) == request


@pytest.mark.parametrize("version", [7, 9])
def test_produced_records_are_views_of_the_frame(version: int) -> None:
    frame = encode_request(0, version, 1, "c", m.ProduceRequest(-1, 1, [m.ProducePart("t", 0, b"records")]))
    (part,) = decode_request(decode_header(frame), frame).parts
    assert isinstance(part.records, memoryview) and part.records.obj is frame


class Batch:
    header, records = b"head", memoryview(b"records")

    def chunks(self) -> tuple[bytes, memoryview]:
        return self.header, self.records


@FETCH
def test_fetched_records_are_handed_on_as_they_are(version: int) -> None:
    sealed = memoryview(b"sealed")
    parts = [m.FetchedPart("t", 0, records=[Batch(), sealed]), m.FetchedPart("t", 1), m.FetchedPart("u", 0)]
    chunks = hot.encode_fetched(version, 77, m.FetchResponse([*parts, m.FetchedPart("u", 1, records=[sealed])]))
    kept = [chunk for chunk in chunks if chunk is Batch.header or chunk is Batch.records or chunk is sealed]
    assert kept == [b"head", b"records", b"sealed", b"sealed"]
    joined = m.FetchResponse([*parts, m.FetchedPart("u", 1, records=[b"sealed"])])
    assert body(chunks, version >= 12) == by_the_table(1, version, joined)


def test_names_remembered_are_bounded() -> None:
    for number in range(names.NAMES_MAX + 5):
        topic = f"bounded-{number}"
        frame = encode_request(0, 9, 1, "c", m.ProduceRequest(-1, 1, [m.ProducePart(topic, 0, b"")]))
        assert decode_request(decode_header(frame), frame).parts[0].topic == topic
        for version in (7, 9):
            hot.encode_produced(version, 1, m.ProduceResponse([m.ProducedPart(topic, 0)]))
    for known in (names.names, names.plain_names, names.compact_names):
        assert len(known) <= names.NAMES_MAX
