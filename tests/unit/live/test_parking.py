"""What real clients do during a pause is kept in order, and a new one is greeted once."""

import pytest

from engine.live.edge import Connection
from engine.live.parking import Parking, greeting, without_first_answer
from engine.wire import codec
from engine.wire.messages import ApiVersionsRequest, MetadataRequest
from engine.wire.versions import API_VERSIONS, METADATA, SUPPORTED


class Quiet(Connection):
    """A connection that keeps what it would send."""

    def __init__(self):
        super().__init__(None, 1)
        self.sent = []
        self.peer = "tcp:1.2.3.4:5"

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
    answer = b"".join(greeting(bytes(frame))[1])
    assert answer[8:10] == (35).to_bytes(2, "big")


@pytest.mark.parametrize("frame", [b"", b"\0\x12", bytes(40), b"\0\x12\0\x03" + bytes(3)])
def test_nonsense_is_not_answered(frame):
    assert greeting(frame)[1] == []


def test_the_answer_given_already_is_left_out_of_the_worlds():
    first, second = b"\0\0\0\x05hello", b"\0\0\0\x05world"
    assert without_first_answer([first]) == []
    assert b"".join(without_first_answer([first + second])) == second
    assert b"".join(without_first_answer([first, second])) == second
    assert b"".join(without_first_answer([first[:2], first[2:7], first[7:], second])) == second
    assert b"".join(without_first_answer([first[:4], memoryview(first[4:] + second)])) == second


def test_who_came_and_went_with_a_greeting_only_was_never_there():
    parking, new, old = Parking(), Quiet(), Quiet()
    old.number = 1
    parking.opened(new)
    parking.received(old, [b"a"])
    parking.received(new, [api_versions()])
    parking.closed(new)
    assert [parking.take().connection, parking.take()] == [old, None]
    assert parking.kept == 0


def test_who_came_asked_for_something_and_went_is_let_in_all_the_same():
    parking, new = Parking(), Quiet()
    parking.opened(new)
    parking.received(new, [api_versions(), metadata()])
    parking.closed(new)
    assert [parking.take().what for _ in range(4)] == ["accept", "frame", "frame", "close"]


def test_its_name_is_known_from_its_greeting():
    parking, new = Parking(), Quiet()
    parking.received(new, [api_versions()])
    assert new.client == "c"


def test_one_that_is_forgotten_leaves_nothing_behind():
    parking, one, two = Parking(), Quiet(), Quiet()
    one.number, two.number = 1, 2
    parking.received(one, [b"abc"])
    parking.received(two, [b"de"])
    parking.forget(one)
    assert (parking.kept, parking.waiting, parking.take().connection) == (2, 1, two)


def test_at_the_limit_who_brings_more_is_turned_away(monkeypatch):
    monkeypatch.setattr("engine.live.parking.PARKED_BYTES_MAX", 100)
    parking, one, turned = Parking(), Quiet(), []
    one.number = 1
    one.abort = lambda: turned.append(one)
    parking.received(one, [bytes(101)])
    assert turned == []
    parking.received(one, [b"x"])
    assert (turned, parking.waiting) == ([one], 1)
