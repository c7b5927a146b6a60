"""A lesson in a running host: it stops at its questions, counts what real clients do, survives a restart."""

import subprocess

import pytest

from engine.live.thread import AskRefused, HostThread
from tests.unit.lessons.playing import BOTH, lesson

ASK = {"ask": BOTH, "surprise": BOTH, "options": [
    {"say": BOTH, "holds": {"brokers": 2}}, {"say": BOTH, "holds": {"brokers": 3}},
]}  # fmt: skip


def scenario(**more):
    document = lesson(**more)
    return {"name": document["id"], "link_us": 200, **document["start"], "lesson": document}


def stands(host):
    return host.call("state")["lesson"]


def until(host, found):
    """The first frame whose lesson is as ``found`` wants it."""
    host.wait_for(lambda: host.heard.frames and found(host.heard.frames[-1]["lesson"]))
    return host.heard.frames[-1]


def test_it_begins_with_its_question_and_stops_at_the_next_to_the_nanosecond(tmp_path):
    script = [{"at_ms": 6_000, "do": "crash_broker", "broker": 1}]
    given = scenario(predict=[ASK | {"after_ms": 1_000}, {**ASK, "at_ms": 5_000, "after_ms": 3_000}], script=script)
    with HostThread.start(given, tmp_path) as host:
        host.call("watch")
        state = host.call("state")
        assert state["pace"]["paused"] and state["lesson"]["phase"] == "asking"
        with pytest.raises(AskRefused) as refused:
            host.do("resume")
        assert refused.value.code == "PREDICTION_OPEN"
        host.do("speed", speed=64)
        host.do("predict", option=1)
        frame = until(host, lambda it: it["asks"] == 1)
        assert frame["lesson"]["phase"] == "asking" and frame["pace"]["paused"]
        assert host.call("state")["at_ms"] - frame["lesson"]["begin_ms"] == 5_000
        assert frame["lesson"]["predictions"][0]["held"] == [1]
        host.do("predict", question=1, option=1)
        until(host, lambda it: it["predictions"][1]["judged_ms"] is not None)
        assert stands(host)["predictions"][1] | {"judged_ms": 0} == {
            "chosen": 1, "locked_ms": 5_000, "judged_ms": 0, "held": [0],
        }  # fmt: skip
        host.do("pause")
        then = host.call("look", ms=frame["lesson"]["begin_ms"] + 500)["state"]["lesson"]
        assert then["phase"] == "running" and then["predictions"][0]["held"] == []
        assert then["predictions"][1]["chosen"] is None
        crashed = next(event for event in host.call("events")["events"] if event["code"] == "broker_crashed")
        why = host.call("why", about="event", n=crashed["n"])
        assert why["origin"]["code"] == "origin.lesson" and why["origin"]["command"] == {"do": "crash_broker"}
        before = stands(host)
    with HostThread.start(given, tmp_path) as host:
        assert stands(host) == before
        branched = host.call("branch", name="b")["id"]
        assert host.call("state", sandbox=branched)["lesson"] == before


def test_what_a_real_client_does_reaches_the_goal_and_that_is_said(kcat):
    goal = {
        "now": [{"topic": "t", "records": 20}, {"group": "real", "delivered": ">= 20"}, {"record_lost": 0}],
        "ever": [{"client": "kcat"}],
    }
    with HostThread.start(scenario(goal=goal)) as host:
        host.call("watch")
        to = ["-b", ",".join(host.kafka), "-X", "client.id=kcat"]
        lines = "".join(f"value {n}\n" for n in range(20))
        subprocess.run([kcat, "-P", "-t", "t", *to], input=lines, text=True, check=True, timeout=60)
        until(host, lambda it: it["clauses"][0]["holds"])
        ledger = host.host.facade.sandboxes["demo"].sandbox.cluster.ledger
        acknowledged = sum(one.count for epochs in ledger.acknowledged.values() for one in epochs.values())
        assert acknowledged == 20, "each answer that left is in the book"
        reader = subprocess.Popen(
            [kcat, "-G", "real", *to, "-X", "auto.offset.reset=earliest", "-c", "20", "t"],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        out, _ = reader.communicate(timeout=60)
        assert len(out.splitlines()) == 20
        reached = until(host, lambda it: it["phase"] == "reached")["lesson"]
        assert reached["by"] == "client" and reached["moves"] == 0


def test_a_lesson_begins_where_another_was():
    with HostThread.start(scenario()) as host:
        row = host.call("create", scenario=scenario(), name="mine", owner="ana")
        assert row["lesson"] == "a-test" and host.call("lesson", sandbox=row["id"])["lesson"] == lesson()
        other = scenario(id="another", predict=ASK)
        with pytest.raises(AskRefused):
            host.call("begin", sandbox=row["id"], scenario=other, owner="rui")
        with pytest.raises(AskRefused) as refused:
            host.call("begin", sandbox=row["id"], scenario={"lesson": {}}, owner="ana")
        assert refused.value.code == "INVALID_REQUEST" and host.call("state", sandbox=row["id"])["lesson"]
        begun = host.call("begin", sandbox=row["id"], scenario=other, owner="ana", name="another one")
        assert (begun["id"], begun["kafka"], begun["lesson"]) == (row["id"], row["kafka"], "another")
        assert begun["name"] == "another one"
        assert host.call("state", sandbox=row["id"])["lesson"]["phase"] == "asking"
        assert {"notice": "sandbox", "id": row["id"], "what": "anew"}.items() <= host.heard.notices[-1].items()
        first = host.call("state", sandbox=row["id"])["cluster_id"]
        host.call("begin", sandbox=row["id"], scenario=other, owner="ana")
        assert host.call("state", sandbox=row["id"])["cluster_id"] == first, "the document brings its seed"


def test_a_lesson_is_checked_in_a_process_of_its_own():
    goal = {"now": [{"topic": "t", "records": 1}]}
    start = {"brokers": 1, "topics": [{"topic": "t", "partitions": 1, "replication": 1}]}
    good = lesson(start=start, goal=goal, solution=[{"at_ms": 0, "do": "produce", "topic": "t"}], par=1)
    with HostThread.start(scenario()) as host:
        checked = host.call("check_lesson", lesson=good)
        assert checked["ok"] and checked["findings"] == [] and "solution" in [one["what"] for one in checked["steps"]]
        wrong = host.call("check_lesson", lesson={**good, "solution": [], "title": {"en": "x"}})
        assert not wrong["ok"]
        assert {"MISSING_LANGUAGE", "SOLUTION_FAILS"} <= {found["code"] for found in wrong["findings"]}


def test_a_step_ends_at_a_question():
    with HostThread.start(scenario(predict={**ASK, "at_ms": 1_500})) as host:
        host.do("pause")
        for _ in range(100):
            host.do("step")
            state = host.call("state")
            if state["lesson"]["asks"] == 0:
                break
        assert state["at_ms"] - state["lesson"]["begin_ms"] == 1_500
        with pytest.raises(AskRefused, match="predict first"):
            host.do("step")
        host.do("predict", option=0)
        host.do("pause")
        host.do("step")
