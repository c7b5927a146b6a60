"""Nobody changes a message once it was sent, and every message of Kafka's would survive the wire."""

from __future__ import annotations

from typing import Any

import pytest

from engine import commands as c
from engine.cluster import Cluster
from engine.machine import Frame, Request, Response
from engine.quorum import controller
from engine.simulation.harness import simulate
from engine.simulation.plan import plan
from engine.simulation.wired import Wired
from engine.wire import codec
from engine.world.dice import Dice
from engine.world.plain import state_digest
from engine.world.world import World


class Frozen(World):
    """A World that remembers what each message was when it was sent."""

    def __init__(self, seed: int, calendar_offset: int = 0, **more: Any) -> None:
        super().__init__(seed, calendar_offset, **more)
        self.sent: dict[int, tuple[Any, str]] = {}
        self.kinds: set[str] = set()

    def _perform(self, node: Any, effects: Any, cause: int) -> None:
        for effect in effects:
            if isinstance(effect, Request | Response):
                self.remember(effect.body)
        super()._perform(node, effects, cause)

    def deliver_frame(self, connection: int, data: bytes) -> None:
        self.remember(data)
        super().deliver_frame(connection, data)

    def remember(self, message: Any) -> None:
        now = state_digest(message)
        _, before = self.sent.setdefault(id(message), (message, now))  # held, so no id is used twice
        assert before == now, f"sent twice, and changed between: {message}"
        self.kinds.add(type(message).__name__)

    def unchanged(self, message: Any) -> None:
        assert state_digest(message) == self.sent[id(message)][1], f"changed after it was sent: {message}"


class Watchman:
    """Looks at each message right after it was handled."""

    def after(self, world: Any, node: Any, message: Any, effects: Any) -> None:
        if isinstance(message, Request | Response):
            world.unchanged(message.body)
        elif isinstance(message, Frame):
            world.unchanged(message.data)


def frozen() -> Any:
    cluster = Cluster(plan(Dice(1, "plan"), 3), 1, world=Frozen)
    cluster.world.observer = Watchman()
    return cluster


def test_no_message_is_changed_by_whoever_sent_or_got_it(monkeypatch):
    monkeypatch.setattr(controller, "LOG_KEPT", 20)  # so that a broker which restarts is given the image
    cluster = frozen()
    world = cluster.world
    for second in range(9):
        if second == 2:
            act(cluster, c.CrashBroker(1))
        if second == 5:
            act(cluster, c.StartBroker(1))
            act(cluster, c.CrashConsumer("g-1"))
        if second == 6:
            act(cluster, c.CreateTopic("nova", 2, 2))
            act(cluster, c.StopBroker(2))
        world.advance(world.now + 1_000_000_000)
    for message, _ in world.sent.values():
        world.unchanged(message)
    assert len(world.sent) > 900
    assert world.kinds >= {
        "ProduceRequest", "ProduceResponse", "FetchRequest", "FetchResponse", "MetadataRequest", "MetadataResponse",
        "JoinGroupRequest", "JoinGroupResponse", "SyncGroupRequest", "SyncGroupResponse", "HeartbeatRequest",
        "OffsetCommitRequest", "OffsetCommitResponse", "OffsetFetchResponse", "InitProducerIdResponse",
        "MetadataFetchResponse", "AlterPartitionRequest", "AlterPartitionResponse", "CreateTopicsRequest",
    }  # fmt: skip


def act(cluster, command):
    from engine.cluster import actions

    actions.carry_out(cluster, command)


def test_the_test_notices_who_changes_one(monkeypatch):
    from engine.broker import fetch

    right = fetch.fetch

    def careless(broker, now, origin, request):
        request.max_wait_ms += 1
        right(broker, now, origin, request)

    from engine.broker import broker as module
    from engine.wire.messages import FetchRequest

    monkeypatch.setitem(module.ROUTES, FetchRequest, careless)
    cluster = frozen()
    with pytest.raises(AssertionError, match="changed after it was sent: FetchRequest"):
        cluster.world.advance(cluster.world.now + 3_000_000_000)


# --- through bytes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(0, 12, 3))
def test_a_run_through_bytes_is_the_same_run(seed):
    plain, wired = simulate(seed, 15.0), simulate(seed, 15.0, wired=True)
    assert wired.violation is None, str(wired.violation)
    assert (wired.digest, wired.steps) == (plain.digest, plain.steps)


def test_a_share_of_the_messages_goes_through_bytes():
    cluster = Cluster(plan(Dice(1, "plan"), 3), 1, world=Wired)
    cluster.world.advance(cluster.world.now + 3_000_000_000)
    assert 0.15 < cluster.world.sent / cluster.world.steps < 0.35


def test_a_field_the_codec_forgets_makes_another_run(monkeypatch):
    """Found either by an invariant or by the digest."""
    right = codec.round_trip

    def forgetful(message):
        copy = right(message)
        if type(copy).__name__ == "ProduceRequest":
            copy.acks = 1
        return copy

    from engine.simulation import wired as module

    monkeypatch.setattr(module, "round_trip", forgetful)
    plain, wired = simulate(1, 10.0), simulate(1, 10.0, wired=True)
    assert wired.violation is not None or wired.digest != plain.digest
