"""The lecture's commands in a terminal, with the real command line of both versions; and the JavaScript SDK."""

import re
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import yaml

from engine.live.thread import HostThread
from house import tools
from tests.support.aws_clients import terminal

COMMANDS = yaml.safe_load((Path(__file__).parent.parent / "support" / "lecture_aws.yaml").read_text())
SECONDS = 90


@pytest.fixture
def host():
    with HostThread.start({"brokers": 3, "link_us": 0}) as host:
        host.do("speed", speed=4)
        yield host


def command_line(version):
    if version == "v1":
        return f"{shlex.quote(sys.executable)} -m awscli"
    return shlex.quote(tools.ensure("aws2"))


def script(version, access):
    """All commands as one script, which prints a line between the outputs; what needs a moment is waited for."""
    endpoint = "" if version == "v1" else f"--endpoint-url {access['endpoint']}"
    waiting = textwrap.dedent("""
        until [ "$(aws kinesis describe-stream-summary --stream-name ftf-meu-stream --output text \\
            --query StreamDescriptionSummary.StreamStatus)" = ACTIVE ]; do :; done
    """)
    lines = [f'aws() {{ {command_line(version)} "$@" {endpoint}; }}']
    for one in COMMANDS:
        lines += [f"echo '=== {one['id']}'", one.get("command") or one[version], waiting if one.get("waits") else ""]
    return "\n".join(lines)


def run(version, text, access, **more):
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8", **terminal(access), **more}
    return subprocess.run(
        ["bash", "-e", "-c", text], env=environment, capture_output=True, text=True, timeout=SECONDS
    )  # fmt: skip


@pytest.mark.parametrize("version", [pytest.param("v1", marks=pytest.mark.full), "v2"])
def test_the_lecture_s_commands_run_in_a_terminal(host, version):
    access = host.call("aws_access", owner="", all=True)
    done = run(version, script(version, access), access)
    assert done.returncode == 0, done.stderr
    printed = dict(part.partition("\n")[::2] for part in done.stdout.split("=== ")[1:])
    for one in COMMANDS:
        assert re.search(one["prints"], printed[one["id"]].rstrip("\n")), (one["id"], printed[one["id"]])


@pytest.mark.full
@pytest.mark.parametrize(
    ("version", "command", "told"),
    [
        ("v2", "aws kinesis put-record --stream-name s --partition-key 1 --data teste", "Invalid base64"),
        ("v1", "aws kinesis describe-stream --stream-name s", "(ResourceNotFoundException)"),
        ("v2", "AWS_SECRET_ACCESS_KEY=x aws kinesis list-streams", "(InvalidSignatureException)"),
        ("v2", "aws kinesis create-stream --stream-name 'a b' --shard-count 1", "Value 'a b' at 'streamName'"),
        ("v2", "aws kinesis list-queues", "Invalid choice"),
    ],
)
def test_what_is_wrong_is_told_in_the_command_line_s_own_way(host, version, command, told):
    access = host.call("aws_access", owner="", all=True)
    endpoint = "" if version == "v1" else f"--endpoint-url {access['endpoint']}"
    done = run(version, f'aws() {{ {command_line(version)} "$@" {endpoint}; }}\n{command}', access)
    assert done.returncode != 0 and told in done.stderr


SMOKE = """
import { KinesisClient, CreateStreamCommand, DescribeStreamCommand, PutRecordCommand, PutRecordsCommand,
  GetShardIteratorCommand, GetRecordsCommand, RegisterStreamConsumerCommand, DescribeStreamConsumerCommand,
  SubscribeToShardCommand, DeleteStreamCommand, waitUntilStreamExists } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
const kinesis = new KinesisClient({ endpoint: process.env.AWS_ENDPOINT_URL, region: "us-east-1", maxAttempts: 1,
  requestHandler: new NodeHttpHandler() });
const StreamName = "js", ShardId = "shardId-000000000000";
await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
await waitUntilStreamExists({ client: kinesis, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { StreamName });
const { StreamDescription } = await kinesis.send(new DescribeStreamCommand({ StreamName }));
const put = await kinesis.send(new PutRecordCommand({ StreamName, PartitionKey: "1", Data: Buffer.from("olá") }));
const many = await kinesis.send(new PutRecordsCommand({ StreamName,
  Records: [1, 2, 3].map(n => ({ PartitionKey: `${n}`, Data: Buffer.from(`${n}`) })) }));
const { ShardIterator } = await kinesis.send(new GetShardIteratorCommand({ StreamName, ShardId,
  ShardIteratorType: "TRIM_HORIZON" }));
const read = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
const { Consumer } = await kinesis.send(new RegisterStreamConsumerCommand({
  StreamARN: StreamDescription.StreamARN, ConsumerName: "js" }));
for (let status = ""; status !== "ACTIVE"; await new Promise(done => setTimeout(done, 100)))
  status = (await kinesis.send(new DescribeStreamConsumerCommand({ ConsumerARN: Consumer.ConsumerARN })))
    .ConsumerDescription.ConsumerStatus;
const { EventStream } = await kinesis.send(new SubscribeToShardCommand({ ConsumerARN: Consumer.ConsumerARN, ShardId,
  StartingPosition: { Type: "TRIM_HORIZON" } }));
const pushed = [];
for await (const event of EventStream) {
  pushed.push(...event.SubscribeToShardEvent.Records.map(record => Buffer.from(record.Data).toString()));
  if (pushed.length >= 4) break;
}
let refused = "";
try { await kinesis.send(new DescribeStreamCommand({ StreamName: "nothing" })); }
catch (error) { refused = error.name; }
await kinesis.send(new DeleteStreamCommand({ StreamName, EnforceConsumerDeletion: true }));
console.log(JSON.stringify({ shard: put.ShardId, failed: many.FailedRecordCount, pushed, refused,
  arrived: read.Records[0].ApproximateArrivalTimestamp instanceof Date,
  read: read.Records.map(record => Buffer.from(record.Data).toString()) }));
process.exit(0);
"""


@pytest.mark.full
def test_the_javascript_sdk_does_the_same(host, tmp_path):
    folder = tools.ensure_kafkajs()
    access = host.call("aws_access", owner="", all=True)
    (tmp_path / "smoke.mjs").write_text(SMOKE)
    (tmp_path / "node_modules").symlink_to(folder / "node_modules")
    done = subprocess.run(
        [tools.ensure("node"), str(tmp_path / "smoke.mjs")], env={"PATH": "/usr/bin:/bin", **terminal(access)},
        capture_output=True, text=True, timeout=SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = yaml.safe_load(done.stdout)
    data = ["olá", "1", "2", "3"]
    assert (said["shard"], said["failed"], said["arrived"]) == ("shardId-000000000000", 0, True)
    assert (said["read"], said["pushed"], said["refused"]) == (data, data, "ResourceNotFoundException")
