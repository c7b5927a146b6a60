"""An engine host as a process of its own, at the end of a control socket held by the test."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from struct import unpack
from typing import Any

from engine.live.envelope import pack_json
from engine.live.framing import Assembled

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "a-token"
PATIENCE = 60.0


class HostProcess:
    """notices, frames, told (numbered events): what it has sent, decoded. kafka: where its brokers listen."""

    def __init__(self, data: Path, scenario: dict[str, Any], *options: str, ready: bool = True) -> None:
        self._door = socket.create_server(("127.0.0.1", 0))
        arguments = ["--data", str(data), "--kafka-port", "0", "--control-port", str(self._door.getsockname()[1])]
        with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
            json.dump(scenario, file)
        self._scenario = Path(file.name)
        arguments += ["--scenario", file.name]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "engine.live.host", *arguments, *options], cwd=ROOT,
            env={**os.environ, "RIACHO_CONTROL_TOKEN": TOKEN},
        )  # fmt: skip
        self._door.settimeout(PATIENCE)
        self._socket, _ = self._door.accept()
        self._door.close()
        self._file = self._socket.makefile("rb")
        assert self._file.readline().decode().strip() == TOKEN
        self.notices: list[dict[str, Any]] = []
        self.frames: list[dict[str, Any]] = []
        self._frames = Assembled()
        self.told: list[dict[str, Any]] = []
        self._answers: dict[int, dict[str, Any]] = {}
        self._asked = 0
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.kafka: list[str] = []
        if ready:
            self.wait_for(lambda: self.notices and self.notices[-1]["notice"] == "ready")
            self.kafka = self.notices[-1]["kafka"]

    def ask(self, ask: str, **fields: Any) -> dict[str, Any]:
        """The whole answer to a question (engine/live/control.py)."""
        self._asked += 1
        number = self._asked
        self._socket.sendall(pack_json({"id": number, "ask": ask, "sandbox": "demo", **fields}))
        self.wait_for(lambda: number in self._answers)
        return self._answers.pop(number)

    def wait_for(self, found: Callable[[], Any]) -> None:
        with self._news:
            assert self._news.wait_for(found, PATIENCE), "it did not come to that"

    def close(self) -> int:
        """Close its control socket; its exit code."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        code = self.process.wait(PATIENCE)
        self._reader.join()
        self._file.close()
        self._socket.close()
        self._scenario.unlink()
        return code

    def _read(self) -> None:
        while len(size := self._file.read(4)) == 4:
            data = self._file.read(unpack(">I", size)[0])
            kind, name = data[:1], 2 + data[1]
            with self._news:
                if kind in (b"K", b"F"):
                    part = json.loads(data[name + 8 :])
                    if (frame := self._frames.heard("key" if kind == b"K" else "delta", part)) is not None:
                        self.frames.append(frame)
                elif kind == b"E":
                    self.told += json.loads(data[name + 8 :])
                else:
                    message = json.loads(data[1:])
                    if "notice" in message:
                        self.notices.append(message)
                    else:
                        self._answers[message["id"]] = message
                self._news.notify_all()
