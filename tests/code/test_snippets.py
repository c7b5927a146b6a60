"""What was done, as code: every command in every form, syntax, and the vocabulary of Riacho whole."""

from __future__ import annotations

import ast
import dataclasses
import json
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from engine.commands import COMMANDS
from tests.code import java_stubs
from tests.code.cases import HERE
from tests.code.making import AWS_FORMS, FORMS, make
from tests.support.scripts import run

VALUE = '{"produto": "pão d\'água", "preço": "R$ 5"}'
STATE: dict[str, Any] = {
    "brokers": [{"id": 1}, {"id": 2}, {"id": 3}],
    "topics": [{"name": "FIAP", "internal": False, "partitions": []}],
    "producers": [{"id": "loja", "topic": "FIAP", "rate": 5, "acks": "1", "keys": "hot"}],
    "groups": [
        {
            "id": "A", "protocol": "roundrobin", "committed": {"FIAP": {"0": 3}},
            "members": [{"id": "A-1", "topics": ["FIAP"], "poll_ms": 250}],
        }
    ],
}  # fmt: skip
PUT = {"StreamName": "ftf-meu-stream", "PartitionKey": "1", "Data": "dGVzdGU="}
# What a command needs beside its name; the rest of the vocabulary is taken from the engine's own list.
FIELDS: dict[str, Any] = {
    "topic": "FIAP", "value": VALUE, "key": "cliente-5", "broker": 2, "producer": "loja", "group": "A",
    "consumer": "A-1", "source": "B1", "target": "B2", "path": "FIAP-0/x.log", "byte": 1, "speed": 2, "node": "B2",
    "client": "turma", "configs": {"retention.ms": "60000"}, "partitions": 4, "stream": "ftf-meu-stream",
    "operation": "PutRecord", "throttle": True,
}  # fmt: skip


def commands() -> list[dict[str, Any]]:
    """Each command there is, with what it needs."""
    found = []
    for name, command in COMMANDS.items():
        needed = [
            field.name
            for field in dataclasses.fields(command)
            if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        ]
        given = {field: FIELDS[field] for field in needed if field in FIELDS}
        if "source" in given and name not in ("cut_link", "delay_link"):
            del given["source"]
        found.append({"do": name, **given})
    found[0:0] = [
        {"do": "produce", "topic": "FIAP", "key": "cliente-5", "value": VALUE, "headers": {"origem": "app"}},
        {"do": "produce", "topic": "FIAP", "key": "k", "value": None},
        {"do": "produce", "topic": "FIAP", "value": "a\nb", "partition": 2},
        {"do": "add_producer", "topic": "FIAP", "rate": 0.5, "acks": "0", "keys": "none", "linger_ms": 20},
        {"do": "add_group", "group": "g", "topic": "FIAP", "assignor": "sticky", "start_at": "latest"},
        {"do": "burst", "topic": "FIAP", "value": '{"n": {n}, "de": "{key}", "100%": "\\\\"}', "keys": ["a", "b"]},
        {"do": "move_replicas", "topic": "FIAP", "partition": 0, "replicas": [4, 2, 3]},
        {"do": "reset_offsets", "group": "A", "to": "shift", "offset": -5},
        {"do": "reset_offsets", "group": "A", "to": "duration", "ms": 90_000, "topic": "FIAP"},
        {"do": "add_producer", "topic": "FIAP", "partitioner": "crc32"},
        {"do": "add_group", "group": "c", "topic": "FIAP", "assignor": "cooperative-sticky"},
        {"do": "create_topic", "topic": "novo", "min_insync_replicas": 2, "configs": {"cleanup.policy": "compact"}},
        {"do": "call_aws", "operation": "PutRecord", "parameters": PUT},
    ]
    return found


def of_streams(command: dict[str, Any]) -> bool:
    return command["do"] == "call_aws" or ("_stream_" in command["do"])


@pytest.fixture(scope="module")
def all_of(node: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    wanted = [{"form": form, "command": command} for command in commands() for form in FORMS]
    wanted += [{"form": form, "command": it} for it in commands() if of_streams(it) for form in AWS_FORMS]
    recipes = make(node, tmp_path_factory.mktemp("recipes"), [], state=STATE)["recipes"]
    wanted += [{"form": form, "task": task} for task in recipes for form in FORMS if form != "http"]
    answer = make(node, tmp_path_factory.mktemp("snippets"), wanted, state=STATE)
    answer["wanted"] = wanted
    return answer


def each(all_of: Any, *, language: str = "", form: str = "") -> list[tuple[Any, Any]]:
    pairs = zip(all_of["wanted"], all_of["made"], strict=True)
    return [
        (wanted, made)
        for wanted, made in pairs
        if made.get("text") and made["language"] in (language, made["language"] if not language else "")
        and form in ("", made["form"])
    ]  # fmt: skip


def of(all_of: Any, form: str, command: dict[str, Any]) -> Any:
    return all_of["made"][all_of["wanted"].index({"form": form, "command": command})]


def test_every_command_has_code_or_a_reason_in_every_form(all_of: Any) -> None:
    for wanted, made in zip(all_of["wanted"], all_of["made"], strict=True):
        assert bool(made.get("text")) != bool(made.get("why")), wanted
        assert made["unsaid"] == [], wanted
        assert "undefined" not in made.get("text", ""), made
        assert "".join(piece["text"] for piece in made["painted"]) == made.get("text", "")
    assert {made["form"] for made in all_of["made"]} == {*FORMS, *AWS_FORMS}


def test_what_kafka_has_a_word_for_has_code_in_every_language(all_of: Any) -> None:
    for do in ("produce", "create_topic", "delete_topic", "add_producer", "add_group", "add_consumer", "set_consumer"):
        for form in ("python", "java", "javascript", "scripts"):
            made = [m for w, m in each(all_of, form=form) if w.get("command", {}).get("do") == do]
            assert made, (do, form)


def test_each_snippet_names_itself_so_that_it_is_recognised(all_of: Any) -> None:
    for wanted, made in each(all_of):
        task = wanted.get("task", {}).get("act") or wanted["command"]["do"]
        if made["form"] in ("kcat", "python", "java", "javascript"):
            assert f"{made['form']}-x7k2" in made["text"], (task, made["form"])


def test_a_call_of_aws_is_told_with_its_own_tools_and_in_no_form_of_kafka(all_of: Any) -> None:
    call = {"do": "call_aws", "operation": "PutRecord", "parameters": PUT}
    cli, boto3 = of(all_of, "aws", call), of(all_of, "boto3", call)
    words = shlex.split(cli["text"].replace("\\\n", " "))
    assert words[:3] == ["aws", "kinesis", "put-record"] and "teste" in words
    assert "note.aws.base64" in cli["notes"]
    assert ast.parse(boto3["text"]) and "Data=b'teste'" in boto3["text"]
    assert {of(all_of, form, call)["why"] for form in FORMS[:-1]} == {"none.kinesis"}
    reader = of(all_of, "aws", {"do": "add_stream_consumer", "stream": "ftf-meu-stream"})["text"]
    assert "get-shard-iterator" in reader and "get-records" in reader


def test_a_command_over_http_is_the_command_itself(all_of: Any) -> None:
    for wanted, made in each(all_of, form="http"):
        words = shlex.split(made["text"])
        assert json.loads(words[words.index("-d") + 1]) == wanted["command"]
        assert words[-1] == "http://127.0.0.1:8000/api/sandboxes/demo/commands"


def test_what_administrators_do_is_said_with_their_own_tools(all_of: Any) -> None:
    def script(**command: Any) -> str:
        return " ".join(of(all_of, "scripts", command)["text"].replace("\\\n", " ").split())

    assert script(do="add_partitions", topic="FIAP", partitions=4).endswith("--alter --topic FIAP --partitions 4")
    moving = script(do="move_replicas", topic="FIAP", partition=0, replicas=[4, 2, 3])
    assert '{"topic":"FIAP","partition":0,"replicas":[4,2,3]}' in moving and moving.endswith("--execute")
    assert script(do="move_replicas", topic="FIAP").endswith("--cancel")
    assert "--shift-by -5 --execute" in script(do="reset_offsets", group="A", to="shift", offset=-5)
    assert "--by-duration PT90S" in script(do="reset_offsets", group="A", to="duration", ms=90_000, topic="FIAP")
    assert "--to-earliest" in script(do="reset_offsets", group="A")
    more = of(all_of, "python", {"do": "add_partitions", "topic": "FIAP", "partitions": 4})
    assert "NewPartitions('FIAP', 4)" in more["text"]
    shifted = of(all_of, "python", {"do": "reset_offsets", "group": "A", "to": "shift", "offset": -5})
    assert shifted["why"] == "none.reset"
    crc32 = {"do": "add_producer", "topic": "FIAP", "partitioner": "crc32"}
    assert "murmur2" not in of(all_of, "kcat", crc32)["text"] + of(all_of, "python", crc32)["text"]
    assert of(all_of, "java", crc32)["notes"][1] == "note.crc32.none"


def test_what_a_command_leaves_unsaid_is_read_off_the_cluster(all_of: Any) -> None:
    made = of(all_of, "python", {"do": "start_producer", "producer": "loja"})["text"]
    assert "'acks': '1'" in made and "time.sleep(1 / 5)" in made and "cliente-1' if random" in made
    made = of(all_of, "kcat", {"do": "start_consumer", "consumer": "A-1"})["text"]
    assert "-G A" in made and "partition.assignment.strategy=roundrobin" in made


def test_the_shell_finds_no_fault_in_its_snippets(all_of: Any) -> None:
    texts = [made["text"] for _, made in each(all_of, language="shell")]
    script = "\n".join(f"f{n}() {{\n{text}\n}}" for n, text in enumerate(texts))
    done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_python_finds_no_fault_in_its_snippets(all_of: Any) -> None:
    for _, made in each(all_of, form="python"):
        ast.parse(made["text"])
        assert made["run"] == f"python3 {made['file']}" and made["needs"] == "pip install confluent-kafka"


def test_node_finds_no_fault_in_its_snippets(all_of: Any, node: str, tmp_path: Path) -> None:
    texts = [made["text"] for _, made in each(all_of, form="javascript")]
    program = "import { Script } from 'node:vm';\ngiven.forEach((text) => new Script(text));\ntell('sound');\n"
    assert run(node, tmp_path, program, texts) == "sound"


def test_the_doctor_finds_nothing_wrong_with_what_the_page_itself_writes(
    all_of: Any, node: str, tmp_path: Path
) -> None:
    texts = [made["text"] for _, made in each(all_of) if made["form"] != "http"]
    program = """
import { diagnose } from './js/doctor/diagnose.js';
const errors = (text) => diagnose(text, given.here).findings.filter((it) => it.sort === 'error').map((it) => it.id);
tell(given.texts.map((text) => [text, errors(text)]));
"""
    topics = [*HERE["topics"], "novo", "pedidos-novos"]
    faults = run(node, tmp_path, program, {"texts": texts, "here": {**HERE, "topics": topics}})
    assert [fault for fault in faults if fault[1]] == []


def test_the_console_scripts_get_their_words_whole(all_of: Any, tmp_path: Path) -> None:
    """Stand-ins for the kafka-*.sh that write down what they were given."""
    for name in ("console-producer", "topics", "consumer-groups", "configs", "console-consumer"):
        path = tmp_path / f"kafka-{name}.sh"
        path.write_text('#!/bin/bash\nprintf "%s\\n" "$@" > "$SEEN.args"\n[ -t 0 ] || cat > "$SEEN.in"\n')
        path.chmod(0o755)
    made = of(all_of, "scripts", commands()[0])
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "SEEN": str(tmp_path / "seen")}
    subprocess.run(["bash", "-c", made["text"]], check=True, env=environment, timeout=20)
    assert (tmp_path / "seen.in").read_text() == f"origem:app\tcliente-5\t{VALUE}\n"
    given = (tmp_path / "seen.args").read_text().split("\n")
    assert given[:4] == ["--bootstrap-server", "127.0.0.1:19092", "--topic", "FIAP"]
    assert {"parse.key=true", "parse.headers=true"} <= set(given)


@pytest.mark.full
def test_javac_finds_no_fault_in_its_snippets(all_of: Any, tmp_path: Path) -> None:
    """Against the signatures of kafka-clients: names, types and imports. (The real jar is in no registry we reach.)"""
    javac = shutil.which("javac")
    assert javac, "a JDK is missing. Once: apt-get install --yes default-jdk-headless"
    stubs = java_stubs.write(tmp_path / "stubs")
    texts = {made["text"]: made["file"] for _, made in each(all_of, form="java")}
    files = []
    for number, (text, name) in enumerate(texts.items()):  # several classes of one name: a package each
        path = tmp_path / f"n{number}" / name
        path.parent.mkdir()
        path.write_text(f"package n{number};\n{text}\n")
        files.append(str(path))
    command = [javac, "-proc:none", "-Xlint:-options", "-sourcepath", str(stubs), "-d", str(tmp_path / "out"), *files]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stderr
