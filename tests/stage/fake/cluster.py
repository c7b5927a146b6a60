"""A stand-in for the engine in the stage's own tests: a toy that makes snapshots and events of the right shape.

It is not Kafka (tests/browser use the real engine): leaders move by a countdown, followers copy once a
tick. It is deterministic: the same commands at the same ticks give the same frames.
"""

from __future__ import annotations

from typing import Any

from tests.stage.fake.brokers import FakeBrokers
from tests.stage.fake.groups import FakeGroups
from tests.stage.fake.logs import Refused
from tests.stage.fake.past import FakePast
from tests.stage.fake.producers import FakeProducers
from tests.stage.fake.streams import FakeStreams

TICK_MS = 100


class FakeCluster(FakeBrokers, FakeProducers, FakeGroups, FakeStreams, FakePast):
    def __init__(self, brokers: int = 3, seed: int = 7) -> None:
        super().__init__(seed)
        for _ in range(brokers):
            self._add_broker()

    def tick(self, ms: float = TICK_MS) -> None:
        self.traffic = []
        self.step += 7
        self.now += ms
        for entry in [e for e in self.later if e[0] <= self.now]:
            self.later.remove(entry)
            entry[1]()
        for partition in self._partitions():
            self._replicate(partition)
        for producer in self.producers.values():
            self._produce(producer, ms)
        for group in self.groups.values():
            self._consume(group, ms)
        self.flow(ms)
        self.note()

    def run(self, seconds: float) -> FakeCluster:
        for _ in range(int(seconds * 1000 / TICK_MS)):
            self.tick()
        return self

    # --- time's own commands ------------------------------------------------------------------------

    def pause(self) -> None:
        self.paused = True
        self.tell("paused")

    def resume(self) -> None:
        self.paused = False
        self.tell("resumed")

    def set_speed(self, speed: float) -> None:
        held = min(1.5, max(0.25, speed)) if self.limited_by else speed
        self.speed = held
        self.tell("speed_set", speed=held, asked=speed, limited_by=self.limited_by if held != speed else "")

    def state(self) -> dict[str, Any]:
        """Only where there are streams does the snapshot tell of Kinesis."""
        return {**super().state(), **({"kinesis": self.seen_streams()} if self.streams else {})}

    def command(self, command: dict[str, Any]) -> dict[str, Any]:
        given = {k: v for k, v in command.items() if k not in ("do", "id")}
        do = command["do"]
        if do == "step":
            self.paused = True
            self.tick()
            return {}
        act = getattr(self, {"speed": "set_speed"}.get(do, do), None)
        if act is None:
            raise Refused("INVALID_REQUEST", f"There is no command {do!r}.")
        result = act(**given)
        return result if isinstance(result, dict) else {}
