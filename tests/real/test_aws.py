"""The AWS port with boto3: what a student's program gets, and what wrong ones are told."""

import threading
import time

import pytest
from botocore.exceptions import ClientError, ConnectionError, ReadTimeoutError

from engine.live.asks import aws
from engine.live.thread import AskRefused, CannotBegin, HostThread
from tests.support.aws_clients import boto

STREAM = "ftf-meu-stream"
WORLD = {
    "brokers": 3,
    "link_us": 0,
    "streams": [{"stream": STREAM, "shards": 4}, {"stream": "one", "shards": 1}],
}


@pytest.fixture(scope="module")
def host():
    with HostThread.start(WORLD) as host:
        host.do("speed", speed=4)  # what takes seconds in the lesson is done sooner
        yield host


@pytest.fixture
def kinesis(host):
    client = boto(host)
    yield client
    client.close()


def refused(call, **given):
    with pytest.raises(ClientError) as error:
        call(**given)
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]


# --- the lecture -------------------------------------------------------------------------------------


def test_the_shards_have_the_ranges_of_the_slide(kinesis):
    described = kinesis.describe_stream(StreamName=STREAM)["StreamDescription"]
    ranges = [(shard["ShardId"], *shard["HashKeyRange"].values()) for shard in described["Shards"]]
    assert ranges == [
        ("shardId-000000000000", "0", "85070591730234615865843651857942052863"),
        ("shardId-000000000001", "85070591730234615865843651857942052864", "170141183460469231731687303715884105727"),
        ("shardId-000000000002", "170141183460469231731687303715884105728", "255211775190703847597530955573826158591"),
        ("shardId-000000000003", "255211775190703847597530955573826158592", "340282366920938463463374607431768211455"),
    ]
    assert described["StreamStatus"] == "ACTIVE" and described["StreamARN"].endswith(f":stream/{STREAM}")


def test_what_is_put_is_read_and_both_keys_are_on_shard_3(kinesis):
    where = {"StreamName": STREAM, "ShardId": "shardId-000000000003"}
    latest = kinesis.get_shard_iterator(**where, ShardIteratorType="LATEST")["ShardIterator"]
    put = [
        kinesis.put_record(StreamName=STREAM, PartitionKey=key, Data=data)
        for key, data in (("1", b"teste"), ("2", b'{"nome":"Fernando"}'))
    ]
    assert [one["ShardId"] for one in put] == ["shardId-000000000003"] * 2
    assert all(one["SequenceNumber"].startswith("49") and len(one["SequenceNumber"]) == 56 for one in put)
    first = kinesis.get_shard_iterator(**where, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    for iterator in (latest, first):
        records = kinesis.get_records(ShardIterator=iterator)["Records"]
        assert [record["Data"] for record in records] == [b"teste", b'{"nome":"Fernando"}']
        assert [record["SequenceNumber"] for record in records] == [one["SequenceNumber"] for one in put]


def test_a_stream_comes_and_goes(kinesis):
    kinesis.create_stream(StreamName="coming", ShardCount=1)
    status = kinesis.describe_stream_summary(StreamName="coming")["StreamDescriptionSummary"]["StreamStatus"]
    assert status == "CREATING"
    fast = {"Delay": 0.1, "MaxAttempts": 200}
    kinesis.get_waiter("stream_exists").wait(StreamName="coming", WaiterConfig=fast)
    kinesis.delete_stream(StreamName="coming")
    kinesis.get_waiter("stream_not_exists").wait(StreamName="coming", WaiterConfig=fast)


def test_many_records_come_back_whole_and_in_their_order(kinesis):
    entries = [{"Data": f"{n}".encode(), "PartitionKey": "k"} for n in range(500)]
    assert kinesis.put_records(StreamName="one", Records=entries)["FailedRecordCount"] == 0
    where = {"StreamName": "one", "ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"}
    iterator = kinesis.get_shard_iterator(**where)["ShardIterator"]
    answer = kinesis.get_records(ShardIterator=iterator, Limit=400)
    rest = kinesis.get_records(ShardIterator=answer["NextShardIterator"])
    assert [int(one["Data"]) for one in answer["Records"] + rest["Records"]] == list(range(500))
    assert rest["MillisBehindLatest"] == 0


def test_subscribe_to_shard_pushes_records_over_an_event_stream(host, kinesis):
    arn = kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]["StreamARN"]
    made = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="reader")["Consumer"]["ConsumerARN"]
    deadline = time.monotonic() + 20
    while kinesis.describe_stream_consumer(ConsumerARN=made)["ConsumerDescription"]["ConsumerStatus"] != "ACTIVE":
        assert time.monotonic() < deadline
        time.sleep(0.2)
    subscribed = kinesis.subscribe_to_shard(
        ConsumerARN=made, ShardId="shardId-000000000000", StartingPosition={"Type": "LATEST"}
    )
    events = iter(subscribed["EventStream"])
    found = []

    def read():
        for event in events:
            found.extend(event["SubscribeToShardEvent"]["Records"])
            if found:
                return

    reader = threading.Thread(target=read)
    reader.start()
    boto(host).put_record(StreamName=STREAM, PartitionKey="x", ExplicitHashKey="0", Data=b"pushed")
    reader.join(20)
    subscribed["EventStream"].close()
    assert [record["Data"] for record in found] == [b"pushed"]


# --- who is told no ----------------------------------------------------------------------------------


def test_a_wrong_secret_is_refused(host):
    client = boto(host, secret_key="RiachoPlaygroundKey/wrongwrongwrongwrong")
    code, text = refused(client.list_streams)
    assert code == "InvalidSignatureException" and text.startswith("The request signature we calculated does not match")


def test_an_unknown_key_is_refused(host):
    client = boto(host, access_key="AKIARIACHOAAAAAAAAAA")
    expected = ("UnrecognizedClientException", "The security token included in the request is invalid.")
    assert refused(client.list_streams) == expected


def test_another_region_is_refused(host):
    assert refused(boto(host, region="sa-east-1").list_streams)[0] == "InvalidSignatureException"


def test_a_session_token_is_taken(host):
    assert STREAM in boto(host, session_token="FwoGZXIvYXdzEExample").list_streams()["StreamNames"]


def test_an_operation_that_does_not_exist_here_is_unknown(host):
    client = boto(host, validate=False)
    assert refused(client.list_queues)[0] == "UnknownOperationException"


def test_what_breaks_a_constraint_is_told_in_aws_s_words(host):
    client = boto(host, validate=False)
    assert refused(client.create_stream, StreamName="a b", ShardCount=0) == (
        "ValidationException",
        "2 validation errors detected: Value 'a b' at 'streamName' failed to satisfy constraint: Member must satisfy "
        "regular expression pattern: [a-zA-Z0-9_.-]+; Value '0' at 'shardCount' failed to satisfy constraint: Member "
        "must have value greater than or equal to 1",
    )


def test_a_stream_that_is_not_there_is_not_found(kinesis):
    code, text = refused(kinesis.describe_stream, StreamName="nothing")
    assert (code, text) == (
        "ResourceNotFoundException", "Stream nothing under account 000000000000 not found."
    )  # fmt: skip


# --- sandboxes and keys ------------------------------------------------------------------------------


def test_each_sandbox_is_reached_by_its_own_key(host):
    other = host.call("create", scenario={"brokers": 1, "streams": [{"stream": "theirs", "shards": 1}]}, owner="ana")
    access = host.call("aws_access", sandbox=other["id"], owner="ana")
    assert boto(host, access).list_streams()["StreamNames"] == ["theirs"]
    assert "theirs" not in boto(host).list_streams()["StreamNames"]
    with pytest.raises(AskRefused, match="NOT_YOURS"):
        host.call("aws_access", sandbox=other["id"], owner="eva")
    host.call("reset", sandbox=other["id"], owner="ana")
    assert host.call("aws_access", sandbox=other["id"], owner="ana") == access, "begun anew it keeps its key"
    branch = host.call("branch", sandbox=other["id"], owner="ana")
    assert host.call("aws_access", sandbox=branch["id"], owner="ana")["access_key"] != access["access_key"]
    for one in (branch, other):
        host.call("delete", sandbox=one["id"], owner="ana")
    assert refused(boto(host, access).list_streams)[0] == "UnrecognizedClientException"


def test_keys_and_signatures_are_in_no_journal_and_in_no_download(tmp_path):
    with HostThread.start(WORLD, tmp_path) as host:
        access = host.call("aws_access", owner="", all=True)
        boto(host, access, session_token="FwoGZXIvTheSessionToken").put_record(
            StreamName=STREAM, PartitionKey="1", Data=b"find me"
        )
        listed = [file["path"] for file in host.call("kept_files")]
        assert "aws-key.json" not in listed
        with pytest.raises(AskRefused, match="NOT_FOUND"):
            host.call("kept_piece", path="aws-key.json")
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".json")
    assert b"PutRecord" in kept, "the request itself is written down"
    for secret in (access["access_key"], access["secret_key"], "AWS4-HMAC", "FwoGZXIvTheSessionToken"):
        assert secret.encode() not in kept
    with HostThread.start(None, tmp_path) as host:
        assert host.call("aws_access", owner="", all=True)["access_key"] == access["access_key"]


# --- time that stands still --------------------------------------------------------------------------


def test_a_request_waits_while_time_stands_still(host, kinesis):
    host.do("pause")
    answers = []
    asking = threading.Thread(target=lambda: answers.append(kinesis.list_streams()))
    asking.start()
    asking.join(0.5)
    assert not answers
    host.do("resume")
    asking.join(20)
    assert STREAM in answers[0]["StreamNames"]


def test_a_call_from_the_page_goes_the_same_way(host):
    done = host.call("aws_call", operation="DescribeStreamSummary", parameters={"StreamName": STREAM})
    assert (done["status"], done["error"]) == (200, "")
    assert done["body"]["StreamDescriptionSummary"]["OpenShardCount"] == 4
    refusal = host.call("aws_call", operation="DeleteStream", parameters={"StreamName": "nothing"})
    assert (refusal["status"], refusal["error"], refusal["body"]) == (400, "ResourceNotFoundException", {})
    assert host.call("aws_call", operation="PutRecord")["error"] == "ValidationException"
    assert host.call("aws_call", operation="Nothing")["error"] == "UnknownOperationException"
    with pytest.raises(AskRefused, match="INVALID_REQUEST"):
        host.call("aws_call", operation="SubscribeToShard")


def test_a_call_from_the_page_does_not_wait_for_ever(host, monkeypatch):
    monkeypatch.setattr(aws, "AWS_CALL_S", 0.2)
    host.do("pause")
    with pytest.raises(AskRefused, match="504 WAITS"):
        host.call("aws_call", operation="ListStreams")
    host.do("resume")
    assert host.call("aws_call", operation="ListStreams")["status"] == 200


def test_a_client_names_itself(host):
    client = boto(host, app="turma-a")
    client.list_streams()
    shown = {row["client"]: row["software"] for row in host.call("state")["kinesis"]["clients"]}
    assert shown["turma-a"] == "Boto3"
    client.close()


def test_a_port_that_is_taken_is_named_with_the_flag_that_helps(host):
    from engine.live.hosting import HostConfig

    port = int(host.aws.rpartition(":")[2])
    second = HostThread(HostConfig(None, kafka_port=0, aws_port=port))
    second._thread.start()
    second._begun.wait()
    second._thread.join()
    assert isinstance(second._error, CannotBegin)
    assert second._error.flag == "--aws-port" and str(port) in str(second._error)


def test_a_host_comes_back_where_it_was_if_that_can_be_had(host):
    from engine.live.hosting import HostConfig

    def comes_back_to(address):
        again = HostThread(HostConfig(None, kafka_port=0, aws_port_before=int(address.rpartition(":")[2])))
        again._thread.start()
        again._begun.wait()
        again.stop()
        return again.aws

    elsewhere = comes_back_to(host.aws)  # somebody else has that
    assert elsewhere != host.aws
    assert comes_back_to(elsewhere) == elsewhere


def test_a_host_that_ends_closes_its_door():
    with HostThread.start(WORLD) as host:
        client = boto(host)
        client.list_streams()
    with pytest.raises((ConnectionError, ReadTimeoutError)):
        client.list_streams()
