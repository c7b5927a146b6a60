"""A broker's port is open exactly while the broker lives."""

import pytest

from engine.live.thread import HostThread
from tests.support.raw_kafka import RawClient, api_versions, metadata

BARE = {"brokers": 3, "link_us": 0, "topics": [{"topic": "t", "partitions": 3, "replication": 3}]}


@pytest.fixture
def host():
    with HostThread.start(BARE) as host:
        yield host


def refuses(address):
    try:
        RawClient(address).close()
    except ConnectionRefusedError:
        return True
    return False


def wait_state(host, holds):
    host.call("watch")
    return host.wait_for(lambda: host.heard.frames and holds(host.heard.frames[-1]))


def test_a_crash_drops_its_clients_and_refuses_new_ones(host):
    with RawClient(host.kafka[1]) as client, RawClient(host.kafka[0]) as other:
        client.ask(api_versions())
        host.do("crash_broker", broker=2)
        assert client.is_closed()
        assert refuses(host.kafka[1])
        assert other.ask(api_versions()).error == 0


def test_after_a_start_it_listens_again_at_the_same_address(host):
    host.do("crash_broker", broker=2)
    host.do("start_broker", broker=2)
    assert wait_state(host, lambda s: s["brokers"][1]["state"] == "running")
    with RawClient(host.kafka[1]) as client:
        assert client.ask(api_versions()).error == 0


def test_a_controlled_shutdown_closes_its_port_in_the_end(host):
    host.do("stop_broker", broker=3)
    assert wait_state(host, lambda s: s["brokers"][2]["state"] == "stopped")
    assert refuses(host.kafka[2])


def test_a_broker_that_is_added_listens_next_to_the_others(host):
    assert host.do("add_broker")["broker"] == 4
    assert wait_state(host, lambda s: len(s["brokers"]) == 4 and s["brokers"][3]["state"] == "running")
    port = int(host.kafka[0].rpartition(":")[2]) + 3
    with RawClient(f"127.0.0.1:{port}") as client:
        assert [b.port for b in client.ask(metadata()).brokers] == [port - 3, port - 2, port - 1, port]


def test_a_client_of_another_broker_is_told_of_the_new_leader(host):
    with RawClient(host.kafka[0]) as client:
        leaders = {p.partition: p.leader for p in client.ask(metadata("t")).topics[0].partitions}
        assert set(leaders.values()) == {1, 2, 3}
        host.do("crash_broker", broker=2)
        fenced = lambda s: all(p["leader"] in (1, 3) for t in s["topics"] if t["name"] == "t" for p in t["partitions"])  # noqa: E731
        assert wait_state(host, fenced)
        answer = client.ask(metadata("t"))
        assert {p.leader for p in answer.topics[0].partitions} == {1, 3}
        assert [b.broker for b in answer.brokers] == [1, 3]
