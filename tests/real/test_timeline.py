"""The timeline's marks and volume are what the World told and what its logs have grown by."""

from __future__ import annotations

import pytest

from engine.live.thread import AskRefused, HostThread

SCENARIO = {
    "brokers": 3, "topics": [{"topic": "t", "partitions": 2, "replication": 3}],
    "producers": [{"topic": "t", "producer": "loja", "rate": 50.0}],
}  # fmt: skip


@pytest.fixture
def host():
    with HostThread.start(SCENARIO) as host:
        yield host


def live_for(host, ms):
    host.do("speed", speed=64.0)
    until = host.call("state")["at_ms"] + ms
    while host.call("state")["at_ms"] < until:
        pass


def test_each_mark_is_an_event_and_each_event_with_a_mark_is_counted_once(host):
    live_for(host, 3_000)
    host.do("crash_broker", broker=3)
    live_for(host, 4_000)
    host.do("pause")
    told = host.call("events", limit=2000)["events"]
    marked = [
        e for e in told
        if e["mark"] and e["code"] != "coordinator_moved" and not str(e["params"].get("topic", "")).startswith("__")
        and not (e["code"] == "leader_elected" and e["params"]["why"] == "created")
    ]  # fmt: skip
    for columns in (1, 7, 200, 1200):
        shown = host.call("timeline", from_ms=0, columns=columns)
        assert sum(mark["count"] for mark in shown["marks"]) == len(marked)
        assert len(shown["marks"]) <= columns and shown["event"] == told[-1]["n"]
        by_number = {e["n"]: e for e in told}
        for mark in shown["marks"]:
            assert mark["head"] == by_number[mark["head"]["n"]]
            assert mark["from_ms"] <= mark["head"]["at_ms"] <= mark["to_ms"]
            assert sum(mark["kinds"].values()) == mark["count"]
    crash = next(
        mark for mark in host.call("timeline", columns=400)["marks"] if mark["head"]["code"] == "broker_crashed"
    )
    part = host.call("timeline", from_ms=crash["from_ms"], to_ms=crash["from_ms"] + 1, columns=1)
    assert part["marks"][0]["head"]["code"] == "broker_crashed"


def test_the_volume_adds_up_to_what_the_logs_hold(host):
    live_for(host, 8_000)
    host.do("pause")
    state = host.call("state")
    written = sum(p["end"] for p in state["topics"][0]["partitions"])
    shown = host.call("timeline", from_ms=0, to_ms=state["at_ms"], columns=100)
    rates = shown["volume"]["rates"]
    width = state["at_ms"] / 100 / 1000
    measured = [rate for rate in rates if rate is not None]
    assert sum(measured) * width == pytest.approx(written, rel=0.1)
    assert all(rate == pytest.approx(50, rel=0.35) for rate in measured[5:])
    assert state["history"]["appended"] == written


def test_looking_at_the_line_changes_nothing_and_nonsense_is_refused(host):
    host.do("pause")
    before = host.call("state")
    host.call("timeline")
    assert host.call("state")["step"] == before["step"]
    for wrong in ({"columns": 0}, {"columns": 5_000}, {"from_ms": -1}, {"to_ms": "x"}):
        with pytest.raises(AskRefused):
            host.call("timeline", **wrong)


def test_a_branch_knows_what_was_written_before_it_began(host):
    live_for(host, 4_000)
    host.do("pause")
    branch = host.call("branch", step=None, name="b", owner="")
    shown = host.call("timeline", sandbox=branch["id"], from_ms=1_000, to_ms=3_000, columns=4)
    assert all(rate == pytest.approx(50, rel=0.35) for rate in shown["volume"]["rates"])


def test_the_volume_is_there_again_after_a_restart(tmp_path):
    with HostThread.start(SCENARIO, tmp_path) as host:
        live_for(host, 5_000)
        host.do("pause")
        before = host.call("timeline", from_ms=1_000, to_ms=4_000, columns=6)["volume"]
    with HostThread.start(SCENARIO, tmp_path) as host:
        assert host.call("timeline", from_ms=1_000, to_ms=4_000, columns=6)["volume"] == before
