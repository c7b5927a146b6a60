"""A Kafka client of a few lines, to send exactly the bytes a test wants."""

from __future__ import annotations

import itertools
import socket
from struct import pack, unpack
from types import TracebackType
from typing import Any

from engine.wire import codec
from engine.wire.messages import (
    ApiVersionsRequest,
    FetchPart,
    FetchRequest,
    MetadataRequest,
    ProducePart,
    ProduceRequest,
)
from engine.wire.records import Record, encode_batch
from engine.wire.versions import SUPPORTED


class RawClient:
    """One connection. Versions are the highest there are, unless given."""

    def __init__(self, address: str, name: str = "raw", timeout: float = 20.0) -> None:
        host, _, port = address.rpartition(":")
        self.socket = socket.create_connection((host, int(port)), timeout=timeout)
        self.name = name
        self._correlations = itertools.count(1)
        self._asked: list[tuple[int, int, int]] = []

    def frame(self, request: Any, version: int | None = None) -> bytes:
        """The request as bytes, length included; its answer is expected in turn."""
        key = codec.api_key_of(type(request))
        version = SUPPORTED[key][1] if version is None else version
        correlation = next(self._correlations)
        if not (isinstance(request, ProduceRequest) and request.acks == 0):
            self._asked.append((key, version, correlation))
        data = codec.encode_request(key, version, correlation, self.name, request)
        return pack(">i", len(data)) + data

    def send(self, *requests: Any) -> None:
        """All at once, without waiting."""
        self.socket.sendall(b"".join(map(self.frame, requests)))

    def receive(self) -> Any:
        """The next answer, which must be to the oldest question."""
        key, version, correlation = self._asked.pop(0)
        data = self.read_frame()
        assert unpack(">i", data[:4])[0] == correlation, "answers come in the order of the questions"
        return codec.decode_response(key, version, data)

    def ask(self, request: Any) -> Any:
        self.send(request)
        return self.receive()

    def read_frame(self) -> bytes:
        return self._read(unpack(">i", self._read(4))[0])

    def is_closed(self) -> bool:
        """Whether the other side closes now; bytes before that would be an error."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionError:
            return True

    def is_silent(self, seconds: float = 0.2) -> bool:
        """Nothing has come, and nothing comes for a while."""
        self.socket.settimeout(seconds)
        try:
            return self.socket.recv(1, socket.MSG_PEEK) is None
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(20.0)

    def _read(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            chunk = self.socket.recv(min(size - len(data), 1 << 20))
            if not chunk:
                raise ConnectionError("closed")
            data += chunk
        return bytes(data)

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> RawClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def api_versions() -> ApiVersionsRequest:
    return ApiVersionsRequest("raw", "1")


def metadata(*topics: str) -> MetadataRequest:
    return MetadataRequest(list(topics))


def produce(topic: str, partition: int, *values: bytes, acks: int = -1) -> ProduceRequest:
    batch = encode_batch([Record(i, 0, None, value, []) for i, value in enumerate(values)])
    return ProduceRequest(acks, 5_000, [ProducePart(topic, partition, batch.to_bytes())])


def fetch(topic: str, partition: int, offset: int, max_wait_ms: int = 500) -> FetchRequest:
    part = FetchPart(topic, partition, offset, 1 << 20)
    return FetchRequest(max_wait_ms, 1, [part], max_bytes=50 << 20)
