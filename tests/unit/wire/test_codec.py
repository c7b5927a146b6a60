"""Messages through the codec and back, in every version of every API."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.wire import errors, versions
from engine.wire import messages as m
from engine.wire.codec import (
    SUPPORTED,
    MalformedRequest,
    UnsupportedVersion,
    api_key_of,
    decode_header,
    decode_request,
    decode_response,
    encode_request,
    encode_response,
    refusal,
    round_trip,
)
from engine.wire.schema import Record
from engine.wire.schemas import APIS
from tests.unit.wire.strategies import every_version, of_record, requests, responses

EVERY = pytest.mark.parametrize(("key", "version"), list(every_version()))
FEW = settings(max_examples=5, deadline=None)


def sent(key: int, version: int, request: Any) -> Any:
    frame = encode_request(key, version, 77, "a client", request)
    return decode_request(decode_header(frame), frame)


def answered(key: int, version: int, response: Any) -> Any:
    data = b"".join(encode_response(key, version, 77, response))
    assert int.from_bytes(data[:4], "big") == len(data) - 4
    assert int.from_bytes(data[4:8], "big") == 77
    return decode_response(key, version, data[4:])


@EVERY
@FEW
@given(data=st.data())
def test_a_request_comes_out_as_it_went_in(key: int, version: int, data: st.DataObject) -> None:
    request = data.draw(requests(key, version))
    assert sent(key, version, request) == request


@EVERY
@FEW
@given(data=st.data())
def test_a_response_comes_out_as_it_went_in(key: int, version: int, data: st.DataObject) -> None:
    response = data.draw(responses(key, version))
    assert answered(key, version, response) == response


@pytest.mark.parametrize("key", SUPPORTED)
@FEW
@given(data=st.data())
def test_what_a_version_does_not_carry_changes_no_byte_of_it(key: int, data: st.DataObject) -> None:
    lowest, highest = SUPPORTED[key]
    version = data.draw(st.integers(lowest, highest))
    response = data.draw(of_record(APIS[key].response, version))
    before = encode_response(key, version, 1, response)
    carried = {field.name for field in APIS[key].response.carried(version)}
    for field in fields(response):
        if field.name not in carried and field.type == "int":
            setattr(response, field.name, 99)
    assert encode_response(key, version, 1, response) == before


def test_the_header_tells_who_asks_what() -> None:
    frame = encode_request(3, 12, -5, "été", m.MetadataRequest())
    header = decode_header(frame)
    assert (header.api_key, header.api_version, header.correlation, header.client_id) == (3, 12, -5, "été")
    assert decode_request(header, frame) == m.MetadataRequest()


@pytest.mark.parametrize("version", [1, 12])
def test_a_client_without_a_name_is_called_nothing(version: int) -> None:
    frame = encode_request(3, version, 1, None, m.MetadataRequest())
    assert decode_header(frame).client_id == ""


def test_a_name_of_a_client_need_not_be_utf8() -> None:
    frame = b"\0\x0c\0\0\0\0\0\1\0\2\xff\xfe\0\1g\0\0\0\1\0\1m"
    header = decode_header(frame)
    assert header.client_id == "\ufffd\ufffd"
    assert decode_request(header, frame) == m.HeartbeatRequest("g", 1, "m")


def test_tagged_fields_of_a_header_are_skipped() -> None:
    frame = encode_request(12, 4, 1, "c", m.HeartbeatRequest("g", 1, "m"))
    at = decode_header(frame).body_offset
    tagged = frame[: at - 1] + b"\x02\x00\x01x\x05\x02yz" + frame[at:]
    assert decode_request(decode_header(tagged), tagged) == m.HeartbeatRequest("g", 1, "m")


@pytest.mark.parametrize(("key", "version"), [(99, 0), (4, 0), (-1, 0), (1, 3), (1, 13), (3, 14), (18, 5), (12, -1)])
def test_what_we_do_not_speak_is_named(key: int, version: int) -> None:
    frame = key.to_bytes(2, "big", signed=True) + version.to_bytes(2, "big", signed=True) + b"\0\0\0\7\0\1c"
    with pytest.raises(UnsupportedVersion) as caught:
        decode_header(frame)
    assert (caught.value.api_key, caught.value.api_version, caught.value.correlation) == (key, version, 7)


def test_apiversions_of_an_unknown_version_is_told_which_ones_there_are() -> None:
    answer = refusal(UnsupportedVersion(versions.API_VERSIONS, 99, 7))
    assert answer is not None
    data = b"".join(answer)
    assert data[4:8] == b"\0\0\0\7"
    assert decode_response(versions.API_VERSIONS, 0, data[4:]) == m.ApiVersionsResponse(
        errors.UNSUPPORTED_VERSION, [(18, 0, 4)]
    )


def test_any_other_unknown_request_gets_no_answer() -> None:
    assert refusal(UnsupportedVersion(versions.FETCH, 17, 7)) is None


def test_the_header_of_an_answer_to_apiversions_never_has_tagged_fields() -> None:
    (data,) = encode_response(versions.API_VERSIONS, 3, 7, m.ApiVersionsResponse(35))
    assert bytes(data)[8:10] == b"\0\x23"


@pytest.mark.parametrize("key", SUPPORTED)
def test_a_message_knows_its_api(key: int) -> None:
    assert api_key_of(APIS[key].request.cls) == api_key_of(APIS[key].response.cls) == key


def test_all_topics_are_asked_for_with_none() -> None:
    for version in range(14):
        assert sent(versions.METADATA, version, m.MetadataRequest(None)).topics is None
    assert sent(versions.METADATA, 1, m.MetadataRequest([])).topics == []


def test_the_error_of_the_one_member_is_the_answers_before_leavegroup_v3() -> None:
    left = m.LeaveGroupResponse(0, [m.LeftMember("m", error=errors.UNKNOWN_MEMBER_ID)])
    assert answered(13, 2, left).error == errors.UNKNOWN_MEMBER_ID
    assert answered(13, 3, left) == left


def test_the_error_of_a_group_goes_to_each_partition_in_offsetfetch_v1() -> None:
    parts = [m.FetchedOffset("t", 0), m.FetchedOffset("t", 1, error=errors.UNSTABLE_OFFSET_COMMIT)]
    response = m.OffsetFetchResponse([m.FetchedOffsets("g", parts, errors.NOT_COORDINATOR)])
    (group,) = answered(9, 1, response).groups
    assert [part.error for part in group.parts] == [errors.NOT_COORDINATOR, errors.UNSTABLE_OFFSET_COMMIT]
    assert response.groups[0].parts == parts
    assert answered(9, 2, response).groups[0].error == errors.NOT_COORDINATOR


def test_none_becomes_an_empty_string_where_there_is_no_null() -> None:
    assert answered(11, 6, m.JoinGroupResponse(protocol=None)).protocol == ""
    assert answered(11, 7, m.JoinGroupResponse(protocol=None)).protocol is None


def test_a_join_without_a_rebalance_timeout_has_the_sessions() -> None:
    request = m.JoinGroupRequest("g", 6_000, 9_000, "", "consumer", [("range", b"")])
    assert sent(11, 0, request).rebalance_timeout_ms == 6_000
    assert [sent(11, version, request).requires_known_member for version in (3, 4)] == [False, True]


def test_produce_below_v3_can_be_read_and_refused() -> None:
    request = m.ProduceRequest(1, 1_000, [m.ProducePart("t", 3, b"an old message set")])
    refused = m.ProduceResponse([m.ProducedPart("t", 3, errors.UNSUPPORTED_VERSION)])
    for version in range(versions.PRODUCE_LOWEST_SERVED):
        assert sent(versions.PRODUCE, version, request) == request
        assert answered(versions.PRODUCE, version, refused).parts[0].error == errors.UNSUPPORTED_VERSION


def test_the_order_of_interleaved_topics_is_kept() -> None:
    parts = [m.ListOffsetsPart(topic, partition, -1) for topic, partition in (("a", 0), ("b", 0), ("a", 1))]
    assert sent(2, 8, m.ListOffsetsRequest(parts)).parts == parts


# --- round_trip -------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", SUPPORTED)
@FEW
@given(data=st.data())
def test_a_round_trip_changes_nothing(key: int, data: st.DataObject) -> None:
    for strategy in (requests, responses):
        message = data.draw(strategy(key, SUPPORTED[key][1]))
        copy = round_trip(message)
        assert copy == message and copy is not message


def test_a_round_trip_keeps_what_no_version_of_ours_carries() -> None:
    join = m.JoinGroupRequest("g", 1, 2, "m", "consumer", [], reason="why", requires_known_member=False)
    assert round_trip(join) == join
    fetch = m.FetchRequest(500, 1, [m.FetchPart("t", 0, 5)], replica=2, replica_epoch=9)
    assert round_trip(fetch) == fetch


def test_only_whole_messages_lack_anything_in_their_highest_version() -> None:
    """Else ``round_trip``, which looks at the outermost only, would lose it."""
    for key, (_, highest) in SUPPORTED.items():
        for record in (APIS[key].request, APIS[key].response):
            for field in record.carried(highest):
                inner: Any = getattr(field.kind, "kind", None) or getattr(field.kind, "record", None)
                if isinstance(inner, Record) and field.put is None:
                    carried = {f.name for f in inner.carried(highest)}
                    assert carried | {"topic"} >= {f.name for f in fields(inner.cls)}


class Pieces:
    """Stands for a batch."""

    def chunks(self) -> tuple[bytes, memoryview]:
        return b"head", memoryview(b"records")


def test_a_round_trip_leaves_batches_as_they_are() -> None:
    records = [Pieces(), memoryview(b"sealed")]
    produce = m.ProduceRequest(-1, 1, [m.ProducePart("t", 0, records)])
    assert round_trip(produce).parts[0].records is records
    fetched = m.FetchResponse([m.FetchedPart("t", 0, records=records)])
    assert round_trip(fetched).parts[0].records is records


def test_what_is_no_message_of_kafkas_passes_a_round_trip_untouched() -> None:
    stranger = object()
    assert round_trip(stranger) is stranger


# --- bad bytes: test_hostile.py has more ------------------------------------------------------------


def test_null_where_there_must_be_a_value_is_malformed() -> None:
    frame = b"\0\x0c\0\0\0\0\0\1\xff\xff" + b"\xff\xff"  # Heartbeat v0 of the group null
    with pytest.raises(MalformedRequest, match="null"):
        decode_request(decode_header(frame), frame)
