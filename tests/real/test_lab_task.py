"""The lab task of the lecture, done by a real client: under any initials, seen by the state of the stream alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from engine.lessons.document import scenario_of
from engine.live.thread import HostThread
from playground.lessons.reading import read

LEVEL = Path(__file__).resolve().parents[2] / "levels" / "kinesis-01-meu-stream.yaml"
NAME, SAID = "ze.9-meu-stream", b'{"nome":"Fernando"}'


def client(host: HostThread) -> Any:
    access = host.call("aws_access", owner="", all=True)
    return boto3.client(
        "kinesis", endpoint_url=access["endpoint"], region_name=access["region"],
        aws_access_key_id=access["access_key"], aws_secret_access_key=access["secret_key"],
        config=Config(retries={"total_max_attempts": 2}),
    )  # fmt: skip


def lesson(host: HostThread) -> dict[str, Any]:
    found: dict[str, Any] = host.call("state")["lesson"]
    return found


def done(host: HostThread) -> list[bool]:
    return [one["holds"] for one in lesson(host)["clauses"] if one["part"] == "ever"]


def until_done(host: HostThread, *wanted: bool) -> None:
    def there() -> bool:
        rows = host.heard.frames[-1]["lesson"]["clauses"] if host.heard.frames else []
        return [one["holds"] for one in rows if one["part"] == "ever"] == [*wanted]

    host.wait_for(there)


def test_the_lab_task_is_seen_step_by_step_whoever_does_it() -> None:
    document = read(LEVEL.read_text(encoding="utf-8")).data
    with HostThread.start(scenario_of(document)) as host:
        host.call("watch")
        host.do("predict", option=1)
        host.do("speed", speed=4)
        kinesis = client(host)
        kinesis.create_stream(StreamName=NAME, ShardCount=2)
        assert done(host) == [False, False, False], "CREATING is not ACTIVE"
        until_done(host, True, False, False)
        put = kinesis.put_record(StreamName=NAME, PartitionKey="1", Data=SAID)
        until_done(host, True, True, False)
        iterator = kinesis.get_shard_iterator(
            StreamName=NAME, ShardId=put["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        assert [one["Data"] for one in kinesis.get_records(ShardIterator=iterator)["Records"]] == [SAID]
        until_done(host, True, True, True)
        kinesis.delete_stream(StreamName=NAME)
        host.wait_for(lambda: host.heard.frames[-1]["lesson"]["phase"] == "reached")
        stands = lesson(host)
    assert (stands["by"], stands["moves"], stands["shown"]) == ("client", 0, False)
    assert stands["predictions"][0]["held"] == [1], "the record was there to the end"
    assert stands["met"] == []
