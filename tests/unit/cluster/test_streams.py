"""Kinesis streams in a sandbox: commands, the snapshot, whose their topics are, and how real callers bear a pause."""

from __future__ import annotations

import pytest

from engine.cluster import Cluster, pace, patience
from engine.cluster.requests import rows
from engine.commands import CommandRefused
from engine.events import CallAnswered, CallRefused, ThrottlingSet
from engine.limits import PATIENCE_MS, SPEED_WITH_CLIENTS
from engine.quorum.streams import forbidden
from engine.wire import errors
from engine.wire import messages as m
from engine.wire.records import Record, encode_batch
from engine.world.plain import state_digest
from engine.world.trace import Trace
from tests.unit.cluster.sandbox import BUSY, Sandbox
from tests.unit.kinesis.worldly import Gated


@pytest.fixture
def gated():
    return Gated()


# --- commands -------------------------------------------------------------------------------------


def test_a_call_by_command_is_carried_out_and_answered_by_an_event(gated):
    assert gated.do("call_aws", operation="CreateStream", parameters={"StreamName": "t", "ShardCount": 1})["call"] == 1
    gated.pass_ms(6_000)
    put = {"StreamName": "t", "PartitionKey": "1", "Data": "dGVzdGU="}
    gated.do("call_aws", operation="PutRecord", parameters=put)
    gated.pass_ms(100)
    created, answered = gated.told(CallAnswered)
    assert (created.operation, created.stream, created.error) == ("CreateStream", "t", "")
    assert answered.client == "console" and '"ShardId":"shardId-000000000000"' in answered.answer


def test_what_aws_refuses_at_once_is_refused_with_its_code_and_words(gated):
    before = gated.world.event_number
    with pytest.raises(CommandRefused) as refused:
        gated.do("call_aws", operation="DeleteStream", parameters={"StreamName": "none"})
    assert refused.value.code == "ResourceNotFoundException"
    assert refused.value.reason == "Stream none under account 000000000000 not found."
    assert gated.world.event_number == before and gated.told(CallRefused) == []


def test_the_iterator_of_the_last_command_is_at_hand(gated):
    gated.put_on(0, "teste")
    where = {"StreamName": "s", "ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"}
    gated.do("call_aws", operation="GetShardIterator", parameters=where)
    gated.pass_ms(50)
    for _ in range(2):
        gated.do("call_aws", operation="GetRecords", parameters={"ShardIterator": "$SHARD_ITERATOR"})
        gated.pass_ms(50)
    answers = [told.answer for told in gated.told(CallAnswered) if told.operation == "GetRecords"]
    assert '"Data":"dGVzdGU="' in answers[0] and '"Records":[]' in answers[1]


def test_nobody_can_subscribe_by_command(gated):
    arn = "arn:aws:kinesis:us-east-1:000000000000:stream/s"
    gated.call("RegisterStreamConsumer", StreamARN=arn, ConsumerName="c")
    gated.pass_ms(4_000)
    told = gated.call("DescribeStreamConsumer", StreamARN=arn, ConsumerName="c")["ConsumerDescription"]
    where = {"ShardId": "shardId-000000000000", "StartingPosition": {"Type": "LATEST"}}
    asked = {"ConsumerARN": told["ConsumerARN"], **where}
    with pytest.raises(CommandRefused, match="stays to listen"):
        gated.do("call_aws", operation="SubscribeToShard", parameters=asked)


def test_throttling_is_a_switch(gated):
    gated.do("set_kinesis", throttle=False)
    assert gated.state()["kinesis"]["throttling"] is False
    assert gated.told(ThrottlingSet) == [ThrottlingSet(False)]


@pytest.mark.parametrize(
    ("code", "do", "fields"),
    [
        ("ResourceNotFoundException", "add_stream_producer", {"stream": "none"}),
        ("ResourceNotFoundException", "add_stream_consumer", {"stream": "none"}),
        ("INVALID_REQUEST", "add_stream_producer", {"stream": "s", "producer": "there"}),
        ("INVALID_REQUEST", "add_stream_producer", {"stream": "s", "rows": "a\n1"}),
        ("INVALID_REQUEST", "add_stream_consumer", {"stream": "s", "consumer": "not ours", "fan_out": True}),
        ("UNKNOWN_MEMBER_ID", "set_stream_producer", {"producer": "none"}),
        ("UNKNOWN_MEMBER_ID", "crash_stream_consumer", {"consumer": "there"}),
    ],
)
def test_a_command_that_cannot_be_carried_out_changes_nothing(gated, code, do, fields):
    gated.do("add_stream_producer", stream="s", producer="there")
    gated.refused(code, do, **fields)


def test_simulated_applications_have_names_of_their_own(gated):
    names = [gated.do("add_stream_producer", stream="s")["producer"] for _ in range(2)]
    names += [gated.do("add_stream_consumer", stream="s")["consumer"] for _ in range(2)]
    assert names == ["put1", "put2", "kcl1", "kcl2"]
    gated.do("remove_stream_consumer", consumer="kcl1")
    gated.pass_ms(10)
    assert [c["id"] for c in gated.state()["kinesis"]["consumers"]] == ["kcl2"]


# --- whose the topics are -------------------------------------------------------------------------


def test_only_the_gateway_makes_changes_and_deletes_the_topics_of_streams():
    assert not forbidden("__kinesis.s", "kinesis") and forbidden("__kinesis.s", "B1")
    assert forbidden("__consumer_offsets", "kinesis") and not forbidden("pedidos", "B1")


def test_a_kafka_client_reads_a_streams_topic_and_changes_nothing_of_it(gated):
    gated.put_on(0, "teste")
    client = gated.client(gated.leader())
    fetched = client.ask(m.FetchRequest(100, 1, [m.FetchPart("__kinesis.s", 0, 0)]))
    assert fetched.parts[0].high_watermark == 1 and fetched.parts[0].records
    data = encode_batch([Record(0, 1, None, b"x")]).to_bytes()
    produced = client.ask(m.ProduceRequest(-1, 1_000, [m.ProducePart("__kinesis.s", 0, data)]))
    assert produced.parts[0].error == errors.INVALID_TOPIC_EXCEPTION
    refused = errors.INVALID_TOPIC_EXCEPTION
    assert client.ask(m.DeleteTopicsRequest(["__kinesis.s"])).topics[0].error == refused
    assert client.ask(m.CreatePartitionsRequest([m.MorePartitions("__kinesis.s", 9)])).results[0].error == refused
    assert client.ask(m.CreateTopicsRequest([m.NewTopic("__kinesis.mine", 1, 1)])).topics[0].error == refused
    change = m.AlteredResource(2, "__kinesis.s", [m.ConfigChange("retention.ms", "1000")])
    assert client.ask(m.IncrementalAlterConfigsRequest([change])).results[0].error == refused
    gated.refused("INVALID_TOPIC_EXCEPTION", "delete_topic", topic="__kinesis.s")
    assert gated.read(0) == ["teste"]


def test_streams_count_for_none_of_kafkas_limits():
    sandbox = Gated({"brokers": 1, "streams": [{"stream": f"s{n}", "shards": 2} for n in range(60)]})
    for n in range(100):
        sandbox.do("create_topic", topic=f"t{n}", partitions=1, replication=1)
        sandbox.pass_ms(20)
    sandbox.refused("POLICY_VIOLATION", "create_topic", topic="one-more", partitions=1, replication=1)


# --- the scenario and the snapshot ----------------------------------------------------------------


@pytest.mark.parametrize(
    "streams",
    [
        {"stream": "s"}, [{"stream": ""}], [{"stream": "a b"}], [{"stream": "s", "shards": 0}], [{"shards": 1}],
        [{"stream": "s", "mode": "x"}], [{"stream": "s", "retention_hours": 1}], [{"stream": "s"}, {"stream": "s"}],
        [{"stream": "s", "colour": 1}],
    ],
    ids=repr,
)  # fmt: skip
def test_a_scenario_with_a_wrong_stream_is_refused(streams):
    with pytest.raises(CommandRefused):
        Cluster({"brokers": 1, "streams": streams})


def test_a_scenarios_streams_are_active_at_once_and_its_applications_at_work():
    sandbox = Sandbox({
        "brokers": 3, "streams": [{"stream": "s", "shards": 3, "retention_hours": 48}],
        "stream_producers": [{"stream": "s", "rate": 10.0}], "stream_consumers": [{"stream": "s", "poll_ms": 300}],
    })  # fmt: skip
    shown = sandbox.state()["kinesis"]
    assert [(s["status"], s["retention_hours"], len(s["shards"])) for s in shown["streams"]] == [("ACTIVE", 48, 3)]
    sandbox.pass_ms(3_000)
    assert sandbox.state()["kinesis"]["consumers"][0]["delivered"] > 10


def test_the_snapshot_shows_a_streams_partitions_with_their_tapes(gated):
    gated.put_on(0, "teste")
    gated.pass_ms(1_000)
    topic = gated.topic("__kinesis.s")
    assert topic["internal"] and topic["stream"] == "s" and len(topic["partitions"][0]["tail"]["keys"]) == 1
    shard = gated.state()["kinesis"]["streams"][0]["shards"][0]
    assert {what: shard[what] for what in ("start", "hw", "end", "records", "bytes")} == {
        "start": 0, "hw": 1, "end": 1, "records": 1, "bytes": 6,
    }  # fmt: skip


def test_looking_at_streams_changes_nothing(gated):
    gated.do("add_stream_consumer", stream="s")
    gated.put_on(0, "teste")
    before = state_digest(gated.world)
    gated.state()
    assert state_digest(gated.world) == before


def test_a_sandbox_without_streams_shows_none():
    sandbox = Sandbox(BUSY)
    assert "kinesis" not in sandbox.state() and all("stream" not in topic for topic in sandbox.state()["topics"])


def test_puts_and_reads_are_traffic_for_who_looks(gated):
    gated.world.traced = True
    gated.put_on(0, "teste")
    gated.read(0)
    told = [(one["code"], one["params"].get("offset", one["params"].get("first"))) for one in gated.state()["traffic"]]
    assert ("record_put", 0) in told and ("records_read", 0) in told
    assert any(one["code"] == "appended" for one in gated.state()["traffic"])


# --- real callers ---------------------------------------------------------------------------------


def test_a_caller_who_waits_is_among_those_whose_patience_counts(gated):
    gated.send("PutRecord", StreamName="s", PartitionKey="1", Data="eA==")
    (its,) = patience.attached(gated.cluster)
    assert (its.client, its.patience_ms, its.asked) == ("turma", PATIENCE_MS, 1)
    gated.answer()
    assert patience.attached(gated.cluster)[0].asked == 0


def test_while_a_caller_is_attached_time_runs_no_faster_than_it_bears(gated):
    assert pace.limits(gated.cluster)[1] == 64
    gated.call("ListStreams")
    assert pace.limits(gated.cluster) == (*SPEED_WITH_CLIENTS, "turma")
    here = gated.connect("aws:console")
    gated.send("ListStreams", here, client="console")
    gated.hang_up(gated.caller)
    assert pace.limits(gated.cluster)[1] == 64, "somebody at a page waits for nothing"


def test_a_caller_can_be_dropped_by_name(gated):
    gated.call("ListStreams")
    assert gated.do("drop_client", client="turma")["connections"] == 1
    assert gated.world.drain()[1] == [gated.caller]


def test_calls_are_named_as_aws_names_them_where_requests_are_shown(gated):
    trace = gated.world.observer = Trace(2_000)
    gated.send("PutRecord", StreamName="s", PartitionKey="1", Data="eA==")
    gated.pass_ms(50)
    shown = [row for row in rows(gated.cluster, trace, trace.entries) if row["api"] == "PutRecord"]
    asked, answered = shown
    assert (asked["kind"], asked["from"]) == ("request", "turma")
    assert asked["params"] == {"StreamName": "s", "PartitionKey": "1"}
    assert (answered["kind"], answered["to"], answered["params"]["status"]) == ("response", "turma", 200)
    assert answered["of"] == asked["n"]
