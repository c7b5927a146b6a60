"""The fake cluster's Kinesis: streams on topics of their own, with the shapes of docs/api.md ("Streams")."""

from __future__ import annotations

from hashlib import md5
from typing import Any

from tests.stage.fake.logs import FakeLogs, Refused

HASHES = 1 << 128
ITERATOR_MS = 300_000


def sequence(shard: int, index: int, arrival: int) -> str:
    return str(
        (1 << 185) + (1789990000 << 148) + ((shard & 15) << 144) + (index << 80) + (arrival << 36) + shard * 16 + 2
    )


class FakeStreams(FakeLogs):
    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.streams: dict[str, dict[str, Any]] = {}
        self.stream_producers: dict[str, dict[str, Any]] = {}
        self.stream_consumers: dict[str, dict[str, Any]] = {}
        self.iterators: list[dict[str, Any]] = []
        self.callers: list[dict[str, Any]] = []
        self.throttling = True

    def add_stream(self, stream: str, shards: int = 4, hours: int = 24) -> None:
        topic = f"__kinesis.{stream}"
        self.create_topic(topic, shards, 3, 2, internal=True)
        self.topics[topic]["stream"] = stream
        self.streams[stream] = {
            "name": stream, "arn": f"arn:aws:kinesis:us-east-1:000000000000:stream/{stream}", "status": "ACTIVE",
            "mode": "PROVISIONED", "created_ms": self.now, "created": 1789990000000, "retention_hours": hours,
            "encryption": "NONE", "key_id": None, "tags": {}, "metrics": [], "max_record_kib": 1024, "topic": topic,
            "shards": [], "consumers": [],
        }  # fmt: skip
        width = HASHES // shards
        for n in range(shards):
            self._shard(stream, n * width, (n + 1) * width - 1 if n < shards - 1 else HASHES - 1, [])
        self.tell("stream_created", stream=stream, shards=shards, mode="PROVISIONED")
        self.tell("stream_active", stream=stream)

    def _shard(self, stream: str, start: int, end: int, parents: list[str]) -> dict[str, Any]:
        shards = self.streams[stream]["shards"]
        number = len(shards)
        shard = {
            "id": f"shardId-{number:012d}", "partition": number, "from": str(start), "to": str(end),
            "parents": parents, "children": [], "open": True, "starting": sequence(number, 0, 1789990000),
            "ending": None, "records": 0, "bytes": 0, "records_s": 0, "bytes_s": 0, "read_s": 0, "read": 0,
            "read_bytes": 0, "read_bytes_s": 0, "throttled_in": 0, "throttled_out": 0, "throttled_ms": -1,
        }  # fmt: skip
        shards.append(shard)
        return shard

    def _shard_of(self, stream: str, shard: str) -> dict[str, Any]:
        found: dict[str, Any] = next(s for s in self.streams[stream]["shards"] if s["id"] == shard)
        return found

    def reshard(self, stream: str, parents: list[str], cuts: list[int]) -> list[str]:
        """The parents' range, together, cut at these hash keys."""
        held = [self._shard_of(stream, id) for id in parents]
        edges = [int(held[0]["from"]), *cuts, int(held[-1]["to"]) + 1]
        topic = self.topics[self.streams[stream]["topic"]]
        born = []
        for low, high in zip(edges, edges[1:], strict=False):
            p = {**topic["partitions"][0], "id": len(topic["partitions"]), "epoch": 0, "start": 0, "hw": 0, "keys": ""}
            p["ends"] = dict.fromkeys(p["ends"], 0)
            topic["partitions"].append(p)
            born.append(self._shard(stream, low, high - 1, parents)["id"])
        for one in held:
            one |= {"open": False, "children": born, "ending": sequence(one["partition"], (1 << 63) - 1, 1789990060)}
        if len(parents) == 1:
            self.tell("shards_split", stream=stream, parent=parents[0], children=born)
        else:
            self.tell("shards_merged", stream=stream, parents=parents, child=born[0])
        return born

    def split(self, stream: str, shard: str) -> list[str]:
        one = self._shard_of(stream, shard)
        return self.reshard(stream, [shard], [(int(one["from"]) + int(one["to"]) + 1) // 2])

    def put(self, stream: str, key: str, client: str) -> None:
        hashed = int.from_bytes(md5(key.encode()).digest(), "big")
        one = self.streams[stream]
        shard = next(s for s in one["shards"] if s["open"] and int(s["from"]) <= hashed <= int(s["to"]))
        p = self.topics[one["topic"]]["partitions"][shard["partition"]]
        if p["leader"] < 0:
            return
        at = self.write(p, str(sum(key.encode()) % 8), "kinesis")
        shard["records"] += 1
        self.tell("record_put", stream=stream, shard=shard["id"], offset=at, key=key, client=client)

    # --- commands ----------------------------------------------------------------------------------------

    def call_aws(self, operation: str, parameters: dict[str, Any], client: str = "console") -> None:
        if operation == "CreateStream":
            if parameters["StreamName"] in self.streams:
                raise Refused("ResourceInUseException", "Stream already exists.")
            self.add_stream(parameters["StreamName"], parameters["ShardCount"])
        elif operation == "SplitShard":
            self.split(parameters["StreamName"], parameters["ShardToSplit"])
        elif operation == "PutRecord":
            self.put(parameters["StreamName"], parameters["PartitionKey"], client)

    def set_kinesis(self, throttle: bool) -> None:
        self.throttling = throttle
        self.tell("throttling_set", on=throttle)

    def add_stream_producer(self, stream: str, producer: str = "caixa", rate: float = 1.0, keys: str = "few") -> None:
        self.stream_producers[producer] = {
            "id": producer, "stream": stream, "rate": rate, "keys": keys, "batch": 1, "source": "purchases",
            "running": True, "sent": 0, "acked": 0, "throttled": 0, "failed": 0, "waiting": 0,
        }  # fmt: skip
        self.tell("stream_producer_added", producer=producer, stream=stream)

    def add_stream_consumer(self, stream: str, consumer: str = "painel", fan_out: bool = False) -> None:
        shards = self.streams[stream]["shards"]
        self.stream_consumers[consumer] = {
            "id": consumer, "stream": stream, "poll_ms": 1000, "limit": 10000, "start_at": "TRIM_HORIZON", "work_ms": 0,
            "running": True, "kind": "SubscribeToShard" if fan_out else "GetRecords", "delivered": 0, "throttled": 0,
            "leases": {
                s["id"]: {"position": 0, "checkpoint": "TRIM_HORIZON", "done": False} for s in shards if s["open"]
            },
        }  # fmt: skip
        self.tell("stream_consumer_added", consumer=consumer, stream=stream)

    def iterate(self, client: str, stream: str, shard: str, kind: str, offset: int) -> None:
        self.iterators.append(
            {"client": client, "stream": stream, "shard": shard, "kind": kind, "offset": offset, "at_ms": self.now,
             "expires_ms": self.now + ITERATOR_MS, "behind_ms": 0}
        )  # fmt: skip

    def flow(self, ms: float) -> None:
        """What applications do in a tick: one record of each busy producer, readers go on to the end."""
        for one in self.stream_producers.values():
            if one["running"] and self.dice.random() < one["rate"] * ms / 1000:
                one["sent"] += 1
                one["acked"] += 1
                key = "cliente-1" if one["keys"] == "hot" else f"cliente-{self.dice.randrange(40)}"
                self.put(one["stream"], key, one["id"])
        for reader in self.stream_consumers.values():
            if reader["running"]:
                self._read(reader)

    def _read(self, reader: dict[str, Any]) -> None:
        stream = self.streams[reader["stream"]]
        for id, lease in reader["leases"].items():
            shard = self._shard_of(stream["name"], id)
            end = self.topics[stream["topic"]]["partitions"][shard["partition"]]["hw"]
            if end > lease["position"] and self.dice.random() < 0.2:
                self.tell("records_read", stream=stream["name"], shard=id, first=lease["position"], last=end - 1,
                          client=reader["id"])  # fmt: skip
                reader["delivered"] += end - lease["position"]
                lease["checkpoint"] = sequence(shard["partition"], end, 1789990000)
                lease["position"] = end

    # --- what is seen ------------------------------------------------------------------------------------

    def seen_streams(self) -> dict[str, Any]:
        return {
            "region": "us-east-1", "account": "000000000000", "throttling": self.throttling,
            "streams": [self._seen_stream(one) for one in self.streams.values()], "iterators": self.iterators,
            "producers": list(self.stream_producers.values()), "consumers": list(self.stream_consumers.values()),
            "clients": self.callers, "calls": [],
        }  # fmt: skip

    def _seen_stream(self, one: dict[str, Any]) -> dict[str, Any]:
        partitions = self.topics[one["topic"]]["partitions"]
        shards = []
        for shard in one["shards"]:
            p = partitions[shard["partition"]]
            end = p["ends"].get(p["leader"], max(p["ends"].values()))
            shards.append({**shard, "start": p["start"], "hw": p["hw"], "end": end})
        return {**one, "shards": shards}
