"""``kill -9`` under a real writer to a stream: no record that was acknowledged is ever lost, nor changes its place."""

from __future__ import annotations

import os
import random
import signal
import threading
import time

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from engine.live.store import Store
from tests.real.test_killing import compare, kill
from tests.support.play import Played, free_ports

STREAM = "kept"
PATIENCE_S = 60


def start(data, kafka_port):
    return Played(
        "--port", "0", "--kafka-port", str(kafka_port), "--aws-port", "0", "--data", str(data), "--keep-journal",
        fake=False,
    )  # fmt: skip


def client(run):
    """boto3 for the port that was printed; it tries again by itself, as it does for everybody."""
    endpoint, *keys = run.printed("aws ").split()
    given = dict(pair.split("=", 1) for pair in keys)
    return boto3.client(
        "kinesis", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"max_attempts": 1}, connect_timeout=2, read_timeout=10),
    )  # fmt: skip


class Writer(threading.Thread):
    """Puts one record after the other. told: (shard, sequence number, data) of each that was acknowledged."""

    def __init__(self, number):
        super().__init__(daemon=True)
        self.number, self.kinesis = number, None
        self.told, self.over = [], False

    def run(self):
        made = 0
        while not self.over:
            made += 1
            data = b"%d-%d" % (self.number, made)
            try:
                put = self.kinesis.put_record(StreamName=STREAM, PartitionKey=str(made % 7), Data=data)
            except (ClientError, BotoCoreError):
                time.sleep(0.05)
            else:
                self.told.append((put["ShardId"], put["SequenceNumber"], data))


def everything(kinesis):
    """{(shard, sequence number): data}, in the order of each shard."""
    held = {}
    for shard in kinesis.list_shards(StreamName=STREAM)["Shards"]:
        iterator = kinesis.get_shard_iterator(
            StreamName=STREAM, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        behind = 1
        while iterator and behind:
            got = kinesis.get_records(ShardIterator=iterator)
            held |= {(shard["ShardId"], r["SequenceNumber"]): r["Data"] for r in got["Records"]}
            iterator, behind = got.get("NextShardIterator"), got["MillisBehindLatest"]
    return held


def until(found, what):
    end = time.monotonic() + PATIENCE_S
    while not found():
        assert time.monotonic() < end, what
        time.sleep(0.02)


@pytest.mark.parametrize("kills", [1, pytest.param(20, marks=[pytest.mark.full, pytest.mark.timeout(1_200)])])
def test_no_acknowledged_record_is_lost_whoever_is_killed(tmp_path, monkeypatch, kills):
    monkeypatch.setenv("RIACHO_CHECKPOINT_STEPS", "1500")
    chance, kafka_port = random.Random(kills), free_ports(20)
    run = start(tmp_path / "data", kafka_port)
    writers = [Writer(number) for number in range(2)]
    try:
        kinesis = client(run)
        run.command(id="fast", do="set_kinesis", throttle=False)
        run.command(id="hurry", do="speed", speed=4)
        kinesis.create_stream(StreamName=STREAM, ShardCount=3)
        until(lambda: status(kinesis) == "ACTIVE", "it is not created")
        for writer in writers:
            writer.kinesis = kinesis
            writer.start()
        for number in range(kills):
            before = [len(writer.told) for writer in writers]
            until(lambda: all(len(w.told) > n + 20 for w, n in zip(writers, before, strict=True)), "no more puts")  # noqa: B023
            time.sleep(chance.uniform(0.05, 0.6))
            if number == 0:
                kinesis.update_shard_count(StreamName=STREAM, TargetShardCount=4, ScalingType="UNIFORM_SCALING")
            run = kill(run, ("both", "engine", "web")[number % 3], tmp_path / "data", kafka_port, start)
            for writer in writers:
                writer.kinesis = kinesis = client(run)
            until(lambda: answers(kinesis), "it does not answer")  # noqa: B023
        for writer in writers:
            writer.over = True
            writer.join(PATIENCE_S)
        held = everything(kinesis)
        for writer in writers:
            assert [one for one in writer.told if held.get(one[:2]) != one[2]] == []
            for shard in dict.fromkeys(shard for shard, _, _ in writer.told):
                numbers = [int(number) for name, number, _ in writer.told if name == shard]
                assert numbers == sorted(numbers), "a shard keeps the order of the calls"
        assert run.end(signal.SIGINT) == 0
    finally:
        for writer in writers:
            writer.over = True
        if run.process.poll() is None:
            os.killpg(run.process.pid, signal.SIGKILL)
            run.wait()
    if kills > 3:
        compare(tmp_path / "data" / "sandboxes" / "demo", checkpoints=kills)
    else:
        store = Store.open(tmp_path / "data" / "sandboxes" / "demo", cut=False)
        for _ in store.restore():
            pass
        assert [stream["name"] for stream in store.cluster.state()["kinesis"]["streams"]] == [STREAM]
        store.journal.close()


def status(kinesis):
    return kinesis.describe_stream_summary(StreamName=STREAM)["StreamDescriptionSummary"]["StreamStatus"]


def answers(kinesis):
    try:
        return bool(kinesis.list_streams()["StreamNames"])
    except (ClientError, BotoCoreError):
        return False
