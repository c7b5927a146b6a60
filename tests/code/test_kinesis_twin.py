"""What a click in the Kinesis console is in the AWS CLI and in boto3: the lines are run, and ask for just the same.

The command line goes through a real bash and through awscli's own parser; the program through Python. What either
would send is compared with what the console sends.
"""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import types
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from awscli.clidriver import create_clidriver
from botocore import xform_name
from botocore.client import BaseClient

from house import tools
from tests.support.scripts import run

Step = dict[str, Any]
MAKE = """
import { spelled, twin } from './js/kinesis/twin.js';
tell({ twins: given.clicks.map(twin), spelled: given.names.map((name) => [spelled(name), spelled(name, '-')]) });
"""
ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/ftf-meu-stream"
STREAM = {"StreamName": "ftf-meu-stream"}
TEXTS = [
    "teste", '{"nome":"Fernando"}', "pão d'água", 'a "b" `c` $HOME $(id) !x \\n', "duas\nlinhas", "-- com traços", "",
    " ", "file:///etc/hostname", "fileb://x", "*", "~", "dGVzdGU=", "😀", "{}", "[1]", "a=b,c", "'", "\t",
]  # fmt: skip


def data(content: str | bytes) -> str:
    return base64.b64encode(content.encode() if isinstance(content, str) else content).decode()


def put(content: str | bytes, key: str = "1") -> list[Step]:
    return [
        {"operation": "PutRecord", "shown": True, "parameters": {**STREAM, "PartitionKey": key, "Data": data(content)}}
    ]


def step(operation: str, **parameters: Any) -> list[Step]:
    return [{"operation": operation, "parameters": parameters}]


ENTRIES = [{"PartitionKey": f"k'{i}", "Data": data(text)} for i, text in enumerate(TEXTS)]
CLICKS: list[list[Step]] = [
    *(put(text) for text in TEXTS),
    *(put("x", key) for key in TEXTS if key),
    put(bytes(range(256))),
    put(b"\x00"),
    step("CreateStream", **STREAM, ShardCount=4, Tags={"turma": "2ª noite", "aula": "5"}),
    step("CreateStream", **STREAM, StreamModeDetails={"StreamMode": "ON_DEMAND"}),
    step("CreateStream", **STREAM, ShardCount=1, Tags={"a,b": "c=d", "-e": "f ", "g": "", "h": "'x'", "i": "[1]"}),
    step("PutRecords", **STREAM, Records=ENTRIES),
    step("PutRecord", **STREAM, PartitionKey="1", ExplicitHashKey=str(2**127), Data=data("x")),
    step("DeleteStream", **STREAM, EnforceConsumerDeletion=True),
    step("DeleteStream", **STREAM, EnforceConsumerDeletion=False),
    step("UpdateShardCount", **STREAM, TargetShardCount=8, ScalingType="UNIFORM_SCALING"),
    step("UpdateStreamMode", StreamARN=ARN, StreamModeDetails={"StreamMode": "PROVISIONED"}),
    step("IncreaseStreamRetentionPeriod", **STREAM, RetentionPeriodHours=48),
    step("DecreaseStreamRetentionPeriod", **STREAM, RetentionPeriodHours=24),
    step("StartStreamEncryption", **STREAM, EncryptionType="KMS", KeyId="alias/aws/kinesis"),
    step("StopStreamEncryption", **STREAM, EncryptionType="KMS", KeyId="alias/aws/kinesis"),
    step("EnableEnhancedMonitoring", **STREAM, ShardLevelMetrics=["IncomingBytes", "IncomingRecords"]),
    step("DisableEnhancedMonitoring", **STREAM, ShardLevelMetrics=["ALL"]),
    step("AddTagsToStream", **STREAM, Tags={"é": "ç ã"}),
    step("RemoveTagsFromStream", **STREAM, TagKeys=["a,b", "c d", "-e"]),
    step("RemoveTagsFromStream", **STREAM, TagKeys=["turma", "aula"]),
    step("UpdateMaxRecordSize", StreamARN=ARN, MaxRecordSizeInKiB=2048),
    step("RegisterStreamConsumer", StreamARN=ARN, ConsumerName="meu-consumidor"),
    step("DeregisterStreamConsumer", StreamARN=ARN, ConsumerName="meu-consumidor"),
    step("SplitShard", **STREAM, ShardToSplit="shardId-000000000003", NewStartingHashKey=str(2**128 - 9)),
    step("MergeShards", **STREAM, ShardToMerge="shardId-000000000003", AdjacentShardToMerge="shardId-000000000002"),
    step("GetRecords", ShardIterator="AAAA+/=" * 20, Limit=25),
    *(
        [
            {
                "operation": "GetShardIterator",
                "keep": "ShardIterator",
                "parameters": {**STREAM, "ShardId": "shardId-000000000003", "ShardIteratorType": kind, **more},
            },
            {
                "operation": "GetRecords",
                "decode": True,
                "parameters": {"ShardIterator": {"kept": "ShardIterator"}, "Limit": 25},
            },
        ]
        for kind, more in (
            ("TRIM_HORIZON", {}),
            ("AT_TIMESTAMP", {"Timestamp": 1663161621.123}),
            (
                "AFTER_SEQUENCE_NUMBER",
                {"StartingSequenceNumber": "4963329269264938639601154590228868345920191154552098"},
            ),
        )
    ),
    [
        *step("CreateStream", **STREAM, ShardCount=4),
        {"wait": "stream_exists", "parameters": STREAM},
        *step("StartStreamEncryption", **STREAM, EncryptionType="KMS", KeyId="alias/aws/kinesis"),
    ],
]


def sent(steps: list[Step]) -> list[tuple[str, dict[str, Any]]]:
    """What the console asks for, as botocore's clients are asked: bytes and times instead of texts and numbers."""
    asked = []
    for one in steps:
        if "wait" in one:
            asked.append((one["wait"], one["parameters"]))
            continue
        asked.append((one["operation"], {name: _given(name, value) for name, value in one["parameters"].items()}))
    return asked


def _given(name: str, value: Any) -> Any:
    if name == "Data":
        return base64.b64decode(value)
    if name == "Timestamp":
        return datetime.fromtimestamp(value, UTC)
    if name == "Records":
        return [{**one, "Data": base64.b64decode(one["Data"])} for one in value]
    return "ITERATOR" if isinstance(value, dict) and "kept" in value else value


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    model = botocore.session.get_session().get_service_model("kinesis")
    names = list(model.operation_names)
    for operation in model.operation_names:
        shape = model.operation_model(operation).input_shape
        names += list(shape.members) if shape else []
    given = {"clicks": CLICKS, "names": sorted(set(names))}
    found = run(tools.ensure("node"), tmp_path_factory.mktemp("twin"), MAKE, given)
    return {**found, "names": given["names"]}


def test_names_are_spelled_as_awscli_and_boto3_spell_them(made: dict[str, Any]) -> None:
    assert made["spelled"] == [[xform_name(name), xform_name(name, "-")] for name in made["names"]]


def test_the_command_line_asks_for_what_was_clicked(
    made: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = in_bash([one["cli"] for one in made["twins"]], tmp_path)
    asked: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(BaseClient, "_make_api_call", lambda self, name, given: asked.append((name, given)) or {})
    for name in [name for name in os.environ if name.startswith("AWS_") and name != "AWS_DATA_PATH"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, value in (("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "x"), ("DEFAULT_REGION", "us-east-1")):
        monkeypatch.setenv(f"AWS_{name}", value)
    driver = create_clidriver()
    for steps, commands in zip(CLICKS, heard, strict=True):
        asked.clear()
        for words in commands:
            assert words[0] == "kinesis"
            if words[1] == "wait":
                assert words[3] == "--stream-name" and len(words) == 5
                asked.append((words[2].replace("-", "_"), {"StreamName": words[4]}))
            else:
                assert driver.main(as_version_1(words)) == 0, words
        json_given = any("--cli-input-json" in words for words in commands)
        assert [(name, in_bytes(given, json_given)) for name, given in asked] == sent(steps)


def in_bash(lines: list[str], folder: Path) -> list[list[list[str]]]:
    """Each click's commands, as the words that ``aws`` is given."""
    heard = []
    for number, line in enumerate(lines):
        path = folder / f"{number}.sh"
        said = folder / f"{number}.words"
        path.write_text(
            f'aws() {{ printf \'%s\\0\' "$#" "$@" >> {said}; echo ITERATOR; }}\njq() {{ cat > /dev/null; }}\n{line}\n'
        )
        heard.append(said)
    everything = "\n".join(f"bash --norc {folder}/{number}.sh || exit 1" for number in range(len(lines)))
    subprocess.run(["bash", "-c", everything], check=True, capture_output=True, timeout=60, cwd=folder)
    return [_words(said.read_bytes()) for said in heard]


def _words(said: bytes) -> list[list[str]]:
    parts = said.decode().split("\0")[:-1]
    commands = []
    while parts:
        count = int(parts.pop(0))
        commands.append(parts[:count])
        parts = parts[count:]
    return commands


def as_version_1(words: list[str]) -> list[str]:
    """The installed awscli is version 1, which takes data as they are: what version 2 does with base64 is done here."""
    words = list(words)
    if "--cli-binary-format" in words:
        at = words.index("--cli-binary-format")
        assert words[at + 1] == "raw-in-base64-out"
        del words[at : at + 2]
    elif "--data" in words:
        at = words.index("--data") + 1
        (Path(os.environ["HOME"]) / "data").write_bytes(base64.b64decode(words[at], validate=True))
        words[at] = f"fileb://{os.environ['HOME']}/data"
    return words


def in_bytes(given: dict[str, Any], json_given: bool) -> dict[str, Any]:
    """What version 1 keeps as text: data, times; what is given as JSON version 2 takes as base64."""
    found = dict(given)
    if isinstance(found.get("Data"), str):
        found["Data"] = base64.b64decode(found["Data"]) if json_given else found["Data"].encode()
    if isinstance(found.get("Timestamp"), str):
        found["Timestamp"] = datetime.fromisoformat(found["Timestamp"].replace("Z", "+00:00"))
    if "Records" in found:
        found["Records"] = [{**one, "Data": base64.b64decode(one["Data"])} for one in found["Records"]]
    return found


def test_the_program_asks_for_what_was_clicked(made: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    client = Recorder()
    boto3 = types.ModuleType("boto3")
    boto3.client = lambda service: client if service == "kinesis" else None  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "boto3", boto3)
    for steps, one in zip(CLICKS, made["twins"], strict=True):
        client.asked.clear()
        exec(compile(one["boto3"], "twin.py", "exec"), {})
        spelled = [
            (name if "_" in name and name in ("stream_exists",) else xform_name(name), given)
            for name, given in sent(steps)
        ]
        assert client.asked == spelled, one["boto3"]


class Recorder:
    """A client of boto3 that only notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def get_waiter(self, name: str) -> Any:
        return types.SimpleNamespace(wait=lambda **given: self.asked.append((name, given)))

    def __getattr__(self, name: str) -> Any:
        def call(**given: Any) -> dict[str, Any]:
            self.asked.append((name, given))
            return {"ShardIterator": "ITERATOR", "Records": [], "EventStream": []}

        return call


def test_what_the_command_line_cannot_do_is_only_a_program(tmp_path: Path) -> None:
    clicks = [step("SubscribeToShard", ConsumerARN=ARN, ShardId="s", StartingPosition={"Type": "LATEST"})]
    found = run(tools.ensure("node"), tmp_path, MAKE, {"clicks": clicks, "names": []})["twins"][0]
    assert found["cli"] == ""
    assert "for event in kinesis.subscribe_to_shard(" in found["boto3"]


def test_a_short_line_stays_a_line_and_a_long_one_is_broken_between_options(made: dict[str, Any]) -> None:
    first = made["twins"][0]["cli"]
    assert first.splitlines()[0].endswith(" \\") and all(line.startswith("  --") for line in first.splitlines()[1:])
    assert made["twins"][0]["cli"].count("raw-in-base64-out") == 1
