"""Requests as botocore signs them, and a connection without a socket."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from engine.live.aws.credentials import Key
from engine.live.aws.http import HttpConnection, Request

KEY = Key("AKIARIACHOABCDEFGHIJ", "RiachoPlaygroundKey/abcdefghijklmnopqrst")
HOST = "127.0.0.1:4566"
BODY = b'{"StreamName": "s"}'


def signed(
    body: bytes = BODY, *, key: Key = KEY, region: str = "us-east-1", service: str = "kinesis",
    token: str | None = None, presigned: bool = False, expires: int = 300,
    target: str = "Kinesis_20131202.DescribeStream", content_type: str = "application/x-amz-json-1.1",
) -> AWSRequest:  # fmt: skip
    """Signed now, by botocore's own code; presigned: without a body, which botocore would make part of the query."""
    headers = {"X-Amz-Target": target, "Content-Type": content_type, "Host": HOST}
    request = AWSRequest("POST", f"http://{HOST}/", headers, b"" if presigned else body)
    credentials = Credentials(key.access_key, key.secret_key, token)
    if presigned:
        SigV4QueryAuth(credentials, service, region, expires=expires).add_auth(request)
    else:
        SigV4Auth(credentials, service, region).add_auth(request)
    return request


def as_bytes(request: AWSRequest) -> bytes:
    """As it goes over the wire."""
    prepared = request.prepare()
    path = prepared.url.partition(HOST)[2] or "/"
    headers = {name: value if isinstance(value, str) else value.decode() for name, value in prepared.headers.items()}
    lines = [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([f"POST {path} HTTP/1.1", *lines, "", ""]).encode() + (prepared.body or b"")


class Transport(asyncio.Transport):
    """What a connection needs of asyncio's, with what it wrote."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()
        self.closed = self.aborted = self.paused = False

    def write(self, data: bytes) -> None:
        self.written += data

    def get_extra_info(self, name: str) -> Any:
        return {"peername": ("127.0.0.1", 50000), "sockname": ("127.0.0.1", 4566)}.get(name)

    def set_write_buffer_limits(self, high: int) -> None: ...

    def get_write_buffer_size(self) -> int:
        return 0

    def is_closing(self) -> bool:
        return self.closed or self.aborted

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.aborted = True


class Desk:
    """Keeps what is asked, and answers when told to."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.left = 0

    def connected(self, connection: HttpConnection) -> bool:
        return True

    def asked(self, connection: HttpConnection, request: Request) -> None:
        self.requests.append(request)

    def gone(self, connection: HttpConnection) -> None:
        self.left += 1


def parsed(request: AWSRequest) -> Request:
    """As a connection hands it on."""
    connection, _, desk = connected()
    connection.data_received(as_bytes(request))
    return desk.requests[0]


def connected() -> tuple[HttpConnection, Transport, Desk]:
    desk, transport = Desk(), Transport()
    connection = HttpConnection(desk)
    connection.connection_made(transport)
    return connection, transport, desk


def body_of(written: bytes) -> Any:
    return json.loads(written.partition(b"\r\n\r\n")[2])
