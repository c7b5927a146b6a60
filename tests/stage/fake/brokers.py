"""The fake cluster's brokers: crashed, stopped, started, added."""

from __future__ import annotations

from typing import Any

from tests.stage.fake.logs import FakeLogs, Refused

SESSION_MS = 1500


class FakeBrokers(FakeLogs):
    def _add_broker(self) -> int:
        id = len(self.brokers) + 1
        self.brokers[id] = {
            "id": id, "state": "running", "since_ms": self.now, "host": "127.0.0.1", "port": 19091 + id, "clients": [],
        }  # fmt: skip
        return id

    def _set(self, id: int, state: str) -> None:
        self.brokers[id].update(state=state, since_ms=self.now)

    def crash_broker(self, broker: int) -> None:
        self._known(broker)
        leads = self._led_by(broker)
        self._set(broker, "crashed")
        self.tell("broker_crashed", broker=broker, leads=len(leads))
        for partition in leads:
            partition["leader"] = -1
        self.after(SESSION_MS, lambda: self._fence(broker, leads))

    def _fence(self, broker: int, leads: list[dict[str, Any]]) -> None:
        self.tell("broker_fenced", broker=broker, silent_ms=SESSION_MS)
        for p in self._partitions():
            if broker in p["isr"] and len(p["isr"]) > 1:
                p["isr"] = [b for b in p["isr"] if b != broker]
                self._partition("isr_shrunk", p, out=[broker], isr=p["isr"], why="fenced")
        for p in leads:
            self._elect(p, was=broker, why="failover", leaderless=SESSION_MS - 80)

    def stop_broker(self, broker: int) -> None:
        self._known(broker)
        leads = self._led_by(broker)
        self.tell("broker_stopping", broker=broker, leads=len(leads))
        self._set(broker, "stopping")
        for p in leads:
            p["isr"] = [b for b in p["isr"] if b != broker] or [broker]
            self._elect(p, was=broker, why="shutdown")
        self._set(broker, "stopped")
        self.tell("broker_stopped", broker=broker)

    def start_broker(self, broker: int) -> None:
        self._known(broker)
        self._set(broker, "starting")
        self.tell("broker_started", broker=broker)
        self.after(800, lambda: (self._set(broker, "running"), self.tell("broker_unfenced", broker=broker)))

    def add_broker(self) -> None:
        self.tell("broker_added", broker=self._add_broker())

    def _known(self, broker: int) -> None:
        if broker not in self.brokers:
            raise Refused("INVALID_REQUEST", f"There is no broker {broker}.")
