"""What a lesson may ask of a Kinesis stream: counted from the state, whoever did it and under whatever initials."""

from __future__ import annotations

from typing import Any

import pytest

from engine.events import StreamCreated
from engine.lessons.attempt import Attempt
from engine.lessons.clauses import clause as read_clause
from engine.lessons.findings import Findings
from engine.lessons.streams import fits
from engine.live import checkpoint_file
from engine.live.slices import at_once
from engine.world.plain import copy
from tests.unit.lessons.playing import attempt, value

FIRST, THIRD = "shardId-000000000000", "shardId-000000000003"
STREAM = {"stream": "s", "shards": 4}
TESTE, GARBLED = "dGVzdGU=", "testdata"


def playing(**more: Any) -> Attempt:
    begun = attempt(**{"start": {"brokers": 1, "streams": [STREAM]}, "goal": {"now": [{"brokers": 9}]}, **more})
    begun.go(100)
    return begun


def call(it: Attempt, operation: str, **parameters: Any) -> Any:
    result = it.command({"do": "call_aws", "operation": operation, "parameters": parameters})
    it.go(it.ms + 100)
    return result


def put(it: Attempt, key: str = "1", data: str = TESTE, stream: str = "s") -> Any:
    return call(it, "PutRecord", StreamName=stream, PartitionKey=key, Data=data)


def read(it: Attempt, kind: str = "TRIM_HORIZON", shard: str = THIRD, stream: str = "s") -> None:
    call(it, "GetShardIterator", StreamName=stream, ShardId=shard, ShardIteratorType=kind)
    call(it, "GetRecords", ShardIterator="$SHARD_ITERATOR")


def asked(it: Attempt, name: str, **of: Any) -> Any:
    wanted = {"data": {"value": "teste"}, "keyed": {"key": "1"}}.get(name, 1)
    if name in ("exists", "open"):
        wanted = True
    if name in ("status", "mode", "encryption"):
        wanted = "x"
    return value(it, {"stream": "s", **of, name: wanted})


@pytest.mark.parametrize(
    ("pattern", "name", "does"),
    [
        ("*-meu-stream", "ftf-meu-stream", True), ("*-meu-stream", "-meu-stream", True),
        ("*-meu-stream", "ftf-meu-stream2", False), ("*-meu-stream", "meu-stream", False), ("s", "s", True),
        ("s", "ss", False), ("a*a", "a", False), ("a*a", "aa", True), ("a*b*c", "axbxc", True),
        ("a*b*c", "axcxb", False), ("*", "", True), ("**", "x", True), ("a*", "ba", False),
    ],
)  # fmt: skip
def test_a_star_stands_for_any_text(pattern: str, name: str, does: bool) -> None:
    assert fits(pattern, name) is does


def test_how_a_stream_is() -> None:
    it = playing()
    told = {name: asked(it, name) for name in ("exists", "status", "mode", "encryption", "retention_hours")}
    assert told == {
        "exists": True, "status": "ACTIVE", "mode": "PROVISIONED", "encryption": "NONE", "retention_hours": 24,
    }  # fmt: skip
    assert [asked(it, name) for name in ("shards", "open_shards", "consumers", "records")] == [4, 4, 0, 0]
    assert asked(it, "exists", shard=THIRD) and not asked(it, "exists", shard="shardId-000000000004")


def test_of_what_is_not_there_nothing_is_known_but_that_it_is_not_there() -> None:
    for start in ({"brokers": 1}, {"brokers": 1, "streams": [STREAM]}):
        it = playing(start=start)
        of = {"stream": "other"}
        assert asked(it, "exists", **of) is False
        for name in ("status", "mode", "encryption", "records", "shards", "open_shards", "quiet_s", "consumers"):
            assert asked(it, name, **of) is None
        assert [asked(it, name, **of) for name in ("put", "delivered", "ahead", "throttled", "garbled")] == [0] * 5
        assert (asked(it, "leases", reader="x", **of), asked(it, "behind", reader="x", **of)) == (0, None)


def test_a_record_is_where_its_key_puts_it_and_is_known_by_key_and_data() -> None:
    it = playing()
    put(it)
    put(it, key="2", data=GARBLED)
    assert (asked(it, "records", shard=THIRD), asked(it, "records", shard=FIRST), asked(it, "put")) == (2, 0, 2)
    assert (asked(it, "keyed"), asked(it, "data"), asked(it, "garbled")) == (1, 1, 1)
    assert (asked(it, "keyed", shard=FIRST), asked(it, "data", shard=THIRD)) == (0, 1)
    put(it)
    assert (asked(it, "keyed"), asked(it, "data"), asked(it, "garbled")) == (2, 2, 1)


def test_what_is_read_is_counted_and_what_comes_empty_too() -> None:
    it = playing()
    put(it)
    read(it, "LATEST")
    assert [asked(it, name) for name in ("reads", "empty", "delivered", "after_empty")] == [1, 1, 0, 0]
    read(it)
    assert [asked(it, name) for name in ("reads", "empty", "delivered", "after_empty")] == [2, 1, 1, 1]
    assert (asked(it, "delivered", shard=FIRST), asked(it, "records")) == (0, 1)


def test_what_was_before_the_lesson_is_not_counted_but_is_there() -> None:
    writer = {"stream": "s", "producer": "p", "rate": 5}
    it = playing(start={"brokers": 1, "streams": [STREAM], "stream_producers": [writer]}, begin_ms=5_000)
    it.command({"do": "remove_stream_producer", "producer": "p"})
    it.go(1_000)
    assert asked(it, "records") >= 20 and asked(it, "put") <= 1


def test_a_child_read_before_its_parent_is_seen() -> None:
    it = playing()
    put(it)
    call(it, "SplitShard", StreamName="s", ShardToSplit=THIRD,
         NewStartingHashKey="297747071055821155530452781502797185024")  # fmt: skip
    it.go(10_000)
    assert (asked(it, "shards"), asked(it, "open_shards"), asked(it, "open", shard=THIRD)) == (6, 5, False)
    put(it)
    child = next(name for name in ("shardId-000000000004", "shardId-000000000005") if asked(it, "records", shard=name))
    read(it, shard=child)
    assert (asked(it, "ahead"), asked(it, "finished")) == (1, 0)
    read(it)
    assert asked(it, "finished", shard=THIRD) == 1
    read(it, shard=child)
    assert asked(it, "ahead") == 1, "from here on the parent was read"


def test_too_many_reads_are_refused_and_it_is_quiet_some_seconds_later() -> None:
    readers = [{"stream": "s", "consumer": name, "poll_ms": 250} for name in ("a", "b")]
    it = playing(start={"brokers": 1, "streams": [{"stream": "s", "shards": 1}], "stream_consumers": readers})
    it.go(4_000)
    assert asked(it, "reads_throttled") > 0 and asked(it, "quiet_s") <= 1 and asked(it, "leases", reader="a") == 1
    it.command({"do": "remove_stream_consumer", "consumer": "b"})
    it.go(10_000)
    assert asked(it, "quiet_s") >= 5 and asked(it, "leases", reader="b") == 0


def test_a_simulated_reader_is_behind_by_what_it_was_not_handed() -> None:
    reader = {"stream": "s", "consumer": "a", "poll_ms": 1_000, "limit": 1}
    it = playing(start={"brokers": 1, "streams": [{"stream": "s", "shards": 1}], "stream_consumers": [reader]})
    for _ in range(4):
        put(it)
    behind = asked(it, "behind", reader="a")
    assert behind >= 2 and behind + asked(it, "delivered", reader="a") == 4
    it.go(10_000)
    assert (asked(it, "behind", reader="a"), asked(it, "delivered", reader="a")) == (0, 4)
    assert asked(it, "behind", reader="a", shard=FIRST) == 0
    assert (asked(it, "readers"), asked(it, "behind")) == (1, 0)
    it.command({"do": "add_stream_consumer", "stream": "s", "consumer": "b", "limit": 1})
    it.go(10_500)
    assert (asked(it, "readers"), asked(it, "behind", reader="a")) == (2, 0)
    assert asked(it, "behind") == asked(it, "behind", reader="b") > 0, "the one that is furthest behind"
    it.command({"do": "set_stream_consumer", "consumer": "b", "running": False})
    it.go(11_000)
    assert (asked(it, "readers"), asked(it, "behind")) == (1, 0)


def test_all_of_a_clause_must_hold_of_one_stream_that_fits() -> None:
    streams = [{"stream": "a-meu-stream", "shards": 1}, {"stream": "b-meu-stream", "shards": 2}]
    it = playing(start={"brokers": 1, "streams": streams})
    put(it, stream="a-meu-stream")

    def holds(**given: Any) -> bool:
        found = Findings()
        one = read_clause({"stream": "*-meu-stream", **given}, "here", found)
        assert one is not None
        return one.look(it.referee.look(), []).holds == one.holds(it.referee.look(), []) is True

    assert holds(put=1) and holds(shards=2) and holds(put=1, shards=1)
    assert not holds(put=1, shards=2)
    assert not holds(exists=False)


def test_an_event_may_be_asked_for_by_such_a_name() -> None:
    one = read_clause({"event": "stream_created", "stream": "*-meu-stream"}, "here", Findings())
    assert one is not None
    assert one.counts(StreamCreated("x-meu-stream", 1, "PROVISIONED"))
    assert not one.counts(StreamCreated("x-stream", 1, "PROVISIONED"))


def test_a_call_of_the_lesson_itself_that_was_refused_is_told() -> None:
    script = [{"at_ms": 500, "do": "call_aws", "operation": "DeleteStream", "parameters": {"StreamName": "none"}}]
    it = playing(script=script)
    it.go(1_000)
    told = [one.event for one in it.world.told if one.event.code == "call_refused"]
    assert [(one.operation, one.stream, one.error) for one in told] == [
        ("DeleteStream", "none", "ResourceNotFoundException")
    ]


def test_what_the_referee_found_in_the_logs_is_found_again_by_a_copy() -> None:
    it = playing(goal={"ever": [{"stream": "s", "data": {"value": "teste", "records": 3}}]})
    put(it)
    put(it)
    rows = it.cluster.state()["lesson"]["clauses"]
    other = copy(it.world)
    assert rows[0]["value"] == 2 and it.referee._places
    assert other.digest() == it.world.digest()
    assert other.director.referee._places == {} and other.director.state()["lesson"]["clauses"] == rows


def test_what_a_reader_knew_of_a_deleted_stream_says_nothing_of_the_next_of_its_name() -> None:
    reader = {"stream": "s", "consumer": "a", "poll_ms": 1_000}
    it = playing(start={"brokers": 1, "streams": [STREAM], "stream_consumers": [reader]})
    it.go(2_000)
    assert asked(it, "leases", reader="a") == 4
    call(it, "DeleteStream", StreamName="s")
    it.go(10_000)
    assert (asked(it, "leases", reader="a"), asked(it, "behind", reader="a")) == (0, None)
    call(it, "CreateStream", StreamName="s", ShardCount=1)
    it.go(18_000)
    assert asked(it, "behind", reader="a") == 0


def test_what_was_counted_is_in_a_checkpoint() -> None:
    it = playing()
    put(it, data=GARBLED)
    read(it, "LATEST")
    kept = at_once(checkpoint_file.from_bytes(at_once(checkpoint_file.to_bytes(it.cluster))))
    assert kept.world.digest() == it.world.digest()
    again = value_of(kept, {"stream": "s", "garbled": 1}), value_of(kept, {"stream": "s", "empty": 1})
    assert again == (1, 1) and kept.gateway.book == it.cluster.gateway.book


def value_of(cluster: Any, given: dict[str, Any]) -> Any:
    one = read_clause(given, "here", Findings())
    assert one is not None
    return one.look(cluster.referee.look(), []).value
