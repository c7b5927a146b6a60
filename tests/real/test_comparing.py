"""Two branches of one moment with one setting changed: they stay together in time, and what was acknowledged and is
gone is counted rightly."""

from __future__ import annotations

import pytest

from engine.live.thread import AskRefused, HostThread

SCENARIO = {
    "brokers": 3, "link_us": 500,
    "topics": [{"topic": "t", "partitions": 3, "replication": 3, "min_insync_replicas": 2}],
    "producers": [{"topic": "t", "producer": "loja", "rate": 20.0}],
    "groups": [{"group": "A", "topic": "t", "poll_ms": 100}],
}  # fmt: skip
ACKS_1 = {"do": "set_producer", "producer": "loja", "acks": "1"}


@pytest.fixture
def host():
    with HostThread.start(SCENARIO) as host:
        host.do("speed", speed=64.0)
        while host.call("state")["at_ms"] < 4_000:
            pass
        yield host


def pair(host, *changes, **moment):
    made = host.call("compare", changes=list(changes), owner="", **moment)
    return [made["a"]["id"], made["b"]["id"]]


def both(host, ids, do, **fields):
    return host.call("both", sandboxes=ids, actor="test", command={"do": do, **fields})


def states(host, ids):
    return [host.call("state", sandbox=one) for one in ids]


def times(host, ids):
    return [state["at_ms"] for state in states(host, ids)]


def test_the_two_stand_still_at_the_chosen_moment_and_differ_in_the_one_setting(host):
    host.do("pause")
    moment = host.call("state")
    ids = pair(host, ACKS_1, step=moment["step"])
    a, b = states(host, ids)
    assert a["at_ms"] == b["at_ms"] == moment["at_ms"] and a["pace"]["paused"] and b["pace"]["paused"]
    assert [s["producers"][0]["acks"] for s in (a, b)] == ["all", "1"]
    assert [p["end"] for p in a["topics"][0]["partitions"]] == [p["end"] for p in b["topics"][0]["partitions"]]
    told = host.call("compared", sandboxes=ids, owner="")
    chosen = {(d["what"], d["of"]): (d["a"], d["b"]) for d in told["differences"]}
    assert chosen.pop(("acks", "loja")) == ("all", "1")
    assert set(chosen) <= {("enable.idempotence", "loja")}, "which Kafka gives up with acks=1"
    assert abs(told["since_ms"] - moment["at_ms"]) <= 1
    assert host.call("state")["step"] == moment["step"], "the one they come from has noticed nothing"


def test_a_moment_of_the_past_of_a_sandbox_that_runs_can_be_compared_from_too(host):
    ids = pair(host, ms=3_000.0)
    assert times(host, ids)[0] == times(host, ids)[1] < 3_010
    assert all(state["pace"]["paused"] for state in states(host, ids))


def test_whatever_is_done_to_both_is_done_at_the_same_virtual_moment(host):
    ids = pair(host, ACKS_1)
    start = times(host, ids)[0]
    both(host, ids, "advance", ms=1500)
    assert times(host, ids) == pytest.approx([start + 1500] * 2, abs=1e-6)
    assert both(host, ids, "step")["nothing"] is False
    now = times(host, ids)
    assert now[0] == now[1] > start + 1500
    both(host, ids, "resume")
    both(host, ids, "speed", speed=16.0)
    done = both(host, ids, "crash_broker", broker=2)
    assert done["answers"][0]["at_ms"] == done["answers"][1]["at_ms"]
    both(host, ids, "pause")
    now = times(host, ids)
    assert now[0] == now[1]
    told = [host.call("events", sandbox=one)["events"] for one in ids]
    crashed = [[e["at_ms"] for e in events if e["code"] == "broker_crashed"] for events in told]
    assert crashed[0] == crashed[1] and len(crashed[0]) == 1


def test_two_branches_in_which_nothing_differs_stay_the_same_to_the_last_record(host):
    ids = pair(host)
    both(host, ids, "advance", ms=3000)
    both(host, ids, "crash_broker", broker=1)
    both(host, ids, "advance", ms=8000)
    both(host, ids, "step")
    a, b = states(host, ids)
    assert (a["step"], a["at_ms"], a["topics"]) == (b["step"], b["at_ms"], b["topics"])
    assert [p["acked"] for p in a["producers"]] == [p["acked"] for p in b["producers"]]


def test_acknowledged_then_lost_is_told_of_acks_1_and_never_of_acks_all(host):
    ids = pair(host, ACKS_1)
    leader = states(host, ids)[1]["topics"][0]["partitions"][0]["leader"]
    both(host, ids, "isolate_broker", broker=leader)
    both(host, ids, "advance", ms=8000)
    between = [host.call("lost", sandbox=one) for one in ids]
    both(host, ids, "heal_links")
    both(host, ids, "advance", ms=8000)
    a, b = states(host, ids)
    safe, lossy = (host.call("lost", sandbox=one) for one in ids)
    assert safe["known"] and safe["lost"] == 0 and safe["acknowledged"] > between[0]["acknowledged"]
    ends = [sum(p["end"] for p in state["topics"][0]["partitions"]) for state in (a, b)]
    acked = [state["producers"][0]["acked"] for state in (a, b)]
    missing, under_way = acked[1] - ends[1], b["producers"][0]["waiting"]
    assert 0 < missing <= lossy["lost"] <= missing + under_way, "the log is shorter by what is gone"
    assert len(lossy["listed"]) == min(50, lossy["lost"])
    for one in lossy["listed"]:
        assert one["topic"] == "t" and one["producer"] == "loja"
    assert host.call("lost", sandbox=ids[1]) == lossy, "asked again, it is the same"


def test_a_change_that_cannot_be_made_leaves_no_branches_behind(host):
    before = len(host.call("sandboxes"))
    with pytest.raises(AskRefused):
        pair(host, {"do": "set_producer", "producer": "nobody", "acks": "1"})
    with pytest.raises(AskRefused, match="at most"):
        pair(host, *[ACKS_1] * 9)
    assert len(host.call("sandboxes")) == before


def test_a_topics_setting_may_differ_too(host):
    ids = pair(host, {"do": "set_topic", "topic": "t", "configs": {"min.insync.replicas": "1"}})
    both(host, ids, "advance", ms=500)
    assert [state["topics"][0]["min_insync"] for state in states(host, ids)] == [2, 1]
    told = host.call("compared", sandboxes=ids, owner="")["differences"]
    assert told == [{"what": "min.insync.replicas", "of": "t", "a": "2", "b": "1"}]


def test_what_only_one_refuses_is_told_of_that_one_and_what_both_refuse_is_refused(host):
    ids = pair(host)
    host.call("command", sandbox=ids[0], actor="t", command={"do": "crash_broker", "broker": 3})
    answers = both(host, ids, "crash_broker", broker=3)["answers"]
    assert answers[0]["ok"] is False and answers[0]["error"]["code"] and answers[1]["ok"]
    with pytest.raises(AskRefused):
        both(host, ids, "crash_broker", broker=3)
    both(host, ids, "resume")
    with pytest.raises(AskRefused, match="Pause both"):
        both(host, ids, "advance", ms=100)
