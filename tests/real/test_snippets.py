"""The page's snippets against a running host: what they do is what was done by hand, down to the partition."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from engine.live.thread import HostThread
from tests.code.making import make
from tests.code.running import Runner

PATIENCE_S = 30
SLOWER = [pytest.param(name, marks=pytest.mark.full) for name in ("python", "javascript")]
SCENARIO = {"brokers": 3, "link_us": 200, "topics": [{"topic": "FIAP", "partitions": 3, "replication": 3}]}
VALUE = '{"produto": "pão d\'água", "preço": "R$ 5", "%s": "\\\\"}'
PRODUCE = {"do": "produce", "topic": "FIAP", "key": "cliente-5", "value": VALUE, "headers": {"origem": "a b"}}
TOMBSTONE = {"do": "produce", "topic": "FIAP", "key": "cliente-5", "value": None}
LINES = {"do": "produce", "topic": "FIAP", "value": "uma linha\noutra", "partition": 2}
BURST = {
    "do": "burst",
    "topic": "FIAP",
    "records": 6,
    "keys": ["a", "b c"],
    "value": '{"n": {n}, "de": "{key}", "%": "\\\\"}',
}
TURMA = {"do": "add_group", "group": "turma", "topic": "FIAP"}
FLOW = {"do": "add_producer", "topic": "FIAP", "rate": 20, "keys": "few", "linger_ms": 5}


@pytest.fixture
def host(tmp_path: Path) -> Any:
    with HostThread.start(SCENARIO) as host:
        yield host


@pytest.fixture
def runner(tmp_path: Path, node: str, kafkajs: Path) -> Runner:
    return Runner(tmp_path, node, kafkajs)


@pytest.fixture
def code(host: HostThread, node: str, tmp_path: Path) -> Any:
    """``code(form, command)``, ``code(form, task={...})``: the snippet the page would show."""
    made: dict[str, Any] = {}

    def code(form: str, command: Any = None, **more: Any) -> Any:
        folder = tmp_path / f"page-{len(made)}"
        folder.mkdir()
        wanted = {"form": form, **({"command": command} if command else {}), **more}
        answer = make(node, folder, [wanted], host.kafka[0], state=host.call("state"))["made"][0]
        made[str(len(made))] = answer
        assert answer.get("text"), answer
        return answer

    return code


def records(host: HostThread) -> list[dict[str, Any]]:
    """All records of FIAP."""
    found = []
    for partition in next(t for t in host.call("state")["topics"] if t["name"] == "FIAP")["partitions"]:
        for offset in range(partition["end"]):
            found.append(host.call("record", topic="FIAP", partition=partition["id"], offset=offset))
    return found


def plain(record: dict[str, Any]) -> tuple[Any, ...]:
    """What a record is, without when and where in the log."""
    text = [None if record[part] is None else record[part]["text"] for part in ("key", "value")]
    return record["partition"], *text, [tuple(header) for header in record["headers"]]


def by_hand(host: HostThread, *commands: dict[str, Any]) -> list[tuple[Any, ...]]:
    before = len(records(host))
    for command in commands:
        host.do(**command)
    wait_until(host, lambda _: len(records(host)) > before)
    return sorted((plain(record) for record in records(host)), key=repr)


def wait_until(host: HostThread, holds: Any) -> Any:
    """What ``holds(state)`` says, once it is true."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if found := holds(host.call("state")):
            return found
        time.sleep(0.02)
    raise AssertionError("it did not come to that")


@pytest.mark.parametrize("form", ["kcat", "python", pytest.param("javascript", marks=pytest.mark.full)])
def test_a_record_is_the_same_as_the_one_written_by_hand(
    host: HostThread, runner: Runner, code: Any, form: str
) -> None:
    for command in (PRODUCE, TOMBSTONE, LINES):
        runner.run(code(form, command))
    written = sorted((plain(record) for record in records(host)), key=repr)
    assert len(written) == 3
    for command in (PRODUCE, TOMBSTONE, LINES):
        host.do(**command)
    wait_until(host, lambda s: sum(p["hw"] for t in s["topics"] if t["name"] == "FIAP" for p in t["partitions"]) == 6)
    both = sorted((plain(record) for record in records(host)), key=repr)
    assert both[::2] == both[1::2] == written, "key, value, headers and the partition"


@pytest.mark.parametrize("form", ["kcat", *SLOWER])
def test_a_burst_takes_its_keys_in_turn(host: HostThread, runner: Runner, code: Any, form: str) -> None:
    runner.run(code(form, BURST))
    found = {plain(record)[1:3] for record in records(host)}
    assert found == {
        (key, f'{{"n": {n}, "de": "{key}", "%": "\\\\"}}') for n, key in enumerate(["a", "b c"] * 3, start=1)
    }
    of_a = {record["partition"] for record in records(host) if record["key"]["text"] == "a"}
    assert len(of_a) == 1 and all(r["partitioner"]["explains"] in ("murmur2", "both") for r in records(host))


@pytest.mark.parametrize("form", ["kcat", *SLOWER])
def test_a_consumer_joins_reads_and_leaves_in_good_order(
    host: HostThread, runner: Runner, code: Any, form: str
) -> None:
    for n in range(3):
        host.do("produce", topic="FIAP", key=f"k{n}", value=f"valor-{n}")
    out = runner.until(code(form, TURMA), lambda text: all(f"valor-{n}" in text for n in range(3)))
    assert " @ 0" in out
    name = "turma-js" if form == "javascript" else "turma"
    told = host.heard.told
    wait_until(host, lambda s: any(e["code"] == "member_left" and e["params"]["group"] == name for e in told))
    assert {e["params"]["client"] for e in told if e["code"] == "client_connected"} == {f"{form}-x7k2"}


@pytest.mark.full
@pytest.mark.parametrize("form", ["kcat", "python", "javascript"])
def test_a_flow_produces_until_ctrl_c(host: HostThread, runner: Runner, code: Any, form: str) -> None:
    def many(_: str) -> bool:
        return len(records(host)) >= 8

    runner.until(code(form, FLOW), many)
    assert all(record["key"]["text"].startswith("cliente-") for record in records(host))
    assert all(record["partitioner"]["explains"] in ("murmur2", "both") for record in records(host))


def test_kcat_reads_one_record_and_looks_around(host: HostThread, runner: Runner, code: Any) -> None:
    partition = by_hand(host, PRODUCE)[0][0]
    task = {"act": "read", "topic": "FIAP", "partition": partition, "offset": 0}
    assert runner.run(code("kcat", task=task)) == f"cliente-5: {VALUE}\n"
    assert "3 brokers" in runner.run(code("kcat", task={"act": "look"}))
    assert "isrs: " in runner.run(code("kcat", task={"act": "describe_topic", "topic": "FIAP"}))


@pytest.mark.full
@pytest.mark.parametrize("form", ["python", "javascript"])
def test_administration_does_what_the_commands_do(host: HostThread, runner: Runner, code: Any, form: str) -> None:
    partition = by_hand(host, PRODUCE)[0][0]
    read = {"act": "read", "topic": "FIAP", "partition": partition, "offset": 0}
    assert "cliente-5" in runner.run(code(form, task=read))
    assert "FIAP" in runner.run(code(form, task={"act": "look"}))
    assert "leader" in runner.run(code(form, task={"act": "describe_topic", "topic": "FIAP"}))

    runner.run(code(form, {"do": "create_topic", "topic": "novo", "partitions": 2, "min_insync_replicas": 2}))
    novo = wait_until(host, lambda s: next((t for t in s["topics"] if t["name"] == "novo"), None))
    assert (len(novo["partitions"]), novo["replication"], novo["min_insync"]) == (2, 3, 2)
    runner.run(code(form, task={"act": "set_config", "topic": "novo", "configs": {"retention.ms": "60000"}}))
    wait_until(host, lambda s: any("retention.ms=60000" in e["params"].get("changes", ()) for e in host.heard.told))
    runner.run(code(form, {"do": "delete_topic", "topic": "novo"}))
    wait_until(host, lambda s: all(t["name"] != "novo" for t in s["topics"]))

    host.do("add_group", group="g", topic="FIAP")
    wait_until(host, lambda s: any(g["id"] == "g" and g["committed"] and not g["lag"] for g in s["groups"]))
    assert "FIAP" in runner.run(code(form, task={"act": "describe_group", "group": "g"}))
    host.do("remove_group", group="g")
    wait_until(host, lambda s: any(g["id"] == "g" and g["state"] == "Empty" for g in s["groups"]))
    runner.run(code(form, task={"act": "reset_offsets", "group": "g", "topic": "FIAP", "to": "earliest"}))
    wait_until(host, lambda s: any(g["id"] == "g" and g["lag"] == 1 for g in s["groups"]))
    runner.run(code(form, task={"act": "delete_group", "group": "g"}))
    wait_until(host, lambda s: all(g["id"] != "g" or g["state"] == "Dead" for g in s["groups"]))
