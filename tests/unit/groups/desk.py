"""A coordinator on a table: virtual time, a log of what it writes, and calls that may be answered later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.events import Event
from engine.groups.coordinator import GroupCoordinator
from engine.groups.protocol import Subscription, TopicPartition, encode_assignment, encode_subscription
from engine.groups.records import Record
from engine.machine import MILLISECOND, Origin, Result
from engine.wire.messages import (
    CommitPart,
    HeartbeatRequest,
    JoinGroupRequest,
    LeaveGroupRequest,
    Leaver,
    OffsetCommitRequest,
    OffsetFetchGroup,
    OffsetFetchRequest,
    SyncGroupRequest,
)
from engine.world.dice import Dice

PARTITION = 0
DELAY_MS = 3_000
SESSION_MS = 10_000
REBALANCE_MS = 60_000


@dataclass(eq=False)
class Call:
    """A request and, once given, its answer."""

    request: Any
    answer: Any = None
    failure: Any = None

    @property
    def waits(self) -> bool:
        return self.answer is None


class Desk:
    def __init__(self, **settings: Any) -> None:
        settings.setdefault("initial_rebalance_delay_ms", DELAY_MS)
        self.coordinator = GroupCoordinator(1, Dice(7, "groups"), **settings)
        self.now = 0
        self.log: list[Record] = []
        self.events: list[Event] = []
        self.calls: dict[int, Call] = {}  # those that wait, by correlation
        self.asked = 0
        self.take(self.coordinator.load(0, PARTITION, []))

    def take(self, result: Result) -> None:
        assert result.partition == PARTITION
        self.log += result.records
        self.events += result.events
        for answered in result.answers:
            call = self.calls.pop(answered.origin.correlation)  # a KeyError here: answered twice
            call.answer, call.failure = answered.response, answered.failure
            assert type(call.answer) is type(call.failure)

    def ask(self, request: Any, client: str = "a") -> Call:
        call = Call(request)
        self.asked += 1
        self.calls[self.asked] = call
        self.take(self.coordinator.handle(self.now, PARTITION, Origin(1, self.asked, client, f"/{client}"), request))
        return call

    def pass_ms(self, ms: int) -> None:
        """Let time pass; the coordinator is rung whenever it asked for it."""
        end = self.now + ms * MILLISECOND
        while (at := self.coordinator.next_deadline()) is not None and at <= end:
            self.now = max(self.now, at)
            for result in self.coordinator.ring(self.now):
                self.take(result)
        self.now = end

    # --- requests in short ----------------------------------------------------------------------

    def join(self, client: str, member: str = "", **given: Any) -> Call:
        topics = given.pop("topics", ["t"])
        values: dict[str, Any] = {
            "group": "g",
            "session_timeout_ms": SESSION_MS,
            "rebalance_timeout_ms": REBALANCE_MS,
            "protocol_type": "consumer",
            "protocols": [("range", encode_subscription(Subscription(topics)))],
            "requires_known_member": True,
        }
        return self.ask(JoinGroupRequest(member=member, **values | given), client)

    def enter(self, client: str, **given: Any) -> Call:
        """Join in two steps, as new clients do."""
        return self.join(client, self.join(client, **given).answer.member, **given)

    def sync(self, member: str, generation: int, parts: dict[str, list[TopicPartition]] | None = None) -> Call:
        shares = {who: encode_assignment(part) for who, part in (parts or {}).items()}
        return self.ask(SyncGroupRequest("g", generation, member, shares))

    def beat(self, member: str, generation: int) -> int:
        error: int = self.ask(HeartbeatRequest("g", generation, member)).answer.error
        return error

    def leave(self, member: str, instance: str | None = None) -> Call:
        return self.ask(LeaveGroupRequest("g", [Leaver(member, instance)]))

    def commit(self, member: str, generation: int, offset: int = 5, group: str = "g", topic: str = "t") -> int:
        parts = [CommitPart(topic, 0, offset)]
        error: int = self.ask(OffsetCommitRequest(group, generation, member, parts)).answer.parts[0].error
        return error

    def committed(self, group: str = "g") -> dict[tuple[str, int], int]:
        answer = self.ask(OffsetFetchRequest([OffsetFetchGroup(group)])).answer
        return {(part.topic, part.partition): part.offset for part in answer.groups[0].parts}

    # --- a group that runs ----------------------------------------------------------------------

    def stable(self, *clients: str, **given: Any) -> dict[str, str]:
        """A Stable group of these; partition n of t belongs to the nth. Returns {client: member id}."""
        calls = {client: self.enter(client, **given) for client in clients}
        self.pass_ms(DELAY_MS * (len(clients) + 1))
        ids = {client: call.answer.member for client, call in calls.items()}
        shares: dict[str, list[TopicPartition]] = {member: [("t", n)] for n, member in enumerate(ids.values())}
        for member in ids.values():
            assert not self.sync(member, self.generation, shares).waits or member != self.group["leader"]
        assert self.group["state"] == "Stable"
        self.events.clear()
        return ids

    @property
    def group(self) -> dict[str, Any]:
        return self.coordinator.snapshot()[0]

    @property
    def state(self) -> str:
        return str(self.group["state"])

    @property
    def generation(self) -> int:
        return int(self.group["generation"])

    def told(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]
