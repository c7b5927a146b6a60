"""The gateway in a World of brokers: what is put is written by leaders, what is read comes from them."""

from __future__ import annotations

import pytest

from engine.events import AwsClientConnected, AwsClientGone, CallRefused, KinesisOpened, PutFailed, PutThrottled
from engine.kinesis.service import sequence
from tests.unit.kinesis.worldly import HALF, Gated, Refused, blob, text


@pytest.fixture
def gated():
    return Gated()


# --- puts and reads -------------------------------------------------------------------------------


def test_a_stream_is_a_topic_and_a_shard_a_partition_with_offsets_in_the_sequence_numbers(gated):
    numbers = [gated.put_on(1, f"r{n}") for n in range(3)]
    assert [sequence.parse(number).offset for number in numbers] == [0, 1, 2]
    topic = gated.topic("__kinesis.s")
    assert topic["stream"] == "s" and topic["replication"] == 3 and topic["min_insync"] == 2
    assert [p["hw"] for p in topic["partitions"]] == [0, 3]
    assert gated.read(1) == ["r0", "r1", "r2"]


def test_records_of_one_call_keep_their_order_and_all_shards_answer_together(gated):
    records = [{"PartitionKey": str(n), "Data": blob(f"r{n}")} for n in range(60)]
    told = gated.call("PutRecords", StreamName="s", Records=records)
    assert told["FailedRecordCount"] == 0 and len(told["Records"]) == 60
    offsets: dict[str, list[int]] = {}
    for one in told["Records"]:
        offsets.setdefault(one["ShardId"], []).append(sequence.parse(one["SequenceNumber"]).offset)
    assert sorted(offsets) == ["shardId-000000000000", "shardId-000000000001"]
    assert all(held == list(range(len(held))) for held in offsets.values())
    assert sorted(gated.read(0) + gated.read(1)) == sorted(f"r{n}" for n in range(60))


def test_what_many_put_in_one_instant_leaves_as_one_batch_a_shard(gated):
    callers = [gated.connect(f"tcp:10.0.0.9:{n}") for n in range(8)]
    gated.put_on(0, "first")
    before = gated.world.steps
    for n, caller in enumerate(callers):
        gated.send("PutRecord", caller, StreamName="s", PartitionKey="k", Data=blob(f"{n}"), ExplicitHashKey="0")
    offsets = [sequence.parse(gated.answer(caller)["SequenceNumber"]).offset for caller in callers]
    assert offsets == [1, 2, 3, 4, 5, 6, 7, 8]
    (first, *rest) = gated.cluster.broker(gated.leader()).partitions["__kinesis.s", 0].log.batches(1, 9)
    assert first.count + sum(batch.count for batch in rest) == 8 and len(rest) <= 2
    assert gated.world.steps - before < 60


def test_the_calls_of_one_connection_are_answered_in_their_order(gated):
    gated.send("PutRecord", StreamName="s", PartitionKey="a", Data=blob("x"))
    gated.send("ListStreams")  # its answer is ready at once, and waits
    gated.send("DescribeStreamSummary", StreamName="none")
    assert "SequenceNumber" in gated.answer()
    assert gated.answer()["StreamNames"] == ["s"]
    with pytest.raises(Refused, match="ResourceNotFoundException"):
        gated.answer()


def test_puts_that_are_over_are_not_kept_until_their_patience_would_have_ended(gated):
    for number in range(50):
        gated.put(f"key-{number}", "x")
    kept = gated.gateway.lanes._tickets
    assert len(kept) == 1
    gated.send("PutRecord", StreamName="s", PartitionKey="last", Data=blob("x"))
    assert [ticket.put.parts[0].keys for ticket in kept] == [[b"last"]]
    assert gated.answer()["ShardId"]


def test_reading_goes_on_from_where_it_was_and_an_empty_answer_is_not_the_end(gated):
    iterator = gated.iterator(0, "LATEST")
    got = gated.call("GetRecords", ShardIterator=iterator)
    assert got["Records"] == [] and got["NextShardIterator"]
    gated.put_on(0, "late")
    got = gated.call("GetRecords", ShardIterator=got["NextShardIterator"])
    assert [text(record) for record in got["Records"]] == ["late"] and got["MillisBehindLatest"] == 0


def test_a_limit_is_kept_within_a_batch(gated):
    records = [{"PartitionKey": "k", "Data": blob(f"{n}"), "ExplicitHashKey": "0"} for n in range(30)]
    gated.call("PutRecords", StreamName="s", Records=records)
    iterator, seen = gated.iterator(0), []
    for _ in range(3):
        got = gated.call("GetRecords", ShardIterator=iterator, Limit=13)
        seen.append([text(record) for record in got["Records"]])
        iterator = got["NextShardIterator"]
    assert [len(part) for part in seen] == [13, 13, 4]
    assert sum(seen, []) == [f"{n}" for n in range(30)]


def test_an_iterator_by_time_begins_with_the_first_record_from_then_on(gated):
    gated.put_on(0, "before")
    gated.pass_ms(5_000)
    moment = gated.gateway.calendar_ms(gated.world.now) / 1000
    gated.pass_ms(1_000)
    gated.put_on(0, "after")
    assert gated.read(0, "TRIM_HORIZON") == ["before", "after"]
    got = gated.call("GetRecords", ShardIterator=gated.iterator(0, "AT_TIMESTAMP", Timestamp=moment))
    assert [text(record) for record in got["Records"]] == ["after"]


# --- who calls ------------------------------------------------------------------------------------


def test_a_client_is_told_of_when_it_calls_first_and_when_its_last_connection_closes(gated):
    gated.call("ListStreams")
    other = gated.connect()
    gated.send("ListStreams", other)
    assert gated.told(AwsClientConnected) == [AwsClientConnected("turma", "Boto3", "1.40")]
    gated.hang_up(other)
    assert gated.told(AwsClientGone) == []
    gated.hang_up(gated.caller)
    assert gated.told(AwsClientGone) == [AwsClientGone("turma")]


def test_somebody_at_a_page_is_no_client(gated):
    here = gated.connect("aws:console")
    gated.send("ListStreams", here, client="console")
    assert gated.answer(here)["StreamNames"] == ["s"]
    assert gated.told(AwsClientConnected) == [] and gated.state()["kinesis"]["clients"] == []


@pytest.mark.parametrize("frame", [b"PutRecord\n{}", b"no line at all", b"a b c d e\n{}"])
def test_a_frame_that_is_none_closes_its_connection_only(gated, frame):
    stranger = gated.connect()
    gated.give("frame", (stranger, frame), "tcp")
    assert gated.world.drain()[1] == [stranger]
    assert gated.call("ListStreams")["StreamNames"] == ["s"]


def test_what_is_no_json_is_a_serialization_error(gated):
    gated.give("frame", (gated.caller, b"PutRecord Boto3 1 turma\n{nonsense"), "tcp")
    with pytest.raises(Refused) as refused:
        gated.answer()
    assert (refused.value.status, refused.value.code) == (400, "SerializationException")


def test_a_refusal_is_told_once_in_ten_seconds(gated):
    for _ in range(5):
        assert gated.refused_call("DescribeStream", StreamName="none") == "ResourceNotFoundException"
    assert len(gated.told(CallRefused)) == 1
    gated.pass_ms(10_000)
    gated.refused_call("DescribeStream", StreamName="none")
    assert len(gated.told(CallRefused)) == 2


def test_the_last_calls_are_shown_with_what_came_of_them(gated):
    gated.put_on(0, "x")
    gated.refused_call("GetRecords", ShardIterator="nonsense" * 20)
    calls = gated.state()["kinesis"]["calls"]
    assert [(c["operation"], c["stream"], c["client"], c["error"]) for c in calls] == [
        ("PutRecord", "s", "turma", ""), ("GetRecords", "", "turma", "InvalidArgumentException"),
    ]  # fmt: skip


# --- faults behind it -----------------------------------------------------------------------------


def test_a_leader_that_crashes_delays_a_put_and_loses_none(gated):
    told = [gated.put_on(0, f"{n}") for n in range(3)]
    gated.do("crash_broker", broker=gated.leader())
    for n in range(3, 6):
        told.append(gated.put_on(0, f"{n}"))
    assert [sequence.parse(number).offset for number in told] == list(range(6))
    assert gated.read(0) == [f"{n}" for n in range(6)]


def test_without_enough_replicas_a_put_fails_after_ten_seconds_and_reading_goes_on(gated):
    gated.put_on(0, "kept")
    leader = gated.leader()
    for broker in (1, 2, 3):
        if broker != leader:
            gated.do("crash_broker", broker=broker)
    gated.pass_ms(3_000)
    began = gated.world.now
    with pytest.raises(Refused) as refused:
        gated.put_on(0, "nobody takes this")
    assert (refused.value.status, refused.value.code) == (500, "InternalFailureException")
    assert 9_000 < (gated.world.now - began) / 1e6 < 11_000
    told = gated.call("PutRecords", StreamName="s", Records=[{"PartitionKey": "a", "Data": blob("x")}])
    assert told["FailedRecordCount"] == 1 and told["Records"][0]["ErrorCode"] == "InternalFailureException"
    assert gated.told(PutFailed)[0].records == 1
    assert gated.read(0) == ["kept"]


def test_what_was_never_sent_is_not_written_when_the_brokers_are_back(gated):
    gated.put_on(0, "kept")
    for broker in (1, 2, 3):
        gated.do("crash_broker", broker=broker)
    gated.pass_ms(50)
    with pytest.raises(Refused):
        gated.put_on(0, "too late")
    with pytest.raises(Refused):
        gated.call("GetRecords", ShardIterator=gated.iterator(0))
    for broker in (1, 2, 3):
        gated.do("start_broker", broker=broker)
    gated.pass_ms(8_000)
    gated.put_on(0, "again")
    assert gated.read(0) == ["kept", "again"]


def test_a_put_whose_answer_was_lost_is_written_once(gated):
    gated.put_on(0, "first")
    gated.do("cut_link", source=f"B{gated.leader()}", target="kinesis", both=False)  # what comes back waits
    gated.send("PutRecord", StreamName="s", PartitionKey="k", Data=blob("second"), ExplicitHashKey="0")
    gated.pass_ms(4_000)
    assert gated.topic("__kinesis.s")["partitions"][0]["end"] == 2
    gated.do("heal_links", node="kinesis")
    assert sequence.parse(gated.answer()["SequenceNumber"]).offset == 1
    assert gated.read(0) == ["first", "second"]


# --- resharding -----------------------------------------------------------------------------------


def split(gated):
    where = str(HALF // 2)
    gated.call("SplitShard", StreamName="s", ShardToSplit="shardId-000000000000", NewStartingHashKey=where)


def test_children_take_over_where_their_parent_ends(gated):
    gated.put("k", "old", ExplicitHashKey="0")
    split(gated)
    gated.active()
    shard, _ = gated.put("k", "new", ExplicitHashKey="0")
    assert shard == "shardId-000000000002"
    got = gated.call("GetRecords", ShardIterator=gated.iterator(0))
    assert [text(record) for record in got["Records"]] == ["old"]
    assert got["NextShardIterator"] is None and len(got["ChildShards"]) == 2
    assert gated.read(2) == ["new"]


def test_a_shard_is_closed_only_when_what_is_on_its_way_to_it_has_arrived(gated):
    gated.put_on(0, "x")
    gated.do("cut_link", source=f"B{gated.leader()}", target="kinesis", both=False)
    gated.send("PutRecord", StreamName="s", PartitionKey="k", Data=blob("y"), ExplicitHashKey="0")
    other = gated.connect()
    parent = {"StreamName": "s", "ShardToSplit": "shardId-000000000000"}
    gated.send("SplitShard", other, **parent, NewStartingHashKey=str(1 << 100))
    gated.pass_ms(7_000)
    assert gated.gateway.account.streams["s"].shards[0].state == "sealing"
    late = gated.connect()
    gated.send("PutRecord", late, StreamName="s", PartitionKey="k", Data=blob("z"), ExplicitHashKey="0")
    gated.pass_ms(500)
    gated.do("heal_links", node="kinesis")
    assert gated.answer(late)["ShardId"] == "shardId-000000000002"
    assert gated.answer()["ShardId"] == "shardId-000000000000"
    shard = gated.gateway.account.streams["s"].shards[0]
    assert (shard.state, shard.end) == ("closed", 2)
    assert gated.read(0) == ["x", "y"] and gated.read(2) == ["z"]


# --- throttles, life and death of streams ------------------------------------------------------------


def test_more_than_a_shard_takes_in_a_second_is_refused_and_not_written(gated):
    gated.pass_ms(1_000 - gated.world.now / 1e6 % 1_000)
    records = [{"PartitionKey": "k", "Data": blob("x"), "ExplicitHashKey": "0"}] * 400
    told = [gated.call("PutRecords", StreamName="s", Records=records) for _ in range(3)]
    assert sum(one["FailedRecordCount"] for one in told) == 200
    assert gated.topic("__kinesis.s")["partitions"][0]["end"] == 1_000
    assert gated.told(PutThrottled)[0].records == 200
    gated.do("set_kinesis", throttle=False)
    assert gated.call("PutRecords", StreamName="s", Records=records)["FailedRecordCount"] == 0


def test_two_streams_whose_names_differ_in_a_dot_are_two(gated):
    for name in ("a.b", "a_b"):
        gated.call("CreateStream", StreamName=name, ShardCount=1)
    gated.pass_ms(7_000)
    assert [s["status"] for s in gated.state()["kinesis"]["streams"]] == ["ACTIVE"] * 3


def test_while_a_broker_is_down_streams_are_made_and_split_and_it_catches_up_when_it_is_back(gated):
    gated.do("crash_broker", broker=3)
    gated.pass_ms(3_000)
    gated.call("CreateStream", StreamName="t", ShardCount=2)
    split(gated)
    gated.pass_ms(10_000)
    assert [s["status"] for s in gated.state()["kinesis"]["streams"]] == ["ACTIVE"] * 2
    gated.put("k", "new", ExplicitHashKey="0")
    gated.do("start_broker", broker=3)
    gated.pass_ms(5_000)
    for topic, partitions in (("__kinesis.s", 4), ("__kinesis.t", 2)):
        assert [sorted(p["isr"]) for p in gated.topic(topic)["partitions"]] == [[1, 2, 3]] * partitions


def test_without_brokers_a_stream_stays_creating_until_they_are_back(gated):
    for broker in (1, 2, 3):
        gated.do("crash_broker", broker=broker)
    gated.call("CreateStream", StreamName="t", ShardCount=2)
    gated.pass_ms(20_000)
    assert gated.state()["kinesis"]["streams"][1]["status"] == "CREATING"
    for broker in (1, 2, 3):
        gated.do("start_broker", broker=broker)
    gated.pass_ms(10_000)
    assert gated.state()["kinesis"]["streams"][1]["status"] == "ACTIVE"


def test_a_stream_that_is_deleted_and_made_again_begins_with_nothing(gated):
    gated.put_on(0, "gone")
    gated.call("DeleteStream", StreamName="s")
    gated.pass_ms(7_000)
    assert gated.refused_call("DescribeStreamSummary", StreamName="s") == "ResourceNotFoundException"
    gated.call("CreateStream", StreamName="s", ShardCount=2)
    gated.active()
    assert gated.read(0) == []
    assert sequence.parse(gated.put_on(0, "new")).offset == 0


def test_the_gateway_comes_when_it_is_needed_and_once():
    from tests.unit.cluster.sandbox import Sandbox

    sandbox = Sandbox()
    assert sandbox.cluster.gateway is None and "kinesis" not in sandbox.state()
    sandbox.do("set_kinesis", throttle=True)
    sandbox.give("kinesis", {}, "host")
    assert sandbox.told(KinesisOpened) == [KinesisOpened()]
    assert sandbox.state()["kinesis"]["streams"] == []


def test_a_closed_shard_that_lost_records_with_the_power_of_all_brokers_has_an_end_all_the_same(gated):
    gated.put_on(0, "lost")
    split(gated)
    gated.active()
    for broker in (1, 2, 3):
        gated.do("power_off_broker", broker=broker)
    for broker in (1, 2, 3):
        gated.do("start_broker", broker=broker)
    gated.pass_ms(8_000)
    assert gated.topic("__kinesis.s")["partitions"][0]["end"] == 0
    assert gated.gateway.account.streams["s"].shards[0].end == 1
    got = gated.call("GetRecords", ShardIterator=gated.iterator(0))
    assert got["Records"] == [] and got["NextShardIterator"] is None and len(got["ChildShards"]) == 2
    gated.do("add_stream_consumer", stream="s", fan_out=True)
    gated.pass_ms(12_000)
    (worker,) = gated.cluster.stream_consumers()
    assert worker.leases.held["shardId-000000000000"].done
