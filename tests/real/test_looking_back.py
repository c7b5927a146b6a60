"""Looking back, as the stage asks for it: the past as it was shown then, while the present goes on."""

from __future__ import annotations

import pytest

from engine.live.thread import AskRefused, HostThread
from tests.support.raw_kafka import RawClient, metadata, produce

SCENARIO = {
    "brokers": 3, "link_us": 500, "topics": [{"topic": "t", "partitions": 1, "replication": 3}],
    "producers": [{"topic": "t", "producer": "loja", "rate": 20.0}],
    "groups": [{"group": "A", "topic": "t", "poll_ms": 100}],
}  # fmt: skip
# What the past shows otherwise than the present did: who looked, and that time was let go on at that very moment.
OTHERWISE = ("frame", "event", "pace", "traffic", "history", "past", "problem", "clients", "kafka")


@pytest.fixture
def host():
    with HostThread.start(SCENARIO) as host:
        yield host


def shown(state):
    return {key: value for key, value in state.items() if key not in OTHERWISE}


def live_for(host, ms):
    """Let virtual time pass, quickly."""
    host.do("speed", speed=64.0)
    until = host.call("state")["at_ms"] + ms
    while host.call("state")["at_ms"] < until:
        pass
    host.do("speed", speed=1.0)


def held(host):
    """The state of a moment at which time stood still."""
    host.do("pause")
    state = host.call("state")
    host.do("resume")
    return state


def test_a_moment_that_was_seen_is_seen_again(host):
    seen = []
    for broker in (1, 2):
        live_for(host, 3_000)
        seen.append(held(host))
        host.do("crash_broker", broker=broker)
        live_for(host, 8_000)
        seen.append(held(host))
        host.do("start_broker", broker=broker)
    for then in seen:
        for moment in ({"step": then["step"], "ms": then["at_ms"]}, {"ms": then["at_ms"]}):
            past = host.call("look", **moment)["state"]
            assert shown(past) == shown(then)
            assert (past["past"]["step"], past["past"]["at_ms"]) == (then["step"], then["at_ms"])
            assert past["past"]["live_step"] > then["step"]


def test_real_clients_of_the_past_are_shown_as_they_were(host):
    address = host.kafka[0]
    with RawClient(address, name="kcat") as client:
        leader = client.ask(metadata("t")).topics[0].partitions[0].leader
        with RawClient(host.kafka[leader - 1], name="loader") as loader:
            loader.ask(metadata("t"))
            loader.ask(produce("t", 0, b"um", b"dois"))
            then = held(host)
        live_for(host, 2_000)
    past = host.call("look", ms=then["at_ms"])["state"]
    outside = [p for p in then["producers"] if p["kind"] == "tcp"]
    assert outside and [p for p in past["producers"] if p["kind"] == "tcp"] == outside
    assert [p for p in host.call("state")["producers"] if p["kind"] == "tcp"] == []


def test_looking_back_leaves_a_paused_present_where_it_stands(host):
    live_for(host, 5_000)
    host.do("pause")
    before = host.call("state")
    told = host.call("events")["last"]
    for question in ({"ms": 2_000}, {"step": before["step"] - 10}, {"step": before["step"], "move": "back"}):
        host.call("look", **question)
    assert host.call("state") == before and host.call("events")["last"] == told


def test_arrows_go_from_one_meaningful_event_to_the_next_and_back(host):
    live_for(host, 5_000)
    host.do("pause")
    live = host.call("state")["step"]
    back = [host.call("look", step=live, move="back")["state"]["past"]["step"]]
    for _ in range(6):
        back.append(host.call("look", step=back[-1], move="back")["state"]["past"]["step"])
    assert back == sorted(back, reverse=True) and len(set(back)) == len(back)
    there, forth = back[-1], []
    for _ in range(6):
        there = host.call("look", step=there, move="forward")["state"]["past"]["step"]
        forth.append(there)
    assert forth == back[-2::-1]
    last = host.call("look", step=live, move="forward")["state"]["past"]
    assert last["step"] == last["live_step"] == live


def test_each_of_the_arrows_shows_what_happened(host):
    live_for(host, 5_000)
    host.do("pause")
    here, seen = host.call("look", ms=4_000)["state"]["past"], 0
    for _ in range(8):
        found = host.call("look", step=here["step"], ms=here["at_ms"], move="back")
        here = found["state"]["past"]
        seen += here["at_ms"] in [event["at_ms"] for event in (*found["events"], *found["traffic"])]
    assert seen >= 4  # the others are appends to the brokers' own topics


def test_a_second_at_a_time(host):
    live_for(host, 6_000)
    host.do("pause")
    start = host.call("look", ms=4_000)["state"]["past"]
    for move, at_ms in (("back_second", 3_000), ("forward_second", 5_000)):
        assert host.call("look", step=start["step"], ms=4_000, move=move)["state"]["past"]["at_ms"] == at_ms
    by_step = host.call("look", step=start["step"], move="back_second")["state"]["past"]["at_ms"]
    assert 2_900 < by_step <= 3_000
    assert host.call("look", ms=100, move="back_second")["state"]["past"]["step"] >= 0


def test_the_live_state_says_how_far_back_one_can_look(host):
    live_for(host, 1_000)
    history = host.call("state")["history"]
    assert history["from_step"] >= 0 and history["from_ms"] >= 0
    first = host.call("look", step=history["from_step"])["state"]["past"]
    assert first["step"] == history["from_step"]


def test_events_of_the_past_end_there(host):
    live_for(host, 2_000)
    host.do("crash_broker", broker=3)
    live_for(host, 5_000)
    told = [e for e in host.call("events", limit=1000)["events"] if e["code"] == "broker_crashed"]
    before = host.call("look", ms=told[0]["at_ms"] - 0.001)
    at = host.call("look", step=told[0]["step"], ms=told[0]["at_ms"])
    assert "broker_crashed" not in [e["code"] for e in before["events"]]
    assert at["events"][-1] == told[0]
    states = [next(b["state"] for b in found["state"]["brokers"] if b["id"] == 3) for found in (before, at)]
    assert states == ["running", "crashed"]
    assert len(at["events"]) <= 20


def test_what_was_before_a_restart_can_still_be_looked_at(tmp_path):
    with HostThread.start(SCENARIO, tmp_path) as host:
        live_for(host, 3_000)
        host.do("crash_broker", broker=2)
        then = held(host)
        live_for(host, 3_000)
    with HostThread.start(SCENARIO, tmp_path) as host:
        past = host.call("look", step=then["step"], ms=then["at_ms"])["state"]
    assert shown(past) | {"brokers": 0} == shown(then) | {"brokers": 0}
    assert [b["state"] for b in past["brokers"]] == ["running", "crashed", "running"]


@pytest.mark.parametrize(
    ("question", "status", "code"),
    [
        ({}, 422, "INVALID_REQUEST"),
        ({"step": -1}, 422, "INVALID_REQUEST"),
        ({"step": 1.5}, 422, "INVALID_REQUEST"),
        ({"step": True}, 422, "INVALID_REQUEST"),
        ({"ms": "x"}, 422, "INVALID_REQUEST"),
        ({"ms": -0.1}, 422, "INVALID_REQUEST"),
        ({"ms": True}, 422, "INVALID_REQUEST"),
        ({"move": "back"}, 422, "INVALID_REQUEST"),
        ({"step": 1, "move": "sideways"}, 422, "INVALID_REQUEST"),
        ({"step": 1, "move": ["back"]}, 422, "INVALID_REQUEST"),
        ({"step": 1, "sandbox": "other"}, 404, "NOT_FOUND"),
    ],
)
def test_what_is_no_moment_is_refused_with_the_reason(host, question, status, code):
    with pytest.raises(AskRefused) as refused:
        host.call("look", **question)
    assert (refused.value.status, refused.value.code) == (status, code) and refused.value.error["reason"]


def test_what_lies_before_history_is_refused_with_where_it_begins(host):
    history = host.host.facade.sandboxes["demo"].sandbox.history
    history._base = None
    live_for(host, 1_000)
    first = history.horizon()[0]
    with pytest.raises(AskRefused) as refused:
        host.call("look", step=first - 1)
    assert (refused.value.status, refused.value.code) == (410, "HISTORY_GONE")
    assert f"{first:,}" in refused.value.error["reason"]


def test_a_past_that_cannot_be_done_again_does_not_end_the_present(host, monkeypatch, capfd):
    live_for(host, 2_000)

    def diverged(*anything):
        raise AssertionError("something is different")

    monkeypatch.setattr("engine.live.past.replay_group", diverged)
    with pytest.raises(AskRefused) as refused:
        host.call("look", ms=host.call("state")["at_ms"])
    assert (refused.value.status, refused.value.code) == (500, "PAST_UNREACHABLE")
    assert "something is different" in capfd.readouterr().err
    monkeypatch.undo()
    assert host.call("look", ms=1_900)["state"]["past"]["at_ms"] == 1_900
    assert host.do("crash_broker", broker=2)["ok"]


def test_what_has_not_happened_yet_is_the_present(host):
    past = host.call("look", step=10**9)["state"]["past"]
    assert past["step"] == past["live_step"]
