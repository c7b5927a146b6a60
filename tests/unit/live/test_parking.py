"""What real clients do during a pause is kept in order, and a new one is greeted once."""

import pytest

from engine.live.edge import Connection
from engine.live.parking import Parking, api_versions_answer, without_first_answer
from engine.wire import codec
from engine.wire.messages import ApiVersionsRequest, MetadataRequest
from engine.wire.versions import API_VERSIONS, METADATA, SUPPORTED


class Quiet(Connection):
    """A connection that keeps what it would send."""

    def __init__(self):
        super().__init__(None, 1)
        self.sent = []

    def send(self):
        self.sent += self.out
        self.out = []


def api_versions(version=3, correlation=7):
    return codec.encode_request(API_VERSIONS, version, correlation, "c", ApiVersionsRequest("x", "1"))


def metadata():
    return codec.encode_request(METADATA, 9, 8, "c", MetadataRequest(["t"]))


def test_things_are_taken_in_the_order_in_which_they_came():
    parking, one, two = Parking(), Quiet(), Quiet()
    one.number = 5
    parking.opened(two)
    parking.received(one, [b"a", b"b"])
    parking.received(two, [metadata()])
    parking.closed(one)
    assert parking.waiting == 5
    taken = [parking.take() for _ in range(5)]
    assert [(t.connection, t.what, t.frame) for t in taken] == [
        (two, "accept", b""), (one, "frame", b"a"), (one, "frame", b"b"), (two, "frame", metadata()),
        (one, "close", b""),
    ]  # fmt: skip
    assert parking.take() is None


def test_what_a_dropped_connection_wanted_is_left_out():
    parking, one = Parking(), Quiet()
    parking.opened(one)
    parking.received(one, [metadata()])
    one.wanted = False
    assert parking.take() is None


@pytest.mark.parametrize("version", range(5))
def test_a_new_client_is_told_the_versions_at_once(version):
    parking, new = Parking(), Quiet()
    parking.opened(new)
    parking.received(new, [api_versions(version)])
    answer = codec.decode_response(API_VERSIONS, version, b"".join(new.sent)[4:])
    assert answer.error == 0
    assert {key: (least, most) for key, least, most in answer.ranges} == SUPPORTED
    assert new.unsaid
    assert parking.waiting == 2, "the World is handed the request later all the same"


def test_only_the_first_request_of_a_new_client_is_answered():
    parking, new, old = Parking(), Quiet(), Quiet()
    old.number = 1
    parking.received(new, [metadata(), api_versions()])
    parking.received(new, [api_versions()])
    parking.received(old, [api_versions()])
    assert new.sent == old.sent == []


def test_a_version_of_tomorrow_is_answered_with_error_35():
    frame = bytearray(api_versions())
    frame[2:4] = (99).to_bytes(2, "big")
    answer = b"".join(api_versions_answer(bytes(frame)))
    assert answer[8:10] == (35).to_bytes(2, "big")


@pytest.mark.parametrize("frame", [b"", b"\0\x12", bytes(40), b"\0\x12\0\x03" + bytes(3)])
def test_nonsense_is_not_answered(frame):
    assert api_versions_answer(frame) == []


def test_the_answer_given_already_is_left_out_of_the_worlds():
    first, second = b"\0\0\0\x05hello", b"\0\0\0\x05world"
    assert without_first_answer([first]) == []
    assert b"".join(without_first_answer([first + second])) == second
    assert b"".join(without_first_answer([first, second])) == second
    assert b"".join(without_first_answer([first[:2], first[2:7], first[7:], second])) == second
    assert b"".join(without_first_answer([first[:4], memoryview(first[4:] + second)])) == second
