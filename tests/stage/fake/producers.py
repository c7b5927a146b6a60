"""The fake cluster's producers."""

from __future__ import annotations

from typing import Any

from tests.stage.fake.logs import FakeLogs


class FakeProducers(FakeLogs):
    def add_producer(
        self,
        topic: str,
        producer: str | None = None,
        rate: float = 1.0,
        acks: str = "all",
        keys: str = "few",
        idempotent: bool = True,
    ) -> None:
        name = producer or f"p{len(self.producers) + 1}"
        self.producers[name] = {
            "id": name, "kind": "sim", "topic": topic, "acks": acks, "rate": rate, "keys": keys, "running": True,
            "sent": 0, "acked": 0, "failed": 0, "waiting": 0, "due": 0.0,
        }  # fmt: skip
        self.tell("producer_added", producer=name, topic=topic)

    def set_producer(
        self, producer: str, rate: float | None = None, acks: str | None = None, keys: str | None = None
    ) -> None:
        for what, value in (("rate", rate), ("acks", acks), ("keys", keys)):
            if value is not None:
                self.producers[producer][what] = value
                self.tell(
                    "producer_changed",
                    producer=producer,
                    what=what,
                    value=f"{value:g}" if what == "rate" else str(value),
                )

    def _run(self, producer: str, running: bool) -> None:
        self.producers[producer]["running"] = running
        self.tell("producer_changed", producer=producer, what="started" if running else "stopped", value="")

    def stop_producer(self, producer: str) -> None:
        self._run(producer, False)

    def start_producer(self, producer: str) -> None:
        self._run(producer, True)

    def remove_producer(self, producer: str) -> None:
        del self.producers[producer]
        self.tell("producer_changed", producer=producer, what="removed", value="")

    def _produce(self, producer: dict[str, Any], ms: float) -> None:
        if not producer["running"] or producer["topic"] not in self.topics:
            return
        producer["due"] += producer["rate"] * ms / 1000
        while producer["due"] >= 1:
            producer["due"] -= 1
            key = {"none": "-", "hot": "3"}.get(producer["keys"]) or str(self.dice.randrange(8))
            partitions = self.topics[producer["topic"]]["partitions"]
            p = partitions[self.dice.randrange(len(partitions)) if key == "-" else int(key) % len(partitions)]
            producer["sent"] += 1
            if p["leader"] < 0:
                producer["waiting"] += 1
            else:
                producer["acked"] += 1 + producer["waiting"]
                for _ in range(1 + producer["waiting"]):
                    self.write(p, key, producer["id"])
                producer["waiting"] = 0
