"""The endpoint without a World: who is answered where, and what happens at its bounds."""

import asyncio
from types import SimpleNamespace

import orjson
import pytest

from engine.live.aws import endpoint as endpoints
from engine.live.aws.credentials import new_key
from engine.live.aws.endpoint import Endpoint
from engine.live.aws.errors import unavailable
from engine.live.aws.http import HttpConnection
from tests.unit.live.aws.aws_toys import Transport, as_bytes, body_of, signed

KEYS = {"demo": new_key(), "sala-3": new_key()}
BODY = b'{"StreamNames":[]}'


class Reception:
    """Answers at once, unless told to wait; keeps what it was asked."""

    def __init__(self):
        self.frames, self.lines, self.waits, self.full = [], [], False, False

    def opened(self, line):
        self.lines.append(line)
        if self.full:
            line.drop()

    def received(self, line, frames):
        self.frames += frames
        if not self.waits:
            self.answer(line, b"A200 -\n" + BODY)

    def answer(self, line, rest):
        whole = len(rest).to_bytes(4, "big") + rest
        line.out += [whole[:3], whole[3:]]  # however it is cut
        line.send()

    def closed(self, line):
        self.lines.remove(line)


class Rig:
    def __init__(self):
        self.sandboxes = {
            name: SimpleNamespace(world=SimpleNamespace(nodes={"kinesis": 1}), reception=Reception()) for name in KEYS
        }
        self.endpoint = Endpoint(asyncio.get_running_loop(), self.find, self.open)

    def find(self, access_key):
        return next(((name, key) for name, key in KEYS.items() if key.access_key == access_key), None)

    def open(self, name):
        if name not in self.sandboxes:
            raise unavailable("It is being opened.")
        return self.sandboxes[name]

    def connect(self):
        connection, transport = HttpConnection(self.endpoint), Transport()
        connection.connection_made(transport)
        return connection, transport

    def ask(self, connection, transport, operation="ListStreams", body=b"{}", key=KEYS["demo"], **more):  # noqa: B008
        transport.written.clear()
        request = signed(body, key=key, target=f"Kinesis_20131202.{operation}", **more)
        connection.data_received(as_bytes(request))
        return bytes(transport.written)


def within(test):
    async def run():
        test(Rig())

    return lambda: asyncio.run(run())


@within
def test_a_request_becomes_a_frame_and_its_answer_a_response(rig):
    written = rig.ask(*rig.connect())
    assert written.startswith(b"HTTP/1.1 200 OK\r\nx-amzn-RequestId: ") and written.endswith(b"\r\n\r\n" + BODY)
    assert rig.sandboxes["demo"].reception.frames == [b"ListStreams - - -\n{}"]


@within
def test_one_connection_may_speak_with_two_sandboxes(rig):
    connection, transport = rig.connect()
    for name in ("demo", "sala-3", "demo"):
        rig.ask(connection, transport, key=KEYS[name])
    assert [len(sandbox.reception.frames) for sandbox in rig.sandboxes.values()] == [2, 1]
    assert [len(sandbox.reception.lines) for sandbox in rig.sandboxes.values()] == [1, 1]
    connection.connection_lost(None)
    assert not rig.sandboxes["demo"].reception.lines


@within
def test_a_sandbox_that_is_not_there_yet_is_said_to_be_unavailable(rig):
    del rig.sandboxes["demo"]
    written = rig.ask(*rig.connect())
    assert written.startswith(b"HTTP/1.1 503 ") and body_of(written)["__type"] == "ServiceUnavailableException"


@within
def test_a_sandbox_that_lets_nobody_in_is_said_to_be_unavailable(rig):
    rig.sandboxes["demo"].reception.full = True
    assert rig.ask(*rig.connect()).startswith(b"HTTP/1.1 503 ")


@within
def test_a_line_that_is_closed_under_a_request_is_told_and_the_next_request_gets_another(rig):
    reception = rig.sandboxes["demo"].reception
    reception.waits = True
    connection, transport = rig.connect()
    assert rig.ask(connection, transport) == b""
    reception.lines.pop().drop()
    assert transport.written.startswith(b"HTTP/1.1 503 ")
    reception.waits = False
    assert rig.ask(connection, transport).startswith(b"HTTP/1.1 200 ")


@within
def test_an_error_of_the_world_keeps_its_code_text_and_status(rig):
    reception = rig.sandboxes["demo"].reception
    reception.waits = True
    connection, transport = rig.connect()
    rig.ask(connection, transport)
    reception.answer(reception.lines[0], b'A500 InternalFailureException\n{"message":"Internal service failure."}')
    assert transport.written.startswith(b"HTTP/1.1 500 ")
    assert b"x-amzn-ErrorType: InternalFailureException\r\n" in transport.written
    assert body_of(transport.written) == {"__type": "InternalFailureException", "message": "Internal service failure."}


@within
def test_a_stream_begins_with_its_initial_response_and_ends_with_its_last_event(rig):
    reception = rig.sandboxes["demo"].reception
    reception.waits = True
    connection, transport = rig.connect()
    arn = "arn:aws:kinesis:us-east-1:000000000000:stream/s/consumer/c:1"
    given = {"ConsumerARN": arn, "ShardId": "shardId-000000000000", "StartingPosition": {"Type": "LATEST"}}
    rig.ask(connection, transport, "SubscribeToShard", orjson.dumps(given))
    for answer in (b"A200 -\n", b'ESubscribeToShardEvent\n{"Records":[]}', b"Z"):
        reception.answer(reception.lines[0], answer)
    assert b"content-type: application/vnd.amazon.eventstream\r\n" in transport.written
    places = [
        transport.written.find(part) for part in (b"initial-response", b"SubscribeToShardEvent", b"\r\n0\r\n\r\n")
    ]
    assert -1 not in places and places == sorted(places)
    reception.waits = False
    assert rig.ask(connection, transport).startswith(b"HTTP/1.1 200 ")


@within
def test_what_is_no_operation_is_unknown_and_what_has_no_body_cannot_be_read(rig):
    connection, transport = rig.connect()
    for target, code in (("CreateQueue", "UnknownOperationException"), ("ListStreams", "SerializationException")):
        assert body_of(rig.ask(connection, transport, target, b"")) == {"__type": code}
    written = rig.ask(connection, transport, content_type="text/xml")
    assert body_of(written) == {"__type": "UnknownOperationException"}


@within
def test_an_answer_is_written_as_the_question_was(rig):
    import cbor2

    written = rig.ask(*rig.connect(), body=cbor2.dumps({}), content_type="application/x-amz-cbor-1.1")
    head, _, body = written.partition(b"\r\n\r\n")
    assert b"content-type: application/x-amz-cbor-1.1" in head and cbor2.loads(body) == {"StreamNames": []}
    assert rig.sandboxes["demo"].reception.frames == [b"ListStreams - - -\n{}"]


def test_one_connection_too_many_is_closed_at_once(monkeypatch, capsys):
    monkeypatch.setattr(endpoints, "AWS_CONNECTIONS_MAX", 2)

    async def run():
        rig = Rig()
        transports = [rig.connect()[1] for _ in range(3)]
        assert [transport.aborted for transport in transports] == [False, False, True]

    asyncio.run(run())
    assert "turned away: 2 connections are the limit" in capsys.readouterr().err


@within
def test_who_has_been_silent_for_long_is_closed_but_not_who_waits_for_an_answer(rig):
    (quiet, silent), (asking, waiting) = rig.connect(), rig.connect()
    rig.sandboxes["demo"].reception.waits = True
    rig.ask(asking, waiting)
    quiet.heard = asking.heard = quiet.heard - 1_000
    rig.endpoint._sweep_idle()
    assert (silent.closed, waiting.closed) == (True, False)
    rig.endpoint.close()


def test_a_bug_below_it_is_not_taken_for_bad_input():
    async def run():
        rig = Rig()
        rig.sandboxes["demo"].reception.received = None
        with pytest.raises(TypeError):
            rig.ask(*rig.connect())

    asyncio.run(run())
