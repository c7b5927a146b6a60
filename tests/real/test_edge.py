"""Kafka's ports, byte by byte: whatever a client sends, and however it cuts it."""

import socket
import time
from struct import pack

import pytest

from engine.live.ports import free_range, resolve
from engine.live.thread import CannotBegin, HostThread
from tests.support.raw_kafka import RawClient, api_versions, fetch, metadata, produce

BARE = {"brokers": 3, "link_us": 0, "topics": [{"topic": "t", "partitions": 1, "replication": 3}]}


@pytest.fixture(scope="module")
def host():
    with HostThread.start(BARE) as host:
        yield host


@pytest.fixture
def client(host):
    with RawClient(host.kafka[0]) as client:
        yield client


def leader_of(client, topic="t"):
    return client.ask(metadata(topic)).topics[0].partitions[0].leader


def test_a_request_may_come_byte_by_byte(client):
    for byte in client.frame(api_versions()):
        client.socket.sendall(bytes((byte,)))
    assert client.receive().error == 0


def test_many_requests_at_once_are_answered_in_their_order(client):
    client.send(*[request for _ in range(50) for request in (api_versions(), metadata("t"))])
    for _ in range(50):
        assert client.receive().ranges
        assert client.receive().topics[0].name == "t"


def test_what_is_produced_is_fetched(host, client):
    with RawClient(host.kafka[leader_of(client) - 1]) as leader:
        done = leader.ask(produce("t", 0, b"one", b"two")).parts[0]
        assert done.error == 0
        fetched = leader.ask(fetch("t", 0, done.base_offset)).parts[0]
        assert b"one" in b"".join(map(bytes, fetched.records))


def test_a_waiting_fetch_is_answered_when_something_comes(host, client):
    number = leader_of(client)
    with RawClient(host.kafka[number - 1]) as reader, RawClient(host.kafka[number - 1]) as writer:
        end = writer.ask(produce("t", 0, b"before")).parts[0].base_offset + 1
        reader.send(fetch("t", 0, end, max_wait_ms=20_000))
        assert reader.is_silent()
        writer.ask(produce("t", 0, b"news"))
        assert b"news" in b"".join(map(bytes, reader.receive().parts[0].records))


def test_a_waiting_fetch_ends_by_the_clock(host, client):
    with RawClient(host.kafka[leader_of(client) - 1]) as reader:
        reader.ask(fetch("t", 0, 0))
        end = reader.ask(fetch("t", 0, 0)).parts[0].high_watermark
        began = time.monotonic()
        assert reader.ask(fetch("t", 0, end, max_wait_ms=300)).parts[0].records in ([], None)
        assert 0.25 < time.monotonic() - began < 5


@pytest.mark.parametrize(
    "stranger",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        pack(">i", -1),
        pack(">i", 0),
        pack(">i", 3 << 20) + bytes(1000),
        pack(">ihhi", 8, 999, 0, 1),
        pack(">ihhi", 8, 3, 99, 1),
        pack(">ihhih", 40, 3, 12, 7, 30_000) + bytes(30),
    ],
    ids=["http", "tls", "negative", "empty", "too large", "no such api", "no such version", "cut off"],
)
def test_a_stranger_is_shown_the_door_and_nobody_else_notices(host, client, stranger, capfd):
    with RawClient(host.kafka[0]) as other:
        other.socket.sendall(stranger)
        assert other.is_closed()
    assert client.ask(api_versions()).error == 0
    assert "Traceback" not in capfd.readouterr().err


def test_an_unknown_version_of_api_versions_is_answered(client):
    client.socket.sendall(pack(">ihhihx", 11, 18, 99, 5, -1))
    answer = client.read_frame()
    assert answer[:6] == pack(">ih", 5, 35)
    client._asked.clear()
    assert client.ask(api_versions()).error == 0


def test_a_client_that_knows_how_may_send_large_frames(host, client):
    with RawClient(host.kafka[leader_of(client) - 1]) as leader:
        leader.ask(api_versions())
        answer = leader.ask(produce("t", 0, bytes(3 << 20)))
        assert answer.parts[0].error == 10, "MESSAGE_TOO_LARGE, said by the broker"


def test_a_client_that_hangs_up_in_the_middle_of_a_frame_is_forgotten(host, client):
    other = RawClient(host.kafka[0])
    other.socket.sendall(other.frame(metadata("t"))[:-3])
    other.close()
    assert client.ask(api_versions()).error == 0


def test_a_client_that_does_not_read_is_not_read_from(host, client):
    """Its requests wait in its own buffers: the host keeps a bounded amount, and serves the others."""
    number = leader_of(client)
    with RawClient(host.kafka[number - 1]) as leader:
        leader.ask(api_versions())
        for _ in range(4):
            leader.ask(produce("t", 0, bytes(900_000)))
        first = leader.ask(fetch("t", 0, 0)).parts[0].log_start
    with RawClient(host.kafka[number - 1]) as deaf:
        request = deaf.frame(fetch("t", 0, first))
        deaf.socket.settimeout(1.0)
        sent = 0
        with pytest.raises(TimeoutError):
            while sent < 50_000_000:
                sent += deaf.socket.send(request * 100)
        assert client.ask(api_versions()).error == 0
        deaf.socket.settimeout(20.0)
        assert deaf.receive().error == 0, "and it is served on when it reads"


def test_health_connects_and_the_world_does_not_hear_of_it():
    with HostThread.start(BARE) as host:
        host.do("pause")
        before = host.call("state")
        health = host.call("health")
        after = host.call("state")
        assert health["ok"] and [port["ok"] for port in health["kafka"]] == [True] * 3
        assert [port["address"] for port in health["kafka"]] == host.kafka
        assert after == before
        host.do("resume")
        assert host.call("state")["event"] == before["event"] + 1


def test_each_client_is_told_addresses_by_the_name_it_came_in_by():
    with HostThread.start({"brokers": 2}, kafka_host="0.0.0.0") as host:
        port = int(host.kafka[0].rpartition(":")[2])
        for address in ("127.0.0.1", "127.0.0.2"):
            with RawClient(f"{address}:{port + 1}") as client:
                brokers = client.ask(metadata()).brokers
                assert [(b.broker, b.host, b.port) for b in brokers] == [(1, address, port), (2, address, port + 1)]


def test_an_advertised_host_is_told_instead():
    with HostThread.start({"brokers": 1}, advertise="kafka.example") as host, RawClient(host.kafka[0]) as client:
        port = int(host.kafka[0].rpartition(":")[2])
        assert [(b.host, b.port) for b in client.ask(metadata()).brokers] == [("kafka.example", port)]
        assert host.call("state")["brokers"][0]["host"] == "kafka.example"


def test_too_many_connections_are_turned_away(monkeypatch, capfd):
    monkeypatch.setattr("engine.live.reception.CONNECTIONS_MAX", 2)
    with HostThread.start({"brokers": 1}) as host, RawClient(host.kafka[0]) as one, RawClient(host.kafka[0]) as two:
        assert one.ask(api_versions()).error == two.ask(api_versions()).error == 0
        with RawClient(host.kafka[0]) as three:
            assert three.is_closed()
    assert "turned away" in capfd.readouterr().err


@pytest.mark.parametrize("kept", [True, False])
def test_a_taken_port_is_named_with_the_flag_and_nothing_is_left_behind(tmp_path, kept):
    port = free_range(resolve("127.0.0.1")) + 1  # not one that the system might hand to somebody meanwhile
    taken = socket.create_server(("127.0.0.1", port))
    with taken, pytest.raises(CannotBegin, match=f"127.0.0.1:{port}") as refused:
        HostThread.start({"brokers": 2}, tmp_path if kept else None, kafka_port=port - 1)
    assert (refused.value.code, refused.value.flag) == ("PORT_TAKEN", "--kafka-port")
    HostThread.start({"brokers": 2}, tmp_path if kept else None, kafka_port=port - 1).stop()
