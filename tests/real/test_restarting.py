"""Started again, a sandbox is where it was: the journal is replayed, whatever ended the host."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.live.journal import BEHAVIOUR, Header, Journal
from engine.live.thread import CannotBegin, HostThread
from tests.support.host import HostProcess
from tests.support.raw_kafka import RawClient, api_versions, fetch, metadata, produce

BARE = {"brokers": 3, "link_us": 500, "topics": [{"topic": "t", "partitions": 1, "replication": 3}]}
BUSY = {
    **BARE,
    "producers": [{"topic": "t", "producer": "loja", "rate": 50.0}],
    "groups": [{"group": "A", "topic": "t", "poll_ms": 100}],
}


def leader(address):
    with RawClient(address) as client:
        return client.ask(metadata("t")).topics[0].partitions[0].leader


def records(host):
    with RawClient(host.kafka[leader(host.kafka[0]) - 1]) as client:
        part = client.ask(fetch("t", 0, 0)).parts[0]
        return part.high_watermark, b"".join(map(bytes, part.records))


def newest_segment(data):
    return sorted((data / "sandboxes" / "demo" / "journal").glob("*.journal"))[-1]


def lasting(state):
    """What of a state a restart keeps."""
    topics = [(t["name"], [(p["id"], p["leader"], p["epoch"], p["end"], p["tail"]) for p in t["partitions"]])
              for t in state["topics"]]  # fmt: skip
    return state["cluster_id"], topics, [(p["id"], p["sent"]) for p in state["producers"]]


def test_what_was_acknowledged_is_there_again(tmp_path):
    with HostThread.start(BARE, tmp_path) as host:
        with RawClient(host.kafka[leader(host.kafka[0]) - 1]) as client:
            for value in (b"one", b"two", b"three"):
                assert client.ask(produce("t", 0, value)).parts[0].error == 0
        before = records(host)
    with HostThread.start(BARE, tmp_path) as host:
        assert records(host) == before
        told = host.call("events", since=0)["events"]
        assert [e["code"] for e in told].count("restarted") == 1


def test_the_world_has_gone_through_the_same_steps(tmp_path):
    with HostThread.start(BUSY, tmp_path, seed=5) as host:
        host.do("speed", speed=20)
        host.do("crash_broker", broker=2)
        time.sleep(0.2)
        host.do("start_broker", broker=2)
        time.sleep(0.3)
        host.do("pause")
        for _ in range(7):
            host.do("step")
        state = host.call("state")
        digest = host.host.facade.sandboxes["demo"].sandbox.world.digest()
    again = HostThread.start(BUSY, tmp_path)
    sandbox = again.host.facade.sandboxes["demo"].sandbox
    assert again.call("state")["pace"]["paused"] is True, "a paused sandbox stays paused"
    assert lasting(again.call("state")) == lasting(state)
    assert again.call("state")["step"] == state["step"]
    assert sandbox.world.told[-1].event.code == "restarted"
    assert sandbox.world.digest() != digest, "the restart itself is a step of history"
    again.do("resume")
    again.stop()


def test_simulated_clients_go_on_from_where_they_had_come(tmp_path):
    with HostThread.start(BUSY, tmp_path) as host:
        time.sleep(1.2)
        sent = host.call("state")["producers"][0]["sent"]
        assert sent > 20
    with HostThread.start(BUSY, tmp_path) as host:
        assert host.call("state")["producers"][0]["sent"] >= sent


def test_killing_the_process_loses_nothing_acknowledged(tmp_path):
    host = HostProcess(tmp_path, BARE)
    acknowledged = 0
    with RawClient(host.kafka[leader(host.kafka[0]) - 1]) as client:
        client.send(*[produce("t", 0, b"%d" % n) for n in range(2_000)])
        for n in range(600):
            assert client.receive().parts[0].base_offset == n
            acknowledged += 1
        host.process.send_signal(signal.SIGKILL)
        host.process.wait()
    host.close()
    again = HostProcess(tmp_path, BARE)
    end, data = records(again)
    assert end >= acknowledged
    assert all(b"%d" % n in data for n in range(acknowledged))
    assert again.close() == 0


def test_a_torn_tail_is_cut_and_said(tmp_path, capfd):
    with HostThread.start(BARE, tmp_path) as host:
        host.call("watch")
        host.do("create_topic", topic="kept")
        host.wait_for(lambda: host.heard.frames and "kept" in [t["name"] for t in host.heard.frames[-1]["topics"]])
    with open(newest_segment(tmp_path), "ab") as file:
        file.write(b"\x00\x00\x01\x00half a group")
    with HostThread.start(BARE, tmp_path) as host:
        assert "kept" in [t["name"] for t in host.call("state")["topics"]]
    assert "cut off" in capfd.readouterr().err


def test_a_folder_in_use_is_refused(tmp_path):
    with HostThread.start(BARE, tmp_path), pytest.raises(CannotBegin, match="in use") as refused:
        HostThread.start(BARE, tmp_path)
    assert refused.value.flag == "--data"


def test_a_journal_of_another_behaviour_is_refused_by_name(tmp_path):
    HostThread.start(BARE, tmp_path).stop()
    folder = tmp_path / "sandboxes" / "demo"
    for part in ("journal", "checkpoints"):
        shutil.rmtree(folder / part)
    header = Header({"scenario": BARE, "seed": 1}, behaviour=BEHAVIOUR + 1)
    Journal.create(folder / "journal", header, 1 << 20).close()
    host = HostProcess(tmp_path, BARE)
    row = host.ask("sandboxes")["result"][0]
    assert host.close() == 0, "the others would have been opened all the same"
    assert row["problem"]["code"] == "DIFFERENT_BEHAVIOUR"
    assert str(folder / "journal") in row["problem"]["reason"] and "another version" in row["problem"]["reason"]


def test_a_full_journal_stops_the_sandbox_and_says_so(tmp_path):
    with HostThread.start(BARE, tmp_path) as host:
        sandbox = host.host.facade.sandboxes["demo"].sandbox
        with RawClient(host.kafka[leader(host.kafka[0]) - 1]) as client:
            client.ask(api_versions())
            end = client.ask(produce("t", 0, b"fits")).parts[0].base_offset
            sandbox.journal.limit = sandbox.journal.size + 1_000
            client.send(produce("t", 0, bytes(5_000)))
            assert client.is_closed()
        problem = host.call("state")["problem"]
        assert problem["code"] == "JOURNAL_FULL" and str(sandbox.journal.path) in problem["reason"]
        assert host.call("health")["ok"] is False
        with pytest.raises(ConnectionRefusedError):
            RawClient(host.kafka[0])
        from engine.live.thread import AskRefused

        with pytest.raises(AskRefused) as refused:
            host.do("pause")
        assert (refused.value.status, refused.value.code) == (507, "JOURNAL_FULL")
    with HostThread.start(BARE, tmp_path) as host:
        assert records(host)[0] == end + 1, "what was acknowledged"


def test_the_process_ends_when_its_control_socket_closes(tmp_path):
    host = HostProcess(tmp_path, BARE)
    assert host.close() == 0
    with pytest.raises(ConnectionRefusedError):
        RawClient(host.kafka[0])


def test_the_process_sends_frames_and_events_in_their_envelopes(tmp_path):
    host = HostProcess(tmp_path, BUSY)
    host.ask("watch")
    host.ask("command", actor="test", command={"do": "crash_broker", "broker": 3})
    host.wait_for(lambda: len(host.frames) >= 3 and any(e["code"] == "broker_crashed" for e in host.told))
    assert host.frames[-1]["sandbox"] == "demo"
    numbers = [event["n"] for event in host.told]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), "each once, in order"
    assert host.frames[-1]["frame"] > host.frames[0]["frame"]
    assert host.close() == 0


def test_a_process_that_cannot_begin_says_why_and_ends(tmp_path):
    (tmp_path / "file").write_text("")
    host = HostProcess(tmp_path / "file" / "data", BARE, ready=False)
    host.wait_for(lambda: host.notices)
    assert host.notices[-1]["notice"] == "failed"
    assert (host.notices[-1]["code"], host.notices[-1]["flag"]) == ("DATA_FOLDER", "--data")
    assert host.process.wait(20) == 2


def test_without_anybody_at_the_control_port_it_says_who_starts_it():
    command = [sys.executable, "-m", "engine.live.host", "--data", "x", "--control-port", "1"]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "manage.py play" in done.stderr and "Traceback" not in done.stderr
