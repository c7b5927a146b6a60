"""Why a put is refused, a read comes back empty, a child waits for its parent: read off the streams as they are."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from engine.cluster import why, whynot_idle
from engine.commands import CommandRefused
from tests.unit.cluster.sandbox import Sandbox

STREAM = "vendas"
FIRST = "shardId-000000000000"


def with_stream(shards: int = 2, **more: Any) -> Sandbox:
    return Sandbox({"brokers": 3, "topics": [], "streams": [{"stream": STREAM, "shards": shards}], **more})


def whynot(sandbox: Sandbox, about: str, **names: Any) -> list[str]:
    return [one["code"] for one in whynot_idle.answer(sandbox.cluster, about, {"stream": STREAM, **names})]


def call(sandbox: Sandbox, operation: str, **parameters: Any) -> None:
    sandbox.do("call_aws", operation=operation, parameters={"StreamName": STREAM, **parameters})


def read(sandbox: Sandbox, kind: str) -> None:
    """GetShardIterator and GetRecords, as one types them."""
    call(sandbox, "GetShardIterator", ShardId=FIRST, ShardIteratorType=kind)
    sandbox.pass_ms(300)
    sandbox.do("call_aws", operation="GetRecords", parameters={"ShardIterator": "$SHARD_ITERATOR"})
    sandbox.pass_ms(300)


def test_a_shard_that_is_hardly_used_would_refuse_nothing() -> None:
    assert whynot(with_stream(), "throttled", shard=FIRST) == ["put.free"]


def test_one_key_for_all_makes_a_hot_shard_that_no_split_helps() -> None:
    sandbox = with_stream()
    sandbox.do("add_stream_producer", stream=STREAM, producer="quente", rate=2500, keys="hot", batch=100)
    sandbox.pass_ms(4_000)
    shards = sandbox.state()["kinesis"]["streams"][0]["shards"]
    hot = max(shards, key=lambda shard: int(shard["throttled_in"]))["id"]
    assert whynot(sandbox, "throttled", shard=hot) == ["put.over", "put.one-key", "put.one-shard"]
    found = whynot_idle.answer(sandbox.cluster, "throttled", {"stream": STREAM, "shard": hot})
    assert found[0]["why"]["about"] == "event"
    story = why.story_of(sandbox.cluster)
    _, start = why.asked(sandbox.cluster, story, "event", {"n": found[0]["why"]["n"]})
    assert start is not None
    codes = [told.event.code for told, _, _ in why.chain(story, start)]
    assert codes == ["put_throttled", "stream_producer_added"]
    sandbox.do("set_kinesis", throttle=False)
    assert whynot(sandbox, "throttled", shard=hot) == ["put.no-limits"]


def test_a_put_that_no_broker_takes_is_told_with_its_partition() -> None:
    sandbox = with_stream()
    for broker in (1, 2, 3):
        sandbox.do("crash_broker", broker=broker)
    assert whynot(sandbox, "throttled", shard=FIRST)[0].startswith("write.")


def test_an_empty_read_is_not_the_end() -> None:
    sandbox = with_stream(1)
    sandbox.do("call_aws", operation="PutRecord", parameters={
        "StreamName": STREAM, "PartitionKey": "1", "Data": b64encode(b"teste").decode()})  # fmt: skip
    sandbox.pass_ms(500)
    read(sandbox, "LATEST")
    assert whynot(sandbox, "emptyread", shard=FIRST, client="console") == ["get.latest", "get.even"]
    read(sandbox, "TRIM_HORIZON")
    assert whynot(sandbox, "emptyread", shard=FIRST, client="console") == ["get.even"]
    sandbox.pass_ms(301_000)
    assert whynot(sandbox, "emptyread", shard=FIRST, client="console") == ["get.expired"]
    with pytest.raises(CommandRefused):
        whynot(sandbox, "emptyread", shard=FIRST, client="ninguem")


def test_a_child_waits_until_its_parent_is_read_and_the_chain_says_so() -> None:
    sandbox = with_stream(1)
    sandbox.do("add_stream_producer", stream=STREAM, producer="caixa", rate=20, keys="many")
    sandbox.do("add_stream_consumer", stream=STREAM, consumer="painel", poll_ms=500, limit=1)
    sandbox.pass_ms(20_000)
    call(sandbox, "SplitShard", ShardToSplit=FIRST, NewStartingHashKey=str(1 << 127))
    sandbox.pass_ms(10_000)
    born = [s["id"] for s in sandbox.state()["kinesis"]["streams"][0]["shards"] if s["parents"]]
    assert len(born) == 2
    assert whynot(sandbox, "child", shard=born[0]) == ["child.parent"]
    assert whynot(sandbox, "throttled", shard=FIRST) == ["put.closed"]
    sandbox.do("set_stream_consumer", consumer="painel", running=False)
    assert whynot(sandbox, "child", shard=born[0]) == ["child.parent", "child.stopped"]
    sandbox.do("set_stream_consumer", consumer="painel", running=True, limit=1000)
    sandbox.pass_ms(20_000)
    assert whynot(sandbox, "child", shard=born[0]) == ["child.read"]
    story = why.story_of(sandbox.cluster)
    taken = next(
        at for at in reversed(range(len(story.told)))
        if story.event(at).code == "lease_taken" and story.event(at).shard == born[0]
    )  # fmt: skip
    codes = [told.event.code for told, _, _ in why.chain(story, taken)]
    assert codes[:3] == ["lease_taken", "lease_done", "shard_closed"]


def test_a_shard_tells_what_came_of_it_and_what_it_came_of() -> None:
    sandbox = with_stream(2)
    cluster = sandbox.cluster
    found, start = why.asked(cluster, why.story_of(cluster), "shard", {"stream": STREAM, "shard": FIRST})
    assert [one["code"] for one in found] == ["shard.open"]
    call(sandbox, "MergeShards", ShardToMerge=FIRST, AdjacentShardToMerge="shardId-000000000001")
    sandbox.pass_ms(10_000)
    story = why.story_of(cluster)
    found, start = why.asked(cluster, story, "shard", {"stream": STREAM, "shard": FIRST})
    assert found[0]["code"] == "shard.closed"
    assert found[0]["params"]["children"] == ["shardId-000000000002"]
    assert start is not None and story.event(start).code in ("shard_closed", "shards_merged")
    with pytest.raises(CommandRefused):
        whynot(sandbox, "throttled", shard="shardId-000000000099")
