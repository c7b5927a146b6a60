"""What is seen of the fake cluster: its snapshot, and one record in detail."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from tests.stage.fake.logs import FakeLogs, Refused


class FakeViews(FakeLogs, ABC):
    patience: list[dict[str, Any]] = []

    @abstractmethod
    def history(self) -> dict[str, Any]:
        """What a state says of its past."""

    def state(self) -> dict[str, Any]:
        self.frame += 1
        speeds = (0.25, 1.5) if self.limited_by else (1 / 64, 64)
        return {
            "sandbox": "demo",
            "frame": self.frame,
            "step": self.step,
            "event": len(self.events),
            "at_ms": self.now,
            "calendar_ms": 1789990000000.0 + self.now,
            "digest": "00",
            "pace": {
                "paused": self.paused,
                "speed": self.speed,
                "speed_min": speeds[0],
                "speed_max": speeds[1],
                "limited_by": self.limited_by,
                "patience": self.patience,
            },
            "history": self.history(),
            "cluster_id": "cmlhY2hvLXJpYWNobw",
            "controller": {"id": 1, "epoch": 1},
            "brokers": [{**b, "leads": len(self._led_by(b["id"]))} for b in self.brokers.values()],
            "topics": [self._topic(t) for t in self.topics.values()],
            "producers": [{k: v for k, v in p.items() if k != "due"} for p in self.producers.values()],
            "groups": [self._group(g) for g in self.groups.values()],
            "clients": [
                {
                    "client": m["id"],
                    "software": "librdkafka",
                    "version": "2.8.0",
                    "connections": 3,
                    "member_of": g["id"],
                    "host": "127.0.0.1",
                }
                for g in self.groups.values()
                for m in g["members"]
                if m["kind"] == "tcp"
            ],
            "traffic": [{"code": t["code"], "at_ms": t["at_ms"], "params": t["params"]} for t in self.traffic],
        }

    def _topic(self, topic: dict[str, Any]) -> dict[str, Any]:
        return {**topic, "partitions": [self._seen(p) for p in topic["partitions"]]}

    def _seen(self, p: dict[str, Any]) -> dict[str, Any]:
        first = max(0, len(p["keys"]) - 64)
        return {
            "id": p["id"],
            "leader": p["leader"],
            "epoch": p["epoch"],
            "isr": p["isr"],
            "start": p["start"],
            "hw": p["hw"],
            "end": p["ends"].get(p["leader"], max(p["ends"].values())),
            "replicas": [
                {"broker": b, "end": end, "start": p["start"], "alive": self._alive(b), "in_sync": b in p["isr"]}
                for b, end in p["ends"].items()
            ],
            "tail": {"first": first, "keys": p["keys"][first:]},
        }

    def _group(self, g: dict[str, Any]) -> dict[str, Any]:
        hw = {(p["topic"], str(p["id"])): p["hw"] for p in self._partitions()}
        members = []
        for m in g["members"]:
            lag = sum(max(0, hw.get((t, p), 0) - at) for t, ps in m["position"].items() for p, at in ps.items())
            members.append({**{k: v for k, v in m.items() if k != "since"}, "lag": lag})
        return {
            **{k: v for k, v in g.items() if k != "topic"},
            "members": members,
            "lag": sum(m["lag"] for m in members),
        }

    def record(self, topic: str, partition: int, offset: int) -> dict[str, Any]:
        p = self.topics[topic]["partitions"][partition]
        if not 0 <= offset < len(p["keys"]):
            raise Refused("OFFSET_OUT_OF_RANGE", f"{topic}-{partition} has no offset {offset}.")
        key = p["keys"][offset]
        named = None if key == "-" else {"text": f"cliente-{int(key) + 1}", "base64": "Y2xpZW50ZQ==", "bytes": 9}
        text = f'{{"cliente": {offset % 9}, "produto": "café <b>&", "valor": 18.9}}'
        return {
            "topic": topic,
            "partition": partition,
            "offset": offset,
            "key": named,
            "value": {"text": text, "base64": "e30=", "bytes": len(text)},
            "headers": [["origem", "app"], ["tentativa", "1"]],
            "timestamp_ms": 1789990000000 + offset * 731,
            "timestamp_type": "CreateTime",
            "batch": {
                "base_offset": offset,
                "last_offset": offset,
                "count": 1,
                "bytes": 132,
                "epoch": p["epoch"],
                "compression": "none",
                "producer_id": 4000,
                "producer_epoch": 0,
                "base_sequence": offset,
                "crc": 305419896,
            },
            "partitioner": {
                "murmur2": partition,
                "crc32": (partition + 1) % 3,
                "partitions": 3,
                "actual": partition,
                "explains": "no key" if named is None else "murmur2",
            },
            "replicas": [
                {
                    "broker": b,
                    "has": offset < end,
                    "in_sync": b in p["isr"],
                    "alive": self._alive(b),
                    "leader": b == p["leader"],
                }
                for b, end in p["ends"].items()
            ],
            "committed": offset < p["hw"],
            "delivered": [],
        }
