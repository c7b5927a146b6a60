"""What a host sees to by itself: nobody there, too much held, one at the other's expense."""

import time

import pytest

from engine.live import attendance, instants
from engine.live.sandbox import Sandbox
from engine.live.thread import HostThread
from tests.support.raw_kafka import RawClient, metadata, produce
from tests.support.sandboxes import BUSY, SCENARIO, leader, rows, write


@pytest.fixture
def host():
    with HostThread.start(SCENARIO) as host:
        yield host


def test_nobody_there_no_alarm_and_at_last_time_stands_still(monkeypatch):
    monkeypatch.setattr(attendance, "LINGER_S", 0.05)
    monkeypatch.setattr("engine.live.tending.TEND_S", 0.05)
    with HostThread.start(BUSY) as host:
        sandbox = host.host.facade.sandboxes["demo"].sandbox
        host.call("state")
        time.sleep(0.3)
        steps = sandbox.world.steps
        time.sleep(0.3)
        assert sandbox.world.steps == steps, "nobody is there: nothing is computed"
        sent = host.call("state")["producers"][0]["sent"]
        assert sent >= 25, "whoever comes sees that time has passed all the same"
        monkeypatch.setattr(attendance, "FREEZE_S", 0.1)
        time.sleep(0.6)
        assert rows(host)["demo"]["frozen"] is True
        frozen_at = sandbox.world.now
        time.sleep(0.3)
        assert sandbox.world.now == frozen_at
        host.call("state")
        assert sandbox.cluster.pace.frozen is False
        thawed = host.call("events", since=0)["events"][-1]
        assert thawed["code"] == "thawed" and thawed["params"]["away_ms"] >= 250
        assert sandbox.world.now - frozen_at < 200_000_000, "time that stood still has not passed"


def test_a_real_client_who_comes_ends_the_standstill(monkeypatch):
    monkeypatch.setattr(attendance, "LINGER_S", 0.05)
    monkeypatch.setattr(attendance, "FREEZE_S", 0.1)
    monkeypatch.setattr("engine.live.tending.TEND_S", 0.05)
    with HostThread.start(SCENARIO) as host:
        time.sleep(0.5)
        assert rows(host)["demo"]["frozen"] is True
        write(host.kafka, b"hello")
        with RawClient(host.kafka[0]) as client:
            client.ask(metadata("t"))
            time.sleep(0.4)
            assert rows(host)["demo"]["frozen"] is False, "while it is there, time passes"


def test_frozen_it_is_still_so_after_a_restart_and_goes_on_for_whoever_comes(tmp_path, monkeypatch):
    monkeypatch.setattr(attendance, "LINGER_S", 0.02)
    monkeypatch.setattr(attendance, "FREEZE_S", 0.05)
    monkeypatch.setattr("engine.live.tending.TEND_S", 0.02)
    with HostThread.start(BUSY, tmp_path) as host:
        time.sleep(0.5)
        assert rows(host)["demo"]["frozen"] is True
        at = host.host.facade.sandboxes["demo"].sandbox.world.now
    with HostThread.start(BUSY, tmp_path) as host:
        world = host.host.facade.sandboxes["demo"].sandbox.world
        time.sleep(0.2)
        assert rows(host)["demo"]["frozen"] is True and world.now == at
        sent = host.call("state")["producers"][0]["sent"]
        host.call("watch")
        host.wait_for(lambda: host.heard.frames and host.heard.frames[-1]["producers"][0]["sent"] > sent)
        assert rows(host)["demo"]["frozen"] is False


# --- room --------------------------------------------------------------------------------------------


def test_a_sandbox_that_holds_too_much_has_full_disks_until_there_is_room(monkeypatch):
    monkeypatch.setattr("engine.live.tending.TEND_S", 0.05)
    with HostThread.start(SCENARIO) as host:
        room = host.host.keeper.kept["demo"].room
        room._most, room._freed = 300_000, 200_000
        topic = "t"
        with RawClient(leader(host.kafka)) as client:
            errors = []
            for _ in range(200):
                errors.append(client.ask(produce(topic, 0, bytes(20_000))).parts[0].error)
                time.sleep(0.02)
                if errors[-1] not in (0, 7):  # followers of a busy machine may be late: 7
                    break
        assert set(errors[:10]) <= {0, 7} and errors[-1] == 56, "KAFKA_STORAGE_ERROR"
        told = [event for event in host.call("events", since=0)["events"] if event["code"] == "storage_full"]
        assert told and told[0]["params"]["bytes"] >= 300_000
        host.do("delete_topic", topic=topic)
        host.wait_for(lambda: any(event["code"] == "storage_freed" for event in host.heard.told))
        host.do("create_topic", topic="u", partitions=1, replication=3)
        host.wait_for(lambda: "u" in [e["params"]["topic"] for e in host.heard.told if e["code"] == "topic_created"])
        time.sleep(0.2)
        assert write(host.kafka, b"again", "u") == 0


def test_what_replicas_and_branches_share_counts_once(host):
    for _ in range(5):
        write(host.kafka, bytes(20_000))
    held = rows(host)["demo"]["bytes"]
    assert 100_000 <= held < 130_000


# --- a fair share ------------------------------------------------------------------------------------


def test_one_that_has_more_to_do_than_there_is_time_leaves_the_others_theirs(monkeypatch):
    slices = []
    go_on = Sandbox._go_on

    def measured(sandbox):
        began, steps = time.thread_time(), sandbox.world.steps
        done = go_on(sandbox)
        if sandbox.name == "greedy":
            slices.append((time.thread_time() - began, sandbox.world.steps - steps))
        return done

    monkeypatch.setattr(Sandbox, "_go_on", measured)
    greedy = {**SCENARIO, "producers": [{"topic": "t", "producer": f"p{n}", "rate": 1000.0} for n in range(10)]}
    with HostThread.start(BUSY) as host:
        host.call("create", scenario=greedy, name="greedy")
        host.call("command", sandbox="greedy", actor="x", command={"do": "speed", "speed": 64})
        host.call("watch", sandbox="greedy")
        before = host.call("state")
        slices.clear()
        began = time.monotonic()
        waits = []
        while time.monotonic() - began < 1.0 or len(slices) <= 5:
            asked = time.monotonic()
            after = host.call("state")
            waits.append(time.monotonic() - asked)
            time.sleep(0.02)
        passed = (after["at_ms"] - before["at_ms"]) / 1000
        assert passed > 0.5 * (time.monotonic() - began), "the other one kept pace"
        # A slice looks at the clock after so many steps, each of which takes as long as this machine lets it.
        step = sum(took for took, _ in slices) / sum(steps for _, steps in slices)
        median = sorted(took for took, _ in slices)[len(slices) // 2]
        assert len(slices) > 5 and median < 0.002 + 2 * instants._STEPS * step, "of two milliseconds"
        assert sorted(waits)[len(waits) // 2] < 0.5, "and it answers"
