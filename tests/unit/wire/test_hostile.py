"""Whatever bytes come, decoding them raises ``MalformedRequest`` or ``UnsupportedVersion`` and nothing else."""

from __future__ import annotations

import tracemalloc
from contextlib import suppress
from struct import error
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.wire import messages as m
from engine.wire.codec import (
    SUPPORTED,
    MalformedRequest,
    UnsupportedVersion,
    decode_header,
    decode_request,
    decode_response,
    encode_request,
    encode_response,
)
from engine.wire.primitives import Reader
from engine.wire.schemas import APIS
from engine.wire.versions import FLEXIBLE
from tests.unit.wire.strategies import every_version, requests, responses

EVERY = pytest.mark.parametrize("key", SUPPORTED)
SPITEFUL = [b"", b"\xff", b"\x00", b"\x80", b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff", b"\xff\xff\xff\xff\x0f"]
SPITEFUL += [b"\x80\x00", b"\xff\xff\xff\xff\xff\xff", b"\x80\x00\x00\x00", b"\xff\xfe", b"\xc0\x80"]


@st.composite
def damaged(draw: st.DrawFn, data: bytes, start: int) -> bytes:
    """``data`` with a few bytes from ``start`` on cut off, replaced, taken out or put in."""
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(start, max(start, len(data) - 1)))
        until = at + draw(st.integers(0, 5))
        put = draw(st.sampled_from(SPITEFUL) | st.binary(max_size=5))
        data = data[:at] if draw(st.integers(0, 3)) == 0 else data[:at] + put + data[until:]
    return data


def decode(frame: bytes) -> Any:
    return decode_request(decode_header(frame), frame)


@EVERY
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_damaged_request_is_malformed_or_another_request(key: int, data: st.DataObject) -> None:
    version = data.draw(st.integers(*SUPPORTED[key]))
    frame = encode_request(key, version, 1, "client", data.draw(requests(key, version)))
    with suppress(MalformedRequest, UnsupportedVersion):
        decode(data.draw(damaged(frame, 0)))


@EVERY
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_damaged_response_is_malformed_or_another_response(key: int, data: st.DataObject) -> None:
    version = data.draw(st.integers(*SUPPORTED[key]))
    answer = b"".join(encode_response(key, version, 1, data.draw(responses(key, version))))[4:]
    with suppress(MalformedRequest):
        decode_response(key, version, data.draw(damaged(answer, 4)))


@EVERY
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_bytes_at_random_are_malformed_or_a_request(key: int, data: st.DataObject) -> None:
    version = data.draw(st.integers(*SUPPORTED[key]))
    head = key.to_bytes(2, "big") + version.to_bytes(2, "big") + b"\0\0\0\1\0\0"
    junk = data.draw(st.lists(st.sampled_from(SPITEFUL) | st.binary(max_size=8), max_size=8).map(b"".join))
    with suppress(MalformedRequest):
        decode(head + (b"\0" if version >= FLEXIBLE[key] else b"") + junk)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=40))
def test_noise_is_no_request(frame: bytes) -> None:
    with suppress(MalformedRequest, UnsupportedVersion):
        decode(frame)


@pytest.mark.parametrize("key", [0, 1])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_of_damaged_frames_the_hand_made_code_and_the_tables_think_the_same(key: int, data: st.DataObject) -> None:
    agree_on_a_damaged_frame(key, data)


@pytest.mark.full
@pytest.mark.parametrize("key", [0, 1])
@settings(max_examples=10_000, deadline=None)
@given(data=st.data())
def test_of_many_damaged_frames_they_think_the_same(key: int, data: st.DataObject) -> None:
    agree_on_a_damaged_frame(key, data)


def agree_on_a_damaged_frame(key: int, data: st.DataObject) -> None:
    version = data.draw(st.integers(*SUPPORTED[key]))
    frame = encode_request(key, version, 1, "client", data.draw(requests(key, version)))
    start = decode_header(frame).body_offset
    frame = data.draw(damaged(frame, start))
    header = decode_header(frame)
    try:
        expected = APIS[key].request.read(Reader(frame, start, version, version >= FLEXIBLE[key]))
    except (MalformedRequest, error):
        with pytest.raises(MalformedRequest):
            decode_request(header, frame)
    else:
        assert decode_request(header, frame) == expected


@pytest.mark.parametrize(("key", "version"), list(every_version()))
def test_every_request_cut_off_anywhere_is_malformed(key: int, version: int) -> None:
    frame = encode_request(key, version, 1, "client", full_request(key))
    for size in range(len(frame)):
        with pytest.raises(MalformedRequest):
            decode(frame[:size])


def full_request(key: int) -> Any:
    """A request that has something in each of its lists."""
    return {
        0: m.ProduceRequest(1, 1, [m.ProducePart("t", 0, b"records")], "id"),
        1: m.FetchRequest(1, 1, [m.FetchPart("t", 0, 0)], forgotten=[("t", 1)], rack="r"),
        2: m.ListOffsetsRequest([m.ListOffsetsPart("t", 0, -1)]),
        3: m.MetadataRequest(["t"]),
        8: m.OffsetCommitRequest("g", 1, "m", [m.CommitPart("t", 0, 5)]),
        9: m.OffsetFetchRequest([m.OffsetFetchGroup("g", [("t", 0)])]),
        10: m.FindCoordinatorRequest(["g"]),
        11: m.JoinGroupRequest("g", 1, 1, "m", "consumer", [("range", b"topics")]),
        12: m.HeartbeatRequest("g", 1, "m"),
        13: m.LeaveGroupRequest("g", [m.Leaver("m")]),
        14: m.SyncGroupRequest("g", 1, "m", {"m": b"partitions"}),
        15: m.DescribeGroupsRequest(["g"]),
        16: m.ListGroupsRequest(["Stable"], ["classic"]),
        18: m.ApiVersionsRequest("name", "1"),
        19: m.CreateTopicsRequest([m.NewTopic("t", 1, 1, {0: [1]}, {"k": "v"})]),
        20: m.DeleteTopicsRequest(["t"]),
        21: m.DeleteRecordsRequest([m.DeleteRecordsPart("t", 0, 5)]),
        22: m.InitProducerIdRequest("id"),
        23: m.OffsetForLeaderEpochRequest([m.EpochPart("t", 0, 1)]),
        32: m.DescribeConfigsRequest([m.ConfigResource(2, "t", ["k"])]),
        33: m.AlterConfigsRequest([m.AlteredResource(2, "t", [m.ConfigChange("k", "v")])]),
        37: m.CreatePartitionsRequest([m.MorePartitions("t", 3, [[1, 2]])]),
        42: m.DeleteGroupsRequest(["g"]),
        44: m.IncrementalAlterConfigsRequest([m.AlteredResource(2, "t", [m.ConfigChange("k", "v", 1)])]),
        45: m.AlterPartitionReassignmentsRequest([m.Reassign("t", 0, [1, 2])]),
        46: m.ListPartitionReassignmentsRequest([("t", 0)]),
        60: m.DescribeClusterRequest(),
    }[key]


@pytest.mark.parametrize(
    ("head", "count"),
    [
        (b"\0\x2a\0\0\0\0\0\1\0\0", b"\x7f\xff\xff\xff"),  # DeleteGroups v0: an array of strings
        (b"\0\x2a\0\2\0\0\0\1\0\0\0", b"\xff\xff\xff\xff\x0f"),  # the same, v2: a compact one
        (b"\0\x00\0\x07\0\0\0\1\0\0\xff\xff\0\1\0\0\0\0", b"\x7f\xff\xff\xff"),  # Produce v7: topics
        (b"\0\x00\0\x09\0\0\0\1\0\0\0\0\0\1\0\0\0\0", b"\xff\xff\xff\xff\x0f"),  # Produce v9
    ],
)
def test_a_huge_count_allocates_nothing(head: bytes, count: bytes) -> None:
    frame = head + count + bytes(1_000)
    tracemalloc.start()
    try:
        with pytest.raises(MalformedRequest):
            decode(frame)
        assert tracemalloc.get_traced_memory()[1] < 200_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("size", [b"\xff\xfe", b"\x80\x00", b"\x7f\xff"])
@pytest.mark.parametrize("head", [b"\0\x03\0\x01", b"\0\x0c\0\x00", b"\0\x10\0\x00", b"\0\x03\0\x0c"])
def test_a_client_id_of_a_wrong_length_is_malformed(head: bytes, size: bytes) -> None:
    with pytest.raises(MalformedRequest):
        decode_header(head + b"\0\0\0\1" + size + b"abc")


def test_a_name_that_is_remembered_is_still_checked_for_its_length() -> None:
    """A cut-off name may look like one seen before."""
    seen = encode_request(1, 11, 1, "c", m.FetchRequest(1, 1, [], rack="rack"))
    assert decode(seen).rack == "rack"
    with pytest.raises(MalformedRequest):
        decode(seen[:-6] + b"\0\x40rack")


def test_lengths_that_would_count_from_the_end_are_malformed() -> None:
    """A negative length must not lead back into the frame."""
    for size in (b"\xff\xff", b"\xff\xf0", b"\x80\0"):
        frame = b"\0\0\0\7\0\0\0\1\0\0" + b"\xff\xff\0\1\0\0\0\0\0\0\0\1" + size + bytes(60)
        with pytest.raises(MalformedRequest):
            decode(frame)
