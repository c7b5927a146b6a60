"""What the fake cluster is made of, how it tells what happens, and its partitions: leaders, replicas, records."""

from __future__ import annotations

import random
from typing import Any

from engine.events import EVENTS, Told, to_json


class Refused(Exception):
    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class FakeLogs:
    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.now = 0.0
        self.frame = self.step = 0
        self.events: list[dict[str, Any]] = []
        self.traffic: list[dict[str, Any]] = []
        self.paused, self.speed, self.limited_by = False, 1.0, ""
        self.brokers: dict[int, dict[str, Any]] = {}
        self.topics: dict[str, dict[str, Any]] = {}
        self.producers: dict[str, dict[str, Any]] = {}
        self.groups: dict[str, dict[str, Any]] = {}
        self.later: list[tuple[float, Any]] = []

    # --- telling ------------------------------------------------------------------------------------

    def tell(self, code: str, **params: Any) -> None:
        event = EVENTS[code](**params)
        number = len(self.events) + 1 if event.milestone else 0
        told = to_json(Told(number, self.step, int(self.now * 1_000_000), "C1", self.step, event))
        (self.events if event.milestone else self.traffic).append(told)

    def after(self, ms: float, act: Any) -> None:
        self.later.append((self.now + ms, act))

    def _alive(self, id: int) -> bool:
        return bool(self.brokers[id]["state"] == "running")

    def _led_by(self, id: int) -> list[dict[str, Any]]:
        return [p for p in self._partitions() if p["leader"] == id]

    def _elect(self, p: dict[str, Any], *, was: int, why: str, leaderless: int = 0) -> None:
        able = [b for b in p["isr"] if self._alive(b)]
        p["epoch"] += 1
        if not able:
            p["leader"] = -1
            self._partition("leader_missing", p, epoch=p["epoch"], isr=p["isr"])
            return
        p["leader"] = able[0]
        self._partition(
            "leader_elected",
            p,
            leader=able[0],
            epoch=p["epoch"],
            was=was,
            isr=p["isr"],
            why=why,
            leaderless_ms=leaderless,
        )

    # --- topics and records -------------------------------------------------------------------------

    def create_topic(
        self,
        topic: str,
        partitions: int = 3,
        replication: int = 3,
        min_insync_replicas: int = 1,
        internal: bool = False,
    ) -> None:
        if topic in self.topics:
            raise Refused("TOPIC_ALREADY_EXISTS", f"Topic '{topic}' already exists.")
        if replication > len(self.brokers):
            raise Refused(
                "INVALID_REPLICATION_FACTOR",
                f"Replication factor {replication} is larger than the {len(self.brokers)} brokers.",
            )
        self.topics[topic] = {
            "name": topic,
            "internal": internal,
            "replication": replication,
            "min_insync": min_insync_replicas,
            "partitions": [],
        }
        self.tell("topic_created", topic=topic, partitions=partitions, replication=replication)
        for id in range(partitions):
            replicas = [(id + i) % len(self.brokers) + 1 for i in range(replication)]
            p = {
                "topic": topic,
                "id": id,
                "leader": -1,
                "epoch": -1,
                "isr": sorted(replicas),
                "start": 0,
                "hw": 0,
                "keys": "",
                "ends": dict.fromkeys(replicas, 0),
            }
            self.topics[topic]["partitions"].append(p)
            p["isr"].sort(key=lambda b: b != replicas[0])
            self._elect(p, was=-1, why="created")
            p["isr"].sort()

    def delete_topic(self, topic: str) -> None:
        del self.topics[topic]
        self.tell("topic_deleted", topic=topic)

    def _partitions(self) -> list[dict[str, Any]]:
        return [p for topic in self.topics.values() for p in topic["partitions"]]

    def _partition(self, code: str, p: dict[str, Any], **params: Any) -> None:
        self.tell(code, topic=p["topic"], partition=p["id"], **params)

    def write(self, p: dict[str, Any], key: str, producer: str) -> int:
        p["keys"] += key
        p["ends"][p["leader"]] = len(p["keys"])
        at = len(p["keys"]) - 1
        self._partition("appended", p, broker=p["leader"], first=at, last=at, producer=producer, epoch=p["epoch"])
        return at

    def produce(
        self,
        topic: str,
        value: str | None = None,
        key: str | None = None,
        headers: Any = None,
        partition: int | None = None,
    ) -> dict[str, Any]:
        if topic not in self.topics:
            raise Refused("UNKNOWN_TOPIC_OR_PARTITION", f"There is no topic '{topic}'.")
        colour = "-" if key is None else str(sum(key.encode()) % 8)
        partitions = self.topics[topic]["partitions"]
        chosen = partitions[
            partition if partition is not None else (0 if key is None else int(colour) % len(partitions))
        ]
        if chosen["leader"] < 0:
            raise Refused("LEADER_NOT_AVAILABLE", f"{topic}-{chosen['id']} has no leader.")
        return {"topic": topic, "partition": chosen["id"], "offset": self.write(chosen, colour, "composer")}

    def _replicate(self, p: dict[str, Any]) -> None:
        if p["leader"] < 0:
            back = next((b for b in p["isr"] if self._alive(b)), None)
            if back is not None and not self.later:
                self._elect(p, was=-1, why="returned", leaderless=4200)
            return
        end = p["ends"][p["leader"]]
        before = dict(p["ends"])
        for broker in p["ends"]:
            if broker == p["leader"] or not self._alive(broker):
                continue
            missed = end - p["ends"][broker]
            p["ends"][broker] += min(missed, 2) if broker not in p["isr"] else missed
            if missed == 0 and broker not in p["isr"]:
                p["isr"] = sorted([*p["isr"], broker])
                self._partition("isr_expanded", p, back=[broker], isr=p["isr"])
        p["hw"] = max(p["hw"], min(before[b] for b in p["isr"]))
