"""Many connections, each with a few requests under way: a client that does next to nothing itself.

It sends the same frame over and over (one record, acks=all) and counts answers by their size, so that
one process can keep a broker busy.
"""

from __future__ import annotations

import asyncio
import socket
from struct import pack
from time import perf_counter

from benchmarks.servers import TOPIC
from engine.wire import codec
from engine.wire.messages import MetadataRequest, ProducePart, ProduceRequest
from engine.wire.records import Record, encode_batch

PRODUCE, METADATA = 0, 3
VERSION = 9


def many(address: str, connections: int, depth: int, seconds: float) -> dict[str, float]:
    """Requests a second over all partitions' leaders."""
    leaders = _leaders(address)
    return {"rate": asyncio.run(_many(leaders, connections, depth, seconds))}


class _Client(asyncio.Protocol):
    def __init__(self, frame: bytes, size: int, depth: int) -> None:
        self._frame, self._size, self._depth = frame, size, depth
        self._left = 0
        self.answers = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def begin(self) -> None:
        self._transport.write(self._frame * self._depth)

    def data_received(self, data: bytes) -> None:
        came, self._left = divmod(self._left + len(data), self._size)
        self.answers += came
        if came:
            self._transport.write(self._frame * came)

    def connection_lost(self, exc: Exception | None) -> None:
        self._size = 0


async def _many(leaders: list[tuple[str, int]], connections: int, depth: int, seconds: float) -> float:
    loop = asyncio.get_running_loop()
    clients = []
    for number in range(connections):
        partition = number % len(leaders)
        frame = _produce(partition)
        size = await asyncio.to_thread(_answer_size, leaders[partition], frame)
        client = _Client(frame, size, depth)
        await loop.create_connection(lambda client=client: client, *leaders[partition])  # type: ignore[misc]
        clients.append(client)
    for client in clients:
        client.begin()
    await asyncio.sleep(seconds / 4)
    before, begun = sum(client.answers for client in clients), perf_counter()
    await asyncio.sleep(seconds)
    answers, took = sum(client.answers for client in clients) - before, perf_counter() - begun
    if any(not client.answers for client in clients):
        raise SystemExit("a connection got no answers")
    return answers / took


def _leaders(address: str) -> list[tuple[str, int]]:
    """By partition."""
    frame = codec.encode_request(METADATA, 9, 1, "many", MetadataRequest([TOPIC]))
    host, _, port = address.split(",")[0].rpartition(":")
    answer = codec.decode_response(METADATA, 9, _ask((host, int(port)), pack(">i", len(frame)) + frame))
    places = {broker.broker: (broker.host, broker.port) for broker in answer.brokers}
    partitions = sorted(answer.topics[0].partitions, key=lambda one: one.partition)
    return [places[one.leader] for one in partitions]


def _produce(partition: int) -> bytes:
    batch = encode_batch([Record(0, 1, None, bytes(100), [])]).to_bytes()
    request = ProduceRequest(-1, 30_000, [ProducePart(TOPIC, partition, batch)])
    frame = codec.encode_request(PRODUCE, VERSION, 1, "many", request)
    return pack(">i", len(frame)) + frame


def _answer_size(place: tuple[str, int], frame: bytes) -> int:
    """Answers differ in offsets only, which have a fixed size."""
    answer = _ask(place, frame)
    error = codec.decode_response(PRODUCE, VERSION, answer).parts[0].error
    if error:
        raise SystemExit(f"a produce was answered with error {error}")
    return 4 + len(answer)


def _ask(place: tuple[str, int], frame: bytes) -> bytes:
    with socket.create_connection(place, timeout=30) as sock, sock.makefile("rb") as answers:
        sock.sendall(frame)
        return answers.read(int.from_bytes(answers.read(4), "big"))
