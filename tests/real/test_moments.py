"""Moments leave one sandbox and come to another: by the questions a host answers, and on other Pythons."""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import pytest

from engine.live import moments
from engine.live.thread import HostThread
from tests.support.play import played
from tests.support.replaying import ROOT, replayed

SCENARIO = {
    "name": "sala", "brokers": 3, "link_us": 500,
    "topics": [{"topic": "pedidos", "partitions": 2, "replication": 3}],
    "producers": [{"producer": "loja", "topic": "pedidos", "rate": 20.0}],
    "groups": [{"group": "A", "topic": "pedidos", "poll_ms": 200}],
}  # fmt: skip


@pytest.fixture
def host():
    with HostThread.start(SCENARIO) as host:
        yield host


def ask(host, ask, **fields):
    """Like ``call``, with bytes both ways. Returns the whole answer."""
    question = {"id": 1, "ask": ask, "sandbox": host.sandbox, **fields}
    return asyncio.run_coroutine_threadsafe(host.host.facade.answer(question), host._loop).result(60)


def bring(host, data, **fields):
    answer = ask(host, "import", data=data, **fields)
    assert answer["ok"], answer
    return answer["result"]


def busy(host):
    """Some life, then a pause, so that the present stays what it is. Returns its digest."""
    host.do("speed", speed=32)
    host.do("crash_broker", broker=2)
    while host.call("state")["at_ms"] < 6_000:
        time.sleep(0.02)
    host.do("pause")
    return digest(host, host.sandbox)


def digest(host, name):
    return host.host.facade.sandboxes[name].sandbox.world.digest()


def test_a_link_opens_as_a_new_sandbox_that_stands_still_at_that_moment(host):
    there = busy(host)
    link = host.call("link")["link"]
    assert moments.unpack(moments.from_link(link)).digest == there
    row = bring(host, moments.from_link(link), owner="ana")
    assert (row["name"], row["paused"], row["owner"], row["state"]) == ("demo", True, "you", "open")
    here, now = host.call("state"), host.call("state", sandbox=row["id"])
    same = ("topics", "groups", "producers", "step")
    assert {key: here[key] for key in same} == {key: now[key] for key in same}
    assert here["cluster_id"] != now["cluster_id"] and here["brokers"][0]["port"] != now["brokers"][0]["port"]
    host.call("command", sandbox=row["id"], actor="t", command={"do": "resume"})
    assert host.call("state")["pace"]["paused"], "and the one it came from does not notice"


def test_a_moment_of_the_past_can_be_linked(host):
    busy(host)
    step = host.call("state")["step"] // 2
    told = host.call("link", step=step)
    assert told["step"] == step
    row = bring(host, moments.from_link(told["link"]), name="ontem", owner="ana")
    past = host.call("look", step=step)["state"]
    assert host.call("state", sandbox=row["id"])["topics"] == past["topics"]
    assert row["name"] == "ontem"


def test_what_is_too_much_for_a_link_goes_into_a_file(host, monkeypatch):
    there = busy(host)
    monkeypatch.setattr(moments, "LINK_CHARACTERS_MAX", 100)
    refused = ask(host, "link")
    assert (refused["status"], refused["error"]["code"]) == (413, "TOO_LARGE")
    exported = ask(host, "export")["result"]
    assert exported.about["name"].startswith("demo-") and exported.about["name"].endswith(".riacho")
    moment = moments.unpack(exported.data)
    assert moment.checkpoint and not moment.groups and moment.digest == there
    row = bring(host, exported.data, name="cópia")
    assert host.call("state", sandbox=row["id"])["topics"] == host.call("state")["topics"]


def test_an_import_can_be_branched_and_exported_again(host):
    busy(host)
    row = bring(host, moments.from_link(host.call("link")["link"]))
    again = ask(host, "export", sandbox=row["id"])["result"]
    assert moments.unpack(again.data).checkpoint, "it began with a state, not with a scenario"
    assert bring(host, again.data)["step"] >= row["step"]


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [(b"GIF89a", 422, "NOT_A_MOMENT"), (moments.MAGIC + b"x", 422, "DAMAGED"), ("text", 422, "INVALID_REQUEST")],
)
def test_what_cannot_be_opened_is_refused_with_the_reason(host, data, status, code):
    refused = ask(host, "import", data=data)
    assert (refused["status"], refused["error"]["code"]) == (status, code)
    assert len(host.call("sandboxes")) == 1


def test_one_that_takes_too_long_is_ended(host, monkeypatch):
    monkeypatch.setattr("engine.live.replayer.MOMENT_S_MAX", 0.05)
    refused = ask(host, "import", data=moments.from_link(host.call("link")["link"]))
    assert (refused["status"], refused["error"]["code"]) == (413, "TOO_LARGE")


def playing(file, folder):
    return played("--port", "0", "--kafka-port", "0", "--data", str(folder / "data"), "--open", str(file))


@pytest.mark.timeout(120)
def test_play_begins_with_a_file(host, tmp_path):
    busy(host)
    file = tmp_path / "momento.riacho"
    file.write_bytes(ask(host, "export")["result"].data)
    with playing(file, tmp_path) as run:
        assert run.printed("opened ").endswith("/s/demo-2/")
        status, state = run.get("/api/sandboxes/demo-2/state")
        assert (status, state["pace"]["paused"], state["step"]) == (200, True, host.call("state")["step"])


@pytest.mark.full
@pytest.mark.timeout(120)
def test_play_says_why_a_file_cannot_be_opened_and_ends(host, tmp_path):
    file = tmp_path / "momento.riacho"
    file.write_bytes(ask(host, "export")["result"].data[:-4])
    with playing(file, tmp_path) as run:
        assert run.wait() == 1
        assert "momento.riacho cannot be opened (DAMAGED)" in "\n".join(run.errors)


# --- other Pythons ---------------------------------------------------------------------------------------

NEEDED = ("crc32c", "cramjam", "orjson")  # what the engine needs of others


@cache
def other_pythons():
    """{"3.12": path}: each other Python from 3.11 on this machine, the newest of its line."""
    found = {}
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    paths = sorted(versions.glob("3.*/bin/python"))
    paths += [Path(path) for minor in range(11, 20) if (path := shutil.which(f"python3.{minor}"))]
    for path in paths:
        says = "import sys; print(*sys.version_info[:2], sep='.'); print(sys.implementation.name)"
        told = subprocess.run([path, "-c", says], capture_output=True, text=True).stdout.split()
        if len(told) == 2 and told[1] == "cpython":
            line = tuple(map(int, told[0].split(".")))
            if line >= (3, 11) and line != sys.version_info[:2]:
                found[told[0]] = str(path)
    return found


def equipped(python):
    return subprocess.run([python, "-c", f"import {', '.join(NEEDED)}"], capture_output=True).returncode == 0


def same_there(host, python):
    there = busy(host)
    data = moments.from_link(host.call("link")["link"])
    about, checkpoint = replayed(python, data, PYTHONHASHSEED="5")
    assert (about["ok"], about.get("digest")) == (True, there), about
    row = bring(host, moments.pack(moments.Moment(about["step"], about["at"], there, checkpoint=checkpoint)))
    assert row["paused"], "and what that Python wrote down this one reads"


@pytest.mark.parametrize("line", sorted(other_pythons()))
def test_another_python_that_has_what_the_engine_needs_comes_to_the_same(host, line):
    python = other_pythons()[line]
    if not equipped(python):
        pytest.skip(f"Python {line} lacks {', '.join(NEEDED)}; test --full makes a venv with them")
    same_there(host, python)


@pytest.mark.full
@pytest.mark.timeout(300)
@pytest.mark.parametrize("line", sorted(other_pythons()))
def test_each_other_python_comes_to_the_same(host, line, tmp_path):
    subprocess.run([other_pythons()[line], "-m", "venv", tmp_path / "venv"], check=True)
    python = str(tmp_path / "venv" / "bin" / "python")
    install = [python, "-m", "pip", "install", "-q", *NEEDED]
    installed = subprocess.run(install, capture_output=True, text=True, cwd=ROOT)
    if installed.returncode:
        pytest.skip(f"Python {line} cannot be equipped: {installed.stderr.strip()[-200:]}")
    same_there(host, python)
    print(f"Python {line}: the same digest")
