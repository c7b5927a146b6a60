"""A producer's next request, compared with its last, is read as by the rules, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.wire import versions
from engine.wire.codec import decode_header, decode_request, encode_request
from engine.wire.hot import Pattern, pattern_of
from engine.wire.messages import ProducePart, ProduceRequest
from tests.unit.wire.strategies import requests

VERSIONS = pytest.mark.parametrize("version", range(11))


def frame_of(version: int, request: ProduceRequest, correlation: int = 1, client: str | None = "c") -> bytes:
    return encode_request(versions.PRODUCE, version, correlation, client, request)


def learned(version: int, frame: bytes) -> Pattern | None:
    header = decode_header(frame)
    return pattern_of(version, header.client_id, frame, header.body_offset, decode_request(header, frame))


def one(records: bytes = b"records", partition: int = 0, topic: str = "pedidos") -> ProduceRequest:
    return ProduceRequest(-1, 30_000, [ProducePart(topic, partition, records)])


@VERSIONS
@pytest.mark.parametrize("records", [b"", b"r", b"r" * 126, b"r" * 127, b"r" * 128, b"r" * 20_000])
def test_the_next_one_is_read_by_the_pattern_of_the_first(version: int, records: bytes) -> None:
    pattern = learned(version, frame_of(version, one()))
    assert pattern is not None
    again = one(records, partition=7)
    assert pattern.read(frame_of(version, again, correlation=99)) == (99, again)


@VERSIONS
def test_another_topic_client_or_setting_does_not_match(version: int) -> None:
    pattern = learned(version, frame_of(version, one()))
    assert pattern is not None
    others = [
        frame_of(version, one(topic="pedidoz")),
        frame_of(version, one(topic="pedidos2")),
        frame_of(version, one(), client="d"),
        frame_of(version, one(), client=None),
        frame_of(version, ProduceRequest(1, 30_000, one().parts)),
        frame_of(version, ProduceRequest(-1, 30_001, one().parts)),
        frame_of(version, ProduceRequest(-1, 30_000, one().parts * 2)),
    ]
    assert [pattern.read(other) for other in others] == [None] * len(others)


def test_another_version_does_not_match() -> None:
    pattern = learned(7, frame_of(7, one()))
    assert pattern is not None and pattern.read(frame_of(8, one())) is None


@VERSIONS
def test_requests_for_several_partitions_have_no_pattern(version: int) -> None:
    assert learned(version, frame_of(version, ProduceRequest(-1, 1, one().parts * 2))) is None
    assert learned(version, frame_of(version, ProduceRequest(-1, 1, []))) is None


@VERSIONS
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_whatever_it_reads_the_rules_read_too(version: int, data: st.DataObject) -> None:
    first, second = (data.draw(requests(versions.PRODUCE, version)) for _ in "ab")
    second.acks, second.timeout_ms, second.transactional_id = first.acks, first.timeout_ms, first.transactional_id
    pattern = learned(version, frame_of(version, first))
    frame = bytearray(frame_of(version, data.draw(st.sampled_from([first, second])), correlation=5))
    for _ in range(data.draw(st.integers(0, 2))):  # damaged
        frame[data.draw(st.integers(10, len(frame) - 1))] = data.draw(st.integers(0, 255))
    frame = frame[: data.draw(st.sampled_from([len(frame), len(frame), len(frame) - 1, len(frame) - 3]))]
    read = pattern.read(bytes(frame)) if pattern is not None else None
    if read is not None:
        assert read == (5, decode_request(decode_header(bytes(frame)), bytes(frame)))
