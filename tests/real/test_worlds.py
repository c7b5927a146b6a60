"""Worlds that are saved under a name: begun from as often as wanted, there after a restart, limited, their owner's."""

import json

import pytest

from engine.live import worlds
from engine.live.thread import HostThread
from tests.support.sandboxes import refused

SCENARIO = {
    "name": "sala", "brokers": 3, "link_us": 500,
    "topics": [{"topic": "pedidos", "partitions": 2, "replication": 3}],
    "producers": [{"producer": "loja", "topic": "pedidos", "rate": 5.0}],
}  # fmt: skip


@pytest.fixture
def host():
    with HostThread.start(SCENARIO) as host:
        yield host


def test_a_world_is_saved_and_begun_from_and_stands_still_at_that_very_moment(host):
    host.do("pause")
    then = host.call("state")
    kept = host.call("save_world", name="antes da queda", owner="ana")
    assert (kept["id"], kept["owner"], kept["of"], kept["brokers"]) == ("antes-da-queda", "you", "demo", 3)
    assert kept["step"] == then["step"] and kept["bytes"] > 0
    host.do("crash_broker", broker=1)
    for name in (None, "outra vez"):
        row = host.call("begin_world", world=kept["id"], name=name, owner="bia")
        state = host.call("state", sandbox=row["id"])
        assert row["name"] == (name or "antes da queda") and row["owner"] == "you" and state["pace"]["paused"]
        assert (state["step"], state["topics"]) == (then["step"], then["topics"])
        assert [broker["state"] for broker in state["brokers"]] == ["running"] * 3


def test_an_earlier_moment_can_be_kept_too(host):
    host.do("pause")
    step = host.call("state")["step"] - 3
    assert host.call("save_world", name="um pouco antes", step=step, owner="ana")["step"] == step


def test_worlds_are_there_after_a_restart_and_what_a_broken_saving_left_is_swept_up(tmp_path):
    with HostThread.start(SCENARIO, tmp_path) as host:
        kept = host.call("save_world", name="fica", owner="ana")
    shelf = tmp_path / "worlds"
    (shelf / "half.riacho").write_bytes(b"no description: it was never whole")
    (shelf / ".new-other.json").write_text("{")
    (shelf / "strange.json").write_text(json.dumps({"format": 99}))
    with HostThread.start(SCENARIO, tmp_path) as host:
        assert [world["id"] for world in host.call("worlds", owner="ana")] == ["fica"]
        assert host.call("begin_world", world="fica", owner="ana")["name"] == "fica"
    assert sorted(path.name for path in shelf.iterdir()) == ["fica.json", "fica.riacho", "strange.json"]
    assert kept["bytes"] == (shelf / "fica.riacho").stat().st_size


def test_only_who_saved_a_world_or_is_in_charge_deletes_it_and_anybody_begins_from_it(host):
    host.call("save_world", name="da ana", owner="ana")
    assert refused(host, "delete_world", world="da-ana", owner="bia") == (403, "NOT_YOURS")
    assert refused(host, "delete_world", world="da-ana", owner="") == (403, "NOT_YOURS")
    assert host.call("worlds", owner="bia")[0]["owner"] == ""
    host.call("delete_world", world="da-ana", owner="bia", all=True)
    assert refused(host, "begin_world", world="da-ana", owner="ana") == (404, "UNKNOWN_WORLD")
    assert host.call("worlds") == []


def test_the_limits_are_said_before_any_work_is_done(host, monkeypatch):
    monkeypatch.setattr(worlds, "WORLDS_MAX", 1)
    host.call("save_world", name="um", owner="ana")
    assert refused(host, "save_world", name="dois", owner="ana") == (409, "TOO_MANY_WORLDS")
    monkeypatch.setattr(worlds, "WORLDS_MAX", 9)
    monkeypatch.setattr(worlds, "WORLDS_BYTES_MAX", host.call("worlds")[0]["bytes"])
    assert refused(host, "save_world", name="dois", owner="ana") == (409, "TOO_MANY_WORLDS")


def test_a_world_needs_a_name_and_a_file_that_is_gone_is_said(host, tmp_path):
    assert refused(host, "save_world", name=" ", owner="ana") == (422, "INVALID_REQUEST")
    kept = host.call("save_world", name="um", owner="ana")
    shelf = host.host.keeper.shelf
    (shelf.folder / f"{kept['id']}.riacho").unlink()
    assert refused(host, "begin_world", world="um", owner="ana") == (410, "WORLD_DAMAGED")
