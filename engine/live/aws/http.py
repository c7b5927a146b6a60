"""One HTTP/1.1 connection of an AWS client: bytes in, whole requests to the endpoint, answers out.

Theory of operation
-------------------
``httptools`` (llhttp, the parser of Node.js) takes the bytes apart; a request that is whole goes to the
endpoint, one at a time: the next of a connection waits until the one before is answered, since HTTP/1.1
answers in order. Who sends on meanwhile is read no further than one buffer. An answer leaves with one
write, or, when it is a stream of events, in chunks until its end.

Bounds, and what happens at them: engine/limits.py (AWS_...). What is no HTTP, or too large, is answered
with its status and the connection closed. An HTTP/2 client (it begins with a preface of its own) is told in
its own language to come back with HTTP/1.1; one that begins with TLS is closed, and the log says why.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from time import monotonic
from typing import Protocol
from urllib.parse import parse_qsl

import httptools

from engine.limits import AWS_BODY_BYTES_MAX, AWS_HEADER_BYTES_MAX, OUT_BYTES_HIGH, OUT_BYTES_MAX
from engine.live.log import log

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
TLS = b"\x16\x03"  # how a client begins that expects https://
HTTP2 = b"PRI * HTTP/2.0\r\n"
# SETTINGS without any, then GOAWAY of no stream with HTTP_1_1_REQUIRED (RFC 9113, sections 6.5, 6.8 and 7).
HTTP2_GO_AWAY = bytes(3) + b"\x04" + bytes(5) + b"\x00\x00\x08\x07" + bytes(5) + bytes(4) + b"\x00\x00\x00\x0d"
REASONS = {
    200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    413: "Content Too Large", 431: "Request Header Fields Too Large", 500: "Internal Server Error",
    503: "Service Unavailable",
}  # fmt: skip


@dataclass(slots=True, weakref_slot=True)
class Request:
    """headers: names in lower case, several of one name joined by commas. keep: the connection stays open after it."""

    method: str
    path: str
    raw_query: str
    headers: dict[str, str]
    body: bytes = b""
    keep: bool = True
    query: dict[str, str] = field(default_factory=dict)


class Desk(Protocol):
    """Who a connection hands requests to; ``respond``, or ``begin``, ``event`` and ``finish``, answer them."""

    def connected(self, connection: HttpConnection) -> bool: ...
    def asked(self, connection: HttpConnection, request: Request) -> None: ...
    def gone(self, connection: HttpConnection) -> None: ...


class HttpConnection(asyncio.Protocol):
    """peer: HOST:PORT of the client; address: the one it came in by. heard: when it last said something."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.peer = self.address = ""
        self.heard = monotonic()
        self.busy = False  # a request of it is being answered
        self.alive = False
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport
        self._begun = False  # bytes have come
        self._came = 0  # how many with the last of them
        self._messages = 0
        self._heading = 0  # which message's head is being read; 0: none is
        self._waiting: list[Request] = []  # whole, behind the one that is being answered
        self._asked: Request | None = None
        self._refused = False
        self._forget()

    def _forget(self) -> None:
        self._url = b""
        self._headers: dict[str, str] = {}
        self._head_bytes = 0
        self._body: list[bytes] = []
        self._body_bytes = 0

    # --- the socket ---------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.peer = _address(transport.get_extra_info("peername"))
        self.address = _address(transport.get_extra_info("sockname"))
        transport.set_write_buffer_limits(high=OUT_BYTES_HIGH)
        self.alive = self.desk.connected(self)
        if not self.alive:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.alive:
            self.alive = False
            self._waiting.clear()
            self.desk.gone(self)

    def data_received(self, data: bytes) -> None:
        self.heard = monotonic()
        if self._refused:
            return
        if not self._begun:
            self._begun = True
            if data.startswith(HTTP2):
                log(f"AWS port: {self.peer} speaks HTTP/2 only. It was told to use HTTP/1.1.")
                self._transport.write(HTTP2_GO_AWAY)
                self.close()
                return
            if data.startswith(TLS):
                log(f"AWS port: {self.peer} speaks TLS. The endpoint is http://, not https://.")
                self.abort()
                return
        was_heading, self._came = self._heading, len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            why = error.__context__  # what a method below raised
            self._refuse(why.status if isinstance(why, _Refused) else 400)
        if self._heading and not self._refused:  # the head is not whole yet
            if self._heading == was_heading:
                self._head_bytes += len(data)  # the parser keeps what is no whole line
            if self._too_large():
                self._refuse(431)
        if self._waiting and not self.busy:
            self._ask(self._waiting.pop(0))
        more = self._waiting or self._body_bytes or self._url
        if more and self.busy and self.alive and not self._transport.is_closing():
            self._transport.pause_reading()

    def _refuse(self, status: int) -> None:
        """What cannot be read as a request ends the connection."""
        self._refused = True
        if not self.busy and not self._waiting:
            self.respond(status, "text/plain", REASONS[status].encode(), keep=False)

    # --- what the parser finds ----------------------------------------------------------------------

    def on_message_begin(self) -> None:
        self._messages += 1
        self._heading = self._messages

    def _too_large(self) -> bool:
        """The head, as far as it was read. Mostly so little has come that nothing need be counted."""
        if self._head_bytes + self._came <= AWS_HEADER_BYTES_MAX:
            return False
        headers = self._headers
        size = len(self._url) + sum(map(len, headers)) + sum(map(len, headers.values()))
        return max(size, self._head_bytes) > AWS_HEADER_BYTES_MAX

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        its, said, headers = _name(name), value.decode("utf-8", "replace").strip(), self._headers
        headers[its] = f"{headers[its]},{said}" if its in headers else said

    def on_headers_complete(self) -> None:
        self._heading = 0
        if self._too_large():
            raise _Refused(431)
        length = self._headers.get("content-length", "")
        if length.isdigit() and int(length[:18]) > AWS_BODY_BYTES_MAX:
            raise _Refused(413)
        if self._headers.get("expect", "").lower() == "100-continue" and not self.busy:
            self._transport.write(CONTINUE)

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        if self._body_bytes > AWS_BODY_BYTES_MAX:
            raise _Refused(413)
        self._body.append(body)

    def on_message_complete(self) -> None:
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        path, _, query = self._url.decode("latin-1").partition("?")
        parser = self._parser
        pairs = dict(parse_qsl(query, keep_blank_values=True)) if query else {}
        request = Request(
            parser.get_method().decode(), path, query, self._headers, body, parser.should_keep_alive(), pairs
        )
        self._waiting.append(request)
        self._forget()

    def _ask(self, request: Request) -> None:
        self.busy = True
        self._asked = request
        self.desk.asked(self, request)

    # --- out ----------------------------------------------------------------------------------------

    def respond(self, status: int, content_type: str, body: bytes, head: str = "", keep: bool = True) -> None:
        """The answer to the request that is being answered. head: further header lines, each with its end."""
        keep = keep and (self._asked is None or self._asked.keep)
        end = "" if keep else "connection: close\r\n"
        lines = (
            f"HTTP/1.1 {status} {REASONS.get(status, 'Error')}\r\n{head}content-type: {content_type}\r\n"
            f"{end}content-length: {len(body)}\r\n\r\n"
        )
        if not self.alive:
            return
        if len(body) < 1 << 16:
            self._transport.write(lines.encode() + body)
        else:
            self._transport.write(lines.encode())
            self._transport.write(body)
        self._answered(keep)

    def begin(self, content_type: str, head: str = "") -> None:
        """The answer is a stream."""
        if self.alive:
            lines = f"HTTP/1.1 200 OK\r\n{head}content-type: {content_type}\r\ntransfer-encoding: chunked\r\n\r\n"
            self._transport.write(lines.encode())

    def event(self, data: bytes) -> None:
        """A piece of the stream. Who leaves ``OUT_BYTES_MAX`` of them unread is closed."""
        if not self.alive:
            return
        self._transport.write(b"%x\r\n%b\r\n" % (len(data), data))
        if self._transport.get_write_buffer_size() > OUT_BYTES_MAX:
            log(f"AWS port: {self.peer} has left {OUT_BYTES_MAX:,} bytes of events unread. Connection closed.")
            self._transport.abort()

    def finish(self) -> None:
        """The stream ends."""
        if self.alive:
            self._transport.write(b"0\r\n\r\n")
            self._answered(self._asked is None or self._asked.keep)

    def _answered(self, keep: bool) -> None:
        self.busy, self._asked = False, None
        self.heard = monotonic()
        if not keep or (self._refused and not self._waiting):
            self.close()
        elif self._waiting:
            asyncio.get_running_loop().call_soon(self._go_on)
        else:
            self._transport.resume_reading()

    def _go_on(self) -> None:
        if self.alive and not self.busy and self._waiting:
            self._ask(self._waiting.pop(0))

    def close(self) -> None:
        """Once what was written has left."""
        self._transport.close()

    def abort(self) -> None:
        self._transport.abort()

    @cached_property
    def host(self) -> str:
        """Of the client, without its port."""
        return self.peer.rpartition(":")[0]


@lru_cache(maxsize=512)
def _name(name: bytes) -> str:
    """Of a header. Clients send the same dozen over and over."""
    return name.decode("latin-1").lower()


class _Refused(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


def _address(name: object) -> str:
    """HOST:PORT; an IPv4 address that came through an IPv6 socket is shown as what it is."""
    if not isinstance(name, tuple):
        return "?:0"
    return f"{str(name[0]).removeprefix('::ffff:')}:{name[1]}"
