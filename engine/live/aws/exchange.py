"""One request of an AWS client on its way: into the World as a frame, back as an HTTP answer."""

from __future__ import annotations

import secrets
import time
from email.utils import formatdate
from itertools import count
from typing import TYPE_CHECKING

import orjson

from engine.live.aws import eventstream
from engine.live.aws.encodings import Encoding
from engine.live.aws.errors import AwsError, unavailable
from engine.live.aws.shapes import Operation

if TYPE_CHECKING:
    from engine.live.aws.http import HttpConnection
    from engine.live.aws.line import Line

_START = f"{secrets.token_hex(4)}-{secrets.token_hex(2)}-{secrets.token_hex(2)}-{secrets.token_hex(2)}-"
_numbers = count(secrets.randbelow(1 << 40))
_date = [0, ""]  # the second it was made in, and the header line


class Exchange:
    """A ``Hearer`` (line.py): turns what the World says into what the client reads."""

    __slots__ = ("_connection", "_encoding", "_line", "_operation", "_streams")

    def __init__(self, connection: HttpConnection, line: Line, operation: Operation, encoding: Encoding) -> None:
        self._connection, self._line = connection, line
        self._operation, self._encoding = operation, encoding
        self._streams = False

    def answered(self, status: int, code: str, body: bytes) -> None:
        encoding, operation = self._encoding, self._operation
        if status != 200:
            text = orjson.loads(body).get("message") if body else None
            refuse(self._connection, encoding, AwsError(code, text, status))
        elif operation.events:
            self._streams = True
            self._line.hearer = self
            self._connection.begin(eventstream.CONTENT_TYPE, head())
            payload = encoding.write(operation.output, b"{}")
            self._connection.event(eventstream.event("initial-response", encoding.content_type, payload))
        else:
            whole = body if encoding.raw or not body else encoding.write(operation.output, body)
            self._connection.respond(200, encoding.content_type, whole, head())

    def event(self, kind: str, body: bytes) -> None:
        encoding = self._encoding
        shape = self._operation.output.members[self._operation.events].members.get(kind)
        payload = body if encoding.raw or shape is None else encoding.write(shape, body)
        self._connection.event(eventstream.event(kind, encoding.content_type, payload))

    def ended(self) -> None:
        self._connection.finish()

    def lost(self) -> None:
        """Its sandbox has closed the line: what was under way may or may not have been done."""
        if self._streams:
            self._connection.abort()
        else:
            refuse(self._connection, self._encoding, unavailable("The sandbox has closed this connection. Try again."))


def head() -> str:
    """The header lines of every answer: an id to ask about, and the time, by which SDKs set their clocks right."""
    now = int(time.time())
    if _date[0] != now:
        _date[:] = now, f"date: {formatdate(now, usegmt=True)}\r\n"
    return f"x-amzn-RequestId: {_START}{next(_numbers) & 0xFFFFFFFFFFFF:012x}\r\n{_date[1]}"


def refuse(connection: HttpConnection, encoding: Encoding, error: AwsError) -> None:
    body = encoding.error(error)
    connection.respond(error.status, encoding.content_type, body, f"{head()}x-amzn-ErrorType: {error.code}\r\n")
