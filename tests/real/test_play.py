"""``manage.py play`` as people start it: the real page, the real engine, real Kafka ports, real signals."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import urllib.request
from pathlib import Path

from websockets.sync.client import connect

from tests.support.play import Played, free_ports, played


def start(data: Path, kafka_port: int) -> list[str]:
    return ["--port", "0", "--kafka-port", str(kafka_port), "--data", str(data)]


def metadata(kcat: str, bootstrap: str) -> str:
    command = [kcat, "-L", "-b", bootstrap, "-m", "10"]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout


def test_the_page_the_api_and_kafka_answer_and_ctrl_c_ends_it(tmp_path: Path, kcat: str) -> None:
    port = free_ports(20)
    with played(*start(tmp_path, port)) as run:
        kafka = run.printed("kafka ")
        assert kafka == f"127.0.0.1:{port},127.0.0.1:{port + 1},127.0.0.1:{port + 2}"
        row = {"id": "demo", "kafka": kafka.split(","), "problem": None}
        assert run.get("/healthz") == (200, {"ok": True, "kafka": kafka.split(","), "sandboxes": [row]})
        with urllib.request.urlopen(run.url, timeout=10) as page:
            assert page.status == 200 and page.headers["content-type"].startswith("text/html")
        assert "3 brokers" in metadata(kcat, kafka)

        status, done = run.command(id="c1", do="crash_broker", broker=3)
        assert status == 200 and done["ok"] and done["step"] > 0
        assert run.command(id="c1", do="crash_broker", broker=3)[1]["step"] == done["step"]  # the same click again
        status, refusal = run.command(id="c2", do="crash_broker", broker=9)
        assert status == 422 and refusal["error"]["reason"]
        run.until(lambda: run.get("/api/sandboxes/demo/state")[1]["brokers"][2]["state"] == "crashed")
        assert run.get("/api/sandboxes/demo/events")[1]["events"]

        endpoint, *keys = run.printed("aws ").split(" ")
        access = run.get("/api/sandboxes/demo/aws/access")[1]
        assert access["endpoint"] == endpoint and access["region"] == "us-east-1"
        names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        assert keys == [f"{name}={access[its]}" for name, its in zip(names, ("access_key", "secret_key"), strict=True)]
        assert run.post("/api/sandboxes/demo/aws", operation="ListStreams")[1]["body"]["StreamNames"] == []

        with connect(run.url.replace("http", "ws") + "/ws/sandboxes/demo") as viewer:
            viewer.recv(timeout=10)
            assert run.end(signal.SIGINT) == 0
        assert run.errors == []
    assert free(port)


def test_a_killed_engine_comes_back_with_everything(tmp_path: Path) -> None:
    port = free_ports(20)
    with played(*start(tmp_path, port)) as run:
        run.printed("kafka ")
        assert run.command(id="c1", do="create_topic", topic="before")[0] == 200
        run.until(lambda: "before" in topics(run))
        last = run.get("/api/sandboxes/demo/state")[1]["event"]
        (engine,) = run.children()
        os.kill(engine, signal.SIGKILL)
        run.until(lambda: run.get("/healthz")[0] == 503)
        run.until(lambda: run.get("/healthz")[0] == 200)
        assert "before" in topics(run)
        assert run.get("/api/sandboxes/demo/state")[1]["event"] >= last
        assert run.children() != [engine]
        assert run.end(signal.SIGTERM) == 0


def test_started_again_it_goes_on_where_it_was(tmp_path: Path) -> None:
    port = free_ports(20)
    with played(*start(tmp_path, port)) as run:
        run.printed("kafka ")
        run.command(id="c1", do="create_topic", topic="kept")
        run.until(lambda: "kept" in topics(run))
        assert run.end() == 0
    with played(*start(tmp_path, port)) as run:
        run.printed("kafka ")
        assert "kept" in topics(run)
        assert run.end() == 0


def test_other_sandboxes_are_there_again_too_and_it_says_where(tmp_path: Path, kcat: str) -> None:
    port = free_ports(40)
    with played(*start(tmp_path, port)) as run:
        run.printed("kafka ")
        body = json.dumps({"scenario": "one", "name": "Sala 3"}).encode()
        request = urllib.request.Request(f"{run.url}/api/sandboxes", body, {"Content-Type": "application/json"})
        status, made = run._ask(request)
        assert (status, made["id"], made["kafka"]) == (201, "sala-3", [f"127.0.0.1:{port + 20}"])
        assert run.printed("kafka of sala-3 ") == f"127.0.0.1:{port + 20}"
        assert run.end() == 0
    with played(*start(tmp_path, port)) as run:
        assert run.printed("kafka of sala-3 ") == f"127.0.0.1:{port + 20}"
        assert "1 brokers" in metadata(kcat, f"127.0.0.1:{port + 20}")
        assert [row["id"] for row in run.get("/healthz")[1]["sandboxes"]] == ["demo", "sala-3"]
        with connect(run.url.replace("http", "ws") + "/ws/sandboxes/sala-3") as viewer:
            messages = [json.loads(viewer.recv(timeout=10)) for _ in range(3)]
        hello = next(message for message in messages if message["t"] == "hello")
        assert (hello["sandbox"], hello["kafka"]) == ("sala-3", [f"127.0.0.1:{port + 20}"])
        assert run.end() == 0


def test_taken_kafka_ports_name_the_flag(tmp_path: Path) -> None:
    port = free_ports(20)
    with socket.create_server(("127.0.0.1", port + 1)), played(*start(tmp_path, port)) as run:
        assert run.wait() == 1
        said = "\n".join(run.errors)
        assert str(port + 1) in said and "--kafka-port" in said and "Traceback" not in said


def test_two_cannot_share_a_folder(tmp_path: Path) -> None:
    with played(*start(tmp_path, free_ports(20))) as first:
        first.printed("kafka ")
        with played(*start(tmp_path, free_ports(20))) as second:
            assert second.wait() == 1
            said = "\n".join(second.errors)
            assert "--data" in said and "Traceback" not in said
        assert first.end() == 0


def topics(run: Played) -> list[str]:
    status, state = run.get("/api/sandboxes/demo/state")
    return [topic["name"] for topic in state["topics"]] if status == 200 else []


def free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
