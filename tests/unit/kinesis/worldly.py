"""A cluster with the gateway before it, under a test's hand: calls of a real client, frame by frame."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

import orjson

from engine.commands import CommandRefused
from engine.machine import MILLISECOND, SECOND
from engine.world.inputs import ACCEPT, CALENDAR, CLOSE, FRAME, KINESIS
from tests.unit.cluster.sandbox import Sandbox

STREAM = {"name": "k", "link_us": 1000, "brokers": 3, "streams": [{"stream": "s", "shards": 2}]}
EPOCH = 1_790_000_000 * SECOND
HALF = 1 << 127


class Refused(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message = status, code, message


class Gated(Sandbox):
    """A sandbox with a stream ``s`` of two shards, and one caller."""

    def __init__(self, scenario: dict[str, Any] | None = None, seed: int = 1, **more: Any) -> None:
        super().__init__(scenario or STREAM, seed, **more)
        self.give(CALENDAR, EPOCH, "host")
        self.give(KINESIS, {}, "host")
        self.heard: dict[int, bytearray] = {}
        self.caller = self.connect()

    @property
    def gateway(self) -> Any:
        return self.cluster.gateway

    def connect(self, peer: str = "tcp:10.0.0.9:50001") -> int:
        return int(self.give(ACCEPT, (peer, "kinesis", "127.0.0.1:4566"), "tcp"))

    def hang_up(self, caller: int) -> None:
        self.give(CLOSE, caller, "tcp")

    def send(self, operation: str, caller: int | None = None, client: str = "turma", **given: Any) -> None:
        head = f"{operation} Boto3 1.40 {client}\n".encode()
        number = self.caller if caller is None else caller
        self.give(FRAME, (number, head + orjson.dumps(given)), "tcp")

    def answer(self, caller: int | None = None, ms: int = 15_000) -> Any:
        """The next answer of that caller: JSON. Raises Refused."""
        kind, rest = self.piece(caller, ms)
        assert kind == b"A", kind
        head, _, body = rest.partition(b"\n")
        status, code = head.decode().split(" ")
        told = orjson.loads(body) if body else {}
        if status != "200":
            raise Refused(int(status), code, told.get("message", ""))
        return told

    def call(self, operation: str, **given: Any) -> Any:
        self.send(operation, **given)
        return self.answer()

    def event(self, caller: int | None = None, ms: int = 15_000) -> Any:
        """The next event of a subscription; None at its end."""
        kind, rest = self.piece(caller, ms)
        return None if kind == b"Z" else orjson.loads(rest.partition(b"\n")[2])

    def piece(self, caller: int | None = None, ms: int = 15_000) -> tuple[bytes, bytes]:
        number = self.caller if caller is None else caller
        until = self.world.now + ms * MILLISECOND
        while True:
            for connection, chunks in self.world.drain()[0]:
                self.heard.setdefault(connection, bytearray()).extend(b"".join(chunks))
            heard = self.heard.get(number, bytearray())
            if len(heard) >= 4 and len(heard) >= 4 + (size := int.from_bytes(heard[:4], "big")):
                piece = bytes(heard[4 : 4 + size])
                del heard[: 4 + size]
                return piece[:1], piece[1:]
            assert self.world.now < until, "no answer came"
            self.world.advance(self.world.now + MILLISECOND)

    # --- what tests do often

    def put(self, key: str, data: str, **more: Any) -> tuple[str, str]:
        """(shard, sequence number)"""
        told = self.call("PutRecord", StreamName="s", PartitionKey=key, Data=blob(data), **more)
        return told["ShardId"], told["SequenceNumber"]

    def put_on(self, shard: int, data: str) -> str:
        """The sequence number. shard: 0 or 1 of the first two."""
        return self.put("k", data, ExplicitHashKey=str(shard * HALF))[1]

    def iterator(self, shard: int = 0, kind: str = "TRIM_HORIZON", **more: Any) -> str:
        told = self.call(
            "GetShardIterator", StreamName="s", ShardId=f"shardId-{shard:012d}", ShardIteratorType=kind, **more
        )
        return str(told["ShardIterator"])

    def read(self, shard: int = 0, kind: str = "TRIM_HORIZON", **more: Any) -> list[str]:
        got = self.call("GetRecords", ShardIterator=self.iterator(shard, kind), **more)
        return [text(record) for record in got["Records"]]

    def refused_call(self, operation: str, **given: Any) -> str:
        try:
            self.call(operation, **given)
        except Refused as refused:
            return refused.code
        raise AssertionError(f"{operation} was not refused")

    def leader(self, shard: int = 0) -> int:
        return int(self.cluster.image.partition("__kinesis.s", shard).leader)

    def active(self) -> None:
        """Let a change of the stream be over."""
        for _ in range(200):
            self.pass_ms(100)
            if self.gateway.account.streams["s"].status == "ACTIVE":
                return
        raise AssertionError("the stream does not become ACTIVE")


def blob(data: str) -> str:
    return b64encode(data.encode()).decode()


def text(record: dict[str, Any]) -> str:
    return b64decode(record["Data"]).decode()


__all__ = ["CommandRefused", "Gated", "Refused", "blob", "text"]
