"""A service on a log that is a list: what the gateway and the brokers do in the World, here in an instant."""

from __future__ import annotations

from typing import Any

import orjson

from engine.kinesis.service.account import Account
from engine.kinesis.service.outcomes import (
    Announce,
    Done,
    DropTopic,
    GrowTopic,
    Locate,
    MakeTopic,
    Put,
    Read,
    SealShard,
    SetTopic,
    Subscribe,
)
from engine.machine import MILLISECOND, SECOND

EPOCH_MS = 1_663_160_187_000  # 2022-09-14 12:56:27Z, as on the lecture's slide


class Rig:
    def __init__(self, *, throttling: bool = True) -> None:
        self.account = Account(throttling=throttling)
        self.now = 0
        self.offset_ms = EPOCH_MS
        self.log: dict[tuple[str, int], list[tuple[int, int, bytes, bytes]]] = {}
        self.topics: dict[str, MakeTopic] = {}
        self.told: list[tuple[str, dict[str, object]]] = []
        self.seals: list[SealShard] = []
        self.sealing = True  # seals are answered at once
        self.lost = False  # the log takes nothing

    @property
    def calendar_ms(self) -> int:
        return self.offset_ms + self.now // MILLISECOND

    # --- calls --------------------------------------------------------------------------------------------

    def ask(self, operation: str, client: str = "test", **p: Any) -> Any:
        """The outcome as it is."""
        try:
            return self.account.call(self.now, self.calendar_ms, operation, p, client)
        finally:
            self.settle()

    def call(self, operation: str, client: str = "test", **p: Any) -> Any:
        """The answer's body; None where there is none."""
        outcome = self.ask(operation, client, **p)
        body = self.carry_out(outcome)
        self.settle()
        return orjson.loads(body) if body else None

    def carry_out(self, outcome: Any) -> bytes:
        if isinstance(outcome, Done):
            return outcome.body
        if isinstance(outcome, Put):
            return self.account.put_done(outcome, self.append(outcome))
        if isinstance(outcome, Locate):
            return self.account.located(outcome, self.find(outcome))
        assert isinstance(outcome, Read), outcome
        records, following, high = self.fetch(outcome.topic, outcome.partition, outcome.offset, outcome.limit)
        return self.account.read_done(outcome, records, following, high)

    def append(self, put: Put) -> list[tuple[int, int]]:
        results = []
        for part in put.parts:
            if self.lost:
                results.append((-1, 7))
                continue
            log = self.log.setdefault((put.topic, part.partition), [])
            first = len(log)
            for key, value in zip(part.keys, part.values, strict=True):
                log.append((len(log), put.arrival_ms, key, value))
            results.append((first, 0))
        return results

    def fetch(self, topic: str, partition: int, offset: int, limit: int) -> tuple[list[Any], int, int]:
        log = self.log.get((topic, partition), [])
        records = log[offset : offset + limit]
        return records, min(len(log), offset + limit) if records else max(offset, len(log)), len(log)

    def find(self, locate: Locate) -> int:
        log = self.log.get((locate.topic, locate.partition), [])
        if locate.what == "latest":
            return len(log)
        return next((record[0] for record in log if record[1] >= locate.timestamp_ms), len(log))

    def push(self, subscribe: Subscribe, offset: int, limit: int = 100) -> Any:
        records, following, high = self.fetch(subscribe.topic, subscribe.partition, offset, limit)
        return orjson.loads(self.account.event_done(subscribe, records, following, high, self.now, self.calendar_ms))

    # --- time ---------------------------------------------------------------------------------------------

    def live(self, seconds: float) -> None:
        """Time passes, with all that falls due in it."""
        until = self.now + round(seconds * SECOND)
        while (due := self.account.due()) is not None and due <= until:
            self.now = max(self.now, due)
            self.settle(force=True)
        self.now = until
        self.settle()

    def settle(self, *, force: bool = False) -> None:
        while self.account.pending or force:
            force = False
            for action in self.account.advance(self.now, self.calendar_ms):
                self.act(action)

    def act(self, action: Any) -> None:
        at = (self.now, self.calendar_ms)
        if isinstance(action, Announce):
            self.told.append((action.event, action.fields))
        elif isinstance(action, MakeTopic):
            self.topics[action.topic] = action
            self.account.topic_ready(action.topic, *at)
        elif isinstance(action, GrowTopic):
            self.topics[action.topic].partitions = action.partitions
            self.account.topic_ready(action.topic, *at)
        elif isinstance(action, SetTopic):
            self.topics[action.topic].configs.update(action.configs)
        elif isinstance(action, DropTopic):
            del self.topics[action.topic]
            for key in [key for key in self.log if key[0] == action.topic]:
                del self.log[key]
            self.account.topic_gone(action.topic, *at)
        else:
            assert isinstance(action, SealShard)
            self.seals.append(action)
            if self.sealing:
                self.seal()

    def seal(self) -> None:
        """Answer what was asked to be sealed."""
        seals, self.seals = self.seals, []
        for seal in seals:
            end = len(self.log.get((seal.topic, seal.partition), []))
            self.account.sealed(seal.stream, seal.shard, end, self.now, self.calendar_ms)

    # --- short words ----------------------------------------------------------------------------------------

    def stream(self, name: str = "s", shards: int = 4, **more: Any) -> None:
        """An ACTIVE one."""
        mode = more.get("StreamModeDetails", {}).get("StreamMode")
        self.call("CreateStream", StreamName=name, **({} if mode == "ON_DEMAND" else {"ShardCount": shards}), **more)
        self.live(10)

    def put(self, key: str, data: str = "dGVzdGU=", name: str = "s", **more: Any) -> Any:
        return self.call("PutRecord", StreamName=name, PartitionKey=key, Data=data, **more)

    def iterator(
        self, shard: str = "shardId-000000000000", kind: str = "TRIM_HORIZON", name: str = "s", **p: Any
    ) -> str:
        asked = self.call("GetShardIterator", StreamName=name, ShardId=shard, ShardIteratorType=kind, **p)
        return str(asked["ShardIterator"])

    def read(self, iterator: str, **more: Any) -> Any:
        return self.call("GetRecords", ShardIterator=iterator, **more)

    def shards(self, name: str = "s", **more: Any) -> list[Any]:
        return list(self.call("ListShards", StreamName=name, **more)["Shards"])

    def status(self, name: str = "s") -> str:
        return str(self.account.streams[name].status)

    def events(self) -> list[str]:
        return [event for event, _ in self.told]
