"""A sandbox under a test's hand: commands as people give them, virtual time, real clients without sockets."""

from __future__ import annotations

from typing import Any

import pytest

from engine.cluster import Cluster
from engine.commands import CommandRefused
from engine.groups.partition import partition_for
from engine.groups.protocol import Subscription, encode_assignment, encode_subscription
from engine.machine import MILLISECOND
from engine.quorum.topics import OFFSETS_TOPIC
from engine.wire import codec
from engine.wire import messages as m
from engine.world.inputs import ACCEPT, CLOSE, COMMAND, FRAME
from engine.world.plain import state_digest

SMALL: dict[str, Any] = {
    "brokers": 3,
    "topics": [{"topic": "pedidos", "partitions": 2, "replication": 3, "min_insync_replicas": 2}],
}
BUSY: dict[str, Any] = {
    **SMALL,
    "producers": [{"producer": "loja", "topic": "pedidos", "rate": 5.0}],
    "groups": [{"group": "A", "topic": "pedidos", "consumers": 2, "poll_ms": 200}],
}


class Sandbox:
    def __init__(self, scenario: dict[str, Any] | None = None, seed: int = 1, **more: Any) -> None:
        self.cluster = Cluster(scenario or SMALL, seed, **more)
        self.inputs: list[Any] = []  # the journal

    @property
    def world(self) -> Any:
        return self.cluster.world

    def give(self, source: str, payload: Any, actor: str = "web:1") -> Any:
        inputs, (result,) = self.world.admit(self.world.now, [(actor, source, payload)])
        self.inputs += inputs
        self.world.finish_instant()
        return result

    def do(self, do: str, /, *, actor: str = "web:1", **fields: Any) -> dict[str, Any]:
        """Carry a command out; raises CommandRefused if it is refused."""
        result = self.give(COMMAND, {"do": do, **fields}, actor)
        if isinstance(result, CommandRefused):
            raise result
        assert result["ok"] is True
        return dict(result)

    def refused(self, code: str, do: str, /, **fields: Any) -> str:
        """The command is refused with this code, and nothing has changed. Returns the reason."""
        before, told = state_digest(self.world), self.world.event_number
        with pytest.raises(CommandRefused) as refused:
            self.do(do, **fields)
        assert refused.value.code == code, refused.value.reason
        assert refused.value.reason.endswith(".")
        assert (state_digest(self.world), self.world.event_number) == (before, told)
        return refused.value.reason

    def pass_ms(self, ms: float) -> None:
        self.world.advance(self.world.now + int(ms * MILLISECOND))

    def told(self, kind: type) -> list[Any]:
        return [told.event for told in self.world.told if isinstance(told.event, kind)]

    def state(self) -> dict[str, Any]:
        return self.cluster.state()

    def broker(self, number: int) -> dict[str, Any]:
        return next(b for b in self.state()["brokers"] if b["id"] == number)

    def topic(self, name: str = "pedidos") -> dict[str, Any]:
        return next(t for t in self.state()["topics"] if t["name"] == name)

    def group(self, name: str = "A") -> dict[str, Any]:
        return next(g for g in self.state()["groups"] if g["id"] == name)

    def coordinator(self, group: str) -> int:
        """The broker that coordinates ``group``."""
        return int(self.cluster.image.partition(OFFSETS_TOPIC, partition_for(group, 3)).leader)

    def client(self, broker: int = 1, name: str = "kcat", host: str = "10.0.0.7", port: int = 5000) -> RealClient:
        return RealClient(self, broker, name, host, port)


class RealClient:
    """A TCP client of one broker, which introduces itself as librdkafka does."""

    def __init__(self, sandbox: Sandbox, broker: int, name: str, host: str, port: int) -> None:
        self.sandbox, self.name = sandbox, name
        peer = f"tcp:{host}:{port}"
        self.connection = sandbox.give(ACCEPT, (peer, f"B{broker}", f"127.0.0.1:{19091 + broker}"), "tcp")
        self.asked: dict[int, tuple[int, int]] = {}
        self.answers: dict[int, Any] = {}
        self.ask(m.ApiVersionsRequest("librdkafka", "2.0.2"))

    def send(self, body: Any) -> int:
        key = codec.api_key_of(type(body))
        version = codec.SUPPORTED[key][1]
        number = len(self.asked) + 1
        self.asked[number] = (key, version)
        frame = codec.encode_request(key, version, number, self.name, body)
        self.sandbox.give(FRAME, (self.connection, frame), "tcp")
        return number

    def ask(self, body: Any, ms: float = 50) -> Any:
        """Send, let some time pass, and return the answer, None if there is none yet."""
        number = self.send(body)
        self.sandbox.pass_ms(ms)
        return self.answer(number)

    def answer(self, number: int) -> Any:
        outbox, _ = self.sandbox.world.drain()
        for connection, chunks in outbox:
            data = b"".join(chunks)
            while data and connection == self.connection:
                size = int.from_bytes(data[:4], "big")
                correlation = int.from_bytes(data[4:8], "big")
                self.answers[correlation] = codec.decode_response(*self.asked[correlation], data[4 : 4 + size])
                data = data[4 + size :]
        return self.answers.get(number)

    def close(self) -> None:
        self.sandbox.give(CLOSE, self.connection, "tcp")
        self.sandbox.pass_ms(1)

    def join(self, group: str, topic: str = "pedidos") -> str:
        """Become the group's only real member. Returns the member id."""
        protocols = [("range", encode_subscription(Subscription([topic])))]

        def join(member: str) -> Any:
            body = m.JoinGroupRequest(group, 30_000, 30_000, member, "consumer", protocols, requires_known_member=True)
            return self.ask(body, 1_500)

        member: str = join("").member
        joined = join(member)
        assert joined.error == 0, joined
        share = {member: encode_assignment([(topic, 0)])}
        assert self.ask(m.SyncGroupRequest(group, joined.generation, member, share)).error == 0
        return member
