"""One HTTP connection: whole requests in, answers out, and what happens at its bounds."""

import asyncio

import pytest

from engine.limits import AWS_BODY_BYTES_MAX, AWS_HEADER_BYTES_MAX
from tests.unit.live.aws.aws_toys import connected

POST = b"POST /?a=1&b= HTTP/1.1\r\nHost: h\r\nX-Two: a\r\nX-Two:  b \r\nContent-Length: 2\r\n\r\n{}"


def status(transport):
    return bytes(transport.written).partition(b"\r\n")[0].decode()


def test_a_request_may_come_byte_by_byte():
    connection, _, desk = connected()
    for byte in POST:
        connection.data_received(bytes((byte,)))
    (request,) = desk.requests
    assert (request.method, request.path, request.raw_query, request.body) == ("POST", "/", "a=1&b=", b"{}")
    assert request.query == {"a": "1", "b": ""}
    assert request.headers["x-two"] == "a,b"


def test_an_answer_is_one_write_with_its_length():
    connection, transport, _ = connected()
    connection.data_received(POST)
    connection.respond(200, "text/plain", b"yes", "x-id: 1\r\n")
    head, _, body = bytes(transport.written).partition(b"\r\n\r\n")
    assert head == b"HTTP/1.1 200 OK\r\nx-id: 1\r\ncontent-type: text/plain\r\ncontent-length: 3" and body == b"yes"
    assert not transport.closed


def test_the_next_request_waits_until_the_one_before_is_answered():
    async def talk():
        connection, transport, desk = connected()
        connection.data_received(POST + POST.replace(b"{}", b"[]") + b"POST / HTT")
        assert len(desk.requests) == 1 and transport.paused
        connection.respond(200, "text/plain", b"1")
        await asyncio.sleep(0)
        assert [request.body for request in desk.requests] == [b"{}", b"[]"]
        connection.respond(200, "text/plain", b"2")
        assert not transport.paused

    asyncio.run(talk())


def test_who_wants_no_more_is_let_go_after_the_answer():
    connection, transport, _ = connected()
    connection.data_received(POST.replace(b"Host", b"Connection: close\r\nHost"))
    connection.respond(200, "text/plain", b"")
    assert transport.closed and b"connection: close" in transport.written


def test_a_stream_is_told_in_chunks():
    connection, transport, _ = connected()
    connection.data_received(POST)
    connection.begin("x/y")
    connection.event(b"0123456789abcdef")
    connection.finish()
    assert transport.written.endswith(b"transfer-encoding: chunked\r\n\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n")
    assert not connection.busy


def test_who_expects_it_is_told_to_go_on():
    connection, transport, desk = connected()
    head, _, body = POST.partition(b"\r\n\r\n")
    connection.data_received(head + b"\r\nExpect: 100-continue\r\n\r\n")
    assert transport.written == b"HTTP/1.1 100 Continue\r\n\r\n" and not desk.requests
    connection.data_received(body)
    assert desk.requests


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"\x80\x00\x01\x02", "HTTP/1.1 400 Bad Request"),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", "HTTP/1.1 400 Bad Request"),
        (
            b"GET / HTTP/1.1\r\n" + b"X: %b\r\n" % (b"a" * 60) * (AWS_HEADER_BYTES_MAX // 60),
            "HTTP/1.1 431 Request Header Fields Too Large",
        ),
        (b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (AWS_BODY_BYTES_MAX + 1), "HTTP/1.1 413 Content Too Large"),
    ],
)
def test_what_cannot_be_a_request_is_answered_and_closed(sent, answer):
    connection, transport, desk = connected()
    connection.data_received(sent)
    connection.data_received(b"more of it")
    assert (status(transport), desk.requests, transport.closed) == (answer, [], True)


def test_one_endless_header_is_refused_before_it_ends():
    connection, transport, _ = connected()
    for _ in range(AWS_HEADER_BYTES_MAX // 30_000 + 2):
        connection.data_received(b"GET / HTTP/1.1\r\nX: " if not connection._begun else b"a" * 30_000)
    assert status(transport) == "HTTP/1.1 431 Request Header Fields Too Large"


def test_a_large_body_that_comes_in_one_piece_is_no_large_head():
    connection, transport, desk = connected()
    request = b"POST / HTTP/1.1\r\nContent-Length: 200000\r\n\r\n"
    connection.data_received(request)
    connection.data_received(bytes(100_000))
    connection.data_received(bytes(100_000) + request)
    assert len(desk.requests) == 1 and not transport.written


def test_a_body_in_chunks_is_bounded_too():
    connection, transport, desk = connected()
    connection.data_received(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
    chunk = b"%x\r\n%b\r\n" % (1 << 20, bytes(1 << 20))
    for _ in range(AWS_BODY_BYTES_MAX // (1 << 20) + 1):
        connection.data_received(chunk)
    assert status(transport) == "HTTP/1.1 413 Content Too Large" and not desk.requests


def test_an_http_2_client_is_told_to_use_http_1():
    connection, transport, _ = connected()
    connection.data_received(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9))
    settings, go_away = transport.written[:9], transport.written[9:]
    assert settings[3] == 4 and go_away[3] == 7 and go_away[-1] == 0xD  # HTTP_1_1_REQUIRED
    assert transport.closed


def test_a_client_that_expects_https_is_closed_and_the_log_says_why(capsys):
    connection, transport, _ = connected()
    connection.data_received(b"\x16\x03\x01\x02\x00\x01\x00\x01")
    assert transport.aborted and "http://, not https://" in capsys.readouterr().err


def test_the_desk_hears_when_it_is_gone():
    connection, _, desk = connected()
    connection.connection_lost(None)
    connection.connection_lost(None)
    assert desk.left == 1
