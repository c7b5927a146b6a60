"""boto3 as people write it, in a process of its own, one thread: what it gets done in a second, as JSON.

    python -m benchmarks.aws_loads beside '{"endpoint": "http://127.0.0.1:4566", ...}'

beside    put_record, put_records (500 at a time) and get_records (500 at a time) against four shards
flat      the same three against a shard that holds few records and one that holds many, by turns

A record of 100 bytes each. A load that loses or refuses a single record is an error, never a figure.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config

STREAM = "benchmark"
SIZE, BATCH = 100, 500
PATIENCE_S = 60.0
SETTLE_S = 5.0


def client(settings: dict[str, Any]) -> Any:
    return boto3.client(
        "kinesis", endpoint_url=settings["endpoint"], region_name="us-east-1",
        aws_access_key_id=settings["access_key"], aws_secret_access_key=settings["secret_key"],
        config=Config(retries={"max_attempts": 0}, read_timeout=PATIENCE_S),
    )  # fmt: skip


def made(kinesis: Any, shards: int, stream: str = STREAM) -> list[str]:
    """A stream, ready: the ids of its shards."""
    kinesis.create_stream(StreamName=stream, ShardCount=shards)
    until = time.monotonic() + PATIENCE_S
    while kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]["StreamStatus"] != "ACTIVE":
        if time.monotonic() > until:
            raise SystemExit("the stream does not become active")
        time.sleep(0.05)
    return [f"shardId-{number:012}" for number in range(shards)]


def put_one_by_one(kinesis: Any, count: int, stream: str = STREAM) -> float:
    data = bytes(SIZE)
    begun = time.perf_counter()
    for number in range(count):
        kinesis.put_record(StreamName=stream, PartitionKey=f"key-{number}", Data=data)
    return count / (time.perf_counter() - begun)


def put_many(kinesis: Any, count: int, stream: str = STREAM) -> float:
    data = bytes(SIZE)
    batches = [
        [{"Data": data, "PartitionKey": f"key-{number}"} for number in range(first, first + BATCH)]
        for first in range(0, count, BATCH)
    ]
    begun = time.perf_counter()
    for batch in batches:
        if kinesis.put_records(StreamName=stream, Records=batch)["FailedRecordCount"]:
            raise SystemExit("records were refused")
    return count / (time.perf_counter() - begun)


def read(kinesis: Any, iterator: str, count: int) -> tuple[int, float]:
    """(records read, seconds) until so many are there, or nothing comes any more."""
    found = empty = 0
    begun = time.perf_counter()
    while found < count and empty < 10:
        answer = kinesis.get_records(ShardIterator=iterator, Limit=BATCH)
        found += len(answer["Records"])
        empty = 0 if answer["Records"] else empty + 1
        iterator = answer["NextShardIterator"]
    return found, time.perf_counter() - begun


def first(kinesis: Any, shard: str, stream: str = STREAM, **position: Any) -> str:
    where = position or {"ShardIteratorType": "TRIM_HORIZON"}
    return str(kinesis.get_shard_iterator(StreamName=stream, ShardId=shard, **where)["ShardIterator"])


def beside(settings: dict[str, Any]) -> dict[str, float]:
    """ones, many: how many records are put one by one, and in batches; all are read back."""
    kinesis = client(settings)
    shards = made(kinesis, 4)
    ones, many = settings["ones"], settings["many"]
    put_one_by_one(kinesis, 20)  # everybody knows each other
    figures = {"put_record": put_one_by_one(kinesis, ones), "put_records": put_many(kinesis, many)}
    found, seconds = 0, 0.0
    for shard in shards:
        its, took = read(kinesis, first(kinesis, shard), (20 + ones + many) // 4 if settings.get("stub") else 1 << 60)
        found, seconds = found + its, seconds + took
    if found < 20 + ones + many and not settings.get("stub"):
        raise SystemExit(f"{20 + ones + many} records were put and {found} came back")
    return {**figures, "get_records": found / seconds}


def flat(settings: dict[str, Any]) -> dict[str, float]:
    """A shard with few records and one with many, by turns: {"put_record few": records/s, ..., "put_record": many/few}.

    What the machine does besides changes from second to second, so a ratio is of two measurements side by side, and
    the figure is the median of all rounds. Each round has a shard of its own with few records in it.
    """
    kinesis = client(settings)
    rounds, (few, many) = settings["rounds"], settings["sizes"]
    streams = [f"{STREAM}-{number}" for number in range(rounds)]
    for stream, size in [(STREAM, many), *((stream, few) for stream in streams)]:
        made(kinesis, 1, stream)
        put_many(kinesis, size, stream)
    time.sleep(SETTLE_S)  # what was written is made durable behind it
    found: dict[str, list[float]] = {}
    for number, stream in enumerate(streams):
        names = {"few": stream, "many": STREAM}
        for each in OPERATIONS:
            speeds = {
                size: each(kinesis, names[size], settings)
                for size in (("few", "many") if number % 2 else ("many", "few"))
            }
            for size, speed in speeds.items():
                found.setdefault(f"{each.__name__} {size}", []).append(speed)
            found.setdefault(each.__name__, []).append(speeds["many"] / speeds["few"])
    return {name: sorted(values)[len(values) // 2] for name, values in found.items()}


def put_record(kinesis: Any, stream: str, settings: dict[str, Any]) -> float:
    return put_one_by_one(kinesis, settings["ones"], stream)


def put_records(kinesis: Any, stream: str, settings: dict[str, Any]) -> float:
    return put_many(kinesis, settings["many"], stream)


def get_records(kinesis: Any, stream: str, settings: dict[str, Any]) -> float:
    """From where the last ``reads`` records begin: behind all that lie there already."""
    last = kinesis.put_record(StreamName=stream, PartitionKey="last", Data=b"last")["SequenceNumber"]
    put_many(kinesis, settings["reads"], stream)
    shard = f"shardId-{0:012}"
    its = first(kinesis, shard, stream, ShardIteratorType="AT_SEQUENCE_NUMBER", StartingSequenceNumber=last)
    held, seconds = read(kinesis, its, settings["reads"])
    return held / seconds


OPERATIONS = (put_record, put_records, get_records)
LOADS: dict[str, Callable[[dict[str, Any]], dict[str, float]]] = {"beside": beside, "flat": flat}

if __name__ == "__main__":
    print(json.dumps(LOADS[sys.argv[1]](json.loads(sys.argv[2]))))
