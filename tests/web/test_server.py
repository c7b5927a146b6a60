"""The whole playground in one process: server, engine, sockets."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest
from websockets.sync.client import connect

from engine.live.framing import Assembled
from playground.engine_client import Refused

if TYPE_CHECKING:
    from tests.support.server import PlaygroundServer


def test_a_click_is_seen_by_all_who_look(playground_server: PlaygroundServer) -> None:
    address = playground_server.url.replace("http", "ws") + "/ws/sandboxes/demo"
    frames = Assembled()
    with connect(address) as clicker, connect(address) as onlooker:
        while json.loads(onlooker.recv(timeout=10))["t"] != "hello":
            pass
        clicker.send(json.dumps({"t": "command", "id": "c1", "command": {"do": "crash_broker", "broker": 3}}))
        told = False
        while not told or frames.state is None or frames.state["brokers"][2]["state"] != "crashed":
            message = json.loads(onlooker.recv(timeout=10))
            if message["t"] == "events":
                told = told or any(e["code"] == "broker_crashed" for e in message["events"])
            elif message["t"] == "frame":
                for part in message["p"]:
                    frames.heard("key" if "k" in part else "delta", part)
        while json.loads(clicker.recv(timeout=10))["t"] != "done":
            pass


def test_each_test_has_an_engine_of_its_own(playground_server: PlaygroundServer) -> None:
    assert [broker["state"] for broker in playground_server.state()["brokers"]] == ["running"] * 3
    with pytest.raises(Refused):
        playground_server.do("crash_broker", broker=9)


def test_the_kafka_ports_answer(playground_server: PlaygroundServer) -> None:
    for address in playground_server.kafka:
        host, _, port = address.rpartition(":")
        socket.create_connection((host, int(port)), 5).close()


def test_a_viewer_who_does_not_read_costs_a_fixed_amount(playground_server: PlaygroundServer) -> None:
    """Its socket's buffers fill, then its writer waits; the hub keeps one frame for it."""
    from playground.facade import FramePart

    server = playground_server
    with connect(server.url.replace("http", "ws") + "/ws/sandboxes/demo", max_queue=1, close_timeout=0.1) as stuck:
        stuck.recv(timeout=10)
        hub = server.client.hub
        sent = 0
        for number in range(1, 201):
            frame = FramePart("key", "demo", number + 1_000_000, "", b'"' + b"x" * 1_000_000 + b'"')
            server.loop.call_soon_threadsafe(hub.part, frame)
            server.ask("health")
            (viewer,) = hub._viewers["demo"]
            sent += viewer.frame == frame.number
        assert sent < 100
        buffered = max(
            sum(map(len, protocol.transport.dataBuffer and [protocol.transport.dataBuffer]))
            + protocol.transport._tempDataLen
            for protocol in list(server.server.connections)
            if hasattr(protocol, "drained") and protocol.transport
        )
        assert buffered < 5_000_000


def test_a_body_sent_in_chunks_is_bounded_too(playground_server: PlaygroundServer) -> None:
    address = playground_server.url.removeprefix("http://")
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), 10) as line:
        line.sendall(
            f"POST /api/sandboxes/demo/commands HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n"
            "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n".encode()
        )
        for _ in range(40):
            line.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
        line.sendall(b"0\r\n\r\n")
        answer = b""
        while part := line.recv(65_536):
            answer += part
    assert answer.startswith(b"HTTP/1.1 413") and b"TOO_LARGE" in answer


def test_errors_are_json_over_the_wire(playground_server: PlaygroundServer) -> None:
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(playground_server.url + "/api/nothing", timeout=10)
    assert refusal.value.code == 404 and json.load(refusal.value)["ok"] is False
