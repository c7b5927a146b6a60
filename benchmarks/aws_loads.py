"""boto3 as people write it, in a process of its own, one thread: what it gets done in a second, as JSON.

    python -m benchmarks.aws_loads beside '{"endpoint": "http://127.0.0.1:4566", ...}'

beside    put_record, put_records (500 at a time) and get_records (500 at a time) against four shards
flat      the same three against one shard that holds so many records already

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


def made(kinesis: Any, shards: int) -> list[str]:
    """A stream, ready: the ids of its shards."""
    kinesis.create_stream(StreamName=STREAM, ShardCount=shards)
    until = time.monotonic() + PATIENCE_S
    while kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]["StreamStatus"] != "ACTIVE":
        if time.monotonic() > until:
            raise SystemExit("the stream does not become active")
        time.sleep(0.05)
    return [f"shardId-{number:012}" for number in range(shards)]


def put_one_by_one(kinesis: Any, count: int) -> float:
    data = bytes(SIZE)
    begun = time.perf_counter()
    for number in range(count):
        kinesis.put_record(StreamName=STREAM, PartitionKey=f"key-{number}", Data=data)
    return count / (time.perf_counter() - begun)


def put_many(kinesis: Any, count: int) -> float:
    data = bytes(SIZE)
    batches = [
        [{"Data": data, "PartitionKey": f"key-{number}"} for number in range(first, first + BATCH)]
        for first in range(0, count, BATCH)
    ]
    begun = time.perf_counter()
    for batch in batches:
        if kinesis.put_records(StreamName=STREAM, Records=batch)["FailedRecordCount"]:
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


def first(kinesis: Any, shard: str, **position: Any) -> str:
    where = position or {"ShardIteratorType": "TRIM_HORIZON"}
    return str(kinesis.get_shard_iterator(StreamName=STREAM, ShardId=shard, **where)["ShardIterator"])


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
    """Each with as many records in the shard as ``sizes`` says, one after the other: {"put_record at 1000": ...}."""
    kinesis = client(settings)
    (shard,) = made(kinesis, 1)
    held, figures, rounds = 0, {}, settings["rounds"]
    ones, many, reads = settings["ones"], settings["many"], settings["reads"]
    for size in settings["sizes"]:
        if size > held:
            put_many(kinesis, size - held)
            held = size
        time.sleep(SETTLE_S)  # what was written is made durable behind it
        put_one_by_one(kinesis, ones)
        held += ones
        best: dict[str, list[float]] = {"put_record": [], "put_records": [], "get_records": []}
        last = kinesis.put_record(StreamName=STREAM, PartitionKey="last", Data=b"last")["SequenceNumber"]
        held += 1
        for _ in range(rounds):
            best["put_record"].append(put_one_by_one(kinesis, ones))
            best["put_records"].append(put_many(kinesis, many))
            held += ones + many
            its = first(kinesis, shard, ShardIteratorType="AT_SEQUENCE_NUMBER", StartingSequenceNumber=last)
            found, seconds = read(kinesis, its, reads)
            best["get_records"].append(found / seconds)
        figures |= {f"{name} at {size}": sorted(values)[len(values) // 2] for name, values in best.items()}
    return figures


LOADS: dict[str, Callable[[dict[str, Any]], dict[str, float]]] = {"beside": beside, "flat": flat}

if __name__ == "__main__":
    print(json.dumps(LOADS[sys.argv[1]](json.loads(sys.argv[2]))))
