"""A real group: a member is killed, members join until one has nothing to do; and a sentence says so."""

import signal
import subprocess
import sys
import time

import pytest

from engine.live.thread import HostThread
from playground.narration import render

SCENARIO = {"brokers": 3, "link_us": 500, "topics": [{"topic": "FIAP", "partitions": 3, "replication": 3}]}
SESSION_S, HEARTBEAT_S = 6.0, 1.0
MEMBER = """
import sys
from confluent_kafka import Consumer
consumer = Consumer({"bootstrap.servers": sys.argv[1], "group.id": "turma", "client.id": sys.argv[2],
    "session.timeout.ms": 6000, "heartbeat.interval.ms": 1000, "auto.offset.reset": "earliest"})
consumer.subscribe(["FIAP"])
while True:
    consumer.poll(0.2)
"""


@pytest.fixture
def host():
    with HostThread.start(SCENARIO) as host:
        host.call("watch")
        yield host


@pytest.fixture
def join(host):
    """Start a member in a process of its own."""
    processes = []

    def start(name):
        processes.append(subprocess.Popen([sys.executable, "-c", MEMBER, ",".join(host.kafka), name]))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()


def members(host):
    """{client id: partitions} of the group as the stage shows it, once it is stable."""
    groups = [g for g in host.heard.frames[-1]["groups"] if g["id"] == "turma"] if host.heard.frames else []
    if not groups or groups[0]["state"] != "Stable":
        return {}
    return {m["client"]: m["assigned"].get("FIAP", []) for m in groups[0]["members"]}


def wait_for_members(host, count, timeout=40):
    host.wait_for(lambda: len(members(host)) == count, timeout)
    return members(host)


def told(host, code):
    return [event for event in host.heard.told if event["code"] == code]


def test_the_partitions_of_a_killed_member_move_in_time_and_a_sentence_says_so(host, join):
    processes = {}
    for number, name in enumerate(("ana", "bia", "caio"), start=1):
        processes[name] = join(name)
        wait_for_members(host, number)
    begun = time.monotonic()
    processes["bia"].send_signal(signal.SIGKILL)
    host.wait_for(lambda: members(host).keys() == {"ana", "caio"}, timeout=20)
    took = time.monotonic() - begun
    shares = members(host)
    assert sorted(p for share in shares.values() for p in share) == [0, 1, 2]
    assert took <= SESSION_S + HEARTBEAT_S + 1, f"{took:.2f} s"
    expired = told(host, "member_expired")[-1]
    assert expired["params"]["client"] == "bia"
    for language in ("pt-BR", "en"):
        assert "bia" in render(expired, language)
    print(f"moved after {took:.2f} s: {render(expired, 'pt-BR')}")


def test_a_fourth_member_of_three_partitions_is_idle_and_a_sentence_says_why(host, join):
    for number, name in enumerate(("ana", "bia", "caio", "davi"), start=1):
        join(name)
        shares = wait_for_members(host, number)
    assert sorted(len(share) for share in shares.values()) == [0, 1, 1, 1]
    idle = next(name for name, share in shares.items() if not share)
    made = told(host, "assignment_made")[-1]
    assert made["params"]["idle"] == [idle]
    for language in ("pt-BR", "en"):
        sentence = render(made, language)
        assert idle in sentence and "3" in sentence and "4" in sentence, sentence
    print(render(made, "pt-BR"))
