"""After a restart all sandboxes are there as they were; one that cannot be opened is no trouble to the others."""

import json
import shutil
import socket

import pytest

from engine.live.entry import load
from engine.live.thread import HostThread
from tests.support.raw_kafka import RawClient, metadata
from tests.support.sandboxes import SCENARIO, read, refused, rows, until_open, write


@pytest.fixture
def host():
    with HostThread.start(SCENARIO) as host:
        yield host


def test_after_a_restart_all_are_there_with_their_ports_names_and_tree(tmp_path):
    with HostThread.start(SCENARIO, tmp_path) as host:
        one = host.call("create", scenario=SCENARIO, name="one", owner="ana")
        write(one["kafka"], b"kept")
        two = host.call("branch", sandbox="one", name="two")
        host.call("rename", sandbox="one", name="Um", owner="ana")
        host.call("command", sandbox="two", actor="x", command={"do": "pause"})
        before = rows(host, owner="ana")
    with HostThread.start(SCENARIO, tmp_path) as host:
        until_open(host)
        after = rows(host, owner="ana")
        lasting = ("id", "name", "owner", "parent", "parent_name", "parent_step", "created_ms", "paused", "brokers")
        for name in ("demo", "one", "two"):
            assert [after[name][key] for key in lasting] == [before[name][key] for key in lasting]
        assert (after["one"]["kafka"], after["two"]["kafka"]) == (one["kafka"], two["kafka"])
        assert b"kept" in read(one["kafka"])


def test_one_that_cannot_be_opened_is_listed_with_its_reason_and_the_others_start(tmp_path, capfd):
    with HostThread.start(SCENARIO, tmp_path) as host:
        for name in ("broken", "well"):
            host.call("create", scenario="one", name=name)
    folder = tmp_path / "sandboxes" / "broken"
    for part in ("journal", "checkpoints"):
        shutil.rmtree(folder / part, ignore_errors=True)
    (folder / "journal").mkdir()
    (folder / "journal" / "00000000000000000000.journal").write_bytes(b"nonsense" * 100)
    with HostThread.start(SCENARIO, tmp_path) as host:
        listed = until_open(host)
        states = {name: row["state"] for name, row in listed.items()}
        assert states == {"broken": "broken", "well": "open", "demo": "open"}
        problem = listed["broken"]["problem"]
        assert problem["code"] and str(folder) in problem["reason"]
        assert refused(host, "state", sandbox="broken") == (409, problem["code"])
        assert host.call("health")["ok"] is True and host.call("health")["problems"][0]["sandbox"] == "broken"
        files = host.call("kept_files", sandbox="broken")
        assert {file["path"] for file in files} >= {"sandbox.json", "journal/00000000000000000000.journal"}
        piece = host.call("kept_piece", sandbox="broken", path="sandbox.json")
        assert json.loads(piece["data"])["name"] == "broken" and piece["next"] is None
        assert host.call("retry", sandbox="broken")["state"] == "broken"
        host.call("delete", sandbox="broken", all=True)
        assert "broken" not in rows(host)
    assert "Traceback" not in capfd.readouterr().err


def test_even_the_first_may_be_broken_and_is_begun_anew(tmp_path):
    HostThread.start(SCENARIO, tmp_path).stop()
    shutil.rmtree(tmp_path / "sandboxes" / "demo" / "checkpoints", ignore_errors=True)
    for path in (tmp_path / "sandboxes" / "demo" / "journal").iterdir():
        path.write_bytes(b"nonsense" * 100)
    with HostThread.start(SCENARIO, tmp_path) as host:
        assert rows(host)["demo"]["state"] == "broken" and host.call("health")["ok"] is False
        assert host.call("reset", all=True)["state"] == "open"
        assert host.call("health")["ok"] is True
        assert host.call("state")["sandbox"] == "demo"


@pytest.mark.parametrize("path", ["../demo/sandbox.json", "/etc/passwd", "", "..", "none", 7], ids=str)
def test_nothing_outside_its_folder_is_handed_out(host, path):
    assert refused(host, "kept_piece", path=path)[0] in (404, 422)


def test_an_unreadable_entry_is_a_reason_too(tmp_path):
    with HostThread.start(SCENARIO, tmp_path) as host:
        host.call("create", scenario="one", name="x")
    (tmp_path / "sandboxes" / "x" / "sandbox.json").write_text("{")
    with HostThread.start(SCENARIO, tmp_path) as host:
        assert until_open(host)["x"]["problem"]["code"] == "ENTRY_DAMAGED"


def test_what_was_left_half_made_or_half_deleted_is_swept_up(tmp_path, capfd):
    with HostThread.start(SCENARIO, tmp_path) as host:
        host.call("create", scenario="one", name="x")
    folder = tmp_path / "sandboxes"
    (folder / "x" / "making").touch()
    (folder / ".gone-y-1").mkdir()
    with HostThread.start(SCENARIO, tmp_path) as host:
        assert list(rows(host)) == ["demo"]
    assert [path.name for path in folder.iterdir()] == ["demo"]
    assert "half" in capfd.readouterr().err


def test_a_range_that_somebody_else_took_meanwhile_is_left_and_said(tmp_path, capfd):
    with HostThread.start(SCENARIO, tmp_path) as host:
        made = host.call("create", scenario="one", name="x")
    port = int(made["kafka"][0].rpartition(":")[2])
    with socket.create_server(("127.0.0.1", port)), HostThread.start(SCENARIO, tmp_path) as host:
        moved = until_open(host)["x"]["kafka"]
        assert moved != made["kafka"]
        assert load(tmp_path / "sandboxes" / "x").first_port == int(moved[0].rpartition(":")[2])
    assert f"port {port}" in capfd.readouterr().err


def test_one_in_which_the_engine_breaks_again_and_again_is_not_opened_any_more(tmp_path, capfd):
    with HostThread.start(SCENARIO, tmp_path) as host:
        host.call("create", scenario="one", name="x")
    for _ in range(3):
        host = HostThread.start(SCENARIO, tmp_path)
        until_open(host)
        break_in(host, "x")
        with pytest.raises(ZeroDivisionError):
            host.stop()
    with HostThread.start(SCENARIO, tmp_path) as host:
        row = until_open(host)["x"]
        assert row["problem"]["code"] == "ENGINE_FAILED" and "ZeroDivisionError" in row["problem"]["reason"]
        assert host.call("retry", sandbox="x")["state"] == "open"


def break_in(host, sandbox):
    broker = host.host.facade.sandboxes[sandbox].sandbox.cluster.broker(1)

    def stumble(now, message):
        raise ZeroDivisionError("a bug")

    broker.handle = stumble
    with RawClient(rows(host)[sandbox]["kafka"][0]) as client:
        client.send(metadata("t"))
        assert client.is_closed()
