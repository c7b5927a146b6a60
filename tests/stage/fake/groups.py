"""The fake cluster's groups: who is in them, what each reads."""

from __future__ import annotations

from typing import Any

from tests.stage.fake.logs import FakeLogs, Refused

REBALANCE_MS = 1200


class FakeGroups(FakeLogs):
    def add_group(
        self,
        group: str,
        topic: str,
        consumers: int = 1,
        assignor: str = "range",
        poll_ms: int = 1000,
        max_poll_records: int = 500,
        start_at: str = "earliest",
    ) -> None:
        self.groups[group] = {
            "id": group,
            "topic": topic,
            "state": "Empty",
            "generation": 0,
            "protocol": assignor,
            "coordinator": 2,
            "committed": {},
            "members": [],
        }
        for _ in range(consumers):
            self.add_consumer(group, poll_ms=poll_ms)

    def add_consumer(
        self,
        group: str,
        topic: str | None = None,
        poll_ms: int | None = None,
        kind: str = "sim",
        name: str | None = None,
    ) -> str:
        g = self.groups[group]
        letter = group[0].lower()
        taken = {m["id"] for m in g["members"]}
        name = name or next(f"{letter}{i}" for i in range(1, 30) if f"{letter}{i}" not in taken)
        g["members"].append(
            {
                "id": name,
                "member": f"{name}-0001",
                "client": name,
                "kind": kind,
                "host": "127.0.0.1",
                "running": True,
                "poll_ms": poll_ms or 1000,
                "topics": [g["topic"]],
                "assigned": {},
                "position": {},
                "lag": 0,
                "heartbeat_ms_ago": 0.0,
                "session_ms": 10000,
                "since": 0.0,
            }
        )
        self.tell("consumer_added", group=group, consumer=name)
        self.tell("member_joined", group=group, member=f"{name}-0001", client=name)
        self._rebalance(g, "joined", name)
        return name

    def _rebalance(self, g: dict[str, Any], why: str, who: str) -> None:
        if not g["members"]:
            g["state"] = "Empty"
            self.tell("group_emptied", group=g["id"], generation=g["generation"])
            return
        g["state"] = "PreparingRebalance"
        self.tell(
            "rebalance_started", group=g["id"], generation=g["generation"], why=why, who=who, members=len(g["members"])
        )
        generation = g["generation"] + 1
        self.after(REBALANCE_MS, lambda: self._form(g, generation))

    def _form(self, g: dict[str, Any], generation: int) -> None:
        if g["generation"] >= generation or not g["members"]:
            return
        g.update(generation=generation, state="Stable")
        members = g["members"]
        self.tell(
            "generation_formed",
            group=g["id"],
            generation=generation,
            leader=members[0]["id"],
            protocol=g["protocol"],
            members=len(members),
        )
        partitions = self.topics[g["topic"]]["partitions"]
        share, extra = divmod(len(partitions), len(members))
        at, given = 0, {}
        for i, m in enumerate(members):
            mine = [p["id"] for p in partitions[at : at + share + (i < extra)]]
            at += len(mine)
            m["assigned"] = {g["topic"]: mine} if mine else {}
            committed = g["committed"].get(g["topic"], {})
            m["position"] = {g["topic"]: {str(p): committed.get(str(p), 0) for p in mine}} if mine else {}
            given[m["id"]] = [f"{g['topic']}-{p}" for p in mine]
        self.tell(
            "assignment_made",
            group=g["id"],
            generation=generation,
            assignments=given,
            idle=[m for m, what in given.items() if not what],
            partitions=len(partitions),
        )

    def _consume(self, g: dict[str, Any], ms: float) -> None:
        for m in g["members"]:
            m["heartbeat_ms_ago"] = (
                (m["heartbeat_ms_ago"] + ms) % 3000 if m["running"] is not None else m["heartbeat_ms_ago"] + ms
            )
            m["since"] += ms
            for topic, at in m["position"].items():
                if topic not in self.topics:
                    continue
                for p in self.topics[topic]["partitions"]:
                    key = str(p["id"])
                    if key not in at or p["leader"] < 0:
                        continue
                    if m["running"] and m["since"] >= m["poll_ms"] and g["state"] == "Stable" and at[key] < p["hw"]:
                        to = min(p["hw"], at[key] + 3)
                        self.tell(
                            "delivered",
                            topic=topic,
                            partition=p["id"],
                            group=g["id"],
                            consumer=m["id"],
                            first=at[key],
                            last=to - 1,
                        )
                        at[key] = to
            if m["since"] >= m["poll_ms"]:
                m["since"] = 0.0
            if self.now % 5000 < ms:
                for topic, at in m["position"].items():
                    g["committed"].setdefault(topic, {}).update(at)

    def _member(self, consumer: str) -> tuple[dict[str, Any], dict[str, Any]]:
        for g in self.groups.values():
            for m in g["members"]:
                if m["id"] == consumer:
                    return g, m
        raise Refused("INVALID_REQUEST", f"There is no consumer {consumer!r}.")

    def _changed(self, consumer: str, what: str, value: str = "") -> tuple[dict[str, Any], dict[str, Any]]:
        g, m = self._member(consumer)
        self.tell("consumer_changed", group=g["id"], consumer=consumer, what=what, value=value)
        return g, m

    def remove_consumer(self, consumer: str) -> None:
        g, m = self._changed(consumer, "removed")
        g["members"].remove(m)
        self.tell("member_left", group=g["id"], member=m["member"], client=consumer)
        self._rebalance(g, "left", consumer)

    def crash_consumer(self, consumer: str) -> None:
        g, m = self._changed(consumer, "crashed")
        m["running"] = False

        def expire() -> None:
            g["members"].remove(m)
            self.tell(
                "member_expired", group=g["id"], member=m["member"], client=consumer, silent_ms=10000, why="session"
            )
            self._rebalance(g, "expired", consumer)

        self.after(4000, expire)

    def set_consumer(self, consumer: str, poll_ms: int | None = None, max_poll_records: int | None = None) -> None:
        self._changed(consumer, "poll_ms", str(poll_ms))[1]["poll_ms"] = poll_ms

    def stop_consumer(self, consumer: str) -> None:
        self._changed(consumer, "stopped")[1]["running"] = False

    def start_consumer(self, consumer: str) -> None:
        self._changed(consumer, "started")[1]["running"] = True

    def remove_group(self, group: str) -> None:
        for m in [*self.groups[group]["members"]]:
            self.remove_consumer(m["id"])
        del self.groups[group]
