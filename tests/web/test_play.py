"""``manage.py play`` as a process, in front of a stand-in for the engine host."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.play import ROOT, Played, played


def start(data: Path, *more: str) -> list[str]:
    return ["--port", "0", "--kafka-port", "19092", "--data", str(data), *more]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(run: Played, *pids: int) -> bool:
    end = time.monotonic() + 10
    while any(alive(pid) for pid in pids) and time.monotonic() < end:
        time.sleep(0.02)
    return not any(alive(pid) for pid in pids)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda n: n.name)
def test_it_says_where_it_is_and_ends_without_a_word(tmp_path: Path, number: signal.Signals) -> None:
    with played(*start(tmp_path), fake=True) as run:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", run.printed("web "))
        assert run.printed("kafka ") == "127.0.0.1:19092,127.0.0.1:19093,127.0.0.1:19094"
        assert run.printed("aws ").startswith("http://127.0.0.1:4566 AWS_ACCESS_KEY_ID=AKIARIACHO")
        assert run.get("/healthz")[0] == 200
        assert run.command(do="crash_broker", broker=3) == (200, {"ok": True, "step": 78})
        children = run.children()
        assert run.end(number) == 0
        assert len(run.lines) == 3 and run.errors == []
        assert gone(run, *children)


def test_it_ends_the_host_even_when_only_it_is_told_to_end(tmp_path: Path) -> None:
    with played(*start(tmp_path), fake=True) as run:
        run.printed("kafka ")
        children = run.children()
        os.kill(run.process.pid, signal.SIGTERM)
        assert run.wait() == 0 and gone(run, *children)


def test_a_host_does_not_outlive_a_playground_that_was_killed(tmp_path: Path) -> None:
    with played(*start(tmp_path), fake=True) as run:
        run.printed("kafka ")
        children = run.children()
        os.kill(run.process.pid, signal.SIGKILL)
        run.wait()
        assert children and gone(run, *children)


def test_a_host_that_dies_is_started_again(tmp_path: Path) -> None:
    with played(*start(tmp_path), fake=True) as run:
        run.printed("kafka ")
        assert run.command(do="die")[1]["error"]["code"] == "HOST_LOST"
        run.until(lambda: run.get("/healthz")[0] == 200)
        assert "starting it again" in run.errors[0]
        run.until(lambda: run.errors[-1] == "AWS was at 4567")  # clients have that port, and find it there again
        assert run.end() == 0


def test_a_host_that_keeps_dying_is_given_up_with_its_last_words(tmp_path: Path) -> None:
    with played("--port", "0", "--kafka-port", "2", "--data", str(tmp_path), fake=True) as run:
        assert run.wait() == 1
        said = "\n".join(run.errors)
        assert "has ended 4 times right after its start" in said and "I cannot live like this." in said
        assert "Traceback" not in said and run.lines == []


def test_taken_kafka_ports_are_an_error_that_names_the_flag(tmp_path: Path) -> None:
    with played("--port", "0", "--kafka-port", "1", "--data", str(tmp_path), fake=True) as run:
        assert run.wait() == 1
        assert run.errors == ["CommandError: Kafka port 1 is taken. Choose another: --kafka-port"]


def test_a_taken_web_port_is_an_error_that_names_the_flag(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "manage.py", "play", "--port", str(port), "--data", str(tmp_path)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert f"port {port}" in done.stderr and "--port" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments", [["--port", "x"], ["--port", "70000"], ["--nonsense"], ["--host", "no.such.host.invalid"]], ids=str
)
def test_a_wrong_option_is_an_error_in_words(tmp_path: Path, arguments: list[str]) -> None:
    command = [sys.executable, "manage.py", "play", "--data", str(tmp_path), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "rror" in done.stderr and "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_written_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    where = str(tmp_path / "file" / "data")
    command = [sys.executable, "manage.py", "play", "--host", "0.0.0.0", "--data", where]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "--data" in done.stderr and "Traceback" not in done.stderr


def test_open_to_others_it_prints_a_key_and_asks_for_it(tmp_path: Path) -> None:
    with played("--host", "0.0.0.0", *start(tmp_path), fake=True) as run:
        url = run.printed("web ")
        key = re.search(r"\?key=([A-Z2-9]{4}-[A-Z2-9]{4})$", url)
        assert key
        run.printed("kafka ")
        assert (tmp_path / "join-key").stat().st_mode & 0o077 == 0
        local = re.sub(r"//[^:]+:", "//127.0.0.1:", run.url)
        assert run._ask(_request(f"{local}/api/sandboxes/demo/state"))[0] == 403
        assert run._ask(_request(f"{local}/api/sandboxes/demo/state?key={key[1]}"))[0] == 200
        assert run._ask(_request(f"{run.url}/api/sandboxes/demo/state?key={key[1]}"))[0] == 200
        run.end()
    with played("--host", "0.0.0.0", *start(tmp_path), fake=True) as run:
        assert run.printed("web ").endswith(key[1])  # the same as before
        run.end()


def _request(url: str):  # type: ignore[no-untyped-def]
    import urllib.request

    return urllib.request.Request(url)
