"""What may be asked of a host, and what it shows by itself: JSON in, JSON out, never a traceback."""

import time

import pytest

from engine.live.thread import AskRefused, HostThread
from tests.support.raw_kafka import RawClient, api_versions, metadata, produce

SCENARIO = {"brokers": 3, "link_us": 500, "topics": [{"topic": "t", "partitions": 1, "replication": 3}]}


@pytest.fixture
def host():
    with HostThread.start(SCENARIO) as host:
        yield host


@pytest.mark.parametrize(
    ("question", "status", "code"),
    [
        ({"ask": "nonsense"}, 400, "INVALID_REQUEST"),
        ({"ask": None}, 400, "INVALID_REQUEST"),
        ({"ask": ["state"]}, 400, "INVALID_REQUEST"),
        ({"ask": "state", "sandbox": "other"}, 404, "NOT_FOUND"),
        ({"ask": "state", "sandbox": None}, 404, "NOT_FOUND"),
        ({"ask": "command"}, 422, "INVALID_REQUEST"),
        ({"ask": "command", "command": []}, 422, "INVALID_REQUEST"),
        ({"ask": "command", "command": {"do": "fly"}}, 422, "INVALID_REQUEST"),
        ({"ask": "command", "command": {"do": "pause"}, "actor": 7}, 422, "INVALID_REQUEST"),
        ({"ask": "command", "command": {"do": "crash_broker"}}, 422, "INVALID_REQUEST"),
        ({"ask": "command", "command": {"do": "crash_broker", "broker": 9}}, 422, "BROKER_ID_NOT_REGISTERED"),
        ({"ask": "record"}, 422, "INVALID_REQUEST"),
        ({"ask": "record", "topic": "t", "partition": 0, "offset": 99}, 404, "OFFSET_OUT_OF_RANGE"),
        ({"ask": "record", "topic": "no", "partition": 0, "offset": 0}, 404, "UNKNOWN_TOPIC_OR_PARTITION"),
        ({"ask": "events", "since": "x"}, 422, "INVALID_REQUEST"),
        ({"ask": "events", "limit": -1}, 422, "INVALID_REQUEST"),
    ],
)
def test_bad_questions_are_answered_with_the_reason(host, question, status, code, capfd):
    with pytest.raises(AskRefused) as refused:
        host.call(**question)
    assert (refused.value.status, refused.value.code) == (status, code)
    assert refused.value.error["reason"]
    assert "Traceback" not in capfd.readouterr().err


def test_a_refused_command_says_what_it_takes(host):
    with pytest.raises(AskRefused) as refused:
        host.do("crash_broker", borker=3)
    assert refused.value.error["takes"] == {"broker": "whole number"}


def test_a_command_tells_where_in_history_it_was_carried_out(host):
    done = host.do("crash_broker", broker=2, id="c1")
    assert done["ok"] and done["step"] > 0
    told = host.call("events", since=0)["events"]
    assert [(e["step"], e["params"]) for e in told if e["code"] == "broker_crashed"] == [
        (done["step"], {"broker": 2, "leads": told[-1]["params"].get("leads", 0)})
    ]
    assert host.do("crash_broker", broker=2, id="c1")["again"] is True


def test_a_record_is_found(host):
    with RawClient(host.kafka[0]) as client:
        number = client.ask(metadata("t")).topics[0].partitions[0].leader
    with RawClient(host.kafka[number - 1]) as client:
        offset = client.ask(produce("t", 0, b"hello")).parts[0].base_offset
    record = host.call("record", topic="t", partition=0, offset=offset)
    assert record["value"]["text"] == "hello"


def test_events_are_read_forward_page_by_page(host):
    for number in range(5):
        host.do("create_topic", topic=f"topic{number}")
    time.sleep(0.2)
    newest = host.call("events")["last"]
    seen, pages = 0, []
    while seen < newest:
        page = host.call("events", since=seen, limit=3)
        assert page["gone"] == 0
        pages += [event["n"] for event in page["events"]]
        seen = pages[-1]
    assert pages == list(range(1, newest + 1))


def test_who_watches_gets_frames_at_most_ten_a_second(host):
    host.do("add_producer", topic="t", rate=40.0)  # slow enough for each batch to be told
    host.call("watch")
    host.wait_for(lambda: host.heard.frames)
    began, before = time.monotonic(), len(host.heard.frames)
    time.sleep(1.0)
    frames = (len(host.heard.frames) - before) / (time.monotonic() - began)
    assert 3 < frames <= 11
    frame = host.heard.frames[-1]
    assert frame["sandbox"] == "demo"
    assert any(t["code"] == "appended" for f in list(host.heard.frames)[before:] for t in f["traffic"])
    assert [(b["host"], f"{b['host']}:{b['port']}") for b in frame["brokers"]] == [
        ("127.0.0.1", address) for address in host.kafka
    ]
    numbers = [f["frame"] for f in host.heard.frames]
    assert numbers == list(range(1, len(numbers) + 1))


def test_nobody_watches_no_frames(host):
    host.call("watch")
    host.call("watch")
    host.call("unwatch")
    host.wait_for(lambda: len(host.heard.frames) > 1)
    host.call("unwatch")
    time.sleep(0.15)
    before = len(host.heard.frames)
    host.do("create_topic", topic="unseen")
    time.sleep(0.3)
    assert len(host.heard.frames) == before
    assert host.host.facade.sandboxes["demo"].sandbox.world.traced is False


def test_events_come_to_the_web_process_unasked_each_once(host):
    host.do("crash_broker", broker=3)
    host.do("start_broker", broker=3)
    host.wait_for(lambda: any(e["code"] == "broker_unfenced" for e in host.heard.told))
    numbers = [e["n"] for e in host.heard.told]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_a_pause_is_shown_at_once_and_then_nothing_more(host):
    host.call("watch")
    host.do("pause")
    host.wait_for(lambda: host.heard.frames and host.heard.frames[-1]["pace"]["paused"])
    time.sleep(0.15)
    before = len(host.heard.frames)
    time.sleep(0.3)
    assert len(host.heard.frames) == before
    host.do("step")
    host.wait_for(lambda: len(host.heard.frames) == before + 1)


def test_sandboxes_are_listed(host):
    (row,) = host.call("sandboxes")
    assert row["created_ms"] > 0 and row["step"] > 0 and row["disk_bytes"] > 0
    for changing in ("created_ms", "step", "at_ms", "bytes", "disk_bytes"):
        del row[changing]
    assert row == {
        "id": "demo", "name": "demo", "state": "open", "progress": 1.0, "kafka": host.kafka, "paused": False,
        "frozen": False, "problem": None, "owner": "", "lesson": "", "parent": "", "parent_name": "",
        "parent_step": 0, "parent_ms": 0, "brokers": 3,
    }  # fmt: skip


def test_a_bug_ends_the_host_and_lets_nothing_out(capfd):
    host = HostThread.start(SCENARIO)
    broker = host.host.facade.sandboxes["demo"].sandbox.cluster.broker(1)

    def stumble(now, message):
        raise ZeroDivisionError("a bug")

    with RawClient(host.kafka[0]) as client:
        client.ask(api_versions())
        broker.handle = stumble
        client.send(api_versions())
        assert client.is_closed()
    with pytest.raises(ZeroDivisionError):
        host.stop()
    assert "ZeroDivisionError" in capfd.readouterr().err
